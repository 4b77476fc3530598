/* The tables that all contenders in C fill on PostgreSQL. */
#ifndef BENCH_POSTGRESQL_TABLES_H
#define BENCH_POSTGRESQL_TABLES_H

#include "harness.h"

#include <libpq-fe.h>

/* A connection with empty tables; NULL: it failed, and said why. */
PGconn *postgresql_tables_open(const char *url);
int postgresql_tables_seed(PGconn *db, const bench_shape *shape);

#endif
