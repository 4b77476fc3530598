/* Values into placeholders: in their own order, or where the statement says that they stand.
 *
 * Text and bytes are bound where they are: whoever submitted the job keeps them until it is done, and every
 * run of a statement binds all of its placeholders anew. */
#include "drivers/sqlite/connection.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/time.h"
#include "base/utf8.h"
#include "core/decode.h"

#include <limits.h>
#include <math.h>
#include <string.h>

int toasty__sqlite_refuse(const toasty_statement *statement, const toasty_parameter *parameter,
                          const char *why, toasty_error *err)
{
    if (!parameter || !parameter->field)
        return toasty__fail(err, TOASTY_INVALID_VALUE, "a value of the statement is %s", why);
    toasty__fail(err, TOASTY_INVALID_VALUE, "the value for %s.%s is %s", statement->table,
                 parameter->field->name, why);
    toasty__error_set(err, table, statement->table);
    toasty__error_set(err, field, parameter->field->name);
    return -1;
}

bool toasty__sqlite_format_time(uint8_t type, int64_t value, char out[SQLITE_TIME_TEXT])
{
    struct toasty__civil civil;
    int64_t us = value;
    if (type == TOASTY_TYPE_DATE && __builtin_mul_overflow(value, INT64_C(86400000000), &us))
        return false;
    if (!toasty__civil_of_us(us, &civil))
        return false;
    if (type == TOASTY_TYPE_DATE)
        toasty__format_date(&civil, out);
    else if (type == TOASTY_TYPE_TIME)
        toasty__format_time(&civil, out);
    else
        toasty__format_datetime(&civil, out);
    return true;
}

/* What is being bound: a statement of SQLite, and for messages ours. */
typedef struct binding {
    sqlite3_stmt *stmt;
    const toasty_statement *statement;
    toasty_error *err;
} binding;

static int refuse(const binding *to, const toasty_parameter *parameter, const char *why)
{
    return toasty__sqlite_refuse(to->statement, parameter, why, to->err);
}

/* What SQLite answered when it did not take a value. */
static int explain(const binding *to, const toasty_parameter *parameter, int code)
{
    if (code == SQLITE_NOMEM)
        return toasty__fail_memory(to->err);
    if (code == SQLITE_TOOBIG)
        return refuse(to, parameter, "longer than SQLite keeps");
    return toasty__fail(to->err, TOASTY_INVALID_STATEMENT, "a value cannot be bound: %s",
                        sqlite3_errmsg(sqlite3_db_handle(to->stmt)));
}

static inline int check(const binding *to, const toasty_parameter *parameter, int code)
{
    return code == SQLITE_OK ? 0 : explain(to, parameter, code);
}

/* --- one value --- */

static int bind_label(const binding *to, int place, const toasty_parameter *parameter, int64_t value)
{
    const char *label = toasty__enum_label(parameter->field->labels, value);
    if (!label)
        return refuse(to, parameter, "none of the enum's");
    return check(to, parameter, sqlite3_bind_text(to->stmt, place, label, -1, SQLITE_STATIC));
}

static int bind_time(const binding *to, int place, const toasty_parameter *parameter, int64_t value)
{
    char text[SQLITE_TIME_TEXT];
    if (!toasty__sqlite_format_time(parameter->type, value, text))
        return refuse(to, parameter, "outside of the years 1 to 9999");
    return check(to, parameter, sqlite3_bind_text(to->stmt, place, text, -1, SQLITE_TRANSIENT));
}

static int bind_int(const binding *to, int place, const toasty_parameter *parameter, int64_t value)
{
    uint8_t type = parameter ? parameter->type : TOASTY_TYPE_I64;
    if (type == TOASTY_TYPE_ENUM && parameter->field)
        return bind_label(to, place, parameter, value);
    if (toasty__sqlite_is_time(type))
        return bind_time(to, place, parameter, value);
    return check(to, parameter, sqlite3_bind_int64(to->stmt, place, value));
}

static int bind_text(const binding *to, int place, const toasty_parameter *parameter,
                     const toasty_value *value)
{
    if (!toasty__utf8_plain(value->as.text, value->len)) {
        if (!toasty__utf8_valid(value->as.text, value->len))
            return refuse(to, parameter, "no valid UTF-8");
        if (memchr(value->as.text, 0, value->len))
            return refuse(to, parameter, "text with a NUL in it");
    }
    return check(
        to, parameter,
        sqlite3_bind_text64(to->stmt, place, value->as.text, value->len, SQLITE_STATIC, SQLITE_UTF8));
}

static int bind_bytes(const binding *to, int place, const toasty_parameter *parameter, const void *bytes,
                      size_t length)
{
    return check(to, parameter, sqlite3_bind_blob64(to->stmt, place, bytes, length, SQLITE_STATIC));
}

static int bind_value(const binding *to, int place, const toasty_parameter *parameter,
                      const toasty_value *value)
{
    switch ((toasty_value_kind)value->kind) {
    case TOASTY_VALUE_NULL:
        return check(to, parameter, sqlite3_bind_null(to->stmt, place));
    case TOASTY_VALUE_INT:
        return bind_int(to, place, parameter, value->as.integer);
    case TOASTY_VALUE_UINT:
        return refuse(to, parameter, "larger than 9223372036854775807, the largest integer here");
    case TOASTY_VALUE_FLOAT:
        if (isnan(value->as.real))
            return refuse(to, parameter, "not a number, which SQLite would keep as NULL");
        return check(to, parameter, sqlite3_bind_double(to->stmt, place, value->as.real));
    case TOASTY_VALUE_TEXT:
        return bind_text(to, place, parameter, value);
    case TOASTY_VALUE_BYTES:
        return bind_bytes(to, place, parameter, value->as.bytes, value->len);
    case TOASTY_VALUE_UUID:
        return bind_bytes(to, place, parameter, value->as.uuid, 16);
    case TOASTY_VALUE_LIST:
        return refuse(to, parameter, "a list");
    case TOASTY_VALUE_INVALID:
        break;
    }
    return refuse(to, parameter, value->as.text);
}

int toasty__sqlite_bind_value(sqlite3_stmt *stmt, int place, const toasty_parameter *parameter,
                              const toasty_value *value, const toasty_statement *statement, toasty_error *err)
{
    return bind_value(&(binding){stmt, statement, err}, place, parameter, value);
}

/* --- lists --- */

static int bind_json(const binding *to, int place, const toasty_parameter *parameter,
                     const toasty_value *list)
{
    size_t length;
    char *json = toasty__sqlite_json(list, parameter, to->statement, &length, to->err);
    if (!json)
        return -1;
    return check(to, parameter,
                 sqlite3_bind_text64(to->stmt, place, json, length, toasty__free, SQLITE_UTF8));
}

/* A UUID of a list is a copy that does not stay; everything else points into the list. */
static int bind_item(const binding *to, int place, const toasty_parameter *parameter,
                     const toasty_value *list, size_t i)
{
    toasty_value item = toasty__list_item(list, i);
    if (item.kind != TOASTY_VALUE_UUID)
        return bind_value(to, place, parameter, &item);
    const toasty_uuid *uuids = list->as.list;
    return bind_bytes(to, place, parameter, &uuids[i], 16);
}

static int bind_list(const binding *to, int *place, const toasty_parameter *parameter,
                     const toasty_value *list)
{
    if (list->kind != TOASTY_VALUE_LIST)
        return refuse(to, parameter, list->kind == TOASTY_VALUE_INVALID ? list->as.text : "no list");
    if (!parameter->list_size)
        return bind_json(to, (*place)++, parameter, list);
    if (!list->len || list->len > parameter->list_size)
        return toasty__fail(to->err, TOASTY_INVALID_STATEMENT, "a list of %u items has %u placeholders",
                            list->len, parameter->list_size);
    for (uint32_t i = 0; i < parameter->list_size; i++)
        if (bind_item(to, (*place)++, parameter, list, i < list->len ? i : list->len - 1) < 0)
            return -1;
    return 0;
}

/* --- all of them --- */

/* The values of one row of the statement; parameters beyond those that it describes are the user's own. */
static int bind_row(const binding *to, int *place, const toasty_value *values, uint32_t count)
{
    const toasty_statement *statement = to->statement;
    for (uint32_t i = 0; i < count; i++) {
        const toasty_parameter *parameter = i < statement->parameter_count ? &statement->parameters[i] : NULL;
        if ((parameter && parameter->list ? bind_list(to, place, parameter, &values[i])
                                          : bind_value(to, (*place)++, parameter, &values[i])) < 0)
            return -1;
    }
    return 0;
}

/* What a value of an operation is for: a cell of a bulk insert, or what comes after its rows. */
static const toasty_parameter *parameter_of(const toasty_operation *operation, uint32_t value)
{
    const toasty_statement *statement = operation->statement;
    uint32_t columns = statement->bulk_columns, cells = columns * operation->row_count;
    uint32_t parameter = value >= cells ? value - cells + columns : value % columns;
    return parameter < statement->parameter_count ? &statement->parameters[parameter] : NULL;
}

static int bind_place(const binding *to, int place, const toasty_parameter *parameter,
                      const toasty_value *value, uint32_t item)
{
    if (!parameter || !parameter->list)
        return bind_value(to, place, parameter, value);
    if (value->kind != TOASTY_VALUE_LIST || !value->len || !parameter->list_size)
        return bind_list(to, &place, parameter, value);
    return bind_item(to, place, parameter, value, item < value->len ? item : value->len - 1);
}

static int bind_places(const binding *to, const toasty_operation *operation)
{
    const toasty_statement *statement = operation->statement;
    for (uint32_t i = 0; i < statement->place_count; i++) {
        toasty_place at = statement->places[i];
        if (bind_place(to, (int)i + 1, parameter_of(operation, at.value), &operation->values[at.value],
                       at.item) < 0)
            return -1;
    }
    return 0;
}

/* The rows of a bulk insert, and what comes after them. */
static int bind_rows(const binding *to, int *place, const toasty_operation *operation)
{
    uint32_t columns = operation->statement->bulk_columns, cells = operation->row_count * columns;
    for (uint32_t cell = 0; cell < cells; cell += columns)
        if (bind_row(to, place, &operation->values[cell], columns) < 0)
            return -1;
    for (uint32_t i = cells; i < operation->value_count; i++)
        if (bind_value(to, (*place)++, parameter_of(operation, i), &operation->values[i]) < 0)
            return -1;
    return 0;
}

int toasty__sqlite_bind(sqlite3_stmt *stmt, const toasty_operation *operation, toasty_error *err)
{
    const binding to = {stmt, operation->statement, err};
    if (operation->statement->places)
        return bind_places(&to, operation);
    int place = 1;
    if (operation->statement->bulk_columns
            ? bind_rows(&to, &place, operation) < 0
            : bind_row(&to, &place, operation->values, operation->value_count) < 0)
        return -1;
    /* The engine's own statements are in order; what the user wrote is counted. */
    if (!operation->statement->model && place - 1 != sqlite3_bind_parameter_count(stmt))
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "the statement has %d placeholders, and %d values were given",
                            sqlite3_bind_parameter_count(stmt), place - 1);
    return 0;
}
