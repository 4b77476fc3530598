/* The PostgreSQL driver: its table, and what a URL says.
 *
 *     postgresql://user:password@host:port/database?keyword=value&…
 *
 * Of several hosts, a:1,b:2, the first that answers is taken.
 * Every keyword of libpq may stand in the query, and what the URL leaves out comes from where libpq has it:
 * the PG… variables, the password file, the service file. A unix socket is a host that begins with '/',
 * percent-encoded or as host=. Our own option is prepare=off, for poolers that cannot keep prepared
 * statements. */
#include "postgresql.h"

#include "base/alloc.h"
#include "base/error.h"
#include "core/url.h"
#include "sql/dialect.h"

#include <stdlib.h>

const char *toasty__pg_option(const pg_database *database, const char *keyword)
{
    const char *value = NULL;
    for (size_t i = 0; i < database->count; i++)
        if (!strcmp(database->keywords[i], keyword))
            value = database->values[i];
    return value;
}

static int add(pg_database *database, const char *keyword, const char *value, toasty_error *err)
{
    if (!value)
        return 0;
    database->keywords[database->count] = toasty__arena_strdup(&database->arena, keyword);
    database->values[database->count] = toasty__arena_strdup(&database->arena, value);
    if (!database->keywords[database->count] || !database->values[database->count])
        return toasty__fail_memory(err);
    database->count++;
    return 0;
}

/* A list of libpq's; one of nothing but absent items is not said. */
static int add_list(pg_database *database, const char *keyword, const toasty__buffer *list, toasty_error *err)
{
    if (list->failed)
        return toasty__fail_memory(err);
    bool empty = !list->bytes || strspn(list->bytes, ",") == strlen(list->bytes);
    return empty ? 0 : add(database, keyword, list->bytes, err);
}

static int add_hosts(pg_database *database, const toasty_url *url, toasty_error *err)
{
    toasty__buffer names, ports;
    toasty__buffer_init(&names);
    toasty__buffer_init(&ports);
    for (size_t i = 0; i < url->host_count; i++) {
        const struct toasty__url_host *host = &url->hosts[i];
        toasty__buffer_printf(&names, "%s%s", i ? "," : "", host->name ? host->name : "");
        toasty__buffer_printf(&ports, "%s%s", i ? "," : "", host->port ? host->port : "");
    }
    int status = add_list(database, "host", &names, err);
    if (status == 0)
        status = add_list(database, "port", &ports, err);
    toasty__buffer_done(&names);
    toasty__buffer_done(&ports);
    return status;
}

/* All that libpq knows, out of the query; then the parts before it, which are more specific. Of a keyword
 * that comes twice the last counts. */
static int add_all(pg_database *database, const toasty_url *url, const PQconninfoOption *known,
                   toasty_error *err)
{
    size_t room = 8;
    for (const PQconninfoOption *option = known; option->keyword; option++)
        room++;
    database->keywords = toasty__arena_calloc(&database->arena, room, sizeof(char *));
    database->values = toasty__arena_calloc(&database->arena, room, sizeof(char *));
    if (!database->keywords || !database->values)
        return toasty__fail_memory(err);
    if (add(database, "fallback_application_name", "toasty", err) < 0 ||
        add(database, "gssencmode", getenv("PGGSSENCMODE") ? NULL : "disable", err) < 0)
        return -1;
    if (add_hosts(database, url, err) < 0 || add(database, "user", url->user, err) < 0 ||
        add(database, "password", url->password, err) < 0 ||
        add(database, "dbname", *url->path ? url->path : NULL, err) < 0)
        return -1;
    for (const PQconninfoOption *option = known; option->keyword; option++)
        if (add(database, option->keyword, toasty__url_option(url, option->keyword), err) < 0)
            return -1;
    return add(database, "client_encoding", "UTF8", err);
}

static int read_options(pg_database *database, const toasty_url *url, toasty_error *err)
{
    const char *prepare = toasty__url_option(url, "prepare");
    database->prepares = !prepare || strcmp(prepare, "off") != 0;
    if (prepare && database->prepares && strcmp(prepare, "on") != 0)
        return toasty__fail(err, TOASTY_INVALID_URL, "the option `prepare` of the database URL is on or off");
    PQconninfoOption *known = PQconninfoParse("", NULL);
    if (!known)
        return toasty__fail_memory(err);
    int status = add_all(database, url, known, err);
    PQconninfoFree(known);
    return status;
}

static void free_database(pg_database *database)
{
    toasty__arena_done(&database->arena);
    toasty__free(database);
}

static int open_database(const toasty_url *url, toasty_database *out, toasty_error *err)
{
    if (toasty__url_check_server(url, err) < 0)
        return -1;
    pg_database *database = toasty__calloc(1, sizeof *database);
    if (!database)
        return toasty__fail_memory(err);
    toasty__arena_init(&database->arena, 0);
    if (read_options(database, url, err) < 0) {
        free_database(database);
        return -1;
    }
    *out = (toasty_database){.data = database, .cleans = true};
    return 0;
}

static void close_database(toasty_database *database)
{
    free_database(database->data);
    database->data = NULL;
}

static const char *const schemes[] = {"postgresql", "postgres", NULL};

extern const toasty_driver toasty_postgresql_driver;
TOASTY_API const toasty_driver toasty_postgresql_driver = {
    .name = "postgresql",
    .schemes = schemes,
    .capability = &toasty__postgresql_capability,
    .dialect = &toasty__dialect_postgresql,
    .open = open_database,
    .close = close_database,
    .connect = toasty__pg_connect,
    .connect_cancel = toasty__pg_connect_cancel,
    .disconnect = toasty__pg_disconnect,
    .attach = toasty__pg_attach,
    .detach = toasty__pg_detach,
    .submit = toasty__pg_submit,
    .cancel = toasty__pg_cancel_job,
};
