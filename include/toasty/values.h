/* Values as text and back: identifiers, times, dates. Nothing here waits, allocates, or reads a zone or a
 * locale.
 *
 * Texts of a fixed length are written into an array of the program's own. A text that is read has to be
 * exactly that, with nothing before or behind it; else false, and what was to be filled is as it was. */
#ifndef TOASTY_VALUES_H
#define TOASTY_VALUES_H
#pragma GCC system_header /* only declares: messages are about the program */

#include <toasty/error.h>
#include <toasty/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that the texts need, with their NUL. */
enum {
    TOASTY_UUID_TEXT = 37,      /* 0198c4b2-7a31-7c4f-9d0e-5b6a7c8d9e0f */
    TOASTY_TIMESTAMP_TEXT = 28, /* 2024-02-29T12:30:00.250000Z */
    TOASTY_DATE_TEXT = 11,      /* 2024-02-29 */
    TOASTY_TIME_TEXT = 16,      /* 12:30:00.250000 */
    TOASTY_DATETIME_TEXT = 27   /* 2024-02-29T12:30:00.250000 */
};

/* Each returns `out`: toasty_uuid_text(user->id, (char[TOASTY_UUID_TEXT]){0}). A time outside of the years 1
 * to 9999, or a date that no calendar has, is "". */
TOASTY_API const char *toasty_uuid_text(toasty_uuid uuid, char out[TOASTY_UUID_TEXT]);
TOASTY_API const char *toasty_timestamp_text(toasty_timestamp timestamp, char out[TOASTY_TIMESTAMP_TEXT]);
TOASTY_API const char *toasty_date_text(toasty_date date, char out[TOASTY_DATE_TEXT]);
TOASTY_API const char *toasty_time_text(toasty_time time, char out[TOASTY_TIME_TEXT]);
TOASTY_API const char *toasty_datetime_text(toasty_datetime datetime, char out[TOASTY_DATETIME_TEXT]);

/* The other way. A UUID in upper or lower case; ISO 8601 with up to six digits behind the second and a T or a
 * space before the time. A timestamp has a zone behind it, Z or +02:00, and is UTC afterwards. */
TOASTY_API bool toasty_uuid_parse(const char *text, toasty_uuid *out) TOASTY_CHECKED;
TOASTY_API bool toasty_timestamp_parse(const char *text, toasty_timestamp *out) TOASTY_CHECKED;
TOASTY_API bool toasty_date_parse(const char *text, toasty_date *out) TOASTY_CHECKED;
TOASTY_API bool toasty_time_parse(const char *text, toasty_time *out) TOASTY_CHECKED;
TOASTY_API bool toasty_datetime_parse(const char *text, toasty_datetime *out) TOASTY_CHECKED;

/* Below 0, 0 or above 0, as memcmp gives it: the order in which databases sort them. */
TOASTY_API int toasty_uuid_compare(toasty_uuid a, toasty_uuid b);
/* The wall clock. */
TOASTY_API toasty_timestamp toasty_now(void);

#ifdef __cplusplus
}
#endif
#endif
