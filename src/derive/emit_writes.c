/* Writes: create, update and delete, of records, by key and by condition. */
#include "derive/emit.h"

#define END_OF_CHANGES "{.change = {.kind = TOASTY_CHANGE_END}}"

static void emit_creates(derive_emitter *e)
{
    toasty__emit_h(e, "\n/* New rows of ${Model} inside the create of another record. */\n");
    toasty__emit_macro(e, &(derive_macro){.name = "${model}_new",
                                          .parameters = "...",
                                          .expression = "((const ${Model}New[]){__VA_ARGS__, {.end_ = 1}})"});
    toasty__emit_call(
        e, &(derive_call){
               .comment = "Creates a row and what is nested in it, all or nothing, and gives the whole "
                          "record back. Free it.\n * NULL: invalid_statement (what is required is missing), "
                          "unique_violation, foreign_key_violation.",
               .gives = DERIVE_GIVES_RECORD,
               .name = "${model}_create",
               .trailing = DERIVE_OPTIONS,
               .options = "${Model}New",
               .kind = "CREATE",
               .members = ".rows = ${rest}, .row_count = 1",
               .operation = true});
    toasty__emit_call(
        e, &(derive_call){
               .comment = "Creates rows, {...}, {...}, all or nothing. The list is in their order. Free it.",
               .gives = DERIVE_GIVES_LIST,
               .name = "${model}_create_many",
               .trailing = DERIVE_ARRAY,
               .options = "${Model}New",
               .sentinel = "{.end_ = 1}",
               .kind = "CREATE",
               .members = ".many = true, .rows = ${rest}, .until_end = true",
               .operation = true});
    toasty__emit_call(e, &(derive_call){.comment = "The same for one row that was filled before.",
                                        .gives = DERIVE_GIVES_RECORD,
                                        .name = "${model}_create_row",
                                        .arguments = {{"const ${Model}New *", "row"}},
                                        .argument_count = 1,
                                        .kind = "CREATE",
                                        .members = ".rows = (const ${Model}New *){${arg0}}, .row_count = 1",
                                        .operation = true});
    toasty__emit_h(e, "\n/* The same for an array that was filled before. */\n");
    toasty__emit_function(
        e, &(derive_function){
               .result = "${Model}List *",
               .name = "${model}_create_array",
               .parameters = "toasty_db *db, const ${Model}New *rows, size_t count",
               .attributes = "warn_unused_result, nonnull(1)",
               .body = "    return ${model}_list_(db, TOASTY__REQUEST(CREATE, ${model}_model_, .many = true, "
                       ".rows = rows, .row_count = count));\n"});
    toasty__emit_macro(
        e,
        &(derive_macro){
            .name = "${model}_create_array_op",
            .parameters = "out, rows_, count_",
            .expression = "\\\n    TOASTY__OP(CREATE, ${model}_model_, (${Model}List **){out}, .many = true, "
                          ".rows = (const ${Model}New *){rows_}, .row_count = count_)"});
    toasty__emit_call(
        e, &(derive_call){.comment = "Creates what a draft holds. The draft stays as it is. Free the record.",
                          .gives = DERIVE_GIVES_RECORD,
                          .name = "${model}_create_draft",
                          .arguments = {{"const ${Model}Draft *", "draft"}},
                          .argument_count = 1,
                          .kind = "CREATE",
                          .members = ".rows = toasty__draft_row((const toasty_draft *)(const ${Model}Draft "
                                     "*){${arg0}}), .row_count = 1",
                          .operation = true});
}

static void emit_records(derive_emitter *e)
{
    toasty__emit_h(e, "\n/* int ${model}_update(db, ${Model} *record, ${model}_change, ...)\n"
                      " * Writes the changes; the record follows, with what the database made. 1 (0 when "
                      "nothing was named), or -1 and an unchanged record:\n"
                      " * not_found, unique_violation. */\n");
    toasty__emit_macro(
        e, &(derive_macro){.name = "${model}_update",
                           .parameters = "db, record_, ...",
                           .expression = "\\\n    ${model}_update_(db, record_, (const ${model}_change[]){"
                                         "__VA_ARGS__, " END_OF_CHANGES "})"});
    toasty__emit_function(
        e, &(derive_function){
               .result = "int ",
               .name = "${model}_update_",
               .parameters = "toasty_db *db, ${Model} *record, const ${model}_change *changes",
               .attributes = "nonnull",
               .body = "    return (int)toasty__run_count(\n"
                       "        db, TOASTY__REQUEST(UPDATE, ${model}_model_, .record = record, .changes = "
                       "&changes->change));\n"});
    toasty__emit_h(e, "\n");
    toasty__emit_function(
        e, &(derive_function){.comment = "deletes its row; 1, or -1: not_found, foreign_key_violation",
                              .result = "int ",
                              .name = "${model}_delete",
                              .parameters = "toasty_db *db, ${Model} *record",
                              .attributes = "nonnull",
                              .body = "    return (int)toasty__run_count(db, TOASTY__REQUEST(DELETE, "
                                      "${model}_model_, .record = record));\n"});
    toasty__emit_h(e, "\n/* The same to run later: the record must live until then. */\n");
    toasty__emit_macro(
        e, &(derive_macro){.name = "${model}_update_op",
                           .parameters = "out, record_, ...",
                           .expression =
                               "\\\n    TOASTY__OP(UPDATE, ${model}_model_, (int64_t *){out}, .record = "
                               "(${Model} *){record_}, \\\n        .changes = &((const "
                               "${model}_change[]){__VA_ARGS__, " END_OF_CHANGES "})[0].change)"});
    toasty__emit_macro(e,
                       &(derive_macro){.name = "${model}_delete_op",
                                       .parameters = "out, record_",
                                       .expression = "\\\n    TOASTY__OP(DELETE, ${model}_model_, (int64_t "
                                                     "*){out}, .record = (${Model} *){record_})"});
    toasty__emit_h(e, "\n");
    toasty__emit_function(e,
                          &(derive_function){.comment = "a copy of its own, without relations; free it",
                                             .result = "${Model} *",
                                             .name = "${model}_copy",
                                             .parameters = "const ${Model} *record",
                                             .attributes = "warn_unused_result, nonnull",
                                             .body = "    return toasty__copy(&${model}_model_, record);\n"});
}

/* An update or a delete by a key or an index: as a count, or as the rows themselves. */
typedef struct by_key {
    const char *name, *kind, *members;
    const char *one, *many, *one_returning, *many_returning; /* comments */
    bool changes;
} by_key;

static void emit_by_key(derive_emitter *e, const by_key *verb, const derive_keys *keys, bool unique,
                        bool returning)
{
    derive_call call = {
        .comment = returning ? unique ? verb->one_returning : verb->many_returning
                   : unique  ? verb->one
                             : verb->many,
        .gives = returning ? unique ? DERIVE_GIVES_RECORD : DERIVE_GIVES_LIST
                 : unique  ? DERIVE_GIVES_STATUS
                           : DERIVE_GIVES_COUNT,
        .name = toasty__derive_format(e->memory, returning ? "%s_returning" : "%s", verb->name),
        .argument_count = keys->argument_count,
        .kind = verb->kind,
        .members = toasty__derive_format(e->memory, "%s%s%s", keys->by,
                                         returning ? ", .returning = true" : "", verb->members),
        .operation = true};
    if (verb->changes) {
        call.trailing = DERIVE_ARRAY;
        call.options = "${model}_change";
        call.sentinel = END_OF_CHANGES;
    }
    for (size_t i = 0; i < keys->argument_count; i++)
        call.arguments[i] = keys->arguments[i];
    toasty__emit_call(e, &call);
}

static void emit_by_index(derive_emitter *e, const derive_index *index)
{
    static const by_key verbs[] = {
        {.name = "${model}_update_by_${keys}",
         .kind = "UPDATE",
         .members = ", \\\n        .changes = &(${rest})->change",
         .one = "Writes the changes without reading the row. 1 (0 when none was named), or -1: not_found.",
         .many = "Writes the changes to the rows with this value. Their number, or -1.",
         .one_returning = "The same, and gives the row as it is now. Free it. NULL: not_found.",
         .many_returning = "The same, and gives the rows as they are now. Free the list.",
         .changes = true},
        {.name = "${model}_delete_by_${keys}",
         .kind = "DELETE",
         .members = "",
         .one = "Deletes the row without reading it. 1, or -1: not_found, foreign_key_violation.",
         .many = "Deletes the rows with this value. Their number, or -1.",
         .one_returning = "The same, and gives the row that was. Free it. NULL: not_found, "
                          "foreign_key_violation.",
         .many_returning = "The same, and gives the rows that were. Free the list."},
    };
    bool unique = index->kind != DERIVE_PLAIN;
    derive_keys keys = toasty__emit_keys(e, index, index->columns.count);
    derive_variable variables[] = {{"keys", keys.name}, {NULL, NULL}};
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
        const char *verb, *kind, *Options, *comment, *returning;
    } verbs[] = {
        {"update", "UPDATE", "UpdateAll",
         "Writes `.set` to all rows that match. Their number, or -1: invalid_statement without a condition, "
         "unless "
         "`.everything`.",
         "The same, and gives the rows as they are now. Free the list."},
        {"delete", "DELETE", "DeleteAll",
         "Deletes all rows that match. Their number, or -1: invalid_statement without a condition, unless "
         "`.everything`.",
         "The same, and gives the rows that were. Free the list."},
    };
    for (size_t i = 0; i < 2; i++) {
        derive_variable variables[] = {
            {"verb", verbs[i].verb}, {"Options", verbs[i].Options}, {"KIND", verbs[i].kind}, {NULL, NULL}};
        derive_scope scope = {.outer = e->scope, .variables = variables};
        e->scope = &scope;
        toasty__emit_call(e, &(derive_call){.comment = verbs[i].comment,
                                            .gives = DERIVE_GIVES_COUNT,
                                            .name = "${model}_${verb}_all",
                                            .trailing = DERIVE_OPTIONS,
                                            .options = "${Model}${Options}",
                                            .kind = verbs[i].kind,
                                            .members = "TOASTY__FIND(${model}, ${KIND}_ALL, ${rest})",
                                            .operation = true});
        if (e->schema->can.rows_back)
            toasty__emit_call(
                e,
                &(derive_call){.comment = verbs[i].returning,
                               .gives = DERIVE_GIVES_LIST,
                               .name = "${model}_${verb}_all_returning",
                               .trailing = DERIVE_OPTIONS,
                               .options = "${Model}${Options}",
                               .kind = verbs[i].kind,
                               .members = ".returning = true, TOASTY__FIND(${model}, ${KIND}_ALL, ${rest})",
                               .operation = true});
        e->scope = scope.outer;
    }
}

void toasty__emit_writes(derive_emitter *e, const derive_model *model)
{
    emit_creates(e);
    emit_records(e);
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
}
