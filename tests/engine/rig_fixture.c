/* The rig: a session that submits to the key-value store, or notes and answers by itself. See rig.h. */
#include "engine/rig.h"

#include "base/container.h"
#include "fiber/reactor.h"

#include <stdio.h>
#include <string.h>

extern const toasty_driver toasty_keyvalue_driver;

/* Adds a line to a note, as long as there is room. */
static void note(char *notes, size_t size, const char *text)
{
    size_t used = strlen(notes);
    if (used + strlen(text) + 2 <= size)
        snprintf(notes + used, size - used, "%s\n", text);
}

static void note_values(rig *rig, const toasty_operation *operation)
{
    char line[1024] = "";
    for (uint32_t i = 0; i < operation->value_count; i++) {
        const toasty_value *value = &operation->values[i];
        size_t used = strlen(line);
        const char *comma = i ? ", " : "";
        if (value->kind == TOASTY_VALUE_INT)
            snprintf(line + used, sizeof(line) - used, "%s%lld", comma, (long long)value->as.integer);
        else if (value->kind == TOASTY_VALUE_TEXT)
            snprintf(line + used, sizeof(line) - used, "%stext %s", comma, value->as.text);
        else
            snprintf(line + used, sizeof(line) - used, "%skind %d", comma, value->kind);
    }
    note(rig->values, sizeof(rig->values), line);
}

static void note_operation(rig *rig, const toasty_operation *operation)
{
    static const char *const names[] = {
#define NAME(NAME, CLASS, name) #NAME,
        TOASTY_OPERATIONS(NAME)
#undef NAME
    };
    if (operation->kind == TOASTY_OPERATION_SQL)
        note(rig->text, sizeof(rig->text), operation->statement->sql);
    else
        note(rig->text, sizeof(rig->text), names[operation->kind]);
    bool reads = toasty_operation_class_of(operation->kind) == TOASTY_OPERATION_CLASS_READ;
    rig->current_reads += reads && operation->key.current;
    if (operation->kind == TOASTY_OPERATION_SQL)
        note_values(rig, operation);
    rig->operations++;
}

static void submit(toasty__session *session, toasty_job *job, unsigned needs)
{
    rig *of = (rig *)session;
    of->jobs++;
    of->atomic_jobs += job->atomic;
    of->kept_jobs += (needs & TOASTY__NEED_KEEP) != 0;
    of->largest_job = job->count > of->largest_job ? job->count : of->largest_job;
    for (uint32_t i = 0; i < job->count; i++)
        note_operation(of, &job->operations[i]);
    note(of->text, sizeof(of->text), "--");
    note(of->values, sizeof(of->values), "--");
    if (of->before_job)
        of->before_job(of);
    if (of->connection) {
        of->engine.driver->submit(of->connection, job);
        return;
    }
    for (uint32_t i = 0; i < job->count && of->answer && job->error.code == TOASTY_OK; i++) {
        of->answer(of, &job->operations[i]);
        job->error = of->refusal;
        job->failed = i;
    }
    job->done(job);
}

static void cancel(toasty__session *session, toasty_job *job)
{
    rig *of = (rig *)session;
    if (of->connection)
        of->engine.driver->cancel(of->connection, job);
}

static void roll_back(toasty__session *session, toasty_job *job)
{
    ((rig *)session)->rolled_back = true;
    job->done(job);
}

static void connected(toasty_connect *connect)
{
    (void)connect;
}

static void prepare(rig *rig)
{
    static const toasty__session_calls calls = {submit, cancel, roll_back, NULL, NULL};
    memset(rig, 0, sizeof(*rig));
    rig->session.calls = &calls;
}

void rig_open(rig *rig, const char *url)
{
    toasty_error err;
    prepare(rig);
    check_int(0, toasty__url_parse(&rig->url, url, &err));
    check_int(0, toasty_keyvalue_driver.open(&rig->url, &rig->database, &err));
    rig->reactor = toasty__reactor_of_thread(&err);
    check_that(rig->reactor != NULL);
    toasty_connect connect = {.reactor = rig->reactor, .done = connected};
    toasty_keyvalue_driver.connect(&rig->database, &connect);
    check_that(connect.connection != NULL);
    rig->connection = connect.connection;
    const toasty_driver *driver = rig->database.driver ? rig->database.driver : &toasty_keyvalue_driver;
    toasty__engine_init(&rig->engine, &engine_schema, driver, "", 64);
}

void rig_record(rig *rig, const toasty_capability *capability, const struct toasty__dialect *dialect,
                rig_answer answer)
{
    prepare(rig);
    rig->driver = (toasty_driver){.name = capability->target, .capability = capability, .dialect = dialect};
    rig->answer = answer;
    toasty__engine_init(&rig->engine, &engine_schema, &rig->driver, "", 64);
}

void rig_close(rig *rig)
{
    toasty__engine_done(&rig->engine);
    if (!rig->connection)
        return;
    toasty_keyvalue_driver.detach(rig->connection);
    toasty_keyvalue_driver.disconnect(rig->connection);
    toasty_keyvalue_driver.close(&rig->database);
    toasty__url_done(&rig->url);
    toasty__reactor_release(rig->reactor);
}

void rig_forget(rig *rig)
{
    rig->current_reads = rig->jobs = rig->operations = rig->atomic_jobs = rig->largest_job = rig->kept_jobs =
        0;
    rig->text[0] = rig->values[0] = '\0';
    rig->rolled_back = false;
}

static void operation_done(toasty_job *job)
{
    ((rig *)job->session)->done = true;
}

void rig_do(rig *rig, toasty_operation *operation)
{
    toasty_job job = {.operations = operation, .count = 1, .done = operation_done, .session = rig};
    rig->done = false;
    rig->engine.driver->submit(rig->connection, &job);
    while (!rig->done)
        check_int(0, toasty__reactor_turn(rig->reactor));
    check_int(TOASTY_OK, job.error.code);
}

/* An execution, and the rig that it runs on. */
typedef struct rig_call {
    toasty__execution execution;
    rig *rig;
} rig_call;

static void executed(toasty__execution *execution)
{
    toasty__container(execution, rig_call, execution)->rig->done = true;
}

int rig_run_all(rig *rig, const toasty_request *const *requests, size_t count, toasty__task_result *results)
{
    rig_call call;
    toasty__execution *execution = &call.execution;
    call.rig = rig;
    memset(results, 0, count * sizeof(*results));
    rig->done = false;
    memset(&rig->error, 0, sizeof(rig->error));
    execution->engine = &rig->engine;
    execution->session = &rig->session;
    execution->done = executed;
    execution->error = &rig->error;
    execution->results = results;
    toasty__execute(execution, requests, count);
    if (rig->after_submit && !rig->done)
        rig->after_submit(rig, execution);
    while (!rig->done)
        check_int(0, toasty__reactor_turn(rig->reactor));
    return rig->error.code == TOASTY_OK ? 0 : -1;
}

void *rig_run(rig *rig, const toasty_request *request)
{
    toasty__task_result result;
    return rig_run_all(rig, (const toasty_request *const[]){request}, 1, &result) < 0 ? NULL : result.root;
}

int64_t rig_count(rig *rig, const toasty_request *request)
{
    toasty__task_result result;
    if (rig_run_all(rig, (const toasty_request *const[]){request}, 1, &result) < 0)
        return -1;
    toasty_free(result.root);
    return result.count;
}
