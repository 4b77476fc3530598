/* Updates and deletes by key: what is meant is read first, then what is reached through it, then all is
 * changed at once. */
#include "engine/keys/change.h"
#include "base/error.h"
#include "core/access.h"
#include "core/evaluate.h"
#include "engine/keys/reached.h"
#include "engine/keys/read.h"
#include "engine/keys/write_set.h"
#include "engine/run/relate.h"
#include <string.h>

/* --- reading what is meant --- */

/* Where the rows of the call go that the change gives back; NULL: none are wanted. */
static toasty_sink *wanted_rows(toasty__running *run)
{
    const toasty__plan *plan = run->plan;
    return plan->steps[0].column_count ? &run->loaded[plan->answer].sink : NULL;
}

static const toasty_capability *can_of(const toasty__running *run)
{
    return run->execution->engine->driver->capability;
}

/* Is the change of one row all that is sent? */
static bool is_alone(const toasty__running *run)
{
    const toasty__keys *keys = run->keys;
    const toasty__plan *plan = run->plan;
    bool one = keys->direct || (keys->first && keys->first->loaded.count == 1 && !keys->first->next);
    return one && run->execution->run_count == 1 &&
           !toasty__claims_values(can_of(run), plan->steps[0].table,
                                  keys->how->removes ? NULL : plan->assigned, plan->assigned_count);
}

/* Do the changes themselves give back the rows that are wanted? */
static bool gives_back(const toasty__running *run)
{
    const toasty_capability *can = can_of(run);
    return can->returning && (toasty__group_gives_rows(can) || is_alone(run));
}

static bool is_direct(const toasty__running *run)
{
    const toasty__step *step = &run->plan->steps[0];
    bool whole = !step->also_count && !step->kept;
    return step->access == TOASTY__ACCESS_GET && (whole || can_of(run)->expect) &&
           run->keys->how->is_direct(run);
}

int toasty__keys_begin(toasty__running *run, const toasty__key_change *how, toasty_error *err)
{
    toasty__keys *keys = toasty__arena_calloc(&run->execution->arena, 1, sizeof(*keys));
    run->keys = keys;
    if (!keys)
        return toasty__fail_memory(err);
    keys->how = how;
    keys->last = &keys->first;
    keys->parameters = toasty__bind_values(run, &run->plan->steps[0], NULL);
    if (!keys->parameters)
        return toasty__fail_memory(err);
    keys->direct = is_direct(run);
    keys->keeps = how->removes && wanted_rows(run) && !gives_back(run);
    keys->direct = keys->direct && !keys->keeps;
    run->stages = keys->direct ? 1 : 2;
    return 0;
}

static int read_meant(toasty__running *run, toasty_error *err)
{
    const toasty__step *step = &run->plan->steps[0];
    toasty__reached *rows = toasty__new_reached(run, step->table, NULL);
    toasty_value *values =
        toasty__arena_alloc(&run->execution->arena, (step->key_count + 1u) * sizeof(*values));
    if (!rows || !values)
        return toasty__fail_memory(err);
    for (uint8_t i = 0; i < step->key_count; i++) {
        values[i] = run->shape.values[step->key_binds[i].index];
        if (values[i].kind == TOASTY_VALUE_NULL)
            return 0; /* no row is equal to NULL */
    }
    if (toasty__has_null_end(step, run->keys->parameters))
        return 0;
    toasty_operation *operation =
        toasty__key_operation(run, toasty__operation_of(step), step->table, step->index, values,
                              step->access == TOASTY__ACCESS_GET ? 1 : step->key_count);
    if (!operation)
        return toasty__fail_memory(err);
    operation->sink = &rows->loaded.sink;
    toasty__ask_for(operation, step, run->keys->parameters);
    if (run->keys->keeps)
        operation->sink->arena = &run->block->arena;
    return 0;
}

/* --- changing --- */

static bool is_same_row(const toasty_operation *change, const toasty_model *model, const toasty_value *key)
{
    const toasty_index *primary = &model->indexes[0];
    uint8_t same = 0;
    bool found = change->model == model &&
                 (change->kind == TOASTY_OPERATION_UPDATE || change->kind == TOASTY_OPERATION_DELETE);
    while (found && same < primary->field_count &&
           toasty__compare_values(&model->fields[primary->fields[same]], &change->key.values[same],
                                  &key[same]) == 0)
        same++;
    return found && same == primary->field_count;
}

/* The one row that must be as the request knows it is changed before it in the same batch. Where the store
 * looks at the row in the write, it finds out by itself. */
static int refuse_changed(const toasty__running *run, const toasty_value *key, toasty_error *err)
{
    const toasty_model *model = run->plan->steps[0].table;
    bool looks = !run->plan->checks || can_of(run)->expect;
    for (uint32_t i = 0; !looks && i < run->first_operation; i++)
        if (is_same_row(&run->execution->job.operations[i], model, key))
            return toasty__refuse_change(model, true, err);
    return 0;
}

/* Where an update gives nothing back, the rows are read after it. */
static bool reads_back(toasty__running *run)
{
    return wanted_rows(run) && !run->keys->how->removes && !gives_back(run);
}

static int read_back(toasty__running *run, const toasty_value *key, toasty_error *err)
{
    const toasty_model *model = run->request->model;
    toasty_operation *operation =
        key ? toasty__key_operation(run, TOASTY_OPERATION_GET, model, &model->indexes[0], key, 1) : NULL;
    if (!operation)
        return toasty__fail_memory(err);
    operation->sink = wanted_rows(run);
    return 0;
}

static int change_rows(toasty__running *run, const toasty__reached *rows, toasty_error *err)
{
    bool sinks = !rows->relation && !run->keys->keeps && !reads_back(run);
    for (size_t i = 0; i < rows->loaded.count; i++) {
        const toasty_value *key = toasty__reached_key(run, rows, i);
        toasty_sink *sink = sinks ? wanted_rows(run) : NULL;
        if (!key)
            return toasty__fail_memory(err);
        if (!rows->relation && refuse_changed(run, key, err) < 0)
            return -1;
        if (run->keys->how->change(run, rows, rows->loaded.rows + i * rows->model->size, key, sink, err) < 0)
            return -1;
    }
    return 0;
}

/* The rows that were read are the result, before it is known which of them go. */
static int keep_all(toasty__running *run, const toasty__reached *rows, toasty_error *err)
{
    for (size_t i = 0; i < rows->loaded.count; i++) {
        void *kept = toasty_sink_row(wanted_rows(run));
        if (!kept)
            return toasty__fail_memory(err);
        memcpy(kept, rows->loaded.rows + i * rows->model->size, rows->model->size);
    }
    return 0;
}

/* Rows that did not go, since they were gone already, are not in the result. */
static void drop_absent(toasty__running *run)
{
    toasty__loaded *kept = &run->loaded[run->plan->answer];
    const toasty_operation *operations = toasty__run_operations(run);
    size_t count = 0, size = run->request->model->size;
    for (uint32_t i = 0; i < run->keys->root_changes; i++)
        if (operations[i].count)
            memmove(kept->rows + count++ * size, kept->rows + i * size, size);
    if (run->keys->root_changes)
        kept->sink.next = kept->rows + count * size;
}

static int read_back_all(toasty__running *run, const toasty__reached *rows, toasty_error *err)
{
    for (size_t i = 0; i < rows->loaded.count; i++)
        if (read_back(run, toasty__reached_key(run, rows, i), err) < 0)
            return -1;
    return 0;
}

/* No row has NULL where it must be equal to something. */
static bool asks_for_null(const toasty__running *run, const toasty__step *step)
{
    for (uint8_t i = 0; i < step->also_count; i++)
        if (run->shape.values[step->also_binds[i].index].kind == TOASTY_VALUE_NULL)
            return true;
    return false;
}

/* One row, whose key is given. */
static int change_direct(toasty__running *run, toasty_error *err)
{
    const toasty__step *step = &run->plan->steps[0];
    toasty_value *key = toasty__arena_alloc(&run->execution->arena, step->key_count * sizeof(*key));
    if (!key)
        return toasty__fail_memory(err);
    for (uint8_t i = 0; i < step->key_count; i++)
        key[i] = run->shape.values[step->key_binds[i].index];
    if (asks_for_null(run, step))
        return 0;
    run->keys->root_changes = 1;
    bool after = reads_back(run);
    if (run->keys->how->change(run, NULL, NULL, key, after ? NULL : wanted_rows(run), err) < 0)
        return -1;
    return after ? read_back(run, key, err) : 0;
}

/* Rows that the call would mean, were they there already. */
static int refuse_unseen(toasty__running *run, toasty_error *err)
{
    const toasty__step *step = &run->plan->steps[0];
    toasty_value *values =
        toasty__arena_alloc(&run->execution->arena, (step->key_count + 1u) * sizeof(*values));
    if (!values)
        return toasty__fail_memory(err);
    for (uint8_t i = 0; i < step->key_count; i++)
        values[i] = run->shape.values[step->key_binds[i].index];
    return toasty__refuse_unseen(run, step->table, step->index->fields, values, step->key_count, err);
}

/* The rows of the call are the first that were reached. */
static int change_all(toasty__running *run, toasty_error *err)
{
    const toasty__reached *meant = run->keys->first;
    run->keys->sent = true;
    if (run->keys->direct)
        return change_direct(run, err);
    run->keys->root_changes = (uint32_t)meant->loaded.count;
    if (refuse_unseen(run, err) < 0)
        return -1;
    if (run->keys->keeps && keep_all(run, meant, err) < 0)
        return -1;
    for (const toasty__reached *rows = meant; rows; rows = rows->next)
        if (change_rows(run, rows, err) < 0)
            return -1;
    return reads_back(run) ? read_back_all(run, meant, err) : 0;
}

/* --- stages --- */

int toasty__keys_issue(toasty__running *run, toasty_error *err)
{
    toasty__keys *keys = run->keys;
    uint32_t before = run->execution->job.count;
    if (run->rest_count)
        return toasty__issue_rest(run, err);
    if (!keys->direct && !keys->first)
        return read_meant(run, err);
    if (keys->how->follow && !keys->direct && !keys->sent) {
        if (keys->how->follow(run, err) < 0)
            return -1;
        if (run->execution->job.count > before)
            return 0;
    }
    return keys->sent || !run->execution->writing ? 0 : change_all(run, err);
}

/* Is a row that the key found what the request means? */
static bool is_meant(const toasty__running *run, const toasty__reached *rows, const char *row)
{
    const toasty__step *step = &run->plan->steps[0];
    if (!rows->relation && !toasty__has_values(run, row, true))
        return false;
    toasty__row as_values = toasty__row_of_record(step->table, row);
    return rows->relation || !step->kept ||
           toasty__evaluate(step->kept, &as_values, run->keys->parameters) == TOASTY__TRUE;
}

static void settle(toasty__running *run, toasty__reached *rows)
{
    toasty__loaded_settle(&rows->loaded);
    rows->settled = true;
    for (size_t i = 0; !rows->relation && !run->keys->found && i < rows->loaded.count; i++)
        run->keys->found = toasty__has_values(run, rows->loaded.rows + i * rows->model->size, false);
}

/* Drops rows that are not meant, and those that go already on another way. */
static int drop_going(toasty__running *run, toasty_error *err)
{
    for (toasty__reached *rows = run->keys->first; rows; rows = rows->next) {
        if (!rows->settled)
            settle(run, rows);
        size_t kept = rows->followed, size = rows->model->size;
        for (size_t i = rows->followed; toasty__reached_go(rows) && i < rows->loaded.count; i++) {
            char *row = rows->loaded.rows + i * size;
            size_t length;
            const char *name = toasty__reached_name(run, rows->model, row, &length);
            if (!name)
                return toasty__fail_memory(err);
            if (!is_meant(run, rows, row) || toasty__map_get(&run->keys->going, name, length))
                continue;
            if (toasty__map_set(&run->keys->going, name, length, run) < 0)
                return toasty__fail_memory(err);
            memmove(rows->loaded.rows + kept++ * size, row, size);
        }
        if (toasty__reached_go(rows))
            rows->loaded.count = kept;
    }
    return 0;
}

/* The one row that must be as the request knows it. */
static int check_row(const toasty__running *run, toasty_error *err)
{
    const toasty__keys *keys = run->keys;
    return run->plan->checks && !keys->first->loaded.count
               ? toasty__refuse_change(keys->first->model, keys->found, err)
               : 0;
}

int toasty__keys_absorb(toasty__running *run, toasty_error *err)
{
    if (toasty__keep_rest(run, err) < 0)
        return -1;
    if (run->rest_count)
        return 0;
    run->stage++;
    if (!run->keys->sent) {
        run->stages = (uint16_t)(run->stage + 1);
        return drop_going(run, err) < 0 || check_row(run, err) < 0 ? -1 : 0;
    }
    run->stages = run->stage;
    const toasty_operation *operations = toasty__run_operations(run);
    if (run->keys->keeps)
        drop_absent(run);
    for (uint32_t i = 0; i < run->keys->root_changes; i++)
        run->count += operations[i].count;
    return 0;
}

void toasty__keys_end(toasty__running *run)
{
    if (run->keys)
        toasty__map_done(&run->keys->going);
}
