/* The tables that the contenders for MySQL and MariaDB on libmariadb read and write. */
#ifndef BENCH_MYSQL_TABLES_H
#define BENCH_MYSQL_TABLES_H

#include "harness.h"

#include <mysql.h>

/* A connection to empty tables, by mysql://user:password@host:port/database, or …@/database?socket=path; an
 * update tells how many rows it has found. NULL: it failed, and said why. */
MYSQL *mysql_tables_open(const char *url);
int mysql_tables_seed(MYSQL *db, const bench_shape *shape);

/* A statement without values; not 0: it failed, and said why. */
int mysql_tables_do(MYSQL *db, const char *sql);

#endif
