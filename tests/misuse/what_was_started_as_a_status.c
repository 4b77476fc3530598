/* What was started is a handle, no status. */
#include "models.toasty.h"

int misuse(struct uv_loop_s *loop, toasty_db *db, toasty_callback callback);

int misuse(struct uv_loop_s *loop, toasty_db *db, toasty_callback callback)
{
    User *user;
    int started = toasty_start(loop, db, user_get_by_id_op(&user, 1), callback, &user); // refused: int
    return started;
}
