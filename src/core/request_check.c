/* The parts of requests that were NULL or too many: see request_check.h. */
#include "request_check.h"

#include "base/error.h"

/* The values of all rows are counted in 32 bits. */
static int check_rows(const toasty_request *request, toasty_error *err)
{
    const toasty_model *model = request->model;
    const char *verb = request->kind == TOASTY_REQUEST_CREATE ? "create" : "upsert";
    size_t most = UINT32_MAX / (model->field_count ? model->field_count : 1u);
    if (!request->rows && (request->row_count || request->until_end))
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "%s of %s: the row, the array or the draft is NULL",
                            verb, model->name);
    if (request->row_count > most)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "%s of %s: more than %zu rows", verb, model->name,
                            most);
    return 0;
}

/* What is not narrowed by a key or by conditions, if empty ones, or is unlinked from a has_many, means a
 * record. */
static bool lacks_record(const toasty_request *request)
{
    if (request->record || request->by)
        return false;
    if (request->relation)
        return request->changes && request->relation->kind == TOASTY_HAS_MANY;
    return !request->find.where && !request->find.everything;
}

static int check_change(const toasty_request *request, toasty_error *err)
{
    const toasty_model *model = request->model;
    const toasty_change *change = request->changes;
    if (lacks_record(request))
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "%s of %s: the record is NULL",
                            request->kind == TOASTY_REQUEST_UPDATE ? "update" : "delete", model->name);
    if (change && change->kind == TOASTY_CHANGE_LINK && change->operand.kind == TOASTY_VALUE_INVALID)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "%s.%s: the record to link to is NULL", model->name,
                            model->relations[change->field].name);
    return 0;
}

int toasty__request_check_parts(const toasty_request *request, toasty_error *err)
{
    const toasty_relation *relation = request->relation;
    if (relation && !request->owner)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "%s.%s: the %s is NULL", relation->owner->name,
                            relation->name, relation->owner->name);
    switch ((toasty_request_kind)request->kind) {
    case TOASTY_REQUEST_CREATE:
    case TOASTY_REQUEST_UPSERT_ARRAY:
        return check_rows(request, err);
    case TOASTY_REQUEST_SCALAR:
        return request->set ? 0
                            : toasty__fail(err, TOASTY_INVALID_ARGUMENT,
                                           "a value of %s: the place for it is NULL", request->model->name);
    case TOASTY_REQUEST_UPDATE:
    case TOASTY_REQUEST_DELETE:
        return check_change(request, err);
    default:
        return 0;
    }
}
