/* Checking a value before it is sent, the twin of core/decode: what one target refuses every target refuses,
 * with the same code and the same words.
 *
 * How a value that passed is written to the wire is the driver's business. Nothing here allocates. */
#ifndef TOASTY_DRIVER_ENCODE_H
#define TOASTY_DRIVER_ENCODE_H

#include "base/utf8.h"
#include "core/refusal.h"

#include <toasty/driver/driver.h>

/* What a value is for. */
typedef struct toasty__destination {
    const char *table;         /* in the database; NULL or "": unknown */
    const toasty_field *field; /* NULL: a placeholder of the user's own statement */
    uint32_t number;           /* of that placeholder, from 1 */
    uint8_t type;              /* toasty_type */
    const toasty_capability *can;
} toasty__destination;

static inline toasty__destination toasty__destination_of(const toasty_capability *can,
                                                         const toasty_statement *statement,
                                                         const toasty_parameter *parameter, size_t number)
{
    const toasty_field *field = parameter ? parameter->field : NULL;
    return (toasty__destination){.table = statement->table,
                                 .field = field,
                                 .number = (uint32_t)number,
                                 .type = field       ? field->type
                                         : parameter ? parameter->type
                                                     : TOASTY_TYPE_I64,
                                 .can = can};
}

/* Always -1, with the reason in err (invalid_value). */
int toasty__encode_refuse(const toasty__destination *to, const char *why, toasty_error *err)
    __attribute__((cold));

/* True of a value of which nothing has to be checked: NULL, plain text, a key of 64 bits, as most values are.
 * Says nothing about others. field: may be NULL. */
static inline bool toasty__encode_is_plain(const toasty_field *field, uint8_t type, const toasty_value *value)
{
    if (value->kind == TOASTY_VALUE_TEXT)
        return type == TOASTY_TYPE_TEXT && toasty__utf8_plain(value->as.text, value->len);
    if (value->kind == TOASTY_VALUE_INT)
        return (type == TOASTY_TYPE_I64 || (type == TOASTY_TYPE_U64 && value->as.integer >= 0)) &&
               !(field && field->labels);
    return value->kind == TOASTY_VALUE_NULL;
}

int toasty__encode_check_any(const toasty__destination *to, const toasty_value *value, toasty_error *err);
/* 0 when the column can hold the value: NULL, or one of the kind that its type has, within the range of that
 * type, with a label where it is an enum's, and as text valid UTF-8 without a NUL. Lists are checked item by
 * item. */
static inline int toasty__encode_check(const toasty__destination *to, const toasty_value *value,
                                       toasty_error *err)
{
    return toasty__encode_is_plain(to->field, to->type, value) ? 0 : toasty__encode_check_any(to, value, err);
}

/* What is wrong with a number that the field cannot hold; NULL of a field that holds none. */
const char *toasty__encode_fault(const toasty_field *field);

/* The label of an enum's value; NULL with err when it has none. */
const char *toasty__encode_label(const toasty__destination *to, int64_t value, toasty_error *err);

#endif
