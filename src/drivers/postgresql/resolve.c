/* Addresses of hosts: libpq would ask for them and block the loop, so libuv asks and libpq is given the
 * answers.
 *
 * host, hostaddr and port are lists. Each name is replaced by as many places as it has addresses, in their
 * order, so that libpq tries what it would have tried; the name stays beside each address, for certificates
 * and the password file. A name that has no address is left out as long as another place remains. On a plain
 * thread libpq asks by itself, and so it does for hosts that only its service file names. */
#include "postgresql.h"

#include "base/alloc.h"
#include "base/error.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>

struct pg_resolution {
    uv_getaddrinfo_t request;
    uv_loop_t *loop;
    void (*done)(void *arg, const pg_addresses *addresses, toasty_error *err);
    void *arg;
    char *names, *ports;          /* lists as they were given */
    const char *next_name, *port; /* where we are */
    char name[256];
    bool cancelled;
    size_t places;
    toasty__buffer host, hostaddr, port_list;
    int failure; /* of the last name without an address */
};

static const char *setting(const pg_database *database, const char *keyword, const char *variable)
{
    const char *value = toasty__pg_option(database, keyword);
    if (!value || !*value)
        value = getenv(variable);
    return value && *value ? value : NULL;
}

static bool is_address(const char *name)
{
    unsigned char address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;
}

/* A socket's path, an abstract socket, or nothing, which is libpq's default. */
static bool is_no_name(const char *host)
{
    return *host == '/' || *host == '@' || !*host;
}

/* The next item of a list, cut to fit; NULL after the last. */
static const char *next_item(const char *list, char *out, size_t size)
{
    size_t length = strcspn(list, ",");
    size_t kept = length < size ? length : size - 1;
    memcpy(out, list, kept);
    out[kept] = '\0';
    return list[length] ? list + length + 1 : NULL;
}

bool toasty__pg_needs_resolution(const pg_database *database)
{
    const char *service = setting(database, "service", "PGSERVICE");
    const char *host = toasty__pg_option(database, "host");
    char name[256];
    if ((!host || !*host) && !service)
        host = setting(database, "host", "PGHOST");
    if (!host || !*host || setting(database, "hostaddr", "PGHOSTADDR"))
        return false;
    while (host) {
        host = next_item(host, name, sizeof name);
        if (!is_no_name(name) && !is_address(name))
            return true;
    }
    return false;
}

static void free_resolution(pg_resolution *resolution)
{
    toasty__free(resolution->names);
    toasty__free(resolution->ports);
    toasty__buffer_done(&resolution->host);
    toasty__buffer_done(&resolution->hostaddr);
    toasty__buffer_done(&resolution->port_list);
    toasty__free(resolution);
}

static void add_place(pg_resolution *resolution, const char *address)
{
    const char *comma = resolution->places++ ? "," : "";
    int port = resolution->port ? (int)strcspn(resolution->port, ",") : 0;
    toasty__buffer_printf(&resolution->host, "%s%s", comma, resolution->name);
    toasty__buffer_printf(&resolution->hostaddr, "%s%s", comma, address);
    toasty__buffer_printf(&resolution->port_list, "%s%.*s", comma, port,
                          resolution->port ? resolution->port : "");
}

static void finish(pg_resolution *resolution)
{
    toasty_error error;
    pg_addresses addresses = {resolution->host.bytes, resolution->hostaddr.bytes,
                              resolution->port_list.bytes};
    bool failed = resolution->host.failed || resolution->hostaddr.failed || resolution->port_list.failed;
    if (failed)
        toasty__fail_memory(&error);
    else if (!resolution->places)
        toasty__fail(&error, TOASTY_CONNECTION_FAILED, "the host \"%s\" cannot be found: %s",
                     resolution->name, uv_strerror(resolution->failure));
    resolution->done(resolution->arg, failed || !resolution->places ? NULL : &addresses, &error);
    free_resolution(resolution);
}

static void on_addresses(uv_getaddrinfo_t *request, int status, struct addrinfo *found);

static void next_port(pg_resolution *resolution)
{
    const char *comma = resolution->port ? strchr(resolution->port, ',') : NULL;
    if (comma) /* one port may be for all */
        resolution->port = comma + 1;
}

/* True until all are done: libuv has been asked for a name. */
static bool go_on(pg_resolution *resolution)
{
    static const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    while (resolution->next_name) {
        resolution->next_name = next_item(resolution->next_name, resolution->name, sizeof resolution->name);
        if (is_no_name(resolution->name) || is_address(resolution->name))
            add_place(resolution, is_address(resolution->name) ? resolution->name : "");
        else {
            int status = uv_getaddrinfo(resolution->loop, &resolution->request, on_addresses,
                                        resolution->name, NULL, &hints);
            if (status == 0)
                return true;
            resolution->failure = status;
        }
        next_port(resolution);
    }
    return false;
}

static void on_addresses(uv_getaddrinfo_t *request, int status, struct addrinfo *found)
{
    pg_resolution *resolution = request->data;
    char text[INET6_ADDRSTRLEN + 16];
    if (status < 0)
        resolution->failure = status;
    for (const struct addrinfo *at = found; at && !resolution->cancelled; at = at->ai_next)
        if (getnameinfo(at->ai_addr, at->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0)
            add_place(resolution, text);
    uv_freeaddrinfo(found);
    if (resolution->cancelled) {
        free_resolution(resolution);
        return;
    }
    next_port(resolution);
    if (!go_on(resolution))
        finish(resolution);
}

pg_resolution *toasty__pg_resolve(const pg_database *database, uv_loop_t *loop,
                                  void (*done)(void *arg, const pg_addresses *addresses, toasty_error *err),
                                  void *arg, toasty_error *err)
{
    const char *ports = setting(database, "port", "PGPORT");
    pg_resolution *resolution = toasty__calloc(1, sizeof *resolution);
    if (resolution) {
        resolution->names = toasty__strdup(setting(database, "host", "PGHOST"));
        resolution->ports = ports ? toasty__strdup(ports) : NULL;
    }
    if (!resolution || !resolution->names || (ports && !resolution->ports)) {
        if (resolution)
            free_resolution(resolution);
        toasty__fail_memory(err);
        return NULL;
    }
    toasty__buffer_init(&resolution->host);
    toasty__buffer_init(&resolution->hostaddr);
    toasty__buffer_init(&resolution->port_list);
    resolution->request.data = resolution;
    resolution->loop = loop;
    resolution->done = done;
    resolution->arg = arg;
    resolution->next_name = resolution->names;
    resolution->port = resolution->ports;
    if (go_on(resolution))
        return resolution;
    toasty__fail(err, TOASTY_CONNECTION_FAILED, "the host of the database URL cannot be looked up: %s",
                 uv_strerror(resolution->failure));
    free_resolution(resolution);
    return NULL;
}

void toasty__pg_resolve_cancel(pg_resolution *resolution)
{
    resolution->cancelled = true;
    uv_cancel((uv_req_t *)&resolution->request); /* its callback comes in any case */
}
