/* Values of no meaning, one a type: see stand_in.h. */
#include "core/stand_in.h"

#include "core/access.h"
#include "core/decode.h"
#include "core/types.h"

toasty_value toasty__stand_in(const toasty_field *field)
{
    toasty_value value = {.kind = (uint8_t)toasty__value_kind_of(field->type)};
    if (field->labels)
        value.as.integer = field->labels->values[0];
    else if (value.kind == TOASTY_VALUE_INT)
        value.as.integer = 1;
    else if (value.kind == TOASTY_VALUE_FLOAT)
        value.as.real = 1;
    else if (value.kind == TOASTY_VALUE_TEXT)
        value.as.text = "";
    else if (value.kind == TOASTY_VALUE_BYTES)
        value.as.bytes = "";
    return value;
}

bool toasty__stand_in_list(const toasty_field *field, const toasty_value *list, toasty__arena *arena,
                           toasty_value *out)
{
    enum { LARGEST = 32 }; /* bytes of an item */
    toasty_value item = toasty__stand_in(field);
    void *items = toasty__arena_calloc(arena, 1, LARGEST);
    if (!items)
        return false;
    if (item.kind == TOASTY_VALUE_TEXT)
        *(const char **)items = item.as.text;
    else if (item.kind == TOASTY_VALUE_BYTES)
        *(toasty_bytes *)items = (toasty_bytes){item.as.bytes, 0};
    else if (field->labels)
        toasty__put_integer(items, field->labels->size, item.as.integer);
    *out = *list;
    out->len = 1;
    out->as.list = items;
    return true;
}

static bool add_row(toasty_sink *sink)
{
    void *row = toasty_sink_row(sink);
    for (uint16_t i = 0; row && i < sink->column_count; i++) {
        const toasty_field *field = sink->columns[i];
        toasty_value value;
        if (field == &toasty__no_field)
            continue;
        value = toasty__stand_in(field);
        toasty__put(sink->model, row, field, &value);
    }
    return row != NULL;
}

bool toasty__stand_in_rows(toasty_sink *sink)
{
    bool added = add_row(sink);
    /* More only where a record waits for each row: other storage grows. */
    while (added && sink->next != sink->end && !sink->expect)
        added = add_row(sink);
    return added;
}
