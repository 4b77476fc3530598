/* A session of the library's own statements: one operation after the other on one connection that it has
 * alone, and a wait for each. */
#ifndef TOASTY_DB_COMMAND_H
#define TOASTY_DB_COMMAND_H

#include "db/session.h"
#include "fiber/wait.h"

typedef struct toasty__command {
    toasty__wait wait;
    toasty__db_session session;
    toasty_job job;
} toasty__command;

/* uncancellable: cleaning up, which a cancelled fiber does as well. 0, or -1 with err. */
int toasty__command_begin(toasty__command *command, toasty_db *db, bool uncancellable, toasty_error *err);
/* Runs a job of so many operations; timeout_ms 0: no deadline. 0, or -1 with err. */
int toasty__command_run(toasty__command *command, toasty_operation *operations, uint32_t count,
                        unsigned needs, uint32_t timeout_ms, toasty_error *err);
void toasty__command_end(toasty__command *command);

#endif
