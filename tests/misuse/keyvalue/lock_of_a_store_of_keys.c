/* A lock of rows where there are no transactions. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    Reading *reading = reading_get_by_sensor_and_number(db, "a", 1, .lock = TOASTY_FOR_UPDATE); // refused: lock
    return reading ? 0 : -1;
}
