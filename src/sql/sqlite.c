/* Statements as SQLite has them. Its schemas are in sqlite_schema.c. */
#include "sql/ddl.h"
#include "sql/writer.h"

static const toasty_parameter *list_parameter(const toasty__sql_writer *w, const toasty__expr *expr)
{
    return &w->stmt->parameters[expr->parameter];
}

/* A list is as many placeholders as the statement was made for, or one JSON array of any length. */
static void write_in(toasty__sql_writer *w, const toasty__expr *expr)
{
    const toasty__expr *list = expr->items[1];
    uint32_t size = list_parameter(w, list)->list_size;
    toasty__sql_expr(w, expr->items[0]);
    toasty__sql_text(w, expr->tag == TOASTY__EXPR_IN ? " IN (" : " NOT IN (");
    if (!size) {
        toasty__sql_text(w, "SELECT \"value\" FROM json_each(");
        toasty__sql_parameter(w, list->parameter, 0);
        toasty__sql_text(w, ")");
    }
    for (uint32_t i = 0; i < size; i++) {
        toasty__sql_text(w, i ? ", " : "");
        toasty__sql_parameter(w, list->parameter, i);
    }
    toasty__sql_text(w, ")");
}

/* The lists side by side, paired by their places. Materialised, since only a table gets an index for the
 * join. */
static void write_json_tuples(toasty__sql_writer *w, const toasty__expr *expr)
{
    uint32_t width = expr->count / 2;
    for (uint32_t i = 0; i < width; i++) {
        toasty__buffer_printf(w->out,
                              "%s\"list %u\" AS MATERIALIZED (SELECT \"key\", \"value\" FROM json_each(",
                              i ? ", " : "WITH ", i);
        toasty__sql_expr(w, expr->items[width + i]);
        toasty__sql_text(w, "))");
    }
    for (uint32_t i = 0; i < width; i++)
        toasty__buffer_printf(w->out, "%s\"list %u\".\"value\"", i ? ", " : " SELECT ", i);
    for (uint32_t i = 0; i < width; i++)
        toasty__buffer_printf(w->out, i ? " JOIN \"list %u\" USING (\"key\")" : " FROM \"list %u\"", i);
}

static void write_tuple_in(toasty__sql_writer *w, const toasty__expr *expr)
{
    uint32_t width = expr->count / 2, size = list_parameter(w, expr->items[width])->list_size;
    toasty__sql_tuple(w, expr);
    toasty__sql_text(w, " IN (");
    if (!size)
        write_json_tuples(w, expr);
    for (uint32_t row = 0; row < size; row++) {
        toasty__sql_text(w, row ? ", (" : "VALUES (");
        for (uint32_t i = 0; i < width; i++) {
            toasty__sql_text(w, i ? ", " : "");
            toasty__sql_parameter(w, expr->items[width + i]->parameter, row);
        }
        toasty__sql_text(w, ")");
    }
    toasty__sql_text(w, ")");
}

static const toasty__sql_rules rules = {
    .target = "SQLite",
    .parameter = "?",
    .position = "instr",
    .automatic = "NULL",
    .no_limit = " LIMIT -1",
    .in = write_in,
    .tuple_in = write_tuple_in,
};

static int statement(const toasty__stmt *stmt, const char *prefix, toasty__buffer *out, toasty_error *err)
{
    return toasty__sql_statement(&rules, stmt, prefix, out, err);
}

const toasty__dialect toasty__dialect_sqlite = {
    .statement = statement,
    .schema = &toasty__sql_schema_sqlite,
};
