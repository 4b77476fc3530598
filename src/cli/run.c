/* From the arguments to the verb: options are read, and help is printed, by the verb's row. */
#include "cli/cli.h"

#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

#ifndef TOASTY_VERSION
#define TOASTY_VERSION "0.1.0"
#endif

/* --- help --- */

static void print_call(FILE *out, const toasty__cli_verb *verb)
{
    fprintf(out, "toasty %s", verb->name);
    for (const toasty__cli_option *option = verb->options; option->name; option++)
        if (option->required)
            fprintf(out, " %s%s%s", option->name, option->value ? " " : "",
                    option->value ? option->value : "");
    bool optional = false;
    for (const toasty__cli_option *option = verb->options; option->name; option++)
        optional |= !option->required;
    if (optional)
        fputs(" [options]", out);
    if (verb->operands)
        fprintf(out, " %s", verb->operands);
    if (verb->rest)
        fprintf(out, " [-- %s]", verb->rest);
    fputs("\n", out);
}

static void print_option(FILE *out, const char *name, const char *value, const char *summary)
{
    int length = fprintf(out, "  %s%s%s", name, value ? " " : "", value ? value : "");
    fprintf(out, "%*s%s\n", length < 30 ? 30 - length : 1, "", summary);
}

static int help_verb(const toasty__cli_verb *verb)
{
    fputs("usage: ", stdout);
    print_call(stdout, verb);
    printf("\n%s\n", verb->about);
    for (const toasty__cli_option *option = verb->options; option->name; option++)
        print_option(stdout, option->name, option->value, option->summary);
    print_option(stdout, "--help", NULL, "this");
    printf("\n%s", verb->more);
    return 0;
}

static void print_verbs(FILE *out)
{
    fputs("toasty: an async object mapper for C\n\n", out);
    for (const toasty__cli_verb *const *verb = toasty__cli_verbs; *verb; verb++)
        print_option(out, (*verb)->name, NULL, (*verb)->summary);
    print_option(out, "--version", NULL, "the version of the command");
    fputs("\n`toasty VERB --help` shows how a verb is called.\n", out);
}

/* --- the line --- */

int toasty__cli_complain(const toasty__cli_verb *verb, const char *what, const char *which)
{
    fprintf(stderr, "toasty: error: %s%s; `toasty %s --help` shows how it is called\n", what, which,
            verb->name);
    return TOASTY__EXIT_USAGE;
}

/* Reads argv[*at], an option, and its value, perhaps the argument behind it. */
static int read_option(const toasty__cli_verb *verb, toasty__cli_line *line, int argc, char **argv, int *at)
{
    const char *given = argv[*at];
    size_t length = strcspn(given, "=");
    for (size_t i = 0; verb->options[i].name; i++) {
        const toasty__cli_option *option = &verb->options[i];
        if (strlen(option->name) != length || strncmp(option->name, given, length) != 0)
            continue;
        if (!option->value && given[length])
            return toasty__cli_complain(verb, "no value belongs to ", option->name);
        if (option->value && !given[length] && *at + 1 == argc)
            return toasty__cli_complain(verb, "a value is missing after ", option->name);
        line->values[i] = !option->value ? "" : given[length] ? given + length + 1 : argv[++*at];
        return 0;
    }
    return toasty__cli_complain(verb, "unknown option ", given);
}

static int read_line(const toasty__cli_verb *verb, toasty__cli_line *line, int argc, char **argv)
{
    int at = 0;
    for (; at < argc && strcmp(argv[at], "--") != 0; at++) {
        if (argv[at][0] != '-') {
            line->operands[line->operand_count++] = argv[at];
            continue;
        }
        int code = read_option(verb, line, argc, argv, &at);
        if (code)
            return code;
    }
    for (at++; at < argc; at++)
        line->rest[line->rest_count++] = argv[at];
    return 0;
}

static int check_line(const toasty__cli_verb *verb, const toasty__cli_line *line)
{
    for (size_t i = 0; verb->options[i].name; i++)
        if (verb->options[i].alone && line->values[i])
            return 0;
    for (size_t i = 0; verb->options[i].name; i++)
        if (verb->options[i].required && !line->values[i])
            return toasty__cli_complain(verb, verb->options[i].name, " is missing");
    if (line->operand_count && !verb->operands)
        return toasty__cli_complain(verb, "unknown argument ", line->operands[0]);
    if (line->rest_count && !verb->rest)
        return toasty__cli_complain(verb, "unknown argument ", line->rest[0]);
    return 0;
}

static int run_verb(const toasty__cli_verb *verb, int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0)
            return help_verb(verb);
    toasty__cli_line line = {.operands = toasty__calloc((size_t)argc + 1, sizeof *line.operands),
                             .rest = toasty__calloc((size_t)argc + 1, sizeof *line.rest)};
    int code = line.operands && line.rest ? read_line(verb, &line, argc, argv)
                                          : toasty__cli_complain(verb, "out of memory", "");
    if (code == 0)
        code = check_line(verb, &line);
    if (code == 0)
        code = verb->run(&line);
    toasty__free((void *)line.operands);
    toasty__free((void *)line.rest);
    return code;
}

/* --- the verb --- */

/* How many arguments name the verb: "schema dump" are two; 0: it is not this one. */
static int named_by(const toasty__cli_verb *verb, int argc, char **argv)
{
    const char *name = verb->name;
    for (int words = 0; words < argc; words++) {
        size_t length = strcspn(name, " ");
        if (strlen(argv[words]) != length || strncmp(argv[words], name, length) != 0)
            return 0;
        if (!name[length])
            return words + 1;
        name += length + 1;
    }
    return 0;
}

/* Verbs that begin with the same word are listed by it. */
static int list_group(const char *word)
{
    bool any = false;
    for (const toasty__cli_verb *const *verb = toasty__cli_verbs; *verb; verb++)
        if (strncmp((*verb)->name, word, strlen(word)) == 0 && (*verb)->name[strlen(word)] == ' ') {
            print_option(stderr, (*verb)->name, NULL, (*verb)->summary);
            any = true;
        }
    if (!any)
        fprintf(stderr, "toasty: error: unknown command `%s`; `toasty --help` lists the commands\n", word);
    return TOASTY__EXIT_USAGE;
}

int toasty__cli_run(int argc, char **argv)
{
    if (argc < 2) {
        print_verbs(stderr);
        return TOASTY__EXIT_USAGE;
    }
    for (const toasty__cli_verb *const *verb = toasty__cli_verbs; *verb; verb++) {
        int words = named_by(*verb, argc - 1, argv + 1);
        if (words)
            return run_verb(*verb, argc - 1 - words, argv + 1 + words);
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("toasty " TOASTY_VERSION);
        return 0;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_verbs(stdout);
        return 0;
    }
    return list_group(argv[1]);
}
