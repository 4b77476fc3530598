/* The table of the operators of conditions. */
#ifndef TOASTY_CORE_OPERATORS_H
#define TOASTY_CORE_OPERATORS_H

#include <toasty/codegen.h>
#include <toasty/driver/capability.h>

typedef enum toasty__operator_class {
    TOASTY__OPERATOR_END,
    TOASTY__OPERATOR_COMPARISON,
    TOASTY__OPERATOR_JOIN,
    TOASTY__OPERATOR_CONSTANT,
    TOASTY__OPERATOR_THROUGH, /* where the model changes, and back */
    TOASTY__OPERATOR_QUANTIFIER
} toasty__operator_class;

typedef struct toasty__operator_row {
    const char *name;
    uint8_t class; /* toasty__operator_class */
    uint8_t operands;
    uint16_t capability; /* its offset in toasty_capability */
} toasty__operator_row;

/* A node keeps its operator in a byte. */
_Static_assert(TOASTY_OPERATOR_COUNT <= UINT8_MAX,
               "an operator fits in a node and in the shape of a request");

static inline const toasty__operator_row *toasty__operator_of(uint8_t op)
{
    static const toasty__operator_row rows[] = {
#define TOASTY__OPERATOR_ROW(NAME, name, CLASS, operands, capability)                                        \
    {name, TOASTY__OPERATOR_##CLASS, operands, offsetof(toasty_capability, capability)},
        TOASTY_OPERATORS(TOASTY__OPERATOR_ROW)
#undef TOASTY__OPERATOR_ROW
    };
    return &rows[op];
}

static inline bool toasty__can_compare(const toasty_capability *can, const toasty__operator_row *row)
{
    return *(const bool *)((const char *)can + row->capability);
}

#endif
