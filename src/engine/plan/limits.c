/* Sums within limits: see limits.h. */
#include "engine/plan/limits.h"
#include "base/error.h"
#include "core/access.h"
#include "core/evaluate.h"
#include "core/query.h"
#include "core/rules.h"
#include "core/types.h"
#include "engine/plan/assign.h"
#include "engine/plan/narrow.h"
#include "engine/plan/plan.h"

bool toasty__has_limits(const toasty_model *model, uint16_t field)
{
    return toasty__rule_of(model, field, TOASTY_RULE_MIN) || toasty__rule_of(model, field, TOASTY_RULE_MAX);
}

bool toasty__has_limited_sums(const toasty_model *model, const toasty_change *at, size_t count)
{
    for (; count && at->kind != TOASTY_CHANGE_END; count--, at++) {
        const toasty_changes *list = at->operand.as.bytes;
        if (at->kind == TOASTY_CHANGE_LIST
                ? list && toasty__has_limited_sums(model, list->items, list->count)
                : toasty__calculates(at->kind) && toasty__has_limits(model, at->field))
            return true;
    }
    return false;
}

/* What comes to a field. */
typedef struct sum {
    toasty__wide total;
    bool any;
    bool other; /* it is calculated with in another way, or with numbers that are rounded */
} sum;

static void add_up(sum *of, uint16_t field, const toasty_change *at, size_t count)
{
    for (; count && at->kind != TOASTY_CHANGE_END; count--, at++) {
        const toasty_changes *list = at->operand.as.bytes;
        if (at->kind == TOASTY_CHANGE_LIST) {
            if (list)
                add_up(of, field, list->items, list->count);
        } else if (at->field == field && toasty__calculates(at->kind)) {
            of->any = true;
            of->other = of->other || at->kind == TOASTY_CHANGE_MULTIPLY || !toasty__is_integer(&at->operand);
            of->total += at->kind == TOASTY_CHANGE_ADD ? toasty__wide_of(&at->operand)
                                                       : -toasty__wide_of(&at->operand);
        }
    }
}

/* Conditions in postfix order, with room for all. */
typedef struct conditions {
    toasty_node *nodes;
    toasty_value *operands;
    size_t node_count, operand_count;
} conditions;

enum { NODES_OF_ONE = 4 }; /* a comparison, or that or NULL, and a join */

static void add_node(conditions *all, toasty_operator op, uint8_t count, uint16_t field)
{
    all->nodes[all->node_count++] = (toasty_node){(uint8_t)op, count, field};
}

/* What is there is within the limit less what comes to it. */
static void add_within(conditions *all, const toasty_field *field, const toasty_rule *rule,
                       toasty__wide limit)
{
    add_node(all, rule->kind == TOASTY_RULE_MIN ? TOASTY_GE : TOASTY_LE, 0, rule->field);
    all->operands[all->operand_count++] =
        limit > INT64_MAX ? toasty__uint((uint64_t)limit) : toasty__int((int64_t)limit);
    if (field->flags & TOASTY_FIELD_NULL_COLUMN) { /* nothing is added to NULL */
        add_node(all, TOASTY_IS_NULL, 0, rule->field);
        add_node(all, TOASTY_OR, 2, 0);
    }
    if (all->operand_count > 1)
        add_node(all, TOASTY_AND, 2, 0);
}

static int keep_limit(const toasty_model *model, const toasty_rule *rule, const sum *of, conditions *all,
                      toasty_error *err)
{
    const toasty_field *field = &model->fields[rule->field];
    toasty__wide limit = toasty__wide_of(rule->operands) - of->total;
    toasty__integer_range range = toasty__integer_range_of(field->type);
    toasty__wide low = range.low, high = range.high;
    bool is_min = rule->kind == TOASTY_RULE_MIN;
    if (is_min ? limit > high : limit < low) {
        toasty__break_rule(&(toasty__breaks){.err = err}, model, TOASTY__ONE_ROW, rule);
        return -1;
    }
    if (is_min ? limit > low : limit < high)
        add_within(all, field, rule, limit);
    return 0;
}

/* Can the sum lead beyond the limit? One that leads away from it mends what others wrote. */
static bool leads_beyond(const toasty_rule *rule, const sum *of)
{
    return of->any && (of->other || (rule->kind == TOASTY_RULE_MIN ? of->total < 0 : of->total > 0));
}

/* What comes to the field of a limit; nothing for another rule. */
static sum sum_of(const toasty_rule *rule, const toasty_change *changes, size_t count)
{
    sum of = {0};
    if (rule->kind == TOASTY_RULE_MIN || rule->kind == TOASTY_RULE_MAX)
        add_up(&of, rule->field, changes, count);
    return of;
}

bool toasty__may_leave_limits(const toasty_model *model, uint16_t field, uint8_t kind,
                              const toasty_value *value)
{
    const toasty_change change[] = {{.field = field, .kind = kind, .operand = *value}};
    for (uint16_t i = 0; i < model->rule_count; i++) {
        sum of = model->rules[i].field == field ? sum_of(&model->rules[i], change, 1) : (sum){0};
        if (leads_beyond(&model->rules[i], &of))
            return true;
    }
    return false;
}

static int refuse(const toasty_request *request, const toasty_rule *rule, const sum *of, toasty_error *err)
{
    const toasty_model *model = request->model;
    const char *fault =
        of->other ? "only whole numbers are added to it and subtracted from it"
        : toasty__means_one_row(request)
            ? NULL
            : "what could lead beyond them is added to one row at a time, which a record, a key or a "
              "unique value names";
    if (!fault)
        return 0;
    toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s.%s has limits: %s", model->name,
                 model->fields[rule->field].name, fault);
    toasty__error_set(err, field, model->fields[rule->field].name);
    return -1;
}

int toasty__keep_limits(const toasty_request *request, const toasty_change *changes, size_t change_count,
                        toasty__arena *arena, const toasty_query **out, toasty_error *err)
{
    const toasty_model *model = request->model;
    size_t most = model->rule_count;
    conditions all = {.nodes = toasty__arena_alloc(arena, most * NODES_OF_ONE * sizeof(*all.nodes)),
                      .operands = toasty__arena_alloc(arena, most * sizeof(*all.operands))};
    toasty_query *query = toasty__arena_calloc(arena, 1, sizeof(*query));
    if (!all.nodes || !all.operands || !query)
        return toasty__fail_memory(err);
    for (uint16_t i = 0; i < model->rule_count; i++) {
        const toasty_rule *rule = &model->rules[i];
        sum of = sum_of(rule, changes, change_count);
        if (leads_beyond(rule, &of) &&
            (refuse(request, rule, &of, err) < 0 || keep_limit(model, rule, &of, &all, err) < 0))
            return -1;
    }
    query->model = model;
    query->nodes = all.nodes;
    query->operands = all.operands;
    query->node_count = all.node_count;
    query->operand_count = all.operand_count;
    *out = all.node_count ? query : NULL;
    return 0;
}

/* Is the row another one than the record was read from? */
static bool is_stale(const toasty_request *request, const void *row)
{
    const toasty_model *model = request->model;
    const toasty_field *version = request->record ? toasty__version_field(model) : NULL;
    if (!version)
        return false;
    toasty_value known = toasty__get(model, request->record, version),
                 there = toasty__get(model, row, version);
    return toasty__compare_values(version, &known, &there) != 0;
}

int toasty__refuse_sums(const toasty_request *request, const void *row, toasty_error *err)
{
    const toasty_model *model = request->model;
    toasty__breaks breaks = {.err = err};
    if (is_stale(request, row))
        return 0;
    for (uint16_t i = 0; i < model->rule_count; i++) {
        const toasty_rule *rule = &model->rules[i];
        sum of = sum_of(rule, request->changes, SIZE_MAX);
        toasty_value there = toasty__get(model, row, &model->fields[rule->field]);
        if (!leads_beyond(rule, &of) || there.kind == TOASTY_VALUE_NULL)
            continue;
        toasty__wide made = toasty__wide_of(&there) + of.total, limit = toasty__wide_of(rule->operands);
        if (rule->kind == TOASTY_RULE_MIN ? made < limit : made > limit)
            toasty__break_rule(&breaks, model, TOASTY__ONE_ROW, rule);
    }
    return breaks.count ? -1 : 0;
}
