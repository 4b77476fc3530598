/* Conditions on the values of one row, without a database: for stores that have no language of their own, and
 * for what a store cannot be asked.
 *
 * As SQL has it, a comparison with NULL is neither true nor false, and NOT leaves that as it is. A condition
 * is one of columns of the row's own table, parameters, and what the filters of key-value stores have: no
 * patterns, no functions, no selects. */
#ifndef TOASTY_CORE_EVALUATE_H
#define TOASTY_CORE_EVALUATE_H

#include "core/stmt.h"

/* The order of two values of a field: NULL first, numbers by value, text and bytes by their bytes, enums as
 * they were declared. Below zero, zero, or above. */
int toasty__compare_values(const toasty_field *field, const toasty_value *a, const toasty_value *b);

/* Ordered, so that AND is the least and OR the greatest. */
typedef enum toasty__truth { TOASTY__FALSE, TOASTY__UNKNOWN, TOASTY__TRUE } toasty__truth;

/* A row, and how a field of it is read. */
typedef struct toasty__row {
    const toasty_model *model;
    toasty_value (*value_of)(const struct toasty__row *row, uint16_t field);
    const void *data;
} toasty__row;

/* A row that is one value a field, and one that is a record of the model. */
toasty__row toasty__row_of_values(const toasty_model *model, const toasty_value *values);
toasty__row toasty__row_of_record(const toasty_model *model, const void *record);

enum { TOASTY__MOST_NESTED = 256 };

/* Can a condition be evaluated, within a stack that is bounded? -1: out of memory. */
int toasty__can_evaluate(const toasty__expr *condition);
/* parameters: a value, or a list, for each parameter. */
toasty__truth toasty__evaluate(const toasty__expr *condition, const toasty__row *row,
                               const toasty_value *parameters);

#endif
