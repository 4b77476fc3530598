/* Schemas in PostgreSQL: enums are types, integers have widths, text is compared by bytes.
 *
 * All that can be seen is read from the catalogues of what a name without a schema finds. */
#include "sql/ddl.h"

#include "base/error.h"
#include "sql/rows.h"

/* Between names that are joined in one cell: no name has it. */
#define SEPARATOR "\x1f"

static const char *copy(toasty__store *store, const toasty_rows *rows, size_t row, size_t column)
{
    return toasty__room_strdup(store->room, toasty_cell(rows, row, column));
}

static toasty__texts split(toasty__room *room, const char *names)
{
    toasty__texts list = {0};
    while (names && *names) {
        size_t length = strcspn(names, SEPARATOR);
        TOASTY__PUSH(room, &list, toasty__room_text(room, names, length));
        names += length + (names[length] != '\0');
    }
    return list;
}

/* --- tables and columns --- */

enum {
    COLUMN_TABLE,
    COLUMN_NAME,
    COLUMN_TYPE,
    COLUMN_OWN_TYPE,
    COLUMN_NOT_NULL,
    COLUMN_COLLATION,
    COLUMN_COUNTS,
    COLUMN_GENERATED
};

/* Rows of a table follow each other. */
static toasty__store_table *table_of(toasty__store *store, const toasty_rows *rows, size_t row)
{
    const char *name = toasty__rows_text(rows, row, COLUMN_TABLE);
    size_t count = store->tables.count;
    if (count == 0 || strcmp(store->tables.items[count - 1].name, name) != 0) {
        toasty__store_table table = {.name = toasty__room_strdup(store->room, name), .options = ""};
        TOASTY__PUSH(store->room, &store->tables, table);
    }
    return store->room->failed ? NULL : &store->tables.items[store->tables.count - 1];
}

static void read_columns(toasty__store *store, const toasty_rows *rows)
{
    for (size_t i = 0; i < rows->len; i++) {
        toasty__store_table *table = table_of(store, rows, i);
        if (!table)
            return;
        if (!toasty_cell(rows, i, COLUMN_NAME))
            continue; /* a table without columns */
        toasty__store_column column = {.name = copy(store, rows, i, COLUMN_NAME),
                                       .type = copy(store, rows, i, COLUMN_TYPE),
                                       .own_type = toasty__rows_true(rows, i, COLUMN_OWN_TYPE),
                                       .null = !toasty__rows_true(rows, i, COLUMN_NOT_NULL),
                                       .collation = copy(store, rows, i, COLUMN_COLLATION),
                                       .counts = toasty__rows_true(rows, i, COLUMN_COUNTS),
                                       .generated = copy(store, rows, i, COLUMN_GENERATED)};
        TOASTY__PUSH(store->room, &table->columns, column);
    }
}

/* --- indexes: a row for each part --- */

enum {
    PART_TABLE,
    PART_INDEX,
    PART_PRIMARY,
    PART_UNIQUE,
    PART_VALID,
    PART_WHERE,
    PART_COLUMN,
    PART_EXPRESSION,
    PART_OPTIONS,
    PART_NUMBER
};
enum { DESCENDING = 1, NULLS_FIRST = 2 };

static toasty__store_index *index_of_row(toasty__store *store, toasty__store_table *table,
                                         const toasty_rows *rows, size_t row)
{
    bool primary = toasty__rows_true(rows, row, PART_PRIMARY);
    toasty__store_index index = {.name = copy(store, rows, row, PART_INDEX),
                                 .unique = toasty__rows_true(rows, row, PART_UNIQUE),
                                 .broken = !toasty__rows_true(rows, row, PART_VALID),
                                 .where = copy(store, rows, row, PART_WHERE)};
    if (strcmp(toasty__rows_text(rows, row, PART_NUMBER), "1") == 0) {
        if (primary)
            table->key = index;
        else
            TOASTY__PUSH(store->room, &table->indexes, index);
    }
    return primary                ? &table->key
           : table->indexes.count ? &table->indexes.items[table->indexes.count - 1]
                                  : NULL;
}

static void read_indexes(toasty__store *store, const toasty_rows *rows)
{
    for (size_t i = 0; i < rows->len && !store->room->failed; i++) {
        toasty__store_table *table = toasty__store_find_table(store, toasty__rows_text(rows, i, PART_TABLE));
        toasty__store_index *index = table ? index_of_row(store, table, rows, i) : NULL;
        int options = atoi(toasty__rows_text(rows, i, PART_OPTIONS));
        toasty__store_part part = {.column = copy(store, rows, i, PART_COLUMN),
                                   .expression = copy(store, rows, i, PART_EXPRESSION),
                                   .descending = options & DESCENDING,
                                   .nulls_first = options & NULLS_FIRST};
        if (index)
            TOASTY__PUSH(store->room, &index->parts, part);
    }
}

/* --- checks and foreign keys --- */

enum {
    CONSTRAINT_TABLE,
    CONSTRAINT_NAME,
    CONSTRAINT_CHECK,
    CONSTRAINT_COLUMNS,
    CONSTRAINT_TARGET,
    CONSTRAINT_REFERENCES,
    CONSTRAINT_DELETE,
    CONSTRAINT_UPDATE,
    CONSTRAINT_DEFERRABLE
};

static const char *rule_of(const char *code)
{
    static const struct {
        char code;
        const char *rule;
    } rules[] = {{'c', "CASCADE"}, {'r', "RESTRICT"}, {'n', "SET NULL"}, {'d', "SET DEFAULT"}};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].code == *code)
            return rules[i].rule;
    return NULL;
}

static void read_constraints(toasty__store *store, const toasty_rows *rows)
{
    for (size_t i = 0; i < rows->len; i++) {
        toasty__store_table *table =
            toasty__store_find_table(store, toasty__rows_text(rows, i, CONSTRAINT_TABLE));
        const char *name = copy(store, rows, i, CONSTRAINT_NAME),
                   *check = copy(store, rows, i, CONSTRAINT_CHECK);
        if (!table)
            continue;
        if (check) {
            TOASTY__PUSH(store->room, &table->checks, (toasty__store_check){name, check});
            continue;
        }
        toasty__store_foreign foreign = {
            .name = name,
            .table = toasty__room_strdup(store->room, toasty__rows_text(rows, i, CONSTRAINT_TARGET)),
            .columns = split(store->room, toasty_cell(rows, i, CONSTRAINT_COLUMNS)),
            .references = split(store->room, toasty_cell(rows, i, CONSTRAINT_REFERENCES)),
            .on_delete = rule_of(toasty__rows_text(rows, i, CONSTRAINT_DELETE)),
            .on_update = rule_of(toasty__rows_text(rows, i, CONSTRAINT_UPDATE)),
            .deferrable = toasty__rows_true(rows, i, CONSTRAINT_DEFERRABLE)};
        TOASTY__PUSH(store->room, &table->foreigns, foreign);
    }
}

/* --- enums: a row for each label --- */

static void read_enums(toasty__store *store, const toasty_rows *rows)
{
    for (size_t i = 0; i < rows->len && !store->room->failed; i++) {
        const char *name = toasty__rows_text(rows, i, 0);
        size_t count = store->enums.count;
        if (count == 0 || strcmp(store->enums.items[count - 1].name, name) != 0) {
            toasty__store_enum labels = {.name = toasty__room_strdup(store->room, name)};
            TOASTY__PUSH(store->room, &store->enums, labels);
        }
        const char *label = copy(store, rows, i, 1);
        if (label && !store->room->failed)
            TOASTY__PUSH(store->room, &store->enums.items[store->enums.count - 1].labels, label);
    }
}

/* --- all --- */

/* Tables that a name without a schema finds. */
#define VISIBLE                                                                                              \
    "t.relkind IN ('r', 'p') AND NOT t.relispartition AND pg_table_is_visible(t.oid) AND t.relnamespace <> " \
    "'pg_catalog'::regnamespace "
#define NAMES_OF(keys, table)                                                                                \
    "(SELECT string_agg(a.attname::text, chr(31) ORDER BY k.place) FROM unnest(" keys ") WITH ORDINALITY "   \
    "AS k (number, place) JOIN pg_attribute a ON a.attrelid = " table " AND a.attnum = k.number)"

static const char *const queries[] = {
    "SELECT t.relname::text, a.attname::text, CASE WHEN y.typtype = 'e' THEN y.typname::text "
    "ELSE format_type(a.atttypid, a.atttypmod) END, y.typtype = 'e', a.attnotnull, o.collname::text, "
    "a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%', false), "
    "CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END "
    "FROM pg_class t LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 "
    "AND NOT a.attisdropped LEFT JOIN pg_type y ON y.oid = a.atttypid "
    "LEFT JOIN pg_collation o ON o.oid = a.attcollation "
    "LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum WHERE " VISIBLE
    "ORDER BY t.relname, a.attnum",
    "SELECT t.relname::text, c.relname::text, i.indisprimary, i.indisunique, i.indisvalid, "
    "pg_get_expr(i.indpred, i.indrelid), a.attname::text, "
    "CASE WHEN a.attname IS NULL THEN pg_get_indexdef(i.indexrelid, k, true) END, i.indoption[k - 1], k "
    "FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid "
    "CROSS JOIN LATERAL generate_series(1, i.indnkeyatts::integer) AS k "
    "LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[k - 1] AND a.attnum > 0 "
    "WHERE " VISIBLE "ORDER BY t.relname, c.relname, k",
    "SELECT t.relname::text, c.conname::text, CASE WHEN c.contype = 'c' THEN pg_get_expr(c.conbin, "
    "c.conrelid) END, " NAMES_OF("c.conkey", "c.conrelid") ", f.relname::text, " NAMES_OF(
        "c.confkey", "c.confrelid") ", c.confdeltype, c.confupdtype, c.condeferrable "
                                    "FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid LEFT JOIN "
                                    "pg_class f ON f.oid = c.confrelid "
                                    "WHERE c.contype IN ('c', 'f') AND " VISIBLE
                                    "ORDER BY t.relname, c.conname",
    "SELECT y.typname::text, e.enumlabel::text FROM pg_type y LEFT JOIN pg_enum e ON e.enumtypid = y.oid "
    "WHERE y.typtype = 'e' AND pg_type_is_visible(y.oid) ORDER BY y.typname, e.enumsortorder",
    NULL,
};

static int read_store(toasty__store *store, const toasty_rows *const *answers, toasty_error *err)
{
    read_columns(store, answers[0]);
    read_indexes(store, answers[1]);
    read_constraints(store, answers[2]);
    read_enums(store, answers[3]);
    return store->room->failed ? toasty__fail_memory(err) : 0;
}

const toasty__sql_schema toasty__sql_schema_postgresql = {
    .target = "postgresql",
    .mapping =
        {
            .database = "PostgreSQL",
            /* As format_type() spells them. */
            .types =
                {
                    [TOASTY_TYPE_BOOL] = "boolean",
                    [TOASTY_TYPE_I8] = "smallint",
                    [TOASTY_TYPE_I16] = "smallint",
                    [TOASTY_TYPE_I32] = "integer",
                    [TOASTY_TYPE_I64] = "bigint",
                    [TOASTY_TYPE_U8] = "smallint",
                    [TOASTY_TYPE_U16] = "integer",
                    [TOASTY_TYPE_U32] = "bigint",
                    [TOASTY_TYPE_U64] = "bigint",
                    [TOASTY_TYPE_F32] = "real",
                    [TOASTY_TYPE_F64] = "double precision",
                    [TOASTY_TYPE_TEXT] = "text",
                    [TOASTY_TYPE_BYTES] = "bytea",
                    [TOASTY_TYPE_UUID] = "uuid",
                    [TOASTY_TYPE_TIMESTAMP] = "timestamp with time zone",
                    [TOASTY_TYPE_DATE] = "date",
                    [TOASTY_TYPE_TIME] = "time without time zone",
                    [TOASTY_TYPE_DATETIME] = "timestamp without time zone",
                },
            .text_collation = "C",
            .table_options = "",
            .quote = '"',
            .checks = true,
            .integer_widths = true,
            .nulls_are_largest = true,
        },
    .counts = " GENERATED BY DEFAULT AS IDENTITY",
    .table_end = "",
    .drop_end = " CASCADE",
    .escape = "E",
    .in_transaction = true,
    .lock = "SELECT pg_advisory_xact_lock(128021725148281)", /* "toasty" */
    .queries = queries,
    .read = read_store,
};
