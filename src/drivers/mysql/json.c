/* Lists as JSON. Numbers are numbers, times are text as the server writes them, bytes and UUIDs are
 * hexadecimal digits, which the statement turns back. */
#include "json.h"

#include "core/decode.h"
#include "core/types.h"
#include "wire.h"

static void add_hex(toasty__buffer *out, const uint8_t *bytes, size_t length)
{
    static const char digits[] = "0123456789ABCDEF";
    toasty__buffer_char(out, '"');
    for (size_t i = 0; i < length; i++) {
        toasty__buffer_char(out, digits[bytes[i] >> 4]);
        toasty__buffer_char(out, digits[bytes[i] & 15]);
    }
    toasty__buffer_char(out, '"');
}

static int add_time(toasty__buffer *out, const my_target *to, int64_t value, toasty_error *err)
{
    char text[TOASTY__DATETIME_TEXT + 1];
    struct toasty__civil civil;
    if (!toasty__my_civil_of(to->to.type, value, &civil))
        return toasty__encode_refuse(&to->to, "a time outside of the years 1 to 9999", err);
    if (to->to.type == TOASTY_TYPE_DATE)
        toasty__format_date(&civil, text);
    else if (to->to.type == TOASTY_TYPE_TIME)
        toasty__format_time(&civil, text);
    else
        toasty__format_datetime(&civil, text);
    toasty__buffer_json(out, text, strlen(text));
    return 0;
}

static int add_int(toasty__buffer *out, const my_target *to, const toasty_value *value, toasty_error *err)
{
    if (to->to.type == TOASTY_TYPE_ENUM) {
        const char *label = toasty__encode_label(&to->to, value->as.integer, err);
        if (label)
            toasty__buffer_json(out, label, strlen(label));
        return label ? 0 : -1;
    }
    if (toasty__class_of(to->to.type) == TOASTY_CLASS_TIME)
        return add_time(out, to, value->as.integer, err);
    toasty__buffer_integer(out, value->as.integer);
    return 0;
}

static int add_item(toasty__buffer *out, const my_target *to, const toasty_value *item, toasty_error *err)
{
    if (item->kind == TOASTY_VALUE_NULL) {
        toasty__buffer_text(out, "null");
        return 0;
    }
    if (toasty__my_check_value(to, item, err) < 0)
        return -1;
    switch ((toasty_value_kind)item->kind) {
    case TOASTY_VALUE_INT:
        return add_int(out, to, item, err);
    case TOASTY_VALUE_UINT:
        toasty__buffer_printf(out, "%llu", (unsigned long long)item->as.unsigned_integer);
        return 0;
    case TOASTY_VALUE_FLOAT:
        toasty__buffer_printf(out, "%.17g", item->as.real);
        return 0;
    case TOASTY_VALUE_TEXT:
        toasty__buffer_json(out, item->as.text, item->len);
        return 0;
    case TOASTY_VALUE_BYTES:
        add_hex(out, item->as.bytes, item->len);
        return 0;
    default: /* a UUID */
        add_hex(out, item->as.uuid, 16);
        return 0;
    }
}

int toasty__my_put_json(toasty__buffer *out, const my_target *to, const toasty_value *list, size_t start,
                        toasty_error *err)
{
    enum { LENGTH_SIZE = 9 };
    my_extend(out, LENGTH_SIZE); /* known in the end, and then as long as the longest */
    toasty__buffer_char(out, '[');
    for (uint32_t i = 0; i < list->len; i++) {
        toasty_value item = toasty__list_item(list, i);
        if (i)
            toasty__buffer_char(out, ',');
        if (add_item(out, to, &item, err) < 0)
            return -1;
    }
    toasty__buffer_char(out, ']');
    if (!out->failed) {
        out->bytes[start] = (char)0xfe;
        my_set64(out->bytes + start + 1, out->length - start - LENGTH_SIZE);
    }
    return 0;
}
