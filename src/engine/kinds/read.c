/* Running the steps of a read: see read.h. */
#include "engine/kinds/read.h"
#include "base/error.h"
#include "engine/keys/kept.h"
#include "engine/keys/read.h"
#include "engine/plan/shape.h"
#include "engine/plan/verify.h"
#include "engine/run/relate.h"

int toasty__verify_read(const toasty__engine *engine, const toasty_request *request, toasty_error *err)
{
    if (engine->driver->capability->scan_is_query || request->scan || request->key_count || request->owner ||
        request->record)
        return 0;
    return toasty__unsupported(engine, "reading a whole table without saying scan", err);
}

/* --- before anything is sent --- */

bool toasty__owner_refers_to_nothing(const toasty__running *run)
{
    const toasty_request *request = run->request;
    for (uint32_t i = 0; i < request->relation->field_count; i++)
        if (run->shape.values[request->key_count + i].kind == TOASTY_VALUE_NULL)
            return true;
    return false;
}

int toasty__begin_rows(toasty__running *run, size_t root_size, toasty_error *err)
{
    bool nothing = toasty__refers_to_nothing(run);
    run->stages = nothing ? 0 : run->plan->depth;
    if (toasty__new_result(run, root_size, toasty__loaded_room(run->plan->steps), err) < 0)
        return -1;
    ((toasty__slice *)run->block->root)->loaded = nothing;
    return nothing ? 0 : toasty__loaded_new(run, err);
}

/* --- stages --- */

/* An include with a limit of 0. */
static bool takes_no_rows(const toasty__running *run, const toasty__step *step)
{
    return step->limit_value != TOASTY__NO_PARAMETER && run->shape.values[step->limit_value].as.integer == 0;
}

/* What a child step asks for all rows of its parent. */
static int issue_child(toasty__running *run, toasty__step *step, toasty__loaded *loaded, toasty_error *err)
{
    toasty__loaded *parent = &run->loaded[step->parent];
    if (toasty__gather_keys(loaded, parent, err) < 0)
        return -1;
    if (takes_no_rows(run, step))
        loaded->gathered->key_count = 0;
    if (!loaded->gathered->key_count) /* no parent refers to anything, or nothing is wanted: an answer too */
        return toasty__relate(loaded, parent, err);
    return step->access == TOASTY__ACCESS_SQL
               ? toasty__add_sql(run, step, loaded->gathered, &loaded->sink, err)
               : toasty__read_keys(run, step, loaded, err);
}

static int issue_root(toasty__running *run, toasty_error *err)
{
    toasty__step *root = run->plan->steps;
    return root->access == TOASTY__ACCESS_SQL ? toasty__add_sql(run, root, NULL, &run->loaded->sink, err)
                                              : toasty__read_keys(run, root, run->loaded, err);
}

int toasty__read_issue(toasty__running *run, toasty_error *err)
{
    if (run->rest_count)
        return toasty__issue_rest(run, err);
    if (run->stage == 0)
        return issue_root(run, err);
    for (uint16_t i = 1; i < run->plan->step_count; i++) {
        toasty__step *step = &run->plan->steps[i];
        if (step->depth == run->stage && issue_child(run, step, &run->loaded[i], err) < 0)
            return -1;
    }
    return 0;
}

/* The store gave more than is wanted where the engine looks at the rows itself, and where keys of several
 * operations are meant. */
static void cut_root(toasty__running *run)
{
    uint32_t wanted = toasty__read_limit(run, &run->plan->steps[0]);
    if (wanted && run->loaded[0].count > wanted)
        run->loaded[0].count = wanted;
}

static void cut_lists(const toasty__loaded *child, const toasty__loaded *parent)
{
    uint32_t wanted = toasty__read_limit(child->run, child->step);
    const toasty_relation *relation = child->step->relation;
    if (!wanted || relation->kind != TOASTY_HAS_MANY)
        return;
    for (size_t i = 0; i < parent->count; i++) {
        toasty__slice *list = (toasty__slice *)(parent->rows + i * parent->sink.stride + relation->offset);
        if (list->len > wanted)
            list->len = wanted;
    }
}

/* Rows that came and do not match; what was left to be asked for when there are enough without it. */
static void keep_matching(toasty__running *run)
{
    for (uint16_t i = 0; i < run->plan->step_count; i++)
        if (run->plan->steps[i].depth == run->stage)
            toasty__keep_matching(&run->loaded[i]);
    const toasty__keeping *keeping = run->stage ? NULL : run->loaded[0].keeping;
    uint32_t wanted = keeping ? toasty__read_limit(run, &run->plan->steps[0]) : 0;
    if (wanted && keeping->looked >= wanted)
        run->rest_count = 0;
}

static int relate_stage(toasty__running *run, uint16_t stage, toasty_error *err)
{
    for (uint16_t i = 0; i < run->plan->step_count; i++) {
        toasty__loaded *child = &run->loaded[i];
        if (run->plan->steps[i].depth != stage)
            continue;
        toasty__loaded_settle(child);
        toasty__loaded *parent = &run->loaded[child->step->parent];
        if (child->gathered->key_count && toasty__relate(child, parent, err) < 0)
            return -1;
        if (child->keeping)
            cut_lists(child, parent);
    }
    return 0;
}

int toasty__read_absorb(toasty__running *run, toasty_error *err)
{
    bool pieces = run->plan->steps[0].access != TOASTY__ACCESS_SQL;
    if (pieces && toasty__keep_rest(run, err) < 0)
        return -1;
    if (pieces)
        keep_matching(run);
    if (run->rest_count)
        return 0;
    uint16_t stage = run->stage++;
    if (stage > 0)
        return relate_stage(run, stage, err);
    toasty__loaded_settle(&run->loaded[0]);
    if (pieces)
        cut_root(run);
    return 1;
}

static __attribute__((noinline)) void forget_gathered(toasty__running *run)
{
    for (uint16_t i = 1; i < run->plan->step_count; i++)
        if (run->loaded[i].gathered)
            toasty__map_done(&run->loaded[i].gathered->by_key);
}

void toasty__read_end(toasty__running *run, bool worked)
{
    (void)worked;
    if (run->loaded && run->plan->step_count > 1)
        forget_gathered(run);
}
