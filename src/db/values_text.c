/* Values as text: see values_text.h. */
#include "db/values_text.h"

#include "base/time.h"
#include "core/decode.h"
#include "core/types.h"

#include <stdio.h>
#include <string.h>
#include <toasty/codegen.h>

enum { LONGEST_TEXT = 64 };
#define CUT "…"

typedef struct writer {
    char *at, *end; /* room for the ellipsis and a NUL stands behind `end` */
    bool full;
} writer;

/* All of it, or nothing more from now on. */
static void add(writer *w, const char *text, size_t length)
{
    if (w->full || length > (size_t)(w->end - w->at)) {
        w->full = true;
        return;
    }
    memcpy(w->at, text, length);
    w->at += length;
}

static void add_text(writer *w, const char *text)
{
    add(w, text, strlen(text));
}

static void add_quoted(writer *w, const char *text, size_t length)
{
    size_t shown = length < LONGEST_TEXT ? length : LONGEST_TEXT;
    while (shown < length && shown > 0 && (text[shown] & 0xC0) == 0x80) /* not inside of a character */
        shown--;
    add(w, "'", 1);
    for (size_t i = 0; i < shown; i++) {
        add(w, text + i, 1);
        if (text[i] == '\'')
            add(w, "'", 1);
    }
    add_text(w, shown < length ? CUT "'" : "'");
}

static void add_hex(writer *w, const uint8_t *bytes, size_t length)
{
    size_t shown = length < LONGEST_TEXT / 2 ? length : LONGEST_TEXT / 2;
    add(w, "x'", 2);
    for (size_t i = 0; i < shown; i++) {
        char digits[3];
        snprintf(digits, sizeof digits, "%02x", bytes[i]);
        add(w, digits, 2);
    }
    add_text(w, shown < length ? CUT "'" : "'");
}

/* Times are integers, whose type says what they count. */
static void add_integer(writer *w, uint8_t type, int64_t value)
{
    char text[TOASTY__DATETIME_TEXT + 3] = "'";
    struct toasty__civil civil = {.year = 1970, .month = 1, .day = 1};
    int64_t us = type == TOASTY_TYPE_DATE ? value * INT64_C(86400000000) : value;
    if (toasty__class_of(type) != TOASTY_CLASS_TIME || !toasty__civil_of_us(us, &civil)) {
        snprintf(text, sizeof text, "%lld", (long long)value);
        add_text(w, text);
        return;
    }
    if (type == TOASTY_TYPE_DATE)
        toasty__format_date(&civil, text + 1);
    else if (type == TOASTY_TYPE_TIME)
        toasty__format_time(&civil, text + 1);
    else
        toasty__format_datetime(&civil, text + 1);
    strcat(text, "'");
    add_text(w, text);
}

static void add_value(writer *w, const toasty_field *field, uint8_t type, const toasty_value *value)
{
    char text[64];
    const char *label = NULL;
    if (field && field->flags & TOASTY_FIELD_SENSITIVE) {
        add_text(w, "***"); /* not even whether there is one */
        return;
    }
    switch ((toasty_value_kind)value->kind) {
    case TOASTY_VALUE_NULL:
        add_text(w, "NULL");
        return;
    case TOASTY_VALUE_INT:
        if (field && field->type == TOASTY_TYPE_ENUM)
            label = toasty__enum_label(field->labels, value->as.integer);
        if (label)
            add_quoted(w, label, strlen(label));
        else
            add_integer(w, type, value->as.integer);
        return;
    case TOASTY_VALUE_UINT:
        snprintf(text, sizeof text, "%llu", (unsigned long long)value->as.unsigned_integer);
        add_text(w, text);
        return;
    case TOASTY_VALUE_FLOAT:
        snprintf(text, sizeof text, "%.17g", value->as.real);
        add_text(w, text);
        return;
    case TOASTY_VALUE_TEXT:
        add_quoted(w, value->as.text, value->len);
        return;
    case TOASTY_VALUE_BYTES:
        add_hex(w, value->as.bytes, value->len);
        return;
    case TOASTY_VALUE_UUID:
        add_hex(w, value->as.uuid, sizeof value->as.uuid);
        return;
    case TOASTY_VALUE_LIST:
        add(w, "(", 1);
        for (uint32_t i = 0; i < value->len && !w->full; i++) {
            toasty_value item = toasty__list_item(value, i);
            add(w, ", ", i ? 2 : 0);
            add_value(w, field, type, &item);
        }
        add(w, ")", 1);
        return;
    case TOASTY_VALUE_INVALID:
        add_text(w, "?");
        return;
    }
}

const toasty_parameter *toasty__value_parameter(const toasty_operation *operation, uint32_t i)
{
    const toasty_statement *statement = operation->statement;
    uint32_t columns = statement->bulk_columns, cells = columns * operation->row_count;
    uint32_t number = i < cells ? i % columns : i - cells + columns;
    return number < statement->parameter_count ? &statement->parameters[number] : NULL;
}

static void add_parameter(writer *w, const toasty_operation *operation, uint32_t i, const toasty_value *value)
{
    const toasty_parameter *parameter = toasty__value_parameter(operation, i);
    const toasty_field *field = parameter ? parameter->field : NULL;
    add_value(w, field, field ? field->type : parameter ? parameter->type : value->element, value);
}

/* How many values name the items of an operation of a store that only knows keys. */
static uint32_t key_values(const toasty_operation *operation)
{
    const toasty_index *index = operation->key.index ? operation->key.index : operation->model->indexes;
    switch (operation->kind) {
    case TOASTY_OPERATION_GET:
        return operation->key.key_count * index->field_count;
    case TOASTY_OPERATION_QUERY:
        return operation->key.key_count;
    case TOASTY_OPERATION_SCAN:
    case TOASTY_OPERATION_INSERT:
        return 0;
    default:
        return index->field_count;
    }
}

static void add_item(writer *w, const toasty_operation *operation)
{
    const toasty_model *model = operation->model;
    const toasty_index *index = operation->key.index ? operation->key.index : model->indexes;
    bool first = true;
    for (uint32_t i = 0; operation->key.values && i < key_values(operation); i++, first = false) {
        const toasty_field *field = &model->fields[index->fields[i % index->field_count]];
        add(w, ", ", first ? 0 : 2);
        add_value(w, field, field->type, &operation->key.values[i]);
    }
    for (uint32_t i = 0; operation->fields && i < operation->value_count; i++, first = false) {
        const toasty_field *field = &model->fields[operation->fields[i]];
        add(w, ", ", first ? 0 : 2);
        add_value(w, field, field->type, &operation->values[i]);
    }
}

void toasty__values_text(const toasty_operation *operation, char *room, size_t size)
{
    writer w = {room, room + size - sizeof CUT, false};
    if (operation->statement)
        for (uint32_t i = 0; i < operation->value_count && !w.full; i++) {
            add(&w, ", ", i ? 2 : 0);
            add_parameter(&w, operation, i, &operation->values[i]);
        }
    else if (operation->model)
        add_item(&w, operation);
    strcpy(w.at, w.full ? CUT : "");
}
