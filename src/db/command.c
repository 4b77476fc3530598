/* Single operations of the library's own: BEGIN, COMMIT, schema statements, and those that the user wrote. */
#include "db/command.h"

#include "base/container.h"
#include "base/error.h"

static void done(toasty_job *job)
{
    toasty__command *command = toasty__container(job, toasty__command, job);
    toasty__wait_done(&command->wait);
}

static void give_up(toasty__wait *wait)
{
    toasty__command *command = toasty__container(wait, toasty__command, wait);
    command->session.base.calls->cancel(&command->session.base, &command->job);
}

int toasty__command_begin(toasty__command *command, toasty_db *db, bool uncancellable, toasty_error *err)
{
    if (toasty__wait_begin(&command->wait, toasty__context_current(), err) < 0)
        return -1;
    command->wait.uncancellable = uncancellable;
    command->wait.give_up = give_up;
    toasty__session_begin(&command->session, db, command->wait.reactor, command->wait.context);
    command->session.shares = false;
    return 0;
}

int toasty__command_run(toasty__command *command, toasty_operation *operations, uint32_t count,
                        unsigned needs, uint32_t timeout_ms, toasty_error *err)
{
    command->job = (toasty_job){.operations = operations,
                                .count = count,
                                .done = done,
                                .deadline_ms = timeout_ms ? toasty__now_ms() + timeout_ms : 0};
    command->wait.done = command->wait.parked = false;
    command->session.base.calls->submit(&command->session.base, &command->job, needs);
    toasty__wait_until_done(&command->wait, timeout_ms);
    if (command->job.error.code == TOASTY_OK)
        return 0;
    *err = command->job.error;
    toasty__wait_explain(&command->wait, timeout_ms, err);
    toasty__session_explain(&command->session, err);
    return -1;
}

void toasty__command_end(toasty__command *command)
{
    toasty__session_end(&command->session);
    toasty__wait_end(&command->wait);
}
