/* Values into placeholders, in the order in which the dialect numbers them.
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

/* --- one value
 * ---------------------------------------------------------------------------------------------------- */

/* What binding answered, for values that may be too long. */
static int check(sqlite3_stmt *stmt, int code, const toasty_parameter *parameter,
                 const toasty_statement *statement, toasty_error *err)
{
    if (code == SQLITE_OK)
        return 0;
    if (code == SQLITE_NOMEM)
        return toasty__fail_memory(err);
    if (code == SQLITE_TOOBIG)
        return toasty__sqlite_refuse(statement, parameter, "longer than SQLite keeps", err);
    return toasty__fail(err, TOASTY_INVALID_STATEMENT, "a value cannot be bound: %s",
                        sqlite3_errmsg(sqlite3_db_handle(stmt)));
}

static int bind_int(sqlite3_stmt *stmt, int place, const toasty_parameter *parameter, int64_t value,
                    const toasty_statement *statement, toasty_error *err)
{
    uint8_t type = parameter ? parameter->type : TOASTY_TYPE_I64;
    if (type == TOASTY_TYPE_ENUM && parameter->field) {
        const char *label = toasty__enum_label(parameter->field->labels, value);
        if (!label)
            return toasty__sqlite_refuse(statement, parameter, "none of the enum's", err);
        return check(stmt, sqlite3_bind_text(stmt, place, label, -1, SQLITE_STATIC), parameter, statement,
                     err);
    }
    if (toasty__sqlite_is_time(type)) {
        char text[SQLITE_TIME_TEXT];
        if (!toasty__sqlite_format_time(type, value, text))
            return toasty__sqlite_refuse(statement, parameter, "outside of the years 1 to 9999", err);
        return check(stmt, sqlite3_bind_text(stmt, place, text, -1, SQLITE_TRANSIENT), parameter, statement,
                     err);
    }
    return check(stmt, sqlite3_bind_int64(stmt, place, value), parameter, statement, err);
}

static int bind_text(sqlite3_stmt *stmt, int place, const toasty_parameter *parameter,
                     const toasty_value *value, const toasty_statement *statement, toasty_error *err)
{
    if (!toasty__utf8_plain(value->as.text, value->len)) {
        if (!toasty__utf8_valid(value->as.text, value->len))
            return toasty__sqlite_refuse(statement, parameter, "no valid UTF-8", err);
        if (memchr(value->as.text, 0, value->len))
            return toasty__sqlite_refuse(statement, parameter, "text with a NUL in it", err);
    }
    return check(stmt,
                 sqlite3_bind_text64(stmt, place, value->as.text, value->len, SQLITE_STATIC, SQLITE_UTF8),
                 parameter, statement, err);
}

int toasty__sqlite_bind_value(sqlite3_stmt *stmt, int place, const toasty_parameter *parameter,
                              const toasty_value *value, const toasty_statement *statement, toasty_error *err)
{
    switch ((toasty_value_kind)value->kind) {
    case TOASTY_VALUE_NULL:
        return check(stmt, sqlite3_bind_null(stmt, place), parameter, statement, err);
    case TOASTY_VALUE_INT:
        return bind_int(stmt, place, parameter, value->as.integer, statement, err);
    case TOASTY_VALUE_UINT:
        return toasty__sqlite_refuse(statement, parameter,
                                     "larger than 9223372036854775807, the largest integer here", err);
    case TOASTY_VALUE_FLOAT:
        if (isnan(value->as.real))
            return toasty__sqlite_refuse(statement, parameter,
                                         "not a number, which SQLite would keep as NULL", err);
        return check(stmt, sqlite3_bind_double(stmt, place, value->as.real), parameter, statement, err);
    case TOASTY_VALUE_TEXT:
        return bind_text(stmt, place, parameter, value, statement, err);
    case TOASTY_VALUE_BYTES:
        return check(stmt, sqlite3_bind_blob64(stmt, place, value->as.bytes, value->len, SQLITE_STATIC),
                     parameter, statement, err);
    case TOASTY_VALUE_UUID:
        return check(stmt, sqlite3_bind_blob64(stmt, place, value->as.uuid, 16, SQLITE_STATIC), parameter,
                     statement, err);
    case TOASTY_VALUE_LIST:
        return toasty__sqlite_refuse(statement, parameter, "a list", err);
    case TOASTY_VALUE_INVALID:
        break;
    }
    return toasty__sqlite_refuse(statement, parameter, value->as.text, err);
}

/* --- lists
 * --------------------------------------------------------------------------------------------------------------
 */

static int bind_json(sqlite3_stmt *stmt, int place, const toasty_parameter *parameter,
                     const toasty_value *list, const toasty_statement *statement, toasty_error *err)
{
    size_t length;
    char *json = toasty__sqlite_json(list, parameter, statement, &length, err);
    if (!json)
        return -1;
    return check(stmt, sqlite3_bind_text64(stmt, place, json, length, toasty__free, SQLITE_UTF8), parameter,
                 statement, err);
}

/* A UUID of a list is a copy that does not stay; everything else points into the list. */
static int bind_item(sqlite3_stmt *stmt, int place, const toasty_parameter *parameter,
                     const toasty_value *list, size_t i, const toasty_statement *statement, toasty_error *err)
{
    toasty_value item = toasty__list_item(list, i);
    if (item.kind != TOASTY_VALUE_UUID)
        return toasty__sqlite_bind_value(stmt, place, parameter, &item, statement, err);
    const toasty_uuid *uuids = list->as.list;
    return check(stmt, sqlite3_bind_blob64(stmt, place, &uuids[i], 16, SQLITE_STATIC), parameter, statement,
                 err);
}

static int bind_list(sqlite3_stmt *stmt, int *place, const toasty_parameter *parameter,
                     const toasty_value *list, const toasty_statement *statement, toasty_error *err)
{
    if (list->kind != TOASTY_VALUE_LIST)
        return toasty__sqlite_refuse(statement, parameter,
                                     list->kind == TOASTY_VALUE_INVALID ? list->as.text : "no list", err);
    if (!parameter->list_size)
        return bind_json(stmt, (*place)++, parameter, list, statement, err);
    if (!list->len || list->len > parameter->list_size)
        return toasty__fail(err, TOASTY_INVALID_STATEMENT, "a list of %u items has %u placeholders",
                            list->len, parameter->list_size);
    for (uint32_t i = 0; i < parameter->list_size; i++)
        if (bind_item(stmt, (*place)++, parameter, list, i < list->len ? i : list->len - 1, statement, err) <
            0)
            return -1;
    return 0;
}

/* --- all of them
 * ----------------------------------------------------------------------------------------------------------
 */

int toasty__sqlite_bind(sqlite3_stmt *stmt, const toasty_operation *operation, toasty_error *err)
{
    const toasty_statement *statement = operation->statement;
    uint32_t columns = statement->bulk_columns;
    uint32_t count = columns ? columns * operation->row_count : operation->value_count;
    int place = 1;
    for (uint32_t i = 0, column = 0; i < count; i++) {
        const toasty_parameter *parameter =
            column < statement->parameter_count ? &statement->parameters[column] : NULL;
        const toasty_value *value = &operation->values[i];
        int bound = parameter && parameter->list
                        ? bind_list(stmt, &place, parameter, value, statement, err)
                        : toasty__sqlite_bind_value(stmt, place++, parameter, value, statement, err);
        if (bound < 0)
            return -1;
        if (++column == columns)
            column = 0;
    }
    if (place - 1 != sqlite3_bind_parameter_count(stmt))
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "the statement has %d placeholders, and %d values were given",
                            sqlite3_bind_parameter_count(stmt), place - 1);
    return 0;
}
