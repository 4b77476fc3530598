/* What MariaDB can do (10.6 and newer). */
#include <toasty/driver/capability.h>

extern const toasty_capability toasty__mariadb_capability;
const toasty_capability toasty__mariadb_capability = {
    .target = TOASTY_SQL_TARGET("mariadb"),
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
    .padded_list = 1024, /* it sorts what a JSON list has found; placeholders are ranges of an index */
};
