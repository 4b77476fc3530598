/* SQL as SQLite has it.
 *
 * Tables are STRICT: a number that grew beyond 64 bits is an error instead of a REAL. Keys that count up are
 * AUTOINCREMENT: the key of a deleted row is never given to another one, as on servers, and the keys of one
 * insert of many rows follow each other. */
#include "sql/sqlite.h"
#include "sql/ddl.h"

static const toasty_parameter *list_parameter(const toasty__sql_writer *w, const toasty__expr *expr)
{
    return &w->stmt->parameters[expr->parameter];
}

/* A list is as many placeholders as the statement was made for, or one JSON array of any length. */
void toasty__sqlite_in(toasty__sql_writer *w, const toasty__expr *expr)
{
    const toasty__expr *list = expr->items[1];
    uint32_t size = list_parameter(w, list)->list_size;
    toasty__sql_expr(w, expr->items[0]);
    toasty__sql_text(w, expr->tag == TOASTY__EXPR_IN ? " IN (" : " NOT IN (");
    if (!size) {
        toasty__sql_text(w, "SELECT ");
        toasty__sql_name(w, "value");
        toasty__sql_text(w, " FROM json_each(");
        toasty__sql_parameter(w, list->parameter, 0);
        toasty__sql_text(w, ")");
    }
    for (uint32_t i = 0; i < size; i++) {
        toasty__sql_text(w, i ? ", " : "");
        toasty__sql_parameter(w, list->parameter, i);
    }
    toasty__sql_text(w, ")");
}

/* "list 0" AS MATERIALIZED (SELECT "key", "value" FROM json_each(?1)) */
static void write_json_list(toasty__sql_writer *w, uint32_t number, const toasty__expr *list)
{
    toasty__sql_named(w, "list %u", number);
    toasty__sql_text(w, " AS MATERIALIZED (SELECT ");
    toasty__sql_name(w, "key");
    toasty__sql_text(w, ", ");
    toasty__sql_name(w, "value");
    toasty__sql_text(w, " FROM json_each(");
    toasty__sql_expr(w, list);
    toasty__sql_text(w, "))");
}

/* The lists side by side, paired by their places. Materialised, since only a table gets an index for the
 * join. */
void toasty__sqlite_lists(toasty__sql_writer *w, toasty__expr *const *lists, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        toasty__sql_text(w, i ? ", " : "WITH ");
        write_json_list(w, i, lists[i]);
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
    .numbered = "?",
    .backslash = "'\\'",
    .automatic = "NULL",
    .empty_row = " DEFAULT VALUES",
    .no_limit = " LIMIT -1",
    .says_nulls = true,
    .before_truth = "",
    .after_truth = "",
    .returns_rows = true,
    .before_incoming = "excluded.",
    .after_incoming = "",
    .conflict = toasty__sql_on_conflict,
    /* Whoever writes has the whole file. */
    .locks = {"", "", ""},
    .locked = {"", "", ""},
    .in = toasty__sqlite_in,
    .tuple_in = toasty__sqlite_tuple_in,
    .lists = toasty__sqlite_lists,
    .lock_modes = {" IMMEDIATE", "", " IMMEDIATE", " EXCLUSIVE"},
    .isolations = {"", "", "", ""},
    .read_only = "",
    .release = "RELEASE ",
    .rollback_to = "ROLLBACK TO ",
};

/* --- schemas --- */

static const char *type_name(const toasty_field *field)
{
    switch ((toasty_type)field->type) {
    case TOASTY_TYPE_F32:
    case TOASTY_TYPE_F64:
        return "REAL";
    case TOASTY_TYPE_BYTES:
    case TOASTY_TYPE_UUID:
        return "BLOB";
    case TOASTY_TYPE_ENUM:
    case TOASTY_TYPE_TEXT:
    case TOASTY_TYPE_TIMESTAMP:
    case TOASTY_TYPE_DATE:
    case TOASTY_TYPE_TIME:
    case TOASTY_TYPE_DATETIME:
        return "TEXT";
    default:
        return "INTEGER";
    }
}

static void write_column_type(toasty__sql_writer *w, const toasty_field *field)
{
    toasty__sql_text(w, type_name(field));
}

static void column_type(const toasty_field *field, const char *prefix, toasty__buffer *out)
{
    (void)prefix;
    toasty__buffer_text(out, type_name(field));
}

static const toasty__ddl_rules ddl = {
    .words = &rules,
    .target = "SQLite",
    .sequence = " PRIMARY KEY AUTOINCREMENT",
    .table_end = " STRICT",
    .drop_end = "",
    .sequence_is_primary = true,
    .foreign_keys_inside = true,
    .column_type = write_column_type,
};

static int create(const toasty_schema *schema, const char *prefix, size_t step, toasty__ddl_object *object,
                  toasty__buffer *out, toasty_error *err)
{
    return toasty__ddl_create(&ddl, schema, prefix, step, object, out, err);
}

static bool constraint(const toasty_model *model, const char *prefix, size_t n, toasty__ddl_object *object)
{
    return toasty__ddl_constraint(&ddl, model, prefix, n, object);
}

static int drop(const toasty_schema *schema, const char *prefix, size_t step, toasty__buffer *out,
                toasty_error *err)
{
    return toasty__ddl_drop(&ddl, schema, prefix, step, out, err);
}

#define TABLES                                                                                               \
    "(SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\') AS t "

static const char describe_columns[] =
    "SELECT t.name, c.name, c.type, CASE WHEN c.\"notnull\" THEN 't' ELSE 'f' END "
    "FROM " TABLES "JOIN pragma_table_info(t.name) AS c ORDER BY t.name, c.cid";

/* A primary key has no name here: it is told by the one that it would have on a server. */
static const char describe_indexes[] =
    "SELECT t.name AS \"table\", i.name AS \"index\", CASE WHEN i.\"unique\" THEN 't' ELSE 'f' END, "
    "(SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) "
    "FROM " TABLES "JOIN pragma_index_list(t.name) AS i WHERE i.origin <> 'pk' AND NOT i.partial "
    "UNION ALL SELECT t.name, t.name || '_pkey', 't', "
    "(SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_table_info(t.name) WHERE pk ORDER BY "
    "pk)) "
    "FROM " TABLES "WHERE EXISTS (SELECT 1 FROM pragma_table_info(t.name) WHERE pk) ORDER BY 1, 2";

/* SQLite keeps the names of constraints in the table's own statement only, after the word. */
static const char describe_constraints[] =
    "WITH RECURSIVE found (\"table\", rest, named) AS (SELECT name, sql, 0 FROM sqlite_schema "
    "WHERE type = 'table' UNION ALL SELECT \"table\", substr(rest, instr(rest, 'CONSTRAINT \"') + 12), 1 "
    "FROM found WHERE instr(rest, 'CONSTRAINT \"') > 0) "
    "SELECT \"table\", substr(rest, 1, instr(rest, '\"') - 1) FROM found WHERE named";

/* Whatever the statements are like, the tables are SQLite's. */
/* clang-format off */
#define SCHEMAS                                                                                              \
    .create = create, .drop = drop, .constraint = constraint, .column_type = column_type,                    \
    .describe_columns = describe_columns, .describe_indexes = describe_indexes,                              \
    .describe_constraints = describe_constraints, .ddl_in_transaction = true
/* clang-format on */

const toasty__dialect toasty__dialect_sqlite = {.rules = &rules, SCHEMAS};
const toasty__dialect toasty__dialect_plain = {.rules = &toasty__sql_plain_rules, SCHEMAS};
