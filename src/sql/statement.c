/* Inserts, updates and deletes; and what a driver needs beside a statement's text.
 *
 * The texts of all dialects come from here, from select.c and from expr.c. Where one must say a thing its own
 * way, the rules have a word or a function. */
#include "base/alloc.h"
#include "base/error.h"
#include "core/access.h"
#include "sql/pieces.h"

#include <stdatomic.h>
#include <string.h>

/* --- what changes share --- */

static void write_where(toasty__sql_writer *w)
{
    if (!w->stmt->where || w->joined)
        return;
    toasty__sql_text(w, " WHERE ");
    toasty__sql_expr(w, w->stmt->where);
}

/* The name of the keys of a change that is one of a join; no column of a table is called as theirs are. */
#define KEYS "keys"

/* JOIN (SELECT …) AS `keys` ON `keys`.`item 0` = `t`.`id` */
static void write_join(toasty__sql_writer *w)
{
    const toasty__expr *in = w->joined;
    if (!in)
        return;
    toasty__sql_text(w, " JOIN (");
    toasty__sql_write(w, (toasty__sql_piece){.select = in->items[in->count - 1]->select, .named = true});
    toasty__sql_text(w, ") AS ");
    toasty__sql_name(w, KEYS);
    for (uint32_t i = 0; i + 1 < in->count; i++) {
        toasty__sql_text(w, i ? " AND " : " ON ");
        toasty__sql_name(w, KEYS);
        toasty__sql_text(w, ".");
        toasty__sql_named(w, TOASTY__SQL_ITEM, i);
        toasty__sql_text(w, " = ");
        toasty__sql_prefixed(w, w->stmt->model->table);
        toasty__sql_text(w, ".");
        toasty__sql_field(w, in->items[i]->field);
    }
}

static void write_returning(toasty__sql_writer *w)
{
    if (w->stmt->item_count && !w->rules->returns_rows)
        w->unsupported = "a change that gives back rows";
    for (uint16_t i = 0; i < w->stmt->item_count; i++) {
        toasty__sql_text(w, i ? ", " : " RETURNING ");
        toasty__sql_expr(w, w->stmt->items[i].value);
    }
}

void toasty__sql_assignments(toasty__sql_writer *w, const toasty__assignment *assignments, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        toasty__sql_text(w, i ? ", " : "");
        toasty__sql_field(w, assignments[i].field);
        toasty__sql_text(w, " = ");
        toasty__sql_expr(w, assignments[i].value);
    }
}

/* --- insert --- */

/* Rows of which nothing is given: a key that the database counts up, if there is one. */
static void write_empty_rows(toasty__sql_writer *w)
{
    const toasty_model *model = w->stmt->model;
    const toasty_field *sequence = toasty__sequence_field(model);
    if (w->stmt->insert.row_count == 1 && w->rules->empty_row) {
        toasty__sql_text(w, w->rules->empty_row);
        return;
    }
    if (!sequence) {
        w->unsupported = "an insert of rows without a column";
        return;
    }
    toasty__sql_text(w, " (");
    toasty__sql_field(w, (uint16_t)(sequence - model->fields));
    toasty__sql_text(w, ") VALUES ");
    for (uint32_t row = 0; row < w->stmt->insert.row_count; row++) {
        toasty__sql_text(w, row ? ", (" : "(");
        toasty__sql_text(w, w->rules->automatic);
        toasty__sql_text(w, ")");
    }
}

/* The one row of an insert that has a condition. */
static void write_row_if(toasty__sql_writer *w)
{
    toasty__sql_text(w, " (");
    toasty__sql_fields(w, w->stmt->insert.fields, w->stmt->insert.field_count);
    toasty__sql_text(w, ") SELECT ");
    for (uint16_t i = 0; i < w->stmt->insert.field_count; i++) {
        toasty__sql_text(w, i ? ", " : "");
        toasty__sql_cell(w, 0, i);
    }
    write_where(w);
}

static void write_rows(toasty__sql_writer *w)
{
    toasty__sql_text(w, " (");
    toasty__sql_fields(w, w->stmt->insert.fields, w->stmt->insert.field_count);
    toasty__sql_text(w, ") VALUES ");
    for (uint32_t row = 0; row < w->stmt->insert.row_count; row++) {
        toasty__sql_text(w, row ? ", (" : "(");
        for (uint16_t i = 0; i < w->stmt->insert.field_count; i++) {
            toasty__sql_text(w, i ? ", " : "");
            toasty__sql_cell(w, row, i);
        }
        toasty__sql_text(w, ")");
    }
}

void toasty__sql_on_conflict(toasty__sql_writer *w)
{
    const toasty__conflict *conflict = w->stmt->insert.conflict;
    toasty__sql_text(w, " ON CONFLICT (");
    toasty__sql_fields(w, conflict->index->fields, conflict->index->field_count);
    toasty__sql_text(w, conflict->assignment_count ? ") DO UPDATE SET " : ") DO NOTHING");
    toasty__sql_assignments(w, conflict->assignments, conflict->assignment_count);
}

static void write_conflict(toasty__sql_writer *w)
{
    if (w->stmt->insert.conflict && w->rules->conflict)
        w->rules->conflict(w);
    else if (w->stmt->insert.conflict)
        w->unsupported = "an insert that changes what is there";
}

static void write_insert(toasty__sql_writer *w)
{
    if (!w->stmt->insert.row_count) {
        if (w->rules->insert_lists && w->stmt->insert.field_count)
            w->rules->insert_lists(w);
        else
            w->unsupported = "an insert of lists";
        write_conflict(w);
        return;
    }
    toasty__sql_text(w, "INSERT INTO ");
    toasty__sql_prefixed(w, w->stmt->model->table);
    if (w->stmt->where)
        write_row_if(w);
    else if (w->stmt->insert.field_count)
        write_rows(w);
    else
        write_empty_rows(w);
    write_conflict(w);
    write_returning(w);
}

/* --- update, delete, draw --- */

static void write_update(toasty__sql_writer *w)
{
    toasty__sql_text(w, "UPDATE ");
    toasty__sql_prefixed(w, w->stmt->model->table);
    write_join(w);
    toasty__sql_text(w, " SET ");
    toasty__sql_assignments(w, w->stmt->update.assignments, w->stmt->update.assignment_count);
    write_where(w);
    write_returning(w);
}

static void write_delete(toasty__sql_writer *w)
{
    toasty__sql_text(w, "DELETE ");
    if (w->joined) {
        toasty__sql_prefixed(w, w->stmt->model->table);
        toasty__sql_text(w, " ");
    }
    toasty__sql_text(w, "FROM ");
    toasty__sql_prefixed(w, w->stmt->model->table);
    write_join(w);
    write_where(w);
    write_returning(w);
}

static void write_draw(toasty__sql_writer *w)
{
    if (w->rules->draw)
        w->rules->draw(w);
    else
        w->unsupported = "keys that are drawn";
}

/* A change as the dialect can make it. */
static void rewrite(toasty__sql_writer *w)
{
    if (!w->rules->joins_lists ||
        (w->stmt->tag != TOASTY__STMT_UPDATE && w->stmt->tag != TOASTY__STMT_DELETE))
        return;
    const toasty__stmt *joined = toasty__sql_join_list(w, w->stmt);
    if (!joined)
        w->out->failed = true;
    else if (joined != w->stmt) {
        w->stmt = joined;
        w->joined = w->rules->changes_joins ? joined->where : NULL;
    }
}

static void write(toasty__sql_writer *w)
{
    rewrite(w);
    switch ((toasty__stmt_tag)w->stmt->tag) {
    case TOASTY__STMT_SELECT:
        toasty__sql_write(w, (toasty__sql_piece){.select = w->stmt});
        break;
    case TOASTY__STMT_INSERT:
        write_insert(w);
        break;
    case TOASTY__STMT_UPDATE:
        write_update(w);
        break;
    case TOASTY__STMT_DELETE:
        write_delete(w);
        break;
    case TOASTY__STMT_DRAW:
        write_draw(w);
        break;
    }
}

/* The text, and the places of its values in w. */
static int write_text(toasty__sql_writer *w, toasty_error *err)
{
    const toasty__stmt *stmt = w->stmt;
    write(w);
    w->stmt = stmt;
    w->joined = NULL;
    toasty__arena_done(&w->scratch);
    if (w->unsupported)
        return toasty__fail(err, TOASTY_UNSUPPORTED, "%s does not support %s", w->rules->target,
                            w->unsupported);
    return w->out->failed ? toasty__fail_memory(err) : 0;
}

int toasty__sql_statement(const toasty__dialect *dialect, const toasty__stmt *stmt, const char *prefix,
                          toasty__buffer *out, toasty_error *err)
{
    toasty__sql_writer w = {
        .out = out, .rules = dialect->rules, .quote = dialect->rules->quote, .prefix = prefix, .stmt = stmt};
    int written = write_text(&w, err);
    toasty__free(w.places);
    return written;
}

/* --- for a driver --- */

static uint64_t next_id(void)
{
    static atomic_uint_fast64_t last;
    return atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
}

/* Do the values stand in the text in their own order, each once? */
static bool in_order(const toasty__sql_writer *w)
{
    uint32_t value = 0, item = 0;
    for (size_t i = 0; i < w->place_count; i++) {
        const toasty_parameter *parameter =
            value < w->stmt->parameter_count ? &w->stmt->parameters[value] : NULL;
        if (w->places[i].value != value || w->places[i].item != item)
            return false;
        if (parameter && parameter->list && ++item < parameter->list_size)
            continue;
        item = 0;
        value++;
    }
    return value >= w->stmt->parameter_count;
}

static int keep(const toasty__sql_writer *w, struct toasty__arena *arena, toasty_statement *out,
                toasty_error *err)
{
    static const char *const operations[] = {"SELECT", "INSERT", "UPDATE", "DELETE", "SELECT"};
    const toasty__stmt *stmt = w->stmt;
    bool insert = stmt->tag == TOASTY__STMT_INSERT;
    bool select = stmt->tag == TOASTY__STMT_SELECT || stmt->tag == TOASTY__STMT_DRAW;
    bool placed = w->place_count && !in_order(w);
    *out = (toasty_statement){
        .id = next_id(),
        .sql = toasty__arena_text(arena, w->out->bytes, w->out->length),
        .parameters =
            toasty__arena_copy(arena, stmt->parameters, stmt->parameter_count * sizeof(toasty_parameter)),
        .parameter_count = stmt->parameter_count,
        .places = placed ? toasty__arena_copy(arena, w->places, w->place_count * sizeof(toasty_place)) : NULL,
        .place_count = placed ? (uint32_t)w->place_count : 0,
        .bulk_columns = insert && stmt->insert.row_count != 1 ? stmt->insert.field_count : 0,
        .operation = operations[stmt->tag],
        .table = *w->prefix ? toasty__arena_printf(arena, "%s%s", w->prefix, stmt->model->table)
                            : stmt->model->table,
        .model = stmt->model,
        .returns_rows = select || stmt->item_count,
        .writes = !select,
        .upserts = insert && stmt->insert.conflict,
    };
    return out->sql && out->parameters && out->table && (out->places || !placed) ? 0
                                                                                 : toasty__fail_memory(err);
}

int toasty__sql_prepare(const toasty__dialect *dialect, const toasty__stmt *stmt, const char *prefix,
                        struct toasty__arena *arena, toasty_statement *out, toasty_error *err)
{
    toasty__buffer text;
    toasty__buffer_init(&text);
    toasty__sql_writer w = {.out = &text,
                            .rules = dialect->rules,
                            .quote = dialect->rules->quote,
                            .prefix = prefix,
                            .stmt = stmt};
    int written = write_text(&w, err) < 0 ? -1 : keep(&w, arena, out, err);
    toasty__free(w.places);
    toasty__buffer_done(&text);
    return written;
}
