/* Values of the store: copies, sums, and the way into an answer. Knows nothing of items. */
#include "drivers/keyvalue/value.h"

#include "base/alloc.h"
#include "base/error.h"
#include "core/decode.h"
#include "core/types.h"
#include "core/value_bytes.h"
#include "driver/encode.h"

#include <math.h>
#include <string.h>

extern const toasty_capability toasty__keyvalue_capability;

/* --- copies --- */

int toasty__kv_value_copy(toasty_value *copy, const toasty_value *value)
{
    *copy = *value;
    if (!toasty__value_points(value))
        return 0;
    char *bytes = toasty__malloc((size_t)value->len + 1);
    if (!bytes) {
        copy->kind = TOASTY_VALUE_NULL;
        return -1;
    }
    if (value->len)
        memcpy(bytes, value->as.bytes, value->len);
    bytes[value->len] = '\0';
    copy->as.bytes = bytes;
    return 0;
}

void toasty__kv_value_free(toasty_value *value)
{
    if (toasty__value_points(value))
        toasty__free((void *)value->as.bytes);
}

/* --- arithmetic --- */

/* Wide enough for the sum of any two 64-bit numbers, signed or not. */
__extension__ typedef __int128 wide;

static wide widen(const toasty_value *value)
{
    return value->kind == TOASTY_VALUE_UINT ? (wide)value->as.unsigned_integer : (wide)value->as.integer;
}

/* A number beyond 64 bits is one of kind INVALID. */
static toasty_value narrow(wide sum)
{
    if (sum > UINT64_MAX || sum < INT64_MIN)
        return (toasty_value){.kind = TOASTY_VALUE_INVALID, .as.text = "out of the range of 64 bits"};
    if (sum > INT64_MAX)
        return (toasty_value){.kind = TOASTY_VALUE_UINT, .as.unsigned_integer = (uint64_t)sum};
    return (toasty_value){.kind = TOASTY_VALUE_INT, .as.integer = (int64_t)sum};
}

int toasty__kv_check(const toasty_model *model, const toasty_field *field, const toasty_value *value,
                     toasty_error *err)
{
    toasty__destination to = {
        .table = model->table, .field = field, .type = field->type, .can = &toasty__keyvalue_capability};
    return toasty__encode_check(&to, value, err);
}

int toasty__kv_add(const toasty_model *model, const toasty_field *field, const toasty_value *value,
                   const toasty_value *by, bool subtract, toasty_value *out, toasty_error *err)
{
    *out = (toasty_value){.kind = TOASTY_VALUE_NULL};
    if (value->kind == TOASTY_VALUE_NULL || by->kind == TOASTY_VALUE_NULL)
        return 0;
    if (field->type == TOASTY_TYPE_F32 || field->type == TOASTY_TYPE_F64) {
        double sum = value->as.real + (subtract ? -by->as.real : by->as.real);
        *out = (toasty_value){.kind = TOASTY_VALUE_FLOAT,
                              .as.real = field->type == TOASTY_TYPE_F32 ? (double)(float)sum : sum};
        if (isnan(sum) || (isinf(out->as.real) && isfinite(value->as.real) && isfinite(by->as.real)))
            return toasty__refuse_value(model->table, field->name, toasty__encode_fault(field), err);
        return 0;
    }
    if (toasty__class_of(field->type) != TOASTY_CLASS_INTEGER)
        return toasty__refuse_value(model->table, field->name, "only numbers are added to", err);
    *out = narrow(subtract ? widen(value) - widen(by) : widen(value) + widen(by));
    return toasty__kv_check(model, field, out, err);
}

/* --- answers --- */

int toasty__kv_value_store(const toasty_sink *sink, void *row, const toasty_field *field,
                           const toasty_value *value, toasty_error *err)
{
    switch ((toasty_value_kind)value->kind) {
    case TOASTY_VALUE_NULL:
        return toasty__store_null(sink, row, field, err);
    case TOASTY_VALUE_UINT:
        return toasty__store_uint(sink, row, field, value->as.unsigned_integer, err);
    case TOASTY_VALUE_FLOAT:
        return toasty__store_real(sink, row, field, value->as.real, err);
    case TOASTY_VALUE_TEXT:
        return toasty__store_text(sink, row, field, value->as.text, value->len, err);
    case TOASTY_VALUE_BYTES:
        return toasty__store_bytes(sink, row, field, value->as.bytes, value->len, err);
    case TOASTY_VALUE_UUID:
        return toasty__store_uuid(sink, row, field, value->as.uuid, err);
    default:
        break;
    }
    if (field->type == TOASTY_TYPE_ENUM) {
        const char *label = toasty__enum_label(field->labels, value->as.integer);
        return label ? toasty__store_text(sink, row, field, label, strlen(label), err)
                     : toasty__store_mismatch(sink, field, "an unknown label", err);
    }
    if (toasty__class_of(field->type) == TOASTY_CLASS_TIME)
        return toasty__store_time(sink, row, field, value->as.integer, err);
    return toasty__store_int(sink, row, field, value->as.integer, err);
}
