/* Names of what stands beside a table in the database: keys, indexes, foreign keys, checks.
 *
 * One function makes them all, since migrations drop by name and errors are recognised by name. A name
 * depends on nothing but its arguments, so it is the same in every release:
 *
 *     <table>_pkey                    primary key
 *     <table>_<column>…_key           unique
 *     <table>_<column>…_idx           index
 *     <table>_<column>…_fkey          foreign key
 *     <table>_<column>…_check         check
 *     <enum>                          type of an enum, in the place of the table's name
 *
 * A name that is longer than the limit is cut on a UTF-8 boundary and gets eight hexadecimal digits of a hash
 * of the whole name before its suffix, so that two long names stay two. Does not look for collisions. */
#ifndef TOASTY_CORE_NAMES_H
#define TOASTY_CORE_NAMES_H

#include <stddef.h>

typedef enum toasty__name_kind {
    TOASTY__NAME_PRIMARY,
    TOASTY__NAME_UNIQUE,
    TOASTY__NAME_INDEX,
    TOASTY__NAME_FOREIGN,
    TOASTY__NAME_CHECK,
    TOASTY__NAME_TYPE
} toasty__name_kind;

/* What every target can hold; also what a name is cut to when no target says less. */
enum { TOASTY__NAME_LIMIT = 63 };

/* Writes the name and its NUL; `out` has room for limit + 1 bytes, and limit is at least 24. Returns out. */
char *toasty__name_index(char *out, size_t limit, toasty__name_kind kind, const char *table,
                         const char *const *columns, size_t column_count);

#endif
