/* Addresses of a host: getaddrinfo blocks, so on a loop libuv calls it. On a plain thread it blocks the
 * thread, which waits anyway. */
#include "mysql.h"

#include "base/alloc.h"
#include "base/error.h"

#include <netdb.h>

struct my_resolution {
    uv_getaddrinfo_t request;
    const char *name;
    void (*done)(void *arg, struct addrinfo *found, const toasty_error *err);
    void *arg;
    bool cancelled;
};

static const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};

static void fail(toasty_error *err, const char *host, const char *why)
{
    toasty__fail(err, TOASTY_CONNECTION_FAILED, "the host \"%s\" cannot be found: %s", host, why);
}

static void on_addresses(uv_getaddrinfo_t *request, int status, struct addrinfo *found)
{
    my_resolution *resolution = request->data;
    toasty_error error;
    if (resolution->cancelled)
        freeaddrinfo(found);
    else if (status < 0) {
        fail(&error, resolution->name, uv_strerror(status));
        resolution->done(resolution->arg, NULL, &error);
    } else
        resolution->done(resolution->arg, found, NULL);
    toasty__free(resolution);
}

/* What is an address needs nobody to be asked. */
static struct addrinfo *read_address(const my_host *host)
{
    struct addrinfo numeric = hints, *found = NULL;
    numeric.ai_flags = AI_NUMERICHOST;
    return getaddrinfo(host->name, host->port, &numeric, &found) ? NULL : found;
}

static void resolve_here(const my_host *host, my_resolution *asked)
{
    struct addrinfo *found = NULL;
    toasty_error error;
    int status = getaddrinfo(host->name, host->port, &hints, &found);
    if (status)
        fail(&error, host->name, gai_strerror(status));
    asked->done(asked->arg, status ? NULL : found, &error);
}

my_resolution *toasty__my_resolve(const my_host *host, uv_loop_t *loop,
                                  void (*done)(void *arg, struct addrinfo *found, const toasty_error *err),
                                  void *arg)
{
    my_resolution asked = {.name = host->name, .done = done, .arg = arg};
    toasty_error error;
    struct addrinfo *address = loop ? read_address(host) : NULL;
    if (address) {
        done(arg, address, NULL);
        return NULL;
    }
    if (!loop) {
        resolve_here(host, &asked);
        return NULL;
    }
    my_resolution *resolution = toasty__malloc(sizeof *resolution);
    if (!resolution) {
        toasty__fail_memory(&error);
        done(arg, NULL, &error);
        return NULL;
    }
    *resolution = asked;
    resolution->request.data = resolution;
    int status = uv_getaddrinfo(loop, &resolution->request, on_addresses, host->name, host->port, &hints);
    if (status == 0)
        return resolution;
    toasty__free(resolution);
    fail(&error, host->name, uv_strerror(status));
    done(arg, NULL, &error);
    return NULL;
}

void toasty__my_resolve_cancel(my_resolution *resolution)
{
    resolution->cancelled = true;
    uv_cancel((uv_req_t *)&resolution->request); /* its callback comes in any case */
}
