/* A condition where the target knows only keys. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(ReadingList) readings = reading_scan(db,
                                                     .where = {0}); // refused: ReadingFind
    return readings ? 0 : -1;
}
