/* Schemas in MySQL and MariaDB: every C integer has a type of its own, enums are types of their columns, and
 * what stands in a key has a length.
 *
 * What both tell of themselves is the information_schema, each in spellings of its own, which the queries
 * make alike: the width of an integer that MariaDB shows, the names of rules. The server makes an index for a
 * foreign key that has none, under the key's name: nobody asked for it, so it is not seen. */
#include "sql/ddl.h"
#include "sql/mysql.h"

#include "base/error.h"
#include "sql/rows.h"

#include <strings.h>

static const char *copy(toasty__store *store, const toasty_rows *rows, size_t row, size_t column)
{
    return toasty__room_strdup(store->room, toasty_cell(rows, row, column));
}

static bool says(const toasty_rows *rows, size_t row, size_t column, const char *text)
{
    return strcasecmp(toasty__rows_text(rows, row, column), text) == 0;
}

static toasty__store_table *find_table(toasty__store *store, const toasty_rows *rows, size_t row)
{
    return toasty__store_find_table(store, toasty__rows_text(rows, row, 0));
}

/* --- tables and columns --- */

enum {
    COLUMN_TABLE,
    COLUMN_NAME,
    COLUMN_TYPE,
    COLUMN_NULL,
    COLUMN_COLLATION,
    COLUMN_EXTRA,
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

/* MariaDB shows how wide integers were once printed, int(11), which means nothing; but tinyint(1) says that
 * it is a bool. */
static const char *type_of(toasty__store *store, const char *shown)
{
    static const char *const integers[] = {"tinyint(", "smallint(", "mediumint(", "int(", "bigint("};
    const char *end = strchr(shown, ')');
    if (end && strcmp(shown, "tinyint(1)") != 0)
        for (size_t i = 0; i < sizeof integers / sizeof *integers; i++) {
            size_t length = strlen(integers[i]) - 1;
            if (strncmp(shown, integers[i], length + 1) == 0)
                return toasty__room_printf(store->room, "%.*s%s", (int)length, shown, end + 1);
        }
    return toasty__room_strdup(store->room, shown);
}

static void read_columns(toasty__store *store, const toasty_rows *rows)
{
    for (size_t i = 0; i < rows->len; i++) {
        toasty__store_table *table = table_of(store, rows, i);
        if (!table)
            return;
        const char *type = type_of(store, toasty__rows_text(rows, i, COLUMN_TYPE));
        bool is_enum = type && strncmp(type, "enum(", 5) == 0;
        const char *generated = toasty__rows_text(rows, i, COLUMN_GENERATED);
        toasty__store_column column = {.name = copy(store, rows, i, COLUMN_NAME),
                                       .type = type,
                                       .collation = is_enum ? NULL : copy(store, rows, i, COLUMN_COLLATION),
                                       .null = says(rows, i, COLUMN_NULL, "YES"),
                                       .counts = says(rows, i, COLUMN_EXTRA, "auto_increment"),
                                       .generated =
                                           *generated ? toasty__room_strdup(store->room, generated) : NULL};
        TOASTY__PUSH(store->room, &table->columns, column);
    }
}

/* --- indexes: a row for each part --- */

enum {
    PART_TABLE,
    PART_INDEX,
    PART_NOT_UNIQUE,
    PART_COLUMN,
    PART_EXPRESSION,
    PART_DIRECTION,
    PART_BYTES,
    PART_NUMBER
};

static toasty__store_index *index_of_row(toasty__store *store, toasty__store_table *table,
                                         const toasty_rows *rows, size_t row)
{
    bool primary = says(rows, row, PART_INDEX, "PRIMARY");
    toasty__store_index index = {.name = copy(store, rows, row, PART_INDEX),
                                 .unique = says(rows, row, PART_NOT_UNIQUE, "0")};
    if (says(rows, row, PART_NUMBER, "1")) {
        if (primary)
            table->key = index;
        else
            TOASTY__PUSH(store->room, &table->indexes, index);
    }
    return primary                ? &table->key
           : table->indexes.count ? &table->indexes.items[table->indexes.count - 1]
                                  : NULL;
}

/* A part that is only the beginning of a column is as far from the column as an expression is. */
static toasty__store_part part_of(toasty__store *store, const toasty_rows *rows, size_t row)
{
    const char *bytes = toasty_cell(rows, row, PART_BYTES), *column = copy(store, rows, row, PART_COLUMN);
    if (bytes)
        return (toasty__store_part){
            .expression = toasty__room_printf(store->room, "%s(%s)", column ? column : "", bytes)};
    return (toasty__store_part){.column = column,
                                .expression = copy(store, rows, row, PART_EXPRESSION),
                                .descending = says(rows, row, PART_DIRECTION, "D")};
}

static void read_indexes(toasty__store *store, const toasty_rows *rows)
{
    for (size_t i = 0; i < rows->len && !store->room->failed; i++) {
        toasty__store_table *table = find_table(store, rows, i);
        toasty__store_index *index = table ? index_of_row(store, table, rows, i) : NULL;
        if (index)
            TOASTY__PUSH(store->room, &index->parts, part_of(store, rows, i));
    }
}

/* --- foreign keys: a row for each column --- */

enum {
    FOREIGN_TABLE,
    FOREIGN_NAME,
    FOREIGN_COLUMN,
    FOREIGN_TARGET,
    FOREIGN_REFERENCE,
    FOREIGN_DELETE,
    FOREIGN_UPDATE,
    FOREIGN_NUMBER
};

/* RESTRICT and NO ACTION are one rule here, under whichever name a server shows. none: how the models say it.
 */
static const char *rule_of(toasty__store *store, const toasty_rows *rows, size_t row, size_t column,
                           const char *none)
{
    bool is_none = says(rows, row, column, "NO ACTION") || says(rows, row, column, "RESTRICT");
    return is_none ? none : copy(store, rows, row, column);
}

static void read_foreigns(toasty__store *store, const toasty_rows *rows)
{
    for (size_t i = 0; i < rows->len && !store->room->failed; i++) {
        toasty__store_table *table = find_table(store, rows, i);
        if (!table)
            continue;
        if (says(rows, i, FOREIGN_NUMBER, "1")) {
            toasty__store_foreign foreign = {.name = copy(store, rows, i, FOREIGN_NAME),
                                             .table = copy(store, rows, i, FOREIGN_TARGET),
                                             .on_delete = rule_of(store, rows, i, FOREIGN_DELETE, "RESTRICT"),
                                             .on_update = rule_of(store, rows, i, FOREIGN_UPDATE, NULL)};
            TOASTY__PUSH(store->room, &table->foreigns, foreign);
        }
        if (store->room->failed || !table->foreigns.count)
            return;
        toasty__store_foreign *foreign = &table->foreigns.items[table->foreigns.count - 1];
        TOASTY__PUSH(store->room, &foreign->columns, copy(store, rows, i, FOREIGN_COLUMN));
        TOASTY__PUSH(store->room, &foreign->references, copy(store, rows, i, FOREIGN_REFERENCE));
    }
}

/* --- checks --- */

static void read_checks(toasty__store *store, const toasty_rows *rows)
{
    for (size_t i = 0; i < rows->len && !store->room->failed; i++) {
        toasty__store_table *table = find_table(store, rows, i);
        toasty__store_check check = {copy(store, rows, i, 1), copy(store, rows, i, 2)};
        if (table)
            TOASTY__PUSH(store->room, &table->checks, check);
    }
}

/* --- all --- */

#define COLUMNS                                                                                              \
    "SELECT c.table_name, c.column_name, c.column_type, c.is_nullable, c.collation_name, c.extra, "          \
    "c.generation_expression FROM information_schema.columns c JOIN information_schema.tables t "            \
    "ON t.table_schema = c.table_schema AND t.table_name = c.table_name "                                    \
    "WHERE c.table_schema = DATABASE() AND t.table_type = 'BASE TABLE' "                                     \
    "ORDER BY c.table_name, c.ordinal_position"
#define INDEXES(expression)                                                                                  \
    "SELECT s.table_name, s.index_name, s.non_unique, s.column_name, " expression ", s.collation, "          \
    "s.sub_part, s.seq_in_index FROM information_schema.statistics s WHERE s.table_schema = DATABASE() "     \
    "AND NOT EXISTS (SELECT 1 FROM information_schema.referential_constraints f WHERE "                      \
    "f.constraint_schema = s.table_schema AND f.table_name = s.table_name AND "                              \
    "f.constraint_name = s.index_name) ORDER BY s.table_name, s.index_name, s.seq_in_index"
#define FOREIGNS                                                                                             \
    "SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_name, "                       \
    "k.referenced_column_name, f.delete_rule, f.update_rule, k.ordinal_position "                            \
    "FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints f "          \
    "ON f.constraint_schema = k.constraint_schema AND f.table_name = k.table_name "                          \
    "AND f.constraint_name = k.constraint_name WHERE k.table_schema = DATABASE() "                           \
    "ORDER BY k.table_name, k.constraint_name, k.ordinal_position"

static const char *const mysql_queries[] = {
    COLUMNS,
    INDEXES("s.expression"),
    FOREIGNS,
    "SELECT t.table_name, c.constraint_name, c.check_clause FROM information_schema.check_constraints c "
    "JOIN information_schema.table_constraints t ON t.constraint_schema = c.constraint_schema "
    "AND t.constraint_name = c.constraint_name WHERE t.constraint_type = 'CHECK' "
    "AND t.table_schema = DATABASE() ORDER BY t.table_name, c.constraint_name",
    NULL,
};
static const char *const mariadb_queries[] = {
    COLUMNS,
    INDEXES("NULL"),
    FOREIGNS,
    "SELECT c.table_name, c.constraint_name, c.check_clause FROM information_schema.check_constraints c "
    "WHERE c.constraint_schema = DATABASE() ORDER BY c.table_name, c.constraint_name",
    NULL,
};

static int read_store(toasty__store *store, const toasty_rows *const *answers, toasty_error *err)
{
    read_columns(store, answers[0]);
    read_indexes(store, answers[1]);
    read_foreigns(store, answers[2]);
    read_checks(store, answers[3]);
    return store->room->failed ? toasty__fail_memory(err) : 0;
}

/* As the information_schema spells them. A text that is in no key may be of any length. */
#define TYPES                                                                                                \
    {                                                                                                        \
        [TOASTY_TYPE_BOOL] = "tinyint(1)", [TOASTY_TYPE_I8] = "tinyint", [TOASTY_TYPE_I16] = "smallint",     \
        [TOASTY_TYPE_I32] = "int", [TOASTY_TYPE_I64] = "bigint", [TOASTY_TYPE_U8] = "tinyint unsigned",      \
        [TOASTY_TYPE_U16] = "smallint unsigned", [TOASTY_TYPE_U32] = "int unsigned",                         \
        [TOASTY_TYPE_U64] = "bigint unsigned", [TOASTY_TYPE_F32] = "float", [TOASTY_TYPE_F64] = "double",    \
        [TOASTY_TYPE_TEXT] = "longtext", [TOASTY_TYPE_BYTES] = "longblob",                                   \
        [TOASTY_TYPE_UUID] = "binary(16)", [TOASTY_TYPE_TIMESTAMP] = "datetime(6)",                          \
        [TOASTY_TYPE_DATE] = "date", [TOASTY_TYPE_TIME] = "time(6)", [TOASTY_TYPE_DATETIME] = "datetime(6)", \
    }

#define SHARED_MAPPING                                                                                       \
    .types = TYPES, .labels_in_type = true, .key_text = "varchar(%u)", .key_blob = "varbinary(%u)",          \
    .table_options = "", .quote = '`', .backslash_escapes = true, .key_name = "PRIMARY", .checks = true,     \
    .integer_widths = true

/* One for each database of the server; it is let go when the session is cleaned. */
#define LOCK "DO GET_LOCK(CONCAT('toasty ', LEFT(DATABASE(), 50)), 600)"
#define TABLE_END " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE="

const toasty__sql_schema toasty__sql_schema_mysql = {
    .target = "mysql",
    .mapping = {.database = "MySQL", .text_collation = TOASTY__MYSQL_COLLATION, SHARED_MAPPING},
    .counts = " AUTO_INCREMENT",
    .collation = TOASTY__MYSQL_COLLATION,
    .table_end = TABLE_END TOASTY__MYSQL_COLLATION,
    .drop_end = "",
    .lock = LOCK,
    .unbind = "SET foreign_key_checks = 0",
    .bind = "SET foreign_key_checks = 1",
    .unique_inside = {"CONSTRAINT ", " UNIQUE"},
    .index_inside = {"INDEX ", ""},
    .queries = mysql_queries,
    .read = read_store,
};

const toasty__sql_schema toasty__sql_schema_mariadb = {
    .target = "mariadb",
    .mapping = {.database = "MariaDB", .text_collation = TOASTY__MARIADB_COLLATION, SHARED_MAPPING},
    .counts = " AUTO_INCREMENT",
    .collation = TOASTY__MARIADB_COLLATION,
    .table_end = TABLE_END TOASTY__MARIADB_COLLATION,
    .drop_end = "",
    .lock = LOCK,
    .unbind = "SET foreign_key_checks = 0",
    .bind = "SET foreign_key_checks = 1",
    .unique_inside = {"CONSTRAINT ", " UNIQUE"},
    .index_inside = {"INDEX ", ""},
    .queries = mariadb_queries,
    .read = read_store,
};
