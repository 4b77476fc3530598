/* What MySQL can do (8.0.19 and newer). */
#include "capability.h"

extern const toasty_capability toasty__mysql_capability;
const toasty_capability toasty__mysql_capability = {.target = "mysql", TOASTY__MY_CAPABILITIES};
