/* What MariaDB can do (10.6 and newer). */
#include "drivers/mysql/capability.h"

extern const toasty_capability toasty__mariadb_capability;
const toasty_capability toasty__mariadb_capability = {.target = "mariadb", TOASTY__MY_CAPABILITIES};
