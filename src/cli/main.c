/* The `toasty` command: everything is in the verbs. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
    return toasty__cli_run(argc, argv);
}
