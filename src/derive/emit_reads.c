/* Reads: all, first, get, pages, count, exists; by key and by index. With a target that has no queries over a
 * whole table, reading one is spelled `scan`, and there is only what a key or an index serves. */
#include "derive/emit.h"

/* What gives results their type. */
static void emit_runs(derive_emitter *e)
{
    toasty__emit_h(e, "\n/* What the calls below are made of. */\n"
                      "extern const toasty_layout ${model}_layouts_[];\n");
    static const struct {
        const char *name, *result;
    } runs[] = {{"one", "${Model} *"}, {"list", "${Model}List *"}, {"page", "${Model}Page *"}};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        derive_variable variables[] = {{"name", runs[i].name}, {NULL, NULL}};
        derive_scope scope = {.outer = e->scope, .variables = variables};
        e->scope = &scope;
        toasty__emit_function(e,
                              &(derive_function){.result = runs[i].result,
                                                 .name = "${model}_${name}_",
                                                 .parameters = "toasty_db *db, const toasty_request *request",
                                                 .attributes = "warn_unused_result, nonnull",
                                                 .body = "    return toasty__run(db, request);\n"});
        e->scope = scope.outer;
    }
}

/* --- reads of a whole table --- */

static void emit_query(derive_emitter *e, const char *name, derive_gives gives, const char *kind,
                       const char *comment)
{
    toasty__emit_call(
        e, &(derive_call){.comment = comment,
                          .gives = gives,
                          .name = name,
                          .trailing = DERIVE_OPTIONS,
                          .options = gives == DERIVE_GIVES_CHECK ? "${Model}Match" : "${Model}Find",
                          .kind = kind,
                          .members = gives == DERIVE_GIVES_CHECK ? "TOASTY__FIND(${model}, MATCH, ${rest})"
                                                                 : "TOASTY__FIND(${model}, FIND, ${rest})",
                          .operation = true});
}

static void emit_queries(derive_emitter *e)
{
    emit_query(e, "${model}_all", DERIVE_GIVES_LIST, "ALL",
               "All rows that match; an empty list is no error. Free it.");
    emit_query(e, "${model}_first", DERIVE_GIVES_RECORD, "FIRST",
               "The first row that matches. Free it. NULL: not_found.");
    emit_query(e, "${model}_get", DERIVE_GIVES_RECORD, "GET",
               "The only row that matches. Free it. NULL: not_found, too_many_rows.");
    if (e->schema->can.count)
        emit_query(e, "${model}_count", DERIVE_GIVES_CHECK, "COUNT", "How many rows match, or -1.");
    emit_query(e, "${model}_exists", DERIVE_GIVES_CHECK, "EXISTS",
               "1 when a row matches, 0 when none does, or -1.");
}

static void emit_scan(derive_emitter *e)
{
    toasty__emit_call(e, &(derive_call){.comment = "Reads the whole table, whatever its size. Free the list.",
                                        .gives = DERIVE_GIVES_LIST,
                                        .name = "${model}_scan",
                                        .trailing = DERIVE_OPTIONS,
                                        .options = "${Model}Find",
                                        .kind = "ALL",
                                        .members = ".scan = true, TOASTY__FIND(${model}, FIND, ${rest})",
                                        .operation = true});
}

static void emit_pages(derive_emitter *e)
{
    bool query = e->schema->can.scan_is_query;
    toasty__emit_call(
        e,
        &(derive_call){.comment = "The first page of per_page rows; pages go by key, not by offset. Free it.",
                       .gives = DERIVE_GIVES_PAGE,
                       .name = query ? "${model}_page" : "${model}_scan_page",
                       .trailing = DERIVE_OPTIONS,
                       .options = "${Model}Paging",
                       .kind = "PAGE",
                       .members = query ? "TOASTY__FIND(${model}, PAGING, ${rest})"
                                        : ".scan = true, TOASTY__FIND(${model}, PAGING, ${rest})",
                       .operation = true});
    static const struct {
        const char *name, *entry, *backwards, *comment;
    } turns[] = {
        {"next", "toasty__page_next", "false", "the page after it, a block of its own; NULL after the last"},
        {"previous", "toasty__page_previous", "true", "the page before it; NULL before the first"}};
    for (size_t i = 0; i < 2; i++) {
        derive_variable variables[] = {{"entry", turns[i].entry},
                                       {"turn", turns[i].name},
                                       {"backwards", turns[i].backwards},
                                       {NULL, NULL}};
        derive_scope scope = {.outer = e->scope, .variables = variables};
        e->scope = &scope;
        toasty__emit_function(e, &(derive_function){.comment = turns[i].comment,
                                                    .result = "${Model}Page *",
                                                    .name = "${model}_page_${turn}",
                                                    .parameters = "toasty_db *db, const ${Model}Page *page",
                                                    .attributes = "warn_unused_result, nonnull",
                                                    .body = "    return ${entry}(db, page);\n"});
        toasty__emit_macro(
            e,
            &(derive_macro){.name = "${model}_page_${turn}_op",
                            .parameters = "out, page_",
                            .expression = "\\\n    toasty__page_op(&${model}_model_, (${Model}Page **){out}, "
                                          "(const ${Model}Page *){page_}, ${backwards})"});
        e->scope = scope.outer;
    }
}

/* --- by key and by index --- */

static void emit_by_keys(derive_emitter *e, const derive_index *index, size_t count, bool whole)
{
    derive_keys keys = toasty__emit_keys(e, index, count);
    derive_variable variables[] = {{"keys", keys.name}, {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    bool unique = whole && index->kind != DERIVE_PLAIN;
    derive_call get = {
        .comment = unique ? "The row with this value. Free it. NULL: not_found."
                          : "The only row with this value. Free it. NULL: not_found, too_many_rows.",
        .gives = DERIVE_GIVES_RECORD,
        .name = "${model}_get_by_${keys}",
        .trailing = DERIVE_OPTIONS,
        .options = "${Model}Get",
        .kind = "GET",
        .members =
            toasty__derive_format(e->memory, "%s, \\\n        TOASTY__FIND(${model}, GET, ${rest})", keys.by),
        .operation = true};
    derive_call list = {.comment = "The rows with this value. Free the list.",
                        .gives = DERIVE_GIVES_LIST,
                        .name = "${model}_by_${keys}",
                        .trailing = DERIVE_OPTIONS,
                        .options = "${Model}Find",
                        .kind = "ALL",
                        .members = toasty__derive_format(
                            e->memory, "%s, \\\n        TOASTY__FIND(${model}, FIND, ${rest})", keys.by),
                        .operation = true};
    for (size_t i = 0; i < keys.argument_count; i++)
        get.arguments[i] = list.arguments[i] = keys.arguments[i];
    get.argument_count = list.argument_count = keys.argument_count;
    if (whole)
        toasty__emit_call(e, &get);
    if (!unique)
        toasty__emit_call(e, &list);
    e->scope = scope.outer;
}

/* True when an index before this one starts with the same fields; a unique one of exactly these serves
 * better. */
static bool served_before(const derive_model *model, const derive_index *index, size_t count)
{
    derive_columns prefix = {.items = index->columns.items, .count = count, .capacity = count};
    const derive_index *exact = toasty__derive_index_over(model, &prefix, true);
    if (exact && exact != index)
        return count < index->columns.count || exact->number < index->number;
    const derive_index *first = toasty__derive_index_over(model, &prefix, false);
    return count < index->columns.count && first != index;
}

static void emit_accessors(derive_emitter *e, const derive_model *model)
{
    for (size_t i = 0; i < model->indexes.count; i++) {
        const derive_index *index = model->indexes.items[i];
        size_t least = index->partition_given ? index->partition_count : 1;
        e->at = index->at;
        e->origin = toasty__derive_format(e->memory, "an index of `%s`", model->name);
        for (size_t count = index->columns.count; count >= least && count > 0; count--)
            if (!served_before(model, index, count))
                emit_by_keys(e, index, count, count == index->columns.count);
    }
    e->at = model->at;
    e->origin = toasty__derive_format(e->memory, "model `%s`", model->name);
}

void toasty__emit_reads(derive_emitter *e, const derive_model *model)
{
    emit_runs(e);
    if (e->schema->can.scan_is_query)
        emit_queries(e);
    else
        emit_scan(e);
    emit_pages(e);
    emit_accessors(e, model);
}
