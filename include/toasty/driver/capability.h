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

/* X(name, "what it means for a user").  In the order of docs/features.md. */
#define TOASTY_CAPABILITIES(X)                                                                               \
    X(sql, "an operation is a statement of SQL; false: one on keys, which the engine plans by keys")         \
    X(filter, "conditions on any column, any and/or/not")                                                    \
    X(order, "ordering by any column")                                                                       \
    X(offset, "offset")                                                                                      \
    X(scan_is_query, "reading a whole table is an ordinary query; false: it is spelled `scan`")              \
    X(scan_back, "pages of a whole table go back as well as on")                                             \
    X(count, "counting rows in the database")                                                                \
    X(aggregate, "sums, averages, least and greatest values of the rows that match")                         \
    X(pattern, "pattern matching: like, and how a text ends")                                                \
    X(ilike, "case-insensitive pattern matching")                                                            \
    X(nocase, "comparing text whatever its case")                                                            \
    X(related, "conditions on related rows, nested as they like, in the one statement")                      \
    X(update_where, "update and delete by any condition")                                                    \
    X(sequence, "integer keys that the database counts up")                                                  \
    X(foreign_keys, "foreign keys with delete rules; false: the engine does the same as planned steps")      \
    X(rows_back, "the rows of a write come back: from itself, or the engine reads them in the same group")   \
    X(returning, "…from itself, whatever it writes")                                                         \
    X(delete_returning, "…from itself when it deletes, if nothing else")                                     \
    X(returning_costs, "…but at a price: ask for the last made key instead where that is enough")            \
    X(consecutive_keys, "the keys of one insert of many rows follow each other, and one of them is known")   \
    X(first_key, "…the first one, and the step between them; else the last one")                             \
    X(draws_keys, "keys can be drawn before the rows that get them are inserted")                            \
    X(bulk_columns, "a bulk insert takes one array a column")                                                \
    X(transactions, "begin, commit, rollback on a connection")                                               \
    X(savepoints, "nested transactions")                                                                     \
    X(fails_transaction,                                                                                     \
      "a failed statement fails the transaction around it, also one of the user's own text")                 \
    X(row_locks, "a read locks rows until its transaction ends")                                             \
    X(lock_modes, "a transaction says when it takes the one lock of writers")                                \
    X(raw_sql, "statements written by the user")                                                             \
    X(pipeline, "statements of several callers share a connection, each with its own answer")                \
    X(unordered, "…and answers come in any order, those of one statement too where nobody orders them")      \
    X(single_writer, "one connection writes at a time, the others read")                                     \
    X(integer_ranges, "columns hold what their C types do; false: a check says so where they hold more")     \
    X(infinity, "columns of reals hold infinity")                                                            \
    X(unsigned_64, "holds unsigned integers above INT64_MAX")                                                \
    X(expect, "a write checks what it expects of its row; where it does not hold, its group fails")          \
    X(claims, "unique values are rows of their own, which the engine claims and releases")                   \
    X(group_returns, "an atomic group may read, and its changes give rows back")                             \
    X(group_repeats, "an atomic group may change one row more than once")                                    \
    X(group_token, "an atomic group that is sent again under its token happens once")

typedef struct toasty_capability {
    const char *target; /* "sqlite": what --targets and messages say */
#define TOASTY_CAPABILITY_MEMBER(name, meaning) bool name;
    TOASTY_CAPABILITIES(TOASTY_CAPABILITY_MEMBER)
#undef TOASTY_CAPABILITY_MEMBER
    /* Limits; 0: none worth knowing. */
    uint32_t max_parameters; /* of one statement */
    uint32_t max_group;      /* operations of one atomic group */
    uint32_t max_batch_keys; /* keys of one get of many */
    uint32_t max_terms;      /* comparisons and the like in one filter */
    uint32_t max_identifier; /* bytes of a name */
    uint32_t key_bytes;      /* of an entry of an index, where text in it needs a type with a length */
    /* Lists up to this get a placeholder for each item, padded to powers of two, so that the database plans
     * for few; longer ones are one parameter. 0: all are. */
    uint32_t padded_list;
    /* Names that the database has given itself; each may be NULL. Lists end with NULL. */
    const char *const *type_names;   /* of types, where enums have types of their own */
    const char *const *column_names; /* of columns that every table has */
    const char *name_prefix;         /* which no table's name begins with */
} toasty_capability;

#endif
