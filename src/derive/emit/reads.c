/* Reads: all, first, get, pages, count, exists; by key and by index. With a target that has no queries over a
 * whole table, reading one is spelled `scan`, and there is only what a key or an index serves. */
#include "derive/emit/emitter.h"

#include <string.h>

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

/* A call on the rows that a key or the start of an index finds. */
typedef struct found {
    const char *name, *comment, *kind, *options, *layout;
    derive_gives gives;
} found;

static void emit_found(derive_emitter *e, const derive_keys *keys, const found *f)
{
    derive_variable variables[] = {{"KIND", f->layout}, {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    derive_call call = {.comment = f->comment,
                        .gives = f->gives,
                        .name = f->name,
                        .argument_count = keys->argument_count,
                        .trailing = DERIVE_OPTIONS,
                        .options = f->options,
                        .kind = f->kind,
                        .members = toasty__derive_format(
                            e->memory, "%s, \\\n        TOASTY__FIND(${model}, ${KIND}, ${rest})", keys->by),
                        .operation = true};
    for (size_t i = 0; i < keys->argument_count; i++)
        call.arguments[i] = keys->arguments[i];
    e->scope = &scope;
    toasty__emit_call(e, &call);
    e->scope = scope.outer;
}

/* What queries do elsewhere, on what a key or an index finds. */
static void emit_partition(derive_emitter *e, const derive_keys *keys)
{
    static const found calls[] = {
        {"${model}_first_by_${keys}", "The first row with this value. Free it. NULL: not_found.", "FIRST",
         "${Model}Find", "FIND", DERIVE_GIVES_RECORD},
        {"${model}_count_by_${keys}", "How many rows have this value, or -1.", "COUNT", "${Model}Match",
         "MATCH", DERIVE_GIVES_CHECK},
        {"${model}_exists_by_${keys}", "1 when a row has this value, 0 when none does, or -1.", "EXISTS",
         "${Model}Match", "MATCH", DERIVE_GIVES_CHECK},
        {"${model}_page_by_${keys}", "The first page of the rows with this value. Free it.", "PAGE",
         "${Model}Paging", "PAGING", DERIVE_GIVES_PAGE},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        emit_found(e, keys, &calls[i]);
}

/* Ranges of the field that sorts the rows which the fields before it find. */
static void emit_ranges(derive_emitter *e, const derive_index *index, size_t count)
{
    static const struct {
        const char *name, *op, *comment;
        bool of_text;
    } ranges[] = {
        {"lt", "LT", "less than this", false},
        {"le", "LE", "at most this", false},
        {"gt", "GT", "more than this", false},
        {"ge", "GE", "at least this", false},
        {"between", "BETWEEN", "between the two, both included", false},
        {"starts_with", "STARTS_WITH", "that starts with this", true},
    };
    const derive_column *sort = index->columns.items[count];
    if (!toasty__emit_has_range(sort->member))
        return;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        bool between = strcmp(ranges[i].name, "between") == 0;
        size_t all = count + 1 + between;
        if ((ranges[i].of_text && sort->member->type != TOASTY_TYPE_TEXT) || all > DERIVE_MAX_KEYS)
            continue;
        derive_keys keys = toasty__emit_keys(e, index, count + 1);
        const char *values = keys.values;
        if (between) {
            keys.arguments[count].name = "low";
            keys.arguments[count + 1] = (derive_argument){keys.arguments[count].type, "high"};
            values = toasty__derive_format(
                e->memory, "%s, %s", values,
                toasty__emit_value(e->memory, sort->member,
                                   toasty__derive_format(e->memory, "${arg%zu}", count + 1), false));
        }
        keys.argument_count = all;
        keys.by = toasty__derive_format(e->memory, "TOASTY__BY_RANGE(${model}_indexes_[%zu], %zu, %s%s)",
                                        index->number, count, ranges[i].op, values);
        derive_variable variables[] = {{"keys", keys.name},
                                       {"range", ranges[i].name},
                                       {"sort", sort->name},
                                       {"what", ranges[i].comment},
                                       {NULL, NULL}};
        derive_scope scope = {.outer = e->scope, .variables = variables};
        e->scope = &scope;
        emit_found(e, &keys,
                   &(found){"${model}_by_${keys}_${range}",
                            "The rows whose ${sort} is ${what}, in its "
                            "order. Free the list.",
                            "ALL", "${Model}Find", "FIND", DERIVE_GIVES_LIST});
        e->scope = scope.outer;
    }
}

/* Any of several values of the one field that finds rows. */
static void emit_in(derive_emitter *e, const derive_index *index)
{
    const derive_column *column = index->columns.items[0];
    if (column->member->type == TOASTY_TYPE_BOOL)
        return;
    derive_variable variables[] = {{"field", column->ident},
                                   {"type", column->member->c_type},
                                   {"TYPE", toasty__emit_type_name(column->member->type)},
                                   {"number", toasty__derive_format(e->memory, "%zu", index->number)},
                                   {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_call(
        e, &(derive_call){
               .comment = "The rows that have one of these values; each value is looked up by itself. "
                          "Free the list.",
               .gives = DERIVE_GIVES_LIST,
               .name = "${model}_by_${field}_in",
               .arguments = {{toasty__derive_expanded(e->memory, e->scope, "${type} const *"), "values"},
                             {"size_t ", "count"}},
               .argument_count = 2,
               .trailing = DERIVE_OPTIONS,
               .options = "${Model}Get",
               .kind = "ALL",
               .members = "TOASTY__BY(${model}_indexes_[${number}], 1, \\\n            "
                          "toasty__list(TOASTY_TYPE_${TYPE}, (${type} const *){${arg0}}, ${arg1})), \\\n"
                          "        TOASTY__FIND(${model}, GET, ${rest})",
               .operation = true});
    e->scope = scope.outer;
}

static void emit_by_keys(derive_emitter *e, const derive_index *index, size_t count, bool whole)
{
    derive_keys keys = toasty__emit_keys(e, index, count);
    derive_variable variables[] = {{"keys", keys.name}, {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    bool unique = whole && index->kind != DERIVE_PLAIN, partitions = !e->schema->can.scan_is_query;
    if (whole)
        emit_found(e, &keys,
                   &(found){"${model}_get_by_${keys}",
                            unique ? "The row with this value. Free it. NULL: not_found."
                                   : "The only row with this value. Free it. NULL: not_found, too_many_rows.",
                            "GET", "${Model}Get", "GET", DERIVE_GIVES_RECORD});
    if (!unique)
        emit_found(e, &keys,
                   &(found){"${model}_by_${keys}", "The rows with this value. Free the list.", "ALL",
                            "${Model}Find", "FIND", DERIVE_GIVES_LIST});
    if (partitions && !unique)
        emit_partition(e, &keys);
    e->scope = scope.outer;
    if (partitions && count == 1)
        emit_in(e, index);
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
            if (!served_before(model, index, count)) {
                emit_by_keys(e, index, count, count == index->columns.count);
                if (!e->schema->can.scan_is_query && count > least)
                    emit_ranges(e, index, count - 1);
            }
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
