/* Reads whose answers come in any order: see unordered.h. */
#include "drivers/keyvalue/unordered.h"

#include "base/error.h"
#include "core/gets.h"
#include "drivers/keyvalue/operations.h"

bool toasty__kv_only_reads(const toasty_job *job)
{
    for (uint32_t i = 0; i < job->count; i++)
        if (toasty_operation_class_of(job->operations[i].kind) != TOASTY_OPERATION_CLASS_READ)
            return false;
    return true;
}

/* Each of the askers gets the item that was found once. */
static int answer_askers(const toasty__kv_table *table, const toasty__kv_item *found,
                         const toasty__asker *asker, toasty_job *job)
{
    for (; asker; asker = asker->next) {
        asker->operation->count++;
        if (toasty__kv_send(table, asker->operation, asker->operation->sink, found, &job->error) < 0) {
            job->failed = (uint32_t)(asker->operation - job->operations);
            return -1;
        }
    }
    return 0;
}

static int answer_gets(toasty__kv_store *store, const toasty__gets *gets, toasty_job *job)
{
    for (size_t i = gets->count; i-- > 0;) {
        const toasty__get_item *item = &gets->items[i];
        const char *prefix = item->askers->operation->key.prefix;
        toasty__kv_table *table = toasty__kv_table_of(store, prefix, item->model, &job->error);
        const toasty__kv_item *found = table ? toasty__kv_find(table, item->key) : NULL;
        if (!table || (found && answer_askers(table, found, item->askers, job) < 0))
            return -1;
    }
    return 0;
}

/* One request for as many keys as the store takes. */
static int run_gets(toasty__kv_store *store, const toasty_capability *can, toasty_job *job,
                    uint64_t *requests)
{
    toasty__arena arena;
    toasty__gets gets;
    for (uint32_t i = 0; i < job->count; i++) {
        job->operations[i].count = 0;
        job->operations[i].continuation = NULL;
        job->failed = i;
        if (toasty__kv_check_key(&job->operations[i], &job->error) < 0)
            return -1;
    }
    job->failed = 0;
    toasty__arena_init(&arena, 0);
    int status = toasty__gather_gets(job, &arena, &gets) < 0 ? toasty__fail_memory(&job->error)
                                                             : answer_gets(store, &gets, job);
    if (status == 0 && gets.count)
        *requests += can->max_batch_keys ? (gets.count - 1) / can->max_batch_keys + 1 : 1;
    toasty__arena_done(&arena);
    return status;
}

uint64_t toasty__kv_run_unordered(toasty__kv_store *store, uint32_t page, const toasty_capability *can,
                                  toasty_job *job)
{
    uint64_t requests = 0;
    job->failed = 0;
    if (run_gets(store, can, job, &requests) < 0)
        return requests;
    for (uint32_t i = job->count; i-- > 0 && job->error.code == TOASTY_OK;) {
        if (job->operations[i].kind == TOASTY_OPERATION_GET)
            continue;
        job->failed = i;
        requests++;
        toasty__kv_operate(store, page, can, NULL, &job->operations[i], &job->error);
    }
    return requests;
}
