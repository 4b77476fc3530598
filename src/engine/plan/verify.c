/* What requests of all kinds may not ask: see verify.h. */
#include "engine/plan/verify.h"
#include "base/error.h"
#include "core/access.h"
#include "core/operators.h"
#include "core/query.h"
#include "engine/plan/shape.h"

int toasty__unsupported(const toasty__engine *engine, const char *what, toasty_error *err)
{
    return toasty__fail(err, TOASTY_UNSUPPORTED, "%s does not support %s", engine->driver->name, what);
}

static int verify_conditions(const toasty__engine *engine, const toasty_find *find, toasty_error *err)
{
    const toasty_capability *can = engine->driver->capability;
    toasty__where wheres[2];
    toasty__find_wheres(find, wheres);
    for (int w = 0; w < 2; w++) {
        if (wheres[w].node_count && !can->filter)
            return toasty__unsupported(engine, "a condition on columns", err);
        for (uint32_t i = 0; i < wheres[w].node_count; i++) {
            const toasty__operator_row *row = toasty__operator_of(wheres[w].nodes[i].op);
            if (!toasty__can_compare(can, row))
                return toasty__unsupported(engine, row->name, err);
        }
    }
    return 0;
}

static int verify_order(const toasty_model *model, toasty_order order, toasty_error *err)
{
    const toasty_model *of = model;
    if (order.through > model->relation_count ||
        (order.through && model->relations[order.through - 1].kind != TOASTY_BELONGS_TO))
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "an order goes through something that is not a belongs_to of %s", model->name);
    if (order.through)
        of = model->relations[order.through - 1].target;
    return order.field < of->field_count ? 0 : toasty__no_such_field("an order", of, err);
}

static int verify_orders(const toasty__engine *engine, const toasty_model *model, const toasty_find *find,
                         toasty_error *err)
{
    toasty_order order;
    for (uint32_t i = 0; toasty__find_order(find, i, &order); i++) {
        if (!engine->driver->capability->order)
            return toasty__unsupported(engine, "an order", err);
        if (verify_order(model, order, err) < 0)
            return -1;
        if (i >= TOASTY__MAX_ORDERS)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT, "more than %d orders", TOASTY__MAX_ORDERS);
    }
    return 0;
}

static int verify_offset(const toasty__engine *engine, const toasty_find *find, bool included,
                         toasty_error *err)
{
    if (!toasty__find_offset(find))
        return 0;
    if (included)
        return toasty__fail(
            err, TOASTY_INVALID_STATEMENT,
            "an include cannot have an offset: use a limit, or read the relation with a call of its own");
    return engine->driver->capability->offset ? 0 : toasty__unsupported(engine, "an offset", err);
}

static int verify_lock(const toasty__engine *engine, const toasty_find *find, bool included,
                       toasty_error *err)
{
    if (!find->lock && !find->lock_wait)
        return 0;
    if (find->lock > TOASTY_FOR_SHARE || find->lock_wait > TOASTY_SKIP_LOCKED)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "there is no such lock or wait for one");
    if (!find->lock)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT,
                            ".lock_wait says how to wait for a lock: it needs a .lock");
    if (included)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT,
                            "an include cannot lock: lock the relation's records with a call of its own");
    return engine->driver->capability->row_locks ? 0 : toasty__unsupported(engine, "a lock of rows", err);
}

static bool is_included_before(const toasty_model *model, const toasty_find *find, uint32_t end,
                               const toasty_relation *relation)
{
    const toasty_relation *other;
    toasty_find ignored;
    for (uint32_t i = 0; i < end; i++)
        if (toasty__find_include(model, find, i, &other, &ignored) && other == relation)
            return true;
    return false;
}

static int verify_find(const toasty__engine *engine, const toasty_model *model, const toasty_find *find,
                       bool included, toasty_error *err)
{
    if (verify_conditions(engine, find, err) < 0 || verify_orders(engine, model, find, err) < 0 ||
        verify_offset(engine, find, included, err) < 0 || verify_lock(engine, find, included, err) < 0)
        return -1;
    if (find->query && find->query->model != model)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "the query object is of %s, the call of %s",
                            find->query->model->name, model->name);
    const toasty_relation *relation;
    toasty_find nested;
    for (uint32_t i = 0; toasty__find_include(model, find, i, &relation, &nested); i++) {
        if (relation < model->relations || relation >= model->relations + model->relation_count)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s does not have a relation %s to include",
                                model->name, relation->name);
        if (is_included_before(model, find, i, relation))
            return toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s.%s is included twice", model->name,
                                relation->name);
        if (verify_find(engine, relation->target, &nested, true, err) < 0)
            return -1;
    }
    return 0;
}

int toasty__verify(const toasty__engine *engine, const toasty_request *request, toasty_error *err)
{
    const toasty_model *model = request->model;
    const toasty_model *of = toasty__model_of(model);
    if (of->ordinal >= engine->schema->model_count || engine->schema->models[of->ordinal] != of)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s is not a model of schema %s", model->name,
                            engine->schema->name);
    return verify_find(engine, model, &request->find, false, err);
}
