/* The SQLite driver: its table, and what a URL says.
 *
 *     sqlite:app.db   sqlite:///var/lib/app.db   sqlite::memory:
 *
 * Options: mode=ro|rw|rwc (rwc), busy_timeout_ms (5000), wal=on|off (on; off leaves the file's journal as it
 * is), sync=full|normal|off (normal with a write-ahead log, full without), threads=auto|inline|worker (auto:
 * a thread for each connection on a loop, none elsewhere), statement_cache (128); and for tests
 * dialect=own|plain: the statements of a database that has none of SQLite's comforts (sql/plain.c). */
#include "drivers/sqlite/connection.h"

#include "base/alloc.h"
#include "base/error.h"
#include "core/url.h"
#include "sql/dialect.h"

#include <string.h>

/* One of the words that an option may be: its number, `otherwise` when the option is absent, -1 with err. */
static int choose(const toasty_url *url, const char *name, const char *const words[3], int otherwise,
                  toasty_error *err)
{
    const char *value = toasty__url_option(url, name);
    if (!value)
        return otherwise;
    for (int i = 0; i < 3 && words[i]; i++)
        if (!strcmp(words[i], value))
            return i;
    return toasty__fail(err, TOASTY_INVALID_URL, "the option `%s` of the database URL is %s%s%s%s%s", name,
                        words[0], words[2] ? ", " : " or ", words[1], words[2] ? " or " : "",
                        words[2] ? words[2] : "");
}

static int read_options(toasty__sqlite_database *database, const toasty_url *url, toasty_error *err)
{
    static const char *const modes[] = {"ro", "rw", "rwc"}, *const switches[3] = {"on", "off"},
                             *const syncs[] = {"full", "normal", "off"},
                             *const threads[] = {"auto", "inline", "worker"},
                             *const dialects[3] = {"own", "plain"};
    int mode = choose(url, "mode", modes, 2, err), wal = mode < 0 ? -1 : choose(url, "wal", switches, 0, err),
        sync = wal < 0 ? -1 : choose(url, "sync", syncs, 3, err),
        thread = sync < 0 ? -1 : choose(url, "threads", threads, THREADS_AUTO, err),
        dialect = thread < 0 ? -1 : choose(url, "dialect", dialects, 0, err);
    if (dialect < 0)
        return -1;
    database->driver = dialect ? &toasty__sqlite_plain_driver : &toasty_sqlite_driver;
    database->read_only = mode == 0;
    database->create = mode == 2;
    database->wal = wal == 0 && !database->in_memory;
    database->synchronous = sync < 3 ? syncs[sync] : NULL;
    /* A library built for one thread has to stay on its caller's. */
    database->threads = sqlite3_threadsafe() ? (sqlite_threads)thread : THREADS_INLINE;
    if (toasty__url_number(url, "busy_timeout_ms", &database->busy_timeout_ms, err) < 0 ||
        toasty__url_number(url, "statement_cache", &database->statement_cache, err) < 0)
        return -1;
    if (database->statement_cache > 65536)
        return toasty__fail(err, TOASTY_INVALID_URL, "the option `statement_cache` is at most 65536");
    return 0;
}

static int read_path(toasty__sqlite_database *database, const toasty_url *url, toasty_error *err)
{
    /* sqlite:///a/b has an authority, which is empty, and the path begins after the third '/'. */
    bool has_authority = !strncmp(url->text + strlen(url->scheme), "://", 3);
    if (url->host_count || url->user || (has_authority && !*url->path))
        return toasty__fail(
            err, TOASTY_INVALID_URL,
            "a SQLite database is a file: sqlite:relative.db, sqlite:///absolute.db or sqlite::memory:");
    if (!*url->path)
        return toasty__fail(err, TOASTY_INVALID_URL,
                            "the database URL names no file, as in sqlite:app.db; a database "
                            "in memory is sqlite::memory:");
    size_t length = strlen(url->path);
    database->path = toasty__malloc(length + 2);
    if (!database->path)
        return toasty__fail_memory(err);
    database->path[0] = '/';
    database->in_memory = !strcmp(url->path, ":memory:"); /* sqlite:///:memory: too */
    memcpy(database->path + (has_authority && !database->in_memory), url->path, length + 1);
    return 0;
}

static void close_database(toasty_database *database)
{
    toasty__sqlite_database *data = database->data;
    if (data)
        toasty__free(data->path);
    toasty__free(data);
    database->data = NULL;
}

static int open_database(const toasty_url *url, toasty_database *database, toasty_error *err)
{
    toasty__sqlite_database *data = toasty__calloc(1, sizeof *data);
    if (!data)
        return toasty__fail_memory(err);
    data->busy_timeout_ms = 5000;
    data->statement_cache = 128;
    database->data = data;
    if (read_path(data, url, err) < 0 || read_options(data, url, err) < 0) {
        close_database(database);
        return -1;
    }
    database->driver = data->driver;
    database->max_connections = data->in_memory ? 1 : 0;
    database->cleans = database->data_in_connection = data->in_memory;
    database->inline_on_loop =
        data->threads == THREADS_INLINE || (data->threads == THREADS_AUTO && data->in_memory);
    return 0;
}

static const char *const schemes[] = {"sqlite", NULL};

/* clang-format off */
#define SQLITE_SLOTS                                                                                         \
    .name = "sqlite", .schemes = schemes, .open = open_database, .close = close_database,                    \
    .connect = toasty__sqlite_connect, .disconnect = toasty__sqlite_disconnect,                              \
    .submit = toasty__sqlite_submit, .cancel = toasty__sqlite_cancel
/* clang-format on */

const toasty_driver toasty_sqlite_driver = {SQLITE_SLOTS, .capability = &toasty__sqlite_capability,
                                            .dialect = &toasty__dialect_sqlite};

const toasty_driver toasty__sqlite_plain_driver = {
    SQLITE_SLOTS, .capability = &toasty__sqlite_plain_capability, .dialect = &toasty__dialect_plain};
