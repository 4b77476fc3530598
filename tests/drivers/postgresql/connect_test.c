/* Connections: the ways to the server, its identity, and what may fail on the way. */
#include "client.h"
#include "support/secrets.h"
#include "tcp_proxy.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define FOLDER "TOASTY_TEST_POSTGRESQL_FOLDER"

typedef struct server {
    toasty_url url;
    char text[4096];
} server;

/* The server's address in parts. */
static const toasty_url *server_url(server *server)
{
    toasty_error error;
    check_int(0, toasty__url_parse(&server->url, getenv(SERVER), &error));
    return &server->url;
}

/* A URL made of the server's parts, with another host, port or password, and options. */
static const char *url_with(server *server, const char *host, const char *password, const char *options)
{
    const toasty_url *url = server_url(server);
    snprintf(server->text, sizeof server->text, "postgres://%s:%s@%s:%s/%s?%s", url->user,
             password ? password : url->password, host ? host : url->hosts[0].name, url->hosts[0].port,
             url->path, options);
    toasty__url_done(&server->url);
    return server->text;
}

static void check_connects(const char *url, bool on_loop)
{
    client client;
    client_start_url(&client, url, on_loop);
    check_int(1, client_number(&client, "SELECT 1::bigint"));
    client_stop(&client);
}

static toasty_error check_fails(const char *url, bool on_loop, toasty_code code)
{
    client client;
    client_open(&client, url, on_loop);
    client_try(&client, 20000); /* a login takes long under Valgrind */
    check_null(client.connection);
    check_error(&client.error, code);
    client_stop(&client);
    return client.error;
}

TOASTY_TEST(postgresql, a_host_may_be_an_address_a_name_or_a_list, NEEDS(SERVER))
{
    server server;
    check_connects(url_with(&server, NULL, NULL, ""), true);
    check_connects(url_with(&server, "localhost", NULL, ""), true);
    check_connects(url_with(&server, "localhost", NULL, ""), false);
    check_connects(url_with(&server, NULL, NULL, "host=nowhere.invalid,localhost"), true);
}

/* The server's port stands behind the last one. */
TOASTY_TEST(postgresql, of_several_hosts_the_first_that_answers_is_taken, NEEDS(SERVER))
{
    static const char *const hosts[] = {"127.0.0.1:1,127.0.0.1", "localhost:1,nowhere.invalid,localhost",
                                        "[::1]:1,127.0.0.1:1,localhost"};
    server server;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        check_connects(url_with(&server, hosts[i], NULL, ""), true);
        check_connects(url_with(&server, hosts[i], NULL, ""), false);
    }
}

TOASTY_TEST(postgresql, when_no_host_answers_the_message_has_them_and_no_password)
{
    static const char *const urls[] = {"postgresql://u:WXYZ@127.0.0.1:1,127.0.0.1:2/x",
                                       "postgresql://u:WXYZ@localhost:1,nowhere.invalid:2/x"};
    for (int i = 0; i < 4; i++) {
        toasty_error error = check_fails(urls[i / 2], i % 2, TOASTY_CONNECTION_FAILED);
        check_null(strstr(error.message, "WXYZ"));
        check_contains(error.message, "port 1");
    }
}

TOASTY_TEST(postgresql, a_socket_of_the_file_system_is_a_host, NEEDS(FOLDER))
{
    server server;
    char options[512], text[2048], *encoded = text;
    snprintf(options, sizeof options, "host=%s", getenv(FOLDER));
    check_connects(url_with(&server, NULL, NULL, options), true);
    check_connects(url_with(&server, NULL, NULL, options), false);
    for (const char *c = getenv(FOLDER); *c; c++)
        encoded += sprintf(encoded, *c == '/' ? "%%2F" : "%c", *c);
    check_connects(url_with(&server, text, NULL, ""), true);
}

TOASTY_TEST(postgresql, tls_is_as_strict_as_the_url_says, NEEDS(FOLDER))
{
    server server;
    client client;
    char options[512];
    client_start_url(&client, url_with(&server, "localhost", NULL, "sslmode=require"), true);
    check_int(1, client_number(&client, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"));
    client_stop(&client);
    client_start_url(&client, url_with(&server, "localhost", NULL, "sslmode=disable"), true);
    check_int(0, client_number(&client, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"));
    client_stop(&client);
    snprintf(options, sizeof options, "sslmode=verify-full&sslrootcert=%s/data/server.crt", getenv(FOLDER));
    check_connects(url_with(&server, "localhost", NULL, options), true);
    check_connects(url_with(&server, "localhost", NULL, options), false);
    snprintf(options, sizeof options, "sslmode=verify-full&sslrootcert=%s/absent.crt", getenv(FOLDER));
    check_fails(url_with(&server, "localhost", NULL, options), true, TOASTY_CONNECTION_FAILED);
}

TOASTY_TEST(postgresql, tls_is_preferred_when_the_url_says_nothing, NEEDS(FOLDER))
{
    server server;
    client client;
    const char *const manners[] = {"", "sslmode=prefer"};
    for (int i = 0; i < 2; i++) {
        client_start_url(&client, url_with(&server, "localhost", NULL, manners[i]), true);
        check_int(1, client_number(&client, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"));
        client_stop(&client);
    }
}

TOASTY_TEST(postgresql, a_server_whose_certificate_nobody_vouches_for_is_refused, NEEDS(FOLDER))
{
    server server;
    char options[512];
    const char *const manners[] = {"verify-ca", "verify-full"};
    for (int i = 0; i < 2; i++) {
        snprintf(options, sizeof options, "sslmode=%s&sslrootcert=%s/data/other.crt", manners[i],
                 getenv(FOLDER));
        toasty_error error =
            check_fails(url_with(&server, "localhost", NULL, options), i == 0, TOASTY_CONNECTION_FAILED);
        check_contains(error.message, "certificate");
    }
}

TOASTY_TEST(postgresql, a_certificate_for_another_host_is_enough_for_verify_ca_only, NEEDS(FOLDER))
{
    server server;
    char options[512];
    snprintf(options, sizeof options, "hostaddr=127.0.0.1&sslmode=verify-ca&sslrootcert=%s/data/server.crt",
             getenv(FOLDER));
    check_connects(url_with(&server, "elsewhere.invalid", NULL, options), true);
    snprintf(options, sizeof options, "hostaddr=127.0.0.1&sslmode=verify-full&sslrootcert=%s/data/server.crt",
             getenv(FOLDER));
    toasty_error error =
        check_fails(url_with(&server, "elsewhere.invalid", NULL, options), true, TOASTY_CONNECTION_FAILED);
    check_contains(error.message, "elsewhere.invalid");
}

TOASTY_TEST(postgresql, a_certificate_of_the_client_takes_the_place_of_a_password, NEEDS(FOLDER))
{
    server server;
    client client;
    char options[1024];
    client_start(&client, false);
    client_run(&client, "DROP ROLE IF EXISTS certified", TOASTY_OK);
    client_run(&client, "CREATE ROLE certified LOGIN", TOASTY_OK);
    client_stop(&client);
    snprintf(options, sizeof options,
             "user=certified&sslmode=require&sslcert=%s/data/client.crt&sslkey=%s/data/client.key",
             getenv(FOLDER), getenv(FOLDER));
    client_start_url(&client, url_with(&server, "localhost", "none", options), true);
    check_int(1, client_number(&client, "SELECT (current_user = 'certified')::int::bigint"));
    client_stop(&client);
    snprintf(options, sizeof options, "user=certified&sslmode=require&sslcert=%s/absent.crt", getenv(FOLDER));
    check_fails(url_with(&server, "localhost", "none", options), true, TOASTY_CONNECTION_FAILED);
}

/* A file of this test, which only its owner may read. */
static const char *write_file(const char *name, const char *text)
{
    static char paths[2][512];
    static int next;
    char *path = paths[next++ % 2];
    const char *folder = getenv("TMPDIR");
    snprintf(path, sizeof paths[0], "%s/toasty-%d-%s", folder ? folder : "/tmp", (int)getpid(), name);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    check_that(file >= 0);
    check_int((intmax_t)strlen(text), write(file, text, strlen(text)));
    close(file);
    return path;
}

TOASTY_TEST(postgresql, a_password_may_stand_in_a_file, NEEDS(SERVER), ALONE)
{
    server server;
    char text[1024], url[2048];
    const toasty_url *parts = server_url(&server);
    snprintf(text, sizeof text, "localhost:%s:*:%s:%s\n", parts->hosts[0].port, parts->user, parts->password);
    const char *path = write_file("passwords", text);
    unsetenv("PGPASSWORD"); /* of whoever runs the tests */
    snprintf(url, sizeof url, "postgresql://%s@localhost:%s/%s?passfile=%s", parts->user,
             parts->hosts[0].port, parts->path, path);
    check_connects(url, true);
    snprintf(url, sizeof url, "postgresql://%s@localhost:%s/%s", parts->user, parts->hosts[0].port,
             parts->path);
    check_fails(url, true, TOASTY_CONNECTION_FAILED);
    setenv("PGPASSFILE", path, 1);
    check_connects(url, false);
    unlink(path);
    toasty__url_done(&server.url);
}

TOASTY_TEST(postgresql, a_service_of_a_file_fills_in_what_the_url_leaves_out, NEEDS(SERVER), ALONE)
{
    server server;
    char text[1024];
    const toasty_url *parts = server_url(&server);
    snprintf(text, sizeof text, "[shop]\nhost=localhost\nport=%s\nuser=%s\npassword=%s\ndbname=%s\n",
             parts->hosts[0].port, parts->user, parts->password, parts->path);
    const char *path = write_file("services", text);
    setenv("PGSERVICEFILE", path, 1);
    check_connects("postgresql:///?service=shop", true);
    check_connects("postgresql:///?service=shop", false);
    check_fails("postgresql:///?service=none", true, TOASTY_CONNECTION_FAILED);
    unlink(path);
    toasty__url_done(&server.url);
}

TOASTY_TEST(postgresql, a_wrong_password_is_told_without_it, NEEDS(SERVER))
{
    server server;
    toasty_error error =
        check_fails(url_with(&server, NULL, "open-sesame", ""), true, TOASTY_CONNECTION_FAILED);
    check_contains(error.message, "password");
    check_that(!strstr(error.message, "sesame"));
}

/* Opens the URL with the password in its place and connects to where nobody listens. Whatever fails says
 * nothing of it. */
static void check_kept(const char *format, const char *password, bool on_loop)
{
    client client = {.on_loop = false};
    char text[256];
    snprintf(text, sizeof text, format, password);
    bool opened = false, parsed = toasty__url_parse(&client.url, text, &client.error) == 0;
    if (parsed) {
        opened = DRIVER->open(&client.url, &client.database, &client.error) == 0 &&
                 toasty__url_check(&client.url, (const char *const[]){"mode", NULL}, &client.error) == 0;
        if (client.database.data)
            DRIVER->close(&client.database);
        toasty__url_done(&client.url);
    }
    if (opened) {
        client_open(&client, text, on_loop);
        client_try(&client, 20000);
        check_null(client.connection);
        client_stop(&client);
    }
    ck_assert_msg(!secret_is_in(client.error.message, password), "%s: %s", text, client.error.message);
}

TOASTY_TEST(postgresql, a_password_that_is_not_encoded_is_in_no_message, TIMEOUT(60))
{
    char password[SECRET_SIZE];
    for (int i = 0; i < SECRET_COUNT; i++) {
        secret_make(password, i);
        check_kept("postgresql://user:%s@127.0.0.1:1/name", password, i % 2);
        check_kept("postgresql://:%s@127.0.0.1:1/name", password, false);
        check_kept("postgresql://127.0.0.1:1/name?user=u&password=%s&sslmode=disable", password, false);
        check_kept("postgresql:user:%s@127.0.0.1:1/name?hostaddr=127.0.0.1&port=1", password, false);
        check_kept("postgresql:/user:%s@127.0.0.1:1/name?hostaddr=127.0.0.1&port=1", password, false);
        check_kept("postgresql:///user:%s@127.0.0.1:1/name?hostaddr=127.0.0.1&port=1", password, false);
    }
}

TOASTY_TEST(postgresql, a_server_that_refuses_says_nothing_of_a_password_that_is_not_encoded, NEEDS(SERVER),
            TIMEOUT(60))
{
    server server;
    char password[SECRET_SIZE];
    for (int i = 0; i < SECRET_SPECIAL_COUNT; i++) { /* a login takes long on a loaded machine */
        secret_make(password, SECRET_SPECIAL_COUNT + i);
        if (strpbrk(password, "/?%"))
            continue;
        toasty_error error =
            check_fails(url_with(&server, NULL, password, ""), i % 2, TOASTY_CONNECTION_FAILED);
        check_that(!secret_is_in(error.message, password));
    }
}

TOASTY_TEST(postgresql, what_the_url_leaves_out_comes_from_the_environment, NEEDS(SERVER), ALONE)
{
    server server;
    char text[512];
    const toasty_url *url = server_url(&server);
    setenv("PGHOST", "localhost", 1);
    setenv("PGPORT", url->hosts[0].port, 1);
    setenv("PGUSER", url->user, 1);
    setenv("PGPASSWORD", url->password, 1);
    snprintf(text, sizeof text, "postgresql:///%s", url->path);
    check_connects(text, true);
    check_connects(text, false);
    toasty__url_done(&server.url);
}

TOASTY_TEST(postgresql, options_reach_the_session, NEEDS(SERVER))
{
    server server;
    client client;
    client_start_url(&client,
                     url_with(&server, NULL, NULL, "application_name=x%20y&options=-c%20search_path=driver"),
                     true);
    check_int(1, client_number(&client, "SELECT current_setting('search_path') = 'driver' AND "
                                        "current_setting('application_name') = 'x y' AND "
                                        "current_setting('client_encoding') = 'UTF8'"));
    client_stop(&client);
}

TOASTY_TEST(postgresql, a_url_with_a_typo_is_refused_before_anything_is_sent, NEEDS(SERVER))
{
    static const char *const texts[] = {"postgresql://h/d?sslmod=require", "postgresql://h/d?prepare=maybe"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        toasty_url url;
        toasty_error error;
        toasty_database database = {.data = NULL};
        check_int(0, toasty__url_parse(&url, texts[i], &error));
        int opened = DRIVER->open(&url, &database, &error);
        check_int(-1,
                  opened ? opened : toasty__url_check(&url, (const char *const[]){"sslmode", NULL}, &error));
        check_error(&error, TOASTY_INVALID_URL);
        if (!opened)
            DRIVER->close(&database);
        toasty__url_done(&url);
    }
}

TOASTY_TEST(postgresql, what_does_not_listen_or_does_not_exist_is_a_failed_connection, NEEDS(SERVER))
{
    server server;
    check_fails("postgresql://127.0.0.1:1/x", true, TOASTY_CONNECTION_FAILED);
    check_fails("postgresql://127.0.0.1:1/x", false, TOASTY_CONNECTION_FAILED);
    check_fails("postgresql://nowhere.invalid/x", true, TOASTY_CONNECTION_FAILED);
    check_fails("postgresql:///x?host=/nowhere", true, TOASTY_CONNECTION_FAILED);
    check_fails(url_with(&server, NULL, NULL, "dbname=absent"), true, TOASTY_CONNECTION_FAILED);
}

/* Listens, and never says a word. */
static int silent_listener(char *url, size_t size)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check_int(0, bind(listener, (struct sockaddr *)&address, length));
    check_int(0, listen(listener, 8));
    getsockname(listener, (struct sockaddr *)&address, &length);
    snprintf(url, size, "postgresql://127.0.0.1:%d/x", ntohs(address.sin_port));
    return listener;
}

TOASTY_TEST(postgresql, a_silent_server_costs_no_more_than_the_time_allowed, NEEDS(SERVER))
{
    char url[128];
    client client;
    int listener = silent_listener(url, sizeof url);
    for (int on_loop = 0; on_loop < 2; on_loop++) {
        uint64_t start = toasty__now_ms();
        client_open(&client, url, on_loop);
        client_try(&client, 100);
        check_null(client.connection);
        check_error(&client.error, TOASTY_CONNECTION_FAILED);
        check_that(toasty__now_ms() - start < 3000);
        client_stop(&client);
    }
    close(listener);
}

TOASTY_TEST(postgresql, a_connection_that_is_being_made_can_be_given_up, NEEDS(SERVER))
{
    char silent[128];
    int listener = silent_listener(silent, sizeof silent);
    const char *const urls[] = {silent, "postgresql://localhost:1/x"};
    for (size_t i = 0; i < 2; i++) {
        client client;
        client_open(&client, urls[i], true);
        toasty_connect connect = {.reactor = client.reactor, .done = client_on_connected, .session = &client};
        DRIVER->connect(&client.database, &connect);
        DRIVER->connect_cancel(&connect);
        check_that(client.done);
        check_null(client.connection);
        check_error(&client.error, TOASTY_CANCELLED);
        client_stop(&client);
    }
    close(listener);
}
