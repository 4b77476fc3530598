/* What SQLite can do (3.37 and newer). */
#include <toasty/driver/capability.h>

extern const toasty_capability toasty__sqlite_capability, toasty__sqlite_plain_capability;
const toasty_capability toasty__sqlite_capability = {
    .target = TOASTY_SQL_TARGET("sqlite"),
    .upserts = true,
    .tells_created = true,
    .returning = true,
    .returning_costs = true,
    .consecutive_keys = true,
    .lock_modes = true,
    .single_writer = true,
    .infinity = true,
    .max_parameters = 32766,
    .name_prefix = "sqlite_",
    .padded_list = 64,
};

/* The flavour of the plain dialect: what is left when changes give no rows back. */
const toasty_capability toasty__sqlite_plain_capability = {
    .target = TOASTY_SQL_TARGET("sqlite"),
    .consecutive_keys = true,
    .first_key = true,
    .lock_modes = true,
    .single_writer = true,
    .infinity = true,
    .max_parameters = 32766,
    .name_prefix = "sqlite_",
    .padded_list = 64,
};
