/* Values as text for applications: see toasty/values.h. */
#include "base/time.h"
#include "base/uuid.h"

#include <stdio.h>
#include <string.h>
#include <toasty/values.h>

/* --- identifiers --- */

const char *toasty_uuid_text(toasty_uuid uuid, char out[TOASTY_UUID_TEXT])
{
    toasty__uuid_format(uuid.bytes, out);
    return out;
}

bool toasty_uuid_parse(const char *text, toasty_uuid *out)
{
    return text && toasty__uuid_parse(text, strlen(text), out->bytes);
}

int toasty_uuid_compare(toasty_uuid a, toasty_uuid b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes);
}

/* --- times as text --- */

toasty_timestamp toasty_now(void)
{
    return (toasty_timestamp){.us = toasty__now_us()};
}

static struct toasty__civil civil_of(toasty_date date, toasty_time time)
{
    return (struct toasty__civil){.year = date.year,
                                  .month = date.month,
                                  .day = date.day,
                                  .hour = time.hour,
                                  .minute = time.minute,
                                  .second = time.second,
                                  .microsecond = (int)time.microsecond};
}

static bool date_exists(const struct toasty__civil *civil)
{
    return toasty__date_valid(civil->year, civil->month, civil->day);
}

static bool time_exists(const struct toasty__civil *civil)
{
    return toasty__time_valid(civil->hour, civil->minute, civil->second, civil->microsecond);
}

/* ISO 8601 has a T where databases have a space. */
static void write_both(const struct toasty__civil *civil, char out[TOASTY_DATETIME_TEXT])
{
    toasty__format_datetime(civil, out);
    out[TOASTY__DATE_TEXT] = 'T';
}

const char *toasty_timestamp_text(toasty_timestamp timestamp, char out[TOASTY_TIMESTAMP_TEXT])
{
    struct toasty__civil civil;
    *out = '\0';
    if (!toasty__civil_of_us(timestamp.us, &civil))
        return out;
    write_both(&civil, out);
    return strcat(out, "Z");
}

const char *toasty_date_text(toasty_date date, char out[TOASTY_DATE_TEXT])
{
    struct toasty__civil civil = civil_of(date, (toasty_time){0});
    *out = '\0';
    if (date_exists(&civil))
        toasty__format_date(&civil, out);
    return out;
}

const char *toasty_time_text(toasty_time time, char out[TOASTY_TIME_TEXT])
{
    struct toasty__civil civil = civil_of((toasty_date){0}, time);
    *out = '\0';
    if (time_exists(&civil))
        toasty__format_time(&civil, out);
    return out;
}

const char *toasty_datetime_text(toasty_datetime datetime, char out[TOASTY_DATETIME_TEXT])
{
    struct toasty__civil civil = civil_of(datetime.date, datetime.time);
    *out = '\0';
    if (date_exists(&civil) && time_exists(&civil))
        write_both(&civil, out);
    return out;
}

/* --- text as times --- */

static toasty_date date_of(const struct toasty__civil *civil)
{
    return (toasty_date){(int16_t)civil->year, (uint8_t)civil->month, (uint8_t)civil->day};
}

static toasty_time time_of(const struct toasty__civil *civil)
{
    return (toasty_time){(uint8_t)civil->hour, (uint8_t)civil->minute, (uint8_t)civil->second,
                         (uint32_t)civil->microsecond};
}

/* Two digits, up to `most`; -1 for anything else. */
static int two_digits(const char *text, int most)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return -1;
    int number = (text[0] - '0') * 10 + text[1] - '0';
    return number <= most ? number : -1;
}

/* Takes the zone off the end of a text: Z, z, +02:00, -0530 or +02. False when there is none. */
static bool take_zone(const char *text, size_t *length, int64_t *minutes)
{
    size_t end = *length;
    if (end && (text[end - 1] == 'Z' || text[end - 1] == 'z')) {
        *length = end - 1;
        *minutes = 0;
        return true;
    }
    size_t sign = end;
    while (sign > TOASTY__DATE_TEXT && text[sign - 1] != '+' && text[sign - 1] != '-')
        sign--;
    size_t digits = end - sign;
    bool colon = digits == 5 && text[sign + 2] == ':';
    if (sign <= TOASTY__DATE_TEXT || !(digits == 2 || digits == 4 || colon))
        return false;
    int hours = two_digits(text + sign, 23);
    int rest = digits == 2 ? 0 : two_digits(text + sign + 2 + colon, 59);
    if (hours < 0 || rest < 0)
        return false;
    *minutes = (hours * 60 + rest) * (text[sign - 1] == '-' ? -1 : 1);
    *length = sign - 1;
    return true;
}

bool toasty_timestamp_parse(const char *text, toasty_timestamp *out)
{
    struct toasty__civil civil;
    int64_t minutes;
    size_t length = text ? strlen(text) : 0;
    if (!text || !take_zone(text, &length, &minutes) || !toasty__parse_datetime(text, length, &civil))
        return false;
    int64_t us = toasty__us_of_civil(&civil) - minutes * 60 * 1000000;
    if (us < TOASTY__MIN_US || us > TOASTY__MAX_US)
        return false;
    out->us = us;
    return true;
}

bool toasty_date_parse(const char *text, toasty_date *out)
{
    struct toasty__civil civil;
    if (!text || !toasty__parse_date(text, strlen(text), &civil))
        return false;
    *out = date_of(&civil);
    return true;
}

bool toasty_time_parse(const char *text, toasty_time *out)
{
    struct toasty__civil civil;
    if (!text || !toasty__parse_time(text, strlen(text), &civil))
        return false;
    *out = time_of(&civil);
    return true;
}

bool toasty_datetime_parse(const char *text, toasty_datetime *out)
{
    struct toasty__civil civil;
    if (!text || !toasty__parse_datetime(text, strlen(text), &civil))
        return false;
    *out = (toasty_datetime){date_of(&civil), time_of(&civil)};
    return true;
}
