/* By key, by the start of the key, by index, and the whole table by name. */
#include "models.toasty.h"

int use(toasty_db *db);

int use(toasty_db *db)
{
    toasty_auto(Reading) reading = reading_get_by_sensor_and_number(db, "a", 1);
    toasty_auto(ReadingList) of_sensor = reading_by_sensor(db, "a", .limit = 10);
    toasty_auto(ReadingList) of_place = reading_by_place(db, "here");
    toasty_auto(ReadingList) all = reading_scan(db);
    toasty_auto(ReadingPage) page = reading_scan_page(db, .per_page = 3);
    if (!reading || !of_sensor || !of_place || !all || !page)
        return -1;
    toasty_auto(Reading) first = reading_first_by_sensor(db, "a");
    toasty_auto(ReadingList) range = reading_by_sensor_and_number_between(db, "a", 1, 9, .limit = 3);
    const char *sensors[] = {"a", "b"};
    toasty_auto(ReadingList) several = reading_by_sensor_in(db, sensors, 2);
    toasty_auto(ReadingPage) some = reading_page_by_place(db, "here", .per_page = 3);
    if (!first || !range || !several || !some || reading_count_by_sensor(db, "a") < 0)
        return -1;
    return reading_update_by_sensor_and_number(db, "a", 1, reading_value_add(0.5));
}
