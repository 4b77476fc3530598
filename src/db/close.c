/* Closing: what is in flight fails with `closed`, and the close waits for it.
 *
 * Handles that are still there keep the pool, closed, until they are freed. */
#include "db/close.h"

#include "base/error.h"
#include "core/misuse.h"
#include "db/handle.h"
#include "fiber/wait.h"

static void cannot_give_up(toasty__wait *wait)
{
    (void)wait; /* closing lasts until the drivers let go */
}

static int close_and_wait(toasty_db *db, toasty_error *err)
{
    toasty__pool *pool = db->pool;
    toasty__wait wait;
    if (toasty__wait_begin(&wait, toasty__context_current(), err) < 0)
        return -1;
    wait.uncancellable = true;
    wait.give_up = cannot_give_up;
    toasty__pool_close(pool);
    int status = 0;
    if (!toasty__reactor_is_loop(wait.reactor) && toasty__pool_is_used_here(pool))
        status =
            toasty__fail(err, TOASTY_WOULD_DEADLOCK,
                         "calls are in flight on a loop of this thread: run the loop until they have ended");
    else if (toasty__pool_await_closed(pool, &wait))
        toasty__wait_until_done(&wait, 0);
    toasty__wait_end(&wait);
    toasty__tell_living();
    return status;
}

void toasty__close_quietly(toasty_db *db)
{
    toasty_error ignored;
    close_and_wait(db, &ignored);
}

int toasty_close(toasty_db *db)
{
    toasty_error *err = &toasty__context_current()->error;
    toasty__error_clear(err);
    if (db && toasty__handle_is_freed(db))
        return -1;
    if (!db || db->kind != TOASTY__HANDLE_ROOT)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "toasty_close: not a handle from toasty_open");
    return close_and_wait(db, err);
}
