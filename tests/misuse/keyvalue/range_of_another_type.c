/* A text where the field that sorts is a number. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    ReadingList *list = reading_by_sensor_and_number_ge(db, "a", "b"); // refused: int64_t
    return list ? 0 : -1;
}
