/* Jobs: operations one after the other, and those of an atomic one as a group, which happens or does not.
 *
 * A store refuses a group that it does not take (invalid_statement): what the engine has to know of it, it
 * has to know before. */
#include "drivers/keyvalue/job.h"

#include "base/alloc.h"
#include "base/error.h"
#include "core/evaluate.h"
#include "drivers/keyvalue/operations.h"
#include "drivers/keyvalue/unordered.h"
#include "drivers/keyvalue/value.h"

#include <string.h>

/* --- what a group may be --- */

static bool is_write(const toasty_operation *operation)
{
    return toasty_operation_class_of(operation->kind) == TOASTY_OPERATION_CLASS_WRITE;
}

static bool is_claim(const toasty_operation *operation)
{
    return operation->kind == TOASTY_OPERATION_CLAIM || operation->kind == TOASTY_OPERATION_UNCLAIM;
}

/* The index by whose values an operation names its item. */
static const toasty_index *index_of(const toasty_operation *operation)
{
    return is_claim(operation) ? operation->key.index : &operation->model->indexes[0];
}

/* What an operation's item has of such a field; `place` is that of the field in the index. */
static toasty_value named(const toasty_operation *operation, uint16_t field, uint8_t place)
{
    if (operation->kind != TOASTY_OPERATION_INSERT)
        return operation->key.values[place];
    for (uint32_t i = 0; i < operation->value_count; i++)
        if (operation->fields[i] == field)
            return operation->values[i];
    return (toasty_value){.kind = TOASTY_VALUE_NULL};
}

static bool same_item(const toasty_operation *a, const toasty_operation *b)
{
    const toasty_index *index = index_of(a);
    bool same = a->model == b->model && is_claim(a) == is_claim(b) && index == index_of(b);
    for (uint8_t i = 0; same && i < index->field_count; i++) {
        toasty_value x = named(a, index->fields[i], i), y = named(b, index->fields[i], i);
        same = toasty__compare_values(&a->model->fields[index->fields[i]], &x, &y) == 0;
    }
    return same;
}

static int check_repeats(const toasty_job *job, toasty_error *err)
{
    for (uint32_t i = 0; i < job->count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (same_item(&job->operations[i], &job->operations[j]))
                return toasty__fail(err, TOASTY_INVALID_STATEMENT, "an item of %s is twice in a group",
                                    job->operations[i].model->table);
    return 0;
}

static int check_reads(const toasty_job *job, toasty_error *err)
{
    for (uint32_t i = 0; i < job->count; i++)
        if (!is_write(&job->operations[i]) || job->operations[i].sink)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT, "a group does not read");
    return 0;
}

static int check_size(const toasty_job *job, const toasty_capability *can, toasty_error *err)
{
    uint32_t writes = 0;
    for (uint32_t i = 0; i < job->count; i++)
        writes += is_write(&job->operations[i]);
    return writes <= can->max_group
               ? 0
               : toasty__fail(err, TOASTY_INVALID_STATEMENT, "%u items in a group", (unsigned)writes);
}

static int check_group(const toasty_job *job, const toasty_capability *can, toasty_error *err)
{
    if (check_size(job, can, err) < 0 || (!can->group_returns && check_reads(job, err) < 0) ||
        (!can->group_repeats && check_repeats(job, err) < 0))
        return -1;
    return 0;
}

/* --- groups that were sent before --- */

static const toasty__kv_done *find_done(const toasty__kv_store *store, const toasty_job *job)
{
    for (size_t i = 0; i < TOASTY__KV_TOKENS; i++)
        if (store->done[i].used && memcmp(store->done[i].token, job->token, sizeof(job->token)) == 0)
            return &store->done[i];
    return NULL;
}

/* A group is done once all that it expected was met. */
static int answer_again(const toasty__kv_done *done, toasty_job *job, toasty_error *err)
{
    if (done->count != job->count)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "the token of another group");
    for (uint32_t i = 0; i < job->count; i++) {
        job->operations[i].met = TOASTY_MET_APPLIED;
        job->operations[i].count = done->answers[i].count;
        job->operations[i].created = done->answers[i].created;
    }
    return 0;
}

/* Before anything is done, so that it cannot fail any more. */
static toasty__kv_done *make_done(toasty__kv_store *store, const toasty_job *job, toasty_error *err)
{
    static const uint8_t none[sizeof(job->token)];
    if (memcmp(job->token, none, sizeof(none)) == 0) {
        toasty__fail(err, TOASTY_INVALID_STATEMENT, "a group without a token");
        return NULL;
    }
    toasty__kv_done *done = &store->done[store->next_done];
    toasty__kv_done_end(done);
    if (!(done->answers = toasty__calloc(job->count, sizeof(*done->answers)))) {
        toasty__fail_memory(err);
        return NULL;
    }
    memcpy(done->token, job->token, sizeof(done->token));
    done->count = job->count;
    return done;
}

static void note_done(toasty__kv_store *store, toasty__kv_done *done, const toasty_job *job)
{
    for (uint32_t i = 0; i < job->count; i++)
        done->answers[i] = (struct toasty__kv_answer){job->operations[i].count, job->operations[i].created};
    done->used = true;
    store->next_done = (store->next_done + 1) % TOASTY__KV_TOKENS;
}

/* --- running them --- */

typedef struct running {
    toasty__kv_store *store;
    uint32_t page;
    const toasty_capability *can;
    toasty_job *job;
    toasty__kv_log log;
} running;

/* The first condition that was not met fails its group, where the store checks them; all of them are looked
 * at. */
static void check_met(running *run, uint32_t i)
{
    toasty_job *job = run->job;
    if (!job->atomic || !run->can->expect || job->operations[i].met == TOASTY_MET_APPLIED ||
        job->error.code != TOASTY_OK)
        return;
    toasty__fail(&job->error, TOASTY_CONDITION_FAILED, "a row of %s is not as expected",
                 job->operations[i].model->table);
    job->failed = i;
}

static void run_operations(running *run)
{
    toasty_job *job = run->job;
    toasty_error error;
    for (uint32_t i = 0; i < job->count; i++) {
        if (toasty__kv_operate(run->store, run->page, run->can, &run->log, &job->operations[i], &error) < 0) {
            if (job->error.code == TOASTY_OK) {
                job->error = error;
                job->failed = i;
            }
            return;
        }
        check_met(run, i);
        if (!job->atomic)
            toasty__kv_log_keep(&run->log);
    }
}

static void run_all(running *run)
{
    run_operations(run);
    if (run->job->error.code == TOASTY_OK)
        toasty__kv_log_keep(&run->log);
    else
        toasty__kv_log_take_back(&run->log);
}

static void run_once(running *run)
{
    toasty_job *job = run->job;
    const toasty__kv_done *known = find_done(run->store, job);
    if (known) {
        answer_again(known, job, &job->error);
        return;
    }
    toasty__kv_done *done = make_done(run->store, job, &job->error);
    if (!done)
        return;
    run_all(run);
    if (job->error.code == TOASTY_OK)
        note_done(run->store, done, job);
}

static void run_group(running *run)
{
    run->job->failed = 0;
    if (check_group(run->job, run->can, &run->job->error) < 0)
        return;
    if (run->can->group_token)
        run_once(run);
    else
        run_all(run);
}

uint64_t toasty__kv_run(toasty__kv_store *store, uint32_t page, const toasty_capability *can, toasty_job *job)
{
    uint64_t requests = job->atomic ? 1 : job->count;
    running run = {.store = store,
                   .page = page,
                   .can = can,
                   .job = job,
                   .log = {.lags = store->lags, .by_claims = can->claims}};
    job->error.code = TOASTY_OK;
    pthread_mutex_lock(&store->lock);
    if (job->atomic)
        run_group(&run);
    else if (can->unordered && toasty__kv_only_reads(job))
        requests = toasty__kv_run_unordered(store, page, can, job);
    else
        run_all(&run);
    pthread_mutex_unlock(&store->lock);
    return requests;
}
