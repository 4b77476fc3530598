/* Values into parameters, straight into the message that binds them: binary, except labels of enums and the
 * user's own text, whose types the server infers.
 *
 * A list is an array of one dimension, and so is each column of a bulk insert; lists of labels are the text
 * of an array. Whoever calls takes back what was written when a value cannot be sent, so that its job fails
 * and nothing else. Messages name the field, never its value. */
#include "postgresql.h"

#include "base/alloc.h"
#include "base/error.h"
#include "core/decode.h"
#include "driver/encode.h"
#include "wire.h"

/* How a C type travels. Enums have no number that is known here. */
static const struct {
    uint32_t scalar, array;
    uint8_t size; /* 0: text, bytes */
} wire_types[TOASTY_TYPE_COUNT] = {
    [TOASTY_TYPE_BOOL] = {PG_BOOL, PG_BOOL_ARRAY, 1},
    [TOASTY_TYPE_I8] = {PG_INT2, PG_INT2_ARRAY, 2},
    [TOASTY_TYPE_I16] = {PG_INT2, PG_INT2_ARRAY, 2},
    [TOASTY_TYPE_I32] = {PG_INT4, PG_INT4_ARRAY, 4},
    [TOASTY_TYPE_I64] = {PG_INT8, PG_INT8_ARRAY, 8},
    [TOASTY_TYPE_U8] = {PG_INT2, PG_INT2_ARRAY, 2},
    [TOASTY_TYPE_U16] = {PG_INT4, PG_INT4_ARRAY, 4},
    [TOASTY_TYPE_U32] = {PG_INT8, PG_INT8_ARRAY, 8},
    [TOASTY_TYPE_U64] = {PG_INT8, PG_INT8_ARRAY, 8},
    [TOASTY_TYPE_F32] = {PG_FLOAT4, PG_FLOAT4_ARRAY, 4},
    [TOASTY_TYPE_F64] = {PG_FLOAT8, PG_FLOAT8_ARRAY, 8},
    [TOASTY_TYPE_ENUM] = {0, 0, 0},
    [TOASTY_TYPE_TEXT] = {PG_TEXT, PG_TEXT_ARRAY, 0},
    [TOASTY_TYPE_BYTES] = {PG_BYTEA, PG_BYTEA_ARRAY, 0},
    [TOASTY_TYPE_UUID] = {PG_UUID, PG_UUID_ARRAY, 16},
    [TOASTY_TYPE_TIMESTAMP] = {PG_TIMESTAMPTZ, PG_TIMESTAMPTZ_ARRAY, 8},
    [TOASTY_TYPE_DATE] = {PG_DATE, PG_DATE_ARRAY, 4},
    [TOASTY_TYPE_TIME] = {PG_TIME, PG_TIME_ARRAY, 8},
    [TOASTY_TYPE_DATETIME] = {PG_TIMESTAMP, PG_TIMESTAMP_ARRAY, 8},
};

/* --- one value --- */

/* A value that is not NULL; what a column can hold is decided in driver/encode. */
static int check(const toasty__destination *to, const toasty_value *value, toasty_error *err)
{
    if (toasty__encode_check(to, value, err) < 0)
        return -1;
    bool is_long = (value->kind == TOASTY_VALUE_TEXT || value->kind == TOASTY_VALUE_BYTES) &&
                   value->len > PG_MAX_MESSAGE;
    return is_long ? toasty__encode_refuse(to, TOASTY__TOO_LONG, err) : 0;
}

static void put_integer(char *out, size_t size, int64_t value)
{
    if (size == 1)
        *out = value != 0;
    else if (size == 2)
        pg_put16(out, (int16_t)value);
    else if (size == 4)
        pg_put32(out, (int32_t)value);
    else
        pg_put64(out, value);
}

static void put_real(char *out, uint8_t type, double value)
{
    if (type == TOASTY_TYPE_F32) {
        float single = (float)value;
        int32_t bits;
        memcpy(&bits, &single, sizeof bits);
        pg_put32(out, bits);
    } else {
        int64_t bits;
        memcpy(&bits, &value, sizeof bits);
        pg_put64(out, bits);
    }
}

/* A checked value of a type of fixed size. */
static void put_fixed(char *out, uint8_t type, const toasty_value *value)
{
    int64_t integer = value->as.integer;
    switch (type) {
    case TOASTY_TYPE_F32:
    case TOASTY_TYPE_F64:
        put_real(out, type, value->as.real);
        return;
    case TOASTY_TYPE_UUID:
        memcpy(out, value->as.uuid, 16);
        return;
    case TOASTY_TYPE_DATE:
        integer -= PG_EPOCH_DAYS;
        break;
    case TOASTY_TYPE_TIMESTAMP:
    case TOASTY_TYPE_DATETIME:
        integer -= PG_EPOCH_US;
        break;
    default:
        break;
    }
    put_integer(out, wire_types[type].size, integer);
}

static void put_null(toasty__buffer *out)
{
    char *at = pg_extend(out, 4);
    if (at)
        pg_put32(at, (int32_t)PG_NULL);
}

static void put_bytes(toasty__buffer *out, const void *bytes, size_t length)
{
    char *at = pg_extend(out, 4 + length);
    if (!at)
        return;
    pg_put32(at, (int32_t)length);
    if (length)
        memcpy(at + 4, bytes, length);
}

/* Its length and its bytes; NULL is the length -1. Not for labels. */
static int put_value(toasty__buffer *out, const toasty__destination *to, const toasty_value *value,
                     toasty_error *err)
{
    size_t size = wire_types[to->type].size;
    if (value->kind == TOASTY_VALUE_NULL)
        put_null(out);
    else if (check(to, value, err) < 0)
        return -1;
    else if (size) {
        char *at = pg_extend(out, 4 + size);
        if (!at)
            return 0;
        pg_put32(at, (int32_t)size);
        put_fixed(at + 4, to->type, value);
    } else
        put_bytes(out, value->as.bytes, value->len);
    return 0;
}

static const char *label_of(const toasty__destination *to, const toasty_value *value, toasty_error *err)
{
    return check(to, value, err) < 0 ? NULL : toasty__encode_label(to, value->as.integer, err);
}

static int put_label(toasty__buffer *out, const toasty__destination *to, const toasty_value *value,
                     toasty_error *err)
{
    if (value->kind == TOASTY_VALUE_NULL) {
        put_null(out);
        return 0;
    }
    const char *label = label_of(to, value, err);
    if (!label)
        return -1;
    put_bytes(out, label, strlen(label));
    return 0;
}

/* --- arrays --- */

/* The items of an array: of a list, or a column of rows. */
typedef struct items {
    const toasty_value *list; /* NULL: rows */
    const toasty_value *rows; /* the first one's cell */
    size_t stride, count;
} items;

/* Items of a list are not values, and become one in `own`. */
static const toasty_value *item_at(const items *items, size_t i, toasty_value *own)
{
    if (!items->list)
        return &items->rows[i * items->stride];
    *own = toasty__list_item(items->list, i);
    return own;
}

/* {"low",NULL,"it's \"high\""} */
static int put_labels(toasty__buffer *out, const toasty__destination *to, const items *items,
                      toasty_error *err)
{
    toasty__buffer_char(out, '{');
    for (size_t i = 0; i < items->count; i++) {
        toasty_value own;
        const toasty_value *item = item_at(items, i, &own);
        toasty__buffer_text(out, i ? "," : "");
        if (item->kind == TOASTY_VALUE_NULL) {
            toasty__buffer_text(out, "NULL");
            continue;
        }
        const char *label = label_of(to, item, err);
        if (!label)
            return -1;
        toasty__buffer_char(out, '"');
        for (; *label; label++) {
            if (*label == '"' || *label == '\\')
                toasty__buffer_char(out, '\\');
            toasty__buffer_char(out, *label);
        }
        toasty__buffer_char(out, '"');
    }
    toasty__buffer_char(out, '}');
    return 0;
}

/* Keys of parents, mostly: nothing about them can be wrong. */
static void put_int8s(toasty__buffer *out, const int64_t *numbers, size_t count)
{
    char *at = pg_extend(out, 12 * count);
    for (size_t i = 0; at && i < count; i++, at += 12) {
        pg_put32(at, 8);
        pg_put64(at + 4, numbers[i]);
    }
}

static int put_items(toasty__buffer *out, const toasty__destination *to, const items *items,
                     toasty_error *err)
{
    if (items->list && items->list->element == TOASTY_TYPE_I64 && to->type == TOASTY_TYPE_I64) {
        put_int8s(out, items->list->as.list, items->count);
        return 0;
    }
    for (size_t i = 0; i < items->count; i++) {
        toasty_value own;
        if (put_value(out, to, item_at(items, i, &own), err) < 0)
            return -1;
    }
    return 0;
}

static void put_array_header(toasty__buffer *out, uint32_t type, size_t count)
{
    char *at = pg_extend(out, count ? 20 : 12);
    if (!at)
        return;
    pg_put32(at, count ? 1 : 0); /* dimensions */
    pg_put32(at + 4, 1);         /* there may be NULLs */
    pg_put32(at + 8, (int32_t)type);
    if (count) {
        pg_put32(at + 12, (int32_t)count);
        pg_put32(at + 16, 1); /* the first index */
    }
}

static int put_array(toasty__buffer *out, const toasty__destination *to, const items *items,
                     toasty_error *err)
{
    int status;
    size_t start = out->length;
    pg_extend(out, 4); /* its length, which is known in the end */
    if (to->type == TOASTY_TYPE_ENUM)
        status = put_labels(out, to, items, err);
    else {
        put_array_header(out, wire_types[to->type].scalar, items->count);
        status = put_items(out, to, items, err);
    }
    if (status < 0 || out->failed)
        return status;
    size_t length = out->length - start - 4;
    if (length > PG_MAX_MESSAGE)
        return toasty__encode_refuse(to, TOASTY__TOO_LONG, err);
    pg_put32(out->bytes + start, (int32_t)length);
    return 0;
}

/* --- operations --- */

static bool is_array(const toasty_statement *statement, size_t i)
{
    return i < statement->bulk_columns || statement->parameters[i].list;
}

static uint8_t type_of(const toasty_statement *statement, size_t i)
{
    const toasty_parameter *parameter = &statement->parameters[i];
    return parameter->field ? parameter->field->type : parameter->type;
}

/* The user's own text may be meant for any type. */
static bool is_own_text(const toasty_statement *statement, size_t i)
{
    return type_of(statement, i) == TOASTY_TYPE_TEXT && !statement->parameters[i].field &&
           !is_array(statement, i);
}

size_t toasty__pg_parameter_count(const toasty_statement *statement)
{
    return statement->parameter_count;
}

void toasty__pg_put_types(const toasty_statement *statement, char *out)
{
    size_t count = toasty__pg_parameter_count(statement);
    for (size_t i = 0; i < count; i++) {
        uint8_t type = type_of(statement, i);
        uint32_t number = is_array(statement, i) ? wire_types[type].array : wire_types[type].scalar;
        pg_put32(out + 4 * i, is_own_text(statement, i) ? 0 : (int32_t)number);
    }
}

void toasty__pg_put_formats(const toasty_statement *statement, char *out)
{
    size_t count = toasty__pg_parameter_count(statement);
    for (size_t i = 0; i < count; i++) {
        bool as_text = type_of(statement, i) == TOASTY_TYPE_ENUM || is_own_text(statement, i);
        pg_put16(out + 2 * i, !as_text);
    }
}

static int encode_value(toasty__buffer *out, const toasty_operation *operation, size_t i, toasty_error *err)
{
    const toasty_statement *statement = operation->statement;
    /* What comes after the rows of a bulk insert. */
    bool is_behind = statement->bulk_columns && i >= statement->bulk_columns;
    size_t moved = is_behind ? (size_t)(operation->row_count - 1) * statement->bulk_columns : 0;
    const toasty_value *value = &operation->values[i + moved];
    toasty__destination to =
        toasty__destination_of(&toasty__postgresql_capability, statement, &statement->parameters[i], i + 1);
    if (i < statement->bulk_columns) {
        items column = {.rows = value, .stride = statement->bulk_columns, .count = operation->row_count};
        return put_array(out, &to, &column, err);
    }
    if (!statement->parameters[i].list)
        return to.type == TOASTY_TYPE_ENUM ? put_label(out, &to, value, err)
                                           : put_value(out, &to, value, err);
    if (value->kind != TOASTY_VALUE_LIST)
        return toasty__encode_refuse(&to, "one value where a list is due", err);
    return put_array(out, &to, &(items){.list = value, .count = value->len}, err);
}

int toasty__pg_encode_values(toasty__buffer *out, const toasty_operation *operation, toasty_error *err)
{
    size_t count = toasty__pg_parameter_count(operation->statement);
    for (size_t i = 0; i < count; i++)
        if (encode_value(out, operation, i, err) < 0)
            return -1;
    return 0;
}
