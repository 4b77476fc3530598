/* The table of types: how many bytes a field of a C type has, and of which class its values are.
 *
 * Whoever treats types in groups asks for their class: the order of the list says nothing. */
#ifndef TOASTY_CORE_TYPES_H
#define TOASTY_CORE_TYPES_H

#include <toasty/schema.h>

/* labels: of an enum, whose C type may be smaller or larger than int; NULL: int. */
static inline size_t toasty__type_size(uint8_t type, const toasty_enum *labels)
{
    static const uint8_t sizes[] = {
#define TOASTY__SIZE(NAME, c_type, name, CLASS) sizeof(c_type),
        TOASTY_TYPES(TOASTY__SIZE)
#undef TOASTY__SIZE
    };
    return type == TOASTY_TYPE_ENUM && labels ? labels->size : sizes[type];
}

static inline toasty_type_class toasty__class_of(uint8_t type)
{
    static const uint8_t classes[] = {
#define TOASTY__CLASS(NAME, c_type, name, CLASS) TOASTY_CLASS_##CLASS,
        TOASTY_TYPES(TOASTY__CLASS)
#undef TOASTY__CLASS
    };
    return (toasty_type_class)classes[type];
}

/* The type of a value that nothing but its kind is known of: of a placeholder of the user's own statement. */
static inline uint8_t toasty__type_of_kind(uint8_t kind)
{
    static const uint8_t types[] = {
        [TOASTY_VALUE_NULL] = TOASTY_TYPE_TEXT,    [TOASTY_VALUE_INT] = TOASTY_TYPE_I64,
        [TOASTY_VALUE_UINT] = TOASTY_TYPE_U64,     [TOASTY_VALUE_FLOAT] = TOASTY_TYPE_F64,
        [TOASTY_VALUE_TEXT] = TOASTY_TYPE_TEXT,    [TOASTY_VALUE_BYTES] = TOASTY_TYPE_BYTES,
        [TOASTY_VALUE_UUID] = TOASTY_TYPE_UUID,    [TOASTY_VALUE_LIST] = TOASTY_TYPE_TEXT,
        [TOASTY_VALUE_INVALID] = TOASTY_TYPE_TEXT,
    };
    return types[kind];
}

/* A number in an integer field of that size; it fits. */
static inline void toasty__put_integer(void *at, size_t size, int64_t value)
{
    switch (size) {
    case 1:
        *(int8_t *)at = (int8_t)value;
        break;
    case 2:
        *(int16_t *)at = (int16_t)value;
        break;
    case 4:
        *(int32_t *)at = (int32_t)value;
        break;
    default:
        *(int64_t *)at = value;
    }
}

#endif
