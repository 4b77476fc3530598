/* Upserts: by the key, and by each unique value, what is there is changed, or made. */
#include "derive/emit/emitter.h"

bool toasty__emit_can_upsert(const derive_schema *schema, const derive_index *index)
{
    if (index->kind == DERIVE_PLAIN || (index->kind == DERIVE_UNIQUE && !schema->can.sql))
        return false;
    for (size_t i = 0; i < index->columns.count; i++)
        if (index->columns.items[i]->member->on_create.source == TOASTY_SOURCE_SEQUENCE)
            return false;
    return true;
}

bool toasty__emit_has_upserts(const derive_schema *schema, const derive_model *model)
{
    for (size_t i = 0; i < model->indexes.count; i++)
        if (toasty__emit_can_upsert(schema, model->indexes.items[i]))
            return true;
    return false;
}

/* Is the key of a new row made by the library, or among the values of the index? A change does not give it.
 */
static bool gives_key(const derive_model *model, const derive_index *index)
{
    const derive_index *key = model->indexes.items[0];
    for (size_t i = 0; i < key->columns.count; i++)
        if (!key->columns.items[i]->member->automatic &&
            !toasty__derive_has_column(&index->columns, key->columns.items[i]))
            return false;
    return true;
}

static void emit_by_changes(derive_emitter *e, const derive_keys *keys)
{
    size_t count = keys->argument_count;
    const char *many = count > 1 ? toasty__derive_format(e->memory, "_%zu", count) : "";
    derive_call call = {
        .comment =
            "Changes the row with this value, or creates it; toasty_created tells which. The record as it is "
            "now; free it. NULL: missing_field${validation}, unique_violation of another value, "
            "invalid_value.",
        .gives = DERIVE_GIVES_RECORD,
        .name = "${model}_upsert_by_${keys}",
        .argument_count = count,
        .trailing = DERIVE_ARRAY,
        .options = "${model}_change",
        .request = toasty__derive_format(e->memory,
                                         "TOASTY__UPSERT_BY%s(${Model}, ${model}, ${taker}, ${args})", many)};
    for (size_t i = 0; i < count; i++)
        call.arguments[i] = keys->arguments[i];
    toasty__emit_call(e, &call);
}

static void emit_or_ignore(derive_emitter *e, const derive_index *index)
{
    toasty__emit_call(
        e, &(derive_call){
               .comment =
                   "Creates a row unless one has its value of this key: then NULL, and toasty_failed() is "
                   "false. Free it. NULL: missing_field${validation}, unique_violation of another value.",
               .gives = DERIVE_GIVES_RECORD,
               .name = "${model}_create_or_ignore_by_${keys}",
               .trailing = DERIVE_OPTIONS,
               .options = "${Model}New",
               .request = toasty__derive_format(e->memory, "TOASTY__CREATE_OR_IGNORE(${Model}, %zu, ${args})",
                                                index->number)});
}

static void emit_array(derive_emitter *e, const derive_index *index)
{
    toasty__emit_call(
        e,
        &(derive_call){
            .comment = "Creates the rows that are not there by this value, and makes the changes, if any, to "
                       "those that are; all or nothing. Their number, or -1: invalid_statement when two of "
                       "them have one value, unique_violation of another value, missing_field${validation}.",
            .gives = DERIVE_GIVES_COUNT,
            .name = "${model}_upsert_array_by_${keys}",
            .arguments = {{"const ${Model}New *", "rows"}, {"size_t ", "count"}},
            .argument_count = 2,
            .trailing = DERIVE_ANY_ARRAY,
            .options = "${model}_change",
            .request = toasty__derive_format(
                e->memory, "TOASTY__UPSERT_ARRAY(${Model}, ${model}, %zu, ${args})", index->number)});
}

static void emit_by_index(derive_emitter *e, const derive_model *model, const derive_index *index)
{
    derive_keys keys = toasty__emit_keys(e, index, index->columns.count);
    derive_variable variables[] = {{"keys", keys.name}, {"taker", keys.taker}, {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    e->at = index->at;
    e->origin = toasty__derive_format(e->memory, "an index of `%s`", model->name);
    if (gives_key(model, index))
        emit_by_changes(e, &keys);
    bool made = index->kind == DERIVE_PRIMARY && index->columns.items[0]->member->automatic;
    if (!made)
        emit_or_ignore(e, index);
    if (!made && e->schema->can.sql)
        emit_array(e, index);
    e->scope = scope.outer;
}

void toasty__emit_upserts(derive_emitter *e, const derive_model *model)
{
    if (!toasty__emit_has_upserts(e->schema, model))
        return;
    toasty__emit_chapter(e, "upsert", "${model}_");
    toasty__emit_h(e, "\n/* What an upsert does besides, when it creates the row and when it finds it. */\n");
    toasty__emit_macro(e, &(derive_macro){.name = "${model}_on_create",
                                          .parameters = "...",
                                          .expression = "TOASTY__CHANGES_ON(${model}, CREATE, __VA_ARGS__)"});
    toasty__emit_macro(e, &(derive_macro){.name = "${model}_on_update",
                                          .parameters = "...",
                                          .expression = "TOASTY__CHANGES_ON(${model}, UPDATE, __VA_ARGS__)"});
    for (size_t i = 0; i < model->indexes.count; i++)
        if (toasty__emit_can_upsert(e->schema, model->indexes.items[i]))
            emit_by_index(e, model, model->indexes.items[i]);
    e->at = model->at;
    e->origin = toasty__derive_format(e->memory, "model `%s`", model->name);
}
