/* Values as the store keeps them: owned copies. */
#ifndef TOASTY_KEYVALUE_VALUE_H
#define TOASTY_KEYVALUE_VALUE_H

#include <toasty/driver/driver.h>

/* A copy with text and bytes of its own; -1 when out of memory. */
int toasty__kv_value_copy(toasty_value *copy, const toasty_value *value);
void toasty__kv_value_free(toasty_value *value);

/* -1 with err (invalid_value) for a value that the store does not keep: text that is not UTF-8, an enum's
 * value without a label. */
int toasty__kv_check(const toasty_model *model, const toasty_field *field, const toasty_value *value,
                     toasty_error *err);

/* value + by, or value - by. NULL stays NULL. -1 with err (invalid_value) when the field cannot hold it. */
int toasty__kv_add(const toasty_model *model, const toasty_field *field, const toasty_value *value,
                   const toasty_value *by, bool subtract, toasty_value *out, toasty_error *err);

/* Hands a value to a row of an answer. */
int toasty__kv_value_store(const toasty_sink *sink, void *row, const toasty_field *field,
                           const toasty_value *value, toasty_error *err);

#endif
