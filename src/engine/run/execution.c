/* Driving an execution: stage by stage, each stage one job.
 *
 * Requests of a batch run in the order given. Those that need nothing of an earlier answer share a job, so a
 * batch of single statements is one round trip. When a batch writes and needs several jobs, they stand
 * between a BEGIN, sent with the first, and a COMMIT, sent with the last; a single job that writes more than
 * once is one atomic group of the driver. */
#include "base/container.h"
#include "base/error.h"
#include "engine/run/run.h"

static void advance(toasty__execution *execution);

static void conclude(toasty__execution *execution)
{
    bool worked = execution->error->code == TOASTY_OK;
    toasty__running *end = execution->runs + execution->begun_runs;
    toasty__task_result *result = execution->results;
    for (toasty__running *run = execution->runs; run < end; run++, result++) {
        if (worked)
            *result = (toasty__task_result){run->block ? run->block->root : NULL, run->count};
        else
            toasty__drop_result(run);
        run->kind->end(run, worked);
        toasty__plan_release(run->held);
    }
    toasty__arena_done(&execution->arena);
    execution->done(execution);
}

static void rolled_back(toasty_job *job)
{
    conclude(toasty__container(job, toasty__execution, job));
}

/* What a transaction of ours has left open is undone first. */
static void finish(toasty__execution *execution)
{
    bool worked = execution->error->code == TOASTY_OK;
    if (!execution->kept || (worked && execution->ended)) {
        conclude(execution);
        return;
    }
    execution->job.done = rolled_back;
    execution->session->calls->roll_back(execution->session, &execution->job);
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

/* Does one of the requests ahead have more to do than to ask why it changed nothing? */
static __attribute__((noinline)) bool waits(const toasty__execution *execution, const toasty__running *run)
{
    for (const toasty__running *ahead = execution->runs; ahead < run; ahead++) {
        bool asks = ahead->plan && ahead->plan->checks;
        if (ahead->issued && ahead->stage + 1 + asks < ahead->stages)
            return true;
    }
    return false;
}

/* Fills the job with what can be sent now. Where something is written, a request is not sent before those
 * ahead of it are through, so that it sees what they did. */
static int fill_in_order(toasty__execution *execution, bool *last)
{
    toasty__running *end = execution->runs + execution->run_count;
    *last = true;
    for (toasty__running *run = execution->runs; run < end; run++) {
        if (!*last && execution->writes && waits(execution, run))
            break;
        if (issue(execution, run) < 0)
            return -1;
        *last = *last && (!run->issued || run->stage + 1 >= run->stages);
    }
    return 0;
}

/* Without transactions, the changes of all requests are one group. What must be read for them comes first,
 * and so do requests in front of them that read in several stages; then all others follow in their order. */
static __attribute__((noinline)) int fill_around_group(toasty__execution *execution)
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
    *last = false;
    if (execution->writes && !execution->engine->driver->capability->transactions)
        return fill_around_group(execution);
    execution->writing = true;
    return fill_in_order(execution, last);
}

static __attribute__((noinline)) int add_control(toasty__execution *execution, toasty_operation_kind kind)
{
    return toasty__add_operation(execution, kind) ? 0 : toasty__fail_memory(execution->error);
}

/* Is one of the requests about to fail? What the others did must not stay. */
static __attribute__((noinline)) bool is_asking(const toasty__execution *execution)
{
    for (size_t i = 0; i < execution->run_count; i++) {
        const toasty__running *run = &execution->runs[i];
        if (run->issued && run->plan && run->plan->checks && run->stage && run->stage + 1 == run->stages)
            return true;
    }
    return false;
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
    if (execution->kept && last && !execution->ended && !is_asking(execution)) {
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
    toasty_operation_class class = toasty_operation_class_of(operation->kind);
    return class == TOASTY_OPERATION_CLASS_TEXT || class == TOASTY_OPERATION_CLASS_WRITE;
}

/* Operations that must all happen or none. What that is on stores that only know keys: keys/write_set.h. */
static __attribute__((noinline)) void decide_atomic(toasty__execution *execution)
{
    toasty_job *job = &execution->job;
    uint32_t group = 0;
    bool changes = false;
    for (uint32_t i = 0; i < job->count; i++) {
        group += is_of_group(&job->operations[i]);
        changes = changes || (is_of_group(&job->operations[i]) && !reads_only(&job->operations[i]));
    }
    job->atomic = changes && group > 1 && !execution->kept && !execution->session->in_transaction;
}

/* A batch failed by what it was answered. Within the caller's own transaction it is all or nothing too: what
 * it has done can only be rolled back with the rest. */
static __attribute__((noinline)) void spoil(const toasty__execution *execution)
{
    toasty__session *session = execution->session;
    if (session->in_transaction && execution->writes && execution->run_count > 1)
        session->calls->fail(session);
}

/* Takes the answers of a job; *through: nothing is left to be sent. */
static int absorb(toasty__execution *execution, bool *through)
{
    toasty__running *end = execution->runs + execution->run_count;
    *through = !execution->kept || execution->ended;
    for (toasty__running *run = execution->runs; run < end; run++) {
        if (run->issued && run->kind->absorb(run, execution->error) < 0) {
            spoil(execution);
            return -1;
        }
        run->issued = false;
        *through = *through && run->stage >= run->stages;
    }
    return 0;
}

static void job_done(toasty_job *job)
{
    toasty__execution *execution = toasty__container(job, toasty__execution, job);
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
    if (make_job(execution) < 0 || !execution->job.count) {
        finish(execution);
        return;
    }
    if (execution->writes && execution->job.count > 1) /* one is all or nothing by itself */
        decide_atomic(execution);
    execution->job.done = job_done;
    execution->job.error.code = TOASTY_OK;
    execution->in_flight = true;
    execution->session->calls->submit(execution->session, &execution->job,
                                      (execution->writes ? TOASTY__NEED_WRITE : TOASTY__NEED_READ) |
                                          (execution->kept ? TOASTY__NEED_KEEP : 0));
}

/* --- the whole --- */

/* The runs of a batch, and room for an operation of each. */
static __attribute__((noinline)) int make_runs(toasty__execution *execution, size_t count)
{
    size_t capacity = 0;
    execution->runs = toasty__arena_grow(&execution->arena, NULL, &capacity, count, sizeof(*execution->runs));
    capacity = 0;
    execution->job.operations =
        toasty__arena_grow(&execution->arena, NULL, &capacity, count, sizeof(*execution->job.operations));
    execution->operation_capacity = capacity;
    return execution->runs && execution->job.operations ? 0 : toasty__fail_memory(execution->error);
}

int toasty__execution_prepare(toasty__execution *execution, size_t count)
{
    execution->error->code = TOASTY_OK;
    toasty__arena_init_with(&execution->arena, execution->space, sizeof(execution->space), 4096);
    execution->job.operations = &execution->operation;
    execution->operation_capacity = 1;
    execution->kept = execution->begun = execution->ended = false;
    execution->writes = execution->writing = execution->in_flight = execution->cancelled = false;
    execution->run_count = count;
    execution->begun_runs = 0;
    execution->runs = &execution->run;
    return count == 1 ? 0 : make_runs(execution, count);
}

/* Whether changes need a transaction of ours: there are several jobs, and one of those after the first
 * writes. */
static bool wants_transaction(const toasty__execution *execution)
{
    bool several = false;
    for (size_t i = 0; i < execution->run_count; i++) {
        const toasty__running *run = &execution->runs[i];
        several = several || run->stages > (run->quiet && execution->run_count == 1 ? 2 : 1);
    }
    return several && !execution->session->in_transaction &&
           execution->engine->driver->capability->transactions;
}

void toasty__execution_go(toasty__execution *execution)
{
    execution->kept = execution->writes && wants_transaction(execution);
    advance(execution);
}

void toasty__execution_fail(toasty__execution *execution)
{
    finish(execution);
}
