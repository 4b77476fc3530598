/* The entries of generated code for one request: the request in, its result out.
 *
 * A page turns by the request that it came from, which its block keeps. */
#include "base/context.h"
#include "base/error.h"
#include "core/block.h"
#include "core/request_check.h"
#include "db/call.h"
#include "engine/kinds/cursor.h"

static int run(toasty_db *db, const toasty_request *request, toasty__task_result *result)
{
    toasty__context *context = toasty__context_current();
    if (toasty__handle_check(db, context) < 0 || toasty__request_check(request, &context->error) < 0)
        return -1;
    return toasty__call(db, context, &request, 1, result);
}

/* A create that makes room for itself is more than one request. */
static void *run_replacing(toasty_db *db, const toasty_request *request)
{
    void *root = NULL;
    toasty_op op = {.out = &root, .request = *request};
    return toasty_batch_(db, &op, 1) < 0 ? NULL : root;
}

void *toasty__run(toasty_db *db, const toasty_request *request)
{
    toasty__task_result result = {0};
    if (request->replaces)
        return run_replacing(db, request);
    return run(db, request, &result) < 0 ? NULL : result.root;
}

int64_t toasty__run_count(toasty_db *db, const toasty_request *request)
{
    toasty__task_result result = {0};
    return run(db, request, &result) < 0 ? -1 : result.count;
}

/* --- records --- */

int toasty__update(toasty_db *db, const toasty_model *model, void *record, const toasty_change *changes)
{
    return (int)toasty__run_count(
        db, &(const toasty_request){
                .kind = TOASTY_REQUEST_UPDATE, .model = model, .record = record, .changes = changes});
}

int toasty__delete(toasty_db *db, const toasty_model *model, void *record)
{
    return (int)toasty__run_count(
        db, &(const toasty_request){.kind = TOASTY_REQUEST_DELETE, .model = model, .record = record});
}

int toasty__delete_only_if(toasty_db *db, const toasty_model *model, void *record,
                           const toasty_change *conditions)
{
    return (int)toasty__run_count(
        db, &(const toasty_request){
                .kind = TOASTY_REQUEST_DELETE, .model = model, .record = record, .changes = conditions});
}

void *toasty__create_array(toasty_db *db, const toasty_model *model, const void *rows, size_t count)
{
    return toasty__run(
        db,
        &(const toasty_request){
            .kind = TOASTY_REQUEST_CREATE, .model = model, .many = true, .rows = rows, .row_count = count});
}

/* --- pages --- */

/* The request for the page before or after one: that page's own, from the record at its end. 1; 0: there is
 * none; -1: it is not a page. */
static int turn(const void *page, bool backwards, toasty_request *request)
{
    const toasty__block *block = page ? toasty__block_of(page) : NULL;
    if (!block || !block->about || block->about == block->root)
        return -1;
    const toasty__page *root = page;
    if (backwards ? !root->has_prev : !root->has_next)
        return 0;
    const toasty__page_origin *origin = block->about;
    *request = *origin->request;
    size_t last = root->len ? root->len - 1 : 0;
    request->after =
        root->len ? (const char *)root->items + (backwards ? 0 : last) * request->model->size : NULL;
    request->backwards = backwards;
    return 1;
}

static void refuse_page(toasty_error *err)
{
    toasty__fail(err, TOASTY_INVALID_ARGUMENT, "not a page that a call returned, or already freed");
}

static void *neighbour(toasty_db *db, const void *page, bool backwards)
{
    toasty__context *context = toasty__context_current();
    if (toasty__handle_check(db, context) < 0)
        return NULL;
    toasty_request request;
    int turned = turn(page, backwards, &request);
    if (turned < 0)
        refuse_page(&context->error);
    return turned > 0 ? toasty__run(db, &request) : NULL;
}

void *toasty__page_next(toasty_db *db, const void *page)
{
    return neighbour(db, page, false);
}

void *toasty__page_previous(toasty_db *db, const void *page)
{
    return neighbour(db, page, true);
}

/* A text is made when it is asked for, once. */
static const char *cursor(const void *page, bool backwards)
{
    toasty_error *err = &toasty__context_current()->error;
    toasty_request request;
    toasty__error_clear(err);
    int turned = turn(page, backwards, &request);
    if (turned < 0)
        refuse_page(err);
    if (turned <= 0)
        return NULL;
    toasty__block *block = toasty__block_of(page);
    toasty__page_origin *origin = block->about;
    if (!origin->texts[backwards])
        origin->texts[backwards] = toasty__cursor_of(origin, &block->arena, &request, err);
    return origin->texts[backwards];
}

const char *toasty__page_next_cursor(const void *page)
{
    return cursor(page, false);
}

const char *toasty__page_previous_cursor(const void *page)
{
    return cursor(page, true);
}

/* The last page may have lost its rows to others. */
void *toasty__batch(void *page)
{
    const toasty__page *root = page;
    if (!root || root->len)
        return page;
    toasty__auto_free(&page);
    return NULL;
}

void *toasty__batch_after(toasty_db *db, void *batch)
{
    void *next = toasty__page_next(db, batch);
    toasty__auto_free(&batch);
    return toasty__batch(next);
}

toasty_op toasty__page_op(const toasty_model *model, void *out, const void *page, bool backwards)
{
    toasty_op op = {.out = out};
    int turned = turn(page, backwards, &op.request);
    if (out)
        *(void **)out = NULL;
    if (turned < 0) /* without a variable for its result it is refused where it is run */
        op = (toasty_op){.request = {.kind = TOASTY_REQUEST_PAGE, .model = model}};
    return op;
}
