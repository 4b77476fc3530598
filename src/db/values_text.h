/* The values of an operation as text, for events of a handle that was opened with log_values. */
#ifndef TOASTY_DB_VALUES_TEXT_H
#define TOASTY_DB_VALUES_TEXT_H

#include <toasty/driver/driver.h>

/* "7, 'ann', NULL" in `room`; a text that is long is cut, and so is the whole, with an ellipsis. */
void toasty__values_text(const toasty_operation *operation, char *room, size_t size);

/* What value i of an operation with a statement is for, or NULL; the rows of a bulk insert repeat the first
 * parameters, and others come after them. */
const toasty_parameter *toasty__value_parameter(const toasty_operation *operation, uint32_t i);

#endif
