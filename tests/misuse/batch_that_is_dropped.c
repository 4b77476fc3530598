/* Batch whose status is dropped. */
#include "models.toasty.h"

int misuse(toasty_db *db);

int misuse(toasty_db *db)
{
    toasty_batch(db, user_delete_by_id_op(NULL, 1)); // refused: toasty_batch
    return 0;
}
