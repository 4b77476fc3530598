/* Civil time: the Gregorian calendar carried back without a gap, years 1 to 9999, in no zone; and
 * microseconds since 1970-01-01 00:00:00. No leap seconds. Nothing here reads a zone, a locale or the
 * environment. */
#ifndef TOASTY_BASE_TIME_H
#define TOASTY_BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct toasty__civil {
    int32_t year; /* 1 to 9999 */
    int month, day, hour, minute, second,
        microsecond; /* 1 to 12, 1 to 31, 0 to 23, to 59, to 59, to 999999 */
};

/* 0001-01-01 00:00:00 and 9999-12-31 23:59:59.999999 */
#define TOASTY__MIN_US INT64_C(-62135596800000000)
#define TOASTY__MAX_US INT64_C(253402300799999999)

bool toasty__date_valid(int32_t year, int month, int day);
bool toasty__time_valid(int hour, int minute, int second, int microsecond);

/* Days since 1970-01-01 of a valid date, and back (the time fields stay as they are). */
int32_t toasty__days_of_date(int32_t year, int month, int day);
void toasty__date_of_days(int32_t days, struct toasty__civil *civil);

/* Microseconds since 1970-01-01 00:00:00 of valid fields, and back; false outside of years 1 to 9999. */
int64_t toasty__us_of_civil(const struct toasty__civil *civil);
bool toasty__civil_of_us(int64_t us, struct toasty__civil *civil);

/* 'YYYY-MM-DD', 'HH:MM:SS' with up to six digits of a second after a point, or both with one space or 'T'
 * between. Nothing before, after or in between, and only what exists. Fields that the text does not have are
 * 0. False leaves the fields undefined. */
bool toasty__parse_date(const char *text, size_t length, struct toasty__civil *civil);
bool toasty__parse_time(const char *text, size_t length, struct toasty__civil *civil);
bool toasty__parse_datetime(const char *text, size_t length, struct toasty__civil *civil);

/* Always all digits: 'YYYY-MM-DD', 'HH:MM:SS.ffffff', 'YYYY-MM-DD HH:MM:SS.ffffff', and a NUL. Texts sort as
 * the times do. */
enum { TOASTY__DATE_TEXT = 10, TOASTY__TIME_TEXT = 15, TOASTY__DATETIME_TEXT = 26 };
void toasty__format_date(const struct toasty__civil *civil, char out[TOASTY__DATE_TEXT + 1]);
void toasty__format_time(const struct toasty__civil *civil, char out[TOASTY__TIME_TEXT + 1]);
void toasty__format_datetime(const struct toasty__civil *civil, char out[TOASTY__DATETIME_TEXT + 1]);

/* The wall clock, UTC. */
int64_t toasty__now_us(void);

#endif
