/* The plain dialect: SQL without the comforts that SQLite and PostgreSQL share.
 *
 * Names stand in backquotes and placeholders have no numbers; a change gives no rows back and cannot settle a
 * conflict; an order does not say where NULLs go. Databases like that have drivers of their own, with types
 * and lists of their own: this one is nobody's. It is said so that SQLite understands it, which tests that
 * whatever the engine plans works without those comforts. */
#include "sql/ddl.h"
#include "sql/sqlite.h"

static const toasty__sql_rules rules = {
    .target = "SQLite",
    .quote = '`',
    .backslash = "'\\'",
    .functions = TOASTY__SQLITE_FUNCTIONS,
    .cuts = TOASTY__SQLITE_CUTS,
    .automatic = "NULL",
    .no_limit = " LIMIT 9223372036854775807",
    .real_sum = "toasty_sum",
    .real_product = "toasty_product",
    .before_truth = "CAST(",
    .after_truth = " AS SIGNED)",
    .before_incoming = "VALUES(",
    .after_incoming = ")",
    .locks = {"", "", ""},
    .lock_waits = {"", "", ""},
    .in = toasty__sqlite_in,
    .tuple_in = toasty__sqlite_tuple_in,
    .lists = toasty__sqlite_lists,
    .joins_lists = true,
    .lock_modes = {" IMMEDIATE", "", " IMMEDIATE", " EXCLUSIVE"},
    .isolations = {"", "", "", ""},
    .read_only = "",
    .release = "RELEASE SAVEPOINT ",
    .rollback_to = "ROLLBACK TO SAVEPOINT ",
    .explain = TOASTY__SQLITE_EXPLAIN,
    .explains_by_nodes = true,
};

const toasty__dialect toasty__dialect_plain = {.rules = &rules, .schema = &toasty__sql_schema_plain};
