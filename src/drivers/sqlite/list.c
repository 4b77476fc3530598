/* Lists as JSON: one parameter for any number of items.
 *
 * What JSON cannot hold (bytes, UUIDs) never comes here: such lists have placeholders. */
#include "drivers/sqlite/connection.h"

#include "base/buffer.h"
#include "base/error.h"
#include "base/utf8.h"
#include "core/decode.h"

#include <math.h>
#include <string.h>

static void add_text(toasty__buffer *out, const char *text, size_t length)
{
    toasty__buffer_char(out, '"');
    for (const char *end = text + length; text < end; text++) {
        if (*text == '"' || *text == '\\')
            toasty__buffer_char(out, '\\');
        if ((unsigned char)*text < ' ')
            toasty__buffer_printf(out, "\\u%04x", (unsigned)*text);
        else
            toasty__buffer_char(out, *text);
    }
    toasty__buffer_char(out, '"');
}

static int add_int(toasty__buffer *out, const toasty_parameter *parameter, int64_t value,
                   const toasty_statement *statement, toasty_error *err)
{
    char time[SQLITE_TIME_TEXT];
    if (parameter->type == TOASTY_TYPE_ENUM && parameter->field) {
        const char *label = toasty__enum_label(parameter->field->labels, value);
        if (!label)
            return toasty__sqlite_refuse(statement, parameter, "none of the enum's", err);
        add_text(out, label, strlen(label));
    } else if (toasty__sqlite_is_time(parameter->type)) {
        if (!toasty__sqlite_format_time(parameter->type, value, time))
            return toasty__sqlite_refuse(statement, parameter, "outside of the years 1 to 9999", err);
        add_text(out, time, strlen(time));
    } else
        toasty__buffer_integer(out, value);
    return 0;
}

static int add_item(toasty__buffer *out, const toasty_parameter *parameter, const toasty_value *item,
                    const toasty_statement *statement, toasty_error *err)
{
    switch ((toasty_value_kind)item->kind) {
    case TOASTY_VALUE_NULL:
        toasty__buffer_text(out, "null");
        return 0;
    case TOASTY_VALUE_INT:
        return add_int(out, parameter, item->as.integer, statement, err);
    case TOASTY_VALUE_FLOAT:
        if (isnan(item->as.real))
            return toasty__sqlite_refuse(statement, parameter, "not a number", err);
        /* Beyond the range of numbers: infinity, as SQLite reads it. */
        if (isinf(item->as.real))
            toasty__buffer_text(out, item->as.real < 0 ? "-9e999" : "9e999");
        else
            toasty__buffer_printf(out, "%.17g", item->as.real);
        return 0;
    case TOASTY_VALUE_TEXT:
        if (!toasty__utf8_valid(item->as.text, item->len))
            return toasty__sqlite_refuse(statement, parameter, "no valid UTF-8", err);
        add_text(out, item->as.text, item->len);
        return 0;
    case TOASTY_VALUE_UINT:
        return toasty__sqlite_refuse(statement, parameter,
                                     "larger than 9223372036854775807, the largest integer here", err);
    case TOASTY_VALUE_INVALID:
        return toasty__sqlite_refuse(statement, parameter, item->as.text, err);
    default:
        return toasty__sqlite_refuse(statement, parameter, "no value for JSON", err);
    }
}

char *toasty__sqlite_json(const toasty_value *list, const toasty_parameter *parameter,
                          const toasty_statement *statement, size_t *length, toasty_error *err)
{
    toasty__buffer out;
    toasty__buffer_init(&out);
    toasty__buffer_char(&out, '[');
    for (uint32_t i = 0; i < list->len; i++) {
        toasty_value item = toasty__list_item(list, i);
        if (i)
            toasty__buffer_char(&out, ',');
        if (add_item(&out, parameter, &item, statement, err) < 0) {
            toasty__buffer_done(&out);
            return NULL;
        }
    }
    toasty__buffer_char(&out, ']');
    *length = out.length;
    char *text = toasty__buffer_take(&out);
    if (!text)
        toasty__fail_memory(err);
    return text;
}
