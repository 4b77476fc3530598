/* Query objects: conditions, orders and includes that are collected step by step and owned.
 *
 * Arrays and all that they point to lie in the query's arena; what is outgrown or cleared stays there until
 * the query is freed. A step that fails leaves the query as it was. */
#include "query.h"

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "core/copy.h"
#include "core/roots.h"

enum { MAX_JOIN = UINT8_MAX };

/* Every step begins so: the error to fill, with what the call cannot do without already checked. */
static toasty_error *begin(const void *query, const char *call)
{
    toasty_error *err = &toasty__context_current()->error;
    toasty__error_clear(err);
    if (!query)
        toasty__fail(err, TOASTY_INVALID_ARGUMENT, "%s: the query is NULL", call);
    return err;
}

static void destroy(void *object)
{
    toasty_query *query = object;
    toasty__arena_done(&query->arena);
    toasty__free(query);
}

static toasty_query *query_new(const toasty_model *model, const toasty_query *from, toasty_error *err)
{
    toasty_query *query = toasty__calloc(1, sizeof *query);
    if (!query) {
        toasty__fail_memory(err);
        return NULL;
    }
    query->model = model;
    toasty__arena_init(&query->arena, 0);
    if ((from && toasty__copy_query(&query->arena, query, from) < 0) ||
        toasty__root_add(query, destroy, query) < 0) {
        destroy(query);
        toasty__fail_memory(err);
        return NULL;
    }
    return query;
}

toasty_query *toasty__query_new(const toasty_model *model)
{
    return query_new(model, NULL, begin(model, "query_new"));
}

toasty_query *toasty__query_clone(const toasty_query *query)
{
    toasty_error *err = begin(query, "query_clone");
    return query ? query_new(query->model, query, err) : NULL;
}

/* --- conditions --- */

static int reserve(toasty_query *query, toasty__arena *arena, size_t nodes, size_t operands)
{
    toasty_node *grown_nodes = toasty__arena_grow(arena, query->nodes, &query->node_capacity,
                                                  query->node_count + nodes, sizeof *grown_nodes);
    query->nodes = grown_nodes ? grown_nodes : query->nodes;
    toasty_value *grown_operands =
        toasty__arena_grow(arena, query->operands, &query->operand_capacity, query->operand_count + operands,
                           sizeof *grown_operands);
    query->operands = grown_operands ? grown_operands : query->operands;
    return grown_nodes && grown_operands ? 0 : -1;
}

/* Joins one more condition to what the query has. An `and` of many stays one node, up to what a node can
 * count. */
static int join(toasty_query *query, const toasty_condition *condition, toasty_operator op, toasty_error *err)
{
    if (condition->node_count == 0)
        return 0;
    if (condition->overflow)
        return toasty__fail(
            err, TOASTY_INVALID_STATEMENT,
            "a condition holds at most %d comparisons with values: add them to the query one by one",
            TOASTY_MAX_OPERANDS);
    toasty_condition copy = *condition;
    if (reserve(query, &query->arena, copy.node_count + (size_t)1, copy.operand_count) < 0 ||
        toasty__copy_condition(&query->arena, &copy) < 0)
        return toasty__fail_memory(err);
    unsigned joined = query->node_count > 0;
    if (joined) {
        const toasty_node *last = &query->nodes[query->node_count - 1];
        if (last->op == op && last->count < MAX_JOIN) {
            joined = last->count;
            query->node_count--;
        }
    }
    memcpy(query->nodes + query->node_count, copy.nodes, copy.node_count * sizeof *copy.nodes);
    memcpy(query->operands + query->operand_count, copy.operands, copy.operand_count * sizeof *copy.operands);
    query->node_count += copy.node_count;
    query->operand_count += copy.operand_count;
    if (joined)
        query->nodes[query->node_count++] = (toasty_node){(uint8_t)op, (uint8_t)(joined + 1), 0};
    return 0;
}

static int add_condition(toasty_query *query, const char *call, const toasty_condition *condition,
                         toasty_operator op)
{
    toasty_error *err = begin(query, call);
    if (!query)
        return -1;
    return condition ? join(query, condition, op, err)
                     : toasty__fail(err, TOASTY_INVALID_ARGUMENT, "%s: the condition is NULL", call);
}

int toasty__query_where(toasty_query *query, const toasty_condition *condition)
{
    return add_condition(query, "query_where", condition, TOASTY_AND);
}

int toasty__query_or_where(toasty_query *query, const toasty_condition *condition)
{
    return add_condition(query, "query_or_where", condition, TOASTY_OR);
}

void toasty__query_clear_where(toasty_query *query)
{
    begin(query, "query_clear_where");
    if (query)
        query->node_count = query->operand_count = 0;
}

/* --- orders, includes, limits --- */

int toasty__query_order_by(toasty_query *query, toasty_order order)
{
    toasty_error *err = begin(query, "query_order_by");
    if (!query)
        return -1;
    if (!order.direction)
        return 0;
    toasty_order *orders = toasty__arena_grow(&query->arena, query->orders, &query->order_capacity,
                                              query->order_count + 1, sizeof order);
    if (!orders)
        return toasty__fail_memory(err);
    query->orders = orders;
    query->orders[query->order_count++] = order;
    return 0;
}

void toasty__query_clear_order(toasty_query *query)
{
    begin(query, "query_clear_order");
    if (query)
        query->order_count = 0;
}

int toasty__query_include(toasty_query *query, toasty_include include)
{
    toasty_error *err = begin(query, "query_include");
    if (!query)
        return -1;
    if (!include.relation)
        return 0;
    toasty_include *includes = toasty__arena_grow(&query->arena, query->includes, &query->include_capacity,
                                                  query->include_count + 1, sizeof include);
    if (!includes)
        return toasty__fail_memory(err);
    query->includes = includes;
    if (toasty__copy_include(&query->arena, &include) < 0)
        return toasty__fail_memory(err);
    query->includes[query->include_count++] = include;
    return 0;
}

static int set_number(toasty_query *query, const char *call, int64_t *member, int64_t number)
{
    toasty_error *err = begin(query, call);
    if (!query)
        return -1;
    if (number < 0)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "%s: the number is negative", call);
    *member = number;
    return 0;
}

/* Here a 0 was said, and what toasty_at_most made of it as well. */
int toasty__query_limit(toasty_query *query, int64_t limit)
{
    int status =
        set_number(query, "query_limit", query ? &query->limit : NULL, limit == TOASTY_NO_ROWS ? 0 : limit);
    if (status == 0 && !query->limit)
        query->limit = TOASTY_NO_ROWS;
    return status;
}

int toasty__query_offset(toasty_query *query, int64_t offset)
{
    return set_number(query, "query_offset", query ? &query->offset : NULL, offset);
}
