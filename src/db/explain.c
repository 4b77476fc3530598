/* What an operation would send, as text, and what the database thinks of it.
 *
 * The operation goes the way of every call, as far as the session: the one here takes its jobs and writes
 * down their statements, asks for their plans, or also runs them, in a transaction that is rolled back. Where
 * nothing runs, each statement is answered with a row that stands in for those that it would find, so that
 * what follows from it comes too. Records and variables of the program stay as they are.
 *
 * No value of a sensitive field gets into a text. Some databases show values in their plans, so others stand
 * in for those that a statement is given; and since a plan that ran with others would tell nothing, such a
 * statement is not run for its plan. Some also show what is in rows that they read to make a plan: what looks
 * at a sensitive column is explained there in a form that has no values. */
#include "base/context.h"
#include "base/error.h"
#include "base/time.h"
#include "base/utf8.h"
#include "core/request_check.h"
#include "core/stand_in.h"
#include "db/batch.h"
#include "db/command.h"
#include "db/raw_rows.h"
#include "db/transaction.h"
#include "db/values_text.h"
#include "sql/dialect.h"

#include <string.h>

typedef enum explain_mode { LISTS, EXPLAINS, ANALYZES } explain_mode;

typedef struct explanation {
    toasty__session base; /* first: what the engine sees */
    explain_mode mode;
    bool in_vain; /* the execution knows of it */
    toasty_db *db;
    uint64_t deadline_ms;    /* 0: none */
    toasty__command command; /* of LISTS the session alone has begun, and gets no connection */
    toasty__buffer text;
    toasty__execution execution;
} explanation;

#define INDENTED "    "

static const toasty__dialect *dialect_of(const explanation *e)
{
    return e->db->pool->driver->dialect;
}

/* --- plans as text --- */

static void add_line(toasty__buffer *text, unsigned depth, const char *line, size_t length)
{
    toasty__buffer_text(text, INDENTED);
    for (unsigned i = 0; i < depth; i++)
        toasty__buffer_text(text, "  ");
    toasty__buffer_add(text, line, length);
    toasty__buffer_char(text, '\n');
}

static void add_lines(toasty__buffer *text, const char *lines)
{
    while (lines && *lines) {
        size_t length = strcspn(lines, "\n");
        add_line(text, 0, lines, length);
        lines += length + (lines[length] == '\n');
    }
}

static bool same_text(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* How many nodes are above the one of that row; they come before it. */
static unsigned depth_of(const toasty_rows *rows, size_t row)
{
    unsigned depth = 0;
    const char *parent = toasty_cell(rows, row, 1);
    while (row-- > 0)
        if (same_text(toasty_cell(rows, row, 0), parent)) {
            parent = toasty_cell(rows, row, 1);
            depth++;
        }
    return depth;
}

static void add_node(toasty__buffer *text, const toasty_rows *rows, size_t row)
{
    const char *what = toasty_cell(rows, row, rows->column_count - 1);
    if (what)
        add_line(text, depth_of(rows, row), what, strlen(what));
}

/* A row of several columns: what they are called, and what is in those that have something. */
static void add_columns(toasty__buffer *text, const toasty_rows *rows, size_t row)
{
    const char *between = INDENTED;
    for (size_t c = 0; c < rows->column_count; c++) {
        const char *cell = toasty_cell(rows, row, c);
        if (!cell)
            continue;
        toasty__buffer_printf(text, "%s%s: %s", between, rows->columns[c], cell);
        between = ", ";
    }
    toasty__buffer_char(text, '\n');
}

static void add_plan(explanation *e, const toasty_rows *rows)
{
    if (!rows->len) /* some databases just insert */
        add_lines(&e->text, "(nothing to plan)");
    for (size_t row = 0; row < rows->len; row++)
        if (toasty__sql_explains_by_nodes(dialect_of(e)))
            add_node(&e->text, rows, row);
        else if (rows->column_count == 1)
            add_lines(&e->text, toasty_cell(rows, row, 0));
        else
            add_columns(&e->text, rows, row);
}

/* --- asking for a plan --- */

/* A plan in the asking. */
typedef struct question {
    toasty_statement statement;
    toasty_operation operation;
    toasty__raw_rows rows;
    toasty__buffer text;
    const char *words;
    const char *excuse; /* why it is not run; NULL: it is, or nobody wanted that */
    bool runs;
} question;

static const toasty_field *sensitive_field(const toasty_operation *of, uint32_t i)
{
    const toasty_parameter *parameter = toasty__value_parameter(of, i);
    const toasty_field *field = parameter ? parameter->field : NULL;
    return field && field->flags & TOASTY_FIELD_SENSITIVE ? field : NULL;
}

static bool has_sensitive(const toasty_operation *of)
{
    for (uint32_t i = 0; i < of->value_count; i++)
        if (sensitive_field(of, i))
            return true;
    return false;
}

/* The values of an operation without those that nobody may see. NULL when out of memory. */
static const toasty_value *harmless_values(explanation *e, const toasty_operation *of)
{
    toasty__arena *arena = &e->execution.arena;
    toasty_value *values = toasty__arena_copy(arena, of->values, of->value_count * sizeof(*values));
    for (uint32_t i = 0; values && i < of->value_count; i++) {
        const toasty_field *field = sensitive_field(of, i);
        if (field && values[i].kind != TOASTY_VALUE_LIST)
            values[i] = toasty__stand_in(field);
        else if (field && !toasty__stand_in_list(field, &of->values[i], arena, &values[i]))
            return NULL;
    }
    return values;
}

static bool looks_at_sensitive(const explanation *e, const char *sql, const toasty_model *model)
{
    for (uint16_t f = 0; f < model->field_count; f++)
        if (model->fields[f].flags & TOASTY_FIELD_SENSITIVE &&
            toasty__sql_looks_at(dialect_of(e), sql, model->fields[f].column))
            return true;
    return false;
}

/* Could the plan show what a row has in a sensitive column, be it of another model that has to do with it? */
static bool could_show(const explanation *e, const char *sql)
{
    const toasty_schema *schema = e->db->pool->engine.schema;
    bool shows = false;
    for (size_t m = 0; !shows && toasty__sql_explains_discreetly(dialect_of(e)) && m < schema->model_count;
         m++)
        shows = looks_at_sensitive(e, sql, schema->models[m]);
    return shows;
}

static void choose_words(const explanation *e, const toasty_operation *of, bool sensitive, question *q)
{
    bool writes = of->statement->writes, discreet = could_show(e, of->statement->sql);
    bool secret = sensitive || discreet;
    q->words = e->mode == ANALYZES && !secret ? toasty__sql_explains(dialect_of(e), writes, true) : NULL;
    q->runs = q->words != NULL;
    if (!q->runs)
        q->words = discreet ? toasty__sql_explains_discreetly(dialect_of(e))
                            : toasty__sql_explains(dialect_of(e), writes, false);
    q->excuse = q->runs || e->mode != ANALYZES ? NULL
                : secret                       ? "(not analyzed: a value of it is sensitive)"
                                               : "(not analyzed: the database does that to reads alone)";
}

/* Everything but the rows, which the caller has. */
static int make_question(explanation *e, const toasty_operation *of, question *q, toasty_error *err)
{
    bool sensitive = has_sensitive(of);
    choose_words(e, of, sensitive, q);
    toasty__buffer_text(&q->text, q->words);
    toasty__buffer_text(&q->text, of->statement->sql);
    const toasty_value *values = sensitive ? harmless_values(e, of) : of->values;
    if (q->text.failed || (sensitive && !values))
        return toasty__fail_memory(err);
    q->statement = *of->statement;
    q->statement.id = 0;
    q->statement.sql = q->text.bytes;
    q->statement.operation = "EXPLAIN";
    q->statement.returns_rows = q->statement.text_results = true;
    q->statement.writes = q->runs && of->statement->writes;
    q->statement.upserts = false;
    q->operation = (toasty_operation){.kind = TOASTY_OPERATION_SQL,
                                      .statement = &q->statement,
                                      .values = values,
                                      .value_count = of->value_count,
                                      .row_count = of->row_count,
                                      .sink = &q->rows.sink};
    return 0;
}

static int run_job(explanation *e, toasty_operation *operations, uint32_t count, toasty_error *err)
{
    uint64_t now = e->deadline_ms ? toasty__now_ms() : 0;
    uint32_t left = !e->deadline_ms ? 0 : now < e->deadline_ms ? (uint32_t)(e->deadline_ms - now) : 1;
    return toasty__command_run(&e->command, operations, count,
                               e->mode == ANALYZES ? TOASTY__NEED_WRITE : TOASTY__NEED_READ, left, err);
}

/* What is written for its plan is undone at once: it will be written once more. */
static int ask(explanation *e, question *q, toasty_error *err)
{
    if (!q->statement.writes)
        return run_job(e, &q->operation, 1, err);
    uint32_t level = e->db->level + 1;
    toasty_operation operations[] = {{.kind = TOASTY_OPERATION_SAVEPOINT, .level = level},
                                     q->operation,
                                     {.kind = TOASTY_OPERATION_ROLLBACK_TO, .level = level},
                                     {.kind = TOASTY_OPERATION_RELEASE, .level = level}};
    return run_job(e, operations, 4, err);
}

static int add_answer(explanation *e, question *q, toasty_error *err)
{
    toasty_rows *rows = toasty__raw_rows_publish(&q->rows, err);
    if (!rows)
        return -1;
    if (q->excuse)
        add_lines(&e->text, q->excuse);
    add_plan(e, rows);
    toasty__auto_free(&rows);
    return 0;
}

static int explain(explanation *e, const toasty_operation *of, toasty_error *err)
{
    question q = {.words = NULL};
    if (toasty__raw_rows_init(&q.rows, NULL, err) < 0)
        return -1;
    q.rows.any_text = true; /* of a key of bytes, in the words of the database */
    toasty__buffer_init(&q.text);
    int status = make_question(e, of, &q, err) < 0 || ask(e, &q, err) < 0 ? -1 : 0;
    if (status < 0)
        toasty__raw_rows_drop(&q.rows);
    else
        status = add_answer(e, &q, err);
    toasty__buffer_done(&q.text);
    return status;
}

/* --- what the execution sees: a session --- */

/* As if it had found, or changed, one row for each that is there to be filled or sent. */
static int stand_in(toasty_operation *operation, toasty_error *err)
{
    operation->count = operation->row_count > 1 ? operation->row_count : 1;
    operation->made_key = operation->count;
    operation->key_step = 1;
    return !operation->sink || toasty__stand_in_rows(operation->sink) ? 0 : toasty__fail_memory(err);
}

static void list_control(explanation *e, const toasty_operation *operation)
{
    char text[TOASTY__CONTROL_TEXT];
    toasty__sql_control(dialect_of(e), operation, text, sizeof text);
    if (e->mode == LISTS)
        toasty__buffer_printf(&e->text, "%s;\n", text);
}

static int take_operation(explanation *e, toasty_operation *operation, toasty_error *err)
{
    if (operation->kind != TOASTY_OPERATION_SQL) {
        list_control(e, operation);
        return 0;
    }
    toasty__buffer_text(&e->text, operation->statement->sql);
    toasty__buffer_text(&e->text, e->mode == LISTS ? ";\n" : "\n");
    if (e->mode != LISTS && explain(e, operation, err) < 0)
        return -1;
    return e->mode == ANALYZES ? run_job(e, operation, 1, err) : stand_in(operation, err);
}

static int take_operations(explanation *e, toasty_job *job)
{
    for (job->failed = 0; job->failed < job->count; job->failed++)
        if (take_operation(e, &job->operations[job->failed], &job->error) < 0)
            return -1;
    return 0;
}

/* All of it happens inside: nothing is ever under way. */
static void submit(toasty__session *base, toasty_job *job, unsigned needs)
{
    explanation *e = (explanation *)base;
    (void)needs;
    if (!e->in_vain && toasty__execution_in_vain(&e->execution, &job->error) < 0) {
        job->done(job);
        return;
    }
    e->in_vain = true;
    if (job->atomic)
        list_control(e, &(toasty_operation){.kind = TOASTY_OPERATION_BEGIN});
    if (take_operations(e, job) == 0 && job->atomic)
        list_control(e, &(toasty_operation){.kind = TOASTY_OPERATION_COMMIT});
    job->done(job);
}

static void cancel(toasty__session *base, toasty_job *job)
{
    (void)base, (void)job;
}

static void roll_back(toasty__session *base, toasty_job *job)
{
    (void)base;
    job->done(job);
}

static int check_lock(const toasty__session *base, toasty_error *err)
{
    const toasty__session *real = &((const explanation *)base)->command.session.base;
    return real->calls->check_lock(real, err);
}

static void fail(toasty__session *base)
{
    (void)base;
}

static void executed(toasty__execution *execution)
{
    (void)execution;
}

/* --- calls --- */

static int begin(explanation *e, toasty_db *db, explain_mode mode, toasty_error *err)
{
    static const toasty__session_calls calls = {submit, cancel, roll_back, check_lock, fail};
    e->mode = mode;
    e->in_vain = false;
    e->db = db;
    e->deadline_ms = db->timeout_ms && mode != LISTS ? toasty__now_ms() + db->timeout_ms : 0;
    if (mode == LISTS)
        toasty__session_begin(&e->command.session, db, NULL, toasty__context_current());
    else if (toasty__command_begin(&e->command, db, false, err) < 0)
        return -1;
    e->base.calls = &calls;
    e->base.in_transaction = e->command.session.base.in_transaction;
    toasty__buffer_init(&e->text);
    return 0;
}

static void end(explanation *e)
{
    toasty__buffer_done(&e->text);
    if (e->mode == LISTS)
        toasty__session_end(&e->command.session);
    else
        toasty__command_end(&e->command);
}

/* Bytes of values that are no text become question marks. */
static void make_valid(char *text, size_t length)
{
    for (size_t at = 0, size = 1; at < length; at += size, size = 1) {
        while (size <= 4 && at + size <= length && !toasty__utf8_valid(text + at, size))
            size++;
        if (size > 4 || at + size > length)
            text[at] = '?', size = 1;
    }
}

static const char *publish(const toasty__buffer *text, toasty_error *err)
{
    toasty__block *block = text->failed ? NULL : toasty__block_new(NULL, text->length + 1, 0);
    if (block && text->length)
        make_valid(memcpy(block->root, text->bytes, text->length), text->length);
    if (block && toasty__block_publish(block) == 0)
        return block->root;
    toasty__block_free(block);
    toasty__fail_memory(err);
    return NULL;
}

static const char *run(explanation *e, const toasty__op_requests *all, toasty_error *err)
{
    toasty__execution *execution = &e->execution;
    execution->job.deadline_ms = 0;
    execution->engine = &e->db->pool->engine;
    execution->session = &e->base;
    execution->done = executed;
    execution->error = err;
    execution->results = all->results;
    toasty__execute(execution, all->requests, all->count);
    if (err->code != TOASTY_OK)
        return NULL;
    for (size_t i = 0; i < all->count; i++)
        toasty__auto_free(&all->results[i].root);
    return publish(&e->text, err);
}

/* The handle and the operation were checked. */
static const char *explain_on(toasty_db *db, const toasty_op *op, explain_mode mode, toasty_error *err)
{
    explanation e;
    toasty__arena arena;
    toasty__op_requests all;
    const char *text = NULL;
    if (begin(&e, db, mode, err) < 0)
        return NULL;
    toasty__arena_init(&arena, 0);
    if (toasty__op_requests_make(&all, &arena, op, 1) < 0)
        toasty__fail_memory(err);
    else
        text = run(&e, &all, err);
    toasty__arena_done(&arena);
    end(&e);
    return text;
}

/* Freeing the transaction rolls it back, and touches no error. */
static const char *analyze(toasty_db *db, const toasty_op *op, toasty_error *err)
{
    toasty_auto(toasty_db) transaction = toasty_begin(db);
    return transaction ? explain_on(transaction, op, ANALYZES, err) : NULL;
}

static int check(toasty_db *db, const toasty_op *op, bool analyze, toasty__context *context)
{
    toasty_error *err = &context->error;
    if (toasty__handle_check(db, context) < 0)
        return -1;
    const toasty_capability *can = db->pool->driver->capability;
    if (!can->explain)
        return toasty__fail(err, TOASTY_UNSUPPORTED, "%s has no statements that could be shown or explained",
                            can->target);
    if (analyze && !can->analyze)
        return toasty__fail(err, TOASTY_UNSUPPORTED,
                            "%s tells nothing of a plan that ran: leave .analyze out", can->target);
    if (!op->request.model)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "the operation is absent");
    return toasty__request_check(&op->request, err);
}

const char *toasty_statements(toasty_db *db, toasty_op op)
{
    toasty__context *context = toasty__context_current();
    return check(db, &op, false, context) < 0 ? NULL : explain_on(db, &op, LISTS, &context->error);
}

const char *toasty_explain_(toasty_db *db, toasty_op op, const toasty_explain_options *options)
{
    toasty__context *context = toasty__context_current();
    bool runs = options && options->analyze;
    if (check(db, &op, runs, context) < 0)
        return NULL;
    return runs ? analyze(db, &op, &context->error) : explain_on(db, &op, EXPLAINS, &context->error);
}
