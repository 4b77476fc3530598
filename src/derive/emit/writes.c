/* Writes: create, update and delete, of records, by key and by condition. */
#include "derive/emit/emitter.h"

static void emit_creates(derive_emitter *e)
{
    toasty__emit_h(e, "\n/* New rows of ${Model} inside the create of another record; they end with the "
                      "block they stand in. */\n");
    toasty__emit_macro(e, &(derive_macro){.name = "${model}_new",
                                          .parameters = "...",
                                          .expression = "TOASTY__ROWS(${Model}, __VA_ARGS__)"});
    toasty__emit_call(e, &(derive_call){.comment = "Creates a row and what is nested in it, all or nothing. "
                                                   "Free it. NULL: missing_field${validation}, "
                                                   "unique_violation, foreign_key_violation.",
                                        .gives = DERIVE_GIVES_RECORD,
                                        .name = "${model}_create",
                                        .trailing = DERIVE_OPTIONS,
                                        .options = "${Model}New",
                                        .request = "TOASTY__CREATE(${Model}, ${args})"});
    toasty__emit_call(
        e, &(derive_call){
               .comment = "Creates rows, {...}, {...}, all or nothing. The list is in their order. Free it.",
               .gives = DERIVE_GIVES_LIST,
               .name = "${model}_create_many",
               .trailing = DERIVE_ARRAY,
               .options = "${Model}New",
               .request = "TOASTY__CREATE_MANY(${Model}, ${args})"});
    toasty__emit_call(e, &(derive_call){.comment = "The same for one row that was filled before.",
                                        .gives = DERIVE_GIVES_RECORD,
                                        .name = "${model}_create_row",
                                        .arguments = {{"const ${Model}New *", "row"}},
                                        .argument_count = 1,
                                        .request = "TOASTY__CREATE_ROW(${Model}, ${args})"});
    toasty__emit_function(e, "${Model}List *", "${model}_create_array",
                          "db, const ${Model}New *rows, size_t count",
                          "The same for an array that was filled before. Free the list.",
                          "TOASTY__KEEP_CREATE_ARRAY(${Model}, __VA_ARGS__)");
    toasty__emit_call(e,
                      &(derive_call){.comment = "Creates what a draft holds, which stays as it is. Free it.",
                                     .gives = DERIVE_GIVES_RECORD,
                                     .name = "${model}_create_draft",
                                     .arguments = {{"const ${Model}Draft *", "draft"}},
                                     .argument_count = 1,
                                     .request = "TOASTY__CREATE_DRAFT(${Model}, ${args})"});
}

static void emit_records(derive_emitter *e, bool versioned)
{
    toasty__emit_call(
        e,
        &(derive_call){
            .comment =
                versioned
                    ? "Writes the changes, to the record too, with what the database filled. 1 (0 when all "
                      "changes are absent), or -1 and an unchanged record: condition_failed when the row "
                      "has another version, not_found${validation}, unique_violation."
                    : "Writes the changes, to the record too, with what the database filled. 1 (0 when "
                      "all changes are absent), or -1 and an unchanged record: not_found${validation}, "
                      "unique_violation.",
            .gives = DERIVE_GIVES_STATUS,
            .name = "${model}_update",
            .arguments = {{"${Model} *", "record"}},
            .argument_count = 1,
            .trailing = DERIVE_ARRAY,
            .options = "${model}_change",
            .expression = "${Model}__update(db, record_, TOASTY__FIRST_CHANGE(${model}, __VA_ARGS__))"});
    bool has_conditions = e->schema->can.filter;
    const char *arguments = has_conditions ? "__VA_ARGS__" : "record_";
    toasty__emit_call(
        e,
        &(derive_call){
            .comment =
                versioned
                    ? "Deletes its row${cascades}. 1, or -1: condition_failed when it has another version, "
                      "not_found, foreign_key_violation."
                    : "Deletes its row${cascades}. 1, or -1: not_found, foreign_key_violation.",
            .gives = DERIVE_GIVES_STATUS,
            .name = "${model}_delete",
            .arguments = {{"${Model} *", "record"}},
            .argument_count = 1,
            .trailing = has_conditions ? DERIVE_ANY_ARRAY : DERIVE_NOTHING,
            .options = "${model}_only_if(condition)",
            .expression = toasty__derive_format(e->memory,
                                                "${Model}__delete(db, TOASTY__HEAD(%s, ), "
                                                "TOASTY__CHANGES_AFTER(${model}, %s))",
                                                arguments, arguments)});
    toasty__emit_function(e, "${Model} *", "${model}_copy", "const ${Model} *record",
                          "A copy of its own, without relations. Free it.", NULL);
}

/* An update or a delete by a key or an index: as a count, or as the rows themselves. */
typedef struct by_key {
    const char *name;
    const char *one, *many, *one_returning, *many_returning; /* comments */
    bool changes;
} by_key;

static void emit_by_key(derive_emitter *e, const by_key *verb, const derive_keys *keys, bool unique,
                        bool returning)
{
    size_t count = keys->argument_count;
    const char *many = count > 1 ? toasty__derive_format(e->memory, "_%zu", count) : "";
    derive_call call = {
        .comment = returning ? unique ? verb->one_returning : verb->many_returning
                   : unique  ? verb->one
                             : verb->many,
        .gives = returning ? unique ? DERIVE_GIVES_RECORD : DERIVE_GIVES_LIST
                 : unique  ? DERIVE_GIVES_STATUS
                           : DERIVE_GIVES_COUNT,
        .name = toasty__derive_format(e->memory, returning ? "%s_returning" : "%s", verb->name),
        .argument_count = count,
        .trailing = verb->changes ? DERIVE_ARRAY : DERIVE_NOTHING,
        .options = "${model}_change",
        .request =
            verb->changes
                ? toasty__derive_format(e->memory,
                                        "TOASTY__UPDATE_BY%s(${Model}, ${model}, %s, ${taker}, ${args})",
                                        many, returning ? "true" : "false")
                : toasty__derive_format(e->memory, "TOASTY__DELETE_BY(${Model}, %s, ${taker}, ${args})",
                                        returning ? "true" : "false")};
    for (size_t i = 0; i < count; i++)
        call.arguments[i] = keys->arguments[i];
    toasty__emit_call(e, &call);
}

static void emit_by_index(derive_emitter *e, const derive_index *index)
{
    static const by_key verbs[] = {
        {.name = "${model}_update_by_${keys}",
         .one = "Writes the changes without reading the row. 1 (0 when all changes are absent), or -1: "
                "not_found${validation}.",
         .many = "Writes the changes to the rows with this value. Their number, or -1.",
         .one_returning = "The same, and gives the row as it is now. Free it. NULL: not_found.",
         .many_returning = "The same, and gives the rows as they are now. Free the list.",
         .changes = true},
        {.name = "${model}_delete_by_${keys}",
         .one = "Deletes the row${cascades} without reading it. 1, or -1: not_found, foreign_key_violation.",
         .many = "Deletes the rows with this value. Their number, or -1.",
         .one_returning = "The same, and gives the row that was. Free it. NULL: not_found, "
                          "foreign_key_violation.",
         .many_returning = "The same, and gives the rows that were. Free the list."},
    };
    bool unique = index->kind != DERIVE_PLAIN;
    derive_keys keys = toasty__emit_keys(e, index, index->columns.count);
    derive_variable variables[] = {{"keys", keys.name}, {"taker", keys.taker}, {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    for (size_t i = 0; i < 2; i++) {
        emit_by_key(e, &verbs[i], &keys, unique, false);
        if (e->schema->can.rows_back)
            emit_by_key(e, &verbs[i], &keys, unique, true);
    }
    e->scope = scope.outer;
}

/* Many rows by condition: once as a count, once as the rows themselves. */
static void emit_many(derive_emitter *e)
{
    static const struct {
        const char *name, *options, *query, *comment, *returning;
    } verbs[] = {
        {"${model}_update_all", "${Model}UpdateAll", "UPDATE, ${Model}, UpdateAll, ${args})",
         "Writes `.set` to all rows that match. Their number, or -1: invalid_statement without a condition, "
         "unless `.everything`.",
         "The same, and gives the rows as they are now. Free the list."},
        {"${model}_delete_all", "${Model}DeleteAll", "DELETE, ${Model}, DeleteAll, ${args})",
         "Deletes all rows that match. Their number, or -1: invalid_statement without a condition, unless "
         "`.everything`.",
         "The same, and gives the rows that were. Free the list."},
    };
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        derive_call call = {.comment = verbs[i].comment,
                            .gives = DERIVE_GIVES_COUNT,
                            .name = verbs[i].name,
                            .trailing = DERIVE_OPTIONS,
                            .options = verbs[i].options,
                            .request = toasty__derive_format(e->memory, "TOASTY__QUERY(%s", verbs[i].query)};
        toasty__emit_call(e, &call);
        if (!e->schema->can.rows_back)
            continue;
        call.comment = verbs[i].returning;
        call.gives = DERIVE_GIVES_LIST;
        call.name = toasty__derive_format(e->memory, "%s_returning", verbs[i].name);
        call.request = toasty__derive_format(e->memory, "TOASTY__QUERY_WITH(returning, %s", verbs[i].query);
        toasty__emit_call(e, &call);
    }
}

static bool has_version(const derive_model *model)
{
    for (size_t i = 0; i < model->columns.count; i++)
        if (model->columns.items[i]->member->version)
            return true;
    return false;
}

/* ", with its todos and comments": what cannot be without the row goes with it. */
static const char *cascades(derive_emitter *e, const derive_model *model)
{
    const char *list = "";
    for (size_t i = 0; i < model->relations.count; i++) {
        const derive_relation *has = model->relations.items[i];
        if (has->kind != TOASTY_BELONGS_TO && has->pair && has->on_delete == TOASTY_ON_DELETE_CASCADE)
            list = toasty__derive_format(e->memory, "%s%s%s", list, *list ? ", " : "", has->name);
    }
    return *list ? toasty__derive_format(e->memory, " and its %s", list) : "";
}

void toasty__emit_writes(derive_emitter *e, const derive_model *model)
{
    derive_variable variables[] = {{"cascades", cascades(e, model)}, {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_chapter(e, "create", "${model}_");
    emit_creates(e);
    toasty__emit_chapter(e, "update, delete", "${model}_");
    emit_records(e, has_version(model));
    for (size_t i = 0; i < model->indexes.count; i++) {
        const derive_index *index = model->indexes.items[i];
        e->at = index->at;
        e->origin = toasty__derive_format(e->memory, "an index of `%s`", model->name);
        emit_by_index(e, index);
    }
    e->at = model->at;
    e->origin = toasty__derive_format(e->memory, "model `%s`", model->name);
    if (e->schema->can.update_where && e->schema->can.filter)
        emit_many(e);
    e->scope = scope.outer;
}
