/* The shape of a request: the bytes that name its plan, and beside them the values that its plan will bind.
 *
 * Two requests have the same shape when they differ only in values. The walk over a request is written once,
 * here, and its order is the contract with the lowering: value number n of the walk is parameter source n of
 * the plan. Its room is the arena of the execution, which allocates nothing unless a request is large. */
#ifndef TOASTY_ENGINE_PLAN_SHAPE_H
#define TOASTY_ENGINE_PLAN_SHAPE_H

#include "engine/engine.h"

typedef struct toasty__shape {
    uint8_t *bytes;
    size_t length, capacity;
    const toasty_value *values; /* own_values, or the keys of the request where they lie */
    toasty_value *own_values;
    uint32_t value_count, value_capacity;
    uint32_t operand_count; /* of conditions: large shapes are not kept */
    toasty__arena *arena;   /* where bytes and values lie */
} toasty__shape;

/* Walks the request. -1 with err for values that no column could hold and for conditions beyond their room.
 */
int toasty__shape_make(toasty__shape *shape, const toasty__engine *engine, const toasty_request *request,
                       toasty__arena *arena, toasty_error *err);

/* The same for a request of which nothing but its keys has values, and whose plan is known: they stay where
 * they are. */
int toasty__shape_of_keys(toasty__shape *shape, const toasty_request *request, toasty_error *err);

/* A list of values of a user, in a dialect without array parameters: the number of placeholders it gets; 0: a
 * JSON parameter (or an array parameter). */
uint32_t toasty__list_size(const toasty_capability *capability, toasty_type element, size_t count);

/* --- the walk's view of a request, shared with the lowering --- */

/* A condition as both walks read it, whoever owns it. */
typedef struct toasty__where {
    const toasty_node *nodes;
    const toasty_value *operands;
    uint32_t node_count, operand_count;
} toasty__where;

/* The conditions of a find: those of the options, then those of the query object. */
void toasty__find_wheres(const toasty_find *find, toasty__where out[2]);
/* Order number i of a find (options first); false after the last. */
bool toasty__find_order(const toasty_find *find, uint32_t i, toasty_order *out);
/* Include number i of a find; *nested is what the include's options say. false after the last. */
bool toasty__find_include(const toasty_find *find, uint32_t i, const toasty_relation **relation,
                          toasty_find *nested);
int64_t toasty__find_limit(const toasty_find *find);
int64_t toasty__find_offset(const toasty_find *find);

#endif
