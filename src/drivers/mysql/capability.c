/* What MySQL can do (8.0.19 and newer). MariaDB can do the same, and has a table of its own. */
#include <toasty/driver/capability.h>

extern const toasty_capability toasty__mysql_capability;
const toasty_capability toasty__mysql_capability = {
    .target = TOASTY_SQL_TARGET("mysql"),
    .analyze = true,
    .upserts = true,
    .tells_created = true,
    .consecutive_keys = true,
    .first_key = true,
    .pipeline = true,
    .unsigned_64 = true,
    .integer_ranges = true,
    .max_parameters = 65535,
    .max_identifier = 63,
    .last_letter = 0xffff,
    .key_bytes = 3072,
    .padded_list = 64,
};
