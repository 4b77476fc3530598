/* What a database can do: one constant table a target. `derive` reads it to decide what it generates, the
 * engine to plan, the conformance suite to choose its tests. No code asks for a database by name.
 *
 * A new member is false or 0 for every existing target, so it says something that a target *can* do or a
 * limit that it has. */
#ifndef TOASTY_DRIVER_CAPABILITY_H
#define TOASTY_DRIVER_CAPABILITY_H
#pragma GCC system_header /* only declares: messages are about the program */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(name, who, "what it means", "what generated code leaves out where a target lacks it", or "").  In the
 * order of docs/features.md.  EVERY_SQL: every database with SQL has it, by TOASTY_SQL_TARGET; SOME: who has
 * it says so. */
#define TOASTY_CAPABILITIES(X)                                                                               \
    X(sql, EVERY_SQL,                                                                                        \
      "an operation is a statement of SQL; false: one on keys, which the engine plans by keys",              \
      "upserts by the key only and of one row, and no `…_multiply`")                                         \
    X(filter, EVERY_SQL, "conditions on any column, any and/or/not", "no `.where` and no conditions")        \
    X(order, EVERY_SQL, "ordering by any column", "no `.order_by` and no orders")                            \
    X(offset, EVERY_SQL, "offset", "no `.offset`")                                                           \
    X(scan_is_query, EVERY_SQL, "reading a whole table is an ordinary query; false: it is spelled `scan`",   \
      "reading a whole table is spelled `…_scan`, and there is no `…_all`; "                             \
      "what a key or an index finds is counted, paged and limited to a range "                               \
      "by calls of its own: `…_count_by_…`, `…_page_by_…`, `…_by_…_and_…_ge`")                               \
    X(scan_back, EVERY_SQL, "pages of a whole table go back as well as on", "")                              \
    X(count, EVERY_SQL, "counting rows in the database", "no `…_count` of a whole table")                    \
    X(aggregate, EVERY_SQL, "sums, averages, least and greatest values of the rows that match",              \
      "no `…_sum`, `…_avg`, `…_min` and `…_max`")                                                            \
    X(pattern, EVERY_SQL, "pattern matching: like, and how a text ends", "no `…_like` and no `…_ends_with`") \
    X(ilike, SOME, "case-insensitive pattern matching", "no `…_ilike`")                                      \
    X(nocase, EVERY_SQL, "comparing text whatever its case", "no `…_nocase`")                                \
    X(related, EVERY_SQL, "conditions on related rows, nested as they like, in the one statement",           \
      "no conditions on related rows, and nothing of a has_many that goes `via` others")                     \
    X(explain, EVERY_SQL,                                                                                    \
      "what an operation would send, as text, and the plans that the database has for it", "")               \
    X(analyze, SOME, "…and what came of such a plan when it ran", "")                                        \
    X(update_where, EVERY_SQL, "update and delete by any condition",                                         \
      "no `…_update_all` and no `…_delete_all`")                                                             \
    X(upserts, SOME,                                                                                         \
      "an insert changes, or leaves alone, the row that has its key; false: the engine says it in more "     \
      "statements of one group",                                                                             \
      "")                                                                                                    \
    X(tells_created, SOME, "…and tells by itself whether it made the row", "")                               \
    X(sequence, EVERY_SQL, "integer keys that the database counts up", "")                                   \
    X(foreign_keys, EVERY_SQL,                                                                               \
      "foreign keys with delete rules; false: the engine does the same as planned steps", "")                \
    X(rows_back, EVERY_SQL,                                                                                  \
      "the rows of a write come back: from itself, or the engine reads them in the same group",              \
      "no `…_returning`")                                                                                    \
    X(returning, SOME, "…from itself, whatever it writes", "")                                               \
    X(delete_returning, SOME, "…from itself when it deletes, if nothing else", "")                           \
    X(returning_costs, SOME, "…but at a price: ask for the last made key instead where that is enough", "")  \
    X(consecutive_keys, SOME,                                                                                \
      "the keys of one insert of many rows follow each other, and one of them is known", "")                 \
    X(first_key, SOME, "…the first one, and the step between them; else the last one", "")                   \
    X(draws_keys, SOME, "keys can be drawn before the rows that get them are inserted", "")                  \
    X(bulk_columns, SOME, "a bulk insert takes one array a column", "")                                      \
    X(transactions, EVERY_SQL, "begin, commit, rollback on a connection", "")                                \
    X(savepoints, EVERY_SQL, "nested transactions", "")                                                      \
    X(fails_transaction, SOME,                                                                               \
      "a failed statement fails the transaction around it, also one of the user's own text", "")             \
    X(row_locks, EVERY_SQL, "a read locks rows until its transaction ends", "no `.lock`")                    \
    X(lock_modes, SOME, "a transaction says when it takes the one lock of writers", "")                      \
    X(raw_sql, EVERY_SQL, "statements written by the user", "")                                              \
    X(pipeline, SOME, "statements of several callers share a connection, each with its own answer", "")      \
    X(unordered, SOME,                                                                                       \
      "…and answers come in any order, those of one statement too where nobody orders them", "")             \
    X(single_writer, SOME, "one connection writes at a time, the others read", "")                           \
    X(integer_ranges, SOME,                                                                                  \
      "columns hold what their C types do; false: a check says so where they hold more", "")                 \
    X(infinity, SOME, "columns of reals hold infinity", "")                                                  \
    X(unsigned_64, SOME, "holds unsigned integers above INT64_MAX", "")                                      \
    X(expect, SOME, "a write checks what it expects of its row; where it does not hold, its group fails",    \
      "")                                                                                                    \
    X(claims, SOME, "unique values are rows of their own, which the engine claims and releases", "")         \
    X(group_returns, SOME, "an atomic group may read, and its changes give rows back", "")                   \
    X(group_repeats, SOME, "an atomic group may change one row more than once", "")                          \
    X(group_token, SOME, "an atomic group that is sent again under its token happens once", "")

/* What a table of a database with SQL begins with, its name and all that is EVERY_SQL:
 * `.target = TOASTY_SQL_TARGET("name"),`. */
#define TOASTY_SQL_TARGET(name) name TOASTY_CAPABILITIES(TOASTY_CAPABILITY_OF_SQL)
#define TOASTY_CAPABILITY_OF_SQL(name, who, meaning, left_out) TOASTY_CAPABILITY_OF_##who(name)
#define TOASTY_CAPABILITY_OF_EVERY_SQL(name) , .name = true
#define TOASTY_CAPABILITY_OF_SOME(name)

/* X(name, "what it limits").  0: no limit worth knowing. */
#define TOASTY_LIMITS(X)                                                                                     \
    X(max_parameters, "parameters of one statement")                                                         \
    X(max_group, "operations of one atomic group")                                                           \
    X(max_batch_keys, "keys of one get of many")                                                             \
    X(max_terms, "comparisons and the like in one filter")                                                   \
    X(max_identifier, "bytes of a name")                                                                     \
    X(last_letter, "the greatest code point in a name")                                                      \
    X(key_bytes, "bytes of an entry of an index, where text in it needs a type with a length")

typedef struct toasty_capability {
    const char *target; /* "sqlite": what --targets and messages say */
#define TOASTY_CAPABILITY_MEMBER(name, who, meaning, left_out) bool name;
    TOASTY_CAPABILITIES(TOASTY_CAPABILITY_MEMBER)
#undef TOASTY_CAPABILITY_MEMBER
#define TOASTY_LIMIT_MEMBER(name, meaning) uint32_t name;
    TOASTY_LIMITS(TOASTY_LIMIT_MEMBER)
#undef TOASTY_LIMIT_MEMBER
    /* Lists up to this get a placeholder for each item, padded to powers of two, so that the database plans
     * for few; longer ones are one parameter. 0: all are. */
    uint32_t padded_list;
    /* Names that the database has given itself; each may be NULL. Lists end with NULL. */
    const char *const *type_names;   /* of types, where enums have types of their own */
    const char *const *column_names; /* of columns that every table has */
    const char *name_prefix;         /* which no table's name begins with */
} toasty_capability;

#endif
