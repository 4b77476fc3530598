/* The pipeline of derive: see derive.h. */
#include "derive/derive.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "derive/base/output.h"
#include "derive/emit/emit.h"
#include "derive/front/front.h"
#include "derive/model/check.h"
#include "derive/model/resolve.h"
#include "derive/model/snapshot.h"
#include "drivers/targets.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- targets: what all of them can do --- */

static const toasty_capability *find_target(const char *name)
{
    for (size_t i = 0; toasty__targets[i]; i++)
        if (strcmp(toasty__targets[i]->target, name) == 0)
            return toasty__targets[i];
    return NULL;
}

static void report_target(derive_schema *schema, const char *name)
{
    const char *known[32], *list = "";
    size_t count = 0;
    for (; toasty__targets[count] && count < sizeof known / sizeof *known; count++) {
        known[count] = toasty__targets[count]->target;
        list = toasty__derive_format(schema->memory, "%s%s%s", list, count ? ", " : "", known[count]);
    }
    const char *nearest = toasty__derive_nearest(name, known, count);
    toasty__derive_error(
        schema->diagnostics, (derive_location){0}, "unknown target `%s`%s%s%s the targets are %s", name,
        nearest ? "; did you mean `" : "", nearest ? nearest : "", nearest ? "`?" : ";", list);
}

static uint32_t lesser_limit(uint32_t a, uint32_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

static void resolve_targets(derive_schema *schema, const derive_options *options)
{
    for (size_t i = 0; i < options->target_count; i++) {
        const toasty_capability *target = find_target(options->targets[i]);
        if (!target) {
            report_target(schema, options->targets[i]);
            continue;
        }
        if (schema->targets.count == 0)
            schema->can = *target;
#define BOTH_CAN(name, who, meaning, left_out) schema->can.name = schema->can.name && target->name;
        TOASTY_CAPABILITIES(BOTH_CAN)
#undef BOTH_CAN
#define LEAST(name, meaning) schema->can.name = lesser_limit(schema->can.name, target->name);
        TOASTY_LIMITS(LEAST)
#undef LEAST
        DERIVE_PUSH(schema->memory, &schema->targets, target);
    }
}

/* --- headers --- */

static bool is_identifier(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    size_t start = strspn(name, letters);
    return start > 0 &&
           name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")] == '\0';
}

static void add_header(derive_schema *schema, const char *path)
{
    derive_header header = {.path = path};
    const char *slash = strrchr(path, '/');
    header.name = slash ? slash + 1 : path;
    const char *dot = strrchr(header.name, '.');
    header.stem =
        toasty__derive_text(schema->memory, header.name,
                            dot && dot > header.name ? (size_t)(dot - header.name) : strlen(header.name));
    if (access(path, R_OK) < 0)
        toasty__derive_error(schema->diagnostics, (derive_location){0}, "cannot read %s: %s", path,
                             strerror(errno));
    if (strpbrk(path, "\"\n\\"))
        toasty__derive_error(schema->diagnostics, (derive_location){0},
                             "the name of a header must not contain quotes: %s", path);
    for (size_t i = 0; i < schema->headers.count; i++)
        if (strcmp(schema->headers.items[i].stem, header.stem) == 0)
            toasty__derive_error(schema->diagnostics, (derive_location){0},
                                 "%s and %s would both become %s.toasty.h; rename one of the headers",
                                 schema->headers.items[i].path, path, header.stem);
    DERIVE_PUSH(schema->memory, &schema->headers, header);
}

static void resolve_headers(derive_schema *schema, const derive_options *options)
{
    for (size_t i = 0; i < options->header_count; i++)
        add_header(schema, options->headers[i]);
    schema->name = options->schema ? options->schema : schema->headers.items[0].stem;
    if (!is_identifier(schema->name))
        toasty__derive_error(
            schema->diagnostics, (derive_location){0},
            "the schema `%s` becomes the symbol %s_schema, so it is a C name; choose one with --schema NAME",
            schema->name, schema->name);
}

/* --- files --- */

typedef struct pair {
    toasty__buffer h, c;
} pair;

static const char *output_path(derive_schema *schema, const derive_options *options, size_t header,
                               const char *ending)
{
    return toasty__derive_format(schema->memory, "%s/%s.toasty.%s", options->output,
                                 schema->headers.items[header].stem, ending);
}

static void add_path(toasty__buffer *out, const char *path)
{
    for (; *path; path++) {
        if (*path == ' ' || *path == '#' || *path == '\\')
            toasty__buffer_char(out, '\\');
        else if (*path == '$')
            toasty__buffer_char(out, '$');
        toasty__buffer_char(out, *path);
    }
}

/* In the format of Make: the outputs depend on every file that was read. */
static int write_depfile(derive_schema *schema, const derive_options *options)
{
    toasty__buffer out;
    toasty__buffer_init(&out);
    for (size_t i = 0; i < schema->headers.count; i++) {
        toasty__buffer_text(&out, i ? " " : "");
        add_path(&out, output_path(schema, options, i, "h"));
        toasty__buffer_char(&out, ' ');
        add_path(&out, output_path(schema, options, i, "c"));
    }
    toasty__buffer_char(&out, ':');
    for (size_t i = 0; i < schema->dependencies.count; i++) {
        toasty__buffer_text(&out, " \\\n  ");
        add_path(&out, schema->dependencies.items[i]);
    }
    toasty__buffer_char(&out, '\n');
    if (out.failed)
        toasty__derive_out_of_memory();
    int result = toasty__derive_write(options->depfile, out.bytes, out.length);
    toasty__buffer_done(&out);
    return result;
}

static int write_files(derive_schema *schema, const derive_options *options, const pair *pairs)
{
    int result = toasty__derive_make_folder(options->output);
    for (size_t i = 0; result == 0 && i < schema->headers.count; i++) {
        result =
            toasty__derive_write(output_path(schema, options, i, "h"), pairs[i].h.bytes, pairs[i].h.length);
        if (result == 0)
            result = toasty__derive_write(output_path(schema, options, i, "c"), pairs[i].c.bytes,
                                          pairs[i].c.length);
    }
    if (result == 0 && options->depfile)
        result = write_depfile(schema, options);
    return result;
}

/* #include "models.toasty.h" looks beside the file that includes it before it looks anywhere else: what an
 * earlier run left beside the header hides what this one makes. */
static void refuse_hiding(derive_schema *schema, const derive_options *options)
{
    for (size_t i = 0; i < schema->headers.count; i++) {
        const derive_header *header = &schema->headers.items[i];
        int folder = (int)(header->name - header->path);
        const char *beside =
            toasty__derive_format(schema->memory, "%.*s%s.toasty.h", folder, header->path, header->stem);
        if (toasty__derive_lies_elsewhere(beside, options->output))
            toasty__derive_error(schema->diagnostics, (derive_location){0},
                                 "%s is of an earlier run, and would be included in place of the one in %s; "
                                 "delete it, with its .c",
                                 beside, options->output);
    }
}

/* --- the pipeline --- */

static bool has_errors(const derive_schema *schema)
{
    return schema->diagnostics->list.count > 0;
}

static int emit(derive_schema *schema, const derive_options *options)
{
    derive_generated_names names = {0};
    pair *pairs = toasty__derive_alloc(schema->memory, schema->headers.count * sizeof *pairs);
    for (size_t i = 0; i < schema->headers.count; i++)
        toasty__derive_emit(schema, i, &names, &pairs[i].h, &pairs[i].c);
    toasty__derive_check_names(schema, &names);
    int result = has_errors(schema) ? -1 : options->output ? write_files(schema, options, pairs) : 0;
    for (size_t i = 0; i < schema->headers.count; i++) {
        toasty__buffer_done(&pairs[i].h);
        toasty__buffer_done(&pairs[i].c);
    }
    return result;
}

/* What is wrong with the command line, and not with a header. */
enum { MISUSED = -2 };

static int exit_code(int result)
{
    return result == MISUSED ? 2 : result < 0 ? 1 : 0;
}

/* What the headers say, resolved and checked. 0, or -1 or MISUSED with diagnostics. */
static int load(derive_schema *schema, const derive_options *options)
{
    resolve_targets(schema, options);
    if (has_errors(schema))
        return MISUSED;
    resolve_headers(schema, options);
    if (has_errors(schema) || toasty__derive_read(schema, options->arguments, options->argument_count) < 0)
        return -1;
    for (size_t i = 0; schema->models.count == 0 && i < schema->headers.count; i++)
        toasty__derive_error(
            schema->diagnostics, (derive_location){schema->headers.items[i].path, 1, 1},
            "there is no model here; include <toasty/model.h> and write toasty_model(Name) { … };");
    toasty__derive_resolve(schema);
    toasty__derive_check(schema);
    return has_errors(schema) ? -1 : 0;
}

/* What is wrong, as a compiler says it, or in the description of everything. */
static int show(const derive_schema *schema, const derive_options *options)
{
    toasty__buffer out;
    if (!options->json) {
        toasty__derive_show(schema->diagnostics, stderr);
        return 0;
    }
    toasty__derive_sort(schema->diagnostics);
    toasty__buffer_init(&out);
    toasty__derive_json(schema, &out);
    if (out.failed)
        toasty__derive_out_of_memory();
    bool written = fwrite(out.bytes, 1, out.length, stdout) == out.length && fflush(stdout) == 0;
    toasty__buffer_done(&out);
    if (!written)
        fprintf(stderr, "toasty: error: cannot write: %s\n", strerror(errno));
    return written ? 0 : -1;
}

int toasty__derive(const derive_options *options)
{
    toasty__arena arena;
    toasty__arena_init(&arena, 0);
    derive_diagnostics diagnostics = {.memory = &arena};
    derive_schema schema = {.memory = &arena, .diagnostics = &diagnostics};
    int result = load(&schema, options);
    if (result == 0 && options->output)
        refuse_hiding(&schema, options);
    if (result == 0)
        result = emit(&schema, options);
    if (show(&schema, options) < 0)
        result = -1;
    toasty__arena_done(&arena);
    return exit_code(result);
}

int toasty__derive_schema(const derive_options *options, struct toasty__schema *out)
{
    toasty__arena *arena = &out->room->arena;
    derive_diagnostics diagnostics = {.memory = arena};
    derive_schema schema = {.memory = arena, .diagnostics = &diagnostics};
    int result = load(&schema, options);
    if (result == 0)
        toasty__derive_snapshot(&schema, out);
    toasty__derive_show(&diagnostics, stderr);
    return exit_code(result);
}
