/* The registry of targets: see targets.h. Links no client library. */
#include "drivers/targets.h"

extern const toasty_capability toasty__sqlite_capability;
extern const toasty_capability toasty__postgresql_capability;
extern const toasty_capability toasty__mysql_capability;
extern const toasty_capability toasty__mariadb_capability;
extern const toasty_capability toasty__keyvalue_capability;

const toasty_capability *const toasty__targets[] = {
    &toasty__sqlite_capability,  &toasty__postgresql_capability, &toasty__mysql_capability,
    &toasty__mariadb_capability, &toasty__keyvalue_capability,   NULL,
};
