/* A type of its own where another is due, in a change. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    return volume_update_by_id(db, (VolumeId){1}, volume_shelf_id_set((VolumeId){2})) < 0; // refused: volume_shelf_id_set
}
