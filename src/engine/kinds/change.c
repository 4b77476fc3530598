/* Running updates and deletes: see change.h. */
#include "engine/kinds/change.h"
#include "base/error.h"
#include "engine/plan/limits.h"
#include "engine/plan/narrow.h"
#include "engine/plan/verify.h"
#include "engine/run/relate.h"

static int verify_scope(const toasty__engine *engine, const toasty_request *request, const char *verb,
                        toasty_error *err)
{
    toasty__where wheres[2];
    toasty__find_wheres(&request->find, wheres);
    bool narrowed = wheres[0].node_count || wheres[1].node_count;
    if (request->record || request->owner || request->key_count)
        return 0;
    if (!engine->driver->capability->update_where)
        return toasty__unsupported(engine, "a change of rows that are not named by a key", err);
    if (!narrowed && !request->find.everything)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "this would %s every row of %s: give a condition, or say .everything = true",
                            verb, request->model->table);
    if (toasty__find_limit(&request->find) || toasty__find_offset(&request->find))
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "an update or a delete cannot have a limit or an offset");
    return 0;
}

int toasty__verify_change(const toasty__engine *engine, const toasty_request *request, const char *verb,
                          const char *what, toasty_error *err)
{
    const toasty_capability *can = engine->driver->capability;
    if (request->returning && !can->rows_back)
        return toasty__unsupported(engine, what, err);
    return verify_scope(engine, request, verb, err);
}

/* What is run in several stages. */
static __attribute__((noinline)) int begin_stages(toasty__running *run, toasty_error *err)
{
    const toasty__plan *plan = run->plan;
    run->quiet = plan->checks; /* its last stage only asks */
    if (!run->loaded && toasty__loaded_new(run, err) < 0)
        return -1;
    if (plan->answer &&
        plan->steps[plan->answer].depth) /* what the first step finds is of no use to the caller */
        run->loaded[0].sink.arena = &run->execution->arena;
    if (plan->checks)
        run->loaded[plan->step_count - 1].sink.arena = &run->execution->arena;
    return 0;
}

int toasty__change_begin(toasty__running *run, const toasty__key_change *by_key, toasty_error *err)
{
    const toasty_request *request = run->request;
    const toasty__plan *plan = run->plan;
    run->stages = plan->depth;
    bool one = request->returning && toasty__means_one_row(request);
    bool answers = request->returning || request->record || plan->steps[plan->answer].column_count;
    if ((request->returning &&
         toasty__new_result(run, one ? request->model->size : sizeof(toasty__slice),
                            one ? 0 : toasty__loaded_room(&plan->steps[plan->answer]), err) < 0) ||
        (answers && toasty__loaded_new(run, err) < 0))
        return -1;
    if (plan->depth > 1 && begin_stages(run, err) < 0)
        return -1;
    if (one)
        toasty__loaded_one(&run->loaded[plan->answer], run->block->root, request->model->size);
    return plan->steps[0].access == TOASTY__ACCESS_SQL ? 0 : toasty__keys_begin(run, by_key, err);
}

/* A step of the second stage is about the keys that the first one found; without any it is nothing. */
static int issue_step(toasty__running *run, uint16_t number, toasty_error *err)
{
    toasty__step *step = &run->plan->steps[number];
    toasty__loaded *loaded = run->loaded ? &run->loaded[number] : NULL;
    toasty__gathered *gathered = NULL;
    if (step->relation) {
        if (toasty__gather_keys(loaded, &run->loaded[step->parent], err) < 0)
            return -1;
        gathered = loaded->gathered;
        if (!gathered->key_count)
            return 0;
    }
    if (number == run->plan->change)
        run->changed = run->execution->job.count;
    return toasty__add_sql(run, step, gathered, step->column_count ? &loaded->sink : NULL, err);
}

/* Apart, so that the one statement that most changes are does not pay for it. */
__attribute__((noinline)) static int issue_steps(toasty__running *run, toasty_error *err)
{
    run->changed = UINT32_MAX;
    for (uint16_t i = 0; i < run->plan->step_count; i++)
        if (run->plan->steps[i].depth == run->stage && issue_step(run, i, err) < 0)
            return -1;
    return 0;
}

int toasty__change_issue(toasty__running *run, toasty_error *err)
{
    toasty__step *only = run->plan->steps;
    if (run->keys)
        return toasty__keys_issue(run, err);
    if (run->plan->step_count > 1)
        return issue_steps(run, err);
    run->changed = run->execution->job.count;
    return toasty__add_sql(run, only, NULL, only->column_count ? &run->loaded->sink : NULL, err);
}

/* The one row that was meant was not changed. In a batch that is a failure only where the row was to be
 * checked. */
static __attribute__((noinline)) int miss(toasty__running *run, toasty_error *err)
{
    const toasty__plan *plan = run->plan;
    bool asked = plan->checks && !run->keys;
    if (run->execution->run_count > 1 && !plan->checks)
        return 0;
    const toasty__loaded *found = asked ? &run->loaded[plan->step_count - 1] : NULL;
    if (asked)
        toasty__loaded_settle(&run->loaded[plan->step_count - 1]);
    bool is_there = asked && found->count;
    if (is_there && plan->limited && toasty__refuse_sums(run->request, found->rows, err) < 0)
        return -1;
    return toasty__refuse_change(run->request->model, is_there, err);
}

/* The result, once the last answer is there. */
static int settle(toasty__running *run, toasty_error *err)
{
    bool one = toasty__means_one_row(run->request);
    if (run->block && !one) {
        toasty__loaded *answer = &run->loaded[run->plan->answer];
        toasty__loaded_settle(answer);
        toasty__list_root(run, answer);
    } else if (!run->count) {
        toasty__drop_result(run);
    }
    return run->count == 0 && one ? miss(run, err) : 0;
}

/* How many rows were changed, or which are to be. */
static void absorb_statements(toasty__running *run)
{
    if (run->changed != UINT32_MAX)
        run->count = run->execution->job.operations[run->changed].count;
    else if (run->stages > 1)
        toasty__loaded_settle(&run->loaded[0]);
    run->stage++;
}

/* Whether its row is there is not asked of a change that was made. */
static __attribute__((noinline)) bool is_through(toasty__running *run)
{
    bool through = run->plan->checks && !run->keys && run->count;
    if (through)
        run->stage = run->stages;
    return through;
}

int toasty__change_absorb(toasty__running *run, toasty_error *err)
{
    if (run->keys && toasty__keys_absorb(run, err) < 0)
        return -1;
    if (!run->keys)
        absorb_statements(run);
    return run->stage < run->stages && !is_through(run) ? 0 : settle(run, err);
}

/* What was found for the second stage. */
static void forget_found(toasty__running *run)
{
    for (uint16_t i = 0; i < run->plan->step_count; i++)
        if (run->loaded[i].gathered)
            toasty__map_done(&run->loaded[i].gathered->by_key);
}

void toasty__change_end(toasty__running *run)
{
    if (run->stages > 1 && !run->keys && run->loaded)
        forget_found(run);
    toasty__keys_end(run);
}
