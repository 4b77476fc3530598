/* Values that stand in for others: where a value must not be told (a sensitive field's), and where there is
 * none yet, since a statement is looked at and not run.
 *
 * All fields of a type have the same one, so that a row which stands in for a parent's is that of its
 * children. It is one that the field can hold, and never NULL. */
#ifndef TOASTY_CORE_STAND_IN_H
#define TOASTY_CORE_STAND_IN_H

#include "base/arena.h"
#include <toasty/driver/driver.h>

toasty_value toasty__stand_in(const toasty_field *field);
/* A list of one of them, as `list` is one. False when out of memory. */
bool toasty__stand_in_list(const toasty_field *field, const toasty_value *list, toasty__arena *arena,
                           toasty_value *out);
/* As many rows as the sink has room for, and at least one. False when out of memory. */
bool toasty__stand_in_rows(toasty_sink *sink);

#endif
