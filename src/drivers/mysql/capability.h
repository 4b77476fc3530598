/* What both servers can do of whom this driver is. */
#ifndef TOASTY_DRIVERS_MYSQL_CAPABILITY_H
#define TOASTY_DRIVERS_MYSQL_CAPABILITY_H

#include <toasty/driver/capability.h>

#define TOASTY__MY_CAPABILITIES                                                                              \
    .sql = true, .filter = true, .order = true, .offset = true, .scan_is_query = true, .count = true,        \
    .update_where = true, .sequence = true, .foreign_keys = true, .rows_back = true,                         \
    .consecutive_keys = true, .first_key = true, .transactions = true, .savepoints = true, .raw_sql = true,  \
    .pipeline = true, .unsigned_64 = true, .max_parameters = 65535, .max_identifier = 64, .padded_list = 64

#endif
