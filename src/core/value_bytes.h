/* The bytes of a value, by which maps find it: two values of one field have the same bytes when they are
 * equal.
 *
 * For values that can be in a key, so not for numbers with a fraction. Bytes say nothing about the order. */
#ifndef TOASTY_CORE_VALUE_BYTES_H
#define TOASTY_CORE_VALUE_BYTES_H

#include <toasty/schema.h>

/* A value that points to its bytes: text, or bytes themselves. */
static inline bool toasty__value_points(const toasty_value *value)
{
    return value->kind == TOASTY_VALUE_TEXT || value->kind == TOASTY_VALUE_BYTES;
}

/* Never NULL; they lie in the value, or where it points. NULL has none. */
static inline const void *toasty__value_bytes(const toasty_value *value, size_t *length)
{
    if (toasty__value_points(value)) {
        *length = value->len;
        return value->len ? value->as.bytes : "";
    }
    *length = value->kind == TOASTY_VALUE_NULL   ? 0
              : value->kind == TOASTY_VALUE_UUID ? sizeof(value->as.uuid)
                                                 : sizeof(value->as.integer);
    return &value->as;
}

#endif
