/* Statements put together by hand, and their text in a dialect. */
#ifndef TESTS_SQL_TEXTS_H
#define TESTS_SQL_TEXTS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "sql/dialect.h"
#include "sql/nodes.h"
#include "support/test.h"

#include <string.h>

UNUSED static toasty__stmt select_persons(const uint16_t *columns, uint16_t count)
{
    return (toasty__stmt){.tag = TOASTY__STMT_SELECT,
                          .model = &person_model,
                          .from = &persons,
                          .items = items_of(&persons, columns, count),
                          .item_count = count,
                          .select = {.limit = TOASTY__NO_PARAMETER,
                                     .offset = TOASTY__NO_PARAMETER,
                                     .each = TOASTY__NO_PARAMETER}};
}

/* The text; the buffer is kept for the next call. */
UNUSED static const char *text_of(const toasty__dialect *dialect, const toasty__stmt *stmt,
                                  const char *prefix)
{
    static toasty__buffer out;
    toasty_error err = {.code = TOASTY_OK};
    if (!out.bytes)
        toasty__buffer_init(&out);
    toasty__buffer_clear(&out);
    if (toasty__sql_statement(dialect, stmt, prefix, &out, &err) < 0)
        return toasty_code_name(err.code);
    return out.bytes;
}

#define check_sqlite(expected, stmt) check_text((expected), text_of(&toasty__dialect_sqlite, (stmt), ""))
#define check_postgresql(expected, stmt)                                                                     \
    check_text((expected), text_of(&toasty__dialect_postgresql, (stmt), ""))
#define check_either(expected_sqlite, expected_postgresql, stmt)                                             \
    do {                                                                                                     \
        check_sqlite(expected_sqlite, stmt);                                                                 \
        check_postgresql(expected_postgresql, stmt);                                                         \
    } while (0)

#endif
