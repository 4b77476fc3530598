/* What a store can do, chosen by its URL, so that the engine's planning for any store that only knows keys
 * can be tested without one.
 *
 * A habit is a capability, and its option has the capability's name: `returning=off`, `max_terms=300`.
 * `strict=on` chooses what DynamoDB does, and options beside it still choose for themselves. The engine plans
 * by the very table by which the store behaves. */
#ifndef TOASTY_KEYVALUE_HABITS_H
#define TOASTY_KEYVALUE_HABITS_H

#include "core/url.h"
#include <toasty/driver/capability.h>

/* X(capability, whether a strict store has it, "what it is like").  Without options a store has what its
 * constant table says (capability.c). */
#define TOASTY__KV_HABITS(X)                                                                                 \
    X(returning, true, "changes give rows back")                                                             \
    X(expect, true, "conditions are checked in the write")                                                   \
    X(claims, true, "unique values are kept by rows of their own")                                           \
    X(group_returns, false, "a group may read")                                                              \
    X(group_repeats, false, "a group may change one row twice")                                              \
    X(group_token, true, "a group that is sent twice happens once")                                          \
    X(filter, true, "conditions that no index serves are evaluated by the store")                            \
    X(scan_back, false, "a scan goes back")                                                                  \
    X(pipeline, true, "several jobs are under way on one connection")                                        \
    X(unordered, true, "answers come in any order")

/* X(capability, that of a strict store, "what it limits").  0: nothing. */
#define TOASTY__KV_LIMITS(X) X(max_terms, 300, "conditions in one filter")

/* The capabilities of the store that a URL means. -1 with err: an option is neither on nor off. */
int toasty__kv_habits(const toasty_url *url, toasty_capability *can, toasty_error *err);

#endif
