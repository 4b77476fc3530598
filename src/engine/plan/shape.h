/* The shape of a request: the bytes that name its plan, and beside them the values that its plan will bind.
 *
 * Two requests have the same shape when they differ only in values. The walk over a request is written once,
 * here, and its order is the contract with the lowering: value number n of the walk is parameter source n of
 * the plan. Its room is the arena of the execution, which allocates nothing unless a request is large. */
#ifndef TOASTY_ENGINE_PLAN_SHAPE_H
#define TOASTY_ENGINE_PLAN_SHAPE_H

#include "base/arena.h"
#include "base/error.h"
#include "core/query.h"
#include "engine/plan/state.h"
#include <toasty/codegen.h>

typedef struct toasty__shape {
    uint8_t *bytes;
    size_t length, capacity;
    const toasty_value *values; /* own_values, or the keys of the request where they lie */
    toasty_value *own_values;
    uint32_t value_count;
    size_t value_capacity;
    uint32_t operand_count; /* of conditions: large shapes are not kept */
    /* Set before it is made: */
    toasty__arena *arena; /* where bytes and values lie */
    toasty__engine *engine;
} toasty__shape;

/* What a kind of request adds to the shape. */
typedef int toasty__shape_part(toasty__shape *shape, const toasty_request *request, toasty_error *err);

/* Walks the request; `part`, which may be NULL, stands between the rows that are meant and the options. -1
 * with err for values that no column could hold and for conditions beyond their room. */
int toasty__shape_make(toasty__shape *shape, const toasty_request *request, toasty__shape_part *part,
                       toasty_error *err);

/* The number of placeholders that a list gets; 0: one for all of it. */
uint32_t toasty__list_size(const toasty_capability *capability, size_t count);

/* --- for the parts of the walk --- */

int toasty__shape_more(toasty__shape *shape, size_t length); /* room; -1 when out of memory */
/* Inline, so that what has a constant length is a few stores. */
static inline int toasty__shape_bytes(toasty__shape *shape, const void *bytes, size_t length,
                                      toasty_error *err)
{
    if (length > shape->capacity - shape->length && toasty__shape_more(shape, length) < 0)
        return toasty__fail_memory(err);
    memcpy(shape->bytes + shape->length, bytes, length);
    shape->length += length;
    return 0;
}
static inline int toasty__shape_number(toasty__shape *shape, uint32_t number, toasty_error *err)
{
    return toasty__shape_bytes(shape, &number, sizeof(number), err);
}
/* The next value of the walk. field: of the model, what it is for; NULL: no field. */
int toasty__shape_value(toasty__shape *shape, const toasty_value *value, const toasty_model *model,
                        const toasty_field *field, toasty_error *err);
/* The values of some fields of a record: a key, an owner's side of a relation. */
int toasty__shape_fields(toasty__shape *shape, const toasty_model *model, const uint16_t *fields,
                         uint32_t count, const void *record, toasty_error *err);

/* Fails with invalid_statement: `what` names a field beyond those of the model. Always -1. */
int toasty__no_such_field(const char *what, const toasty_model *model, toasty_error *err);

/* --- the walk's view of a request, shared with the lowering --- */

/* A condition as both walks read it, whoever owns it. */
typedef struct toasty__where {
    const toasty_node *nodes;
    const toasty_value *operands;
    uint32_t node_count, operand_count;
} toasty__where;

enum { TOASTY__MAX_ORDERS = 16 }; /* of one request */

/* The conditions of a find: those of the options, then those of the query object. */
void toasty__find_wheres(const toasty_find *find, toasty__where out[2]);
/* Order number i of a find (options first); false after the last. */
bool toasty__find_order(const toasty_find *find, uint32_t i, toasty_order *out);
/* Does it read records, with what they include? Others take the conditions of a query object alone. */
static inline bool toasty__reads_records(const toasty_request *request)
{
    return request->kind <= TOASTY_REQUEST_PAGE;
}
/* Include number i of a find on the model: those of the options, those of the query object, then the eager
 * relations that neither names. *nested is what the include's options say. false after the last. */
bool toasty__find_include(const toasty_model *model, const toasty_find *find, uint32_t i,
                          const toasty_relation **relation, toasty_find *nested);
static inline int64_t toasty__find_limit(const toasty_find *find)
{
    return find->limit || !find->query ? find->limit : find->query->limit;
}
static inline int64_t toasty__find_offset(const toasty_find *find)
{
    return find->offset || !find->query ? find->offset : find->query->offset;
}

#endif
