/* Fiber that may not have started. */
#include "models.toasty.h"

int misuse(struct uv_loop_s *loop, toasty_fiber_function work);

int misuse(struct uv_loop_s *loop, toasty_fiber_function work)
{
    toasty_spawn(loop, work, NULL); // refused: toasty_spawn
    return 0;
}
