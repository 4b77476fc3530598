/* Ways to the server: TCP, its socket, TLS, passwords of each kind; and what is said where there is none. */
#include "client.h"

#include <arpa/inet.h>

static const char *folder(void)
{
    return getenv(is_mysql() ? "TOASTY_TEST_MYSQL_FOLDER" : "TOASTY_TEST_MARIADB_FOLDER");
}

/* Connects and has a number of the server; the first one of a status. */
static void check_connects(const char *url)
{
    client client;
    client_start_url(&client, url, true);
    check_int(7, client_number(&client, "SELECT 7"));
    client_stop(&client);
    client_start_url(&client, url, false);
    check_int(8, client_number(&client, "SELECT 8"));
    client_stop(&client);
}

static void check_fails(const char *url, toasty_code code, const char *part)
{
    client client;
    client_open(&client, url, true);
    client_try(&client, 10000);
    check_that(!client.connection);
    check_error(&client.error, code);
    check_contains(client.error.message, part);
    check_that(!strstr(client.error.message, "hunter2"));
    client_stop(&client);
}

static void make_user(const char *name, const char *how)
{
    char sql[256];
    client client;
    client_start(&client, true);
    snprintf(sql, sizeof sql, "DROP USER IF EXISTS %s", name);
    client_raw(&client, sql);
    snprintf(sql, sizeof sql, "CREATE USER %s@'%%' IDENTIFIED %s", name, how);
    client_raw(&client, sql);
    snprintf(sql, sizeof sql, "GRANT SELECT ON *.* TO %s", name);
    client_raw(&client, sql);
    client_stop(&client);
}

ON_BOTH(a_server_is_reached_by_tcp_with_tls_and_without_and_by_its_socket)
{
    char socket[256];
    check_connects(getenv(SERVER));
    check_connects(url_with("sslmode=disable"));
    check_connects(url_with("ssl-mode=REQUIRED"));
    snprintf(socket, sizeof socket, "socket=%s/socket", folder());
    check_connects(url_with(socket));
    snprintf(socket, sizeof socket, "socket=%s/socket&sslmode=require", folder());
    check_connects(url_with(socket));
}

ON_BOTH(a_server_is_known_by_its_certificate)
{
    char option[512];
    snprintf(option, sizeof option, "sslmode=verify-full&sslrootcert=%s/server.crt", folder());
    check_connects(url_with(option));
    snprintf(option, sizeof option, "sslmode=verify-ca&ssl-ca=%s/other.crt", folder());
    check_fails(url_with(option), TOASTY_CONNECTION_FAILED, "cannot be trusted");
    snprintf(option, sizeof option, "sslmode=verify-full&sslrootcert=%s/none.crt", folder());
    check_fails(url_with(option), TOASTY_CONNECTION_FAILED, "none.crt");
}

ON_BOTH(hosts_are_tried_one_after_the_other)
{
    char url[512];
    const char *text = getenv(SERVER), *at = strchr(text, '@');
    snprintf(url, sizeof url, "%.*s@127.0.0.1:1,%s", (int)(at - text), text, at + 1);
    check_connects(url);
    snprintf(url, sizeof url, "%.*s@127.0.0.1:1,127.0.0.1:2/x", (int)(at - text), text);
    check_fails(url, TOASTY_CONNECTION_FAILED, "port 2");
    snprintf(url, sizeof url, "%.*s@/x?socket=/nowhere/at/all", (int)(at - text), text);
    check_fails(url, TOASTY_CONNECTION_FAILED, "/nowhere/at/all");
}

/* A host that takes connections and says nothing, as one does whose machine hangs. */
static int listen_and_say_nothing(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check_that(listening >= 0 && bind(listening, (struct sockaddr *)&address, size) == 0 &&
               listen(listening, 8) == 0 && getsockname(listening, (struct sockaddr *)&address, &size) == 0);
    *port = ntohs(address.sin_port);
    return listening;
}

ON_BOTH(a_host_that_says_nothing_does_not_use_up_the_time_of_the_next)
{
    char url[512];
    int port, silent = listen_and_say_nothing(&port);
    const char *text = getenv(SERVER), *at = strchr(text, '@');
    client client;
    snprintf(url, sizeof url, "%.*s@127.0.0.1:%d,%s", (int)(at - text), text, port, at + 1);
    client_open(&client, url, true);
    client_try(&client, 4000);
    check_that(client.connection != NULL);
    client_stop(&client);
    close(silent);
}

ON_BOTH(a_wrong_password_and_a_database_that_is_not_there_are_told_without_the_password)
{
    make_user("native", "BY 'hunter2'");
    check_fails(url_of("native:wrong", NULL, ""), TOASTY_CONNECTION_FAILED, "Access denied");
    check_fails(url_of("nobody_at_all:hunter2", NULL, ""), TOASTY_CONNECTION_FAILED, "Access denied");
    check_connects(url_of("native:hunter2", NULL, "sslmode=require"));
}

ON_BOTH(a_user_without_a_password_comes_in)
{
    make_user("open", "BY ''");
    check_connects(url_of("open", NULL, ""));
    check_connects(url_of("open", NULL, "sslmode=disable"));
}

ON_BOTH(the_other_server_is_told_by_the_scheme_to_write)
{
    const char *text = getenv(SERVER);
    driver_here = is_mysql() ? &toasty_mariadb_driver : &toasty_mysql_driver;
    check_fails(text, TOASTY_CONNECTION_FAILED, is_mysql() ? "write mariadb://" : "write mysql://");
}

TOASTY_TEST(mysql, a_first_login_without_tls_is_refused_with_the_remedy, NEEDS("TOASTY_TEST_MYSQL_URL"))
{
    driver_here = &toasty_mysql_driver;
    server_here = "TOASTY_TEST_MYSQL_URL";
    make_user("fresh", "WITH caching_sha2_password BY 'hunter2'");
    check_fails(url_of("fresh:hunter2", NULL, "sslmode=disable"), TOASTY_CONNECTION_FAILED,
                "allow_public_key_retrieval=1");
    check_connects(url_of("fresh:hunter2", NULL, "sslmode=disable&allow_public_key_retrieval=1"));
    check_connects(url_of("fresh:hunter2", NULL, "sslmode=disable")); /* the server has it at hand now */
}

TOASTY_TEST(mysql, each_password_of_mysql_is_proved, NEEDS("TOASTY_TEST_MYSQL_URL"))
{
    driver_here = &toasty_mysql_driver;
    server_here = "TOASTY_TEST_MYSQL_URL";
    make_user("older", "WITH mysql_native_password BY 'hunter2'");
    check_connects(url_of("older:hunter2", NULL, "sslmode=disable"));
    check_connects(url_of("older:hunter2", NULL, ""));
    make_user("sealed", "WITH sha256_password BY 'hunter2'");
    check_connects(url_of("sealed:hunter2", NULL, "sslmode=require"));
    check_connects(url_of("sealed:hunter2", NULL, "sslmode=disable&allow_public_key_retrieval=on"));
    check_fails(url_of("sealed:hunter2", NULL, "sslmode=disable"), TOASTY_CONNECTION_FAILED, "TLS");
}

TOASTY_TEST(mysql, ed25519_is_refused_by_its_name, NEEDS("TOASTY_TEST_MARIADB_URL"))
{
    driver_here = &toasty_mariadb_driver;
    server_here = "TOASTY_TEST_MARIADB_URL";
    make_user("modern", "VIA ed25519 USING PASSWORD('hunter2')");
    check_fails(url_of("modern:hunter2", NULL, ""), TOASTY_CONNECTION_FAILED, "client_ed25519");
}

TOASTY_TEST(mysql, options_of_the_url_are_read_and_others_refused)
{
    static const struct {
        const char *url, *part;
    } wrong[] = {{"mysql://h/d?sslmode=maybe", "sslmode"},
                 {"mysql://h/d?prepare=perhaps", "prepare"},
                 {"mysql://h/d?group=none", "group"},
                 {"mysql://h/d?connect_timeout=soon", "connect_timeout"},
                 {"mysql:h", "//"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        toasty_url url;
        toasty_error error;
        toasty_database database;
        check_int(0, toasty__url_parse(&url, wrong[i].url, &error));
        check_int(-1, toasty_mysql_driver.open(&url, &database, &error));
        check_error(&error, TOASTY_INVALID_URL);
        check_contains(error.message, wrong[i].part);
        toasty__url_done(&url);
    }
}
