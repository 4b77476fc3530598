/* What is said of a value that cannot be sent: one wording for the engine, which sees a call's values first,
 * and for drivers, which see what a column cannot hold. A message names the field and never the value. */
#ifndef TOASTY_CORE_REFUSAL_H
#define TOASTY_CORE_REFUSAL_H

#include <stddef.h>
#include <toasty/error.h>

/* `why` where more than one place says it. */
#define TOASTY__NOT_OF_ITS_ENUM "not a value of its enum"
#define TOASTY__NOT_A_NUMBER "not a number (NaN)" /* as codegen.h has it */
#define TOASTY__TOO_LONG "longer than the database can hold"

/* "users.email: text that is not UTF-8", with table and field in err. Always -1, invalid_value. table: in the
 * database; may be NULL or "". */
int toasty__refuse_value(const char *table, const char *field, const char *why, toasty_error *err)
    __attribute__((cold));
/* "value 2 of the statement: …", of a statement that the user wrote; counted from 1. */
int toasty__refuse_placeholder(size_t number, const char *why, toasty_error *err) __attribute__((cold));

#endif
