/* Comments with a trace id: see trace.h. */
#include "db/trace.h"

#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

/* One allocation: this, the statements, and their texts. */
struct toasty__trace {
    struct {
        toasty_statement statement;
        const toasty_statement *own; /* NULL: the operation has none */
    } items[1];
};

/* As sqlcommenter writes it: https://google.github.io/sqlcommenter/spec/ */
#define COMMENT " /*traceparent='%s'*/"

static size_t room_of(const toasty_operation *operation, const char *parent)
{
    const toasty_statement *statement = operation->statement;
    return statement ? strlen(statement->sql) + sizeof COMMENT + strlen(parent) : 0;
}

struct toasty__trace *toasty__trace_begin(toasty_job *job, const char *parent)
{
    struct toasty__trace *trace;
    size_t head = sizeof *trace + job->count * sizeof *trace->items, room = 0;
    for (uint32_t i = 0; i < job->count; i++)
        room += room_of(&job->operations[i], parent);
    trace = toasty__calloc(1, head + room);
    if (!trace)
        return NULL;
    char *text = (char *)trace + head;
    for (uint32_t i = 0; i < job->count; i++) {
        toasty_operation *operation = &job->operations[i];
        trace->items[i].own = operation->statement;
        if (!operation->statement)
            continue;
        size_t size = room_of(operation, parent);
        snprintf(text, size, "%s" COMMENT, operation->statement->sql, parent);
        trace->items[i].statement = *operation->statement;
        trace->items[i].statement.sql = text;
        trace->items[i].statement.id = 0;
        operation->statement = &trace->items[i].statement;
        text += size;
    }
    return trace;
}

void toasty__trace_end(struct toasty__trace *trace, toasty_job *job)
{
    for (uint32_t i = 0; trace && i < job->count; i++)
        job->operations[i].statement = trace->items[i].own;
    toasty__free(trace);
}
