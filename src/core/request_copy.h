/* A request that outlives the call: for pages, operation lists and operations with a callback. */
#ifndef TOASTY_CORE_REQUEST_COPY_H
#define TOASTY_CORE_REQUEST_COPY_H

#include "base/arena.h"
#include <toasty/codegen.h>

/* Copies a request with all that it borrows, but for `record`: an update writes into it, so it stays the
 * caller's. NULL when out of memory. */
toasty_request *toasty__request_copy(toasty__arena *arena, const toasty_request *request);

#endif
