/* Counting the rows that match, and asking whether there is one. */
#include "engine/kinds/kinds.h"
#include "engine/kinds/read.h"
#include "engine/plan/lower.h"
#include "engine/plan/plain.h"
#include "engine/plan/verify.h"

static int verify(const toasty__engine *engine, const toasty_request *request, toasty_error *err)
{
    return engine->driver->capability->count || request->key_count || request->owner
               ? 0
               : toasty__unsupported(engine, "counting a whole table", err);
}

/* A store that does not count in its answers: each row does, and nothing of it is wanted. */
static void *counted_row(toasty_sink *sink)
{
    toasty__running *run = ((toasty__loaded *)sink)->run;
    run->count++;
    return &run->count;
}

static int begin(toasty__running *run, toasty_error *err)
{
    run->stages = run->plan->depth;
    if (toasty__loaded_new(run, err) < 0)
        return -1;
    toasty_sink *sink = &run->loaded[0].sink;
    if (run->plan->steps[0].kept)
        return 0; /* rows are looked at, and counted when they have come */
    if (run->plan->steps[0].access != TOASTY__ACCESS_SQL) {
        sink->row = counted_row;
        sink->expect = NULL;
        sink->column_count = 0;
        return 0;
    }
    toasty__loaded_one(&run->loaded[0], &run->count, sizeof(run->count));
    return 0;
}

static int absorb(toasty__running *run, toasty_error *err)
{
    int root = toasty__read_absorb(run, err);
    if (root > 0 && run->plan->steps[0].kept)
        run->count = (int64_t)run->loaded[0].count;
    return root;
}

static int absorb_count(toasty__running *run, toasty_error *err)
{
    return absorb(run, err) < 0 ? -1 : 0;
}

static int absorb_exists(toasty__running *run, toasty_error *err)
{
    int root = absorb(run, err);
    if (root > 0)
        run->count = run->count != 0;
    return root < 0 ? -1 : 0;
}

const toasty__kind toasty__counting = {
    .verify = verify,
    .number = toasty__plain_number,
    .take = toasty__plain_take,
    .lower = toasty__lower_read,
    .begin = begin,
    .issue = toasty__read_issue,
    .absorb = absorb_count,
    .end = toasty__read_end,
};

const toasty__kind toasty__looking = {
    .verify = verify,
    .number = toasty__plain_number,
    .take = toasty__plain_take,
    .lower = toasty__lower_read,
    .begin = begin,
    .issue = toasty__read_issue,
    .absorb = absorb_exists,
    .end = toasty__read_end,
};
