/* Reads: all, first, get, pages, count, exists; by key and by index. With a target that has no queries over a
 * whole table, reading one is spelled `scan`, and there is only what a key or an index serves. */
#include "core/types.h"
#include "derive/emit/emitter.h"

/* --- reads of a whole table --- */

static void emit_query(derive_emitter *e, const char *name, derive_gives gives, const char *kind,
                       const char *options, const char *comment)
{
    toasty__emit_call(
        e, &(derive_call){.comment = comment,
                          .gives = gives,
                          .name = name,
                          .trailing = DERIVE_OPTIONS,
                          .options = toasty__derive_format(e->memory, "${Model}%s", options),
                          .request = toasty__derive_format(
                              e->memory, "TOASTY__QUERY(%s, ${Model}, %s, ${args})", kind, options)});
}

/* A statement of the user's own. It has no twin: an operation could not borrow a list of arguments. */
static void emit_raw(derive_emitter *e)
{
    toasty__emit_h(e, "\n");
    toasty__emit_comment(
        e, "${Model}List *${model}_sql_all(db, const char *sql, toasty_value, ...)\n"
           "The rows of a statement of your own (see toasty_sql) by the names of their columns, of "
           "which it returns each field's. Free the list.");
    toasty__emit_macro(e, &(derive_macro){.name = "${model}_sql_all",
                                          .parameters = "db_, ...",
                                          .expression = "TOASTY__SQL_ALL(${Model}, db_, __VA_ARGS__)"});
}

void toasty__emit_queries(derive_emitter *e, const derive_model *model)
{
    emit_query(e, "${model}_all", DERIVE_GIVES_LIST, "ALL", "Find",
               "All rows that match; an empty list is not an error. Free it.");
    emit_query(e, "${model}_first", DERIVE_GIVES_RECORD, "FIRST", "Find",
               "The first row that matches. Free it. NULL: not_found.");
    emit_query(e, "${model}_get", DERIVE_GIVES_RECORD, "GET", "Find",
               "The only row that matches. Free it. NULL: not_found, too_many_rows.");
    if (e->schema->can.count)
        emit_query(e, "${model}_count", DERIVE_GIVES_COUNT, "COUNT", "Match", "How many rows match, or -1.");
    emit_query(e, "${model}_exists", DERIVE_GIVES_COUNT, "EXISTS", "Match",
               "1 when a row matches, 0 when none does, or -1.");
    if (e->schema->can.raw_sql && !model->is_view)
        emit_raw(e);
}

static void emit_scan(derive_emitter *e)
{
    toasty__emit_call(e, &(derive_call){.comment = "Reads the whole table, whatever its size. Free the list.",
                                        .gives = DERIVE_GIVES_LIST,
                                        .name = "${model}_scan",
                                        .trailing = DERIVE_OPTIONS,
                                        .options = "${Model}Find",
                                        .request = "TOASTY__QUERY_WITH(scan, ALL, ${Model}, Find, ${args})"});
}

/* A loop over the pages that `first` begins: a macro that stands where a statement does. */
static void emit_batches(derive_emitter *e, const char *name, const char *parameters, const char *spelled,
                         const char *first)
{
    toasty__emit_h(e, "\n");
    toasty__emit_comment(
        e,
        toasty__derive_format(
            e->memory,
            "%s(db, batch, size%s, .${Model}Paging) { … }\n"
            "A loop over all %s, `size` at a time: `batch` is a ${Model}Page of its turn. break, continue, "
            "return and goto are safe; toasty_failed() after it. `db` is evaluated in each turn.",
            name, spelled, *spelled ? "rows with this value" : "rows that match"));
    toasty__emit_macro(
        e, &(derive_macro){.name = name,
                           .parameters = parameters,
                           .expression = toasty__derive_format(
                               e->memory, "TOASTY__EACH_BATCH(${Model}, batch_, db_, %s)", first)});
}

static void emit_pages(derive_emitter *e)
{
    bool query = e->schema->can.scan_is_query;
    toasty__emit_call(
        e, &(derive_call){
               .comment =
                   "The first page of per_page rows, or that of a cursor; pages go by key, not by offset. "
                   "Free it. Errors: invalid_cursor.",
               .gives = DERIVE_GIVES_PAGE,
               .name = query ? "${model}_page" : "${model}_scan_page",
               .trailing = DERIVE_OPTIONS,
               .options = "${Model}Paging",
               .request = query ? "TOASTY__QUERY(PAGE, ${Model}, Paging, ${args})"
                                : "TOASTY__QUERY_WITH(scan, PAGE, ${Model}, Paging, ${args})"});
    toasty__emit_function(e, "${Model}Page *", "${model}_page_next", "db, const ${Model}Page *page",
                          "The page after it, a block of its own. Free it. NULL after the last.",
                          "TOASTY__KEEP_PAGE(${Model}, false, __VA_ARGS__)");
    toasty__emit_function(e, "${Model}Page *", "${model}_page_previous", "db, const ${Model}Page *page",
                          "The page before it. Free it. NULL before the first.",
                          "TOASTY__KEEP_PAGE(${Model}, true, __VA_ARGS__)");
    toasty__emit_function(
        e, "const char *", "${model}_page_next_cursor", "const ${Model}Page *page",
        "The page after it as text for a URL, signed: .cursor of the same query reads it. It "
        "lives as long as this page, which one thread asks at a time. NULL after the last.",
        NULL);
    toasty__emit_function(e, "const char *", "${model}_page_previous_cursor", "const ${Model}Page *page",
                          "The page before it. NULL before the first.", NULL);
    emit_batches(e, query ? "${model}_each_batch" : "${model}_scan_each_batch", "db_, batch_, ...", "",
                 query ? "TOASTY__QUERY(PAGE, ${Model}, Paging, db_, TOASTY__PER_PAGE(__VA_ARGS__))"
                       : "TOASTY__QUERY_WITH(scan, PAGE, ${Model}, Paging, db_, "
                         "TOASTY__PER_PAGE(__VA_ARGS__))");
}

/* --- one value of many rows --- */

typedef struct scalar {
    const char *name, *kind, *type, *comment; /* type NULL: that of the field */
} scalar;

static void emit_scalar(derive_emitter *e, const derive_column *column, const scalar *s)
{
    const char *type = s->type ? s->type : column->member->c_type;
    derive_variable variables[] = {
        {"field", column->ident}, {"number", toasty__derive_format(e->memory, "%zu", column->number)},
        {"aggregate", s->name},   {"kind", s->kind},
        {"type", type},           {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_call(
        e, &(derive_call){.comment = s->comment,
                          .gives = DERIVE_GIVES_STATUS,
                          .name = "${model}_${field}_${aggregate}",
                          .arguments = {{toasty__derive_format(e->memory, "toasty_opt(%s) *", type), "out"}},
                          .argument_count = 1,
                          .trailing = DERIVE_OPTIONS,
                          .options = "${Model}Match",
                          .request = "TOASTY__SCALAR(${Model}, ${number}, ${kind}, ${type}, ${args})",
                          .twin = "TOASTY__OP(${name}(NULL, __VA_ARGS__))"});
    e->scope = scope.outer;
}

static bool has_scalars(const derive_column *column)
{
    bool time = toasty__class_of((uint8_t)column->member->type) == TOASTY_CLASS_TIME;
    return !column->reference && (time || toasty__emit_is_number(column->member));
}

/* Keys are no quantities: their sums mean nothing. */
static void emit_scalars(derive_emitter *e, const derive_column *column)
{
    static const scalar sums[] = {
        {"sum", "SUM", "int64_t",
         "The sum of all rows that match, exact; a result beyond 64 bits is invalid_value."},
        {"sum", "SUM", "double", "The sum of all rows that match."}};
    static const scalar average = {"avg", "AVERAGE", "double", "The average of all rows that match."};
    static const scalar ends[] = {{"min", "MIN", NULL, "The least of all rows that match."},
                                  {"max", "MAX", NULL, "The greatest of all rows that match."}};
    const derive_member *member = column->member;
    e->at = member->at;
    e->origin = toasty__derive_format(e->memory, "field `%s`", column->name);
    if (toasty__emit_is_number(member) && !column->key) {
        emit_scalar(e, column, &sums[toasty__class_of((uint8_t)member->type) == TOASTY_CLASS_REAL]);
        emit_scalar(e, column, &average);
    }
    emit_scalar(e, column, &ends[0]);
    emit_scalar(e, column, &ends[1]);
}

static void emit_aggregates(derive_emitter *e, const derive_model *model)
{
    size_t emitted = 0;
    for (size_t i = 0; i < model->columns.count; i++) {
        if (!has_scalars(model->columns.items[i]))
            continue;
        if (!emitted++) {
            toasty__emit_chapter(e, "aggregate", "${model}_");
            toasty__emit_h(e, "\n");
            toasty__emit_comment(
                e, "Of all rows that match, into a toasty_opt of the program: not `.set` where no "
                   "row has a value. 0, or -1 and it is as it was. `out` may be evaluated twice.");
        }
        emit_scalars(e, model->columns.items[i]);
    }
    e->at = model->at;
    e->origin = toasty__derive_format(e->memory, "model `%s`", model->name);
}

/* --- by key and by index --- */

/* A call on the rows that a key or the start of an index finds. */
typedef struct found {
    const char *name, *comment, *kind, *options;
    derive_gives gives;
} found;

/* Templates may name ${keys}. */
static void emit_found(derive_emitter *e, const derive_keys *keys, const found *f)
{
    size_t count = keys->argument_count;
    const char *many = count > 1 ? toasty__derive_format(e->memory, "_%zu", count) : "";
    derive_variable variables[] = {{"keys", keys->name}, {"taker", keys->taker}, {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    derive_call call = {
        .comment = f->comment,
        .gives = f->gives,
        .name = f->name,
        .argument_count = count,
        .trailing = DERIVE_OPTIONS,
        .options = toasty__derive_format(e->memory, "${Model}%s", f->options),
        .request = toasty__derive_format(e->memory, "TOASTY__FOUND%s(%s, ${Model}, %s, ${taker}, ${args})",
                                         many, f->kind, f->options)};
    for (size_t i = 0; i < count; i++)
        call.arguments[i] = keys->arguments[i];
    e->scope = &scope;
    toasty__emit_call(e, &call);
    e->scope = scope.outer;
}

/* The last key is among the `...`, since options may be absent. */
static void emit_batches_by(derive_emitter *e, const derive_keys *keys)
{
    size_t count = keys->argument_count;
    const char *spelled = "", *before = "";
    for (size_t i = 0; i < count; i++) {
        spelled = toasty__derive_format(e->memory, "%s, %s", spelled, keys->arguments[i].name);
        if (i + 1 < count)
            before = toasty__derive_format(e->memory, "%s%s_, ", before, keys->arguments[i].name);
    }
    emit_batches(e, toasty__derive_format(e->memory, "${model}_each_batch_by_%s", keys->name),
                 toasty__derive_format(e->memory, "db_, batch_, size_, %s...", before), spelled,
                 toasty__derive_format(e->memory,
                                       "TOASTY__FOUND%s(PAGE, ${Model}, Paging, %s, db_, %s__VA_ARGS__, "
                                       ".per_page = size_)",
                                       count > 1 ? toasty__derive_format(e->memory, "_%zu", count) : "",
                                       keys->taker, before));
}

/* What queries do elsewhere, on what a key or an index finds. */
static void emit_partition(derive_emitter *e, const derive_keys *keys)
{
    static const found calls[] = {
        {"${model}_first_by_${keys}", "The first row with this value. Free it. NULL: not_found.", "FIRST",
         "Find", DERIVE_GIVES_RECORD},
        {"${model}_count_by_${keys}", "How many rows have this value, or -1.", "COUNT", "Match",
         DERIVE_GIVES_COUNT},
        {"${model}_exists_by_${keys}", "1 when a row has this value, 0 when none does, or -1.", "EXISTS",
         "Match", DERIVE_GIVES_COUNT},
        {"${model}_page_by_${keys}",
         "The first page of the rows with this value, or that of a cursor. Free it.", "PAGE", "Paging",
         DERIVE_GIVES_PAGE},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        emit_found(e, keys, &calls[i]);
    emit_batches_by(e, keys);
}

/* Ranges of the field that sorts the rows which the `count` fields before it find. */
static void emit_ranges(derive_emitter *e, const derive_index *index, size_t count)
{
    static const struct {
        const char *name, *comment;
        bool of_text, two;
    } ranges[] = {
        {"lt", "less than this", false, false},
        {"le", "at most this", false, false},
        {"gt", "more than this", false, false},
        {"ge", "at least this", false, false},
        {"between", "between the two, both included", false, true},
        {"starts_with", "text that starts with this", true, false},
    };
    const derive_column *sort = index->columns.items[count];
    if (!toasty__emit_has_range(sort->member))
        return;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if ((ranges[i].of_text && sort->member->type != TOASTY_TYPE_TEXT) ||
            count + 1 + ranges[i].two > DERIVE_MAX_KEYS)
            continue;
        derive_keys keys = toasty__emit_range_keys(e, index, count, ranges[i].name, ranges[i].two);
        const char *comment =
            toasty__derive_format(e->memory, "The rows whose %s is %s, in its order. Free the list.",
                                  sort->name, ranges[i].comment);
        emit_found(e, &keys, &(found){"${model}_by_${keys}", comment, "ALL", "Find", DERIVE_GIVES_LIST});
    }
}

/* Any of several values of the one field that finds rows. */
static void emit_in(derive_emitter *e, const derive_index *index)
{
    const derive_column *column = index->columns.items[0];
    if (column->member->type == TOASTY_TYPE_BOOL)
        return;
    derive_keys keys = {
        .name = toasty__derive_format(e->memory, "%s_in", column->ident),
        .taker = toasty__derive_format(e->memory, "%zu_in", index->number),
        .arguments = {{toasty__derive_format(e->memory, "%s const *", column->member->c_type), "values"},
                      {"size_t ", "count"}},
        .argument_count = 2};
    toasty__emit_plumbing(e, toasty__derive_format(e->memory, "${Model}__by_%s", keys.taker), "a_, b_, ...",
                          toasty__derive_format(e->memory, "TOASTY__BY(${Model}, %zu, 1, %s(a_, b_))",
                                                index->number, toasty__emit_list_maker(e, column)));
    emit_found(e, &keys,
               &(found){"${model}_by_${keys}",
                        "The rows that have one of these values; each value is looked up by itself. Free the "
                        "list.",
                        "ALL", "Get", DERIVE_GIVES_LIST});
}

static void emit_by_keys(derive_emitter *e, const derive_index *index, size_t count, bool whole)
{
    derive_keys keys = toasty__emit_keys(e, index, count);
    bool unique = whole && index->kind != DERIVE_PLAIN, partitions = !e->schema->can.scan_is_query;
    if (whole)
        emit_found(e, &keys,
                   &(found){"${model}_get_by_${keys}",
                            unique ? "The row with this value. Free it. NULL: not_found."
                                   : "The only row with this value. Free it. NULL: not_found, too_many_rows.",
                            "GET", "Get", DERIVE_GIVES_RECORD});
    if (!unique)
        emit_found(e, &keys,
                   &(found){"${model}_by_${keys}", "The rows with this value. Free the list.", "ALL", "Find",
                            DERIVE_GIVES_LIST});
    if (partitions && !unique)
        emit_partition(e, &keys);
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
    toasty__emit_chapter(e, "read", "${model}_");
    if (e->schema->can.scan_is_query)
        toasty__emit_queries(e, model);
    else
        emit_scan(e);
    emit_pages(e);
    if (e->schema->can.aggregate && e->schema->can.filter)
        emit_aggregates(e, model);
    toasty__emit_chapter(e, "by key", "${model}_");
    emit_accessors(e, model);
}
