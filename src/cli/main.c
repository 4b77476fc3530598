/* The `toasty` command: finds the verb and hands on to it. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#ifndef TOASTY_VERSION
#define TOASTY_VERSION "0.1.0"
#endif

static const char usage[] =
    "toasty: an async object mapper for C\n"
    "\n"
    "  toasty derive --targets NAME,... --output DIR models.h           make the typed API of the models\n"
    "  toasty derive --help                                              its options\n"
    "  toasty derive --help-annotations                                  the words of a model\n"
    "  toasty --version\n";

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs(usage, stderr);
        return TOASTY__EXIT_USAGE;
    }
    if (strcmp(argv[1], "derive") == 0)
        return toasty__cli_derive(argc - 1, argv + 1);
    if (strcmp(argv[1], "--version") == 0) {
        puts("toasty " TOASTY_VERSION);
        return 0;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    fprintf(stderr, "toasty: error: unknown command `%s`; `toasty --help` lists the commands\n", argv[1]);
    return TOASTY__EXIT_USAGE;
}
