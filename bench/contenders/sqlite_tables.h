/* The tables that all contenders in C fill on SQLite. */
#ifndef BENCH_SQLITE_TABLES_H
#define BENCH_SQLITE_TABLES_H

#include "harness.h"

#include <sqlite3.h>

/* A connection without mutexes and with empty tables; NULL: it failed, and said why. */
sqlite3 *sqlite_tables_open(const char *url);
int sqlite_tables_seed(sqlite3 *db, const bench_shape *shape);

#endif
