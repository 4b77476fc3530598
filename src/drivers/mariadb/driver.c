/* The MariaDB driver: the one of MySQL under a name of its own, since the two keep text in other ways and
 * tell of themselves in other words. */
#include "drivers/mysql/mysql.h"

#include "sql/dialect.h"

extern const toasty_capability toasty__mariadb_capability;

static int open_database(const toasty_url *url, toasty_database *database, toasty_error *err)
{
    return toasty__my_open(&toasty__my_mariadb, url, database, err);
}

static const char *const schemes[] = {"mariadb", NULL};

extern const toasty_driver toasty_mariadb_driver;
TOASTY_API const toasty_driver toasty_mariadb_driver = {
    .name = "mariadb",
    .schemes = schemes,
    .capability = &toasty__mariadb_capability,
    .dialect = &toasty__dialect_mariadb,
    .open = open_database,
    TOASTY__MY_SLOTS,
};
