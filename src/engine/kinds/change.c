/* Running updates and deletes: see change.h. */
#include "engine/kinds/change.h"
#include "base/error.h"
#include "engine/plan/verify.h"

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
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "an update or a delete has no limit");
    return 0;
}

int toasty__verify_change(const toasty__engine *engine, const toasty_request *request, const char *verb,
                          const char *what, toasty_error *err)
{
    const toasty_capability *can = engine->driver->capability;
    if (request->returning && can->sql && !can->returning)
        return toasty__unsupported(engine, what, err);
    return verify_scope(engine, request, verb, err);
}

/* Is one row meant, which must be there? */
static bool means_one_row(const toasty_request *request)
{
    return request->record || (request->owner && request->relation->kind == TOASTY_HAS_ONE) ||
           (request->by && request->by->unique && request->key_count == request->by->field_count);
}

int toasty__change_begin(toasty__running *run, const toasty__key_change *by_key, toasty_error *err)
{
    const toasty_request *request = run->request;
    run->stages = 1;
    bool one = request->returning && means_one_row(request);
    bool answers = request->returning || request->record || run->plan->steps[0].column_count;
    if ((request->returning &&
         toasty__new_result(run, one ? request->model->size : sizeof(toasty__slice), err) < 0) ||
        (answers && toasty__loaded_new(run, err) < 0))
        return -1;
    if (one)
        toasty__loaded_one(&run->loaded[0], run->block->root, request->model->size);
    return run->plan->steps[0].access == TOASTY__ACCESS_SQL ? 0 : toasty__keys_begin(run, by_key, err);
}

int toasty__change_issue(toasty__running *run, toasty_error *err)
{
    if (run->keys)
        return toasty__keys_issue(run, err);
    toasty__step *step = &run->plan->steps[0];
    return toasty__add_sql(run, step, NULL, step->column_count ? &run->loaded[0].sink : NULL, err);
}

/* The result, once the last answer is there. */
static int settle(toasty__running *run, toasty_error *err)
{
    bool one = means_one_row(run->request);
    if (run->block && !one) {
        toasty__loaded_settle(&run->loaded[0]);
        toasty__list_root(run, &run->loaded[0]);
    } else if (!run->count) {
        toasty__drop_result(run);
    }
    if (run->count == 0 && one && run->execution->run_count == 1)
        return toasty__fail(err, TOASTY_NOT_FOUND, "the row of %s is not there (any more)",
                            run->request->model->table);
    return 0;
}

int toasty__change_absorb(toasty__running *run, toasty_error *err)
{
    if (run->keys && toasty__keys_absorb(run, err) < 0)
        return -1;
    if (!run->keys) {
        run->stage++;
        run->count = toasty__run_operations(run)->count;
    }
    return run->stage < run->stages ? 0 : settle(run, err);
}
