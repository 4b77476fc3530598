/* Number for a type of its own. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_auto(VolumeList) volumes = volume_all(db, .where = volume_shelf_id_eq(3)); // refused: volume_shelf_id_eq
    return volumes ? 0 : -1;
}
