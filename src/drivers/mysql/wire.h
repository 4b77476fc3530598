/* The protocol's alphabet: integers with the smallest byte first, lengths that say how long they are,
 * packets in a row of bytes. Both ways; nothing here knows what a packet means.
 *
 * What is read is read through a `my_reader`, which never leaves the packet: after the first thing that is
 * not there it gives zeros, and `failed` stays true, so that callers look once. */
#ifndef TOASTY_DRIVERS_MYSQL_WIRE_H
#define TOASTY_DRIVERS_MYSQL_WIRE_H

#include "base/buffer.h"
#include "drivers/server/stream.h"

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* --- integers --- */

static inline void my_set16(char out[2], uint16_t value)
{
    value = htole16(value);
    memcpy(out, &value, sizeof value);
}

static inline void my_set24(char out[3], uint32_t value)
{
    value = htole32(value);
    memcpy(out, &value, 3);
}

static inline void my_set32(char out[4], uint32_t value)
{
    value = htole32(value);
    memcpy(out, &value, sizeof value);
}

static inline void my_set64(char out[8], uint64_t value)
{
    value = htole64(value);
    memcpy(out, &value, sizeof value);
}

static inline uint16_t my_get16(const char *in)
{
    uint16_t value;
    memcpy(&value, in, sizeof value);
    return le16toh(value);
}

static inline uint32_t my_get24(const char *in)
{
    uint32_t value = 0;
    memcpy(&value, in, 3);
    return le32toh(value);
}

static inline uint32_t my_get32(const char *in)
{
    uint32_t value;
    memcpy(&value, in, sizeof value);
    return le32toh(value);
}

static inline uint64_t my_get64(const char *in)
{
    uint64_t value;
    memcpy(&value, in, sizeof value);
    return le64toh(value);
}

/* --- packets out --- */

enum {
    MY_HEADER = 4,
    MY_LARGEST_PIECE = 0xffffff, /* a longer packet goes on in the next one */
    MY_MAX_MESSAGE = 0x40000000  /* the largest that a server can be told to take */
};

/* So many more bytes of the buffer, to be filled; NULL, and `failed`, without memory. No NUL follows them. */
static inline char *my_extend(toasty__buffer *out, size_t size)
{
    if (size >= out->capacity - out->length && toasty__buffer_reserve(out, size) < 0)
        return NULL;
    char *at = out->bytes + out->length;
    out->length += size;
    return at;
}

static inline void my_put(toasty__buffer *out, const void *bytes, size_t count)
{
    char *at = my_extend(out, count);
    if (at && count)
        memcpy(at, bytes, count);
}

static inline void my_put8(toasty__buffer *out, uint8_t value)
{
    my_put(out, &value, 1);
}

static inline void my_put16(toasty__buffer *out, uint16_t value)
{
    char *at = my_extend(out, 2);
    if (at)
        my_set16(at, value);
}

static inline void my_put32(toasty__buffer *out, uint32_t value)
{
    char *at = my_extend(out, 4);
    if (at)
        my_set32(at, value);
}

static inline void my_put64(toasty__buffer *out, uint64_t value)
{
    char *at = my_extend(out, 8);
    if (at)
        my_set64(at, value);
}

/* A length in as few bytes as it takes: one, or a byte that says two, three or eight. */
static inline void my_put_length(toasty__buffer *out, uint64_t length)
{
    char bytes[9];
    size_t size = length < 251 ? 1 : length < 0x10000 ? 3 : length < 0x1000000 ? 4 : 9;
    my_set64(bytes + 1, length);
    bytes[0] = (char)(size == 1 ? length : size == 3 ? 0xfc : size == 4 ? 0xfd : 0xfe);
    my_put(out, bytes, size);
}

static inline void my_put_counted(toasty__buffer *out, const void *bytes, size_t length)
{
    my_put_length(out, length);
    my_put(out, bytes, length);
}

/* Begins a packet: where it does, for toasty__my_end. */
static inline size_t my_begin(toasty__buffer *out)
{
    size_t start = out->length;
    my_extend(out, MY_HEADER);
    return start;
}

/* Ends it: its length becomes known, and what is too long for one becomes several. sequence: of the first.
 * The number of the one that comes next is returned. */
uint8_t toasty__my_end(toasty__buffer *out, size_t start, uint8_t sequence);

/* --- packets in --- */

/* A whole packet, its pieces put together. */
typedef struct my_packet {
    const char *body;
    uint32_t length;
    uint8_t first, next; /* the numbers of its first piece and of the packet behind it */
} my_packet;

int toasty__my_next_of_pieces(toasty__input *input, my_packet *packet);

/* Takes the next packet: 1; 0: there is no whole one; -1: what comes is too long. Most are of one piece. */
static inline int toasty__my_next(toasty__input *input, my_packet *packet)
{
    size_t left = input->end - input->start;
    const char *at = left < MY_HEADER ? NULL : input->bytes + input->start;
    uint32_t length = at ? my_get24(at) : MY_LARGEST_PIECE;
    if (length == MY_LARGEST_PIECE || length > left - MY_HEADER)
        return toasty__my_next_of_pieces(input, packet);
    *packet = (my_packet){at + MY_HEADER, length, (uint8_t)at[3], (uint8_t)(at[3] + 1)};
    input->start += MY_HEADER + length;
    return 1;
}

/* --- what is in a packet --- */

typedef struct my_reader {
    const char *at, *end;
    bool failed;
} my_reader;

static inline my_reader my_read(const my_packet *packet)
{
    return (my_reader){packet->body, packet->body + packet->length, false};
}

static inline size_t my_left(const my_reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

/* So many bytes, or NULL and `failed`. */
static inline const char *my_take(my_reader *reader, size_t count)
{
    const char *at = reader->at;
    if (count > my_left(reader)) {
        reader->failed = true;
        reader->at = reader->end;
        return NULL;
    }
    reader->at += count;
    return at;
}

static inline uint8_t my_take8(my_reader *reader)
{
    const char *at = my_take(reader, 1);
    return at ? (uint8_t)*at : 0;
}

static inline uint16_t my_take16(my_reader *reader)
{
    const char *at = my_take(reader, 2);
    return at ? my_get16(at) : 0;
}

static inline uint32_t my_take32(my_reader *reader)
{
    const char *at = my_take(reader, 4);
    return at ? my_get32(at) : 0;
}

static inline uint64_t my_take64(my_reader *reader)
{
    const char *at = my_take(reader, 8);
    return at ? my_get64(at) : 0;
}

enum { MY_NULL_CELL = 0xfb }; /* where a length stands in a row of text */

/* A length as my_put_length writes it; MY_NULL_CELL is none. */
static inline uint64_t my_take_length(my_reader *reader)
{
    uint8_t first = my_take8(reader);
    const char *at;
    switch (first) {
    case 0xfc:
        return my_take16(reader);
    case 0xfd:
        return (at = my_take(reader, 3)) ? my_get24(at) : 0;
    case 0xfe:
        return my_take64(reader);
    case MY_NULL_CELL:
    case 0xff:
        reader->failed = true;
        return 0;
    default:
        return first;
    }
}

/* Bytes behind their length; NULL and `failed` when they are not all there. Most are so few that one byte
 * says how many. */
static inline const char *my_take_counted(my_reader *reader, size_t *length)
{
    const char *at = reader->at;
    if (at != reader->end && (uint8_t)*at < MY_NULL_CELL && (uint8_t)*at < my_left(reader)) {
        *length = (uint8_t)*at++;
        reader->at = at + *length;
        return at;
    }
    uint64_t count = my_take_length(reader);
    *length = count <= my_left(reader) ? (size_t)count : 0;
    return my_take(reader, count <= SIZE_MAX ? (size_t)count : SIZE_MAX);
}

/* Text up to its NUL, which must be there; "" and `failed`. */
static inline const char *my_take_text(my_reader *reader)
{
    const char *text = reader->at, *end = memchr(text, '\0', my_left(reader));
    if (!end) {
        reader->failed = true;
        reader->at = reader->end;
        return "";
    }
    reader->at = end + 1;
    return text;
}

#endif
