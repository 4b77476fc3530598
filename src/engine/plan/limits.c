/* Sums within limits: see limits.h. */
#include "engine/plan/limits.h"
#include "base/error.h"
#include "core/access.h"
#include "core/evaluate.h"
#include "core/query.h"
#include "core/rules.h"
#include "core/types.h"
#include "engine/plan/narrow.h"
#include "engine/plan/plan.h"

bool toasty__has_limits(const toasty_model *model, uint16_t field)
{
    return toasty__rule_of(model, field, TOASTY_RULE_MIN) || toasty__rule_of(model, field, TOASTY_RULE_MAX);
}

static bool calculates(const toasty_change *change)
{
    return change->kind == TOASTY_CHANGE_ADD || change->kind == TOASTY_CHANGE_SUBTRACT ||
           change->kind == TOASTY_CHANGE_MULTIPLY;
}

/* Holds every integer of a field, and sums of them. */
__extension__ typedef __int128 wide;

static wide wide_of(const toasty_value *value)
{
    return value->kind == TOASTY_VALUE_UINT ? (wide)value->as.unsigned_integer : (wide)value->as.integer;
}

/* The least and the greatest integer of a type. */
static void range_of(uint8_t type, wide *low, wide *high)
{
    static const struct {
        int64_t low, high;
    } ranges[TOASTY_TYPE_COUNT] = {
#define RANGE_OF(NAME, c_type, low, high) [TOASTY_TYPE_##NAME] = {low, high},
        TOASTY__NARROW_INTEGERS(RANGE_OF) RANGE_OF(I64, int64_t, INT64_MIN, INT64_MAX)
#undef RANGE_OF
    };
    *low = ranges[type].low;
    *high = type == TOASTY_TYPE_U64 ? (wide)UINT64_MAX : (wide)ranges[type].high;
}

bool toasty__has_limited_sums(const toasty_model *model, const toasty_change *at, size_t count)
{
    for (; count && at->kind != TOASTY_CHANGE_END; count--, at++) {
        const toasty_changes *list = at->operand.as.bytes;
        if (at->kind == TOASTY_CHANGE_LIST ? list && toasty__has_limited_sums(model, list->items, list->count)
                                           : calculates(at) && toasty__has_limits(model, at->field))
            return true;
    }
    return false;
}

/* What comes to a field. */
typedef struct sum {
    wide total;
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
        } else if (at->field == field && calculates(at)) {
            bool integer = at->operand.kind == TOASTY_VALUE_INT || at->operand.kind == TOASTY_VALUE_UINT;
            of->any = true;
            of->other = of->other || at->kind == TOASTY_CHANGE_MULTIPLY || !integer;
            of->total += at->kind == TOASTY_CHANGE_ADD ? wide_of(&at->operand) : -wide_of(&at->operand);
        }
    }
}

static toasty_condition is_within(const toasty_field *field, const toasty_rule *rule, wide limit)
{
    toasty_value value = limit > INT64_MAX ? toasty__uint((uint64_t)limit) : toasty__int((int64_t)limit);
    toasty_condition within =
        toasty__is(rule->field, rule->kind == TOASTY_RULE_MIN ? TOASTY_GE : TOASTY_LE, value);
    if (!(field->flags & TOASTY_FIELD_NULL_COLUMN))
        return within;
    toasty_condition either[] = {toasty__is_null(rule->field, TOASTY_IS_NULL), within, {.last = 1}};
    return toasty__joined(TOASTY_OR, either, sizeof *either); /* nothing is added to NULL */
}

/* The condition that a sum keeps a limit: what is there is within the limit less what comes to it. */
static int keep_limit(const toasty_model *model, const toasty_rule *rule, const sum *of,
                      toasty_condition *conditions, size_t *count, toasty_error *err)
{
    const toasty_field *field = &model->fields[rule->field];
    wide low, high, limit = wide_of(rule->operands) - of->total;
    range_of(field->type, &low, &high);
    bool is_min = rule->kind == TOASTY_RULE_MIN;
    if (is_min ? limit > high : limit < low) {
        toasty__break_rule(&(toasty__breaks){.err = err}, model, TOASTY__ONE_ROW, rule);
        return -1;
    }
    if (is_min ? limit > low : limit < high)
        conditions[(*count)++] = is_within(field, rule, limit);
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

int toasty__keep_limits(const toasty_request *request, const toasty_change *changes, size_t change_count,
                        toasty_condition *conditions, size_t *count, toasty_error *err)
{
    const toasty_model *model = request->model;
    for (uint16_t i = 0; i < model->rule_count; i++) {
        const toasty_rule *rule = &model->rules[i];
        const char *name = model->fields[rule->field].name, *fault = NULL;
        sum of = sum_of(rule, changes, change_count);
        if (!leads_beyond(rule, &of))
            continue;
        if (of.other)
            fault = "only whole numbers are added to it and subtracted from it";
        else if (!toasty__means_one_row(request))
            fault = "what could lead beyond them is added to one row at a time, which a record, a key or a "
                    "unique "
                    "value names";
        if (fault) {
            toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s.%s has limits: %s", model->name, name, fault);
            toasty__error_set(err, field, name);
            return -1;
        }
        if (keep_limit(model, rule, &of, conditions, count, err) < 0)
            return -1;
    }
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
        wide made = wide_of(&there) + of.total, limit = wide_of(rule->operands);
        if (rule->kind == TOASTY_RULE_MIN ? made < limit : made > limit)
            toasty__break_rule(&breaks, model, TOASTY__ONE_ROW, rule);
    }
    return breaks.count ? -1 : 0;
}
