/* Deletes: of a record, by key, or of all rows that match. Rows that refer to them are the business of the
 * database, or of keys/delete.c where it has no foreign keys. */
#include "engine/kinds/change.h"
#include "engine/kinds/kinds.h"
#include "engine/plan/lower.h"
#include "engine/plan/plain.h"

static int verify(const toasty__engine *engine, const toasty_request *request, toasty_error *err)
{
    return toasty__verify_change(engine, request, "delete", "returning the deleted rows", err);
}

static uintptr_t number(const toasty_request *request)
{
    return request->changes && request->changes->kind != TOASTY_CHANGE_END ? 0
                                                                           : toasty__plain_number(request);
}

static int begin(toasty__running *run, toasty_error *err)
{
    return toasty__change_begin(run, &toasty__deleting_by_key, err);
}

static void end(toasty__running *run, bool worked)
{
    (void)worked;
    toasty__change_end(run);
}

const toasty__kind toasty__deleting = {
    .verify = verify,
    .number = number,
    .take = toasty__plain_take,
    .lower = toasty__lower_delete,
    .begin = begin,
    .issue = toasty__change_issue,
    .absorb = toasty__change_absorb,
    .end = end,
    .writes = true,
};
