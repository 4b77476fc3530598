/* Filling an error: functions inside the library return a status and fill `toasty_error *err`, last
 * parameter, only on failure. err is never NULL. Allocates nothing. These functions are cold, so that the
 * compiler lays what leads to them aside and what always runs lies close together. */
#ifndef TOASTY_BASE_ERROR_H
#define TOASTY_BASE_ERROR_H

#include <stdarg.h>
#include <stddef.h>
#include <toasty/error.h>

/* Sets code and message and empties the other fields. Always returns -1, so that a caller can write
 * `return toasty__fail(err, TOASTY_INVALID_URL, "…")`. */
int toasty__fail(toasty_error *err, toasty_code code, const char *format, ...)
    __attribute__((cold, format(printf, 3, 4)));
int toasty__vfail(toasty_error *err, toasty_code code, const char *format, va_list arguments)
    __attribute__((cold, format(printf, 3, 0)));
int toasty__fail_memory(toasty_error *err) __attribute__((cold)); /* TOASTY_OUT_OF_MEMORY */

/* What every public call does first: code TOASTY_OK, every field empty. The details, which lie far from them,
 * are emptied when there is an error, and when somebody looks at one that is none. */
static inline void toasty__error_clear(toasty_error *err)
{
    err->code = TOASTY_OK;
    err->message[0] = err->server_code[0] = err->constraint[0] = err->table[0] = err->field[0] = '\0';
}

/* Appends to the message of an error; what does not fit is left out, whole. */
void toasty__error_add(toasty_error *err, const char *format, ...)
    __attribute__((cold, format(printf, 2, 3)));

/* Copies text into a fixed field of an error, cut on a UTF-8 boundary; NULL empties it. */
void toasty__error_text(char *field, size_t size, const char *text);
#define toasty__error_set(err, member, text) toasty__error_text((err)->member, sizeof(err)->member, (text))

#endif
