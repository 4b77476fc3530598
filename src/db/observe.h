/* What the program wants to know of a handle's operations: hooks, counters of the handle's own, a trace id in
 * the text of statements. Derived handles inherit it.
 *
 * A handle that nobody observes pays one test a job. No value of a row or a parameter is told, unless the
 * handle was opened with log_values. */
#ifndef TOASTY_DB_OBSERVE_H
#define TOASTY_DB_OBSERVE_H

#include <toasty/driver/driver.h>
#include <toasty/toasty.h>

struct toasty__slot;
struct toasty__tally;
struct toasty__trace;

enum { TOASTY__TRACE_PARENT = 55 }; /* characters of one */

typedef struct toasty__observer {
    bool on; /* anything of it: toasty__observer_decide */
    bool log_values, sql_comments;
    uint32_t slow_ms;
    toasty_event_hook hook;
    void *hook_arg;
    toasty_span_start start;
    toasty_span_end end;
    void *span_arg;
    struct toasty__tally *tally; /* of the nearest handle that is counted, or NULL */
    char trace_parent[TOASTY__TRACE_PARENT + 1];
} toasty__observer;

/* What is kept of a job between its sending and its answer. */
typedef struct toasty__observed {
    uint64_t started_us;
    void *span;
    struct toasty__trace *trace; /* its statements with comments, or NULL */
} toasty__observed;

/* After a change of another member. */
void toasty__observer_decide(toasty__observer *observer);
/* Is it the parent of a trace? https://www.w3.org/TR/trace-context/#traceparent-header */
bool toasty__is_trace_parent(const char *text);

/* The job is about to be sent on a connection, … */
void toasty__observe_sent(toasty__observed *observed, const toasty__observer *observer, toasty_job *job,
                          const struct toasty__slot *slot);
/* … was answered there, before the connection has counted it, … */
void toasty__observe_answered(toasty__observed *observed, const toasty__observer *observer, toasty_job *job,
                              const struct toasty__slot *slot);
/* … or was taken back without an answer, and will be sent again. */
void toasty__observe_moved(toasty__observed *observed, const toasty__observer *observer, toasty_job *job,
                           const struct toasty__slot *slot);

#endif
