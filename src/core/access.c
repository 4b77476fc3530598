/* Fields of records as values: see access.h. */
#include "core/access.h"
#include "core/decode.h"
#include "core/presence.h"
#include "core/types.h"
#include <string.h>
#include <toasty/codegen.h>

size_t toasty__field_size(const toasty_field *field)
{
    return toasty__type_size(field->type, field->labels);
}

toasty_value toasty__get(const toasty_model *model, const void *record, const toasty_field *field)
{
    if (!toasty__is_there(model, field, TOASTY__IN_RECORD, record))
        return (toasty_value){.kind = TOASTY_VALUE_NULL};
    return toasty__load(field, record, field->offset, field->set_offset);
}

toasty_value toasty__get_new(const toasty_model *model, const void *row, const toasty_field *field)
{
    if (field->new_offset == TOASTY_NO_OFFSET || !toasty__is_there(model, field, TOASTY__IN_NEW, row))
        return (toasty_value){.kind = TOASTY_VALUE_NULL};
    return toasty__load(field, row, field->new_offset, field->new_set_offset);
}

static void put_null(const toasty_model *model, char *record, const toasty_field *field)
{
    memset(record + field->offset, 0, toasty__field_size(field));
    toasty__mark_absent(model, record, field);
}

static void put_number(const toasty_model *model, char *record, const toasty_field *field,
                       const toasty_value *value)
{
    const toasty_sink sink = {.model = model};
    toasty_error ignored; /* as it fits */
    if (toasty__class_of(field->type) == TOASTY_CLASS_TIME)
        toasty__store_time(&sink, record, field, value->as.integer, &ignored);
    else
        toasty__store_real(&sink, record, field,
                           value->kind == TOASTY_VALUE_FLOAT ? value->as.real : (double)value->as.integer,
                           &ignored);
}

static bool is_integer(const toasty_field *field)
{
    toasty_type_class class = toasty__class_of(field->type);
    return class == TOASTY_CLASS_INTEGER || class == TOASTY_CLASS_BOOL || class == TOASTY_CLASS_ENUM;
}

void toasty__put(const toasty_model *model, void *record, const toasty_field *field,
                 const toasty_value *value)
{
    char *at = (char *)record + field->offset;
    switch ((toasty_value_kind)value->kind) {
    case TOASTY_VALUE_NULL:
        put_null(model, record, field);
        return;
    case TOASTY_VALUE_TEXT:
        *(const char **)at = value->as.text;
        break;
    case TOASTY_VALUE_BYTES:
        *(toasty_bytes *)at = (toasty_bytes){value->as.bytes, value->len};
        break;
    case TOASTY_VALUE_UUID:
        memcpy(at, value->as.uuid, sizeof(value->as.uuid));
        break;
    default:
        if (is_integer(field))
            toasty__put_integer(at, toasty__field_size(field), value->as.integer);
        else
            put_number(model, record, field, value);
    }
    toasty__mark_set(model, record, field);
}

void toasty__put_new(const toasty_model *model, void *row, const toasty_field *field,
                     const toasty_value *value)
{
    toasty_field there = *field;
    there.offset = field->new_offset;
    there.set_offset = field->new_set_offset;
    there.embed = TOASTY_NO_EMBED;
    toasty__put(model, row, &there, value);
    for (uint16_t embed = field->embed; embed != TOASTY_NO_EMBED; embed = model->embeds[embed].parent)
        *((bool *)row + model->embeds[embed].new_set_offset) = true;
}

const char *toasty__label(const toasty_field *field, int64_t value)
{
    return toasty__enum_label(field->labels, value);
}

bool toasty__label_from(const toasty_field *field, const char *text, void *out)
{
    const int64_t *value = text ? toasty__enum_value(field->labels, text, strlen(text)) : NULL;
    if (value)
        toasty__put_integer(out, field->labels->size, *value);
    return value;
}

const toasty_field *toasty__sequence_field(const toasty_model *model)
{
    for (uint16_t i = 0; i < model->field_count; i++)
        if (model->fields[i].on_create == TOASTY_SOURCE_SEQUENCE)
            return &model->fields[i];
    return NULL;
}
