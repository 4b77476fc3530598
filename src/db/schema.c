/* Making and dropping the tables of a schema, in one transaction where the database can.
 *
 * What the models want (the schema's text, through the mapping of the database) is compared with what is
 * there; of the changes between them a push does those that only add, when there are no others. Where
 * databases have SQL, what is there is read from their catalogue and a change is a statement; others are
 * asked by operations of the driver's own. */
#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "core/names.h"
#include "db/command.h"
#include "db/raw.h"
#include "schema/diff.h"
#include "schema/mapping.h"
#include "sql/ddl.h"
#include "sql/dialect.h"

#include <stdio.h>
#include <string.h>

/* How one kind of database is asked and told. */
typedef struct front {
    /* Adds what is there to the store. */
    int (*describe)(toasty_db *db, toasty__store *store, toasty_error *err);
    int (*change)(toasty_db *db, const toasty__change *change, toasty_error *err);
} front;

/* --- with SQL --- */

static const toasty__sql_schema *dialect_of(const toasty_db *db)
{
    const toasty__dialect *dialect = db->pool->driver->dialect;
    return dialect ? dialect->schema : NULL;
}

static int describe_by_queries(toasty_db *db, toasty__store *store, toasty_error *err)
{
    const toasty__sql_schema *dialect = dialect_of(db);
    toasty_rows *answers[TOASTY__MOST_QUERIES] = {NULL};
    int status = 0;
    for (size_t i = 0; status == 0 && i < TOASTY__MOST_QUERIES && dialect->queries[i]; i++)
        status = toasty__raw_run(db, dialect->queries[i], &answers[i], err);
    if (status == 0)
        status = dialect->read(store, (const toasty_rows *const *)answers, err);
    for (size_t i = 0; i < TOASTY__MOST_QUERIES; i++)
        toasty__auto_free(&answers[i]);
    return status;
}

static int change_by_statement(toasty_db *db, const toasty__change *change, toasty_error *err)
{
    toasty__buffer text;
    toasty__buffer_init(&text);
    int status = toasty__ddl_change(dialect_of(db), change, &text, err);
    if (status > 0)
        status = toasty__raw_run(db, text.bytes, NULL, err);
    toasty__buffer_done(&text);
    return status;
}

static const front sql_front = {describe_by_queries, change_by_statement};

/* --- without SQL --- */

static int run_operations(toasty_db *db, toasty_operation *operations, uint32_t count, toasty_error *err)
{
    toasty__command command;
    for (uint32_t i = 0; i < count; i++)
        operations[i].key.prefix = db->pool->prefix;
    if (toasty__command_begin(&command, db, false, err) < 0)
        return -1;
    int status = toasty__command_run(&command, operations, count, TOASTY__NEED_WRITE | TOASTY__NEED_KEEP,
                                     db->timeout_ms, err);
    toasty__command_end(&command);
    return status;
}

/* All tables together. */
static int describe_by_operations(toasty_db *db, toasty__store *store, toasty_error *err)
{
    const toasty_schema *schema = db->pool->engine.schema;
    toasty_operation *operations = toasty__calloc(schema->model_count + 1, sizeof(*operations));
    if (!operations)
        return toasty__fail_memory(err);
    for (size_t i = 0; i < schema->model_count; i++) {
        operations[i] = (toasty_operation){.kind = TOASTY_OPERATION_DESCRIBE, .model = schema->models[i]};
        operations[i].key.store = store;
    }
    int status = run_operations(db, operations, (uint32_t)schema->model_count, err);
    toasty__free(operations);
    return status;
}

/* The model whose table, with its prefix, has that name; NULL when no table has it. */
static const toasty_model *model_of(const toasty_db *db, const toasty__store_table *table)
{
    const toasty_schema *schema = db->pool->engine.schema;
    const char *prefix = db->pool->prefix;
    size_t length = strlen(prefix);
    if (!table || strncmp(table->name, prefix, length) != 0)
        return NULL;
    for (size_t i = 0; i < schema->model_count; i++)
        if (strcmp(schema->models[i]->table, table->name + length) == 0)
            return schema->models[i];
    return NULL;
}

static int change_by_operation(toasty_db *db, const toasty__change *change, toasty_error *err)
{
    toasty_operation operation = {.kind = TOASTY_OPERATION_CHANGE, .model = model_of(db, change->table)};
    operation.key.change = change;
    return run_operations(db, &operation, 1, err);
}

static const front keys_front = {describe_by_operations, change_by_operation};

/* --- what the models want --- */

/* A push or a reset under way: all of its data are in one room. */
typedef struct work {
    toasty_db *db;
    const front *front;
    const toasty__mapping *mapping;
    toasty__room room;
    toasty__store wanted;
    toasty__change_list changes;
} work;

/* The pieces of the schema's text as one; NULL without memory. */
static char *text_of(const toasty_schema *schema)
{
    toasty__buffer text;
    toasty__buffer_init(&text);
    for (const char *const *piece = schema->text; *piece; piece++)
        toasty__buffer_text(&text, *piece);
    return toasty__buffer_take(&text);
}

static int read_wanted(work *w, toasty_error *err)
{
    const toasty_schema *models = w->db->pool->engine.schema;
    toasty__schema schema = {.room = &w->room};
    w->wanted.room = &w->room;
    if (!w->mapping)
        return toasty__fail(err, TOASTY_UNSUPPORTED, "%s cannot create tables",
                            w->db->pool->driver->capability->target);
    if (!models->text)
        return toasty__fail(err, TOASTY_INVALID_SCHEMA,
                            "the schema %s does not describe its tables: run toasty derive again",
                            models->name);
    char *text = text_of(models);
    int status = text ? toasty__schema_parse(&schema, text, err) : toasty__fail_memory(err);
    toasty__free(text);
    if (status == 0) {
        toasty__schema_sort_as(&schema, models);
        status = toasty__store_from_schema(&w->wanted, w->mapping, w->db->pool->driver->capability, &schema,
                                           w->db->pool->prefix, err);
    }
    return status;
}

/* An index of values that are to be unique and are not: what to do. Every other error stays as it is. */
static int refuse_rows(const toasty__change *change, toasty_error *err)
{
    char server_code[sizeof err->server_code];
    if (err->code != TOASTY_UNIQUE_VIOLATION || !change->index || !change->table)
        return -1;
    memcpy(server_code, err->server_code, sizeof server_code);
    toasty__fail(
        err, TOASTY_UNIQUE_VIOLATION,
        "rows of table %s have equal values where the unique index %s is to be made: change these rows, or "
        "the model",
        change->table->name, change->name);
    toasty__error_set(err, table, change->table->name);
    toasty__error_set(err, constraint, change->name);
    toasty__error_set(err, server_code, server_code);
    return -1;
}

static int do_all(const work *w, toasty_error *err)
{
    for (size_t i = 0; i < w->changes.count; i++)
        if (w->front->change(w->db, &w->changes.items[i], err) < 0)
            return refuse_rows(&w->changes.items[i], err);
    return 0;
}

/* --- differences --- */

/* Where the first difference is, for those who branch on it. */
static void set_place(const work *w, const toasty__change *change, toasty_error *err)
{
    const toasty_model *model = model_of(w->db, change->table);
    toasty__error_set(err, table, change->table ? change->table->name : NULL);
    bool constraint = change->about == TOASTY__ABOUT_CONSTRAINT;
    if (constraint)
        toasty__error_set(err, constraint, change->name);
    for (uint16_t i = 0; model && i < model->field_count; i++) {
        const char *column = model->fields[i].column;
        char check[TOASTY__NAME_LIMIT + 1];
        if (constraint)
            toasty__name_index(check, TOASTY__NAME_LIMIT, TOASTY__NAME_CHECK, change->table->name, &column,
                               1);
        if (strcmp(constraint ? check : column, change->name) == 0)
            toasty__error_set(err, field, model->fields[i].name);
    }
}

/* A list of differences in two forms, each with as many as have room: a message, and a list of JSON. */
typedef struct told {
    toasty__buffer *out;
    size_t room; /* for all but how many there are more */
    size_t count;
    bool full;
} told;

enum { ROOM_FOR_REST = 32 };

static void tell(told *t, const char *separator, const char *text, bool as_json)
{
    size_t before = t->out->length;
    if (t->full)
        return;
    toasty__buffer_text(t->out, t->count ? separator : "");
    if (as_json)
        toasty__buffer_json(t->out, text, strlen(text));
    else
        toasty__buffer_text(t->out, text);
    t->full = t->out->length > t->room && (t->count || as_json);
    if (t->full && !t->out->failed)
        t->out->bytes[t->out->length = before] = '\0';
    else
        t->count++;
}

/* What differs by itself can be neither created nor changed by a push. */
static const char *advice_of(const work *w)
{
    for (size_t i = 0; i < w->changes.count; i++)
        if (toasty__change_alters(&w->changes.items[i]))
            return w->mapping->instead_of_altering;
    return NULL;
}

static const toasty__change *tell_all(const work *w, told *message, told *details, toasty__buffer *one)
{
    const toasty__change *first = NULL;
    for (size_t i = 0; i < w->changes.count; i++) {
        const toasty__change *change = &w->changes.items[i];
        if (change->additive)
            continue;
        first = first ? first : change;
        toasty__buffer_clear(one);
        toasty__change_describe(change, one);
        if (one->failed)
            return NULL;
        tell(message, "; ", one->bytes, false);
        tell(details, ",", one->bytes, true);
    }
    return first;
}

/* The error that lists all differences, as far as there is room. */
static int refuse(const work *w, size_t count, toasty_error *err)
{
    const char *advice = advice_of(w);
    toasty__buffer texts[3];
    for (int i = 0; i < 3; i++)
        toasty__buffer_init(&texts[i]);
    told message = {&texts[0], sizeof err->message - ROOM_FOR_REST - (advice ? strlen(advice) + 2 : 0), 0,
                    false};
    told details = {&texts[1], sizeof err->details - ROOM_FOR_REST, 0, false};
    const toasty__change *first = tell_all(w, &message, &details, &texts[2]);
    bool failed = !first || texts[0].failed || texts[1].failed;
    if (!failed) {
        toasty__fail(err, TOASTY_INVALID_SCHEMA, "%s", texts[0].bytes);
        if (message.count < count)
            toasty__error_add(err, "; and %zu more", count - message.count);
        if (advice)
            toasty__error_add(err, ". %s", advice);
        size_t length =
            (size_t)snprintf(err->details, sizeof err->details, "[%s", details.count ? texts[1].bytes : "");
        snprintf(err->details + length, sizeof err->details - length,
                 details.count < count ? "%s{\"more\":%zu}]" : "]", details.count ? "," : "",
                 count - details.count);
        set_place(w, first, err);
    }
    for (int i = 0; i < 3; i++)
        toasty__buffer_done(&texts[i]);
    return failed ? toasty__fail_memory(err) : -1;
}

/* --- push and reset --- */

static int push(work *w, toasty_error *err)
{
    toasty__store there = {.room = &w->room};
    if (read_wanted(w, err) < 0 || w->front->describe(w->db, &there, err) < 0)
        return -1;
    toasty__store_diff(&w->room, &there, &w->wanted, &w->changes);
    if (w->room.failed)
        return toasty__fail_memory(err);
    size_t others = 0;
    for (size_t i = 0; i < w->changes.count; i++)
        others += !w->changes.items[i].additive;
    return others ? refuse(w, others, err) : do_all(w, err);
}

static int reset(work *w, toasty_error *err)
{
    if (read_wanted(w, err) < 0)
        return -1;
    toasty__store_drop(&w->room, &w->wanted, &w->changes);
    return w->room.failed ? toasty__fail_memory(err) : do_all(w, err);
}

/* Others that push or reset wait until this one's transaction has ended; or where that holds no lock, its
 * session: it is taken like the user's own, so that whoever gets the connection next does not have it. */
static int lock(toasty_db *db, toasty_error *err)
{
    const toasty__sql_schema *dialect = dialect_of(db);
    if (!dialect || !dialect->lock)
        return 0;
    if (!dialect->in_transaction)
        return toasty_sql(db, dialect->lock) < 0 ? -1 : 0;
    return toasty__raw_run(db, dialect->lock, NULL, err);
}

static int run(toasty_db *db, int (*change)(work *w, toasty_error *err), toasty_error *err)
{
    const toasty__sql_schema *dialect = dialect_of(db);
    work w = {.db = db,
              .front = dialect ? &sql_front : &keys_front,
              .mapping = dialect ? &dialect->mapping : db->pool->driver->mapping};
    toasty__room_init(&w.room);
    int status = lock(db, err) < 0 ? -1 : change(&w, err);
    toasty__room_done(&w.room);
    return status;
}

static int run_in_session(toasty_db *db, int (*change)(work *w, toasty_error *err))
{
    toasty_db *dedicated = toasty_with(db, .dedicated = true);
    if (!dedicated)
        return -1;
    int status = run(dedicated, change, &toasty__context_current()->error);
    toasty_error error = toasty__context_current()->error;
    toasty_free(dedicated);
    toasty__context_current()->error = error;
    return status;
}

/* What is there is read after the lock was taken, so the transaction must see what others committed
 * meanwhile. */
static int run_whole(toasty_db *db, int (*change)(work *w, toasty_error *err))
{
    toasty__context *context = toasty__context_current();
    if (toasty__handle_check(db, context) < 0)
        return -1;
    const toasty__sql_schema *dialect = dialect_of(db);
    if (dialect && dialect->lock && !dialect->in_transaction && !db->lease)
        return run_in_session(db, change);
    if (!dialect || !dialect->in_transaction || db->transaction)
        return run(db, change, &context->error);
    toasty_db *transaction = toasty_begin(db, .isolation = TOASTY_READ_COMMITTED);
    if (!transaction)
        return -1;
    int status = run(transaction, change, &context->error);
    if (status == 0)
        status = toasty_commit(transaction);
    toasty_free(transaction);
    return status;
}

int toasty_push_schema(toasty_db *db)
{
    return run_whole(db, push);
}

/* Where a setting of the session lets tables go whose rows refer to each other. They are statements like the
 * user's, so that a session in which the second one failed reaches nobody. */
static int reset_unbound(toasty_db *db, const toasty__sql_schema *dialect)
{
    toasty_db *dedicated = toasty_with(db, .dedicated = true);
    if (!dedicated)
        return -1;
    int status = toasty_sql(dedicated, dialect->unbind) < 0 ? -1 : run_whole(dedicated, reset);
    toasty_error error = toasty__context_current()->error;
    if (toasty_sql(dedicated, dialect->bind) < 0)
        status = -1;
    else
        toasty__context_current()->error = error;
    toasty_free(dedicated);
    return status;
}

int toasty_reset_schema(toasty_db *db)
{
    toasty__context *context = toasty__context_current();
    if (toasty__handle_check(db, context) < 0)
        return -1;
    const toasty__sql_schema *dialect = dialect_of(db);
    /* In a transaction the setting would change nothing. */
    return dialect && dialect->unbind && !db->transaction ? reset_unbound(db, dialect) : run_whole(db, reset);
}
