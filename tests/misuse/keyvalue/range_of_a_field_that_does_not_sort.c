/* A range of a field that is no part of a key or an index. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    ReadingList *list =
        reading_by_sensor_and_value_ge(db, "a", 0.5); // refused: reading_by_sensor_and_value_ge
    return list ? 0 : -1;
}
