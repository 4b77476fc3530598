/* What a column can hold: see encode.h. */
#include "driver/encode.h"

#include "base/error.h"
#include "base/time.h"
#include "core/decode.h"
#include "core/types.h"

#include <math.h>

int toasty__encode_refuse(const toasty__destination *to, const char *why, toasty_error *err)
{
    return to->field ? toasty__refuse_value(to->table, to->field->name, why, err)
                     : toasty__refuse_placeholder(to->number, why, err);
}

/* --- numbers --- */

/* Of the integers that a value of kind INT can have. */
static const struct {
    int64_t low, high;
    const char *fault;
} ranges[TOASTY_TYPE_COUNT] = {
#define RANGE(NAME, c_type, low, high) [TOASTY_TYPE_##NAME] = {low, high, "out of the range of " #c_type},
    TOASTY__NARROW_INTEGERS(RANGE) RANGE(I64, int64_t, INT64_MIN, INT64_MAX)
#undef RANGE
};

const char *toasty__encode_fault(const toasty_field *field)
{
    switch (toasty__class_of(field->type)) {
    case TOASTY_CLASS_REAL:
        return field->type == TOASTY_TYPE_F32 ? "out of the range of float" : "out of the range of double";
    case TOASTY_CLASS_BOOL:
    case TOASTY_CLASS_INTEGER:
    case TOASTY_CLASS_ENUM:
        return field->labels ? TOASTY__NOT_OF_ITS_ENUM : ranges[field->type].fault;
    default:
        return NULL;
    }
}

static int check_time(const toasty__destination *to, int64_t value, toasty_error *err)
{
    int64_t us_per_day = INT64_C(86400000000), us = value;
    if (to->type == TOASTY_TYPE_TIME)
        return value >= 0 && value < us_per_day ? 0 : toasty__encode_refuse(to, "outside of one day", err);
    if ((to->type != TOASTY_TYPE_DATE || !__builtin_mul_overflow(value, us_per_day, &us)) &&
        us >= TOASTY__MIN_US && us <= TOASTY__MAX_US)
        return 0;
    return toasty__encode_refuse(to, "outside of the years 1 to 9999", err);
}

const char *toasty__encode_label(const toasty__destination *to, int64_t value, toasty_error *err)
{
    const char *label = to->field ? toasty__enum_label(to->field->labels, value) : NULL;
    if (!label)
        toasty__encode_refuse(to, TOASTY__NOT_OF_ITS_ENUM, err);
    return label;
}

static int check_integer(const toasty__destination *to, int64_t value, toasty_error *err)
{
    toasty_type_class class = toasty__class_of(to->type);
    if (class == TOASTY_CLASS_TIME)
        return check_time(to, value, err);
    if (class == TOASTY_CLASS_ENUM || (to->field && to->field->labels))
        return toasty__encode_label(to, value, err) ? 0 : -1;
    if (value < ranges[to->type].low || value > ranges[to->type].high)
        return toasty__encode_refuse(to, ranges[to->type].fault, err);
    return 0;
}

static int check_real(const toasty__destination *to, double value, toasty_error *err)
{
    if (isnan(value))
        return toasty__encode_refuse(to, TOASTY__NOT_A_NUMBER, err);
    if (to->type == TOASTY_TYPE_F32 && isfinite(value) && !isfinite((float)value))
        return toasty__encode_refuse(to, "out of the range of float", err);
    return 0;
}

/* --- text --- */

static int check_text(const toasty__destination *to, const toasty_value *value, toasty_error *err)
{
    if (memchr(value->as.text, '\0', value->len))
        return toasty__encode_refuse(to, "text with a NUL byte in it", err);
    if (!toasty__utf8_valid(value->as.text, value->len))
        return toasty__encode_refuse(to, "text that is not UTF-8", err);
    return 0;
}

/* --- all --- */

/* The kind of the values of a type, by its class. */
static int refuse_kind(const toasty__destination *to, const toasty_value *value, toasty_error *err)
{
    if (value->kind == TOASTY_VALUE_INVALID)
        return toasty__encode_refuse(to, value->as.text, err);
    if (value->kind == TOASTY_VALUE_LIST)
        return toasty__encode_refuse(to, "a list where one value is due", err);
    if (value->kind != TOASTY_VALUE_UINT || toasty__value_kind_of(to->type) != TOASTY_VALUE_INT)
        return toasty__encode_refuse(to, "a value of another type", err);
    if (to->type != TOASTY_TYPE_U64 && to->field)
        return toasty__encode_refuse(to, ranges[to->type].fault, err);
    return to->can->unsigned_64
               ? 0
               : toasty__encode_refuse(to, "above 9223372036854775807, the largest integer of the database",
                                       err);
}

int toasty__encode_check_any(const toasty__destination *to, const toasty_value *value, toasty_error *err)
{
    if (value->kind == TOASTY_VALUE_NULL)
        return 0;
    if (value->kind != toasty__value_kind_of(to->type))
        return refuse_kind(to, value, err);
    switch ((toasty_value_kind)value->kind) {
    case TOASTY_VALUE_INT:
        return check_integer(to, value->as.integer, err);
    case TOASTY_VALUE_FLOAT:
        return check_real(to, value->as.real, err);
    case TOASTY_VALUE_TEXT:
        return check_text(to, value, err);
    default:
        return 0;
    }
}
