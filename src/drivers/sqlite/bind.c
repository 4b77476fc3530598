/* Values into placeholders: in their own order, or where the statement says that they stand.
 *
 * Text and bytes are bound where they are: whoever submitted the job keeps them until it is done, and every
 * run of a statement binds all of its placeholders again. What a column can hold is decided in driver/encode.
 */
#include "drivers/sqlite/connection.h"

#include "base/error.h"
#include "base/time.h"
#include "core/decode.h"
#include "driver/encode.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

/* What is being bound: a statement of SQLite, and for messages ours. */
typedef struct binding {
    sqlite3_stmt *stmt;
    const toasty_statement *statement;
    toasty_error *err;
} binding;

/* What SQLite answered when it did not take a value. */
static int explain(const binding *to, const toasty__destination *of, int code)
{
    if (code == SQLITE_NOMEM)
        return toasty__fail_memory(to->err);
    if (code == SQLITE_TOOBIG)
        return toasty__encode_refuse(of, TOASTY__TOO_LONG, to->err);
    return toasty__fail(to->err, TOASTY_INVALID_STATEMENT, "a value cannot be bound: %s",
                        sqlite3_errmsg(sqlite3_db_handle(to->stmt)));
}

/* --- one value --- */

static void write_time(uint8_t type, int64_t value, char out[SQLITE_TIME_TEXT])
{
    struct toasty__civil civil;
    toasty__civil_of_us(type == TOASTY_TYPE_DATE ? value * INT64_C(86400000000) : value, &civil);
    if (type == TOASTY_TYPE_DATE)
        toasty__format_date(&civil, out);
    else if (type == TOASTY_TYPE_TIME)
        toasty__format_time(&civil, out);
    else
        toasty__format_datetime(&civil, out);
}

const char *toasty__sqlite_text_of(const toasty_field *field, uint8_t type, int64_t value,
                                   char written[SQLITE_TIME_TEXT])
{
    if (type == TOASTY_TYPE_ENUM && field)
        return toasty__enum_label(field->labels, value);
    if (!toasty__sqlite_is_time(type))
        return NULL;
    write_time(type, value, written);
    return written;
}

static int put_integer(const binding *to, int place, const toasty_field *field, uint8_t type, int64_t value)
{
    char written[SQLITE_TIME_TEXT];
    const char *text = toasty__sqlite_text_of(field, type, value, written);
    return text ? sqlite3_bind_text(to->stmt, place, text, -1,
                                    text == written ? SQLITE_TRANSIENT : SQLITE_STATIC)
                : sqlite3_bind_int64(to->stmt, place, value);
}

/* A checked value. */
static int put_value(const binding *to, int place, const toasty_field *field, uint8_t type,
                     const toasty_value *value)
{
    switch ((toasty_value_kind)value->kind) {
    case TOASTY_VALUE_INT:
        return put_integer(to, place, field, type, value->as.integer);
    case TOASTY_VALUE_FLOAT:
        return sqlite3_bind_double(to->stmt, place, value->as.real);
    case TOASTY_VALUE_TEXT:
        return sqlite3_bind_text64(to->stmt, place, value->as.text, value->len, SQLITE_STATIC, SQLITE_UTF8);
    case TOASTY_VALUE_BYTES:
        return sqlite3_bind_blob64(to->stmt, place, value->as.bytes, value->len, SQLITE_STATIC);
    case TOASTY_VALUE_UUID:
        return sqlite3_bind_blob(to->stmt, place, value->as.uuid, sizeof value->as.uuid, SQLITE_STATIC);
    default:
        return sqlite3_bind_null(to->stmt, place);
    }
}

/* What a value is for. Of a parameter that nothing describes its kind says the type. */
static toasty__destination destination_of(const binding *to, int place, const toasty_parameter *parameter,
                                          const toasty_value *value)
{
    toasty__destination of =
        toasty__destination_of(&toasty__sqlite_capability, to->statement, parameter, (size_t)place);
    if (!parameter)
        of.type = toasty__type_of_kind(value->kind);
    return of;
}

static int check(const binding *to, int place, const toasty_parameter *parameter, const toasty_value *value)
{
    toasty__destination of = destination_of(to, place, parameter, value);
    return toasty__encode_check_any(&of, value, to->err);
}

static int refuse_code(const binding *to, int place, const toasty_parameter *parameter,
                       const toasty_value *value, int code)
{
    toasty__destination of = destination_of(to, place, parameter, value);
    return explain(to, &of, code);
}

static int bind_value(const binding *to, int place, const toasty_parameter *parameter,
                      const toasty_value *value)
{
    const toasty_field *field = parameter ? parameter->field : NULL;
    uint8_t type = parameter ? parameter->type : toasty__type_of_kind(value->kind);
    if (!toasty__encode_is_plain(field, type, value) && check(to, place, parameter, value) < 0)
        return -1;
    int code = put_value(to, place, field, type, value);
    return code == SQLITE_OK ? 0 : refuse_code(to, place, parameter, value, code);
}

int toasty__sqlite_bind_value(sqlite3_stmt *stmt, int place, const toasty_parameter *parameter,
                              const toasty_value *value, const toasty_statement *statement, toasty_error *err)
{
    return bind_value(&(binding){stmt, statement, err}, place, parameter, value);
}

/* --- lists --- */

static int check_items(const binding *to, const toasty__destination *of, const toasty_value *list)
{
    for (uint32_t i = 0; i < list->len; i++) {
        toasty_value item = toasty__list_item(list, i);
        if (toasty__encode_check(of, &item, to->err) < 0)
            return -1;
    }
    return 0;
}

/* All of it as one parameter. */
static int bind_whole(const binding *to, int place, const toasty_parameter *parameter,
                      const toasty_value *list)
{
    toasty__destination of = destination_of(to, place, parameter, list);
    if (check_items(to, &of, list) < 0)
        return -1;
    int code = toasty__sqlite_bind_list(to->stmt, place, list, &of);
    return code == SQLITE_OK ? 0 : explain(to, &of, code);
}

/* A UUID of a list is a copy that does not stay; everything else points into the list. */
static int bind_item(const binding *to, int place, const toasty_parameter *parameter,
                     const toasty_value *list, size_t i)
{
    toasty_value item = toasty__list_item(list, i);
    if (item.kind != TOASTY_VALUE_UUID)
        return bind_value(to, place, parameter, &item);
    const toasty_uuid *uuids = list->as.list;
    toasty__destination of = destination_of(to, place, parameter, &item);
    int code = sqlite3_bind_blob(to->stmt, place, &uuids[i], sizeof *uuids, SQLITE_STATIC);
    return code == SQLITE_OK ? 0 : explain(to, &of, code);
}

static int bind_list(const binding *to, int *place, const toasty_parameter *parameter,
                     const toasty_value *list)
{
    if (list->kind != TOASTY_VALUE_LIST) {
        toasty__destination of = destination_of(to, *place, parameter, list);
        return toasty__encode_refuse(
            &of, list->kind == TOASTY_VALUE_INVALID ? list->as.text : "one value where a list is due",
            to->err);
    }
    if (!parameter->list_size)
        return bind_whole(to, (*place)++, parameter, list);
    if (!list->len || list->len > parameter->list_size)
        return toasty__fail(to->err, TOASTY_INVALID_STATEMENT, "a list of %u items for %u placeholders",
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

/* The rows of a bulk insert, of which no cell is a list, and what comes after them. */
static int bind_rows(const binding *to, int *place, const toasty_operation *operation)
{
    const toasty_parameter *columns = operation->statement->parameters;
    const toasty_value *value = operation->values, *end = value + operation->value_count;
    for (uint32_t row = 0; row < operation->row_count; row++)
        for (uint32_t i = 0; i < operation->statement->bulk_columns; i++)
            if (bind_value(to, (*place)++, &columns[i], value++) < 0)
                return -1;
    for (; value != end; value++)
        if (bind_value(to, (*place)++, parameter_of(operation, (uint32_t)(value - operation->values)),
                       value) < 0)
            return -1;
    return 0;
}

int toasty__sqlite_bind(sqlite3_stmt *stmt, const toasty_operation *operation, toasty_error *err)
{
    const binding to = {stmt, operation->statement, err};
    if (operation->statement->places)
        return bind_places(&to, operation);
    /* The engine's own statements are in order; what the user wrote is counted. */
    if (!operation->statement->model &&
        operation->value_count != (uint32_t)sqlite3_bind_parameter_count(stmt))
        return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                            "the statement has %d placeholders and is given %" PRIu32 " values",
                            sqlite3_bind_parameter_count(stmt), operation->value_count);
    int place = 1;
    return operation->statement->bulk_columns
               ? bind_rows(&to, &place, operation)
               : bind_row(&to, &place, operation->values, operation->value_count);
}
