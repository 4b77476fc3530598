/* The protocol's alphabet: numbers of types, integers in the order of the network, and messages in a row of
 * bytes. Both ways; nothing here knows what a message means. */
#ifndef TOASTY_DRIVERS_POSTGRESQL_WIRE_H
#define TOASTY_DRIVERS_POSTGRESQL_WIRE_H

#include "base/buffer.h"
#include "drivers/server/stream.h"

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    PG_BOOL = 16,
    PG_BYTEA = 17,
    PG_NAME = 19,
    PG_INT8 = 20,
    PG_INT2 = 21,
    PG_INT4 = 23,
    PG_TEXT = 25,
    PG_JSON = 114,
    PG_FLOAT4 = 700,
    PG_FLOAT8 = 701,
    PG_UNKNOWN = 705,
    PG_BOOL_ARRAY = 1000,
    PG_BYTEA_ARRAY = 1001,
    PG_INT2_ARRAY = 1005,
    PG_INT4_ARRAY = 1007,
    PG_TEXT_ARRAY = 1009,
    PG_INT8_ARRAY = 1016,
    PG_FLOAT4_ARRAY = 1021,
    PG_FLOAT8_ARRAY = 1022,
    PG_BPCHAR = 1042,
    PG_VARCHAR = 1043,
    PG_DATE = 1082,
    PG_TIME = 1083,
    PG_TIMESTAMP = 1114,
    PG_TIMESTAMP_ARRAY = 1115,
    PG_DATE_ARRAY = 1182,
    PG_TIME_ARRAY = 1183,
    PG_TIMESTAMPTZ = 1184,
    PG_TIMESTAMPTZ_ARRAY = 1185,
    PG_UUID = 2950,
    PG_UUID_ARRAY = 2951,
    PG_FIRST_USER_TYPE = 16384 /* enums among them */
};

/* The length of a value that is NULL. */
#define PG_NULL UINT32_MAX

/* The server counts from 2000-01-01. */
#define PG_EPOCH_DAYS INT64_C(10957)
#define PG_EPOCH_US (PG_EPOCH_DAYS * 86400 * 1000000)

static inline void pg_put16(char out[2], int16_t value)
{
    uint16_t bytes = htobe16((uint16_t)value);
    memcpy(out, &bytes, sizeof bytes);
}

static inline void pg_put32(char out[4], int32_t value)
{
    uint32_t bytes = htobe32((uint32_t)value);
    memcpy(out, &bytes, sizeof bytes);
}

static inline void pg_put64(char out[8], int64_t value)
{
    uint64_t bytes = htobe64((uint64_t)value);
    memcpy(out, &bytes, sizeof bytes);
}

static inline int16_t pg_get16(const char *in)
{
    uint16_t bytes;
    memcpy(&bytes, in, sizeof bytes);
    return (int16_t)be16toh(bytes);
}

static inline int32_t pg_get32(const char *in)
{
    uint32_t bytes;
    memcpy(&bytes, in, sizeof bytes);
    return (int32_t)be32toh(bytes);
}

static inline int64_t pg_get64(const char *in)
{
    uint64_t bytes;
    memcpy(&bytes, in, sizeof bytes);
    return (int64_t)be64toh(bytes);
}

/* --- messages out --- */

/* So many more bytes of the buffer, to be filled; NULL, and `failed`, without memory. No NUL follows them. */
static inline char *pg_extend(toasty__buffer *out, size_t size)
{
    if (size >= out->capacity - out->length && toasty__buffer_reserve(out, size) < 0)
        return NULL;
    char *at = out->bytes + out->length;
    out->length += size;
    return at;
}

/* --- messages in --- */

/* A whole message: one byte says what it is, four how long it is with themselves, the rest is its body. */
typedef struct pg_message {
    char type;
    uint32_t length; /* of the body */
    const char *body;
} pg_message;

enum {
    PG_HEADER = 5,
    PG_MAX_MESSAGE = 0x3fffffff, /* the server's own limit, both ways */
    PG_MAX_SHORT = 30000         /* of messages that hold neither rows, names nor text */
};

/* A length that makes no sense means that we have lost our place. */
static inline bool pg_may_be_so_long(char type, uint32_t length)
{
    return length >= 4 && length <= PG_MAX_MESSAGE && (length <= PG_MAX_SHORT || strchr("DTENAS", type));
}

/* Takes the next message: 1; 0: it is incomplete; -1: what comes is not a message. */
static inline int pg_next(toasty__input *input, pg_message *message)
{
    size_t count = input->end - input->start;
    if (count < PG_HEADER)
        return 0;
    const char *at = input->bytes + input->start;
    uint32_t length = (uint32_t)pg_get32(at + 1);
    if (!pg_may_be_so_long(*at, length))
        return -1;
    if (length > count - 1)
        return 0;
    *message = (pg_message){*at, length - 4, at + PG_HEADER};
    input->start += 1 + length;
    return 1;
}

/* Takes the next message if it is whole and of this type. */
static inline bool pg_next_of(toasty__input *input, char type, pg_message *message)
{
    return input->start < input->end && input->bytes[input->start] == type && pg_next(input, message) > 0;
}

#endif
