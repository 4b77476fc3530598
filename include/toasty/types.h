/* The value types of fields: what a model may hold besides C's own scalars, text and plain enums.
 *
 * All are plain values; those with a pointer borrow when they are given to a call and belong to the result's
 * block when a call returned them. */
#ifndef TOASTY_TYPES_H
#define TOASTY_TYPES_H
#pragma GCC system_header /* only declares: messages are about the program */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct toasty_uuid {
    uint8_t bytes[16]; /* in the order of the text form (RFC 9562, section 4) */
} toasty_uuid;

typedef struct toasty_bytes {
    const void *data;
    size_t len;
} toasty_bytes;

/* An instant: microseconds since 1970-01-01 00:00:00 UTC, years 0001 to 9999. */
typedef struct toasty_timestamp {
    int64_t us;
} toasty_timestamp;

/* Civil dates and times: what a calendar and a clock on the wall show, in no zone. Gregorian, years 1 to
 * 9999. */
typedef struct toasty_date {
    int16_t year;
    uint8_t month, day; /* 1 to 12, 1 to 31 */
} toasty_date;

typedef struct toasty_time {
    uint8_t hour, minute, second; /* 0 to 23, 0 to 59, 0 to 59 */
    uint32_t microsecond;
} toasty_time;

typedef struct toasty_datetime {
    toasty_date date;
    toasty_time time;
} toasty_datetime;

#ifdef __cplusplus
}
#endif
#endif
