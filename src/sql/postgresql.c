/* Statements as PostgreSQL has them. Its schemas are in postgresql_schema.c.
 *
 * Parameters carry the type of their field by themselves, except that an array of labels travels as text and
 * is cast to the enum's array. Text has COLLATE "C" in its column, so nothing about it needs saying in a
 * statement. */
#include "sql/ddl.h"
#include "sql/writer.h"

/* A list parameter; of an enum, cast to the array of its type. */
static void write_list(toasty__sql_writer *w, uint32_t number, const toasty_field *field)
{
    toasty__buffer_printf(w->out, "$%u", number + 1);
    if (field && field->type == TOASTY_TYPE_ENUM) {
        toasty__sql_text(w, "::");
        toasty__sql_prefixed(w, field->labels->name);
        toasty__sql_text(w, "[]");
    }
}

static void write_list_expr(toasty__sql_writer *w, const toasty__expr *list)
{
    write_list(w, list->parameter, w->stmt->parameters[list->parameter].field);
}

static void write_in(toasty__sql_writer *w, const toasty__expr *expr)
{
    toasty__sql_expr(w, expr->items[0]);
    toasty__sql_text(w, expr->tag == TOASTY__EXPR_IN ? " = ANY(" : " <> ALL(");
    write_list_expr(w, expr->items[1]);
    toasty__sql_text(w, ")");
}

static void write_tuple_in(toasty__sql_writer *w, const toasty__expr *expr)
{
    uint32_t width = expr->count / 2;
    toasty__sql_tuple(w, expr);
    toasty__sql_text(w, " IN (SELECT * FROM unnest(");
    for (uint32_t i = 0; i < width; i++) {
        toasty__sql_text(w, i ? ", " : "");
        write_list_expr(w, expr->items[width + i]);
    }
    toasty__sql_text(w, "))");
}

static void write_lists(toasty__sql_writer *w, toasty__expr *const *lists, uint32_t count)
{
    toasty__sql_text(w, "SELECT * FROM unnest(");
    for (uint32_t i = 0; i < count; i++) {
        toasty__sql_text(w, i ? ", " : "");
        write_list_expr(w, lists[i]);
    }
    toasty__sql_text(w, ") AS \"lists\" (");
    for (uint32_t i = 0; i < count; i++) {
        toasty__sql_text(w, i ? ", " : "");
        toasty__sql_named(w, TOASTY__SQL_ITEM, i);
    }
    toasty__sql_text(w, ")");
}

/* --- inserts of any number of rows --- */

/* What comes back from an insert are columns of its table. */
static uint16_t answered_field(const toasty__stmt *stmt, uint16_t item)
{
    return stmt->items[item].value->field;
}

/* before: each of them. */
static void write_answer(toasty__sql_writer *w, const char *before)
{
    for (uint16_t i = 0; i < w->stmt->item_count; i++) {
        toasty__sql_text(w, i ? ", " : "");
        toasty__sql_text(w, before);
        toasty__sql_field(w, answered_field(w->stmt, i));
    }
}

/* unnest($1, $2) AS "input" ("a", "b"), perhaps with a number for each row. */
static void write_unnest(toasty__sql_writer *w, bool numbered)
{
    const toasty__stmt *stmt = w->stmt;
    toasty__sql_text(w, " FROM unnest(");
    for (uint16_t i = 0; i < stmt->insert.field_count; i++) {
        toasty__sql_text(w, i ? ", " : "");
        write_list(w, i, &stmt->model->fields[stmt->insert.fields[i]]);
    }
    toasty__sql_text(w, numbered ? ") WITH ORDINALITY AS \"input\" (" : ") AS \"input\" (");
    toasty__sql_fields(w, stmt->insert.fields, stmt->insert.field_count);
    if (numbered) {
        toasty__sql_text(w, ", ");
        toasty__sql_name(w, TOASTY__SQL_ROW_NUMBER);
    }
    toasty__sql_text(w, ")");
}

static bool is_given(const toasty__stmt *stmt, uint16_t field)
{
    for (uint16_t i = 0; i < stmt->insert.field_count; i++)
        if (stmt->insert.fields[i] == field)
            return true;
    return false;
}

enum { NO_SEQUENCE = UINT16_MAX };

/* The column that the database counts up and that is not given. */
static uint16_t drawn_field(const toasty__stmt *stmt)
{
    for (uint16_t i = 0; i < stmt->model->field_count; i++)
        if (stmt->model->fields[i].on_create == TOASTY_SOURCE_SEQUENCE && !is_given(stmt, i))
            return i;
    return NO_SEQUENCE;
}

/* nextval of the column's own sequence, which is looked up once, as the column's type. */
static void write_nextval(toasty__sql_writer *w, uint16_t field)
{
    toasty__buffer table;
    toasty__sql_writer inner = *w;
    toasty__buffer_init(&table);
    inner.out = &table;
    toasty__sql_prefixed(&inner, w->stmt->model->table);
    toasty__sql_text(w, "nextval((SELECT pg_get_serial_sequence(");
    toasty__sql_literal(w, table.bytes);
    w->out->failed |= table.failed;
    toasty__buffer_done(&table);
    toasty__sql_text(w, ", ");
    toasty__sql_literal(w, w->stmt->model->fields[field].column);
    toasty__sql_text(w, ")::regclass))::");
    toasty__sql_text(w, toasty__sql_schema_postgresql.mapping.types[w->stmt->model->fields[field].type]);
}

static void write_draw(toasty__sql_writer *w)
{
    toasty__sql_text(w, "SELECT ");
    write_nextval(w, answered_field(w->stmt, 0));
    toasty__sql_text(w, " FROM generate_series(1, $1)");
}

static void write_insert_from_input(toasty__sql_writer *w, uint16_t drawn)
{
    toasty__sql_text(w, "INSERT INTO ");
    toasty__sql_prefixed(w, w->stmt->model->table);
    for (int pass = 0; pass < 2; pass++) {
        toasty__sql_text(w, pass ? ") SELECT " : " (");
        if (drawn != NO_SEQUENCE) {
            toasty__sql_field(w, drawn);
            toasty__sql_text(w, ", ");
        }
        toasty__sql_fields(w, w->stmt->insert.fields, w->stmt->insert.field_count);
    }
}

/* True when the rows that come back are known before they are inserted. */
static bool answer_is_input(const toasty__stmt *stmt, uint16_t drawn)
{
    for (uint16_t i = 0; i < stmt->item_count; i++)
        if (answered_field(stmt, i) != drawn && !is_given(stmt, answered_field(stmt, i)))
            return false;
    return true;
}

/* The rows that were made, each beside the input row with its key. */
static void write_joined_answer(toasty__sql_writer *w)
{
    const toasty_index *key = &w->stmt->model->indexes[0];
    write_answer(w, "\"inserted\".");
    toasty__sql_text(w, " FROM \"inserted\" JOIN \"input\" USING (");
    toasty__sql_fields(w, key->fields, key->field_count);
    toasty__sql_text(w, ")");
}

/* RETURNING promises no order. So the input is fixed first, numbered and with its keys drawn; it is inserted,
 * and the answer is read from it in its own order. */
static void write_insert_in_order(toasty__sql_writer *w)
{
    const toasty__stmt *stmt = w->stmt;
    uint16_t drawn = drawn_field(stmt);
    bool known = answer_is_input(stmt, drawn);
    toasty__sql_text(w, "WITH \"input\" AS MATERIALIZED (SELECT ");
    if (drawn != NO_SEQUENCE) {
        write_nextval(w, drawn);
        toasty__sql_text(w, " AS ");
        toasty__sql_field(w, drawn);
        toasty__sql_text(w, ", ");
    }
    toasty__sql_fields(w, stmt->insert.fields, stmt->insert.field_count);
    toasty__sql_text(w, ", ");
    toasty__sql_name(w, TOASTY__SQL_ROW_NUMBER);
    write_unnest(w, true);
    toasty__sql_text(w, "), \"inserted\" AS (");
    write_insert_from_input(w, drawn);
    toasty__sql_text(w, known ? " FROM \"input\") SELECT " : " FROM \"input\" RETURNING *) SELECT ");
    if (known) {
        write_answer(w, "");
        toasty__sql_text(w, " FROM \"input\"");
    } else
        write_joined_answer(w);
    toasty__sql_text(w, " ORDER BY ");
    toasty__sql_name(w, TOASTY__SQL_ROW_NUMBER);
}

static void write_insert_lists(toasty__sql_writer *w)
{
    if (w->stmt->item_count) {
        write_insert_in_order(w);
        return;
    }
    write_insert_from_input(w, NO_SEQUENCE);
    write_unnest(w, false);
}

static const toasty__sql_rules rules = {
    .target = "PostgreSQL",
    .quote = '"',
    .numbered = "$",
    .one_parameter_a_list = true,
    .backslash = "E'\\\\'", /* one, whatever standard_conforming_strings is */
    /* sum() of bigint is numeric, of real only as exact as that is. */
    .functions = {[TOASTY__FUNCTION_POSITION] = "strpos",
                  [TOASTY__FUNCTION_COUNT_DISTINCT] = "count(DISTINCT %)",
                  [TOASTY__FUNCTION_SUM] = "CAST(sum(%) AS bigint)",
                  [TOASTY__FUNCTION_AVERAGE] = "(CAST(sum(%) AS double precision) / count(%))",
                  [TOASTY__FUNCTION_SUM_REALS] = "sum(CAST(% AS double precision))",
                  [TOASTY__FUNCTION_AVERAGE_REALS] = "(sum(CAST(% AS double precision)) / count(%))"},
    .cuts = {[TOASTY_TYPE_TIMESTAMP] = "(date_trunc('@', % AT TIME ZONE 'UTC') AT TIME ZONE 'UTC')",
             [TOASTY_TYPE_DATETIME] = "date_trunc('@', %)",
             [TOASTY_TYPE_DATE] = "CAST(date_trunc('@', CAST(% AS timestamp)) AS date)",
             [TOASTY_TYPE_TIME] = "CAST(date_trunc('@', %) AS time)"},
    .automatic = "DEFAULT",
    .empty_row = " DEFAULT VALUES",
    .no_limit = "",
    /* The column's byte order knows only the case of ASCII; the database's own collation knows all. */
    .ilike = " COLLATE \"default\" ILIKE ",
    .nulls_are_largest = true,
    .says_nulls = true,
    .before_truth = "CAST(CAST(",
    .after_truth = " AS integer) AS bigint)",
    .returns_rows = true,
    .before_incoming = "excluded.",
    .after_incoming = "",
    .conflict = toasty__sql_on_conflict,
    .created = "(xmax = 0)", /* nobody has changed it yet, its own insert neither */
    .locks = {"", " FOR UPDATE", " FOR SHARE"},
    .lock_waits = {"", " NOWAIT", " SKIP LOCKED"},
    .in = write_in,
    .tuple_in = write_tuple_in,
    .lists = write_lists,
    .insert_lists = write_insert_lists,
    .draw = write_draw,
    .lock_modes = {"", "", "", ""},
    .isolations = {"", " ISOLATION LEVEL READ COMMITTED", " ISOLATION LEVEL REPEATABLE READ",
                   " ISOLATION LEVEL SERIALIZABLE"},
    .read_only = " READ ONLY",
    .release = "RELEASE SAVEPOINT ",
    .rollback_to = "ROLLBACK TO SAVEPOINT ",
    .explain = {"EXPLAIN ", "EXPLAIN "},
    .analyze = {"EXPLAIN ANALYZE ", "EXPLAIN ANALYZE "},
};

const toasty__dialect toasty__dialect_postgresql = {.rules = &rules,
                                                    .schema = &toasty__sql_schema_postgresql};
