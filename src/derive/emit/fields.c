/* Conditions, orders and changes of a model's fields, and how conditions are joined. Macros that make values;
 * none goes to the database. */
#include "derive/emit/emitter.h"

#include "core/operators.h"
#include "core/types.h"
#include "derive/base/text.h"
#include "derive/model/rules.h"
#include <string.h>

/* --- which ones a field has --- */

/* Enums order by declaration, or not at all. */
static bool has_order(const derive_member *member)
{
    bool as_declared = !member->labels || member->labels->ascending;
    return member->type != TOASTY_TYPE_ENUM && member->type != TOASTY_TYPE_BYTES && as_declared;
}

bool toasty__emit_has_range(const derive_member *member)
{
    return has_order(member) && member->type != TOASTY_TYPE_BOOL;
}

bool toasty__emit_is_number(const derive_member *member)
{
    return toasty__is_number((uint8_t)member->type, member->labels);
}

/* A compound literal of a struct has commas that a macro would take for its own, so such values come as
 * variable arguments. */
static bool is_struct(const derive_member *member)
{
    toasty_type_class class = toasty__class_of((uint8_t)member->type);
    return member->newtype || class == TOASTY_CLASS_BYTES || class == TOASTY_CLASS_ID ||
           class == TOASTY_CLASS_TIME;
}

/* One macro: `values` are its variables beyond those of the field. */
static void emit(derive_emitter *e, const derive_variable *values, const char *name, const char *parameters,
                 const char *expression, const char *comment)
{
    derive_scope scope = {.outer = e->scope, .variables = values};
    e->scope = &scope;
    toasty__emit_macro(
        e, &(derive_macro){
               .name = name, .parameters = parameters, .expression = expression, .comment = comment});
    e->scope = scope.outer;
}

static const derive_variable no_values[] = {{NULL, NULL}};

/* --- conditions --- */

typedef struct comparison {
    const char *name, *op, *comment;
} comparison;

static void emit_comparison(derive_emitter *e, const comparison *c, const char *function, const char *maker)
{
    const derive_variable values[] = {
        {"name", c->name}, {"op", c->op}, {"function", function}, {"make", maker}, {NULL, NULL}};
    emit(e, values, "${model}_${field}_${name}", "${parameter}",
         "${function}(${model}, ${number}, ${op}, ${make}, ${argument})", c->comment);
}

static void emit_equality(derive_emitter *e, const derive_column *column)
{
    static const comparison plain[] = {{"eq", "EQ", NULL}, {"ne", "NE", NULL}};
    static const comparison nullable[] = {{"eq", "EQ", "NULL: is null"}, {"ne", "NE", "NULL: is not null"}};
    bool null = column->member->type == TOASTY_TYPE_TEXT && column->null_column;
    for (size_t i = 0; i < 2; i++)
        emit_comparison(e, null ? &nullable[i] : &plain[i], null ? "TOASTY__IS_OR_NULL" : "TOASTY__IS",
                        toasty__emit_maker(e, column, null));
}

static void emit_range(derive_emitter *e, const derive_column *column)
{
    static const comparison four[] = {
        {"lt", "LT", NULL}, {"le", "LE", NULL}, {"gt", "GT", NULL}, {"ge", "GE", NULL}};
    const char *maker = toasty__emit_maker(e, column, false);
    for (size_t i = 0; i < 4; i++)
        emit_comparison(e, &four[i], "TOASTY__IS", maker);
    bool is_one = is_struct(column->member);
    const derive_variable values[] = {{"make", maker}, {NULL, NULL}};
    emit(e, values, "${model}_${field}_between", is_one ? "..." : "low_, high_",
         is_one ? "TOASTY__BETWEEN_OF(${model}, ${number}, ${make}, __VA_ARGS__)"
                : "TOASTY__BETWEEN(${model}, ${number}, ${make}, low_, high_)",
         NULL);
}

static void emit_lists(derive_emitter *e, const derive_column *column)
{
    static const comparison lists[] = {{"in", "IN", NULL}, {"not_in", "NOT_IN", NULL}};
    for (size_t i = 0; i < 2; i++) {
        const derive_variable values[] = {{"name", lists[i].name},
                                          {"op", lists[i].op},
                                          {"list", toasty__emit_list_maker(e, column)},
                                          {NULL, NULL}};
        emit(e, values, "${model}_${field}_${name}", "...",
             "TOASTY__IS(${model}, ${number}, ${op}, ${list}, __VA_ARGS__)", NULL);
    }
}

static void emit_null_tests(derive_emitter *e)
{
    emit(e, no_values, "${model}_${field}_is_null", "", "TOASTY__TEST(${model}, ${number}, IS_NULL)", NULL);
    emit(e, no_values, "${model}_${field}_is_not_null", "", "TOASTY__TEST(${model}, ${number}, IS_NOT_NULL)",
         NULL);
}

static void emit_patterns(derive_emitter *e, const derive_column *column)
{
    static const struct {
        toasty_operator op;
        comparison comparison;
    } patterns[] = {{TOASTY_STARTS_WITH, {"starts_with", "STARTS_WITH", NULL}},
                    {TOASTY_ENDS_WITH, {"ends_with", "ENDS_WITH", NULL}},
                    {TOASTY_CONTAINS, {"contains", "CONTAINS", NULL}},
                    {TOASTY_LIKE, {"like", "LIKE", NULL}},
                    {TOASTY_ILIKE, {"ilike", "ILIKE", "as like; case does not matter"}},
                    {TOASTY_EQ_NOCASE, {"eq_nocase", "EQ_NOCASE", "case does not matter"}},
                    {TOASTY_NE_NOCASE, {"ne_nocase", "NE_NOCASE", NULL}},
                    {TOASTY_STARTS_WITH_NOCASE, {"starts_with_nocase", "STARTS_WITH_NOCASE", NULL}},
                    {TOASTY_ENDS_WITH_NOCASE, {"ends_with_nocase", "ENDS_WITH_NOCASE", NULL}},
                    {TOASTY_CONTAINS_NOCASE, {"contains_nocase", "CONTAINS_NOCASE", NULL}}};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        if (toasty__can_compare(&e->schema->can, toasty__operator_of((uint8_t)patterns[i].op)))
            emit_comparison(e, &patterns[i].comparison, "TOASTY__IS", toasty__emit_maker(e, column, false));
}

static void emit_conditions(derive_emitter *e, const derive_column *column)
{
    toasty_type type = column->member->type;
    emit_equality(e, column);
    if (toasty__emit_has_range(column->member))
        emit_range(e, column);
    if (type != TOASTY_TYPE_BOOL)
        emit_lists(e, column);
    if (column->null_column)
        emit_null_tests(e);
    if (type == TOASTY_TYPE_TEXT)
        emit_patterns(e, column);
}

/* --- orders --- */

/* With the macro that `through` names: TOASTY__ORDER(task, 4, …), TOASTY__ORDER_THROUGH(task, 1, 4, …). */
static void emit_orders(derive_emitter *e, const char *through, bool null)
{
    static const struct {
        const char *name, *way;
        bool of_null;
    } orders[] = {{"asc", "ASCENDING", false},
                  {"desc", "DESCENDING", false},
                  {"asc_nulls_last", "ASCENDING_NULLS_LAST", true},
                  {"desc_nulls_first", "DESCENDING_NULLS_FIRST", true}};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        const derive_variable values[] = {
            {"name", orders[i].name}, {"way", orders[i].way}, {"through", through}, {NULL, NULL}};
        if (null || !orders[i].of_null)
            emit(e, values, "${model}_${field}_${name}", "", "${through}${number}, ${way})", NULL);
    }
}

void toasty__emit_orders_through(derive_emitter *e, const derive_relation *belongs_to)
{
    const derive_model *target = belongs_to->target;
    for (size_t i = 0; e->schema->can.order && i < target->columns.count; i++) {
        const derive_column *column = target->columns.items[i];
        /* What is referred to is in a column of the model's own. */
        if (!has_order(column->member) || toasty__derive_has_column(&belongs_to->theirs, column))
            continue;
        derive_variable variables[] = {
            {"field", toasty__derive_format(e->memory, "%s_%s", belongs_to->name, column->ident)},
            {"belongs_to", toasty__derive_format(e->memory, "%zu", belongs_to->number)},
            {"number", toasty__derive_format(e->memory, "%zu", column->number)},
            {NULL, NULL}};
        derive_scope scope = {.outer = e->scope, .variables = variables};
        e->scope = &scope;
        emit_orders(e, "TOASTY__ORDER_THROUGH(${model}, ${belongs_to}, ",
                    column->null_column || !belongs_to->required);
        e->scope = scope.outer;
    }
}

/* --- changes --- */

static bool can_change(const derive_column *column)
{
    return !column->source && !column->key && !(column->member->automatic && !column->nested);
}

static void emit_change(derive_emitter *e, const char *name, const char *kind, const char *maker,
                        const char *comment)
{
    const derive_variable values[] = {{"name", name}, {"kind", kind}, {"make", maker}, {NULL, NULL}};
    emit(e, values, "${model}_${field}_${name}", "${parameter}",
         "TOASTY__CHANGE(${model}, ${number}, ${kind}, ${make}, ${argument})", comment);
}

/* What a row would have had that an upsert finds. */
static void emit_incoming(derive_emitter *e, bool adds)
{
    emit(e, no_values, "${model}_${field}_incoming", "",
         "TOASTY__CHANGE_INCOMING(${model}, ${number}, INCOMING)", NULL);
    if (adds)
        emit(e, no_values, "${model}_${field}_add_incoming", "",
             "TOASTY__CHANGE_INCOMING(${model}, ${number}, ADD_INCOMING)", NULL);
}

static void emit_changes(derive_emitter *e, const derive_column *column, bool upserts)
{
    bool null = column->member->type == TOASTY_TYPE_TEXT && column->nullable;
    const char *maker = toasty__emit_maker(e, column, null);
    emit_change(e, "set", "SET", maker, null ? "NULL is NULL" : NULL);
    if (column->nullable)
        emit(e, no_values, "${model}_${field}_set_null", "",
             "TOASTY__CHANGE(${model}, ${number}, SET, toasty__null, )", NULL);
    bool limited = toasty__derive_has_limits(column->member);
    /* Sums of reals are rounded, so that no condition on what there was keeps them within limits. */
    bool adds = toasty__emit_is_number(column->member) && !column->reference &&
                !(limited && toasty__class_of((uint8_t)column->member->type) == TOASTY_CLASS_REAL);
    if (adds) {
        emit_change(e, "add", "ADD", maker, NULL);
        emit_change(e, "subtract", "SUBTRACT", maker, NULL);
        if (e->schema->can.sql && !limited)
            emit_change(e, "multiply", "MULTIPLY", maker, NULL);
    }
    if (upserts)
        emit_incoming(e, adds && !limited);
}

static void emit_part(derive_emitter *e, const derive_part *part)
{
    const derive_member *member = part->member;
    const derive_variable values[] = {{"field", part->ident},
                                      {"number", toasty__derive_format(e->memory, "%zu", part->first)},
                                      {"count", toasty__derive_format(e->memory, "%zu", part->count)},
                                      {"type", member->c_type},
                                      {"access", part->access},
                                      {"value", member->optional ? ".value" : ""},
                                      {NULL, NULL}};
    e->at = member->at;
    e->origin = toasty__derive_format(e->memory, "field `%s`", part->name);
    toasty__emit_h_format(e, "\n/* %s: %s */\n", part->name, member->c_type);
    emit(e, values, "${model}_${field}_set", "...",
         "TOASTY__CHANGE_EMBED(${Model}, ${model}, ${number}, ${count}, ${access}${value}, ${type}, "
         "__VA_ARGS__)",
         member->optional ? "a pointer to all of it; NULL: none" : "a pointer to all of it");
}

/* --- labels --- */

static void emit_labels(derive_emitter *e, const derive_column *column)
{
    const derive_variable values[] = {{"type", column->member->c_type}, {NULL, NULL}};
    emit(e, values, "${model}_${field}_name", "value_", "TOASTY__LABEL(${Model}, ${number}, ${type}, value_)",
         "its label, or NULL");
    emit(e, values, "${model}_${field}_from", "label_, out_",
         "TOASTY__LABEL_FROM(${Model}, ${number}, ${type}, label_, out_)", "false: no such label");
}

/* --- all of a model --- */

/* ", min = 0, max = 150" */
static const char *rules_summary(derive_memory *memory, const derive_member *member)
{
    const char *all = "";
    for (size_t i = 0; i < member->rules.count; i++)
        all = toasty__derive_format(memory, "%s, %s", all, member->rules.items[i].text);
    return toasty__derive_in_comment(memory, all);
}

static const char *column_summary(derive_memory *memory, const derive_column *column)
{
    const derive_member *member = column->member;
    return toasty__derive_format(
        memory, "%s: %s%s%s%s%s%s%s%s", column->name, member->c_type, column->key ? ", key" : "",
        column->nullable ? ", may be NULL" : "", member->unique ? ", unique" : "",
        member->version     ? ", counts the changes"
        : member->automatic ? ", made by Toasty"
                            : "",
        rules_summary(memory, member), member->comment ? "; " : "", member->comment ? member->comment : "");
}

static void emit_column(derive_emitter *e, const derive_column *column, bool upserts)
{
    const derive_member *member = column->member;
    derive_variable variables[] = {{"field", column->ident},
                                   {"number", toasty__derive_format(e->memory, "%zu", column->number)},
                                   {"parameter", is_struct(member) ? "..." : "value_"},
                                   {"argument", is_struct(member) ? "__VA_ARGS__" : "value_"},
                                   {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    e->at = member->at;
    e->origin = toasty__derive_format(e->memory, "field `%s`", column->name);
    toasty__buffer_text(&e->h, "\n/* ");
    toasty__buffer_text(&e->h, column_summary(e->memory, column));
    toasty__buffer_text(&e->h, " */\n");
    if (e->schema->can.filter)
        emit_conditions(e, column);
    if (e->schema->can.order && has_order(member))
        emit_orders(e, "TOASTY__ORDER(${model}, ", column->null_column);
    if (can_change(column))
        emit_changes(e, column, upserts);
    if (member->labels)
        emit_labels(e, column);
    e->scope = scope.outer;
}

static void emit_joins(derive_emitter *e)
{
    toasty__emit_h(e, "\n");
    emit(e, no_values, "${model}_and", "...", "TOASTY__JOIN(${model}, AND, __VA_ARGS__)", NULL);
    emit(e, no_values, "${model}_or", "...", "TOASTY__JOIN(${model}, OR, __VA_ARGS__)", NULL);
    emit(e, no_values, "${model}_not", "condition_", "TOASTY__NOT(${model}, condition_)", NULL);
}

void toasty__emit_fields(derive_emitter *e, const derive_model *model)
{
    bool upserts = !model->is_view && toasty__emit_has_upserts(e->schema, model);
    for (size_t i = 0; i < model->columns.count; i++)
        emit_column(e, model->columns.items[i], upserts);
    for (size_t i = 0; i < model->parts.count; i++)
        emit_part(e, model->parts.items[i]);
    e->at = model->at;
    e->origin = toasty__derive_format(e->memory, "model `%s`", model->name);
    if (e->schema->can.filter)
        emit_joins(e);
    if (model->is_view)
        return;
    toasty__emit_h(e, "\n/* All changes of a list. */\n");
    emit(e, no_values, "${model}_changes", "changes_", "TOASTY__CHANGES(${Model}, ${model}, changes_)", NULL);
    if (!e->schema->can.filter)
        return;
    toasty__emit_h(e,
                   "\n/* Among changes, and in a delete: a row that is not so stays as it is. What means one "
                   "row fails with\n * condition_failed then. */\n");
    emit(e, no_values, "${model}_only_if", "condition_", "TOASTY__ONLY_IF(${model}, condition_)", NULL);
}
