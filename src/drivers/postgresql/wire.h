/* Types as the protocol has them: their numbers, and integers in the order of the network. Both ways. */
#ifndef TOASTY_DRIVERS_POSTGRESQL_WIRE_H
#define TOASTY_DRIVERS_POSTGRESQL_WIRE_H

#include <endian.h>
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

#endif
