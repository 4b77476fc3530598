/* The prepared statements of one connection: the latest ones by use, found by the id of the engine's
 * statement. */
#ifndef TOASTY_DRIVERS_SQLITE_STATEMENTS_H
#define TOASTY_DRIVERS_SQLITE_STATEMENTS_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

typedef struct toasty__sqlite_kept {
    uint64_t id;
    sqlite3_stmt *stmt;
    struct toasty__sqlite_kept *newer, *older; /* by use */
    struct toasty__sqlite_kept *chain;         /* of the same bucket */
} toasty__sqlite_kept;

typedef struct toasty__sqlite_statements {
    toasty__sqlite_kept *kept;     /* room for `limit` */
    toasty__sqlite_kept **buckets; /* a power of two of them */
    toasty__sqlite_kept *newest, *oldest;
    size_t limit, count, mask;
} toasty__sqlite_statements;

/* limit 0: nothing is kept. 0, or -1 when out of memory. */
int toasty__sqlite_statements_init(toasty__sqlite_statements *statements, size_t limit);
/* Finalises all that is kept. Fine after a failed init and for one that is all zero. */
void toasty__sqlite_statements_done(toasty__sqlite_statements *statements);

/* The statement, now the newest; NULL when it is not kept. */
sqlite3_stmt *toasty__sqlite_statements_find(toasty__sqlite_statements *statements, uint64_t id);
/* Takes a statement that was not found; the one used longest ago goes when there is no room. limit is not 0.
 */
void toasty__sqlite_statements_add(toasty__sqlite_statements *statements, uint64_t id, sqlite3_stmt *stmt);

#endif
