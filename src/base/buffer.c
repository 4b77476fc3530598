/* The byte string. An empty buffer that never held anything points at a constant "", so that reading it needs
 * no test; capacity 0 says so, and nothing is written through it. */
#include "buffer.h"

#include "alloc.h"
#include "utf8.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_CAPACITY = 128 };

void toasty__buffer_init(toasty__buffer *buffer)
{
    *buffer = (toasty__buffer){.bytes = (char *)""};
}

void toasty__buffer_done(toasty__buffer *buffer)
{
    if (buffer->capacity)
        toasty__free(buffer->bytes);
    toasty__buffer_init(buffer);
}

void toasty__buffer_clear(toasty__buffer *buffer)
{
    buffer->length = 0;
    buffer->failed = false;
    if (buffer->capacity)
        buffer->bytes[0] = '\0';
}

int toasty__buffer_reserve(toasty__buffer *buffer, size_t extra)
{
    if (buffer->failed)
        return -1;
    if (extra < buffer->capacity - buffer->length) /* one more for the NUL */
        return 0;
    void *bytes = buffer->capacity ? buffer->bytes : NULL;
    size_t capacity = buffer->capacity;
    size_t needed = extra < SIZE_MAX - buffer->length ? buffer->length + extra + 1 : SIZE_MAX;
    if (needed < FIRST_CAPACITY)
        needed = FIRST_CAPACITY;
    if (needed == SIZE_MAX || toasty__grow(&bytes, &capacity, needed, 1) < 0) {
        buffer->failed = true;
        return -1;
    }
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    buffer->bytes[buffer->length] = '\0';
    return 0;
}

void toasty__buffer_add(toasty__buffer *buffer, const void *bytes, size_t length)
{
    if (!length || toasty__buffer_reserve(buffer, length) < 0)
        return;
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    buffer->bytes[buffer->length] = '\0';
}

void toasty__buffer_text(toasty__buffer *buffer, const char *text)
{
    toasty__buffer_add(buffer, text, strlen(text));
}

void toasty__buffer_char(toasty__buffer *buffer, char byte)
{
    toasty__buffer_add(buffer, &byte, 1);
}

void toasty__buffer_integer(toasty__buffer *buffer, int64_t integer)
{
    char digits[20], *at = digits + sizeof digits;
    uint64_t left = integer < 0 ? 0 - (uint64_t)integer : (uint64_t)integer;
    do
        *--at = (char)('0' + left % 10);
    while (left /= 10);
    if (integer < 0)
        *--at = '-';
    toasty__buffer_add(buffer, at, (size_t)(digits + sizeof digits - at));
}

size_t toasty__json_letter(const char *text, size_t length, char out[TOASTY__JSON_LETTER])
{
    unsigned char first = (unsigned char)*text;
    size_t size = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < ' ')
        snprintf(out, TOASTY__JSON_LETTER, "\\u%04x", first);
    else if (first == '"' || first == '\\')
        snprintf(out, TOASTY__JSON_LETTER, "\\%c", first);
    else if (size > length || !toasty__utf8_valid(text, size)) {
        snprintf(out, TOASTY__JSON_LETTER, "\\ufffd");
        return 1;
    } else
        snprintf(out, TOASTY__JSON_LETTER, "%.*s", (int)size, text);
    return size;
}

void toasty__buffer_json(toasty__buffer *buffer, const char *text, size_t length)
{
    toasty__buffer_char(buffer, '"');
    for (const char *end = text + length; text < end;) {
        char one[TOASTY__JSON_LETTER];
        text += toasty__json_letter(text, (size_t)(end - text), one);
        toasty__buffer_text(buffer, one);
    }
    toasty__buffer_char(buffer, '"');
}

void toasty__buffer_printf(toasty__buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    if (length < 0)
        buffer->failed = true;
    else if (length > 0 && toasty__buffer_reserve(buffer, (size_t)length) == 0) {
        vsnprintf(buffer->bytes + buffer->length, (size_t)length + 1, format, again);
        buffer->length += (size_t)length;
    }
    va_end(again);
    va_end(arguments);
}

char *toasty__buffer_take(toasty__buffer *buffer)
{
    char *text = NULL;
    if (!buffer->failed && (buffer->capacity || toasty__buffer_reserve(buffer, 0) == 0)) {
        text = buffer->bytes;
        toasty__buffer_init(buffer);
    }
    toasty__buffer_done(buffer);
    return text;
}
