/* Nodes of statements put together by hand; they live as long as the process of their test. */
#ifndef TESTS_SQL_NODES_H
#define TESTS_SQL_NODES_H

#include "base/arena.h"
#include "core/stmt.h"
#include "sql/handwritten.h"

#define UNUSED __attribute__((unused))

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

UNUSED static const toasty__source persons = {.model = &person_model}, tasks = {.model = &task_model};

/* The table of a model as the only source. */
UNUSED static const toasty__source *table_of(const toasty_model *model)
{
    static toasty__arena arena;
    toasty__source *source = toasty__arena_calloc(&arena, 1, sizeof *source);
    source->model = model;
    return source;
}

UNUSED static toasty__expr *column_of(const toasty__source *source, uint16_t field)
{
    toasty__expr *expr = node(TOASTY__EXPR_COLUMN, 0, NULL, NULL);
    expr->source = source;
    expr->field = field;
    return expr;
}

UNUSED static toasty__expr *column(uint16_t field)
{
    return column_of(&persons, field);
}

UNUSED static toasty__expr *parameter_of(uint32_t number)
{
    toasty__expr *expr = node(TOASTY__EXPR_PARAMETER, 0, NULL, NULL);
    expr->parameter = number;
    return expr;
}

#define BOTH(TAG, a, b) node(TOASTY__EXPR_##TAG, 2, (a), (b))
#define ONE(TAG, a) node(TOASTY__EXPR_##TAG, 1, (a), NULL)

/* Items that are columns of one source; NULL: its first ones. */
UNUSED static const toasty__item *items_of(const toasty__source *source, const uint16_t *columns,
                                           uint16_t count)
{
    static toasty__arena arena;
    toasty__item *items = toasty__arena_calloc(&arena, count + 1u, sizeof *items);
    for (uint16_t i = 0; i < count; i++)
        items[i].value = column_of(source, columns ? columns[i] : i);
    return items;
}

#endif
