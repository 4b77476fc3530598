/* What a schema has once, whatever the number of its headers: the layouts of the options, which all models
 * share, the tables as text, and the schema itself. */
#include "derive/emit/emitter.h"

#include "derive/model/snapshot.h"
#include <string.h>

/* --- layouts of options --- */

typedef struct layout {
    const char *options; /* "Find" */
    bool where, include, order, query, set, everything, lock;
    const char *limit; /* NULL: none */
    bool offset, cursor;
} layout;

static void emit_layout(derive_emitter *e, const derive_model *model, const layout *l)
{
    const struct {
        bool present;
        const char *name, *member;
    } members[] = {
        {l->where, "where", "where"},
        {l->include, "include", "include"},
        {l->order, "order_by", "order_by"},
        {l->query, "query", "query"},
        {l->set, "set", "set"},
        {l->limit != NULL, "limit", l->limit},
        {l->offset, "offset", "offset"},
        {l->everything, "everything", "everything"},
        {l->include && toasty__emit_has_no_eager(e->schema), "no_eager", "no_eager"},
        {l->lock, "lock", "lock"},
        {l->lock, "lock_wait", "lock_wait"},
        {l->cursor, "cursor", "cursor"},
    };
    const char *text = "";
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (members[i].present)
            text = toasty__derive_format(e->memory, "%s%s\n        .%s = TOASTY__AT(%s%s, %s)", text,
                                         *text ? "," : "", members[i].name, model->name, l->options,
                                         members[i].member);
    if (*text)
        toasty__emit_c_format(e, "    [TOASTY_LAYOUT_%s] = {%s},\n", l->options, text);
}

/* All models that have these options have them alike. */
static const derive_model *first_with(const derive_schema *schema, const char *options)
{
    for (size_t i = 0; i < schema->models.count; i++)
        if (toasty__emit_has_options(schema, schema->models.items[i], options))
            return schema->models.items[i];
    return NULL;
}

/* The headers whose structs are measured. */
static void emit_includes(derive_emitter *e, const layout *layouts, size_t count)
{
    const derive_schema *schema = e->schema;
    for (size_t h = 0; h < schema->headers.count; h++) {
        bool needed = false;
        for (size_t i = 0; i < count && h != e->header; i++) {
            const derive_model *model = first_with(schema, layouts[i].options);
            needed = needed || (model && model->header == h);
        }
        if (needed)
            toasty__emit_c_format(e, "#include \"%s.toasty.h\"\n", schema->headers.items[h].stem);
    }
}

void toasty__emit_layouts(derive_emitter *e)
{
    const derive_schema *schema = e->schema;
    const toasty_capability *can = &schema->can;
    bool all = can->update_where, filter = can->filter;
    const layout layouts[] = {
        {"Find", filter, true, can->order, true, false, false, can->row_locks, "limit", can->offset, false},
        {"Get", false, true, false, false, false, false, can->row_locks, NULL, false, false},
        {"Many", filter, true, can->order, true, false, false, false, "limit", false, false},
        {"One", filter, true, false, false, false, false, false, NULL, false, false},
        {"Paging", filter, true, can->order, true, false, false, false, "per_page", false, true},
        {"Match", filter, false, false, filter, false, false, false, NULL, false, false},
        {"UpdateAll", filter, false, false, filter, true, all, false, NULL, false, false},
        {"DeleteAll", filter, false, false, filter, false, all, false, NULL, false, false},
    };
    if (e->header != schema->models.items[0]->header) {
        toasty__emit_c(e, "\nextern const toasty_layout ${schema}__layouts[];\n");
        return;
    }
    emit_includes(e, layouts, sizeof layouts / sizeof *layouts);
    toasty__emit_c(e, "\nextern const toasty_layout ${schema}__layouts[];\n"
                      "const toasty_layout ${schema}__layouts[TOASTY_LAYOUT_COUNT] = {\n");
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        const derive_model *model = first_with(schema, layouts[i].options);
        if (model)
            emit_layout(e, model, &layouts[i]);
    }
    toasty__emit_c(e, "};\n");
}

/* --- the tables as text --- */

/* A line as pieces of C, none longer than every compiler takes. */
static void emit_line(derive_emitter *e, const char *line, size_t length)
{
    enum { MOST = 2000 };
    for (size_t at = 0; at < length; at += MOST) {
        size_t end = length - at > MOST ? at + MOST : length;
        toasty__emit_c(e, "    \"");
        for (size_t i = at; i < end; i++)
            toasty__emit_c_format(e, line[i] == '"' || line[i] == '\\' ? "\\%c" : "%c", line[i]);
        toasty__emit_c(e, end == length ? "\\n\",\n" : "\",\n");
    }
    if (length == 0)
        toasty__emit_c(e, "    \"\\n\",\n");
}

/* The tables as text, for pushes and migrations. */
static void emit_text(derive_emitter *e)
{
    toasty__room room;
    toasty__buffer text;
    toasty__room_init(&room);
    toasty__buffer_init(&text);
    toasty__schema snapshot = {.room = &room};
    toasty__derive_snapshot(e->schema, &snapshot);
    toasty__schema_print(&snapshot, &text);
    if (room.failed || text.failed)
        toasty__derive_out_of_memory();
    toasty__emit_c(e, "\nstatic const char *const ${schema}_text_[] = {\n");
    for (const char *line = text.bytes, *end; *line; line = end + 1) {
        end = line + strcspn(line, "\n");
        emit_line(e, line, (size_t)(end - line));
    }
    toasty__emit_c(e, "    NULL,\n};\n");
    toasty__buffer_done(&text);
    toasty__room_done(&room);
}

/* --- the schema --- */

void toasty__emit_schema(derive_emitter *e)
{
    const derive_schema *schema = e->schema;
    toasty__emit_c(e, "\n/* --- the schema --- */\n");
    for (size_t i = 0; i < schema->models.count; i++)
        toasty__emit_c_format(e, "extern const toasty_model %s__model;\n", schema->models.items[i]->name);
    for (size_t t = 0; t < schema->targets.count; t++)
        toasty__emit_c_format(e, "extern const struct toasty_driver toasty_%s_driver;\n",
                              schema->targets.items[t]->target);
    toasty__emit_c(e, "\nstatic const toasty_model *const ${schema}_models_[] = {\n");
    for (size_t i = 0; i < schema->models.count; i++)
        toasty__emit_c_format(e, "    &%s__model,\n", schema->models.items[i]->name);
    toasty__emit_c(e, "};\n\nstatic const struct toasty_driver *const ${schema}_drivers_[] = {\n");
    for (size_t t = 0; t < schema->targets.count; t++)
        toasty__emit_c_format(e, "    &toasty_%s_driver,\n", schema->targets.items[t]->target);
    toasty__emit_c(e, "};\n");
    emit_text(e);
    toasty__emit_c(e, "\nconst toasty_schema ${schema}_schema = {\n"
                      "    .abi = TOASTY_ABI,\n"
                      "    .name = \"${schema}\",\n"
                      "    .models = ${schema}_models_,\n");
    toasty__emit_c_format(e, "    .model_count = %zu,\n", schema->models.count);
    toasty__emit_c(e, "    .drivers = ${schema}_drivers_,\n");
    toasty__emit_c_format(e, "    .driver_count = %zu,\n", schema->targets.count);
    toasty__emit_c(e, "    .text = ${schema}_text_,\n};\n");
}
