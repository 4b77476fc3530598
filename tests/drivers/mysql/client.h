/* The client of postgresql/client.h for the two servers of this driver: each test is one for each of them. */
#ifndef TESTS_DRIVERS_MYSQL_CLIENT_H
#define TESTS_DRIVERS_MYSQL_CLIENT_H

#include <toasty/driver/driver.h>

extern const toasty_driver toasty_mysql_driver, toasty_mariadb_driver;

/* The driver of the test that runs, and the variable that has its server's URL. */
static const toasty_driver *driver_here;
static const char *server_here;
#define DRIVER driver_here
#define SERVER server_here

#include "drivers/postgresql/client.h"

/* Registers the test whose body follows for MySQL and for MariaDB: ON_BOTH(name, attributes…) */
#define ON_BOTH(...) ON_BOTH_(__VA_ARGS__, )
#define ON_BOTH_(name_, ...)                                                                                 \
    static void name_(void);                                                                                 \
    TOASTY_TEST(mysql, name_##_on_mysql, __VA_ARGS__ NEEDS("TOASTY_TEST_MYSQL_URL"))                         \
    {                                                                                                        \
        driver_here = &toasty_mysql_driver;                                                                  \
        server_here = "TOASTY_TEST_MYSQL_URL";                                                               \
        name_();                                                                                             \
    }                                                                                                        \
    TOASTY_TEST(mysql, name_##_on_mariadb, __VA_ARGS__ NEEDS("TOASTY_TEST_MARIADB_URL"))                     \
    {                                                                                                        \
        driver_here = &toasty_mariadb_driver;                                                                \
        server_here = "TOASTY_TEST_MARIADB_URL";                                                             \
        name_();                                                                                             \
    }                                                                                                        \
    static void name_(void)

static inline bool is_mysql(void)
{
    return driver_here == &toasty_mysql_driver;
}

/* The URL of the server with an option behind it. */
static inline const char *url_with(const char *option)
{
    static char url[512];
    snprintf(url, sizeof url, "%s?%s", getenv(SERVER), option);
    return url;
}

/* The URL for another user, at another host; NULL: the same. */
static inline const char *url_of(const char *user, const char *host, const char *option)
{
    static char url[512];
    const char *text = getenv(SERVER), *scheme = strstr(text, "://"), *at = strchr(text, '@');
    const char *port = strchr(at, ':');
    snprintf(url, sizeof url, "%.*s://%s@%s%s?%s", (int)(scheme - text), text, user,
             host ? host : "127.0.0.1", port, option);
    return url;
}

/* A text of the driver's user that its server answers by OK. */
static inline void client_raw(client *client, const char *sql)
{
    call call;
    call_init(&call, client);
    call_add_sql(&call, RAW(sql), NULL);
    call_run(&call);
    call_check(&call, TOASTY_OK);
}

/* Whatever comes of it. */
static inline void client_hope(client *client, const char *sql)
{
    call call;
    call_init(&call, client);
    call_add_sql(&call, RAW(sql), NULL);
    call_run(&call);
}

/* The numbers 1 to 3 with no value twice. */
static inline void client_make_table(client *client)
{
    client_raw(client, "DROP TABLE IF EXISTS numbers");
    client_raw(client, "CREATE TABLE numbers (value BIGINT PRIMARY KEY, what BIGINT NOT NULL DEFAULT 0)");
}

#endif
