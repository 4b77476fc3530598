/* The operations of a job: added one by one, with the values that their parameters are bound to. */
#include "base/error.h"
#include "base/utf8.h"
#include "engine/plan/statement.h"
#include "engine/run/relate.h"
#include "engine/run/run.h"
#include <string.h>

static __attribute__((noinline)) int make_room(toasty__execution *execution)
{
    toasty_job *job = &execution->job;
    toasty_operation *operations =
        toasty__arena_grow(&execution->arena, job->operations, &execution->operation_capacity,
                           job->count + (size_t)1, sizeof(*operations));
    if (!operations)
        return -1;
    job->operations = operations;
    return 0;
}

static inline toasty_operation *next_operation(toasty__execution *execution)
{
    toasty_job *job = &execution->job;
    if (job->count == execution->operation_capacity && make_room(execution) < 0)
        return NULL;
    return &job->operations[job->count++];
}

toasty_operation *toasty__add_operation(toasty__execution *execution, toasty_operation_kind kind)
{
    toasty_operation *operation = next_operation(execution);
    if (operation) {
        *operation = (toasty_operation){.kind = (uint8_t)kind};
        operation->key.prefix = execution->engine->prefix;
    }
    return operation;
}

/* Member by member: a few wide stores. */
static inline toasty_operation *add_statement(toasty__execution *execution, const toasty_statement *statement,
                                              const toasty_model *model)
{
    toasty_operation *operation = next_operation(execution);
    if (!operation)
        return NULL;
    operation->kind = TOASTY_OPERATION_SQL;
    operation->isolation = operation->lock = 0;
    operation->read_only = operation->must_not_exist = operation->must_exist = false;
    operation->key_step = 0;
    operation->level = 0;
    operation->statement = statement;
    operation->values = NULL;
    operation->value_count = operation->row_count = 0;
    operation->model = model;
    operation->fields = NULL;
    operation->changes = NULL;
    operation->sink = NULL;
    operation->count = operation->made_key = 0;
    operation->continuation = NULL;
    return operation;
}

toasty_operation *toasty__add_statement(toasty__execution *execution, const toasty_statement *statement,
                                        const toasty_model *model)
{
    return add_statement(execution, statement, model);
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

/* Nobody has more rows than the largest number. */
static int64_t one_more(int64_t number)
{
    return number < INT64_MAX ? number + 1 : number;
}

const toasty_value *toasty__bind_others(toasty__running *run, const toasty__step *step,
                                        const toasty__gathered *gathered)
{
    const toasty_value *values = run->shape.values;
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
            bound[i] =
                (toasty_value){.kind = TOASTY_VALUE_INT, .as.integer = one_more(values[index].as.integer)};
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

static inline void fill(toasty_operation *operation, const toasty__step *step, const toasty_value *values,
                        toasty_sink *sink)
{
    operation->values = values;
    operation->value_count = step->bind_count;
    operation->sink = sink;
}

/* The text is not written yet, or depends on the keys; values must be gathered, or room be made. */
static __attribute__((noinline)) int add_otherwise(toasty__running *run, toasty__step *step,
                                                   const toasty__gathered *gathered, toasty_sink *sink,
                                                   toasty_error *err)
{
    const toasty_statement *statement = toasty__plan_statement(run->execution->engine, run->plan, step,
                                                               gathered ? gathered->key_count : 0, err);
    if (!statement)
        return -1;
    const toasty_value *values = toasty__bind_values(run, step, gathered);
    toasty_operation *operation = add_statement(run->execution, statement, step->table);
    if (!values || !operation)
        return toasty__fail_memory(err);
    fill(operation, step, values, sink);
    return 0;
}

int toasty__add_sql(toasty__running *run, toasty__step *step, const toasty__gathered *gathered,
                    toasty_sink *sink, toasty_error *err)
{
    toasty__execution *execution = run->execution;
    const toasty_statement *statement = toasty__written_statement(step);
    if (!statement || !step->direct || execution->job.count == execution->operation_capacity)
        return add_otherwise(run, step, gathered, sink, err);
    fill(add_statement(execution, statement, step->table), step, run->shape.values, sink);
    return 0;
}

/* --- answers in pieces --- */

/* Keeps the operations whose answer goes on, for the next job of the same stage. */
int toasty__keep_rest(toasty__running *run, toasty_error *err)
{
    const toasty_operation *operations = toasty__run_operations(run);
    for (uint32_t i = 0; i < run->operation_count; i++) {
        const toasty_operation *operation = &operations[i];
        if (!operation->continuation ||
            (operation->key.limit && operation->count >= (int64_t)operation->key.limit))
            continue;
        toasty_operation *grown = toasty__arena_grow(&run->execution->arena, run->rest, &run->rest_capacity,
                                                     run->rest_count + 1, sizeof(*grown));
        if (!grown)
            return toasty__fail_memory(err);
        run->rest = grown;
        toasty_operation *rest = &run->rest[run->rest_count++];
        *rest = *operation;
        rest->key.after = operation->continuation;
        if (rest->key.limit)
            rest->key.limit -= (uint32_t)operation->count;
        rest->continuation = NULL;
        rest->count = 0;
    }
    return 0;
}

/* Answers that did not come in one piece: asks for the rest. */
int toasty__issue_rest(toasty__running *run, toasty_error *err)
{
    size_t count = run->rest_count;
    toasty_operation *rest = run->rest;
    run->rest_count = 0;
    for (size_t i = 0; i < count; i++) {
        toasty_operation *operation =
            toasty__add_operation(run->execution, (toasty_operation_kind)rest[i].kind);
        if (!operation)
            return toasty__fail_memory(err);
        *operation = rest[i];
    }
    return 0;
}
