/* Reading all rows that match: a list. */
#include "engine/kinds/kinds.h"
#include "engine/kinds/read.h"
#include "engine/plan/lower.h"
#include "engine/plan/plain.h"

static int begin(toasty__running *run, toasty_error *err)
{
    return toasty__begin_rows(run, sizeof(toasty__slice), err);
}

static int absorb(toasty__running *run, toasty_error *err)
{
    int root = toasty__read_absorb(run, err);
    if (root > 0)
        toasty__list_root(run, &run->loaded[0]);
    return root < 0 ? -1 : 0;
}

const toasty__kind toasty__listing = {
    .verify = toasty__verify_read,
    .number = toasty__plain_number,
    .take = toasty__plain_take,
    .lower = toasty__lower_read,
    .begin = begin,
    .issue = toasty__read_issue,
    .absorb = absorb,
    .end = toasty__read_end,
    .root = true,
};
