/* The cache of prepared statements: a hash table with chains, and a list in the order of use, over one array.
 */
#include "drivers/sqlite/statements.h"

#include "base/alloc.h"

int toasty__sqlite_statements_init(toasty__sqlite_statements *statements, size_t limit)
{
    size_t buckets = 1;
    while (buckets < limit)
        buckets *= 2;
    *statements = (toasty__sqlite_statements){.limit = limit, .mask = buckets - 1};
    if (!limit)
        return 0;
    statements->kept = toasty__calloc(limit, sizeof *statements->kept);
    statements->buckets = toasty__calloc(buckets, sizeof *statements->buckets);
    return statements->kept && statements->buckets ? 0 : -1;
}

void toasty__sqlite_statements_done(toasty__sqlite_statements *statements)
{
    for (size_t i = 0; i < statements->count; i++)
        sqlite3_finalize(statements->kept[i].stmt);
    toasty__free(statements->kept);
    toasty__free(statements->buckets);
    *statements = (toasty__sqlite_statements){0};
}

static void unlink_use(toasty__sqlite_statements *statements, toasty__sqlite_kept *kept)
{
    *(kept->newer ? &kept->newer->older : &statements->newest) = kept->older;
    *(kept->older ? &kept->older->newer : &statements->oldest) = kept->newer;
}

static void link_newest(toasty__sqlite_statements *statements, toasty__sqlite_kept *kept)
{
    kept->newer = NULL;
    kept->older = statements->newest;
    *(statements->newest ? &statements->newest->newer : &statements->oldest) = kept;
    statements->newest = kept;
}

sqlite3_stmt *toasty__sqlite_statements_find(toasty__sqlite_statements *statements, uint64_t id)
{
    if (!statements->count)
        return NULL;
    toasty__sqlite_kept *kept = statements->buckets[id & statements->mask];
    while (kept && kept->id != id)
        kept = kept->chain;
    if (!kept)
        return NULL;
    if (kept != statements->newest) {
        unlink_use(statements, kept);
        link_newest(statements, kept);
    }
    return kept->stmt;
}

/* Frees the place of the statement used longest ago. */
static toasty__sqlite_kept *evict(toasty__sqlite_statements *statements)
{
    toasty__sqlite_kept *oldest = statements->oldest;
    toasty__sqlite_kept **link = &statements->buckets[oldest->id & statements->mask];
    while (*link != oldest)
        link = &(*link)->chain;
    *link = oldest->chain;
    unlink_use(statements, oldest);
    sqlite3_finalize(oldest->stmt);
    return oldest;
}

void toasty__sqlite_statements_add(toasty__sqlite_statements *statements, uint64_t id, sqlite3_stmt *stmt)
{
    toasty__sqlite_kept *kept =
        statements->count < statements->limit ? &statements->kept[statements->count++] : evict(statements);
    toasty__sqlite_kept **bucket = &statements->buckets[id & statements->mask];
    kept->id = id;
    kept->stmt = stmt;
    kept->chain = *bucket;
    *bucket = kept;
    link_newest(statements, kept);
}
