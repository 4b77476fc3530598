/* Driving an execution: stage by stage, each stage one job.
 *
 * Requests of a batch run in the order given. Those that need nothing of an earlier answer share a job, so a
 * batch of single statements is one round trip. When a batch writes and needs several jobs, they stand
 * between a BEGIN, sent with the first, and a COMMIT, sent with the last; a single job that writes more than
 * once is one atomic group of the driver. */
#include "engine/exec.h"
#include "base/alloc.h"
#include "base/error.h"
#include "base/utf8.h"
#include "core/roots.h"
#include "engine/engine.h"
#include "engine/relate.h"
#include <string.h>

static void advance(toasty__execution *execution);

const toasty__kind *toasty__kind_of(const toasty_request *request)
{
    switch ((toasty_request_kind)request->kind) {
    case TOASTY_REQUEST_CREATE:
        return &toasty__creating;
    case TOASTY_REQUEST_UPDATE:
    case TOASTY_REQUEST_DELETE:
        return &toasty__writing;
    default:
        return &toasty__reading;
    }
}

/* --- operations --- */

static int make_room(toasty__execution *execution)
{
    toasty_job *job = &execution->job;
    uint32_t capacity =
        execution->operation_capacity ? execution->operation_capacity * 2 : (uint32_t)execution->run_count;
    toasty_operation *operations = toasty__arena_alloc(&execution->arena, capacity * sizeof(*operations));
    if (!operations)
        return -1;
    if (job->count)
        memcpy(operations, job->operations, job->count * sizeof(*operations));
    job->operations = operations;
    execution->operation_capacity = capacity;
    return 0;
}

toasty_operation *toasty__add_operation(toasty__execution *execution, toasty_operation_kind kind)
{
    toasty_job *job = &execution->job;
    if (job->count == execution->operation_capacity && make_room(execution) < 0)
        return NULL;
    toasty_operation *operation = &job->operations[job->count++];
    bool by_key = kind >= TOASTY_OPERATION_GET;
    memset(operation, 0, by_key ? sizeof(*operation) : offsetof(toasty_operation, key));
    operation->kind = (uint8_t)kind;
    if (by_key)
        operation->key.prefix = execution->engine->prefix;
    return operation;
}

/* The smallest text after all that start with a prefix. Where there is none (a prefix of nothing but the last
 * code point), a run of them stands for it. */
static int prefix_end(toasty__running *run, const toasty_value *prefix, toasty_value *out)
{
    static const char last[] = "\xf4\x8f\xbf\xbf\xf4\x8f\xbf\xbf\xf4\x8f\xbf\xbf\xf4\x8f\xbf\xbf";
    char *end = toasty__arena_alloc(&run->execution->arena, (size_t)prefix->len + sizeof(last) + 4);
    if (!end)
        return -1;
    size_t length = toasty__utf8_successor(prefix->as.text, prefix->len, end);
    if (!length) {
        memcpy(end, prefix->as.text, prefix->len);
        memcpy(end + prefix->len, last, sizeof(last));
        length = prefix->len + sizeof(last) - 1;
    }
    end[length] = '\0';
    *out = (toasty_value){.kind = TOASTY_VALUE_TEXT, .len = (uint32_t)length, .as.text = end};
    return 0;
}

const toasty_value *toasty__bind_values(toasty__running *run, const toasty__step *step,
                                        const toasty__gathered *gathered)
{
    const toasty_value *values = run->shape.values;
    if (step->direct)
        return values;
    toasty_value *bound = toasty__arena_alloc(&run->execution->arena, step->bind_count * sizeof(*bound));
    for (uint32_t i = 0; bound && i < step->bind_count; i++) {
        uint32_t index = step->binds[i].index;
        switch ((toasty__bind_source)step->binds[i].source) {
        case TOASTY__BIND_VALUE:
            bound[i] = values[index];
            break;
        case TOASTY__BIND_PREFIX_END:
            if (prefix_end(run, &values[index], &bound[i]) < 0)
                return NULL;
            break;
        case TOASTY__BIND_ONE_MORE:
            bound[i] = (toasty_value){.kind = TOASTY_VALUE_INT, .as.integer = values[index].as.integer + 1};
            break;
        case TOASTY__BIND_CONSTANT:
            bound[i] = (toasty_value){.kind = TOASTY_VALUE_INT, .as.integer = index};
            break;
        case TOASTY__BIND_KEYS:
            bound[i] = gathered->keys[index];
            break;
        }
    }
    return bound;
}

int toasty__add_sql(toasty__running *run, toasty__step *step, const toasty__gathered *gathered,
                    toasty_sink *sink, toasty_error *err)
{
    size_t key_count = gathered ? gathered->key_count : 0;
    const toasty_statement *statement =
        toasty__plan_statement(run->execution->engine, run->plan, step, key_count, err);
    if (!statement)
        return -1;
    const toasty_value *values = toasty__bind_values(run, step, gathered);
    toasty_operation *operation = toasty__add_operation(run->execution, TOASTY_OPERATION_SQL);
    if (!values || !operation)
        return toasty__fail_memory(err);
    operation->statement = statement;
    operation->model = step->table;
    operation->values = values;
    operation->value_count = step->bind_count;
    operation->sink = sink;
    return 0;
}

/* --- the end --- */

int toasty__new_result(toasty__running *run, size_t root_size, toasty_error *err)
{
    run->block = toasty__block_new(run->request->model, root_size, 0);
    return run->block && toasty__block_publish(run->block) == 0 ? 0 : toasty__fail_memory(err);
}

void toasty__drop_result(toasty__running *run)
{
    toasty__destroy destroy;
    void *object;
    if (run->block)
        toasty__root_take(run->block->root, &destroy, &object);
    toasty__block_free(run->block);
    run->block = NULL;
}

static void finish(toasty__execution *execution)
{
    bool worked = execution->error->code == TOASTY_OK;
    if (execution->kept)
        execution->session->finish(execution->session, worked && execution->ended);
    for (size_t i = 0; i < execution->begun_runs; i++) {
        toasty__running *run = &execution->runs[i];
        if (worked)
            execution->results[i] = (toasty__task_result){run->block ? run->block->root : NULL, run->count};
        else
            toasty__drop_result(run);
        run->kind->done(run, worked);
        toasty__plan_release(run->plan);
    }
    toasty__arena_done(&execution->arena);
    execution->done(execution);
}

/* --- stages --- */

/* The next operations of a run; stages that have none are over at once. */
static int issue(toasty__execution *execution, toasty__running *run)
{
    run->first_operation = execution->job.count;
    while (run->stage < run->stages) {
        if (run->kind->issue(run, execution->error) < 0)
            return -1;
        run->operation_count = execution->job.count - run->first_operation;
        if (run->operation_count) {
            run->issued = true;
            return 0;
        }
        if (run->kind->writes && !execution->writing)
            return 0; /* it waits for the others */
        if (run->kind->absorb(run, execution->error) < 0)
            return -1;
    }
    return 0;
}

/* Fills the job with what can be sent now. Where something is written, a request is not sent before those
 * ahead of it are through, so that it sees what they did. */
static int fill_in_order(toasty__execution *execution, bool *last)
{
    *last = true;
    for (size_t i = 0; i < execution->run_count; i++) {
        toasty__running *run = &execution->runs[i];
        if (!*last && execution->writes)
            break;
        if (issue(execution, run) < 0)
            return -1;
        *last = *last && (!run->issued || run->stage + 1 >= run->stages);
    }
    return 0;
}

/* Without transactions, the changes of all requests are one group. What must be read for them comes first,
 * and so do requests in front of them that read in several stages; then all others follow in their order. */
static int fill_around_group(toasty__execution *execution)
{
    bool behind = false;
    for (size_t i = 0; !execution->writing && i < execution->run_count; i++) {
        toasty__running *run = &execution->runs[i];
        behind = behind || run->kind->writes;
        if ((run->kind->writes || (!behind && run->stages > 1)) && issue(execution, run) < 0)
            return -1;
    }
    if (execution->job.count)
        return 0;
    execution->writing = true;
    for (size_t i = 0; i < execution->run_count; i++)
        if (issue(execution, &execution->runs[i]) < 0)
            return -1;
    return 0;
}

static int fill_job(toasty__execution *execution, bool *last)
{
    for (size_t i = 0; i < execution->run_count; i++)
        execution->runs[i].issued = false;
    *last = false;
    if (execution->writes && !execution->engine->driver->capability->transactions)
        return fill_around_group(execution);
    execution->writing = true;
    return fill_in_order(execution, last);
}

static int add_control(toasty__execution *execution, toasty_operation_kind kind)
{
    return toasty__add_operation(execution, kind) ? 0 : toasty__fail_memory(execution->error);
}

static int make_job(toasty__execution *execution)
{
    bool last;
    execution->job.count = 0;
    execution->job.atomic = false;
    if (execution->kept && !execution->begun && add_control(execution, TOASTY_OPERATION_BEGIN) < 0)
        return -1;
    if (fill_job(execution, &last) < 0)
        return -1;
    if (execution->kept && last && !execution->ended) {
        execution->ended = true;
        if (add_control(execution, TOASTY_OPERATION_COMMIT) < 0)
            return -1;
    }
    execution->begun = true;
    return 0;
}

static bool reads_only(const toasty_operation *operation)
{
    return operation->kind == TOASTY_OPERATION_SQL && !operation->statement->writes;
}

/* What stands beside a change belongs to the group too: when it fails, the change must not have happened. */
static bool is_of_group(const toasty_operation *operation)
{
    return operation->kind == TOASTY_OPERATION_SQL || operation->kind >= TOASTY_OPERATION_INSERT;
}

/* Operations that must all happen or none, and how many of them the target takes at once. */
static int decide_atomic(toasty__execution *execution)
{
    toasty_job *job = &execution->job;
    uint32_t group = 0, most = execution->engine->driver->capability->max_group;
    bool changes = false;
    if (job->count == 1)
        return 0; /* all or nothing by itself */
    for (uint32_t i = 0; i < job->count; i++) {
        group += is_of_group(&job->operations[i]);
        changes = changes || (is_of_group(&job->operations[i]) && !reads_only(&job->operations[i]));
    }
    job->atomic = changes && group > 1 && !execution->kept && !execution->session->in_transaction;
    if (job->atomic && most && group > most)
        return toasty__fail(execution->error, TOASTY_INVALID_STATEMENT,
                            "%u changes at once: %s takes at most %u all or nothing", (unsigned)group,
                            execution->engine->driver->name, (unsigned)most);
    return 0;
}

/* Takes the answers of a job; *through: nothing is left to be sent. */
static int absorb(toasty__execution *execution, bool *through)
{
    *through = !execution->kept || execution->ended;
    for (size_t i = 0; i < execution->run_count; i++) {
        toasty__running *run = &execution->runs[i];
        if (run->issued && run->kind->absorb(run, execution->error) < 0)
            return -1;
        *through = *through && run->stage >= run->stages;
    }
    return 0;
}

static void job_done(toasty_job *job)
{
    toasty__execution *execution = (toasty__execution *)((char *)job - offsetof(toasty__execution, job));
    bool through = true;
    execution->in_flight = false;
    if (job->error.code != TOASTY_OK) {
        *execution->error = job->error;
        execution->ended = false;
    } else if (absorb(execution, &through) == 0 && !through && execution->cancelled) {
        toasty__fail(execution->error, TOASTY_CANCELLED, "the operation was cancelled");
    }
    if (through || execution->error->code != TOASTY_OK)
        finish(execution);
    else
        advance(execution);
}

/* Sends what can be sent now; what needs nothing more is finished. */
static void advance(toasty__execution *execution)
{
    if (make_job(execution) < 0 || !execution->job.count ||
        (execution->writes && decide_atomic(execution) < 0)) {
        finish(execution);
        return;
    }
    execution->job.done = job_done;
    execution->job.error.code = TOASTY_OK;
    execution->in_flight = true;
    execution->session->submit(execution->session, &execution->job,
                               (execution->writes ? TOASTY__NEED_WRITE : TOASTY__NEED_READ) |
                                   (execution->kept ? TOASTY__NEED_KEEP : 0));
}

static int begin_all(toasty__execution *execution, const toasty_request *const *requests)
{
    bool several = false;
    for (size_t i = 0; i < execution->run_count; i++) {
        toasty__running *run = &execution->runs[i];
        execution->begun_runs = i + 1;
        if (toasty__begin(run, execution, requests[i], execution->error) < 0)
            return -1;
        execution->writes = execution->writes || run->kind->writes;
        several = several || run->stages > (run->quiet && execution->run_count == 1 ? 2 : 1);
    }
    execution->kept = execution->writes && several && !execution->session->in_transaction &&
                      execution->engine->driver->capability->transactions;
    return 0;
}

void toasty__execute(toasty__execution *execution, const toasty_request *const *requests, size_t count)
{
    execution->error->code = TOASTY_OK;
    toasty__arena_init_with(&execution->arena, execution->space, sizeof(execution->space), 4096);
    execution->job.operations = NULL;
    execution->operation_capacity = 0;
    execution->kept = execution->begun = execution->ended = false;
    execution->writes = execution->writing = execution->in_flight = execution->cancelled = false;
    execution->run_count = count;
    execution->begun_runs = 0;
    execution->runs = count <= SIZE_MAX / sizeof(*execution->runs)
                          ? toasty__arena_alloc(&execution->arena, count * sizeof(*execution->runs))
                          : NULL;
    if (!execution->runs)
        toasty__fail_memory(execution->error);
    if (!execution->runs || begin_all(execution, requests) < 0)
        finish(execution);
    else
        advance(execution);
}

void toasty__execution_cancel(toasty__execution *execution)
{
    execution->cancelled = true;
    if (execution->in_flight)
        execution->session->cancel(execution->session, &execution->job);
}
