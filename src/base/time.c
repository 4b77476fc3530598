/* Civil time. The calendar is computed in years that begin in March, where the leap day is the last of the
 * year, and in eras of 400 years, which all have 146097 days. */
#include "time.h"

#include <time.h>

#define SECOND_US INT64_C(1000000)
#define DAY_US (86400 * SECOND_US)

enum {
    ERA_DAYS = 146097,
    CENTURY_DAYS = 36524,   /* but the last of an era has one more */
    LEAP_CYCLE_DAYS = 1461, /* four years */
    EPOCH = 719468,         /* days from 0000-03-01 to 1970-01-01 */
};

bool toasty__date_valid(int32_t year, int month, int day)
{
    static const signed char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= days[month - 1] + (leap && month == 2);
}

bool toasty__time_valid(int hour, int minute, int second, int microsecond)
{
    return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60 &&
           microsecond >= 0 && microsecond < SECOND_US;
}

int32_t toasty__days_of_date(int32_t year, int month, int day)
{
    if (month <= 2)
        year--; /* January and February end the year before */
    int32_t era = year / 400, in_era = year % 400;
    int32_t month_from_march = (month + 9) % 12;
    /* Months of 31, 30, 31, 30, 31 days come again every five, 153 days each. */
    int32_t in_year = (153 * month_from_march + 2) / 5 + day - 1;
    return era * ERA_DAYS + in_era * 365 + in_era / 4 - in_era / 100 + in_year - EPOCH;
}

void toasty__date_of_days(int32_t days, struct toasty__civil *civil)
{
    days += EPOCH;
    int32_t era = days / ERA_DAYS, in_era = days % ERA_DAYS;
    /* The last day of an era and of a leap cycle would be the first of a fifth century or year. */
    int32_t century = in_era / CENTURY_DAYS - in_era / (ERA_DAYS - 1);
    int32_t in_century = in_era - century * CENTURY_DAYS;
    int32_t cycle = in_century / LEAP_CYCLE_DAYS, in_cycle = in_century % LEAP_CYCLE_DAYS;
    int32_t year_of_cycle = in_cycle / 365 - in_cycle / (LEAP_CYCLE_DAYS - 1);
    int32_t in_year = in_cycle - year_of_cycle * 365;
    int32_t month_from_march = (5 * in_year + 2) / 153;
    civil->day = in_year - (153 * month_from_march + 2) / 5 + 1;
    civil->month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    civil->year = era * 400 + century * 100 + cycle * 4 + year_of_cycle + (civil->month <= 2);
}

int64_t toasty__us_of_civil(const struct toasty__civil *civil)
{
    int64_t seconds = civil->hour * 3600 + civil->minute * 60 + civil->second;
    return toasty__days_of_date(civil->year, civil->month, civil->day) * DAY_US + seconds * SECOND_US +
           civil->microsecond;
}

bool toasty__civil_of_us(int64_t us, struct toasty__civil *civil)
{
    if (us < TOASTY__MIN_US || us > TOASTY__MAX_US)
        return false;
    int64_t days = us / DAY_US, in_day = us % DAY_US;
    if (in_day < 0) {
        in_day += DAY_US;
        days--;
    }
    toasty__date_of_days((int32_t)days, civil);
    int seconds = (int)(in_day / SECOND_US);
    civil->hour = seconds / 3600;
    civil->minute = seconds / 60 % 60;
    civil->second = seconds % 60;
    civil->microsecond = (int)(in_day % SECOND_US);
    return true;
}

/* Exactly `count` digits. */
static bool take_number(const char **at, const char *end, int count, int *value)
{
    if (end - *at < count)
        return false;
    *value = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        *value = *value * 10 + (**at - '0');
    }
    return true;
}

static bool take_char(const char **at, const char *end, char wanted)
{
    if (*at == end || **at != wanted)
        return false;
    (*at)++;
    return true;
}

static bool take_date(const char **at, const char *end, struct toasty__civil *civil)
{
    int year;
    if (!take_number(at, end, 4, &year) || !take_char(at, end, '-') ||
        !take_number(at, end, 2, &civil->month) || !take_char(at, end, '-') ||
        !take_number(at, end, 2, &civil->day))
        return false;
    civil->year = year;
    return toasty__date_valid(civil->year, civil->month, civil->day);
}

static bool take_time(const char **at, const char *end, struct toasty__civil *civil)
{
    if (!take_number(at, end, 2, &civil->hour) || !take_char(at, end, ':') ||
        !take_number(at, end, 2, &civil->minute) || !take_char(at, end, ':') ||
        !take_number(at, end, 2, &civil->second))
        return false;
    civil->microsecond = 0;
    if (take_char(at, end, '.')) {
        int digits = 0, value;
        for (; digits < 6 && take_number(at, end, 1, &value); digits++)
            civil->microsecond = civil->microsecond * 10 + value;
        if (digits == 0)
            return false;
        for (; digits < 6; digits++)
            civil->microsecond *= 10;
    }
    return toasty__time_valid(civil->hour, civil->minute, civil->second, civil->microsecond);
}

bool toasty__parse_date(const char *text, size_t length, struct toasty__civil *civil)
{
    const char *end = text + length;
    *civil = (struct toasty__civil){0};
    return take_date(&text, end, civil) && text == end;
}

bool toasty__parse_time(const char *text, size_t length, struct toasty__civil *civil)
{
    const char *end = text + length;
    *civil = (struct toasty__civil){0};
    return take_time(&text, end, civil) && text == end;
}

bool toasty__parse_datetime(const char *text, size_t length, struct toasty__civil *civil)
{
    const char *end = text + length;
    *civil = (struct toasty__civil){0};
    return take_date(&text, end, civil) && (take_char(&text, end, ' ') || take_char(&text, end, 'T')) &&
           take_time(&text, end, civil) && text == end;
}

static char *put_number(char *out, int value, int digits)
{
    for (int i = digits - 1; i >= 0; i--, value /= 10)
        out[i] = (char)('0' + value % 10);
    return out + digits;
}

static char *put_date(char *out, const struct toasty__civil *civil)
{
    out = put_number(out, civil->year, 4);
    *out++ = '-';
    out = put_number(out, civil->month, 2);
    *out++ = '-';
    return put_number(out, civil->day, 2);
}

static char *put_time(char *out, const struct toasty__civil *civil)
{
    out = put_number(out, civil->hour, 2);
    *out++ = ':';
    out = put_number(out, civil->minute, 2);
    *out++ = ':';
    out = put_number(out, civil->second, 2);
    *out++ = '.';
    return put_number(out, civil->microsecond, 6);
}

void toasty__format_date(const struct toasty__civil *civil, char out[TOASTY__DATE_TEXT + 1])
{
    *put_date(out, civil) = '\0';
}

void toasty__format_time(const struct toasty__civil *civil, char out[TOASTY__TIME_TEXT + 1])
{
    *put_time(out, civil) = '\0';
}

void toasty__format_datetime(const struct toasty__civil *civil, char out[TOASTY__DATETIME_TEXT + 1])
{
    out = put_date(out, civil);
    *out++ = ' ';
    *put_time(out, civil) = '\0';
}

int64_t toasty__now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}
