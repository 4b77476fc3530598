/* Statements over one table: select (which may be ordered through another), insert, update, delete; and what
 * a driver needs beside their text.
 *
 * The texts of all dialects come from here. Where one must say a thing its own way, the rules have a word or
 * a function. */
#include "base/arena.h"
#include "base/error.h"
#include "sql/writer.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* --- select --- */

static void write_where(toasty__sql_writer *w)
{
    if (!w->stmt->where)
        return;
    toasty__sql_text(w, " WHERE ");
    toasty__sql_expr(w, w->stmt->where);
}

/* --- joins: the targets of belongs_to that an order goes through --- */

/* A column of a joined table has a name that no column of the user's has: "user 1". */
static void write_joined_name(toasty__sql_writer *w, const toasty_relation *relation, uint16_t field)
{
    char name[256];
    snprintf(name, sizeof name, "%.200s %u", relation->name, (unsigned)field);
    toasty__sql_name(w, name);
}

static void write_joined_column(toasty__sql_writer *w, const toasty_relation *relation, uint16_t field)
{
    toasty__sql_name(w, relation->target->fields[field].column);
    toasty__sql_text(w, " AS ");
    write_joined_name(w, relation, field);
}

static bool among(uint16_t field, const uint16_t *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fields[i] == field)
            return true;
    return false;
}

/* JOIN (SELECT "id" AS "user 0", "name" AS "user 1" FROM "users") AS "user joined" ON "user 0" = "user_id":
 * so that no column of one table is taken for one of the other. */
static void write_join(toasty__sql_writer *w, const toasty_relation *relation)
{
    char name[256];
    const toasty__stmt *stmt = w->stmt;
    toasty__sql_text(w, relation->required ? " JOIN (SELECT " : " LEFT JOIN (SELECT ");
    for (uint8_t i = 0; i < relation->field_count; i++) {
        toasty__sql_text(w, i ? ", " : "");
        write_joined_column(w, relation, relation->their_fields[i]);
    }
    for (uint16_t i = 0; i < stmt->select.order_count; i++) {
        const toasty__order_term *order = &stmt->select.orders[i];
        if (order->through != relation || among(order->field, relation->their_fields, relation->field_count))
            continue;
        toasty__sql_text(w, ", ");
        write_joined_column(w, relation, order->field);
    }
    toasty__sql_text(w, " FROM ");
    toasty__sql_prefixed(w, relation->target->table);
    toasty__sql_text(w, ") AS ");
    snprintf(name, sizeof name, "%.200s joined", relation->name);
    toasty__sql_name(w, name);
    for (uint8_t i = 0; i < relation->field_count; i++) {
        toasty__sql_text(w, i ? " AND " : " ON ");
        write_joined_name(w, relation, relation->their_fields[i]);
        toasty__sql_text(w, " = ");
        toasty__sql_column(w, relation->own_fields[i]);
    }
}

static void write_joins(toasty__sql_writer *w)
{
    const toasty__order_term *orders = w->stmt->select.orders;
    for (uint16_t i = 0; i < w->stmt->select.order_count; i++) {
        bool joined = !orders[i].through;
        for (uint16_t before = 0; before < i; before++)
            joined = joined || orders[before].through == orders[i].through;
        if (!joined)
            write_join(w, orders[i].through);
    }
}

static void write_from(toasty__sql_writer *w)
{
    toasty__sql_text(w, " FROM ");
    toasty__sql_prefixed(w, w->stmt->model->table);
    write_joins(w);
    write_where(w);
}

/* --- orders --- */

static void write_order_column(toasty__sql_writer *w, const toasty__order_term *order)
{
    if (order->through)
        write_joined_name(w, order->through, order->field);
    else
        toasty__sql_column(w, order->field);
}

static bool may_be_null(const toasty__sql_writer *w, const toasty__order_term *order)
{
    const toasty_model *model = order->through ? order->through->target : w->stmt->model;
    bool absent = order->through && !order->through->required;
    return absent || model->fields[order->field].flags & TOASTY_FIELD_NULL_COLUMN;
}

static void write_order(toasty__sql_writer *w)
{
    for (uint16_t i = 0; i < w->stmt->select.order_count; i++) {
        const toasty__order_term *order = &w->stmt->select.orders[i];
        bool first = toasty__nulls_come_first(*order);
        bool first_unasked = w->rules->nulls_are_largest == order->descending;
        toasty__sql_text(w, i ? ", " : "ORDER BY ");
        write_order_column(w, order);
        toasty__sql_text(w, order->descending ? " DESC" : "");
        if (first != first_unasked && may_be_null(w, order))
            toasty__sql_text(w, first ? " NULLS FIRST" : " NULLS LAST");
    }
}

static void write_order_and_limit(toasty__sql_writer *w)
{
    const toasty__stmt *stmt = w->stmt;
    bool limited = stmt->select.limit != TOASTY__NO_PARAMETER;
    if (stmt->select.order_count)
        toasty__sql_text(w, " ");
    write_order(w);
    if (limited) {
        toasty__sql_text(w, " LIMIT ");
        toasty__sql_parameter(w, stmt->select.limit, 0);
    }
    if (stmt->select.offset != TOASTY__NO_PARAMETER) {
        toasty__sql_text(w, limited ? "" : w->rules->no_limit);
        toasty__sql_text(w, " OFFSET ");
        toasty__sql_parameter(w, stmt->select.offset, 0);
    }
}

/* The columns that the outer select reads: those of the answer, and those that it orders by. */
static void write_inner_columns(toasty__sql_writer *w)
{
    const toasty__stmt *stmt = w->stmt;
    toasty__sql_columns(w, stmt->columns, stmt->column_count);
    for (uint16_t i = 0; i < stmt->select.order_count; i++) {
        const toasty__order_term *order = &stmt->select.orders[i];
        if (!order->through && among(order->field, stmt->columns, stmt->column_count))
            continue;
        toasty__sql_text(w, ", ");
        write_order_column(w, order);
    }
}

/* At most so many rows of each group: numbered inside, chosen outside. */
static void write_each(toasty__sql_writer *w)
{
    toasty__sql_columns(w, w->stmt->columns, w->stmt->column_count);
    toasty__sql_text(w, " FROM (SELECT ");
    write_inner_columns(w);
    toasty__sql_text(w, ", row_number() OVER (PARTITION BY ");
    toasty__sql_columns(w, w->stmt->select.group, w->stmt->select.group_count);
    toasty__sql_text(w, w->stmt->select.order_count ? " " : "");
    write_order(w);
    toasty__sql_text(w, ") AS " TOASTY__SQL_ROW_NUMBER);
    write_from(w);
    toasty__sql_text(w, ") AS \"numbered\" WHERE " TOASTY__SQL_ROW_NUMBER " <= ");
    toasty__sql_parameter(w, w->stmt->select.each, 0);
    write_order_and_limit(w);
}

static void write_count(toasty__sql_writer *w)
{
    bool partial =
        w->stmt->select.limit != TOASTY__NO_PARAMETER || w->stmt->select.offset != TOASTY__NO_PARAMETER;
    toasty__sql_text(w, partial ? "count(*) FROM (SELECT 1" : "count(*)");
    write_from(w);
    write_order_and_limit(w);
    toasty__sql_text(w, partial ? ") AS \"counted\"" : "");
}

/* One integer of 64 bits, like a count: not every dialect turns a boolean into one at once. */
static void write_exists(toasty__sql_writer *w)
{
    toasty__sql_text(w, "CAST(CAST(EXISTS (SELECT 1");
    write_from(w);
    write_order_and_limit(w);
    toasty__sql_text(w, ") AS integer) AS bigint)");
}

static void write_select(toasty__sql_writer *w)
{
    toasty__sql_text(w, "SELECT ");
    if (w->stmt->select.what == TOASTY__SELECT_COUNT)
        write_count(w);
    else if (w->stmt->select.what == TOASTY__SELECT_EXISTS)
        write_exists(w);
    else if (w->stmt->select.each != TOASTY__NO_PARAMETER)
        write_each(w);
    else {
        toasty__sql_columns(w, w->stmt->columns, w->stmt->column_count);
        write_from(w);
        write_order_and_limit(w);
    }
}

/* --- insert, update, delete --- */

static void write_returning(toasty__sql_writer *w)
{
    if (!w->stmt->column_count)
        return;
    toasty__sql_text(w, " RETURNING ");
    toasty__sql_columns(w, w->stmt->columns, w->stmt->column_count);
}

/* Rows of which nothing is given: a key that the database counts up, if there is one. */
static void write_empty_rows(toasty__sql_writer *w)
{
    const toasty_model *model = w->stmt->model;
    uint16_t sequence = 0;
    while (sequence < model->field_count && model->fields[sequence].on_create != TOASTY_SOURCE_SEQUENCE)
        sequence++;
    if (w->stmt->insert.row_count == 1 || sequence == model->field_count) {
        toasty__sql_text(w, " DEFAULT VALUES");
        if (w->stmt->insert.row_count > 1)
            w->unsupported = "an insert of many rows without a column";
        return;
    }
    toasty__sql_text(w, " (");
    toasty__sql_column(w, sequence);
    toasty__sql_text(w, ") VALUES ");
    for (uint32_t row = 0; row < w->stmt->insert.row_count; row++) {
        toasty__sql_text(w, row ? ", (" : "(");
        toasty__sql_text(w, w->rules->automatic);
        toasty__sql_text(w, ")");
    }
}

/* Row by row, and each cell the next number: an insert has no lists. */
static void write_rows(toasty__sql_writer *w)
{
    uint32_t number = 1;
    toasty__sql_text(w, " (");
    toasty__sql_columns(w, w->stmt->insert.fields, w->stmt->insert.field_count);
    toasty__sql_text(w, ") VALUES ");
    for (uint32_t row = 0; row < w->stmt->insert.row_count; row++) {
        toasty__sql_text(w, row ? ", (" : "(");
        for (uint16_t i = 0; i < w->stmt->insert.field_count; i++)
            toasty__buffer_printf(w->out, "%s%s%u", i ? ", " : "", w->rules->parameter, number++);
        toasty__sql_text(w, ")");
    }
}

static void write_insert(toasty__sql_writer *w)
{
    if (!w->stmt->insert.row_count) {
        if (w->rules->insert_lists && w->stmt->insert.field_count)
            w->rules->insert_lists(w);
        else
            w->unsupported = "an insert of lists";
        return;
    }
    toasty__sql_text(w, "INSERT INTO ");
    toasty__sql_prefixed(w, w->stmt->model->table);
    if (w->stmt->insert.field_count)
        write_rows(w);
    else
        write_empty_rows(w);
    write_returning(w);
}

static void write_update(toasty__sql_writer *w)
{
    toasty__sql_text(w, "UPDATE ");
    toasty__sql_prefixed(w, w->stmt->model->table);
    for (uint16_t i = 0; i < w->stmt->update.assignment_count; i++) {
        toasty__sql_text(w, i ? ", " : " SET ");
        toasty__sql_column(w, w->stmt->update.assignments[i].field);
        toasty__sql_text(w, " = ");
        toasty__sql_expr(w, w->stmt->update.assignments[i].value);
    }
    write_where(w);
    write_returning(w);
}

static void write_delete(toasty__sql_writer *w)
{
    toasty__sql_text(w, "DELETE");
    write_from(w);
    write_returning(w);
}

int toasty__sql_statement(const toasty__sql_rules *rules, const toasty__stmt *stmt, const char *prefix,
                          toasty__buffer *out, toasty_error *err)
{
    toasty__sql_writer w = {.out = out, .rules = rules, .prefix = prefix, .stmt = stmt};
    switch ((toasty__stmt_tag)stmt->tag) {
    case TOASTY__STMT_SELECT:
        write_select(&w);
        break;
    case TOASTY__STMT_INSERT:
        write_insert(&w);
        break;
    case TOASTY__STMT_UPDATE:
        write_update(&w);
        break;
    case TOASTY__STMT_DELETE:
        write_delete(&w);
        break;
    case TOASTY__STMT_DRAW:
        if (rules->draw)
            rules->draw(&w);
        else
            w.unsupported = "keys that are drawn";
        break;
    }
    toasty__arena_done(&w.scratch);
    if (w.unsupported)
        return toasty__fail(err, TOASTY_UNSUPPORTED, "%s cannot do %s", rules->target, w.unsupported);
    return out->failed ? toasty__fail_memory(err) : 0;
}

/* --- for a driver --- */

static uint64_t next_id(void)
{
    static atomic_uint_fast64_t last;
    return atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
}

int toasty__sql_prepare(const toasty__dialect *dialect, const toasty__stmt *stmt, const char *prefix,
                        struct toasty__arena *arena, toasty_statement *out, toasty_error *err)
{
    static const char *const operations[] = {"SELECT", "INSERT", "UPDATE", "DELETE", "SELECT"};
    bool insert = stmt->tag == TOASTY__STMT_INSERT;
    bool select = stmt->tag == TOASTY__STMT_SELECT || stmt->tag == TOASTY__STMT_DRAW;
    toasty__buffer text;
    toasty__buffer_init(&text);
    int written = dialect->statement(stmt, prefix, &text, err);
    if (written == 0) {
        *out = (toasty_statement){
            .id = next_id(),
            .sql = toasty__arena_text(arena, text.bytes, text.length),
            .parameters =
                toasty__arena_copy(arena, stmt->parameters, stmt->parameter_count * sizeof(toasty_parameter)),
            .parameter_count = stmt->parameter_count,
            .bulk_columns = insert && stmt->insert.row_count != 1 ? stmt->insert.field_count : 0,
            .operation = operations[stmt->tag],
            .table = *prefix ? toasty__arena_printf(arena, "%s%s", prefix, stmt->model->table)
                             : stmt->model->table,
            .model = stmt->model,
            .returns_rows = select || stmt->column_count,
            .writes = !select,
        };
        if (!out->sql || !out->parameters || !out->table)
            written = toasty__fail_memory(err);
    }
    toasty__buffer_done(&text);
    return written;
}
