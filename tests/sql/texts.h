/* Statements put together by hand, and their text in a dialect. */
#ifndef TESTS_SQL_TEXTS_H
#define TESTS_SQL_TEXTS_H

#include "base/arena.h"
#include "base/buffer.h"
#include "sql/dialect.h"
#include "sql/handwritten.h"
#include "support/test.h"

#include <string.h>

#define UNUSED __attribute__((unused))

/* Nodes of a test; they live as long as its process. */
UNUSED static toasty__expr *node(toasty__expr_tag tag, uint32_t count, toasty__expr *a, toasty__expr *b)
{
    static toasty__arena arena;
    toasty__expr *expr = toasty__arena_calloc(&arena, 1, sizeof *expr);
    toasty__expr **items = toasty__arena_calloc(&arena, 2, sizeof *items);
    items[0] = a;
    items[1] = b;
    *expr = (toasty__expr){.tag = (uint8_t)tag, .count = count, .items = items};
    return expr;
}

UNUSED static toasty__expr *column(uint16_t field)
{
    toasty__expr *expr = node(TOASTY__EXPR_COLUMN, 0, NULL, NULL);
    expr->field = field;
    return expr;
}

UNUSED static toasty__expr *parameter(uint32_t number)
{
    toasty__expr *expr = node(TOASTY__EXPR_PARAMETER, 0, NULL, NULL);
    expr->parameter = number;
    return expr;
}

#define BOTH(TAG, a, b) node(TOASTY__EXPR_##TAG, 2, (a), (b))
#define ONE(TAG, a) node(TOASTY__EXPR_##TAG, 1, (a), NULL)

UNUSED static toasty__stmt select_persons(const uint16_t *columns, uint16_t count)
{
    return (toasty__stmt){.tag = TOASTY__STMT_SELECT,
                          .model = &person_model,
                          .columns = columns,
                          .column_count = count,
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
    if (dialect->statement(stmt, prefix, &out, &err) < 0)
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
