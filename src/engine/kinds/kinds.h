/* The kinds of requests: one row each, in a file of its own. */
#ifndef TOASTY_ENGINE_KINDS_KINDS_H
#define TOASTY_ENGINE_KINDS_KINDS_H

#include "engine/run/run.h"

extern const toasty__kind toasty__listing, toasty__reading_first, toasty__reading_only, toasty__paging,
    toasty__counting, toasty__looking, toasty__aggregating, toasty__creating, toasty__updating,
    toasty__deleting, toasty__upserting, toasty__upserting_array;

/* By toasty_request_kind. */
extern const toasty__kind *const toasty__kinds[];

static inline const toasty__kind *toasty__kind_of(const toasty_request *request)
{
    return toasty__kinds[request->kind];
}

/* Is its result a root (a record, a list, a page), or only a count? */
static inline bool toasty__makes_root(const toasty_request *request)
{
    return request->returning || toasty__kind_of(request)->root;
}

#endif
