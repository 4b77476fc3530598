/* `toasty derive`: its command line. */
#include "cli/cli.h"

#include "base/alloc.h"
#include "derive/derive.h"
#include "derive/model/annotations.h"
#include "drivers/targets.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: toasty derive --targets NAME,... --output DIR [options] HEADER... [-- COMPILER-ARGUMENT...]\n"
    "\n"
    "Reads the models of the headers and writes HEADER.toasty.h and HEADER.toasty.c for each into DIR.\n"
    "\n"
    "  --targets NAME,...   the databases that the program may open; what all of them can do is generated\n"
    "  --output DIR         where the files go; made when it is not there\n"
    "  --schema NAME        the symbol is NAME_schema; default: the name of the first header\n"
    "  --depfile FILE       also write, for Make and Ninja, what the files depend on\n"
    "  --help-annotations   list the words that may stand in toasty(...) and toasty_model(...)\n"
    "  --help               this\n"
    "\n"
    "What follows `--` are arguments of the compiler that the headers need: -I, -D, -std.\n"
    "Exit codes: 0 done, 1 errors in the headers, 2 errors in the command line.\n";

/* A command line being read. The arrays have room for every argument. */
typedef struct command {
    derive_options options;
    const char **targets, **headers, **arguments;
    char *target_text;
} command;

static int complain(const char *what, const char *which)
{
    fprintf(stderr, "toasty: error: %s%s; `toasty derive --help` shows how it is called\n", what, which);
    return TOASTY__EXIT_USAGE;
}

/* Splits "sqlite,postgresql". */
static int add_targets(command *c, const char *text)
{
    toasty__free(c->target_text);
    toasty__free((void *)c->targets);
    c->options.target_count = 0;
    c->target_text = toasty__strdup(text);
    c->targets = toasty__calloc(strlen(text) + 1, sizeof *c->targets);
    if (!c->target_text || !c->targets)
        return complain("out of memory", "");
    char *rest = c->target_text;
    for (char *name; (name = strsep(&rest, ","));) {
        for (size_t i = 0; i < c->options.target_count; i++)
            if (strcmp(c->targets[i], name) == 0)
                return complain("the same target twice: ", name);
        c->targets[c->options.target_count++] = name;
    }
    return 0;
}

/* The value of `--name VALUE` or `--name=VALUE`; NULL when argv[*at] is another option. *missing tells that
 * it has none. */
static const char *option_value(const char *name, int argc, char **argv, int *at, bool *missing)
{
    size_t length = strlen(name);
    if (strncmp(argv[*at], name, length) != 0)
        return NULL;
    if (argv[*at][length] == '=')
        return argv[*at] + length + 1;
    if (argv[*at][length] != '\0')
        return NULL;
    if (*at + 1 < argc)
        return argv[++*at];
    *missing = true;
    return NULL;
}

static int read_option(command *c, int argc, char **argv, int *at)
{
    bool missing = false;
    const char *option = argv[*at], *value;
    if ((value = option_value("--targets", argc, argv, at, &missing)))
        return add_targets(c, value);
    if ((value = option_value("--output", argc, argv, at, &missing)))
        c->options.output = value;
    else if ((value = option_value("--schema", argc, argv, at, &missing)))
        c->options.schema = value;
    else if ((value = option_value("--depfile", argc, argv, at, &missing)))
        c->options.depfile = value;
    else
        return complain(missing ? "a value is missing after " : "unknown option ", option);
    return 0;
}

static int read_command(command *c, int argc, char **argv)
{
    int at = 1;
    for (; at < argc && strcmp(argv[at], "--") != 0; at++) {
        if (argv[at][0] != '-') {
            c->headers[c->options.header_count++] = argv[at];
            continue;
        }
        int code = read_option(c, argc, argv, &at);
        if (code)
            return code;
    }
    for (at++; at < argc; at++)
        c->arguments[c->options.argument_count++] = argv[at];
    if (c->options.target_count == 0)
        return complain("--targets is missing", "");
    if (!c->options.output)
        return complain("--output is missing", "");
    if (c->options.header_count == 0)
        return complain("no header is named", "");
    return 0;
}

/* The library's own headers beside an installed command: PREFIX/bin/toasty finds PREFIX/include. */
static const char *installed_include(char *buffer, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", buffer, size - 32);
    if (length < 0)
        return NULL;
    buffer[length] = '\0';
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(buffer, '/');
        if (!slash)
            return NULL;
        *slash = '\0';
    }
    size_t end = strlen(buffer);
    strcpy(buffer + end, "/include/toasty/model.h");
    if (access(buffer, R_OK) != 0)
        return NULL;
    buffer[end + strlen("/include")] = '\0';
    return buffer;
}

static int run(command *c, int argc, char **argv)
{
    int code = read_command(c, argc, argv);
    if (code)
        return code;
    char include[4096];
    if (installed_include(include, sizeof include)) {
        c->arguments[c->options.argument_count++] = "-idirafter";
        c->arguments[c->options.argument_count++] = include;
    }
    c->options.targets = c->targets;
    c->options.headers = c->headers;
    c->options.arguments = c->arguments;
    return toasty__derive(&c->options);
}

int toasty__cli_derive(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return 0;
        }
        if (strcmp(argv[i], "--help-annotations") == 0) {
            toasty__derive_print_annotations(stdout);
            return 0;
        }
    }
    size_t room = (size_t)argc + 2;
    command c = {.headers = toasty__calloc(room, sizeof *c.headers),
                 .arguments = toasty__calloc(room, sizeof *c.arguments)};
    int code = c.headers && c.arguments ? run(&c, argc, argv) : complain("out of memory", "");
    toasty__free((void *)c.headers);
    toasty__free((void *)c.arguments);
    toasty__free((void *)c.targets);
    toasty__free(c.target_text);
    return code;
}
