/* What MySQL can do (8.0.19 and newer). MariaDB can do the same, and has a table of its own. */
#include <toasty/driver/capability.h>

extern const toasty_capability toasty__mysql_capability;
const toasty_capability toasty__mysql_capability = {
    .target = "mysql",
    .sql = true,
    .filter = true,
    .order = true,
    .offset = true,
    .scan_is_query = true,
    .scan_back = true,
    .count = true,
    .aggregate = true,
    .pattern = true,
    .nocase = true,
    .related = true,
    .update_where = true,
    .sequence = true,
    .foreign_keys = true,
    .rows_back = true,
    .consecutive_keys = true,
    .first_key = true,
    .transactions = true,
    .savepoints = true,
    .raw_sql = true,
    .pipeline = true,
    .unsigned_64 = true,
    .integer_ranges = true,
    .max_parameters = 65535,
    .max_identifier = 63,
    .key_bytes = 3072,
    .padded_list = 64,
};
