/* Values into the parameters of an execution: which are NULL, what they are, and then they, each as its type
 * has it.
 *
 * What a parameter is says its field, and not the value that it happens to have: the server would prepare the
 * statement anew whenever that changes. Whoever calls takes back what was written when a value cannot be
 * sent, so that its job fails and nothing else. Messages name the field, never its value. */
#include "mysql.h"

#include "base/error.h"
#include "base/time.h"
#include "core/decode.h"
#include "core/key_room.h"
#include "json.h"

#include <math.h>

/* What both servers hold is the same. */
extern const toasty_capability toasty__mysql_capability;

/* The server's numbers of what is sent. */
enum {
    SEND_FLOAT = 4,
    SEND_DOUBLE = 5,
    SEND_LONGLONG = 8,
    SEND_DATE = 10,
    SEND_TIME = 11,
    SEND_DATETIME = 12,
    SEND_BYTES = 252,
    SEND_TEXT = 253,
    SEND_UNSIGNED = 0x8000
};

/* How a C type travels. */
static const uint16_t wire_types[TOASTY_TYPE_COUNT] = {
    [TOASTY_TYPE_BOOL] = SEND_LONGLONG,     [TOASTY_TYPE_I8] = SEND_LONGLONG,
    [TOASTY_TYPE_I16] = SEND_LONGLONG,      [TOASTY_TYPE_I32] = SEND_LONGLONG,
    [TOASTY_TYPE_I64] = SEND_LONGLONG,      [TOASTY_TYPE_U8] = SEND_LONGLONG,
    [TOASTY_TYPE_U16] = SEND_LONGLONG,      [TOASTY_TYPE_U32] = SEND_LONGLONG,
    [TOASTY_TYPE_U64] = SEND_LONGLONG,      [TOASTY_TYPE_F32] = SEND_FLOAT,
    [TOASTY_TYPE_F64] = SEND_DOUBLE,        [TOASTY_TYPE_ENUM] = SEND_TEXT,
    [TOASTY_TYPE_TEXT] = SEND_TEXT,         [TOASTY_TYPE_BYTES] = SEND_BYTES,
    [TOASTY_TYPE_UUID] = SEND_BYTES,        [TOASTY_TYPE_TIMESTAMP] = SEND_DATETIME,
    [TOASTY_TYPE_DATE] = SEND_DATE,         [TOASTY_TYPE_TIME] = SEND_TIME,
    [TOASTY_TYPE_DATETIME] = SEND_DATETIME,
};

/* --- texts that the server would cut --- */

/* Lessens *length to the characters that a text has in an index of those fields, if it is one of them. */
static void lessen(const toasty_model *model, const toasty_index *index, const toasty_field *field,
                   size_t *length)
{
    toasty__key_room room = {toasty__mysql_capability.key_bytes, 0};
    bool is_in = false;
    for (size_t i = 0; i < index->field_count; i++) {
        const toasty_field *at = &model->fields[index->fields[i]];
        toasty__key_room_add(&room, at->type);
        is_in |= at == field;
    }
    size_t most = toasty__key_room_share(&room) / TOASTY__BYTES_OF_CHARACTER;
    if (is_in && most < *length)
        *length = most;
}

/* How many characters the column of a text has; SIZE_MAX: any. */
static size_t length_of_column(const toasty_model *model, const toasty_field *field)
{
    size_t length = SIZE_MAX;
    for (uint16_t i = 0; i < model->index_count; i++)
        lessen(model, &model->indexes[i], field, &length);
    return length;
}

static size_t characters(const toasty_value *text)
{
    size_t count = 0;
    for (uint32_t i = 0; i < text->len; i++)
        count += (text->as.text[i] & 0xc0) != 0x80;
    return count;
}

/* What is too long for its column is an error of the server's, unless all that is too much are spaces: those
 * it cuts off in silence. */
static int check_spaces(const my_target *to, const toasty_value *value, toasty_error *err)
{
    const toasty_statement *statement = to->statement;
    bool ends_in_space = value->len && value->as.text[value->len - 1] == ' ';
    bool is_stored = statement->writes && statement->operation && strcmp(statement->operation, "DELETE") != 0;
    if (!ends_in_space || !is_stored || !to->to.field || !statement->model)
        return 0;
    if (characters(value) <= length_of_column(statement->model, to->to.field))
        return 0;
    return toasty__encode_refuse(&to->to, "a text too long for its column", err);
}

int toasty__my_check_value(const my_target *to, const toasty_value *value, toasty_error *err)
{
    if (toasty__encode_check(&to->to, value, err) < 0)
        return -1;
    if (value->kind == TOASTY_VALUE_FLOAT && !isfinite(value->as.real) && !to->to.can->infinity)
        return toasty__encode_refuse(&to->to, "infinite, which the database cannot hold", err);
    return value->kind == TOASTY_VALUE_TEXT ? check_spaces(to, value, err) : 0;
}

bool toasty__my_civil_of(uint8_t type, int64_t value, struct toasty__civil *civil)
{
    int64_t us = value;
    if (type == TOASTY_TYPE_DATE && __builtin_mul_overflow(value, INT64_C(86400000000), &us))
        return false;
    return toasty__civil_of_us(us, civil);
}

/* --- one value --- */

static void put_real(toasty__buffer *out, const my_target *to, double value)
{
    float single = (float)value;
    uint32_t bits;
    uint64_t wide;
    memcpy(&bits, &single, sizeof bits);
    memcpy(&wide, &value, sizeof wide);
    if (to->to.type == TOASTY_TYPE_F32)
        my_put32(out, bits);
    else
        my_put64(out, wide);
}

static void put_clock(toasty__buffer *out, const struct toasty__civil *civil)
{
    my_put8(out, (uint8_t)civil->hour);
    my_put8(out, (uint8_t)civil->minute);
    my_put8(out, (uint8_t)civil->second);
    my_put32(out, (uint32_t)civil->microsecond);
}

enum { SIZE_OF_DATE = 4, SIZE_OF_DATETIME = 11, SIZE_OF_TIME = 12 };

/* Each behind the number of its bytes. */
static int put_time(toasty__buffer *out, const my_target *to, int64_t value, toasty_error *err)
{
    struct toasty__civil civil;
    if (!toasty__my_civil_of(to->to.type, value, &civil))
        return toasty__encode_refuse(&to->to, "a time outside of the years 1 to 9999", err);
    bool time = to->to.type == TOASTY_TYPE_TIME, date = to->to.type == TOASTY_TYPE_DATE;
    my_put8(out, time ? SIZE_OF_TIME : date ? SIZE_OF_DATE : SIZE_OF_DATETIME);
    if (time) {
        my_put8(out, 0);  /* not negative */
        my_put32(out, 0); /* days */
    } else {
        my_put16(out, (uint16_t)civil.year);
        my_put8(out, (uint8_t)civil.month);
        my_put8(out, (uint8_t)civil.day);
    }
    if (!date)
        put_clock(out, &civil);
    return 0;
}

static int put_int(toasty__buffer *out, const my_target *to, const toasty_value *value, toasty_error *err)
{
    if (to->to.type == TOASTY_TYPE_ENUM) {
        const char *label = toasty__encode_label(&to->to, value->as.integer, err);
        if (label)
            my_put_counted(out, label, strlen(label));
        return label ? 0 : -1;
    }
    if (wire_types[to->to.type] != SEND_LONGLONG)
        return put_time(out, to, value->as.integer, err);
    my_put64(out, value->as.unsigned_integer);
    return 0;
}

static int put_value(toasty__buffer *out, const my_target *to, const toasty_value *value, toasty_error *err)
{
    if (toasty__my_check_value(to, value, err) < 0)
        return -1;
    switch ((toasty_value_kind)value->kind) {
    case TOASTY_VALUE_FLOAT:
        put_real(out, to, value->as.real);
        return 0;
    case TOASTY_VALUE_TEXT:
    case TOASTY_VALUE_BYTES:
        my_put_counted(out, value->as.bytes, value->len);
        return 0;
    case TOASTY_VALUE_UUID:
        my_put_counted(out, value->as.uuid, 16);
        return 0;
    default:
        return put_int(out, to, value, err);
    }
}

/* --- the placeholders of one value --- */

/* The parameters of an execution in the making. */
typedef struct execution {
    toasty__buffer *out;
    const toasty_operation *operation;
    size_t nulls, types; /* where they lie in `out` */
    size_t number;       /* of placeholders that are done */
    my_target to;        /* what the value is for that is looked at */
    toasty_error *err;
} execution;

/* Looks at a value. parameter: NULL where nothing describes it. */
static const toasty_value *look_at(execution *e, const toasty_parameter *parameter, size_t number)
{
    const toasty_statement *statement = e->operation->statement;
    e->to = (my_target){toasty__destination_of(&toasty__mysql_capability, statement, parameter, number + 1),
                        statement, parameter ? parameter->list_size : 0, parameter && parameter->list};
    return &e->operation->values[number];
}

static uint16_t type_of(const my_target *to, const toasty_value *value)
{
    bool negative = value->kind == TOASTY_VALUE_INT && value->as.integer < 0;
    bool is_large = value->kind == TOASTY_VALUE_UINT;
    uint16_t type = wire_types[to->to.type];
    return (to->to.type == TOASTY_TYPE_U64 && !negative) || is_large ? type | SEND_UNSIGNED : type;
}

static int encode(execution *e, const toasty_value *value)
{
    size_t i = e->number++;
    if (!e->out->failed) {
        my_set16(e->out->bytes + e->types + 2 * i, type_of(&e->to, value));
        if (value->kind == TOASTY_VALUE_NULL)
            e->out->bytes[e->nulls + i / 8] |= (char)(1 << i % 8);
    }
    return value->kind == TOASTY_VALUE_NULL ? 0 : put_value(e->out, &e->to, value, e->err);
}

static int encode_json(execution *e, const toasty_value *list)
{
    size_t i = e->number++, start = e->out->length;
    if (!e->out->failed)
        my_set16(e->out->bytes + e->types + 2 * i, SEND_TEXT);
    return toasty__my_put_json(e->out, &e->to, list, start, e->err);
}

static int encode_item(execution *e, const toasty_value *list, uint32_t item)
{
    toasty_value value = toasty__list_item(list, item < list->len ? item : list->len - 1);
    return encode(e, &value);
}

static int check_list(const my_target *to, const toasty_value *list, toasty_error *err)
{
    if (list->kind != TOASTY_VALUE_LIST)
        return toasty__encode_refuse(&to->to, list->kind == TOASTY_VALUE_INVALID ? list->as.text : "no list",
                                     err);
    if (to->list_size && (!list->len || list->len > to->list_size))
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "a list of %u items has %u placeholders",
                            list->len, to->list_size);
    return 0;
}

/* The placeholders of a list, from one item to another. */
static int encode_items(execution *e, const toasty_value *list, uint32_t item, uint32_t end)
{
    if (check_list(&e->to, list, e->err) < 0)
        return -1;
    if (!e->to.list_size)
        return encode_json(e, list);
    for (; item < end; item++)
        if (encode_item(e, list, item) < 0)
            return -1;
    return 0;
}

/* All placeholders of a value. */
static int encode_value(execution *e, const toasty_parameter *parameter, size_t number)
{
    const toasty_value *value = look_at(e, parameter, number);
    return e->to.list ? encode_items(e, value, 0, e->to.list_size) : encode(e, value);
}

/* --- all of them --- */

/* Lists are no cells of a bulk insert: what describes those describes each row. */
size_t toasty__my_placeholder_count(const toasty_operation *operation)
{
    const toasty_statement *statement = operation->statement;
    if (statement->places)
        return statement->place_count;
    size_t count = operation->value_count;
    for (uint32_t i = 0; i < statement->parameter_count; i++)
        if (statement->parameters[i].list && statement->parameters[i].list_size)
            count += statement->parameters[i].list_size - 1;
    return count;
}

/* What describes a value: of a cell of a bulk insert, or of what comes after its rows. */
static const toasty_parameter *parameter_of(const toasty_operation *operation, size_t value)
{
    const toasty_statement *statement = operation->statement;
    size_t columns = statement->bulk_columns, cells = columns * operation->row_count;
    size_t number = !columns ? value : value >= cells ? value - cells + columns : value % columns;
    return number < statement->parameter_count ? &statement->parameters[number] : NULL;
}

static int encode_places(execution *e)
{
    const toasty_statement *statement = e->operation->statement;
    for (uint32_t i = 0; i < statement->place_count; i++) {
        toasty_place at = statement->places[i];
        const toasty_value *value = look_at(e, parameter_of(e->operation, at.value), at.value);
        if ((e->to.list ? encode_items(e, value, at.item, at.item + 1) : encode(e, value)) < 0)
            return -1;
    }
    return 0;
}

static int encode_in_order(execution *e)
{
    const toasty_operation *operation = e->operation;
    const toasty_statement *statement = operation->statement;
    size_t i = 0;
    for (uint32_t row = 0; statement->bulk_columns && row < operation->row_count; row++)
        for (uint32_t column = 0; column < statement->bulk_columns; column++, i++)
            if (encode_value(e, &statement->parameters[column], i) < 0)
                return -1;
    for (; i < operation->value_count; i++)
        if (encode_value(e, parameter_of(operation, i), i) < 0)
            return -1;
    return 0;
}

int toasty__my_encode_values(toasty__buffer *out, const toasty_operation *operation, toasty_error *err)
{
    size_t count = toasty__my_placeholder_count(operation), nulls = (count + 7) / 8;
    execution e = {.out = out, .operation = operation, .nulls = out->length, .err = err};
    char *at = my_extend(out, nulls + 1 + 2 * count);
    if (!at)
        return 0;
    memset(at, 0, nulls);
    at[nulls] = 1; /* types follow */
    e.types = e.nulls + nulls + 1;
    return operation->statement->places ? encode_places(&e) : encode_in_order(&e);
}
