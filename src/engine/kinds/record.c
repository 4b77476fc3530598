/* Reading one record: the first that matches, or the only one. */
#include "base/error.h"
#include "engine/kinds/kinds.h"
#include "engine/kinds/read.h"
#include "engine/plan/lower.h"
#include "engine/plan/plain.h"
#include <string.h>

/* In a batch, what is not there is not a failure. */
static int no_row(const toasty__running *run, toasty_error *err)
{
    return run->execution->run_count > 1
               ? 0
               : toasty__fail(err, TOASTY_NOT_FOUND, "no row of %s matches", run->request->model->table);
}

static int begin(toasty__running *run, toasty_error *err)
{
    size_t size = run->request->model->size;
    run->stages = run->plan->depth;
    if (toasty__refers_to_nothing(run)) {
        run->stages = 0;
        return no_row(run, err);
    }
    if (toasty__new_result(run, size, 0, err) < 0 || toasty__loaded_new(run, err) < 0)
        return -1;
    if (!run->plan->steps[0].kept) /* else rows come that are not meant */
        toasty__loaded_one(&run->loaded[0], run->block->root, size);
    return 0;
}

static __attribute__((noinline)) int take_nothing(toasty__running *run, toasty_error *err)
{
    toasty__drop_result(run);
    run->stages = 0;
    return no_row(run, err);
}

static inline int take_row(toasty__running *run, toasty_error *err)
{
    toasty__loaded *loaded = &run->loaded[0];
    if (!loaded->count)
        return take_nothing(run, err);
    if (loaded->rows != run->block->root)
        loaded->rows = memcpy(run->block->root, loaded->rows, run->request->model->size);
    return 0;
}

static int absorb_first(toasty__running *run, toasty_error *err)
{
    int root = toasty__read_absorb(run, err);
    if (root <= 0)
        return root;
    if (run->loaded[0].count > 1)
        run->loaded[0].count = 1;
    return take_row(run, err);
}

static int absorb_only(toasty__running *run, toasty_error *err)
{
    int root = toasty__read_absorb(run, err);
    if (root <= 0)
        return root;
    if (run->loaded[0].count > 1)
        return toasty__fail(err, TOASTY_TOO_MANY_ROWS,
                            "more than one row of %s matches: ask for all, or for the first",
                            run->request->model->table);
    return take_row(run, err);
}

const toasty__kind toasty__reading_first = {
    .verify = toasty__verify_read,
    .number = toasty__plain_number,
    .take = toasty__plain_take,
    .lower = toasty__lower_read,
    .begin = begin,
    .issue = toasty__read_issue,
    .absorb = absorb_first,
    .end = toasty__read_end,
    .root = true,
};

const toasty__kind toasty__reading_only = {
    .verify = toasty__verify_read,
    .number = toasty__plain_number,
    .take = toasty__plain_take,
    .lower = toasty__lower_read,
    .begin = begin,
    .issue = toasty__read_issue,
    .absorb = absorb_only,
    .end = toasty__read_end,
    .root = true,
};
