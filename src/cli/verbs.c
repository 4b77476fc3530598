/* The verbs of the command, in the order of its help. */
#include "cli/cli.h"

const toasty__cli_verb *const toasty__cli_verbs[] = {
    &toasty__cli_derive,
    &toasty__cli_schema_dump,
    NULL,
};
