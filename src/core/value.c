/* Values of C types on their way to the database. What is not a value of its type becomes one of kind
 * INVALID, which says what is wrong: the call that uses it names the field. */
#include "base/time.h"
#include "core/refusal.h"
#include "core/types.h"

#include <math.h>
#include <string.h>
#include <toasty/codegen.h>

static toasty_value invalid(const char *what)
{
    return (toasty_value){.kind = TOASTY_VALUE_INVALID, .as.text = what};
}

toasty_value toasty__null(void)
{
    return (toasty_value){.kind = TOASTY_VALUE_NULL};
}

toasty_value toasty__uint(uint64_t value)
{
    if (value <= INT64_MAX)
        return toasty__int((int64_t)value);
    return (toasty_value){.kind = TOASTY_VALUE_UINT, .as.unsigned_integer = value};
}

toasty_value toasty__text(const char *text)
{
    if (!text)
        return toasty__null();
    size_t length = strlen(text);
    if (length > UINT32_MAX)
        return invalid(TOASTY__TOO_LONG);
    return (toasty_value){.kind = TOASTY_VALUE_TEXT, .len = (uint32_t)length, .as.text = text};
}

toasty_value toasty__bytes(toasty_bytes bytes)
{
    if (!bytes.data)
        return bytes.len ? invalid("bytes with a length but without data") : toasty__null();
    if (bytes.len > UINT32_MAX)
        return invalid(TOASTY__TOO_LONG);
    return (toasty_value){.kind = TOASTY_VALUE_BYTES, .len = (uint32_t)bytes.len, .as.bytes = bytes.data};
}

toasty_value toasty__uuid(toasty_uuid uuid)
{
    toasty_value value = {.kind = TOASTY_VALUE_UUID};
    memcpy(value.as.uuid, uuid.bytes, sizeof value.as.uuid);
    return value;
}

/* --- times --- */

static bool date_valid(toasty_date date)
{
    return toasty__date_valid(date.year, date.month, date.day);
}

static bool time_valid(toasty_time time)
{
    return time.microsecond < 1000000 &&
           toasty__time_valid(time.hour, time.minute, time.second, (int)time.microsecond);
}

static bool timestamp_valid(toasty_timestamp timestamp)
{
    return timestamp.us >= TOASTY__MIN_US && timestamp.us <= TOASTY__MAX_US;
}

static int64_t time_us(toasty_time time)
{
    return ((time.hour * INT64_C(60) + time.minute) * 60 + time.second) * 1000000 + time.microsecond;
}

toasty_value toasty__timestamp(toasty_timestamp timestamp)
{
    return timestamp_valid(timestamp) ? toasty__int(timestamp.us)
                                      : invalid("a timestamp outside of the years 1 to 9999");
}

toasty_value toasty__date(toasty_date date)
{
    return date_valid(date) ? toasty__int(toasty__days_of_date(date.year, date.month, date.day))
                            : invalid("a date that does not exist");
}

toasty_value toasty__time(toasty_time time)
{
    return time_valid(time) ? toasty__int(time_us(time)) : invalid("a time of day that does not exist");
}

toasty_value toasty__datetime(toasty_datetime datetime)
{
    if (!date_valid(datetime.date) || !time_valid(datetime.time))
        return invalid("a date and time that does not exist");
    int64_t days = toasty__days_of_date(datetime.date.year, datetime.date.month, datetime.date.day);
    return toasty__int(days * INT64_C(86400000000) + time_us(datetime.time));
}

/* --- lists --- */

/* What is wrong with an item of a list; NULL: nothing. Only types with values that are none are asked. */
static const char *item_fault(toasty_type element, const void *items, size_t i)
{
    switch (element) {
    case TOASTY_TYPE_F32:
        return isnan(((const float *)items)[i]) ? "a list with a number that is not one (NaN) in it" : NULL;
    case TOASTY_TYPE_F64:
        return isnan(((const double *)items)[i]) ? "a list with a number that is not one (NaN) in it" : NULL;
    case TOASTY_TYPE_TEXT:
        return ((const char *const *)items)[i] ? NULL : "a list with NULL in it";
    case TOASTY_TYPE_BYTES:
        return ((const toasty_bytes *)items)[i].data ? NULL : "a list with bytes without data in it";
    case TOASTY_TYPE_TIMESTAMP:
        return timestamp_valid(((const toasty_timestamp *)items)[i])
                   ? NULL
                   : "a list with a timestamp outside of the years 1 to 9999";
    case TOASTY_TYPE_DATE:
        return date_valid(((const toasty_date *)items)[i]) ? NULL : "a list with a date that does not exist";
    case TOASTY_TYPE_TIME:
        return time_valid(((const toasty_time *)items)[i]) ? NULL
                                                           : "a list with a time of day that does not exist";
    case TOASTY_TYPE_DATETIME:
        return date_valid(((const toasty_datetime *)items)[i].date) &&
                       time_valid(((const toasty_datetime *)items)[i].time)
                   ? NULL
                   : "a list with a date and time that does not exist";
    default:
        return NULL;
    }
}

toasty_value toasty__list(toasty_type element, const void *items, size_t count)
{
    if (!items && count)
        return invalid("a list with a length but without items");
    if (count > UINT32_MAX)
        return invalid("a list of 4294967296 items or more");
    toasty_type_class class = toasty__class_of(element);
    bool can_fail = class == TOASTY_CLASS_REAL || class == TOASTY_CLASS_TEXT || class == TOASTY_CLASS_BYTES ||
                    class == TOASTY_CLASS_TIME;
    for (size_t i = 0; can_fail && i < count; i++) {
        const char *fault = item_fault(element, items, i);
        if (fault)
            return invalid(fault);
    }
    return (toasty_value){
        .kind = TOASTY_VALUE_LIST, .element = (uint8_t)element, .len = (uint32_t)count, .as.list = items};
}

/* --- values of the user's own statements --- */

/* No field says how such a value is kept, so it says that itself. */
static toasty_value of_type(toasty_type type, toasty_value value)
{
    value.element = (uint8_t)type;
    return value;
}

toasty_value toasty_sql_null(void)
{
    return of_type(TOASTY_TYPE_TEXT, toasty__null());
}

toasty_value toasty_sql_bool(bool value)
{
    return of_type(TOASTY_TYPE_BOOL, toasty__int(value));
}

toasty_value toasty_sql_int(int64_t value)
{
    return of_type(TOASTY_TYPE_I64, toasty__int(value));
}

toasty_value toasty_sql_uint(uint64_t value)
{
    return of_type(TOASTY_TYPE_U64, toasty__uint(value));
}

toasty_value toasty_sql_real(double value)
{
    return of_type(TOASTY_TYPE_F64, toasty__real(value));
}

toasty_value toasty_sql_text(const char *text)
{
    return of_type(TOASTY_TYPE_TEXT, toasty__text(text));
}

toasty_value toasty_sql_bytes(toasty_bytes bytes)
{
    return of_type(TOASTY_TYPE_BYTES, toasty__bytes(bytes));
}

toasty_value toasty_sql_uuid(toasty_uuid uuid)
{
    return of_type(TOASTY_TYPE_UUID, toasty__uuid(uuid));
}

toasty_value toasty_sql_timestamp(toasty_timestamp timestamp)
{
    return of_type(TOASTY_TYPE_TIMESTAMP, toasty__timestamp(timestamp));
}

toasty_value toasty_sql_date(toasty_date date)
{
    return of_type(TOASTY_TYPE_DATE, toasty__date(date));
}

toasty_value toasty_sql_time(toasty_time time)
{
    return of_type(TOASTY_TYPE_TIME, toasty__time(time));
}

toasty_value toasty_sql_datetime(toasty_datetime datetime)
{
    return of_type(TOASTY_TYPE_DATETIME, toasty__datetime(datetime));
}
