/* What PostgreSQL can do (14 and newer). */
#include <toasty/driver/capability.h>

extern const toasty_capability toasty__postgresql_capability;
const toasty_capability toasty__postgresql_capability = {
    .target = "postgresql",
    .sql = true,
    .filter = true,
    .order = true,
    .offset = true,
    .scan_is_query = true,
    .scan_back = true,
    .count = true,
    .pattern = true,
    .ilike = true,
    .update_where = true,
    .sequence = true,
    .foreign_keys = true,
    .rows_back = true,
    .returning = true,
    .draws_keys = true,
    .bulk_columns = true,
    .transactions = true,
    .savepoints = true,
    .fails_transaction = true,
    .raw_sql = true,
    .pipeline = true,
    .max_parameters = 65535,
    .max_identifier = 63,
};
