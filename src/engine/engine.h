/* The engine: requests in, jobs of the driver out, results back (engine.c shows the way).
 *
 * What a request becomes is in plan/, how that runs in run/, what sets the kinds of requests apart in kinds/,
 * what stores that only know keys need in keys/. This is the front door; nothing below includes it. */
#ifndef TOASTY_ENGINE_ENGINE_H
#define TOASTY_ENGINE_ENGINE_H

#include "engine/plan/state.h"
#include "engine/run/run.h"

void toasty__engine_init(toasty__engine *engine, const toasty_schema *schema, const toasty_driver *driver,
                         const char *prefix, size_t cache_size);
void toasty__engine_done(toasty__engine *engine); /* no execution is under way */

/* Starts the requests (all or nothing when more than one). They and all they mention stay alive until done.
 * error and results are set before done is called. The execution may be freed inside done. */
void toasty__execute(toasty__execution *execution, const toasty_request *const *requests, size_t count);
/* For a session that only looks at what would be sent, inside of its first submit: records and variables of
 * the program stay as they are. Results are there. 0, or -1 with err. */
int toasty__execution_in_vain(toasty__execution *execution, toasty_error *err);
/* Asks it to end soon; done is called with `cancelled`, or with the real outcome when that came first. */
void toasty__execution_cancel(toasty__execution *execution);

#endif
