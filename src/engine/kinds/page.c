/* Reading a page: the rows after or before one, and what finds the neighbours of the page later. */
#include "base/container.h"
#include "base/error.h"
#include "core/request_copy.h"
#include "engine/kinds/cursor.h"
#include "engine/kinds/kinds.h"
#include "engine/kinds/read.h"
#include "engine/plan/lower.h"
#include "engine/plan/shape.h"
#include <string.h>

/* --- making its plan --- */

/* The cursor of a page is a record, which has no columns but its own. */
static int verify_orders(const toasty_request *request, toasty_error *err)
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

static int verify(const toasty__engine *engine, const toasty_request *request, toasty_error *err)
{
    if (toasty__find_limit(&request->find) < 1)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT,
                            "the size of a page (.per_page), or of a batch, is 1 or more");
    return toasty__verify_read(engine, request, err) < 0 ? -1 : verify_orders(request, err);
}

/* The row that a page starts after: which of its order columns are NULL belongs to the shape. */
static int shape_after(toasty__shape *shape, const toasty_request *request, toasty_error *err)
{
    const toasty_model *model = request->model;
    const toasty_index *key = &model->indexes[0];
    uint32_t nulls = 0, fields = 0;
    toasty_order order;
    for (; toasty__find_order(&request->find, fields, &order); fields++) {
        if (order.through || order.field >= model->field_count)
            return toasty__no_such_field("an order", model, err);
        if (toasty__shape_fields(shape, model, &order.field, 1, request->after, err) < 0)
            return -1;
        nulls = nulls << 1 | (shape->values[shape->value_count - 1].kind == TOASTY_VALUE_NULL);
    }
    return toasty__shape_fields(shape, model, key->fields, key->field_count, request->after, err) < 0
               ? -1
               : toasty__shape_number(shape, nulls, err);
}

/* A cursor in the options makes another request of this one: from here on that is the one which runs. */
static int shape(toasty__shape *shape, const toasty_request *request, toasty_error *err)
{
    toasty__running *run = toasty__container(shape, toasty__running, shape);
    if (toasty__find_limit(&request->find) == TOASTY_NO_ROWS)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "a page has at least one row");
    if (request->find.cursor && *request->find.cursor) { /* ?cursor= of the first page is empty */
        request = toasty__cursor_open(run->execution->engine, shape->arena, request, err);
        if (!request)
            return -1;
        run->request = request;
    }
    uint32_t way = (uint32_t)(request->after != NULL) << 1 | request->backwards;
    if (toasty__shape_number(shape, way, err) < 0)
        return -1;
    return request->after ? shape_after(shape, request, err) : 0;
}

/* --- running it --- */

static int begin(toasty__running *run, toasty_error *err)
{
    return toasty__begin_rows(run, sizeof(toasty__page), err);
}

static void reverse(toasty__loaded *loaded)
{
    size_t size = loaded->step->model->size;
    char spare[64];
    for (size_t i = 0, j = loaded->count; i + 1 < j--; i++)
        for (size_t at = 0; at < size; at += sizeof(spare)) {
            size_t part = size - at < sizeof(spare) ? size - at : sizeof(spare);
            memcpy(spare, loaded->rows + i * size + at, part);
            memcpy(loaded->rows + i * size + at, loaded->rows + j * size + at, part);
            memcpy(loaded->rows + j * size + at, spare, part);
        }
}

/* Where a whole table is read forwards only, no page says that there is one before it. */
static bool goes_back(const toasty__running *run)
{
    return run->plan->steps[0].access != TOASTY__ACCESS_SCAN ||
           run->execution->engine->driver->capability->scan_back;
}

/* What finds the neighbours of the page later. */
static toasty__page_origin *origin_of(const toasty__running *run)
{
    const toasty__engine *engine = run->execution->engine;
    toasty__arena *arena = &run->block->arena;
    toasty__page_origin *origin = toasty__arena_calloc(arena, 1, sizeof *origin);
    if (!origin || !(origin->request = toasty__request_copy(arena, run->request)))
        return NULL;
    origin->key = engine->cursor_keys.now;
    origin->by_keys = !engine->driver->capability->sql;
    return origin;
}

static int make_root(toasty__running *run, toasty__loaded *loaded, toasty_error *err)
{
    const toasty_request *request = run->request;
    size_t size = (size_t)toasty__find_limit(&request->find);
    bool more = loaded->count > size;
    if (more)
        loaded->count = size;
    if (request->backwards)
        reverse(loaded);
    toasty__page *page = run->block->root;
    toasty__list_root(run, loaded);
    page->has_next = request->backwards ? true : more;
    page->has_prev = request->backwards ? more : request->after && goes_back(run);
    run->block->about = origin_of(run);
    return run->block->about ? 0 : toasty__fail_memory(err);
}

static int absorb(toasty__running *run, toasty_error *err)
{
    int root = toasty__read_absorb(run, err);
    return root > 0 ? make_root(run, &run->loaded[0], err) : root;
}

const toasty__kind toasty__paging = {
    .verify = verify,
    .shape = shape,
    .lower = toasty__lower_read,
    .begin = begin,
    .issue = toasty__read_issue,
    .absorb = absorb,
    .end = toasty__read_end,
    .root = true,
};
