/* Opening a database: which driver the URL names, what the URL and the program ask for, and one connection
 * made. */
#include "base/alloc.h"
#include "base/error.h"
#include "core/misuse.h"
#include "core/url.h"
#include "db/close.h"
#include "db/command.h"

#include <string.h>

static const char *const option_names[] = {"max_pool_size",
                                           "min_idle",
                                           "wait_timeout_ms",
                                           "connect_timeout_ms",
                                           "max_lifetime_ms",
                                           "idle_timeout_ms",
                                           "ping_after_ms",
                                           "plan_cache_size",
                                           "table_prefix",
                                           "slow_ms",
                                           NULL};

static bool has_scheme(const toasty_driver *driver, const char *scheme)
{
    for (const char *const *known = driver->schemes; *known; known++)
        if (strcmp(*known, scheme) == 0)
            return true;
    return false;
}

static const toasty_driver *find_driver(const toasty_schema *schema, const char *scheme, toasty_error *err)
{
    char targets[256] = "";
    for (size_t i = 0; i < schema->driver_count; i++) {
        const toasty_driver *driver = schema->drivers[i];
        if (has_scheme(driver, scheme))
            return driver;
        size_t length = strlen(targets);
        if (length + strlen(driver->name) + 3 < sizeof targets) {
            strcpy(targets + length, i ? ", " : "");
            strcat(targets, driver->name);
        }
    }
    toasty__fail(err, TOASTY_UNSUPPORTED,
                 "the schema %s was derived for these targets: %s; none of them has URLs that begin with %s:",
                 schema->name, targets, scheme);
    return NULL;
}

/* --- options --- */

typedef struct settings {
    toasty__pool_options pool;
    uint32_t plan_cache_size, slow_ms;
    const char *prefix;
    toasty__cursor_keys cursor_keys;
} settings;

static int read_settings(const toasty_url *url, const toasty_open_options *options, settings *settings,
                         toasty_error *err)
{
    const struct {
        const char *name;
        uint32_t *value;
        uint32_t given, usual;
    } numbers[] = {
        {"max_pool_size", &settings->pool.max_size, options->max_pool_size, 10},
        {"min_idle", &settings->pool.min_idle, options->min_idle, 0},
        {"wait_timeout_ms", &settings->pool.wait_timeout_ms, options->wait_timeout_ms, 30000},
        {"connect_timeout_ms", &settings->pool.connect_timeout_ms, options->connect_timeout_ms, 10000},
        {"max_lifetime_ms", &settings->pool.max_lifetime_ms, options->max_lifetime_ms, 30 * 60 * 1000},
        {"idle_timeout_ms", &settings->pool.idle_timeout_ms, options->idle_timeout_ms, 10 * 60 * 1000},
        {"ping_after_ms", &settings->pool.ping_after_ms, options->ping_after_ms, 60000},
        {"plan_cache_size", &settings->plan_cache_size, options->plan_cache_size, 256},
        {"slow_ms", &settings->slow_ms, options->slow_ms, 0},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        *numbers[i].value = numbers[i].given ? numbers[i].given : numbers[i].usual;
        if (toasty__url_number(url, numbers[i].name, numbers[i].value, err) < 0)
            return -1;
    }
    if (settings->pool.max_size == 0)
        return toasty__fail(err, TOASTY_INVALID_URL, "max_pool_size is 0: a pool needs a connection");
    const char *prefix = toasty__url_option(url, "table_prefix");
    settings->prefix = prefix ? prefix : options->table_prefix ? options->table_prefix : "";
    return toasty__cursor_keys_make(&settings->cursor_keys, options->cursor_key, options->cursor_key_old,
                                    err);
}

/* --- opening --- */

static toasty__pool *pool_new(const toasty_url *url, const toasty_schema *schema, const toasty_driver *driver,
                              const settings *settings, toasty_error *err)
{
    toasty__pool *pool = toasty__calloc(1, sizeof *pool);
    if (!pool) {
        toasty__fail_memory(err);
        return NULL;
    }
    pool->driver = driver;
    pool->prefix = toasty__strdup(settings->prefix);
    if (!pool->prefix) {
        toasty__fail_memory(err);
        toasty__free(pool);
        return NULL;
    }
    toasty__engine_init(&pool->engine, schema, driver, pool->prefix, settings->plan_cache_size);
    pool->engine.cursor_keys = settings->cursor_keys;
    pool->references = 1;
    pool->database_open = driver->open(url, &pool->database, err) == 0;
    if (pool->database_open && pool->database.driver)
        pool->driver = pool->engine.driver = pool->database.driver;
    if (pool->database_open && toasty__url_check(url, option_names, err) == 0) {
        toasty__pool_start(pool, &settings->pool);
        return pool;
    }
    toasty__pool_release_hold(pool);
    return NULL;
}

/* A connection is made, and is idle afterwards. */
static int connect_once(toasty_db *db, toasty_error *err)
{
    toasty__command command;
    if (toasty__command_begin(&command, db, false, err) < 0)
        return -1;
    toasty_operation ping = {.kind = TOASTY_OPERATION_PING};
    int status = toasty__command_run(&command, &ping, 1, TOASTY__NEED_WRITE, 0, err);
    toasty__command_end(&command);
    return status;
}

static toasty_db *open_url(const toasty_url *url, const toasty_schema *schema,
                           const toasty_open_options *options, toasty_error *err)
{
    settings settings;
    const toasty_driver *driver = find_driver(schema, url->scheme, err);
    if (!driver || read_settings(url, options, &settings, err) < 0)
        return NULL;
    toasty__pool *pool = pool_new(url, schema, driver, &settings, err);
    explicit_bzero(&settings.cursor_keys, sizeof settings.cursor_keys);
    if (!pool)
        return NULL;
    toasty_db *db = toasty__handle_new(NULL, pool, TOASTY__HANDLE_ROOT, toasty__close_quietly, err);
    toasty__pool_release_hold(pool);
    if (db) {
        db->observer.slow_ms = settings.slow_ms;
        db->observer.log_values = options->log_values;
        db->observer.sql_comments = options->sql_comments;
    }
    if (db && connect_once(db, err) < 0) {
        toasty__close_quietly(db);
        toasty__handle_drop(db);
        return NULL;
    }
    return db;
}

toasty_db *toasty_open_(const char *url, const toasty_schema *schema, const toasty_open_options *options)
{
    static const toasty_open_options usual = {.end_ = 0};
    toasty__context *context = toasty__context_current();
    toasty_error *err = &context->error;
    toasty_url parsed;
    toasty__error_clear(err);
    if (!url || !schema)
        toasty__fail(err, TOASTY_INVALID_ARGUMENT, "toasty_open: the URL or the schema is NULL");
    else if (schema->abi != TOASTY_ABI)
        toasty__fail(err, TOASTY_INVALID_SCHEMA,
                     "the schema %s was derived by another version of the library (%u, this one is %u): "
                     "run toasty derive again",
                     schema->name, schema->abi, (unsigned)TOASTY_ABI);
    else if (context->cancelled)
        toasty__fail(err, TOASTY_CANCELLED, "the fiber was cancelled");
    if (options && options->end_)
        toasty__development_begin();
    if (err->code != TOASTY_OK || toasty__url_parse(&parsed, url, err) < 0)
        return NULL;
    toasty_db *db = open_url(&parsed, schema, options ? options : &usual, err);
    toasty__url_done(&parsed);
    return db;
}
