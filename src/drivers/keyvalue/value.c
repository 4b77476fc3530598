/* Values of the store: their order, copies, sums, and the way into an answer. Knows nothing of items. */
#include "drivers/keyvalue/value.h"

#include "base/alloc.h"
#include "base/error.h"
#include "core/decode.h"
#include "core/types.h"
#include "driver/encode.h"

#include <math.h>
#include <string.h>

extern const toasty_capability toasty__keyvalue_capability;

/* --- order --- */

static int compare_bytes(const void *a, size_t a_length, const void *b, size_t b_length)
{
    size_t common = a_length < b_length ? a_length : b_length;
    int order = common ? memcmp(a, b, common) : 0;
    return order ? order : (a_length > b_length) - (a_length < b_length);
}

/* NaN is the largest number and equal to itself, so that the order is total. */
static int compare_reals(double a, double b)
{
    if (isnan(a) || isnan(b))
        return !!isnan(a) - !!isnan(b);
    return (a > b) - (a < b);
}

/* The place of an enum's value in its declaration. */
static int place_of(const toasty_enum *labels, int64_t value)
{
    for (uint16_t i = 0; i < labels->count; i++)
        if (labels->values[i] == value)
            return i;
    return labels->count;
}

int toasty__kv_compare(const toasty_field *field, const toasty_value *a, const toasty_value *b)
{
    if (a->kind != b->kind) /* NULL and others; numbers up to INT64_MAX and those above */
        return (a->kind > b->kind) - (a->kind < b->kind);
    switch ((toasty_value_kind)a->kind) {
    case TOASTY_VALUE_INT:
        if (field->type == TOASTY_TYPE_ENUM)
            return place_of(field->labels, a->as.integer) - place_of(field->labels, b->as.integer);
        return (a->as.integer > b->as.integer) - (a->as.integer < b->as.integer);
    case TOASTY_VALUE_UINT:
        return (a->as.unsigned_integer > b->as.unsigned_integer) -
               (a->as.unsigned_integer < b->as.unsigned_integer);
    case TOASTY_VALUE_FLOAT:
        return compare_reals(a->as.real, b->as.real);
    case TOASTY_VALUE_TEXT:
    case TOASTY_VALUE_BYTES:
        return compare_bytes(a->as.bytes, a->len, b->as.bytes, b->len);
    case TOASTY_VALUE_UUID:
        return memcmp(a->as.uuid, b->as.uuid, sizeof(a->as.uuid));
    default:
        return 0;
    }
}

/* --- copies --- */

int toasty__kv_value_copy(toasty_value *copy, const toasty_value *value)
{
    *copy = *value;
    if (value->kind != TOASTY_VALUE_TEXT && value->kind != TOASTY_VALUE_BYTES)
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
    if (value->kind == TOASTY_VALUE_TEXT || value->kind == TOASTY_VALUE_BYTES)
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
