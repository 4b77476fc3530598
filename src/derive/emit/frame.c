/* The frame of a pair of files: opening comment, guards, includes, and the models one after the other, each
 * with its table of contents before and the twins of its calls after it. */
#include "derive/emit/emit.h"

#include "derive/base/text.h"
#include "derive/emit/emitter.h"
#include <string.h>

/* --- the opening comment --- */

/* What follows from a capability that some target lacks, or "". */
static const struct {
    size_t offset;
    const char *left_out;
} consequences[] = {
#define CONSEQUENCE(name, who, meaning, left_out) {offsetof(toasty_capability, name), left_out},
    TOASTY_CAPABILITIES(CONSEQUENCE)
#undef CONSEQUENCE
};

/* The targets that lack a capability, or "". */
static const char *lacking(derive_emitter *e, size_t offset)
{
    const char *list = "";
    for (size_t i = 0; i < e->schema->targets.count; i++) {
        const toasty_capability *target = e->schema->targets.items[i];
        if (!*(const bool *)((const char *)target + offset))
            list = toasty__derive_format(e->memory, "%s%s%s", list, *list ? ", " : "", target->target);
    }
    return list;
}

static void emit_left_out(derive_emitter *e)
{
    bool any = false;
    for (size_t i = 0; i < sizeof consequences / sizeof *consequences; i++) {
        const char *targets = lacking(e, consequences[i].offset);
        if (!*targets || !*consequences[i].left_out)
            continue;
        if (!any)
            toasty__emit_h(e, " *\n * Left out, because a target cannot do it:\n");
        any = true;
        toasty__emit_h(e, " * - ");
        toasty__emit_wrapped(&e->h, 5, " *   ",
                             toasty__derive_format(e->memory, "%s: %s", targets, consequences[i].left_out));
        toasty__emit_h(e, "\n");
    }
}

/* What a target does not do at once is done in parts (engine/keys/parts.c). */
static void emit_groups(derive_emitter *e)
{
    for (size_t i = 0; i < e->schema->targets.count; i++) {
        const toasty_capability *target = e->schema->targets.items[i];
        if (!target->max_group)
            continue;
        toasty__emit_h(e, " *\n * ");
        toasty__emit_wrapped(
            &e->h, 3, " * ",
            toasty__derive_format(
                e->memory,
                "%s does at most %u changes all or nothing. A call that creates, deletes or sets "
                "more rows does it in parts: when a part of a create fails, the rows before it "
                "are deleted again; otherwise they stay changed, and the same call finishes.",
                target->target, (unsigned)target->max_group));
        toasty__emit_h(e, "\n");
    }
}

static const char *targets_in_words(derive_emitter *e)
{
    const derive_schema *schema = e->schema;
    const char *words = "";
    for (size_t i = 0; i < schema->targets.count; i++)
        words = toasty__derive_format(e->memory, "%s%s%s", words,
                                      i == 0                          ? ""
                                      : i + 1 < schema->targets.count ? ", "
                                                                      : " and ",
                                      schema->targets.items[i]->target);
    return words;
}

static const char opening[] =
    "A call that takes a handle goes to the database and suspends in a fiber. It returns its result, or NULL "
    "or -1; "
    "then toasty_last_error() says why. A result is one block for toasty_free. `.${Model}Find` among the "
    "arguments of a "
    "call stands for members of that struct, as in ${model}_all(db, .limit = 3), and `…` for the arguments "
    "of "
    "the call "
    "before. Lists and pages are arrays, `items` and `len`, for toasty_each.\n\n"
    "Behind its calls a model has their twins, `…_op`, which are operations for batches and callbacks: they "
    "take the "
    "address of a variable for the result in place of the handle, an int64_t for a count or a change, where "
    "NULL "
    "will do.\n\n"
    "Among options, what is in `.query` is added to what stands beside it; `.everything` says that all rows "
    "are meant "
    "where there is no condition.\n\n"
    "${model}_expr (conditions) and ${model}_order_by are values: copy them, return them, use them twice. So "
    "are "
    "${model}_change and ${model}_include, within the block that they were written in: what they mention, as "
    "options, structs and conditions, is borrowed. A call takes at most 8 includes, 8 orders and 16 changes "
    "in "
    "`.set`; the last place of such an array stays empty. What is absent (toasty_when) is skipped. `in` "
    "takes an "
    "array and its length, `between` includes both ends, `like` takes % and _, which a "
    "backslash escapes; text compares by bytes; `add` and `subtract` happen in the database. Owners "
    "(${Model}Query, "
    "${Model}Changes, ${Model}Draft) copy what they are given; `new` and `clone` give one for toasty_free, "
    "or NULL: "
    "out_of_memory; steps give 0 or -1. Conditions of a query are an `and`; `or_where` is all so far, or "
    "this. Names with `__` are the library's.";

/* The first model of the header, which its opening comment takes for examples. */
static const derive_model *first_model(const derive_emitter *e)
{
    for (size_t i = 0; i < e->schema->models.count; i++)
        if (e->schema->models.items[i]->header == e->header)
            return e->schema->models.items[i];
    return e->schema->models.items[0];
}

static void emit_opening(derive_emitter *e)
{
    const derive_model *model = first_model(e);
    derive_variable variables[] = {{"Model", model->name}, {"model", model->prefix}, {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_h(e, "/* ");
    toasty__emit_wrapped(
        &e->h, 3, " * ",
        toasty__derive_format(e->memory,
                              "The typed API of the models of %s, generated by `toasty derive` "
                              "for %s. Do not edit.\n\n%s",
                              e->schema->headers.items[e->header].name, targets_in_words(e),
                              toasty__derive_expanded(e->memory, e->scope, opening)));
    e->scope = scope.outer;
    toasty__emit_h(e, "\n");
    emit_left_out(e);
    emit_groups(e);
    toasty__emit_h(e, " */\n");
}

/* --- includes and forward declarations --- */

static bool includes_models_of(const derive_emitter *e, size_t other)
{
    for (size_t i = 0; i < e->schema->models.count; i++) {
        const derive_model *model = e->schema->models.items[i];
        for (size_t j = 0; model->header == e->header && j < model->relations.count; j++)
            if (model->relations.items[j]->target->header == other)
                return true;
    }
    return false;
}

/* True when a model of this header needs the names of `model`. */
static bool mentions(const derive_emitter *e, const derive_model *model)
{
    if (model->header == e->header)
        return true;
    for (size_t i = 0; i < model->relations.count; i++)
        if (model->relations.items[i]->target->header == e->header)
            return true;
    for (size_t i = 0; i < e->schema->models.count; i++) {
        const derive_model *own = e->schema->models.items[i];
        for (size_t j = 0; own->header == e->header && j < own->relations.count; j++)
            if (own->relations.items[j]->target == model)
                return true;
    }
    return false;
}

static void emit_start(derive_emitter *e)
{
    emit_opening(e);
    toasty__emit_h(e, "#ifndef ${GUARD}\n"
                      "#define ${GUARD}\n\n"
                      "#include <toasty/calls.h>\n"
                      "#include \"${file}\"\n\n"
                      "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
                      "/* What toasty_open takes. */\n"
                      "extern const toasty_schema ${schema}_schema;\n\n");
    for (size_t i = 0; i < e->schema->models.count; i++)
        if (mentions(e, e->schema->models.items[i]))
            toasty__emit_h_format(e, "TOASTY__DECLARE(%s);\n", e->schema->models.items[i]->name);
    toasty__emit_c(e,
                   "/* The tables of the models of ${file}, generated by `toasty derive`. Do not edit. */\n"
                   "#include \"${stem}.toasty.h\"\n\n"
                   "#include <stddef.h>\n");
    toasty__emit_layouts(e);
}

static void emit_end(derive_emitter *e)
{
    const derive_schema *schema = e->schema;
    toasty__emit_h(e, "\n#ifdef __cplusplus\n}\n#endif\n");
    for (size_t i = 0; i < schema->headers.count; i++)
        if (i != e->header && includes_models_of(e, i))
            toasty__emit_h_format(e, "\n#include \"%s.toasty.h\"\n", schema->headers.items[i].stem);
    toasty__emit_h(e, "\n#endif\n");
    if (e->header == 0)
        toasty__emit_schema(e);
}

/* --- a model --- */

/* The calls of the model, chapter by chapter, in the comment that opens it. */
static void emit_contents(derive_emitter *e, const derive_model *model)
{
    toasty__buffer text;
    toasty__buffer_init(&text);
    toasty__emit_h(e, "\n/* --- ${Model}: table ");
    toasty__buffer_text(&e->h, toasty__derive_in_comment(e->memory, model->table));
    toasty__emit_h(e, " ---\n");
    if (model->comment) {
        toasty__buffer_text(&e->h, " * ");
        toasty__buffer_text(&e->h, model->comment);
        toasty__buffer_char(&e->h, '\n');
    }
    toasty__emit_h(e, " *\n * Calls, ${model}_…\n");
    for (size_t i = 0; i < e->chapters.count; i++) {
        const derive_chapter *chapter = &e->chapters.items[i];
        const char *separator = ": ";
        toasty__buffer_clear(&text);
        toasty__buffer_text(&text, chapter->title);
        for (size_t j = 0; j < chapter->calls.count; j++, separator = ", ")
            if (*chapter->calls.items[j]) { /* else the title is the call */
                toasty__buffer_text(&text, separator);
                toasty__buffer_text(&text, chapter->calls.items[j]);
            }
        toasty__buffer_text(&e->h, " *   ");
        toasty__emit_wrapped(&e->h, 5, " *     ", text.failed ? "" : text.bytes);
        toasty__buffer_char(&e->h, '\n');
    }
    e->h.failed = e->h.failed || text.failed;
    toasty__buffer_done(&text);
    toasty__emit_h(e, " */\n");
}

static void append(toasty__buffer *out, toasty__buffer *part)
{
    toasty__buffer_add(out, part->bytes, part->length);
    out->failed |= part->failed;
    toasty__buffer_done(part);
}

static void emit_parts(derive_emitter *e, const derive_model *model)
{
    if (model->is_view) {
        toasty__emit_view(e, model);
        return;
    }
    toasty__emit_types(e, model);
    toasty__emit_tables(e, model);
    toasty__emit_fields(e, model);
    toasty__emit_owners(e, model);
    toasty__emit_reads(e, model);
    toasty__emit_writes(e, model);
    toasty__emit_upserts(e, model);
    toasty__emit_relations(e, model);
}

static bool has_rules(const derive_model *model)
{
    bool any = model->validate != NULL;
    for (size_t i = 0; i < model->columns.count; i++)
        any = any || model->columns.items[i]->member->rules.count;
    return any;
}

static void emit_model(derive_emitter *e, const derive_model *model)
{
    derive_variable variables[] = {{"Model", model->name},
                                   {"model", model->prefix},
                                   {"MODEL", toasty__derive_upper(e->memory, model->prefix)},
                                   {"table", model->table},
                                   {"validation", has_rules(model) ? ", validation_failed" : ""},
                                   {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    toasty__buffer before = e->h;
    e->scope = &scope;
    e->model = model;
    e->at = model->at;
    e->origin = toasty__derive_format(e->memory, "model `%s`", model->name);
    e->chapters.count = e->plumbed.count = 0;
    toasty__buffer_init(&e->h);
    toasty__buffer_init(&e->twins);
    toasty__buffer_init(&e->plumbing);
    emit_parts(e, model);

    toasty__buffer parts = e->h;
    e->h = before;
    emit_contents(e, model);
    append(&e->h, &parts);
    toasty__emit_h(e, "\n");
    toasty__emit_comment(
        e, "The same to run later, in a batch or with a callback: ${model}_…_op(&result, …) where "
           "the call is ${model}_…(db, …).");
    append(&e->h, &e->twins);
    toasty__emit_h(e, "\n/* What they are made of. */\n"
                      "#define TOASTY__OP_${Model}__one(...) TOASTY__KEEP(${Model} *, __VA_ARGS__)\n"
                      "#define TOASTY__OP_${Model}__list(...) TOASTY__KEEP(${Model}List *, __VA_ARGS__)\n");
    if (!model->is_view)
        toasty__emit_h(
            e, "#define TOASTY__OP_${Model}__page(...) TOASTY__KEEP(${Model}Page *, __VA_ARGS__)\n"
               "#define TOASTY__OP_${Model}__update(...) TOASTY__KEEP_UPDATE(${Model}, __VA_ARGS__)\n"
               "#define TOASTY__OP_${Model}__delete(...) TOASTY__KEEP_DELETE(${Model}, __VA_ARGS__)\n");
    append(&e->h, &e->plumbing);
    e->scope = scope.outer;
}

/* --- all --- */

static const char *guard_of(derive_memory *memory, const char *stem)
{
    char *guard = toasty__derive_format(memory, "%s%s_TOASTY_H", strchr("0123456789", *stem) ? "_" : "",
                                        toasty__derive_upper(memory, stem));
    for (char *g = guard; *g; g++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", *g))
            *g = '_';
    return guard;
}

void toasty__derive_emit(derive_schema *schema, size_t header, derive_generated_names *names,
                         toasty__buffer *h, toasty__buffer *c)
{
    const derive_header *file = &schema->headers.items[header];
    derive_variable variables[] = {{"file", file->name},
                                   {"stem", file->stem},
                                   {"GUARD", guard_of(schema->memory, file->stem)},
                                   {"schema", schema->name},
                                   {NULL, NULL}};
    derive_scope scope = {.variables = variables};
    derive_emitter e = {
        .schema = schema, .memory = schema->memory, .header = header, .scope = &scope, .names = names};
    toasty__buffer_init(&e.h);
    toasty__buffer_init(&e.c);

    emit_start(&e);
    derive_model *model;
    for (size_t i = 0; (model = toasty__derive_struct_at(schema, i)); i++)
        if (model->header == header)
            emit_model(&e, model);
    emit_end(&e);
    if (e.h.failed || e.c.failed)
        toasty__derive_out_of_memory();
    *h = e.h;
    *c = e.c;
}
