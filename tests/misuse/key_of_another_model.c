/* Key of another model, of a type of its own. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    ShelfId shelf = {3};
    toasty_auto(Volume) volume = volume_get_by_id(db, shelf); // refused: volume_get_by_id
    return volume ? 0 : -1;
}
