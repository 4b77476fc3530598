/* Statements as SQLite has them. Its schemas are in sqlite_schema.c. */
#include "sql/sqlite.h"
#include "sql/ddl.h"
#include "sql/writer.h"

static const toasty_parameter *list_parameter(const toasty__sql_writer *w, const toasty__expr *expr)
{
    return &w->stmt->parameters[expr->parameter];
}

/* A list is as many placeholders as the statement was made for, or one parameter of any length. */
void toasty__sqlite_in(toasty__sql_writer *w, const toasty__expr *expr)
{
    const toasty__expr *list = expr->items[1];
    uint32_t size = list_parameter(w, list)->list_size;
    toasty__sql_expr(w, expr->items[0]);
    toasty__sql_text(w, expr->tag == TOASTY__EXPR_IN ? " IN (" : " NOT IN (");
    if (!size) {
        toasty__sql_text(w, "SELECT ");
        toasty__sql_name(w, "value");
        toasty__sql_text(w, " FROM toasty_list(");
        toasty__sql_parameter(w, list->parameter, 0);
        toasty__sql_text(w, ")");
    }
    for (uint32_t i = 0; i < size; i++) {
        toasty__sql_text(w, i ? ", " : "");
        toasty__sql_parameter(w, list->parameter, i);
    }
    toasty__sql_text(w, ")");
}

/* "list 0" AS MATERIALIZED (SELECT "key", "value" FROM toasty_list(?1)) */
static void write_list(toasty__sql_writer *w, uint32_t number, const toasty__expr *list)
{
    toasty__sql_named(w, "list %u", number);
    toasty__sql_text(w, " AS MATERIALIZED (SELECT ");
    toasty__sql_name(w, "key");
    toasty__sql_text(w, ", ");
    toasty__sql_name(w, "value");
    toasty__sql_text(w, " FROM toasty_list(");
    toasty__sql_expr(w, list);
    toasty__sql_text(w, "))");
}

/* The lists side by side, paired by their places. Materialised, since only a table gets an index for the
 * join. */
void toasty__sqlite_lists(toasty__sql_writer *w, toasty__expr *const *lists, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        toasty__sql_text(w, i ? ", " : "WITH ");
        write_list(w, i, lists[i]);
    }
    for (uint32_t i = 0; i < count; i++) {
        toasty__sql_text(w, i ? ", " : " SELECT ");
        toasty__sql_named(w, "list %u", i);
        toasty__sql_text(w, ".");
        toasty__sql_name(w, "value");
        toasty__sql_text(w, " AS ");
        toasty__sql_named(w, TOASTY__SQL_ITEM, i);
    }
    for (uint32_t i = 0; i < count; i++) {
        toasty__sql_text(w, i ? " JOIN " : " FROM ");
        toasty__sql_named(w, "list %u", i);
        if (!i)
            continue;
        toasty__sql_text(w, " USING (");
        toasty__sql_name(w, "key");
        toasty__sql_text(w, ")");
    }
}

void toasty__sqlite_tuple_in(toasty__sql_writer *w, const toasty__expr *expr)
{
    uint32_t width = expr->count / 2, size = list_parameter(w, expr->items[width])->list_size;
    toasty__sql_tuple(w, expr);
    toasty__sql_text(w, " IN (");
    if (!size)
        toasty__sqlite_lists(w, expr->items + width, width);
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
    .quote = '"',
    .backslash = "'\\'",
    .functions = TOASTY__SQLITE_FUNCTIONS,
    .cuts = TOASTY__SQLITE_CUTS,
    .automatic = "NULL",
    .empty_row = " DEFAULT VALUES",
    .no_limit = " LIMIT -1",
    .real_sum = "toasty_sum",
    .real_product = "toasty_product",
    .says_nulls = true,
    .before_truth = "",
    .after_truth = "",
    .returns_rows = true,
    .before_incoming = "excluded.",
    .after_incoming = "",
    .conflict = toasty__sql_on_conflict,
    /* Whoever writes has the whole file. */
    .locks = {"", "", ""},
    .lock_waits = {"", "", ""},
    .in = toasty__sqlite_in,
    .tuple_in = toasty__sqlite_tuple_in,
    .lists = toasty__sqlite_lists,
    .lock_modes = {" IMMEDIATE", "", " IMMEDIATE", " EXCLUSIVE"},
    .isolations = {"", "", "", ""},
    .read_only = "",
    .release = "RELEASE ",
    .rollback_to = "ROLLBACK TO ",
    .explain = TOASTY__SQLITE_EXPLAIN,
    .explains_by_nodes = true,
};

const toasty__dialect toasty__dialect_sqlite = {.rules = &rules, .schema = &toasty__sql_schema_sqlite};
