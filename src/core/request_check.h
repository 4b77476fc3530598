/* What a request cannot do without: the record, the rows, the owner that its call was given. The compiler
 * refuses a NULL that it can see; every other one is refused here, before anything is copied or sent, since
 * without it the call would mean the rows of everybody. */
#ifndef TOASTY_CORE_REQUEST_CHECK_H
#define TOASTY_CORE_REQUEST_CHECK_H

#include <toasty/codegen.h>

/* What is not seen at once. */
int toasty__request_check_parts(const toasty_request *request, toasty_error *err);

/* 0, or -1 with err: invalid_argument. */
static inline int toasty__request_check(const toasty_request *request, toasty_error *err)
{
    bool reads = request->kind < TOASTY_REQUEST_SCALAR, /* and give what they read as their result */
        creates_one = request->kind == TOASTY_REQUEST_CREATE && request->rows && request->row_count <= 1;
    return !request->relation && (reads || creates_one) ? 0 : toasty__request_check_parts(request, err);
}

#endif
