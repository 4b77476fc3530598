/* One value of the fields of all rows that match: a sum, an average, the least, the greatest. */
#include "base/error.h"
#include "core/types.h"
#include "engine/kinds/kinds.h"
#include "engine/kinds/read.h"
#include "engine/plan/lower.h"
#include "engine/plan/verify.h"
#include <string.h>

/* Numbers add up; numbers and times have a least and a greatest. Text is refused: what would own it? */
static bool has_aggregate(const toasty_field *field, uint8_t aggregate)
{
    toasty_type_class class = toasty__class_of(field->type);
    bool number = toasty__is_number(field->type, field->labels);
    bool compares = aggregate == TOASTY_AGGREGATE_MIN || aggregate == TOASTY_AGGREGATE_MAX;
    return number || (compares && class == TOASTY_CLASS_TIME);
}

static int verify(const toasty__engine *engine, const toasty_request *request, toasty_error *err)
{
    static const char *const names[] = {
#define NAME_OF(NAME, name) name,
        TOASTY_AGGREGATES(NAME_OF)
#undef NAME_OF
    };
    const toasty_model *model = request->model;
    if (!engine->driver->capability->aggregate)
        return toasty__unsupported(engine, "sums and the like of rows", err);
    if (request->aggregate >= TOASTY_AGGREGATE_COUNT || request->field >= model->field_count)
        return toasty__no_such_field("a scalar", model, err);
    if (!has_aggregate(&model->fields[request->field], request->aggregate))
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s.%s is of a type that does not have a %s",
                            model->name, model->fields[request->field].name, names[request->aggregate]);
    return 0;
}

static int shape(toasty__shape *shape, const toasty_request *request, toasty_error *err)
{
    return toasty__shape_number(shape, (uint32_t)request->field << 8 | request->aggregate, err);
}

static int begin(toasty__running *run, toasty_error *err)
{
    run->stages = run->plan->depth;
    if (toasty__loaded_new(run, err) < 0)
        return -1;
    toasty__scalar *row = toasty__arena_calloc(&run->execution->arena, 1, sizeof(*row));
    if (!row)
        return toasty__fail_memory(err);
    toasty__loaded_one(&run->loaded[0], row, sizeof(*row));
    return 0;
}

static int absorb(toasty__running *run, toasty_error *err)
{
    return toasty__read_absorb(run, err) < 0 ? -1 : 0;
}

/* The program's own place is only touched when all went well. */
static void end(toasty__running *run, bool worked)
{
    if (!worked)
        return;
    const toasty__scalar *found = (const toasty__scalar *)run->loaded[0].rows;
    const toasty_field *field = run->plan->steps[0].columns[0];
    memcpy(run->request->value, found->value, toasty__type_size(field->type, field->labels));
    *run->request->set = found->set;
}

const toasty__kind toasty__aggregating = {
    .verify = verify,
    .shape = shape,
    .lower = toasty__lower_read,
    .begin = begin,
    .issue = toasty__read_issue,
    .absorb = absorb,
    .end = end,
};
