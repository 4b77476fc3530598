/* What MySQL (8.0.19 and newer) and MariaDB (10.6 and newer) can do. */
#include <toasty/driver/capability.h>

/* What both can. */
#define SHARED                                                                                               \
    .sql = true, .filter = true, .order = true, .offset = true, .scan_is_query = true, .count = true,        \
    .update_where = true, .sequence = true, .foreign_keys = true, .rows_back = true,                         \
    .consecutive_keys = true, .first_key = true, .transactions = true, .savepoints = true, .raw_sql = true,  \
    .pipeline = true, .unsigned_64 = true, .max_parameters = 65535, .max_identifier = 64, .padded_list = 64

extern const toasty_capability toasty__mysql_capability, toasty__mariadb_capability;
const toasty_capability toasty__mysql_capability = {.target = "mysql", SHARED};
const toasty_capability toasty__mariadb_capability = {.target = "mariadb", SHARED};
