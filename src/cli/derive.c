/* `toasty derive`: makes the typed API of models. */
#include "cli/cli.h"

#include "derive/derive.h"
#include "derive/model/annotations.h"

#include <stdio.h>

enum { TARGETS, OUTPUT, SCHEMA, DEPFILE, JSON, HELP_ANNOTATIONS };

static int derive(const toasty__cli_line *line, derive_options *options)
{
    options->output = line->values[OUTPUT];
    options->json = line->values[JSON];
    options->schema = line->values[SCHEMA];
    options->depfile = line->values[DEPFILE];
    return toasty__derive(options);
}

static int run(const toasty__cli_line *line)
{
    if (line->values[HELP_ANNOTATIONS]) {
        toasty__derive_print_annotations(stdout);
        return 0;
    }
    if (!line->values[OUTPUT] && !line->values[JSON])
        return toasty__cli_complain(&toasty__cli_derive, "--output", " is missing");
    if (!line->values[OUTPUT] && line->values[DEPFILE])
        return toasty__cli_complain(&toasty__cli_derive, "--depfile", " needs --output");
    return toasty__cli_with_models(&toasty__cli_derive, line, line->values[TARGETS], derive);
}

const toasty__cli_verb toasty__cli_derive = {
    .name = "derive",
    .summary = "make the typed API of the models in headers",
    .operands = "HEADER...",
    .rest = "COMPILER-ARGUMENT...",
    .about =
        "Reads the models of the headers and writes HEADER.toasty.h and HEADER.toasty.c for each into DIR.\n",
    .options =
        {
            [TARGETS] = {"--targets", "NAME,...",
                         "the databases that the program may open; what all of them can do is generated",
                         .required = true},
            [OUTPUT] = {"--output", "DIR",
                        "where the files go; made when it is not there (with --json it may be left out)",
                        .required = false},
            [SCHEMA] = {"--schema", "NAME",
                        "the symbol is NAME_schema; default: the name of the first header",
                        .required = false},
            [DEPFILE] = {"--depfile", "FILE", "also write, for Make and Ninja, what the files depend on",
                         .required = false},
            [JSON] = {"--json", NULL,
                      "describe on stdout what was read and what is generated, errors too, for tools",
                      .required = false},
            [HELP_ANNOTATIONS] = {"--help-annotations", NULL,
                                  "list the words that are allowed in toasty(...) and toasty_model(...)",
                                  .alone = true},
        },
    .more = "What follows `--` are arguments of the compiler that the headers need: -I, -D, -std.\n"
            "Exit codes: 0 done, 1 errors in the headers, 2 errors in the command line.\n",
    .run = run,
};
