/* Telling what a handle's operations do: see observe.h. */
#include "db/observe.h"

#include "db/pool/pool.h"
#include "db/trace.h"
#include "db/values_text.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static uint64_t clock_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* --- what is observed --- */

void toasty__observer_decide(toasty__observer *observer)
{
    observer->on = observer->hook || observer->start || observer->end || observer->tally ||
                   (observer->sql_comments && *observer->trace_parent);
}

static bool is_hex(const char *text, size_t length)
{
    return strspn(text, "0123456789abcdef") >= length;
}

bool toasty__is_trace_parent(const char *text)
{
    static const struct {
        size_t at, length;
    } parts[] = {{0, 2}, {3, 32}, {36, 16}, {53, 2}};
    if (strlen(text) != TOASTY__TRACE_PARENT || strncmp(text, "ff", 2) == 0)
        return false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!is_hex(text + parts[i].at, parts[i].length) || (i && text[parts[i].at - 1] != '-'))
            return false;
    return true;
}

/* --- an operation in words --- */

enum { TABLE_ROOM = 256, VALUES_ROOM = 1024 };

static const char *operation_name(const toasty_operation *operation)
{
    static const char *const names[] = {
#define NAME(NAME, CLASS, name) name,
        TOASTY_OPERATIONS(NAME)
#undef NAME
    };
    const toasty_statement *statement = operation->statement;
    return statement && statement->operation ? statement->operation : names[operation->kind];
}

/* The table, with its prefix; `room` is for that. */
static const char *collection(const toasty_operation *operation, char room[TABLE_ROOM])
{
    const toasty_statement *statement = operation->statement;
    if (statement)
        return statement->table ? statement->table : "";
    if (!operation->model)
        return "";
    if (!operation->key.prefix || !*operation->key.prefix)
        return operation->model->table;
    snprintf(room, TABLE_ROOM, "%s%s", operation->key.prefix, operation->model->table);
    return room;
}

static const char *text_of(const toasty_operation *operation)
{
    return operation->statement ? operation->statement->sql : NULL;
}

static const char *trace_parent(const toasty__observer *observer)
{
    return *observer->trace_parent ? observer->trace_parent : NULL;
}

static const char *system_of(const toasty__slot *slot)
{
    return slot->home->pool->driver->name;
}

/* --- events --- */

static void tell_events(const toasty__observer *observer, const toasty_job *job, uint64_t duration_us,
                        const toasty__slot *slot)
{
    bool failed = job->error.code != TOASTY_OK;
    char table[TABLE_ROOM], values[VALUES_ROOM];
    toasty_event event = {
        .system = system_of(slot),
        .trace_parent = trace_parent(observer),
        .values = observer->log_values ? values : NULL,
        .duration_us = duration_us,
        .connection = slot->connection->number,
        .batch_size = job->count,
    };
    if (!failed && duration_us < observer->slow_ms * UINT64_C(1000))
        return;
    for (uint32_t i = 0; i < job->count && !(failed && i > job->failed); i++) {
        const toasty_operation *operation = &job->operations[i];
        bool this_failed = failed && i == job->failed;
        event.operation = operation_name(operation);
        event.collection = collection(operation, table);
        event.statement = text_of(operation);
        event.rows = this_failed ? -1 : operation->count;
        event.error = this_failed ? &job->error : NULL;
        if (observer->log_values)
            toasty__values_text(operation, values, sizeof values);
        observer->hook(&event, observer->hook_arg);
    }
}

void toasty_log_event(const toasty_event *event, void *file)
{
    FILE *out = file ? file : stderr;
    flockfile(out);
    fprintf(out, "%s %llu.%llu ms, ", event->system, (unsigned long long)event->duration_us / 1000,
            (unsigned long long)event->duration_us % 1000 / 100);
    if (event->error)
        fprintf(out, "%s", toasty_code_name(event->error->code));
    else
        fprintf(out, "%lld row%s", (long long)event->rows, event->rows == 1 ? "" : "s");
    fprintf(out, ": %s", event->statement ? event->statement : event->operation);
    if (!event->statement && *event->collection)
        fprintf(out, " %s", event->collection);
    if (event->values && *event->values)
        fprintf(out, " [%s]", event->values);
    fputc('\n', out);
    funlockfile(out);
}

/* --- spans --- */

/* What a span says of a job; `name` and `table` are room. */
static toasty_span span_of(const toasty__observer *observer, const toasty_job *job, const toasty__slot *slot,
                           char name[TABLE_ROOM + 32], char table[TABLE_ROOM])
{
    const toasty_operation *first = job->operations;
    const char *what = job->count > 1 ? "BATCH" : operation_name(first), *of = collection(first, table);
    snprintf(name, TABLE_ROOM + 32, "%s%s%s", what, *of && job->count == 1 ? " " : "",
             job->count == 1 ? of : "");
    return (toasty_span){.name = name,
                         .system = system_of(slot),
                         .operation = what,
                         .collection = of,
                         .statement = text_of(first),
                         .trace_parent = trace_parent(observer),
                         .connection = slot->connection->number,
                         .batch_size = job->count,
                         .rows = -1};
}

static void begin_span(toasty__observed *observed, const toasty__observer *observer, const toasty_job *job,
                       const toasty__slot *slot)
{
    char name[TABLE_ROOM + 32], table[TABLE_ROOM];
    toasty_span span = span_of(observer, job, slot, name, table);
    observed->span = observer->start(&span, observer->span_arg);
}

static void end_span(toasty__observed *observed, const toasty__observer *observer, const toasty_job *job,
                     const toasty__slot *slot)
{
    char name[TABLE_ROOM + 32], table[TABLE_ROOM];
    toasty_span span = span_of(observer, job, slot, name, table);
    bool failed = job->error.code != TOASTY_OK;
    span.rows = failed ? -1 : (int64_t)toasty__rows_of(job);
    span.error = failed ? &job->error : NULL;
    observer->end(observed->span, &span, observer->span_arg);
}

/* --- counting --- */

/* What the connection has counted since it was answered last goes to the handle. */
static void count(toasty__tally *tally, const toasty_job *job, const toasty__slot *slot)
{
    toasty__tally now = {0};
    for (int i = 0; i < TOASTY__COUNTS; i++)
        toasty__tally_set(&now, (toasty__count)i, toasty__tally_of(&slot->tally, (toasty__count)i));
    toasty__tally_job(&now, job, slot->connection);
    for (int i = 0; i < TOASTY__COUNTS; i++)
        atomic_fetch_add_explicit(&tally->counts[i],
                                  toasty__tally_of(&now, (toasty__count)i) -
                                      toasty__tally_of(&slot->tally, (toasty__count)i),
                                  memory_order_relaxed);
}

/* --- a job --- */

void toasty__observe_sent(toasty__observed *observed, const toasty__observer *observer, toasty_job *job,
                          const toasty__slot *slot)
{
    *observed = (toasty__observed){.started_us = observer->hook ? clock_us() : 0};
    if (observer->start)
        begin_span(observed, observer, job, slot);
    if (observer->sql_comments && *observer->trace_parent)
        observed->trace = toasty__trace_begin(job, observer->trace_parent);
}

void toasty__observe_moved(toasty__observed *observed, const toasty__observer *observer, toasty_job *job,
                           const toasty__slot *slot)
{
    toasty__trace_end(observed->trace, job);
    if (observer->end)
        end_span(observed, observer, job, slot);
}

void toasty__observe_answered(toasty__observed *observed, const toasty__observer *observer, toasty_job *job,
                              const toasty__slot *slot)
{
    toasty__observe_moved(observed, observer, job, slot);
    if (observer->tally)
        count(observer->tally, job, slot);
    if (observer->hook)
        tell_events(observer, job, clock_us() - observed->started_us, slot);
}
