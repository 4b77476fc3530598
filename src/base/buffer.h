/* A growing byte string, for building SQL, keys and messages. Sticky: after a failed allocation every further
 * call does nothing and `failed` stays true, so that callers check once, at the end. Always NUL-terminated
 * when not failed. */
#ifndef TOASTY_BASE_BUFFER_H
#define TOASTY_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct toasty__buffer {
    char *bytes;
    size_t length, capacity;
    bool failed;
} toasty__buffer;

void toasty__buffer_init(toasty__buffer *buffer);
void toasty__buffer_done(toasty__buffer *buffer);
void toasty__buffer_clear(toasty__buffer *buffer); /* length 0, keeps the memory and clears `failed` */
int toasty__buffer_reserve(toasty__buffer *buffer, size_t extra);
void toasty__buffer_add(toasty__buffer *buffer, const void *bytes, size_t length);
void toasty__buffer_text(toasty__buffer *buffer, const char *text);
void toasty__buffer_char(toasty__buffer *buffer, char byte);
void toasty__buffer_integer(toasty__buffer *buffer, int64_t integer); /* decimal */
/* The first letter of a text as it stands in a string of JSON (RFC 8259 §7); what is no UTF-8 becomes U+FFFD.
 * Writes it with a NUL, and returns how many bytes of the text it is. */
enum { TOASTY__JSON_LETTER = 8 };
size_t toasty__json_letter(const char *text, size_t length, char out[TOASTY__JSON_LETTER]);
/* As a string of JSON, with its quotes. */
void toasty__buffer_json(toasty__buffer *buffer, const char *text, size_t length);
void toasty__buffer_printf(toasty__buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The text, which the caller frees with toasty__free; NULL when an allocation failed. Leaves the buffer
 * empty. */
char *toasty__buffer_take(toasty__buffer *buffer);

#endif
