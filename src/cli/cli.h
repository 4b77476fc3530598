/* The `toasty` command: one table of verbs, one file a verb.
 *
 * A verb's row says all that can be said before it runs: its options are read by it, its help is printed from
 * it, and so both agree. */
#ifndef TOASTY_CLI_CLI_H
#define TOASTY_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

/* Exit codes: 0 done, 1 the input has errors, 2 the command line has. */
enum { TOASTY__EXIT_ERROR = 1, TOASTY__EXIT_USAGE = 2 };

enum { TOASTY__MOST_OPTIONS = 8 };

typedef struct toasty__cli_option {
    const char *name;    /* "--targets" */
    const char *value;   /* "NAME,..."; NULL: it takes none */
    const char *summary; /* one line, after the verb's own words */
    bool required;
    bool alone; /* with it nothing else is required */
} toasty__cli_option;

/* A command line that was read. */
typedef struct toasty__cli_line {
    const char
        *values[TOASTY__MOST_OPTIONS]; /* one an option of the verb; NULL: not given; "": without value */
    const char **operands;             /* what is no option */
    const char **rest;                 /* what stands behind `--` */
    size_t operand_count, rest_count;
} toasty__cli_line;

typedef struct toasty__cli_verb {
    const char *name;                                 /* "schema dump" */
    const char *summary;                              /* one line of the list of verbs */
    const char *operands;                             /* "HEADER..."; NULL: takes none */
    const char *rest;                                 /* "COMPILER-ARGUMENT..."; NULL: takes none */
    const char *about;                                /* lines of its own help, before and */
    const char *more;                                 /* after its options */
    toasty__cli_option options[TOASTY__MOST_OPTIONS]; /* ended by one without a name */
    int (*run)(const toasty__cli_line *line);         /* returns the exit code */
} toasty__cli_verb;

/* Ended by one without a name. */
extern const toasty__cli_verb *const toasty__cli_verbs[];
extern const toasty__cli_verb toasty__cli_derive, toasty__cli_schema_dump;

/* A message about the command line; returns TOASTY__EXIT_USAGE. */
int toasty__cli_complain(const toasty__cli_verb *verb, const char *what, const char *which);

/* Finds the verb, reads its line, runs it. Returns the exit code. */
int toasty__cli_run(int argc, char **argv);

/* --- what verbs share: models.c --- */

struct derive_options;

/* Fills the options of derive that every verb over headers takes, runs `use` with them, and frees them. */
int toasty__cli_with_models(const toasty__cli_verb *verb, const toasty__cli_line *line, const char *targets,
                            int (*use)(const toasty__cli_line *line, struct derive_options *options));

#endif
