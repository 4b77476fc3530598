/* Running updates and deletes: one statement, and afterwards the record in memory follows what the database
 * holds.
 *
 * What an update needs to follow is allocated before anything is sent, so that a change that happened can
 * always be shown; a failed update changes nothing in memory. Stores without SQL are in exec_keys.c. */
#include "base/error.h"
#include "core/access.h"
#include "core/decode.h"
#include "core/patch.h"
#include "engine/exec.h"
#include "engine/exec_keys.h"
#include "engine/relate.h"
#include <string.h>

/* Is one row meant, which must be there? */
static bool means_one_row(const toasty_request *request)
{
    return request->record || (request->owner && request->relation->kind == TOASTY_HAS_ONE) ||
           (request->by && request->by->unique && request->key_count == request->by->field_count);
}

/* Copies of the text and bytes that the record will point to. */
static int prepare_patches(toasty__running *run, toasty_error *err)
{
    const toasty__plan *plan = run->plan;
    run->patches = toasty__arena_calloc(&run->execution->arena, plan->assigned_count, sizeof(*run->patches));
    if (!run->patches)
        return toasty__fail_memory(err);
    for (uint16_t i = 0; i < plan->assigned_count; i++) {
        const toasty_value *value = &run->shape.values[plan->assigned_values[i]];
        if (value->kind != TOASTY_VALUE_TEXT && value->kind != TOASTY_VALUE_BYTES)
            continue;
        run->patches[i] =
            toasty__patch_prepare(run->request->record, plan->assigned[i], value->as.bytes, value->len);
        if (!run->patches[i])
            return toasty__fail_memory(err);
    }
    return 0;
}

static int begin(toasty__running *run, toasty_error *err)
{
    const toasty_request *request = run->request;
    run->stages = run->plan->depth;
    if (request->kind == TOASTY_REQUEST_UPDATE && !run->plan->assigned_count) {
        run->stages = 0; /* nothing was named: nothing is sent */
        return 0;
    }
    bool one = request->returning && means_one_row(request);
    const toasty__plan *plan = run->plan;
    bool answers = request->returning || request->record || plan->steps[plan->answer].column_count;
    if ((request->returning &&
         toasty__new_result(run, one ? request->model->size : sizeof(toasty__slice), err) < 0) ||
        (answers && toasty__loaded_new(run, err) < 0))
        return -1;
    if (plan->answer) /* what the first step finds is of no use to the caller */
        run->loaded[0].sink.arena = &run->execution->arena;
    if (one)
        toasty__loaded_one(&run->loaded[plan->answer], run->block->root, request->model->size);
    if (request->kind == TOASTY_REQUEST_UPDATE && request->record) {
        /* A place for the fields that only the database can tell, in a record of its own. */
        run->made = toasty__arena_calloc(&run->execution->arena, 1, request->model->size);
        if (!run->made)
            return toasty__fail_memory(err);
        toasty__loaded_one(&run->loaded[plan->answer], run->made, request->model->size);
        if (prepare_patches(run, err) < 0)
            return -1;
    }
    return run->execution->engine->driver->capability->sql ? 0 : toasty__keys_begin(run, err);
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

static int issue(toasty__running *run, toasty_error *err)
{
    if (!run->execution->engine->driver->capability->sql)
        return toasty__keys_issue(run, err);
    run->changed = UINT32_MAX;
    for (uint16_t i = 0; i < run->plan->step_count; i++)
        if (run->plan->steps[i].depth == run->stage && issue_step(run, i, err) < 0)
            return -1;
    return 0;
}

/* How many rows were changed, and the keys of what was found for it. */
static void absorb_sql(toasty__running *run)
{
    if (run->changed != UINT32_MAX)
        run->count = run->execution->job.operations[run->changed].count;
    else if (run->stages > 1)
        toasty__loaded_settle(&run->loaded[0]);
    run->stage++;
}

static int absorb(toasty__running *run, toasty_error *err)
{
    if (run->execution->engine->driver->capability->sql) {
        absorb_sql(run);
    } else if (toasty__keys_absorb(run, err) < 0) {
        return -1;
    }
    if (run->stage < run->stages)
        return 0;
    if (run->block && !means_one_row(run->request)) {
        toasty__loaded *answer = &run->loaded[run->plan->answer];
        toasty__loaded_settle(answer);
        toasty__list_root(run, answer);
    } else if (!run->count) {
        toasty__drop_result(run);
    }
    if (run->count == 0 && means_one_row(run->request) && run->execution->run_count == 1)
        return toasty__fail(err, TOASTY_NOT_FOUND, "the row of %s is not there (any more)",
                            run->request->model->table);
    return 0;
}

/* Moves one field of a record to its new value. Text and bytes point into the patch. */
static void apply_value(const toasty_model *model, char *record, const toasty_field *field,
                        const toasty_value *value, const char *patched)
{
    toasty_value own = *value;
    if (patched)
        own.as.bytes = patched;
    toasty__put(model, record, field, &own);
}

static bool assigns_null(const toasty__running *run, uint16_t field)
{
    const toasty__plan *plan = run->plan;
    for (uint16_t i = 0; i < plan->assigned_count; i++)
        if (plan->assigned[i] == field)
            return plan->assigned_kinds[i] == TOASTY_CHANGE_SET &&
                   run->shape.values[plan->assigned_values[i]].kind == TOASTY_VALUE_NULL;
    return false;
}

/* An optional struct of which every column became NULL is not set, also when each part of it may be NULL by
 * itself. */
static void clear_embeds(const toasty__running *run, char *record)
{
    const toasty_model *model = run->request->model;
    for (uint16_t e = 0; e < model->embed_count; e++) {
        const toasty_embed *embed = &model->embeds[e];
        uint16_t nulls = 0;
        while (nulls < embed->field_count && assigns_null(run, (uint16_t)(embed->first_field + nulls)))
            nulls++;
        if (nulls == embed->field_count)
            *((bool *)record + embed->set_offset) = false;
    }
}

/* The record in memory follows. */
static void apply(toasty__running *run)
{
    const toasty__plan *plan = run->plan;
    char *record = run->request->record;
    if (!record || !run->patches || !run->count)
        return;
    const toasty_model *model = run->request->model;
    for (uint16_t i = 0; i < plan->assigned_count; i++) {
        const toasty_field *field = &model->fields[plan->assigned[i]];
        if (plan->assigned_kinds[i] != TOASTY_CHANGE_SET) {
            toasty_value made = toasty__get(model, run->made, field);
            toasty__put(model, record, field, &made);
            continue;
        }
        toasty__patch *patch = run->patches[i];
        apply_value(model, record, field, &run->shape.values[plan->assigned_values[i]],
                    patch ? toasty__patch_bytes(patch) : NULL);
        if (patch)
            toasty__patch_apply(patch);
        run->patches[i] = NULL;
    }
    clear_embeds(run, record);
    /* A relation whose key was changed is not what was loaded. */
    for (uint16_t r = 0; r < model->relation_count; r++) {
        const toasty_relation *relation = &model->relations[r];
        for (uint8_t f = 0; relation->kind == TOASTY_BELONGS_TO && f < relation->field_count; f++)
            for (uint16_t i = 0; i < plan->assigned_count; i++)
                if (plan->assigned[i] == relation->own_fields[f]) {
                    memset(record + relation->offset, 0, sizeof(void *));
                    *(bool *)(record + relation->loaded_offset) = false;
                }
    }
}

static void done(toasty__running *run, bool worked)
{
    if (worked && run->request->kind == TOASTY_REQUEST_UPDATE)
        apply(run);
    for (uint16_t i = 0; run->patches && i < run->plan->assigned_count; i++)
        toasty__patch_discard(run->patches[i]);
    for (uint16_t i = 0; run->loaded && run->plan->depth > 1 && i < run->plan->step_count; i++)
        if (run->loaded[i].gathered)
            toasty__map_done(&run->loaded[i].gathered->by_key);
    toasty__keys_done(run);
}

const toasty__kind toasty__writing = {
    .begin = begin, .issue = issue, .absorb = absorb, .done = done, .writes = true};
