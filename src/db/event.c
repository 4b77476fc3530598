/* What the hook of a handle is told about each operation: see event.h. */
#include "db/event.h"

#include <stdio.h>
#include <time.h>

uint64_t toasty__event_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

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
static const char *collection(const toasty_operation *operation, char *room, size_t size)
{
    const toasty_statement *statement = operation->statement;
    if (statement)
        return statement->table ? statement->table : "";
    if (!operation->model)
        return "";
    if (!operation->key.prefix || !*operation->key.prefix)
        return operation->model->table;
    snprintf(room, size, "%s%s", operation->key.prefix, operation->model->table);
    return room;
}

void toasty__event_emit(const toasty_db *db, const toasty_job *job, uint64_t started_us, uint64_t connection)
{
    bool failed = job->error.code != TOASTY_OK;
    char table[256];
    toasty_event event = {
        .system = db->pool->driver->name,
        .duration_us = toasty__event_clock() - started_us,
        .connection = connection,
    };
    for (uint32_t i = 0; i < job->count && !(failed && i > job->failed); i++) {
        const toasty_operation *operation = &job->operations[i];
        bool this_failed = failed && i == job->failed;
        event.operation = operation_name(operation);
        event.collection = collection(operation, table, sizeof table);
        event.statement = operation->statement ? operation->statement->sql : NULL;
        event.rows = this_failed ? -1 : operation->count;
        event.error = this_failed ? &job->error : NULL;
        db->hook(&event, db->hook_arg);
    }
}

void toasty_on_event(toasty_db *db, toasty_event_hook hook, void *arg)
{
    if (!db)
        return;
    db->hook = hook;
    db->hook_arg = arg;
}
