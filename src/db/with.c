/* Handles with other settings: a deadline, a connection of their own. */
#include "base/alloc.h"
#include "base/error.h"
#include "db/command.h"
#include "db/transaction.h"

#include <string.h>

static int take_connection(toasty_db *parent, toasty_db *db, toasty_error *err)
{
    toasty__command command;
    if (toasty__command_begin(&command, parent, false, err) < 0)
        return -1;
    toasty_operation ping = {.kind = TOASTY_OPERATION_PING};
    int status =
        toasty__command_run(&command, &ping, 1, TOASTY__NEED_KEEP | TOASTY__NEED_WRITE, db->timeout_ms, err);
    if (status == 0) {
        toasty__lease_open(&db->own_lease, db->pool, &command.session.borrower);
        db->lease = &db->own_lease;
        db->holder = db;
    }
    toasty__command_end(&command);
    return status;
}

static int observe(toasty_db *db, const toasty_with_options *options, toasty_error *err)
{
    if (options->counted) {
        db->tally = toasty__calloc(1, sizeof *db->tally);
        if (!db->tally)
            return toasty__fail_memory(err);
        db->observer.tally = db->tally;
    }
    if (options->trace_parent)
        memcpy(db->observer.trace_parent, options->trace_parent, sizeof db->observer.trace_parent);
    toasty__observer_decide(&db->observer);
    return 0;
}

toasty_db *toasty_with_(toasty_db *db, const toasty_with_options *options)
{
    static const toasty_with_options usual = {.end_ = 0};
    toasty__context *context = toasty__context_current();
    toasty_error *err = &context->error;
    if (toasty__handle_check(db, context) < 0)
        return NULL;
    options = options ? options : &usual;
    if (options->trace_parent && !toasty__is_trace_parent(options->trace_parent)) {
        toasty__fail(
            err, TOASTY_INVALID_ARGUMENT,
            "trace_parent is not one of W3C Trace Context: 00-, 32 digits, -, 16 digits, -, 2 digits");
        return NULL;
    }
    /* In a transaction, or on a dedicated handle, there is a connection of one's own already. */
    bool dedicated = options->dedicated && !db->lease;
    toasty_db *with =
        toasty__handle_new(db, db->pool, dedicated ? TOASTY__HANDLE_DEDICATED : TOASTY__HANDLE_WITH,
                           dedicated ? toasty__transaction_abandon : NULL, err);
    if (!with)
        return NULL;
    if (options->timeout_ms)
        with->timeout_ms = options->timeout_ms;
    if (observe(with, options, err) < 0 || (dedicated && take_connection(db, with, err) < 0)) {
        toasty__handle_drop(with);
        return NULL;
    }
    return with;
}
