/* What SQLite can do (3.37 and newer). */
#include <toasty/driver/capability.h>

extern const toasty_capability toasty__sqlite_capability, toasty__sqlite_plain_capability;
const toasty_capability toasty__sqlite_capability = {
    .target = "sqlite",
    .sql = true,
    .filter = true,
    .order = true,
    .offset = true,
    .scan_is_query = true,
    .count = true,
    .pattern = true,
    .update_where = true,
    .sequence = true,
    .foreign_keys = true,
    .rows_back = true,
    .returning = true,
    .returning_costs = true,
    .consecutive_keys = true,
    .transactions = true,
    .savepoints = true,
    .lock_modes = true,
    .raw_sql = true,
    .single_writer = true,
    .max_parameters = 32766,
    .padded_list = 64,
};

/* The flavour of the plain dialect: what is left when changes give no rows back. */
const toasty_capability toasty__sqlite_plain_capability = {
    .target = "sqlite",
    .sql = true,
    .filter = true,
    .order = true,
    .offset = true,
    .scan_is_query = true,
    .count = true,
    .pattern = true,
    .update_where = true,
    .sequence = true,
    .foreign_keys = true,
    .rows_back = true,
    .consecutive_keys = true,
    .first_key = true,
    .transactions = true,
    .savepoints = true,
    .lock_modes = true,
    .raw_sql = true,
    .single_writer = true,
    .max_parameters = 32766,
    .padded_list = 64,
};
