/* Values into parameters: binary, except labels of enums and the user's own text, whose types the server
 * infers.
 *
 * A list is an array of one dimension, and so is each column of a bulk insert; lists of labels are the text
 * of an array. All parameters of a job are encoded before anything of it is sent, so that a value that cannot
 * be sent fails this job and nothing else. Text and bytes are not copied here: libpq copies them. Messages
 * name the field, never its value. */
#include "postgresql.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/utf8.h"
#include "core/decode.h"
#include "wire.h"

#include <limits.h>
#include <math.h>

/* How a C type travels. Enums have no number that is known here. */
static const struct {
    Oid scalar, array;
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
    [TOASTY_TYPE_TEXT] = {PG_TEXT, PG_TEXT_ARRAY, 0},
    [TOASTY_TYPE_BYTES] = {PG_BYTEA, PG_BYTEA_ARRAY, 0},
    [TOASTY_TYPE_UUID] = {PG_UUID, PG_UUID_ARRAY, 16},
    [TOASTY_TYPE_TIMESTAMP] = {PG_TIMESTAMPTZ, PG_TIMESTAMPTZ_ARRAY, 8},
    [TOASTY_TYPE_DATE] = {PG_DATE, PG_DATE_ARRAY, 4},
    [TOASTY_TYPE_TIME] = {PG_TIME, PG_TIME_ARRAY, 8},
    [TOASTY_TYPE_DATETIME] = {PG_TIMESTAMP, PG_TIMESTAMP_ARRAY, 8},
};

/* What a value is for, for messages and labels. */
typedef struct target {
    const toasty_statement *statement;
    const toasty_field *field; /* NULL: a parameter of the user */
    size_t number;             /* of the parameter, from 1 */
    uint8_t type;              /* toasty_type */
} target;

static int refuse(const target *to, const char *why, toasty_error *err)
{
    const char *table = to->statement->table;
    if (!to->field)
        return toasty__fail(err, TOASTY_INVALID_VALUE, "parameter $%zu: %s", to->number, why);
    toasty__fail(err, TOASTY_INVALID_VALUE, "field %s%s%s: %s", table ? table : "", table ? "." : "",
                 to->field->name, why);
    toasty__error_set(err, table, table);
    toasty__error_set(err, field, to->field->name);
    return -1;
}

/* --- one value
 * -------------------------------------------------------------------------------------------------------- */

static int check_text(const target *to, const toasty_value *value, toasty_error *err)
{
    if (memchr(value->as.text, '\0', value->len))
        return refuse(to, "text with a NUL byte, which the database cannot hold", err);
    if (!toasty__utf8_valid(value->as.text, value->len))
        return refuse(to, "text that is not UTF-8", err);
    return 0;
}

static uint8_t kind_of(uint8_t type)
{
    switch (type) {
    case TOASTY_TYPE_F32:
    case TOASTY_TYPE_F64:
        return TOASTY_VALUE_FLOAT;
    case TOASTY_TYPE_TEXT:
        return TOASTY_VALUE_TEXT;
    case TOASTY_TYPE_BYTES:
        return TOASTY_VALUE_BYTES;
    case TOASTY_TYPE_UUID:
        return TOASTY_VALUE_UUID;
    default:
        return TOASTY_VALUE_INT;
    }
}

static int check_kind(const target *to, const toasty_value *value, toasty_error *err)
{
    uint8_t kind = kind_of(to->type);
    if (value->kind == TOASTY_VALUE_INVALID)
        return refuse(to, value->as.text, err);
    if (value->kind == TOASTY_VALUE_UINT && kind == TOASTY_VALUE_INT)
        return refuse(to, "an integer above the largest that the database can hold", err);
    if (value->kind != kind)
        return refuse(to, "a value of another type", err);
    return to->type == TOASTY_TYPE_TEXT ? check_text(to, value, err) : 0;
}

static int put_integer(const target *to, char *out, size_t size, int64_t value, toasty_error *err)
{
    if ((size == 2 && value != (int16_t)value) || (size == 4 && value != (int32_t)value))
        return refuse(to, "an integer out of the range of its column", err);
    if (size == 1)
        *out = value != 0;
    else if (size == 2)
        pg_put16(out, (int16_t)value);
    else if (size == 4)
        pg_put32(out, (int32_t)value);
    else
        pg_put64(out, value);
    return 0;
}

static int put_real(const target *to, char *out, double value, toasty_error *err)
{
    if (to->type == TOASTY_TYPE_F32) {
        float single = (float)value;
        int32_t bits;
        if (isfinite(value) && !isfinite(single))
            return refuse(to, "a number out of the range of its column", err);
        memcpy(&bits, &single, sizeof bits);
        pg_put32(out, bits);
    } else {
        int64_t bits;
        memcpy(&bits, &value, sizeof bits);
        pg_put64(out, bits);
    }
    return 0;
}

/* A checked value of a type of fixed size. */
static int put_fixed(const target *to, char *out, const toasty_value *value, toasty_error *err)
{
    int64_t integer = value->as.integer;
    switch (to->type) {
    case TOASTY_TYPE_F32:
    case TOASTY_TYPE_F64:
        return put_real(to, out, value->as.real, err);
    case TOASTY_TYPE_UUID:
        memcpy(out, value->as.uuid, 16);
        return 0;
    case TOASTY_TYPE_DATE:
        integer -= PG_EPOCH_DAYS;
        break;
    case TOASTY_TYPE_TIMESTAMP:
    case TOASTY_TYPE_DATETIME:
        if (__builtin_sub_overflow(integer, PG_EPOCH_US, &integer))
            return refuse(to, "a time out of the range of its column", err);
        break;
    default:
        break;
    }
    return put_integer(to, out, wire_types[to->type].size, integer, err);
}

static const char *label_of(const target *to, const toasty_value *value, toasty_error *err)
{
    const char *label = to->field ? toasty__enum_label(to->field->labels, value->as.integer) : NULL;
    if (!label)
        refuse(to, "a number that is no value of its enum", err);
    return label;
}

/* --- the place of a parameter
 * ----------------------------------------------------------------------------------------- */

static int reserve(pg_parameters *parameters, size_t extra)
{
    size_t needed = parameters->count + extra;
    if (needed <= parameters->capacity)
        return 0;
    size_t capacity = parameters->capacity ? parameters->capacity : 16;
    while (capacity < needed)
        capacity *= 2;
#define GROW(member)                                                                                         \
    do {                                                                                                     \
        void *grown = toasty__realloc(parameters->member, capacity * sizeof *parameters->member);            \
        if (!grown)                                                                                          \
            return -1;                                                                                       \
        parameters->member = grown;                                                                          \
    } while (0)
    GROW(values);
    GROW(offsets);
    GROW(lengths);
    GROW(formats);
    GROW(types);
#undef GROW
    parameters->capacity = capacity;
    return 0;
}

void toasty__pg_parameters_done(pg_parameters *parameters)
{
    toasty__buffer_done(&parameters->bytes);
    toasty__free(parameters->values);
    toasty__free(parameters->offsets);
    toasty__free(parameters->lengths);
    toasty__free(parameters->formats);
    toasty__free(parameters->types);
    *parameters = (pg_parameters){0};
}

enum { TEXT_FORMAT, BINARY_FORMAT };

/* Appends a parameter that lies elsewhere; NULL is NULL. */
static void add(pg_parameters *parameters, Oid type, int format, const char *bytes, size_t length)
{
    size_t i = parameters->count++;
    parameters->types[i] = type;
    parameters->formats[i] = format;
    parameters->values[i] = bytes;
    parameters->lengths[i] = (int)length;
    parameters->offsets[i] = PG_NOT_IN_BYTES;
}

/* Appends what was written to the bytes from `start` on. */
static void add_bytes(pg_parameters *parameters, Oid type, int format, size_t start)
{
    size_t length = parameters->bytes.length - start;
    if (format == TEXT_FORMAT) /* libpq looks for its end */
        toasty__buffer_char(&parameters->bytes, '\0');
    add(parameters, type, format, NULL, length);
    parameters->offsets[parameters->count - 1] = start;
}

static int encode_scalar(pg_parameters *parameters, const target *to, const toasty_value *value,
                         toasty_error *err)
{
    Oid type = wire_types[to->type].scalar;
    bool own_text = to->type == TOASTY_TYPE_TEXT && !to->field;
    if (own_text || to->type == TOASTY_TYPE_ENUM)
        type = 0;
    if (value->kind == TOASTY_VALUE_NULL) {
        add(parameters, type, TEXT_FORMAT, NULL, 0);
        return 0;
    }
    if (check_kind(to, value, err) < 0)
        return -1;
    if (to->type == TOASTY_TYPE_ENUM) {
        const char *label = label_of(to, value, err);
        if (!label)
            return -1;
        add(parameters, type, TEXT_FORMAT, label, strlen(label));
    } else if (wire_types[to->type].size) {
        char bytes[16];
        size_t start = parameters->bytes.length;
        if (put_fixed(to, bytes, value, err) < 0)
            return -1;
        toasty__buffer_add(&parameters->bytes, bytes, wire_types[to->type].size);
        add_bytes(parameters, type, BINARY_FORMAT, start);
    } else if (value->len > INT_MAX)
        return refuse(to, "more than 2 GiB", err);
    else /* text and bytes; no bytes at all may have no address, which would be NULL */
        add(parameters, type, own_text ? TEXT_FORMAT : BINARY_FORMAT, value->len ? value->as.bytes : "",
            value->len);
    return 0;
}

/* --- arrays
 * -----------------------------------------------------------------------------------------------------------
 */

/* The items of an array: of a list, or a column of rows. */
typedef struct items {
    const toasty_value *list; /* NULL: rows */
    const toasty_value *rows; /* the first one's cell */
    size_t stride, count;
} items;

static toasty_value item_at(const items *items, size_t i)
{
    return items->list ? toasty__list_item(items->list, i) : items->rows[i * items->stride];
}

/* {"low",NULL,"it's \"high\""} */
static int encode_labels(pg_parameters *parameters, const target *to, const items *items, toasty_error *err)
{
    toasty__buffer *out = &parameters->bytes;
    size_t start = out->length;
    toasty__buffer_char(out, '{');
    for (size_t i = 0; i < items->count; i++) {
        toasty_value item = item_at(items, i);
        toasty__buffer_text(out, i ? "," : "");
        if (item.kind == TOASTY_VALUE_NULL) {
            toasty__buffer_text(out, "NULL");
            continue;
        }
        const char *label = check_kind(to, &item, err) < 0 ? NULL : label_of(to, &item, err);
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
    add_bytes(parameters, 0, TEXT_FORMAT, start);
    return 0;
}

static void put_number(toasty__buffer *out, int32_t number)
{
    char bytes[4];
    pg_put32(bytes, number);
    toasty__buffer_add(out, bytes, sizeof bytes);
}

/* Its length and its bytes; NULL is the length -1. */
static int encode_item(toasty__buffer *out, const target *to, const toasty_value *item, toasty_error *err)
{
    size_t size = wire_types[to->type].size;
    if (item->kind == TOASTY_VALUE_NULL) {
        put_number(out, -1);
        return 0;
    }
    if (check_kind(to, item, err) < 0)
        return -1;
    if (size) {
        char bytes[16];
        if (put_fixed(to, bytes, item, err) < 0)
            return -1;
        put_number(out, (int32_t)size);
        toasty__buffer_add(out, bytes, size);
    } else {
        if (item->len > INT_MAX)
            return refuse(to, "more than 2 GiB", err);
        put_number(out, (int32_t)item->len);
        toasty__buffer_add(out, item->as.bytes, item->len);
    }
    return 0;
}

static int encode_array(pg_parameters *parameters, const target *to, const items *items, toasty_error *err)
{
    toasty__buffer *out = &parameters->bytes;
    size_t start = out->length;
    if (to->type == TOASTY_TYPE_ENUM)
        return encode_labels(parameters, to, items, err);
    put_number(out, items->count ? 1 : 0); /* dimensions */
    put_number(out, 1);                    /* there may be NULLs */
    put_number(out, (int32_t)wire_types[to->type].scalar);
    if (items->count) {
        put_number(out, (int32_t)items->count);
        put_number(out, 1); /* the first index */
    }
    for (size_t i = 0; i < items->count; i++) {
        toasty_value item = item_at(items, i);
        if (encode_item(out, to, &item, err) < 0)
            return -1;
    }
    if (out->length - start > INT_MAX)
        return refuse(to, "a list of more than 2 GiB", err);
    add_bytes(parameters, wire_types[to->type].array, BINARY_FORMAT, start);
    return 0;
}

/* --- operations
 * ------------------------------------------------------------------------------------------------------- */

static target target_of(const toasty_statement *statement, size_t i)
{
    const toasty_parameter *parameter = &statement->parameters[i];
    return (target){statement, parameter->field, i + 1,
                    parameter->field ? parameter->field->type : parameter->type};
}

static int encode_parameter(pg_parameters *parameters, const toasty_operation *operation, size_t i,
                            toasty_error *err)
{
    const toasty_statement *statement = operation->statement;
    const toasty_value *value = &operation->values[i];
    target to = target_of(statement, i);
    if (statement->bulk_columns)
        return encode_array(
            parameters, &to,
            &(items){.rows = value, .stride = statement->bulk_columns, .count = operation->row_count}, err);
    if (!statement->parameters[i].list)
        return encode_scalar(parameters, &to, value, err);
    if (value->kind != TOASTY_VALUE_LIST)
        return refuse(&to, "no list", err);
    return encode_array(parameters, &to, &(items){.list = value, .count = value->len}, err);
}

size_t toasty__pg_parameter_count(const toasty_operation *operation)
{
    if (operation->kind != TOASTY_OPERATION_SQL)
        return 0;
    return operation->statement->bulk_columns ? operation->statement->bulk_columns
                                              : operation->statement->parameter_count;
}

int toasty__pg_encode_job(pg_parameters *parameters, const toasty_job *job, uint32_t first, uint32_t *failed,
                          toasty_error *err)
{
    parameters->count = 0;
    toasty__buffer_clear(&parameters->bytes);
    for (uint32_t i = first; i < job->count; i++) {
        size_t count = toasty__pg_parameter_count(&job->operations[i]);
        *failed = i;
        if (count > UINT16_MAX)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                                "a statement with %zu parameters; the database takes 65535 at most", count);
        if (reserve(parameters, count ? count : 1) < 0) /* there are arrays, even when nothing is in them */
            return toasty__fail_memory(err);
        for (size_t k = 0; k < count; k++)
            if (encode_parameter(parameters, &job->operations[i], k, err) < 0)
                return -1;
    }
    if (parameters->bytes.failed)
        return toasty__fail_memory(err);
    for (size_t i = 0; i < parameters->count; i++)
        if (parameters->offsets[i] != PG_NOT_IN_BYTES)
            parameters->values[i] = parameters->bytes.bytes + parameters->offsets[i];
    return 0;
}
