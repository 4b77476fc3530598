/* What MariaDB can do (10.6 and newer). */
#include <toasty/driver/capability.h>

extern const toasty_capability toasty__mariadb_capability;
const toasty_capability toasty__mariadb_capability = {
    .target = "mariadb",
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
    .row_locks = true,
    .raw_sql = true,
    .pipeline = true,
    .unsigned_64 = true,
    .integer_ranges = true,
    .max_parameters = 65535,
    .max_identifier = 63,
    .key_bytes = 3072,
    .padded_list = 1024, /* it sorts what a JSON list has found; placeholders are ranges of an index */
};
