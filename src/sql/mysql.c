/* Statements as MySQL and MariaDB have them. Their schemas are in mysql_schema.c.
 *
 * A list of any length is one JSON parameter, which JSON_TABLE makes rows of. Text is read from it as long as
 * it comes and in the collation of columns: cut to a width it could be equal to what it is not. */
#include "sql/mysql.h"
#include "core/access.h"
#include "sql/ddl.h"
#include "sql/writer.h"

static const toasty__sql_rules mariadb_rules;

static const toasty_parameter *list_parameter(const toasty__sql_writer *w, const toasty__expr *list)
{
    return &w->stmt->parameters[list->parameter];
}

/* --- lists --- */

static const char *collation_of(const toasty__sql_writer *w)
{
    return w->rules == &mariadb_rules ? TOASTY__MARIADB_COLLATION : TOASTY__MYSQL_COLLATION;
}

/* What JSON_TABLE makes of an item. Bytes come as digits, and UUIDs as 32 of them; on MariaDB digits without
 * a limit, once they are bytes, join with nothing when rows are deleted. */
static void write_item_type(toasty__sql_writer *w, uint8_t type)
{
    static const char *const types[TOASTY_TYPE_COUNT] = {
        [TOASTY_TYPE_U64] = "BIGINT UNSIGNED",  [TOASTY_TYPE_F32] = "DOUBLE",
        [TOASTY_TYPE_F64] = "DOUBLE",           [TOASTY_TYPE_TIMESTAMP] = "DATETIME(6)",
        [TOASTY_TYPE_DATETIME] = "DATETIME(6)", [TOASTY_TYPE_DATE] = "DATE",
        [TOASTY_TYPE_TIME] = "TIME(6)",         [TOASTY_TYPE_UUID] = "VARCHAR(32)",
        [TOASTY_TYPE_TEXT] = "LONGTEXT",        [TOASTY_TYPE_ENUM] = "LONGTEXT",
        [TOASTY_TYPE_BYTES] = "LONGTEXT",
    };
    bool is_text = type == TOASTY_TYPE_TEXT || type == TOASTY_TYPE_ENUM || type == TOASTY_TYPE_BYTES ||
                   type == TOASTY_TYPE_UUID;
    if (type == TOASTY_TYPE_BYTES && w->rules == &mariadb_rules)
        toasty__sql_text(w, "VARCHAR(16382)");
    else
        toasty__sql_text(w, types[type] ? types[type] : "BIGINT");
    if (!is_text)
        return;
    toasty__sql_text(w, " COLLATE ");
    toasty__sql_text(w, collation_of(w));
}

/* JSON_TABLE(?, '$[*]' COLUMNS (n FOR ORDINALITY, v … PATH '$')) AS `list 0` */
static void write_json_table(toasty__sql_writer *w, const toasty__expr *list, uint32_t number)
{
    toasty__sql_text(w, "JSON_TABLE(");
    toasty__sql_parameter(w, list->parameter, 0);
    toasty__sql_text(w, ", '$[*]' COLUMNS (n FOR ORDINALITY, v ");
    write_item_type(w, list_parameter(w, list)->type);
    toasty__sql_text(w, " PATH '$')) AS ");
    toasty__sql_named(w, "list %u", number);
}

/* The value of an item: bytes came as hexadecimal digits. */
static void write_item(toasty__sql_writer *w, const toasty__expr *list, uint32_t number)
{
    uint8_t type = list_parameter(w, list)->type;
    bool digits = type == TOASTY_TYPE_BYTES || type == TOASTY_TYPE_UUID;
    toasty__sql_text(w, digits ? "UNHEX(" : "");
    toasty__sql_named(w, "list %u", number);
    toasty__sql_text(w, digits ? ".v)" : ".v");
}

/* The lists side by side, paired by their places. An item may come twice: rows that are found twice are
 * changed once. DISTINCT finds nothing on MariaDB where items are bytes. */
static void write_lists(toasty__sql_writer *w, toasty__expr *const *lists, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        toasty__sql_text(w, i ? ", " : "SELECT ");
        write_item(w, lists[i], i);
        toasty__sql_text(w, " AS ");
        toasty__sql_named(w, TOASTY__SQL_ITEM, i);
    }
    for (uint32_t i = 0; i < count; i++) {
        toasty__sql_text(w, i ? " JOIN " : " FROM ");
        write_json_table(w, lists[i], i);
        if (!i)
            continue;
        toasty__sql_text(w, " ON ");
        toasty__sql_named(w, "list %u", i);
        toasty__sql_text(w, ".n = ");
        toasty__sql_named(w, "list %u", 0);
        toasty__sql_text(w, ".n");
    }
}

static void write_placeholders(toasty__sql_writer *w, toasty__expr *const *lists, uint32_t count,
                               uint32_t row)
{
    for (uint32_t i = 0; i < count; i++) {
        toasty__sql_text(w, i ? ", " : "");
        toasty__sql_parameter(w, lists[i]->parameter, row);
    }
}

static void write_in(toasty__sql_writer *w, const toasty__expr *expr)
{
    toasty__expr *const *list = &expr->items[1];
    uint32_t size = list_parameter(w, *list)->list_size;
    toasty__sql_expr(w, expr->items[0]);
    toasty__sql_text(w, expr->tag == TOASTY__EXPR_IN ? " IN (" : " NOT IN (");
    if (!size)
        write_lists(w, list, 1);
    for (uint32_t i = 0; i < size; i++) {
        toasty__sql_text(w, i ? ", " : "");
        write_placeholders(w, list, 1, i);
    }
    toasty__sql_text(w, ")");
}

static void write_tuple_in(toasty__sql_writer *w, const toasty__expr *expr)
{
    uint32_t width = expr->count / 2;
    toasty__expr *const *lists = expr->items + width;
    uint32_t size = list_parameter(w, *lists)->list_size;
    toasty__sql_tuple(w, expr);
    toasty__sql_text(w, " IN (");
    if (!size)
        write_lists(w, lists, width);
    for (uint32_t row = 0; row < size; row++) {
        toasty__sql_text(w, row ? ", (" : "(");
        write_placeholders(w, lists, width, row);
        toasty__sql_text(w, ")");
    }
    toasty__sql_text(w, ")");
}

/* --- upserts --- */

/* Whether the row that is there has the values of the index that is meant; and, so that the driver can tell
 * (mysql/answer.c), that there was one. Nothing is constant in it, since it is to be evaluated for such a row
 * only: a key that an insert has made is not 0, and an insert that makes none says 0. */
static void write_meant(toasty__sql_writer *w)
{
    const toasty_index *index = w->stmt->insert.conflict->index;
    const toasty_model *model = w->stmt->model;
    bool counts = toasty__sequence_field(model);
    toasty__sql_text(w, counts ? "LAST_INSERT_ID(NOT (" : "LAST_INSERT_ID((");
    for (uint8_t i = 0; i < index->field_count; i++) {
        toasty__sql_text(w, i ? " AND " : "");
        toasty__sql_prefixed(w, model->table);
        toasty__sql_text(w, ".");
        toasty__sql_field(w, index->fields[i]);
        toasty__sql_text(w, " = ");
        toasty__sql_incoming(w, index->fields[i]);
    }
    toasty__sql_text(w, counts ? ")) = 0" : ")) = 1");
}

/* Any unique value that is there has a row changed: one that is not meant is refused (1242). The key that is
 * assigned stays what it is. */
static void write_conflict(toasty__sql_writer *w)
{
    const toasty__conflict *conflict = w->stmt->insert.conflict;
    uint16_t key = w->stmt->model->indexes[0].fields[0];
    toasty__sql_text(w, w->rules->incoming_row);
    toasty__sql_text(w, " ON DUPLICATE KEY UPDATE ");
    toasty__sql_field(w, key);
    toasty__sql_text(w, " = IF(");
    write_meant(w);
    toasty__sql_text(w, ", ");
    toasty__sql_prefixed(w, w->stmt->model->table);
    toasty__sql_text(w, ".");
    toasty__sql_field(w, key);
    toasty__sql_text(w, ", (SELECT 1 UNION SELECT 2))");
    toasty__sql_text(w, conflict->assignment_count ? ", " : "");
    toasty__sql_assignments(w, conflict->assignments, conflict->assignment_count);
}

/* --- both --- */

/* A sum of integers is a DECIMAL, and an average has four digits more than its column. A CAST would cut what
 * does not fit without a word; DIV refuses it. A sum of doubles that leaves their range is only refused where
 * one calculates with it. */
#define FUNCTIONS                                                                                            \
    {                                                                                                        \
        [TOASTY__FUNCTION_COUNT_DISTINCT] = "count(DISTINCT %)", [TOASTY__FUNCTION_LENGTH] = "char_length",  \
        [TOASTY__FUNCTION_SUM] = "(sum(%) DIV 1)",                                                           \
        [TOASTY__FUNCTION_AVERAGE] = "(CAST(sum(%) AS DOUBLE) / count(%))",                                  \
        [TOASTY__FUNCTION_SUM_REALS] = "(sum(%) + 0e0)",                                                     \
        [TOASTY__FUNCTION_AVERAGE_REALS] = "(sum(%) / count(%))"                                             \
    }
#define CUT(type) "CAST(concat(left(%, #), '&') AS " type ")"
#define CUTS                                                                                                 \
    {                                                                                                        \
        [TOASTY_TYPE_TIMESTAMP] = CUT("DATETIME(6)"), [TOASTY_TYPE_DATETIME] = CUT("DATETIME(6)"),           \
        [TOASTY_TYPE_DATE] = CUT("DATE"), [TOASTY_TYPE_TIME] = CUT("TIME(6)")                                \
    }

/* NULL is the smallest for both, as it is for the library. */
#define SHARED_RULES                                                                                         \
    .quote = '`', .backslash = "'\\\\'", .functions = FUNCTIONS, .cuts = CUTS, .automatic = "DEFAULT",       \
    .empty_row = " () VALUES ()", .no_limit = " LIMIT 18446744073709551615", .before_truth = "CAST(",        \
    .after_truth = " AS SIGNED)", .conflict = write_conflict, .lock_waits = {"", " NOWAIT", " SKIP LOCKED"}, \
    .in = write_in, .tuple_in = write_tuple_in, .lists = write_lists, .joins_lists = true,                   \
    .changes_joins = true, .lock_modes = {"", "", "", ""}, .isolations = {"", "", "", ""},                   \
    .read_only = " READ ONLY", .release = "RELEASE SAVEPOINT ", .rollback_to = "ROLLBACK TO SAVEPOINT "

static const toasty__sql_rules mysql_rules = {
    .target = "MySQL",
    SHARED_RULES,
    .before_incoming = "`new`.",
    .incoming_row = " AS `new`",
    .after_incoming = "",
    .locks = {"", " FOR UPDATE", " FOR SHARE"},
    /* Its trees know no change, and it runs none for its plan. */
    .explain = {"EXPLAIN FORMAT=TREE ", "EXPLAIN FORMAT=TRADITIONAL "},
    .analyze = {"EXPLAIN ANALYZE ", NULL},
    .explain_discreetly = "EXPLAIN FORMAT=TRADITIONAL "};
static const toasty__sql_rules mariadb_rules = {.target = "MariaDB",
                                                SHARED_RULES,
                                                .before_incoming = "VALUES(",
                                                .incoming_row = "",
                                                .after_incoming = ")",
                                                .locks = {"", " FOR UPDATE", " LOCK IN SHARE MODE"},
                                                .explain = {"EXPLAIN FORMAT=JSON ", "EXPLAIN FORMAT=JSON "},
                                                .analyze = {"ANALYZE FORMAT=JSON ", "ANALYZE FORMAT=JSON "},
                                                .explain_discreetly = "EXPLAIN "};

const toasty__dialect toasty__dialect_mysql = {.rules = &mysql_rules, .schema = &toasty__sql_schema_mysql};
const toasty__dialect toasty__dialect_mariadb = {.rules = &mariadb_rules,
                                                 .schema = &toasty__sql_schema_mariadb};
