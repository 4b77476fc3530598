/* The statement that the engine lowers a request to: over tables and columns, with parameters instead of
 * values.
 *
 * Nodes are tagged, live in an arena and are never changed after they were made. A statement speaks of one
 * table, and orders it through others at most: relations are other statements of the same plan. A column is
 * named by its field's index in the model. A parameter is named by its number in the statement; what it is
 * bound to, the plan knows. */
#ifndef TOASTY_CORE_STMT_H
#define TOASTY_CORE_STMT_H

#include <toasty/driver/driver.h>

/* X(NAME, "name") */
#define TOASTY__EXPRS(X)                                                                                     \
    X(COLUMN, "column")       /* field */                                                                    \
    X(PARAMETER, "parameter") /* parameter */                                                                \
    X(TRUE, "true")                                                                                          \
    X(FALSE, "false")                                                                                        \
    X(AND, "and") /* items */                                                                                \
    X(OR, "or")                                                                                              \
    X(NOT, "not") /* items[0] */                                                                             \
    X(EQ, "=")    /* items[0], items[1], and so on */                                                        \
    X(NE, "<>")   /* three-valued, as SQL has it */                                                          \
    X(LT, "<")                                                                                               \
    X(LE, "<=")                                                                                              \
    X(GT, ">")                                                                                               \
    X(GE, ">=")                                                                                              \
    X(IS_NULL, "is null") /* items[0] */                                                                     \
    X(IS_NOT_NULL, "is not null")                                                                            \
    X(IN, "in") /* items[0] column, items[1] list parameter */                                               \
    X(NOT_IN, "not in")                                                                                      \
    X(TUPLE_IN, "tuple in") /* columns, then as many list parameters of equal length: (a, b) in pairs */     \
    X(LIKE, "like")         /* escape \ */                                                                   \
    X(ILIKE, "ilike")                                                                                        \
    X(CONTAINS, "contains") /* items[0] has items[1] in it */                                                \
    X(ENDS_WITH, "ends with")                                                                                \
    X(ADD, "+")                                                                                              \
    X(SUBTRACT, "-")

typedef enum toasty__expr_tag {
#define TOASTY__EXPR_ENUM(NAME, name) TOASTY__EXPR_##NAME,
    TOASTY__EXPRS(TOASTY__EXPR_ENUM)
#undef TOASTY__EXPR_ENUM
} toasty__expr_tag;

typedef struct toasty__expr {
    uint8_t tag;        /* toasty__expr_tag */
    uint16_t field;     /* COLUMN */
    uint32_t parameter; /* PARAMETER */
    uint32_t count;
    struct toasty__expr *const *items;
} toasty__expr;

typedef struct toasty__order_term {
    uint16_t field; /* of the statement's model, or of the target of `through` */
    bool descending;
    bool nulls_turned; /* NULLs are last in ascending order, first in descending; else the other way round */
    const toasty_relation *through; /* a belongs_to of the model: its target is joined; NULL: none */
} toasty__order_term;

static inline bool toasty__nulls_come_first(toasty__order_term order)
{
    return order.descending == order.nulls_turned;
}

typedef struct toasty__assignment {
    uint16_t field;
    toasty__expr *value;
} toasty__assignment;

typedef enum toasty__stmt_tag {
    TOASTY__STMT_SELECT,
    TOASTY__STMT_INSERT,
    TOASTY__STMT_UPDATE,
    TOASTY__STMT_DELETE,
    TOASTY__STMT_DRAW /* so many keys (a parameter) of the sequence of the one column that comes back */
} toasty__stmt_tag;

/* What a select answers. */
typedef enum toasty__select_what {
    TOASTY__SELECT_COLUMNS,
    TOASTY__SELECT_COUNT, /* one integer */
    TOASTY__SELECT_EXISTS /* one integer, 0 or 1 */
} toasty__select_what;

#define TOASTY__NO_PARAMETER UINT32_MAX

typedef struct toasty__stmt {
    uint8_t tag; /* toasty__stmt_tag */
    const toasty_model *model;
    const toasty_parameter *parameters;
    uint32_t parameter_count;

    /* select: the columns; insert, update, delete: the columns that come back (none: only the count). */
    const uint16_t *columns;
    uint16_t column_count;
    toasty__expr *where; /* select, update, delete; NULL: all rows */

    struct {
        uint8_t what; /* toasty__select_what */
        const toasty__order_term *orders;
        uint16_t order_count;
        uint32_t limit, offset; /* parameters, or TOASTY__NO_PARAMETER */
        /* At most `each` (a parameter) rows of each group of equal `group` columns, in the order of the
         * statement. */
        const uint16_t *group;
        uint16_t group_count;
        uint32_t each;
    } select;
    struct {
        const uint16_t *fields; /* the columns that are given */
        uint16_t field_count;
        uint32_t row_count; /* 0: bulk_columns: one array parameter a field, any number of rows, and rows come
                               back in input order; else so many rows of parameters */
    } insert;
    struct {
        const toasty__assignment *assignments;
        uint16_t assignment_count;
    } update;
} toasty__stmt;

#endif
