/* The table of types: how many bytes a field of a C type has, and of which class its values are.
 *
 * Whoever treats types in groups asks for their class: the order of the list says nothing. */
#ifndef TOASTY_CORE_TYPES_H
#define TOASTY_CORE_TYPES_H

#include <toasty/schema.h>

/* What integers hold that do not hold all that a value of kind INT can have. X(NAME, c_type, low, high) */
#define TOASTY__NARROW_INTEGERS(X)                                                                           \
    X(BOOL, bool, 0, 1)                                                                                      \
    X(I8, int8_t, INT8_MIN, INT8_MAX)                                                                        \
    X(I16, int16_t, INT16_MIN, INT16_MAX)                                                                    \
    X(I32, int32_t, INT32_MIN, INT32_MAX)                                                                    \
    X(U8, uint8_t, 0, UINT8_MAX)                                                                             \
    X(U16, uint16_t, 0, UINT16_MAX)                                                                          \
    X(U32, uint32_t, 0, UINT32_MAX)                                                                          \
    X(U64, uint64_t, 0, INT64_MAX)

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

/* The kind that a value of a type has; one beyond INT64_MAX is UINT. */
static inline toasty_value_kind toasty__value_kind_of(uint8_t type)
{
    static const uint8_t kinds[] = {
        [TOASTY_CLASS_BOOL] = TOASTY_VALUE_INT,   [TOASTY_CLASS_INTEGER] = TOASTY_VALUE_INT,
        [TOASTY_CLASS_REAL] = TOASTY_VALUE_FLOAT, [TOASTY_CLASS_ENUM] = TOASTY_VALUE_INT,
        [TOASTY_CLASS_TEXT] = TOASTY_VALUE_TEXT,  [TOASTY_CLASS_BYTES] = TOASTY_VALUE_BYTES,
        [TOASTY_CLASS_ID] = TOASTY_VALUE_UUID,    [TOASTY_CLASS_TIME] = TOASTY_VALUE_INT,
    };
    return (toasty_value_kind)kinds[toasty__class_of(type)];
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

/* What an integer of a type can be; of other types nothing. */
typedef struct toasty__integer_range {
    int64_t low;
    uint64_t high;
} toasty__integer_range;

static inline toasty__integer_range toasty__integer_range_of(uint8_t type)
{
    if (type == TOASTY_TYPE_U64) /* beyond what a value of kind INT can be there is kind UINT */
        return (toasty__integer_range){0, UINT64_MAX};
    switch (type) {
#define TOASTY__RANGE(NAME, c_type, low, high)                                                               \
    case TOASTY_TYPE_##NAME:                                                                                 \
        return (toasty__integer_range){low, high};
        TOASTY__NARROW_INTEGERS(TOASTY__RANGE)
        TOASTY__RANGE(I64, int64_t, INT64_MIN, INT64_MAX)
#undef TOASTY__RANGE
    default:
        return (toasty__integer_range){0, 0};
    }
}

/* Can be calculated with; labels: it is an enum. */
static inline bool toasty__is_number(uint8_t type, bool labels)
{
    toasty_type_class class = toasty__class_of(type);
    return (class == TOASTY_CLASS_INTEGER || class == TOASTY_CLASS_REAL) && !labels;
}

/* Has C a value of the type that nobody means, and that shows one which was not given? A NULL pointer, a nil
 * uuid, no date, the first moment of 1970. Zero is a number like others, and midnight a time of day. */
static inline bool toasty__shows_absence(uint8_t type)
{
    toasty_type_class class = toasty__class_of(type);
    return class == TOASTY_CLASS_TEXT || class == TOASTY_CLASS_BYTES || class == TOASTY_CLASS_ID ||
           (class == TOASTY_CLASS_TIME && type != TOASTY_TYPE_TIME);
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
