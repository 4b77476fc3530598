/* What was read and what is generated from it, as one JSON document (RFC 8259) for tools and language models.
 *
 * All text is in it as it is: names, C types, the comments of the user and those of the calls. Where the
 * headers have errors there are these and nothing else. */
#include "derive/emit/emit.h"

#include "schema/schema.h"

/* A document under way; `open`: nothing stands yet behind the last bracket. */
typedef struct json {
    toasty__buffer *out;
    bool open;
} json;

/* --- values --- */

static void put_string(json *to, const char *text)
{
    toasty__buffer_json(to->out, text, strlen(text));
}

/* What stands before a member, or before an item, which has no name. */
static void begin_value(json *to, const char *name)
{
    if (!to->open)
        toasty__buffer_char(to->out, ',');
    to->open = false;
    if (!name)
        return;
    put_string(to, name);
    toasty__buffer_char(to->out, ':');
}

static void begin(json *to, const char *name, char bracket)
{
    begin_value(to, name);
    toasty__buffer_char(to->out, bracket);
    to->open = true;
}

static void end(json *to, char bracket)
{
    toasty__buffer_char(to->out, bracket);
    to->open = false;
}

/* Nothing where the text is NULL. */
static void add_text(json *to, const char *name, const char *text)
{
    if (!text)
        return;
    begin_value(to, name);
    put_string(to, text);
}

static void add_number(json *to, const char *name, size_t number)
{
    begin_value(to, name);
    toasty__buffer_printf(to->out, "%zu", number);
}

/* Nothing where it is false. */
static void add_flag(json *to, const char *name, bool holds)
{
    if (!holds)
        return;
    begin_value(to, name);
    toasty__buffer_text(to->out, "true");
}

static void add_columns(json *to, const char *name, const derive_columns *columns)
{
    begin(to, name, '[');
    for (size_t i = 0; i < columns->count; i++)
        add_text(to, NULL, columns->items[i]->name);
    end(to, ']');
}

/* --- models --- */

static void add_rules(json *to, const derive_member *member)
{
    begin(to, "rules", '[');
    for (size_t i = 0; i < member->rules.count; i++)
        add_text(to, NULL, member->rules.items[i].text);
    end(to, ']');
}

static void add_field(json *to, const derive_model *model, const derive_column *column)
{
    const derive_member *member = column->member;
    begin(to, NULL, '{');
    add_text(to, "name", column->name);
    add_text(to, "type", member->c_type);
    add_text(to, "kind", toasty__schema_type_name((uint8_t)member->type));
    add_text(to, "column", model->is_view ? NULL : column->column);
    add_flag(to, "key", column->key);
    add_flag(to, "unique", member->unique);
    add_flag(to, "nullable", column->nullable);
    add_flag(to, "auto", member->automatic);
    add_flag(to, "version", member->version);
    add_flag(to, "sensitive", member->sensitive);
    add_text(to, "default", member->on_create.expression);
    if (member->rules.count)
        add_rules(to, member);
    add_text(to, "comment", member->comment);
    end(to, '}');
}

static void add_index(json *to, const derive_index *index)
{
    static const char *const kinds[] = {
        [DERIVE_PRIMARY] = "primary", [DERIVE_UNIQUE] = "unique", [DERIVE_PLAIN] = "index"};
    begin(to, NULL, '{');
    add_text(to, "kind", kinds[index->kind]);
    add_text(to, "name", index->name);
    add_columns(to, "fields", &index->columns);
    end(to, '}');
}

static void add_relation(json *to, const derive_relation *relation)
{
    static const char *const kinds[] = {
        [TOASTY_HAS_MANY] = "has_many", [TOASTY_HAS_ONE] = "has_one", [TOASTY_BELONGS_TO] = "belongs_to"};
    begin(to, NULL, '{');
    add_text(to, "name", relation->name);
    add_text(to, "kind", kinds[relation->kind]);
    add_text(to, "model", relation->target->name);
    add_text(to, "via", relation->via_path);
    add_flag(to, "required", relation->required);
    add_flag(to, "eager", relation->eager);
    if (relation->kind == TOASTY_BELONGS_TO)
        add_columns(to, "fields", &relation->own);
    add_text(to, "comment", relation->comment);
    end(to, '}');
}

/* The calls of a model, which go to the database, or its macros, which make values for them. */
static void add_functions(json *to, const char *name, const derive_schema *schema, const derive_model *model,
                          bool calls)
{
    begin(to, name, '[');
    for (size_t i = 0; i < schema->functions.count; i++) {
        const derive_function *function = &schema->functions.items[i];
        if (function->model != model || !!function->result != calls)
            continue;
        begin(to, NULL, '{');
        add_text(to, "name", function->name);
        add_text(to, "result", function->result);
        add_text(to, "arguments", function->arguments);
        add_text(to, "comment", function->comment);
        end(to, '}');
    }
    end(to, ']');
}

static void add_model(json *to, const derive_schema *schema, const derive_model *model)
{
    begin(to, NULL, '{');
    add_text(to, "name", model->name);
    add_text(to, "kind", model->is_view ? "view" : "model");
    add_text(to, "of", model->of ? model->of->name : NULL);
    add_text(to, "header", schema->headers.items[model->header].path);
    add_number(to, "line", model->at.line);
    add_text(to, "table", model->is_view ? NULL : model->table);
    add_text(to, "validate", model->validate);
    add_text(to, "comment", model->comment);
    begin(to, "fields", '[');
    for (size_t i = 0; i < model->columns.count; i++)
        add_field(to, model, model->columns.items[i]);
    end(to, ']');
    begin(to, "indexes", '[');
    for (size_t i = 0; i < model->indexes.count; i++)
        add_index(to, model->indexes.items[i]);
    end(to, ']');
    begin(to, "relations", '[');
    for (size_t i = 0; i < model->relations.count; i++)
        add_relation(to, model->relations.items[i]);
    end(to, ']');
    add_functions(to, "calls", schema, model, true);
    add_functions(to, "values", schema, model, false);
    end(to, '}');
}

static void add_enum(json *to, const derive_enum *labels)
{
    begin(to, NULL, '{');
    add_text(to, "type", labels->spelling);
    begin(to, "labels", '{');
    for (size_t i = 0; i < labels->constants.count; i++)
        add_text(to, labels->constants.items[i], labels->labels.items[i]);
    end(to, '}');
    end(to, '}');
}

/* --- the document --- */

static void add_errors(json *to, const derive_diagnostics *diagnostics)
{
    begin(to, "errors", '[');
    for (size_t i = 0; i < diagnostics->list.count; i++) {
        const derive_diagnostic *error = &diagnostics->list.items[i];
        begin(to, NULL, '{');
        add_text(to, "file", error->at.file);
        if (error->at.file) {
            add_number(to, "line", error->at.line);
            add_number(to, "column", error->at.column);
        }
        add_text(to, "message", error->message);
        end(to, '}');
    }
    end(to, ']');
}

void toasty__derive_json(const derive_schema *schema, toasty__buffer *out)
{
    json to = {out, true};
    const derive_model *model;
    bool worked = schema->diagnostics->list.count == 0;
    begin(&to, NULL, '{');
    begin(&to, "targets", '[');
    for (size_t i = 0; i < schema->targets.count; i++)
        add_text(&to, NULL, schema->targets.items[i]->target);
    end(&to, ']');
    add_errors(&to, schema->diagnostics);
    begin(&to, "models", '[');
    for (size_t i = 0; worked && (model = toasty__derive_struct_at(schema, i)); i++)
        add_model(&to, schema, model);
    end(&to, ']');
    begin(&to, "enums", '[');
    for (size_t i = 0; worked && i < schema->enums.count; i++)
        add_enum(&to, schema->enums.items[i]);
    end(&to, ']');
    end(&to, '}');
    toasty__buffer_char(out, '\n');
}
