/* Errors: filling one, and what the public side reads of the current one.
 *
 * Text that does not fit is cut at a code point; a message is one line whatever a server put into it. */
#include "error.h"

#include "context.h"
#include "utf8.h"

#include <stdio.h>
#include <string.h>

void toasty__error_text(char *field, size_t size, const char *text)
{
    size_t length = text ? toasty__utf8_cut(text, size - 1) : 0;
    if (length)
        memmove(field, text, length);
    field[length] = '\0';
}

static void make_one_line(char *message)
{
    for (char *at = message; *at; at++)
        if ((unsigned char)*at < ' ')
            *at = ' ';
}

int toasty__vfail(toasty_error *err, toasty_code code, const char *format, va_list arguments)
{
    /* Formatted aside, since an argument may be a field of this error: "while opening: %s". One byte more
     * than the field holds shows the cut where a code point ends. */
    char text[sizeof err->message + 1];
    if (vsnprintf(text, sizeof text, format, arguments) < 0)
        text[0] = '\0';
    toasty__error_clear(err);
    err->details[0] = '\0';
    err->code = code;
    toasty__error_set(err, message, text);
    make_one_line(err->message);
    return -1;
}

void toasty__error_add(toasty_error *err, const char *format, ...)
{
    char text[sizeof err->message + 1]; /* as in toasty__vfail */
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    size_t end = strlen(err->message), room = sizeof err->message - end;
    if (length < 0 || (end && (size_t)length >= room))
        return;
    toasty__error_text(err->message + end, room, text);
    make_one_line(err->message + end);
}

int toasty__fail(toasty_error *err, toasty_code code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    toasty__vfail(err, code, format, arguments);
    va_end(arguments);
    return -1;
}

int toasty__fail_memory(toasty_error *err)
{
    return toasty__fail(err, TOASTY_OUT_OF_MEMORY, "out of memory");
}

const toasty_error *toasty_last_error(void)
{
    toasty_error *error = &toasty__context_current()->error;
    if (error->code == TOASTY_OK)
        error->details[0] = '\0';
    return error;
}

bool toasty_failed(void)
{
    return toasty_last_error()->code != TOASTY_OK;
}

const char *toasty_code_name(toasty_code code)
{
    switch (code) {
#define CODE_NAME(NAME, name, when)                                                                          \
    case TOASTY_##NAME:                                                                                      \
        return name;
        TOASTY_ERROR_CODES(CODE_NAME)
#undef CODE_NAME
    }
    return "unknown";
}
