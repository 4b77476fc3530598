/* What owners hold, as the engine reads it: query objects, change lists, drafts.
 *
 * An owner has copied all that it holds into its own arena; nothing of it moves or changes while a call reads
 * it. */
#ifndef TOASTY_CORE_QUERY_H
#define TOASTY_CORE_QUERY_H

#include "base/arena.h"
#include <toasty/codegen.h>

/* The conditions in postfix order, as in a toasty_condition but without its limits: at its end the program
 * has left one condition, or none when node_count is 0. */
struct toasty_query {
    const toasty_model *model;
    toasty_node *nodes;
    toasty_value *operands;
    toasty_order *orders;     /* none of them absent */
    toasty_include *includes; /* none of them absent; read them with toasty__include_find */
    size_t node_count, operand_count, order_count, include_count;
    int64_t limit, offset; /* 0: none; a limit of 0 rows is TOASTY_NO_ROWS */
    /* the owner's own */
    size_t node_capacity, operand_capacity, order_capacity, include_capacity;
    toasty__arena arena;
};

/* The changes, none of them absent or a list, and TOASTY_CHANGE_END after them. */
struct toasty_changes {
    const toasty_model *model;
    toasty_change *items;
    size_t count;
    /* the owner's own */
    size_t capacity;
    toasty__arena arena;
};

/* The options of an include: those of its …Find, or those that a copy holds. Zeroed when it has none. */
static inline toasty_find toasty__include_find(const toasty_include *include)
{
    if (include->find)
        return *include->find;
    if (!include->options)
        return (toasty_find){0};
    return toasty__options(&include->relation->target->layouts[include->layout], include->options);
}

#endif
