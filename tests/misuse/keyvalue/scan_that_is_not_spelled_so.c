/* A whole table read where that is not an ordinary query. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(ReadingList) readings = reading_all(db); // refused: reading_all
    return readings ? 0 : -1;
}
