/* The MySQL driver: its table, and what a URL says, of MariaDB too.
 *
 *     mysql://user:password@host:port/database?option=value&…       mariadb://…
 *
 * Several hosts stand with commas between them, and are tried in that order. A unix socket is socket=/path,
 * or a host that begins with '/'. TLS is spoken of in PostgreSQL's words (sslmode, sslrootcert, sslcert,
 * sslkey) or in MySQL's (ssl-mode, ssl-ca, ssl-cert, ssl-key). The scheme says which of the two servers it
 * is, since they keep text in other ways; a connection compares. */
#include "mysql.h"

#include "base/alloc.h"
#include "base/error.h"
#include "core/url.h"
#include "sql/dialect.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

extern const toasty_capability toasty__mysql_capability;

/* --- words of options --- */

typedef struct word {
    const char *text;
    int value;
} word;

static const word tls_words[] = {
    {"disable", MY_TLS_DISABLE},
    {"disabled", MY_TLS_DISABLE},
    {"prefer", MY_TLS_PREFER},
    {"preferred", MY_TLS_PREFER},
    {"require", MY_TLS_REQUIRE},
    {"required", MY_TLS_REQUIRE},
    {"verify-ca", MY_TLS_VERIFY_CA},
    {"verify_ca", MY_TLS_VERIFY_CA},
    {"verify-full", MY_TLS_VERIFY_FULL},
    {"verify_identity", MY_TLS_VERIFY_FULL},
    {NULL, 0},
};
static const word switch_words[] = {{"on", true}, {"off", false}, {"1", true}, {"0", false}, {NULL, 0}};
static const word group_words[] = {{"guarded", false}, {"awaited", true}, {NULL, 0}};

/* The value of an option that is one of some words; *value is unchanged when it is absent. */
static int read_word(const toasty_url *url, const char *name, const char *synonym, const word *words,
                     const char *allowed, int *value, toasty_error *err)
{
    const char *text = toasty__url_option(url, name);
    const char *other = synonym ? toasty__url_option(url, synonym) : NULL;
    text = text ? text : other;
    if (!text)
        return 0;
    for (const word *at = words; at->text; at++)
        if (!strcasecmp(at->text, text)) {
            *value = at->value;
            return 0;
        }
    return toasty__fail(err, TOASTY_INVALID_URL, "the option `%s` of the database URL is %s", name, allowed);
}

static int read_switch(const toasty_url *url, const char *name, bool *value, toasty_error *err)
{
    int read = *value;
    int status = read_word(url, name, NULL, switch_words, "on or off", &read, err);
    *value = read;
    return status;
}

/* --- texts --- */

static int keep(my_database *database, const char *text, const char **kept, toasty_error *err)
{
    *kept = text ? toasty__arena_strdup(&database->arena, text) : NULL;
    return text && !*kept ? toasty__fail_memory(err) : 0;
}

static const char *either(const toasty_url *url, const char *name, const char *synonym)
{
    const char *first = toasty__url_option(url, name), *second = toasty__url_option(url, synonym);
    return first ? first : second;
}

static int read_tls(my_database *database, const toasty_url *url, toasty_error *err)
{
    int mode = MY_TLS_PREFER;
    if (read_word(url, "sslmode", "ssl-mode", tls_words, "disable, prefer, require, verify-ca or verify-full",
                  &mode, err) < 0)
        return -1;
    database->tls_mode = (my_tls_mode)mode;
    if (keep(database, either(url, "sslrootcert", "ssl-ca"), &database->tls_roots, err) < 0 ||
        keep(database, either(url, "sslcert", "ssl-cert"), &database->tls_certificate, err) < 0)
        return -1;
    return keep(database, either(url, "sslkey", "ssl-key"), &database->tls_key, err);
}

static int read_account(my_database *database, const toasty_url *url, toasty_error *err)
{
    my_account *account = &database->account;
    const char *user = url->user ? url->user : getenv("USER"),
               *program = toasty__url_option(url, "program_name");
    if (keep(database, user ? user : "", &account->user, err) < 0 ||
        keep(database, url->password ? url->password : "", &account->password, err) < 0 ||
        keep(database, url->path, &account->database, err) < 0 ||
        keep(database, program ? program : "toasty", &account->program, err) < 0)
        return -1;
    return read_switch(url, "allow_public_key_retrieval", &account->allows_public_key, err) < 0 ||
                   read_switch(url, "cleartext", &account->allows_cleartext, err) < 0
               ? -1
               : 0;
}

/* --- hosts --- */

static const char default_host[] = "localhost", default_port[] = "3306";

static int add_host(my_database *database, const char *name, const char *port, toasty_error *err)
{
    my_host *host = &database->hosts[database->host_count++];
    return keep(database, name, &host->name, err) < 0 || keep(database, port, &host->port, err) < 0 ? -1 : 0;
}

static int read_hosts(my_database *database, const toasty_url *url, toasty_error *err)
{
    const char *socket = toasty__url_option(url, "socket"), *option = toasty__url_option(url, "host");
    const char *port = toasty__url_option(url, "port");
    port = port ? port : default_port;
    database->hosts = toasty__arena_calloc(&database->arena, url->host_count + 1, sizeof *database->hosts);
    if (!database->hosts)
        return toasty__fail_memory(err);
    if (socket || !url->host_count)
        return add_host(database, socket ? socket : option ? option : default_host, port, err);
    for (size_t i = 0; i < url->host_count; i++) {
        const struct toasty__url_host *host = &url->hosts[i];
        const char *name = host->name ? host->name : option ? option : default_host;
        if (add_host(database, name, host->port ? host->port : port, err) < 0)
            return -1;
    }
    return 0;
}

/* --- all of it --- */

static int keep_buffer(my_database *database, toasty__buffer *text, const char **kept, toasty_error *err)
{
    int status = text->failed ? toasty__fail_memory(err) : keep(database, text->bytes, kept, err);
    toasty__buffer_done(text);
    return status;
}

static int make_words(my_database *database, toasty_error *err)
{
    toasty__buffer text;
    toasty__buffer_init(&text);
    toasty__my_session_words(database->kind, &text);
    if (keep_buffer(database, &text, &database->session_words, err) < 0)
        return -1;
    toasty__buffer_init(&text);
    toasty__my_session_question(database->kind, &text);
    return keep_buffer(database, &text, &database->session_question, err);
}

static int read_options(my_database *database, const toasty_url *url, toasty_error *err)
{
    int awaits = false;
    uint32_t seconds = 0;
    database->prepares = database->pipelines = true;
    if (make_words(database, err) < 0 || read_hosts(database, url, err) < 0 ||
        read_account(database, url, err) < 0 || read_tls(database, url, err) < 0 ||
        read_switch(url, "prepare", &database->prepares, err) < 0 ||
        read_switch(url, "pipeline", &database->pipelines, err) < 0 ||
        read_word(url, "group", NULL, group_words, "guarded or awaited", &awaits, err) < 0 ||
        toasty__url_number(url, "connect_timeout", &seconds, err) < 0)
        return -1;
    database->awaits_groups = awaits || !database->pipelines;
    database->connect_timeout_ms = seconds < 1000000 ? seconds * 1000 : 0;
    return 0;
}

void toasty__my_database_hold(my_database *database)
{
    atomic_fetch_add(&database->references, 1);
}

void toasty__my_database_release(my_database *database)
{
    if (atomic_fetch_sub(&database->references, 1) > 1)
        return;
    SSL_CTX_free(database->tls);
    pthread_mutex_destroy(&database->lock);
    pthread_cond_destroy(&database->request_ended);
    toasty__arena_done(&database->arena);
    toasty__free(database);
}

int toasty__my_open(const my_kind *kind, const toasty_url *url, toasty_database *out, toasty_error *err)
{
    if (toasty__url_check_server(url, err) < 0)
        return -1;
    my_database *database = toasty__calloc(1, sizeof *database);
    if (!database)
        return toasty__fail_memory(err);
    toasty__arena_init(&database->arena, 0);
    atomic_init(&database->references, 1);
    pthread_mutex_init(&database->lock, NULL);
    pthread_cond_init(&database->request_ended, NULL);
    database->kind = kind;
    if (read_options(database, url, err) < 0) {
        toasty__my_database_release(database);
        return -1;
    }
    *out = (toasty_database){.data = database, .cleans = true};
    return 0;
}

static int open_mysql(const toasty_url *url, toasty_database *database, toasty_error *err)
{
    return toasty__my_open(&toasty__my_mysql, url, database, err);
}

/* A thread that outlived it would find OpenSSL gone when the process ends; it has a second at most. */
void toasty__my_close(toasty_database *out)
{
    my_database *database = out->data;
    pthread_mutex_lock(&database->lock);
    while (database->requests)
        pthread_cond_wait(&database->request_ended, &database->lock);
    pthread_mutex_unlock(&database->lock);
    toasty__my_database_release(database);
    out->data = NULL;
}

static const char *const schemes[] = {"mysql", NULL};

extern const toasty_driver toasty_mysql_driver;
TOASTY_API const toasty_driver toasty_mysql_driver = {
    .name = "mysql",
    .schemes = schemes,
    .capability = &toasty__mysql_capability,
    .dialect = &toasty__dialect_mysql,
    .open = open_mysql,
    TOASTY__MY_SLOTS,
};
