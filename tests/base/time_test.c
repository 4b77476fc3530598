/* Civil time: every day of the calendar, known instants, and strict text. */
#include "base/time.h"
#include "test.h"

#include <string.h>
#include <time.h>

TOASTY_TEST(time, the_calendar_is_counted_day_by_day_over_all_its_years)
{
    int32_t days = toasty__days_of_date(1, 1, 1);
    check_int(-719162, days);
    struct toasty__civil civil = {0};
    int wrong = 0;
    for (int32_t year = 1; year <= 9999; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; toasty__date_valid(year, month, day); day++, days++) {
                toasty__date_of_days(days, &civil);
                wrong += toasty__days_of_date(year, month, day) != days || civil.year != year ||
                         civil.month != month || civil.day != day;
            }
    check_int(0, wrong);
    check_int(2932897, days);
}

TOASTY_TEST(time, dates_that_do_not_exist_are_invalid)
{
    check_that(toasty__date_valid(2024, 2, 29) && toasty__date_valid(2000, 2, 29));
    check_that(!toasty__date_valid(2023, 2, 29) && !toasty__date_valid(1900, 2, 29));
    check_that(!toasty__date_valid(2024, 4, 31) && !toasty__date_valid(2024, 1, 32));
    check_that(!toasty__date_valid(2024, 0, 1) && !toasty__date_valid(2024, 13, 1) &&
               !toasty__date_valid(2024, 1, 0));
    check_that(!toasty__date_valid(0, 1, 1) && !toasty__date_valid(10000, 1, 1) &&
               !toasty__date_valid(-5, 1, 1));
}

TOASTY_TEST(time, times_that_do_not_exist_are_invalid)
{
    check_that(toasty__time_valid(0, 0, 0, 0) && toasty__time_valid(23, 59, 59, 999999));
    check_that(!toasty__time_valid(24, 0, 0, 0) && !toasty__time_valid(0, 60, 0, 0) &&
               !toasty__time_valid(0, 0, 60, 0));
    check_that(!toasty__time_valid(0, 0, 0, 1000000) && !toasty__time_valid(-1, 0, 0, 0));
}

TOASTY_TEST(time, instants_agree_with_the_c_library)
{
    uint64_t random = 1;
    int wrong = 0;
    for (int i = 0; i < 20000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        int64_t range = TOASTY__MAX_US - TOASTY__MIN_US, us = TOASTY__MIN_US + (int64_t)(random >> 1) % range;
        struct toasty__civil civil;
        bool known = toasty__civil_of_us(us, &civil);
        time_t seconds = us / 1000000 - (us % 1000000 < 0);
        struct tm tm;
        gmtime_r(&seconds, &tm);
        wrong += !known || toasty__us_of_civil(&civil) != us || civil.year != tm.tm_year + 1900 ||
                 civil.month != tm.tm_mon + 1 || civil.day != tm.tm_mday || civil.hour != tm.tm_hour ||
                 civil.minute != tm.tm_min || civil.second != tm.tm_sec ||
                 civil.microsecond != us - (int64_t)seconds * 1000000;
    }
    check_int(0, wrong);
}

TOASTY_TEST(time, the_first_and_the_last_microsecond)
{
    char text[TOASTY__DATETIME_TEXT + 1];
    struct toasty__civil civil;
    check_that(toasty__civil_of_us(TOASTY__MIN_US, &civil));
    toasty__format_datetime(&civil, text);
    check_text("0001-01-01 00:00:00.000000", text);
    check_that(toasty__civil_of_us(TOASTY__MAX_US, &civil));
    toasty__format_datetime(&civil, text);
    check_text("9999-12-31 23:59:59.999999", text);
    check_that(!toasty__civil_of_us(TOASTY__MIN_US - 1, &civil));
    check_that(!toasty__civil_of_us(TOASTY__MAX_US + 1, &civil));
    check_that(!toasty__civil_of_us(INT64_MIN, &civil) && !toasty__civil_of_us(INT64_MAX, &civil));
    check_that(toasty__civil_of_us(-1, &civil));
    toasty__format_datetime(&civil, text);
    check_text("1969-12-31 23:59:59.999999", text);
}

TOASTY_TEST(time, text_is_read_and_written)
{
    struct toasty__civil civil;
    char text[TOASTY__DATETIME_TEXT + 1];
    check_that(toasty__parse_datetime("2026-02-28 07:08:09.012345", 26, &civil));
    check_that(civil.year == 2026 && civil.month == 2 && civil.day == 28);
    check_that(civil.hour == 7 && civil.minute == 8 && civil.second == 9 && civil.microsecond == 12345);
    toasty__format_datetime(&civil, text);
    check_text("2026-02-28 07:08:09.012345", text);
    toasty__format_date(&civil, text);
    check_text("2026-02-28", text);
    toasty__format_time(&civil, text);
    check_text("07:08:09.012345", text);
}

TOASTY_TEST(time, a_fraction_may_be_short_or_absent)
{
    struct toasty__civil civil;
    check_that(toasty__parse_time("07:08:09", 8, &civil));
    check_int(0, civil.microsecond);
    check_that(toasty__parse_time("07:08:09.5", 10, &civil));
    check_int(500000, civil.microsecond);
    check_that(toasty__parse_datetime("2026-02-28T07:08:09.000001", 26, &civil));
    check_int(1, civil.microsecond);
}

TOASTY_TEST(time, other_text_is_refused)
{
    static const char *const dates[] = {
        "",           "2026-02-29", "2026-2-28",  "26-02-28",   "2026/02/28",  "2026-02-28 ", " 2026-02-28",
        "2026-02-2x", "+026-02-28", "0000-01-01", "2026-13-01", "12026-01-01", "2026-02"};
    static const char *const times[] = {
        "",          "24:00:00", "7:08:09",          "07:08",      "07:08:60",  "07:60:09",
        "07:08:09.", "07.08.09", "07:08:09.1234567", "07:08:09,5", "07:08:09Z", "07:08:9 "};
    static const char *const both[] = {
        "2026-02-28", "2026-02-28  07:08:09", "2026-02-28x07:08:09", "2026-02-28 07:08:09+00",
        "07:08:09",   "2026-02-2807:08:09"};
    struct toasty__civil civil;
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
        check_that(!toasty__parse_date(dates[i], strlen(dates[i]), &civil));
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        check_that(!toasty__parse_time(times[i], strlen(times[i]), &civil));
    for (size_t i = 0; i < sizeof both / sizeof *both; i++)
        check_that(!toasty__parse_datetime(both[i], strlen(both[i]), &civil));
}
