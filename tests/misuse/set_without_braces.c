/* Change that is assigned to an array. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    return (int)user_update_all(db, .everything = true, .set = user_bio_set("a")); // refused: user_bio_set
}
