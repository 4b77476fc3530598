/* Values as text and back. */
#include "test.h"
#include <string.h>
#include <toasty/values.h>

TOASTY_TEST(texts, a_uuid_is_written_read_and_compared)
{
    static const char text[] = "0198c4b2-7a31-7c4f-9d0e-5b6a7c8d9e0f";
    toasty_uuid uuid = {{0}}, same;
    check_that(toasty_uuid_parse(text, &uuid));
    check_text(text, toasty_uuid_text(uuid, (char[TOASTY_UUID_TEXT]){0}));
    check_that(toasty_uuid_parse("0198C4B2-7A31-7C4F-9D0E-5B6A7C8D9E0F", &same));
    check_int(0, toasty_uuid_compare(uuid, same));
    same.bytes[0]++;
    check_that(toasty_uuid_compare(uuid, same) < 0 && toasty_uuid_compare(same, uuid) > 0);
    check_that(!toasty_uuid_parse("0198c4b2", &same) && !toasty_uuid_parse("", &same) &&
               !toasty_uuid_parse(NULL, &same));
}

TOASTY_TEST(texts, an_instant_is_written_in_utc_and_read_from_any_zone)
{
    static const char *const same[] = {"2024-02-29T12:30:00.25Z", "2024-02-29 14:30:00.25+02:00",
                                       "2024-02-29T07:00:00.250000-0530", "2024-02-29T12:30:00.25+00"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        toasty_timestamp read;
        check_that(toasty_timestamp_parse(same[i], &read));
        check_text("2024-02-29T12:30:00.250000Z",
                   toasty_timestamp_text(read, (char[TOASTY_TIMESTAMP_TEXT]){0}));
    }
}

TOASTY_TEST(texts, what_is_not_an_instant_is_not_read)
{
    static const char *const none[] = {"",
                                       "Z",
                                       "2024-02-29",
                                       "2024-02-29T12:30:00",
                                       "2023-02-29T12:30:00Z",
                                       "2024-02-29T12:30:00+2",
                                       "2024-02-29T12:30:00+24:00",
                                       "2024-02-29T12:30:00+02:60",
                                       "2024-02-29T12:30:00Z ",
                                       "0001-01-01T00:00:00+01:00"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        toasty_timestamp read = {7};
        check_that(!toasty_timestamp_parse(none[i], &read));
        check_int(7, read.us);
    }
    check_that(!toasty_timestamp_parse(NULL, &(toasty_timestamp){0}));
    check_text("", toasty_timestamp_text((toasty_timestamp){INT64_MAX}, (char[TOASTY_TIMESTAMP_TEXT]){0}));
}

TOASTY_TEST(texts, dates_and_times_are_written_and_read)
{
    toasty_date date;
    toasty_time time;
    toasty_datetime both;
    check_that(toasty_date_parse("2024-02-29", &date));
    check_text("2024-02-29", toasty_date_text(date, (char[TOASTY_DATE_TEXT]){0}));
    check_that(toasty_time_parse("12:30:00.5", &time));
    check_text("12:30:00.500000", toasty_time_text(time, (char[TOASTY_TIME_TEXT]){0}));
    check_that(toasty_datetime_parse("2024-02-29T12:30:00", &both));
    check_text("2024-02-29T12:30:00.000000", toasty_datetime_text(both, (char[TOASTY_DATETIME_TEXT]){0}));
    check_text("", toasty_date_text((toasty_date){2023, 2, 29}, (char[TOASTY_DATE_TEXT]){0}));
    check_text("", toasty_time_text((toasty_time){24, 0, 0, 0}, (char[TOASTY_TIME_TEXT]){0}));
    check_that(!toasty_date_parse("2023-02-29", &date) && !toasty_time_parse("12:60:00", &time) &&
               !toasty_datetime_parse("2024-02-29", &both));
}

TOASTY_TEST(texts, now_is_after_2020)
{
    check_that(toasty_now().us > INT64_C(1577836800000000));
}
