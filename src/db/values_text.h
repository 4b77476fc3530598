/* The values of an operation as text, for events of a handle that was opened with log_values. */
#ifndef TOASTY_DB_VALUES_TEXT_H
#define TOASTY_DB_VALUES_TEXT_H

#include <toasty/driver/driver.h>

/* "7, 'ann', NULL" in `room`; a text that is long is cut, and so is the whole, with an ellipsis. */
void toasty__values_text(const toasty_operation *operation, char *room, size_t size);

#endif
