/* What verbs over the models of headers share: targets, headers, arguments of the compiler. */
#include "cli/cli.h"

#include "base/alloc.h"
#include "derive/derive.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Splits "sqlite,postgresql", in place. 0, or an exit code. */
static int split_targets(const toasty__cli_verb *verb, char *text, const char **targets, size_t *count)
{
    for (char *name; (name = strsep(&text, ","));) {
        for (size_t i = 0; i < *count; i++)
            if (strcmp(targets[i], name) == 0)
                return toasty__cli_complain(verb, "the same target twice: ", name);
        targets[(*count)++] = name;
    }
    return 0;
}

/* The library's own headers beside an installed command: PREFIX/bin/toasty finds PREFIX/include/toasty-1. */
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
    strcpy(buffer + end, "/include/toasty-1/toasty/model.h");
    if (access(buffer, R_OK) != 0)
        return NULL;
    buffer[end + strlen("/include/toasty-1")] = '\0';
    return buffer;
}

/* arguments: with room for two more than the line has. */
static void add_arguments(const toasty__cli_line *line, const char **arguments, char *include, size_t size,
                          derive_options *options)
{
    memcpy((void *)arguments, (const void *)line->rest, line->rest_count * sizeof *arguments);
    options->argument_count = line->rest_count;
    if (installed_include(include, size)) {
        arguments[options->argument_count++] = "-idirafter";
        arguments[options->argument_count++] = include;
    }
    options->arguments = arguments;
}

int toasty__cli_with_models(const toasty__cli_verb *verb, const toasty__cli_line *line, const char *targets,
                            int (*use)(const toasty__cli_line *line, derive_options *options))
{
    char include[4096], *text = toasty__strdup(targets);
    const char **names = toasty__calloc(strlen(targets) + 1, sizeof *names);
    const char **arguments = toasty__calloc(line->rest_count + 2, sizeof *arguments);
    derive_options options = {
        .targets = names, .headers = line->operands, .header_count = line->operand_count};
    int code = text && names && arguments ? split_targets(verb, text, names, &options.target_count)
                                          : toasty__cli_complain(verb, "out of memory", "");
    if (code == 0 && line->operand_count == 0)
        code = toasty__cli_complain(verb, "no header is named", "");
    if (code == 0) {
        add_arguments(line, arguments, include, sizeof include, &options);
        code = use(line, &options);
    }
    toasty__free((void *)arguments);
    toasty__free((void *)names);
    toasty__free(text);
    return code;
}
