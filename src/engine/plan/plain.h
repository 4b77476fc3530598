/* Plain requests: those without any option, like a read by key or an update of a record. Their plans have
 * places of their own.
 *
 * They are most of what an application asks, and all that distinguishes them stands in a few members, of
 * which each kind makes a number (run.h): so their plan is found without walking the request. A plan that has
 * a place keeps it as long as the engine lives; when a place is taken by another, the request goes the usual
 * way, as on its first time. */
#ifndef TOASTY_ENGINE_PLAN_PLAIN_H
#define TOASTY_ENGINE_PLAN_PLAIN_H

#include "engine/plan/plan.h"
#include "engine/plan/shape.h"
#include "engine/plan/state.h"
#include <string.h>

_Static_assert(offsetof(toasty_find, lock_wait) - offsetof(toasty_find, everything) == 3,
               "four bytes side by side");

/* What stands at the place of a number: perhaps the plan of another request. NULL: nothing. It stays there.
 */
static inline toasty__plan *toasty__plain_at(toasty__engine *engine, uintptr_t number)
{
    return atomic_load_explicit(&engine->plain[number % TOASTY__PLAIN_PLACES], memory_order_acquire);
}
/* Gives the plan its place, if that is free. */
void toasty__plain_keep(toasty__engine *engine, uintptr_t number, toasty__plan *plan);
/* Lets go of all of them. */
void toasty__plain_done(toasty__engine *engine);

/* A request of which nothing is given but the kind, the model and keys. */
static inline bool toasty__has_only_keys(const toasty_request *request)
{
    const toasty_find *find = &request->find;
    /* One comparison instead of one for each member. */
    uintptr_t pointers = (uintptr_t)request->owner | (uintptr_t)find->include | (uintptr_t)find->order_by |
                         (uintptr_t)find->query;
    uint32_t marks; /* everything, excess, lock and lock_wait stand together */
    memcpy(&marks, (const char *)find + offsetof(toasty_find, everything), sizeof marks);
    uint64_t numbers = (uint64_t)find->limit | (uint64_t)find->offset | request->range | request->returning |
                       request->scan | marks;
    return !(pointers | numbers) && !(find->where && find->where->node_count) &&
           request->keys[0].kind != TOASTY_VALUE_LIST;
}
/* The number of such a request, as far as its keys go. */
static inline uintptr_t toasty__number_of_keys(const toasty_request *request)
{
    return ((uintptr_t)request->model >> 3) + ((uintptr_t)request->by >> 5) + request->kind * 5u +
           request->key_count + 1;
}
static inline bool toasty__has_keys_of(const toasty__plan *plan, const toasty_request *request)
{
    return plan->model == request->model && plan->by == request->by && plan->kind == request->kind &&
           plan->key_count == request->key_count && plan->of_record == (request->record != NULL);
}

/* The values of the request in the order of the walk: its keys, what its record is found by, and behind them
 * room for `more`, which is what is returned. NULL when one of them is refused, or out of memory; the usual
 * way says so. */
toasty_value *toasty__plain_keys(toasty__shape *shape, const toasty__plan *plan,
                                 const toasty_request *request, uint32_t more);

/* --- for kinds of which all values are keys --- */

/* 0: the request is not plain. */
uintptr_t toasty__plain_number(const toasty_request *request);
/* Takes the values of a plain request when this is its plan. False when it is not, or when one is refused. */
bool toasty__plain_take(toasty__shape *shape, const toasty__plan *plan, const toasty_request *request);

#endif
