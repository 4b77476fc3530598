/* `toasty schema dump`: shows the tables of models, as statements for each target or as the text that
 * migrations keep. Goes to no database. */
#include "cli/cli.h"

#include "base/buffer.h"
#include "derive/derive.h"
#include "drivers/targets.h"
#include "schema/mapping.h"
#include "sql/ddl.h"

#include <stdio.h>
#include <string.h>

enum { TARGETS, FORMAT, PREFIX };

static int fail(const char *message)
{
    fprintf(stderr, "toasty: error: %s\n", message);
    return TOASTY__EXIT_ERROR;
}

/* --- statements --- */

static const toasty__sql_schema *find_dialect(const char *target)
{
    for (size_t i = 0; toasty__sql_schemas[i]; i++)
        if (strcmp(toasty__sql_schemas[i]->target, target) == 0)
            return toasty__sql_schemas[i];
    return NULL;
}

/* Never NULL: the targets of a schema are known. */
static const toasty_capability *find_target(const char *target)
{
    size_t i = 0;
    while (strcmp(toasty__targets[i]->target, target) != 0)
        i++;
    return toasty__targets[i];
}

/* The statements that make the whole schema where there is nothing. 0, or -1 with err. */
static int write_statements(const toasty__sql_schema *dialect, const toasty_capability *can,
                            const toasty__schema *schema, const char *prefix, toasty__buffer *out,
                            toasty_error *err)
{
    toasty__store nothing = {.room = schema->room}, wanted = {.room = schema->room};
    toasty__change_list changes = {0};
    if (toasty__store_from_schema(&wanted, &dialect->mapping, can, schema, prefix, err) < 0)
        return -1;
    toasty__store_diff(schema->room, &nothing, &wanted, &changes);
    for (size_t i = 0; i < changes.count; i++) {
        int written = toasty__ddl_change(dialect, &changes.items[i], out, err);
        if (written < 0)
            return -1;
        toasty__buffer_text(out, written ? ";\n" : "");
    }
    return 0;
}

static int dump_statements(const toasty__schema *schema, const char *prefix, toasty__buffer *out,
                           toasty_error *err)
{
    for (size_t i = 0; i < schema->targets.count; i++) {
        const char *target = schema->targets.items[i];
        const toasty__sql_schema *dialect = find_dialect(target);
        if (schema->targets.count > 1)
            toasty__buffer_printf(out, "%s-- %s\n", i ? "\n" : "", target);
        if (!dialect)
            toasty__buffer_printf(out, "-- %s does not have statements; --format snapshot shows the schema\n",
                                  target);
        else if (write_statements(dialect, find_target(target), schema, prefix, out, err) < 0)
            return -1;
    }
    return 0;
}

/* --- the verb --- */

static int print(const toasty__schema *schema, const toasty__cli_line *line)
{
    toasty_error err;
    toasty__buffer out;
    toasty__buffer_init(&out);
    int status = 0;
    if (line->values[FORMAT] && strcmp(line->values[FORMAT], "snapshot") == 0)
        toasty__schema_print(schema, &out);
    else
        status = dump_statements(schema, line->values[PREFIX] ? line->values[PREFIX] : "", &out, &err);
    int code = 0;
    if (status < 0)
        code = fail(err.message);
    else if (out.failed || schema->room->failed)
        code = fail("out of memory");
    else if (fwrite(out.bytes, 1, out.length, stdout) != out.length || fflush(stdout) != 0)
        code = fail("the output cannot be written");
    toasty__buffer_done(&out);
    return code;
}

static int dump(const toasty__cli_line *line, derive_options *options)
{
    toasty__room room;
    toasty__room_init(&room);
    toasty__schema schema = {.room = &room};
    int code = toasty__derive_schema(options, &schema);
    if (code == 0)
        code = print(&schema, line);
    toasty__room_done(&room);
    return code;
}

static int run(const toasty__cli_line *line)
{
    const char *format = line->values[FORMAT];
    if (format && strcmp(format, "sql") != 0 && strcmp(format, "snapshot") != 0)
        return toasty__cli_complain(&toasty__cli_schema_dump, "unknown format ", format);
    return toasty__cli_with_models(&toasty__cli_schema_dump, line, line->values[TARGETS], dump);
}

const toasty__cli_verb toasty__cli_schema_dump = {
    .name = "schema dump",
    .summary = "show the tables of the models, as statements or as text",
    .operands = "HEADER...",
    .rest = "COMPILER-ARGUMENT...",
    .about =
        "Reads the models of the headers and prints the statements that make their tables, for each target.\n"
        "Goes to no database.\n",
    .options =
        {
            [TARGETS] = {"--targets", "NAME,...", "the databases, as for derive", .required = true},
            [FORMAT] = {"--format", "sql|snapshot",
                        "statements (the default), or the text that generated code and migrations keep",
                        .required = false},
            [PREFIX] = {"--prefix", "TEXT", "put before the name of every table, as `table_prefix` does",
                        .required = false},
        },
    .more = "What follows `--` are arguments of the compiler that the headers need: -I, -D, -std.\n"
            "Exit codes: 0 done, 1 errors in the headers, 2 errors in the command line.\n",
    .run = run,
};
