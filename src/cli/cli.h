/* The `toasty` command: one file a verb. */
#ifndef TOASTY_CLI_CLI_H
#define TOASTY_CLI_CLI_H

/* Exit codes: 0 done, 1 the input has errors, 2 the command line has. */
enum { TOASTY__EXIT_ERROR = 1, TOASTY__EXIT_USAGE = 2 };

/* argv[0] is the verb. Returns the exit code. */
int toasty__cli_derive(int argc, char **argv);

#endif
