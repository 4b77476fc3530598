/* An owned list of operations: requests that were copied with all that they borrow, and where their results
 * go. */
#ifndef TOASTY_CORE_OPS_H
#define TOASTY_CORE_OPS_H

#include "base/arena.h"
#include <toasty/codegen.h>

struct toasty_ops {
    toasty_op *items;
    size_t count, capacity;
    toasty__arena arena;
};

#endif
