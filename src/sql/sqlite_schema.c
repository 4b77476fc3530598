/* Schemas in SQLite.
 *
 * Tables are STRICT: a number that grew beyond 64 bits is an error instead of a REAL. Keys that count up are
 * AUTOINCREMENT: the key of a deleted row is never given to another one, as on servers, and the keys of one
 * insert of many rows follow each other.
 *
 * Its pragmas do not tell checks, names of constraints, collations and AUTOINCREMENT: those are read from the
 * statement that made the table, which SQLite keeps, and keeps true. */
#include "sql/ddl.h"

#include "base/error.h"
#include "core/names.h"
#include "schema/tokens.h"
#include "sql/rows.h"

/* --- the statement of a table --- */

typedef struct reader {
    toasty__room *room;
    const char *at; /* behind the token */
    toasty__token token;
    toasty__store_table *table;
    toasty__store_column *column; /* whose definition this is; NULL in a constraint of the table */
    const char *constraint;       /* the name of the next one; NULL: none */
} reader;

static void step(reader *r)
{
    r->token = toasty__token_next(&r->at);
}

static bool takes(reader *r, const char *word)
{
    if (!toasty__token_is(r->token, word))
        return false;
    step(r);
    return true;
}

static const char *take_text(reader *r)
{
    const char *text = toasty__token_text(r->room, r->token);
    step(r);
    return text;
}

/* What stands between parentheses, which end behind it. */
static const char *take_parentheses(reader *r)
{
    const char *start = r->at, *end = start;
    int depth = 0;
    do {
        depth += toasty__token_is(r->token, "(") ? 1 : toasty__token_is(r->token, ")") ? -1 : 0;
        end = r->token.text;
        step(r);
    } while (depth > 0 && r->token.kind != TOASTY__TOKEN_END);
    return toasty__room_text(r->room, start, end > start ? (size_t)(end - start) : 0);
}

/* (a, b) */
static toasty__texts take_names(reader *r)
{
    toasty__texts names = {0};
    if (!takes(r, "("))
        return names;
    while (r->token.kind != TOASTY__TOKEN_END && !toasty__token_is(r->token, ")")) {
        TOASTY__PUSH(r->room, &names, take_text(r));
        takes(r, ",");
    }
    takes(r, ")");
    return names;
}

/* CASCADE, RESTRICT, SET NULL, …; NO ACTION is none. */
static const char *take_action(reader *r)
{
    if (takes(r, "SET"))
        return takes(r, "NULL") ? "SET NULL" : takes(r, "DEFAULT") ? "SET DEFAULT" : NULL;
    if (takes(r, "NO")) {
        takes(r, "ACTION");
        return NULL;
    }
    return takes(r, "CASCADE") ? "CASCADE" : takes(r, "RESTRICT") ? "RESTRICT" : NULL;
}

static bool takes_deferrable(reader *r)
{
    reader before = *r;
    bool not = takes(r, "NOT");
    if (!takes(r, "DEFERRABLE")) {
        *r = before; /* NOT NULL, say */
        return false;
    }
    if (takes(r, "INITIALLY"))
        step(r);
    return !not ;
}

/* Behind REFERENCES. */
static void take_reference(reader *r, toasty__texts columns)
{
    toasty__store_foreign foreign = {.name = r->constraint, .columns = columns, .table = take_text(r)};
    foreign.references = take_names(r);
    for (;;) {
        if (takes(r, "ON")) {
            bool on_delete = takes(r, "DELETE");
            if (!on_delete)
                takes(r, "UPDATE");
            *(on_delete ? &foreign.on_delete : &foreign.on_update) = take_action(r);
        } else if (takes(r, "MATCH"))
            step(r);
        else if (takes_deferrable(r))
            foreign.deferrable = true;
        else
            break;
    }
    TOASTY__PUSH(r->room, &r->table->foreigns, foreign);
    r->constraint = NULL;
}

static toasty__texts only(reader *r)
{
    toasty__texts columns = {0};
    if (r->column)
        TOASTY__PUSH(r->room, &columns, r->column->name);
    return columns;
}

static bool has_parts(const toasty__store_index *index, const toasty__texts *columns)
{
    bool same = index->parts.count == columns->count;
    for (size_t i = 0; same && i < columns->count; i++)
        same = index->parts.items[i].column && strcmp(index->parts.items[i].column, columns->items[i]) == 0;
    return same;
}

/* A unique index that a constraint made has a name of SQLite's own. It is ours when the constraint's is. */
static void take_unique(reader *r)
{
    char ours[TOASTY__NAME_LIMIT + 1];
    toasty__texts columns = r->column ? only(r) : take_names(r);
    toasty__name_index(ours, TOASTY__NAME_LIMIT, TOASTY__NAME_UNIQUE, r->table->name, columns.items,
                       columns.count);
    for (size_t i = 0; r->constraint && strcmp(r->constraint, ours) == 0 && i < r->table->indexes.count;
         i++) {
        toasty__store_index *index = &r->table->indexes.items[i];
        if (!index->name && has_parts(index, &columns))
            index->name = r->constraint;
    }
    r->constraint = NULL;
}

static void take_check(reader *r)
{
    toasty__store_check check = {.name = r->constraint, .expression = take_parentheses(r)};
    TOASTY__PUSH(r->room, &r->table->checks, check);
    r->constraint = NULL;
}

/* One clause of a column or of the table, or a word of no interest. */
static void take_clause(reader *r)
{
    if (takes(r, "CONSTRAINT"))
        r->constraint = take_text(r);
    else if (takes(r, "CHECK"))
        take_check(r);
    else if (takes(r, "UNIQUE"))
        take_unique(r);
    else if (takes(r, "FOREIGN")) {
        takes(r, "KEY");
        toasty__texts columns = take_names(r);
        if (takes(r, "REFERENCES"))
            take_reference(r, columns);
    } else if (takes(r, "REFERENCES"))
        take_reference(r, only(r));
    else if (r->column && takes(r, "COLLATE"))
        r->column->collation = take_text(r);
    else if (r->column && takes(r, "AUTOINCREMENT"))
        r->column->counts = true;
    else if (r->column && takes(r, "AS"))
        r->column->generated = take_parentheses(r);
    else if (toasty__token_is(r->token, "("))
        take_parentheses(r);
    else
        step(r);
}

static bool is_constraint(toasty__token token)
{
    static const char *const words[] = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (toasty__token_is(token, words[i]))
            return true;
    return false;
}

/* A column's definition or a constraint of the table. */
static void read_item(reader *r)
{
    r->constraint = NULL;
    r->column = NULL;
    if (!is_constraint(r->token))
        r->column = toasty__store_find_column(r->table, take_text(r));
    while (r->token.kind != TOASTY__TOKEN_END && !toasty__token_is(r->token, ",") &&
           !toasty__token_is(r->token, ")"))
        take_clause(r);
}

static void read_statement(toasty__room *room, toasty__store_table *table, const char *sql)
{
    reader r = {.room = room, .at = sql, .table = table};
    do
        step(&r);
    while (r.token.kind != TOASTY__TOKEN_END && !toasty__token_is(r.token, "("));
    do {
        step(&r);
        read_item(&r);
    } while (toasty__token_is(r.token, ","));
}

/* --- tables and columns --- */

enum { TABLE_NAME, TABLE_SQL, TABLE_STRICT };

static void read_tables(toasty__store *store, const toasty_rows *rows)
{
    for (size_t i = 0; i < rows->len; i++) {
        toasty__store_table table = {
            .name = toasty__room_strdup(store->room, toasty__rows_text(rows, i, TABLE_NAME)),
            .options = toasty__rows_true(rows, i, TABLE_STRICT) ? "STRICT" : ""};
        TOASTY__PUSH(store->room, &store->tables, table);
    }
}

enum { COLUMN_TABLE, COLUMN_NAME, COLUMN_TYPE, COLUMN_NOT_NULL, COLUMN_GENERATED };

static void read_columns(toasty__store *store, const toasty_rows *rows)
{
    for (size_t i = 0; i < rows->len; i++) {
        toasty__store_table *table =
            toasty__store_find_table(store, toasty__rows_text(rows, i, COLUMN_TABLE));
        const char *type = toasty__room_strdup(store->room, toasty__rows_text(rows, i, COLUMN_TYPE));
        toasty__store_column column = {
            .name = toasty__room_strdup(store->room, toasty__rows_text(rows, i, COLUMN_NAME)),
            .type = type,
            .collation = "BINARY",
            .generated = toasty__rows_true(rows, i, COLUMN_GENERATED) ? "" : NULL,
            .null = !toasty__rows_true(rows, i, COLUMN_NOT_NULL)};
        if (table)
            TOASTY__PUSH(store->room, &table->columns, column);
    }
}

static void read_statements(toasty__store *store, const toasty_rows *rows)
{
    for (size_t i = 0; i < rows->len && i < store->tables.count; i++)
        read_statement(store->room, &store->tables.items[i], toasty__rows_text(rows, i, TABLE_SQL));
}

/* --- indexes: a row for each part --- */

enum { PART_TABLE, PART_INDEX, PART_UNIQUE, PART_COLUMN, PART_DESCENDING, PART_SQL, PART_NUMBER };

/* What stands behind WHERE outside of parentheses; NULL: nothing. */
static const char *where_of(toasty__room *room, const char *sql)
{
    int depth = 0;
    for (toasty__token token; (token = toasty__token_next(&sql)).kind != TOASTY__TOKEN_END;) {
        depth += toasty__token_is(token, "(") ? 1 : toasty__token_is(token, ")") ? -1 : 0;
        if (depth == 0 && toasty__token_is(token, "WHERE"))
            return toasty__room_strdup(room, sql);
    }
    return NULL;
}

/* The part of that number in the parentheses of an index's statement. */
static const char *expression_of(toasty__room *room, const char *sql, int number)
{
    const char *start = NULL;
    int depth = 0;
    for (toasty__token token; (token = toasty__token_next(&sql)).kind != TOASTY__TOKEN_END;) {
        bool ends = depth == 1 && (toasty__token_is(token, ",") || toasty__token_is(token, ")"));
        if (ends && number-- == 0 && start)
            return toasty__room_text(room, start, (size_t)(token.text - start));
        depth += toasty__token_is(token, "(") ? 1 : toasty__token_is(token, ")") ? -1 : 0;
        if ((depth == 1 && toasty__token_is(token, "(")) || ends)
            start = sql;
    }
    return "";
}

static toasty__store_index *index_of_row(toasty__store *store, toasty__store_table *table,
                                         const toasty_rows *rows, size_t row)
{
    const char *name = toasty__rows_text(rows, row, PART_INDEX),
               *sql = toasty__rows_text(rows, row, PART_SQL);
    if (strcmp(toasty__rows_text(rows, row, PART_NUMBER), "0") == 0) {
        /* One that a constraint made has no statement, and a name that nobody gave it. */
        toasty__store_index index = {.name = *sql ? toasty__room_strdup(store->room, name) : NULL,
                                     .unique = toasty__rows_true(rows, row, PART_UNIQUE),
                                     .where = where_of(store->room, sql)};
        TOASTY__PUSH(store->room, &table->indexes, index);
    }
    return table->indexes.count ? &table->indexes.items[table->indexes.count - 1] : NULL;
}

static void read_indexes(toasty__store *store, const toasty_rows *rows)
{
    for (size_t i = 0; i < rows->len && !store->room->failed; i++) {
        toasty__store_table *table = toasty__store_find_table(store, toasty__rows_text(rows, i, PART_TABLE));
        toasty__store_index *index = table ? index_of_row(store, table, rows, i) : NULL;
        const char *column = toasty_cell(rows, i, PART_COLUMN);
        toasty__store_part part = {
            .column = toasty__room_strdup(store->room, column),
            .expression = column ? NULL
                                 : expression_of(store->room, toasty__rows_text(rows, i, PART_SQL),
                                                 atoi(toasty__rows_text(rows, i, PART_NUMBER))),
            .descending = toasty__rows_true(rows, i, PART_DESCENDING)};
        if (index)
            TOASTY__PUSH(store->room, &index->parts, part);
    }
}

static void read_keys(toasty__store *store, const toasty_rows *rows)
{
    for (size_t i = 0; i < rows->len; i++) {
        toasty__store_table *table = toasty__store_find_table(store, toasty__rows_text(rows, i, 0));
        toasty__store_part part = {.column = toasty__room_strdup(store->room, toasty__rows_text(rows, i, 1))};
        if (table)
            TOASTY__PUSH(store->room, &table->key.parts, part);
    }
}

/* --- all --- */

#define TABLES                                                                                               \
    "(SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\') " \
    "AS t "

static const char *const queries[] = {
    "SELECT t.name, t.sql, (SELECT max(l.strict) FROM pragma_table_list(t.name) AS l WHERE l.schema = "
    "'main') "
    "FROM " TABLES "ORDER BY t.name",
    "SELECT t.name, c.name, c.type, c.\"notnull\", c.hidden IN (2, 3) FROM " TABLES
    "JOIN pragma_table_xinfo(t.name) AS c WHERE c.hidden <> 1 ORDER BY t.name, c.cid",
    "SELECT t.name, c.name FROM " TABLES
    "JOIN pragma_table_xinfo(t.name) AS c WHERE c.pk > 0 ORDER BY t.name, c.pk",
    "SELECT t.name, i.name, i.\"unique\", x.name, x.\"desc\", s.sql, x.seqno FROM " TABLES
    "JOIN pragma_index_list(t.name) AS i JOIN pragma_index_xinfo(i.name) AS x "
    "LEFT JOIN sqlite_schema AS s ON s.type = 'index' AND s.name = i.name "
    "WHERE i.origin <> 'pk' AND x.key ORDER BY t.name, i.name, x.seqno",
    NULL,
};

static int read_store(toasty__store *store, const toasty_rows *const *answers, toasty_error *err)
{
    read_tables(store, answers[0]);
    read_columns(store, answers[1]);
    read_keys(store, answers[2]);
    read_indexes(store, answers[3]);
    if (!store->room->failed)
        read_statements(store, answers[0]);
    return store->room->failed ? toasty__fail_memory(err) : 0;
}

/* clang-format off */
#define SCHEMA(quote_)                                                                                       \
    .target = "sqlite",                                                                                      \
    .mapping = {.database = "SQLite",                                                                        \
                .types = {[TOASTY_TYPE_BOOL] = "INTEGER",  [TOASTY_TYPE_I8] = "INTEGER",                     \
                          [TOASTY_TYPE_I16] = "INTEGER",   [TOASTY_TYPE_I32] = "INTEGER",                    \
                          [TOASTY_TYPE_I64] = "INTEGER",   [TOASTY_TYPE_U8] = "INTEGER",                     \
                          [TOASTY_TYPE_U16] = "INTEGER",   [TOASTY_TYPE_U32] = "INTEGER",                    \
                          [TOASTY_TYPE_U64] = "INTEGER",   [TOASTY_TYPE_F32] = "REAL",                       \
                          [TOASTY_TYPE_F64] = "REAL",      [TOASTY_TYPE_ENUM] = "TEXT",                      \
                          [TOASTY_TYPE_TEXT] = "TEXT",     [TOASTY_TYPE_BYTES] = "BLOB",                     \
                          [TOASTY_TYPE_UUID] = "BLOB",     [TOASTY_TYPE_TIMESTAMP] = "TEXT",                 \
                          [TOASTY_TYPE_DATE] = "TEXT",     [TOASTY_TYPE_TIME] = "TEXT",                      \
                          [TOASTY_TYPE_DATETIME] = "TEXT"},                                                  \
                .text_collation = "BINARY", .table_options = "STRICT", .quote = (quote_), .checks = true,    \
                .counts_whole_keys = true,                                                                   \
                .instead_of_altering = "SQLite alters no columns and constraints: copy the rows into a "     \
                                       "table made anew"},      \
    .counts = " PRIMARY KEY AUTOINCREMENT", .collation = "BINARY", .table_end = " STRICT", .drop_end = "",   \
    .foreign_keys_inside = true, .in_transaction = true, .unbind = "PRAGMA foreign_keys = OFF",              \
    .bind = "PRAGMA foreign_keys = ON", .queries = queries, .read = read_store
/* clang-format on */

const toasty__sql_schema toasty__sql_schema_sqlite = {SCHEMA('"')};

/* Tables as the plain dialect makes them: as far as SQLite accepts it, indexes are made with their table. */
const toasty__sql_schema toasty__sql_schema_plain = {SCHEMA('`'),
                                                     .unique_inside = {"CONSTRAINT ", " UNIQUE"}};
