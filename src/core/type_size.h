/* How many bytes a field of a C type has. */
#ifndef TOASTY_CORE_TYPE_SIZE_H
#define TOASTY_CORE_TYPE_SIZE_H

#include <toasty/schema.h>

/* labels: of an enum, whose C type may be smaller or larger than int; NULL: int. */
static inline size_t toasty__type_size(uint8_t type, const toasty_enum *labels)
{
    static const uint8_t sizes[] = {
#define TOASTY__SIZE(NAME, c_type, name) sizeof(c_type),
        TOASTY_TYPES(TOASTY__SIZE)
#undef TOASTY__SIZE
    };
    return type == TOASTY_TYPE_ENUM && labels ? labels->size : sizes[type];
}

#endif
