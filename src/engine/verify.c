/* Refusing requests: what they may not ask, before any I/O. */
#include "engine/verify.h"
#include "base/error.h"
#include "core/query.h"
#include "engine/assign.h"
#include "engine/shape.h"

static int unsupported(const toasty__engine *engine, const char *what, toasty_error *err)
{
    return toasty__fail(err, TOASTY_UNSUPPORTED, "%s: %s cannot do this", what, engine->driver->name);
}

static int verify_conditions(const toasty__engine *engine, const toasty_model *model, const toasty_find *find,
                             toasty_error *err)
{
    const toasty_capability *can = engine->driver->capability;
    toasty__where wheres[2];
    toasty__find_wheres(find, wheres);
    for (int w = 0; w < 2; w++) {
        if (wheres[w].node_count && !can->filter)
            return unsupported(engine, "a condition on columns", err);
        for (uint32_t i = 0; i < wheres[w].node_count; i++) {
            const toasty_node *node = &wheres[w].nodes[i];
            if (node->op == TOASTY_ILIKE && !can->ilike)
                return unsupported(engine, "ilike", err);
            if (node->op < TOASTY_AND && node->field >= model->field_count)
                return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                                    "a condition names a field that %s has not", model->name);
        }
    }
    return 0;
}

static int verify_order(const toasty_model *model, toasty_order order, toasty_error *err)
{
    const toasty_model *of = model;
    if (order.through > model->relation_count ||
        (order.through && model->relations[order.through - 1].kind != TOASTY_BELONGS_TO))
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "an order goes through no belongs_to of %s",
                            model->name);
    if (order.through)
        of = model->relations[order.through - 1].target;
    return order.field < of->field_count ? 0
                                         : toasty__fail(err, TOASTY_INVALID_STATEMENT,
                                                        "an order names a field that %s has not", of->name);
}

/* The cursor of a page is a record, which has no columns but its own. */
static int verify_page_orders(const toasty_request *request, toasty_error *err)
{
    toasty_order order;
    for (uint32_t i = 0; toasty__find_order(&request->find, i, &order); i++)
        if (order.through)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                                "a page is ordered by columns of %s only, not through %s: use a limit and an "
                                "offset, or order by the key of the relation",
                                request->model->name, request->model->relations[order.through - 1].name);
    return 0;
}

static int verify_find(const toasty__engine *engine, const toasty_model *model, const toasty_find *find,
                       bool included, toasty_error *err)
{
    const toasty_capability *can = engine->driver->capability;
    if (verify_conditions(engine, model, find, err) < 0)
        return -1;
    if (find->query && find->query->model != model)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "the query object is of %s, the call of %s",
                            find->query->model->name, model->name);
    toasty_order order;
    for (uint32_t i = 0; toasty__find_order(find, i, &order); i++) {
        if (!can->order)
            return unsupported(engine, "an order", err);
        if (verify_order(model, order, err) < 0)
            return -1;
        if (i >= TOASTY_MAX_KEYS * 4)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT, "more than %d orders", TOASTY_MAX_KEYS * 4);
    }
    if (toasty__find_offset(find) && included)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "an include has no offset: use limit, or read the relation "
                            "by a call of its own");
    if (toasty__find_offset(find) && !can->offset)
        return unsupported(engine, "an offset", err);

    const toasty_relation *relation;
    toasty_find nested;
    for (uint32_t i = 0; toasty__find_include(find, i, &relation, &nested); i++) {
        if (relation < model->relations || relation >= model->relations + model->relation_count)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s has no relation %s to include",
                                model->name, relation->name);
        const toasty_relation *other;
        toasty_find ignored;
        for (uint32_t before = 0; before < i; before++)
            if (toasty__find_include(find, before, &other, &ignored) && other == relation)
                return toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s.%s is included twice", model->name,
                                    relation->name);
        if (verify_find(engine, relation->target, &nested, true, err) < 0)
            return -1;
    }
    return 0;
}

/* An update or a delete says which rows it means. */
static int verify_scope(const toasty__engine *engine, const toasty_request *request, toasty_error *err)
{
    toasty__where wheres[2];
    toasty__find_wheres(&request->find, wheres);
    bool narrowed = wheres[0].node_count || wheres[1].node_count;
    if (request->record || request->owner || request->key_count)
        return 0;
    if (!engine->driver->capability->update_where)
        return unsupported(engine, "a change of rows that are not named by a key", err);
    if (!narrowed && !request->find.everything)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "this would %s every row of %s: give a condition, or say .everything = true",
                            request->kind == TOASTY_REQUEST_UPDATE ? "change" : "delete",
                            request->model->table);
    if (toasty__find_limit(&request->find) || toasty__find_offset(&request->find))
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "an update or a delete has no limit");
    return 0;
}

static int verify_changes(const toasty_request *request, toasty_error *err)
{
    const toasty_model *model = request->model;
    toasty__change_walk walk = {.request = request};
    toasty__assign assign;
    int more;
    bool any = false;
    for (; (more = toasty__next_assign(&walk, &assign, err)) > 0; any = true) {
        const toasty_field *field = &model->fields[assign.field];
        if (assign.value.kind == TOASTY_VALUE_NULL && !(field->flags & TOASTY_FIELD_NULL_COLUMN))
            return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                                "%s.%s is required and cannot be set to nothing", model->name, field->name);
        if (field->flags & TOASTY_FIELD_KEY)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s.%s is part of the key and does not change",
                                model->name, field->name);
    }
    if (more == 0 && request->returning && !any)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "an update of %s that names no change has no rows to give back", model->name);
    return more;
}

int toasty__verify(const toasty__engine *engine, const toasty_request *request, toasty_error *err)
{
    const toasty_capability *can = engine->driver->capability;
    const toasty_model *model = request->model;
    if (model->ordinal >= engine->schema->model_count || engine->schema->models[model->ordinal] != model)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "%s is no model of the schema %s", model->name,
                            engine->schema->name);
    if (verify_find(engine, model, &request->find, false, err) < 0)
        return -1;
    switch ((toasty_request_kind)request->kind) {
    case TOASTY_REQUEST_COUNT:
    case TOASTY_REQUEST_EXISTS:
        return can->count || request->key_count || request->owner
                   ? 0
                   : unsupported(engine, "counting a whole table", err);
    case TOASTY_REQUEST_UPDATE:
        if (request->returning && !can->rows_back)
            return unsupported(engine, "giving back the changed rows", err);
        return verify_scope(engine, request, err) < 0 ? -1 : verify_changes(request, err);
    case TOASTY_REQUEST_DELETE:
        if (request->returning && !can->rows_back)
            return unsupported(engine, "giving back the deleted rows", err);
        return verify_scope(engine, request, err);
    case TOASTY_REQUEST_PAGE:
        if (toasty__find_limit(&request->find) < 1)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT, "a page needs .per_page");
        if (!can->scan_is_query && !request->scan && !request->key_count && !request->owner)
            return unsupported(engine, "reading a whole table without saying scan", err);
        return verify_page_orders(request, err);
    default:
        if (!can->scan_is_query && !request->scan && !request->key_count && !request->owner &&
            !request->record)
            return unsupported(engine, "reading a whole table without saying scan", err);
        return 0;
    }
}
