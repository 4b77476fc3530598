/* Transactions: begin, commit, rollback, and the function that runs in one.
 *
 * An outermost transaction has a lease, or uses that of its dedicated handle; one begun in another is a
 * savepoint on the same connection. While it is open, the handle that it was begun on can only be rolled back
 * or freed, and takes it along. What a failed statement leaves behind is undone by the database's rollback
 * alone; when that cannot be had, nobody goes on with the connection. */
#include "db/transaction.h"

#include "base/context.h"
#include "base/error.h"
#include "core/roots.h"
#include "db/command.h"

#include <stdlib.h>

enum { USUAL_RUNS = 5, FIRST_PAUSE_MS = 2, LONGEST_PAUSE_MS = 200 };

/* Whether the handle ends a transaction of its own or one savepoint of it. */
static bool is_outermost(const toasty_db *transaction)
{
    return transaction->kind == TOASTY__HANDLE_TRANSACTION;
}

static bool has_own_lease(const toasty_db *db)
{
    return db->lease == &db->own_lease;
}

/* --- begin --- */

/* Begins `db` on a connection of its parent's. */
static int begin_on(toasty_db *parent, toasty_db *db, toasty_operation *operation, unsigned needs,
                    toasty_error *err)
{
    toasty__command command;
    if (toasty__command_begin(&command, parent, false, err) < 0)
        return -1;
    command.session.role = TOASTY__SESSION_BEGINS;
    /* A transaction of the user's own text would be committed with this one. */
    bool raw = parent->lease && !parent->transaction &&
               (toasty__lease_session(parent->lease) & TOASTY_SESSION_IN_TRANSACTION);
    int status = raw ? toasty__fail(err, TOASTY_INVALID_STATEMENT,
                                    "a raw statement began a transaction on this handle: end that one first")
                     : toasty__command_run(&command, operation, 1, needs, db->timeout_ms, err);
    if (status == 0 && !parent->lease) {
        toasty__lease_open(&db->own_lease, db->pool, &command.session.borrower);
        db->lease = &db->own_lease;
    }
    const toasty__slot *slot = command.session.borrower.slot;
    bool open = status < 0 && slot && parent->lease && !parent->transaction && slot->connection->session &&
                slot->connection->session != TOASTY_SESSION_TOUCHED;
    toasty__command_end(&command);
    if (open && !raw) /* given up: it is open by now, or soon */
        toasty__lease_spoil(parent->lease);
    return status;
}

/* What the target can do, and what a transaction of this kind can ask for. */
static int check_begin(const toasty_db *db, const toasty_begin_options *options, toasty_error *err)
{
    const toasty_capability *capability = db->pool->driver->capability;
    bool nested = db->transaction != NULL;
    if (nested ? !capability->savepoints : !capability->transactions)
        return toasty__fail(err, TOASTY_UNSUPPORTED, "%s does not support %s", capability->target,
                            nested ? "nested transactions" : "transactions; toasty_batch is all or nothing");
    if (options->lock == TOASTY_DEFAULT_LOCK)
        return 0;
    if (!capability->lock_modes)
        return toasty__fail(err, TOASTY_UNSUPPORTED, "%s does not support lock modes; leave .lock out",
                            capability->target);
    if (nested || options->read_only)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT,
                            "%s does not take a lock of its own; leave .lock out",
                            nested ? "a savepoint" : "a transaction that only reads");
    return 0;
}

/* Why rows that it reads cannot be locked; NULL: they can. */
static const char *cannot_lock(const toasty_db *db, const toasty_begin_options *options)
{
    if (db->transaction && db->transaction->cannot_lock)
        return db->transaction->cannot_lock;
    if (options->read_only)
        return "a transaction that only reads cannot lock rows";
    return options->lock == TOASTY_DEFERRED_LOCK
               ? "a transaction with TOASTY_DEFERRED_LOCK locks nothing before it writes: begin it without"
               : NULL;
}

/* From now on the handle that it is begun on can only be rolled back, unless it is being ended. */
static int take_holder(toasty_db *outer, toasty_db *transaction, toasty_error *err)
{
    toasty_db *none = NULL;
    if (!outer)
        return 0;
    bool taken = atomic_compare_exchange_strong(&outer->inner, &none, transaction);
    if (taken && outer->state < TOASTY__TRANSACTION_ENDING)
        return 0;
    if (taken)
        outer->inner = NULL;
    return toasty__handle_usable(outer, err) < 0
               ? -1
               : toasty__fail(err, TOASTY_TRANSACTION_FAILED, "another thread uses the transaction");
}

toasty_db *toasty_begin_(toasty_db *db, const toasty_begin_options *options)
{
    static const toasty_begin_options usual = {.end_ = 0};
    toasty__context *context = toasty__context_current();
    toasty_error *err = &context->error;
    if (toasty__handle_check(db, context) < 0)
        return NULL;
    options = options ? options : &usual;
    bool nested = db->transaction != NULL;
    if (check_begin(db, options, err) < 0)
        return NULL;
    toasty_db *transaction =
        toasty__handle_new(db, db->pool, nested ? TOASTY__HANDLE_SAVEPOINT : TOASTY__HANDLE_TRANSACTION,
                           toasty__transaction_abandon, err);
    if (!transaction)
        return NULL;
    transaction->level = nested ? db->transaction->level + 1 : 0;
    transaction->cannot_lock = cannot_lock(db, options);
    if (options->timeout_ms)
        transaction->timeout_ms = options->timeout_ms;
    toasty_operation operation = {.kind = nested ? TOASTY_OPERATION_SAVEPOINT : TOASTY_OPERATION_BEGIN,
                                  .isolation = (uint8_t)options->isolation,
                                  .lock = (uint8_t)options->lock,
                                  .read_only = options->read_only,
                                  .level = transaction->level};
    unsigned needs = TOASTY__NEED_KEEP | (options->read_only ? TOASTY__NEED_READ : TOASTY__NEED_WRITE);
    toasty_db *outer = db->holder;
    if (take_holder(outer, transaction, err) < 0) {
        toasty__handle_drop(transaction);
        return NULL;
    }
    if (begin_on(db, transaction, &operation, needs, err) < 0) {
        if (outer)
            outer->inner = NULL;
        toasty__handle_drop(transaction);
        return NULL;
    }
    transaction->outer = outer;
    transaction->transaction = transaction->holder = transaction;
    return transaction;
}

/* --- end --- */

/* Runs one operation on the handle's connection, which leaves its lease then if it is a last one; *sent: it
 * reached the driver. */
static int run_on(toasty_db *db, toasty_operation_kind kind, bool cleaning, uint32_t timeout_ms, bool *sent,
                  toasty_error *err)
{
    toasty__command command;
    toasty_operation operation = {.kind = (uint8_t)kind, .level = db->level};
    *sent = false;
    if (toasty__command_begin(&command, db, cleaning, err) < 0)
        return -1;
    command.session.role = kind == TOASTY_OPERATION_PING ? TOASTY__SESSION_BEGINS : TOASTY__SESSION_ENDS;
    command.session.borrower.leaves = has_own_lease(db);
    int status = toasty__command_run(&command, &operation, 1, TOASTY__NEED_KEEP, timeout_ms, err);
    *sent = command.session.sent;
    toasty__command_end(&command);
    return status;
}

/* Undoes the transaction, whatever state it is in; what is nested in it is undone with it. */
static int undo(toasty_db *db, bool gone, toasty_error *err)
{
    uint32_t timeout_ms = db->pool->options.connect_timeout_ms;
    bool sent;
    if (is_outermost(db))
        return run_on(db, TOASTY_OPERATION_ROLLBACK, true, timeout_ms, &sent, err);
    if (gone)
        return 0;
    if (run_on(db, TOASTY_OPERATION_ROLLBACK_TO, true, timeout_ms, &sent, err) < 0)
        return -1;
    return run_on(db, TOASTY_OPERATION_RELEASE, true, timeout_ms, &sent, err);
}

/* What was begun on the handle ends with it, and may be freed after it. */
static void end_inner(toasty_db *db)
{
    for (toasty_db *inner = db->inner; inner; inner = inner->inner)
        inner->state = TOASTY__TRANSACTION_ENDED;
    db->inner = NULL;
}

/* No call works on the handle any more; its connection goes back to whose it was. unfit: it could not be
 * undone. What it was begun on may have ended meanwhile, and this one with it. */
static void end(toasty_db *db, bool unfit)
{
    toasty_db *outer = db->outer;
    if (atomic_exchange(&db->state, TOASTY__TRANSACTION_ENDED) == TOASTY__TRANSACTION_ENDED)
        return;
    end_inner(db);
    if (outer)
        outer->inner = NULL;
    if (has_own_lease(db))
        toasty__lease_return(&db->own_lease, unfit);
    else if (unfit && outer->transaction)
        toasty__transaction_fail(outer);
    else if (unfit)
        toasty__lease_spoil(db->lease);
}

static int check_end(const toasty_db *db, toasty_error *err)
{
    toasty__error_clear(err);
    if (db && toasty__handle_is_freed(db))
        return -1;
    if (!db || (db->kind != TOASTY__HANDLE_TRANSACTION && db->kind != TOASTY__HANDLE_SAVEPOINT))
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "not a handle from toasty_begin");
    for (const toasty_db *at = db; at; at = at->outer)
        if (at->state == TOASTY__TRANSACTION_ENDED)
            return toasty__fail(err, TOASTY_CLOSED, "the transaction has ended");
    for (const toasty_db *at = db; at; at = at->outer)
        if (at->state == TOASTY__TRANSACTION_ENDING)
            return toasty__fail(err, TOASTY_CLOSED, "another call is ending the transaction");
    return 0;
}

/* From now on until its end nothing else runs in the transaction: of two that would end it, one is refused.
 * *before: the state that it was in. */
static int claim_end(toasty_db *db, uint8_t *before, toasty_error *err)
{
    *before = db->state;
    while (*before < TOASTY__TRANSACTION_ENDING)
        if (atomic_compare_exchange_weak(&db->state, before, TOASTY__TRANSACTION_ENDING))
            return 0;
    return toasty__fail(err, TOASTY_CLOSED, "another call is ending the transaction");
}

/* Whether the error leaves open what the database did: the call was given up after its commit was sent. Where
 * the connection was lost, the driver has said what is known of that. */
static bool leaves_open(const toasty_error *err)
{
    return err->code == TOASTY_CANCELLED || err->code == TOASTY_TIMEOUT || err->code == TOASTY_CLOSED;
}

static int commit_outermost(toasty_db *db, toasty_error *err)
{
    toasty_error ignored;
    bool sent;
    int status = run_on(db, TOASTY_OPERATION_COMMIT, false, db->timeout_ms, &sent, err);
    if (status < 0 && sent && leaves_open(err))
        toasty__fail(err, TOASTY_OUTCOME_UNKNOWN,
                     "the call was given up while committing: the database may have committed or not");
    end(db, status < 0 && undo(db, false, &ignored) < 0);
    return status;
}

/* One that fails can still be rolled back. */
static int commit_savepoint(toasty_db *db, toasty_error *err)
{
    bool sent;
    int status = run_on(db, TOASTY_OPERATION_RELEASE, false, db->timeout_ms, &sent, err);
    uint8_t ending = TOASTY__TRANSACTION_ENDING;
    if (status == 0)
        end(db, false);
    else
        atomic_compare_exchange_strong(&db->state, &ending, TOASTY__TRANSACTION_FAILED);
    return status;
}

int toasty_commit(toasty_db *db)
{
    toasty__context *context = toasty__context_current();
    toasty_error *err = &context->error;
    uint8_t before;
    if (check_end(db, err) < 0 || toasty__handle_check(db, context) < 0 || claim_end(db, &before, err) < 0)
        return -1;
    if (before != TOASTY__TRANSACTION_OPEN || db->inner) { /* another thread was faster */
        db->state = before;
        return toasty__handle_usable(db, err) < 0
                   ? -1
                   : toasty__fail(err, TOASTY_TRANSACTION_FAILED, "another thread uses the transaction");
    }
    toasty__handle_hold(db);
    int status = is_outermost(db) ? commit_outermost(db, err) : commit_savepoint(db, err);
    toasty__handle_release(db);
    return status;
}

/* A raw statement that was given up may have ended the transaction: what is answered behind it tells. */
static void learn_state(toasty_db *db)
{
    toasty_error ignored;
    bool sent;
    if (toasty__lease_session(db->lease) & TOASTY_SESSION_UNKNOWN)
        run_on(db, TOASTY_OPERATION_PING, true, db->pool->options.connect_timeout_ms, &sent, &ignored);
}

static int roll_back(toasty_db *db, toasty_error *err)
{
    uint8_t before;
    learn_state(db);
    if (claim_end(db, &before, err) < 0)
        return -1;
    bool gone = before == TOASTY__TRANSACTION_GONE;
    int status = undo(db, gone, err);
    end(db, status < 0);
    return gone ? toasty__fail(err, TOASTY_TRANSACTION_FAILED, "%s", toasty__transaction_gone) : status;
}

int toasty_rollback(toasty_db *db)
{
    toasty_error *err = &toasty__context_current()->error;
    if (check_end(db, err) < 0)
        return -1;
    toasty__handle_hold(db);
    int status = roll_back(db, err);
    toasty__handle_release(db);
    return status;
}

/* What raw statements have left in the session of a dedicated handle does not wait for its next user: others
 * may wait for a lock of it. */
static int leave_session(toasty_db *db, toasty_error *err)
{
    bool sent;
    uint8_t session = toasty__lease_session(db->lease);
    if (!session || (session & TOASTY_SESSION_UNKNOWN))
        return 0;
    return run_on(db,
                  session & TOASTY_SESSION_IN_TRANSACTION ? TOASTY_OPERATION_ROLLBACK : TOASTY_OPERATION_PING,
                  true, db->pool->options.connect_timeout_ms, &sent, err);
}

void toasty__transaction_abandon(toasty_db *db)
{
    toasty_error ignored;
    uint8_t before;
    if (db->kind == TOASTY__HANDLE_DEDICATED) {
        if (claim_end(db, &before, &ignored) == 0)
            end(db, leave_session(db, &ignored) < 0);
    } else if (db->transaction == db && check_end(db, &ignored) == 0 &&
               claim_end(db, &before, &ignored) == 0) {
        end(db, undo(db, before == TOASTY__TRANSACTION_GONE, &ignored) < 0);
    }
}

/* --- a function in a transaction --- */

static void paused(toasty__wait *wait)
{
    wait->late = false;
    toasty__wait_done(wait);
}

/* A pause before the next run, longer each time, and not the same for all who collided. */
static int pause_before(unsigned runs, toasty__context *context)
{
    toasty__wait wait;
    if (toasty__wait_begin(&wait, context, &context->error) < 0)
        return -1;
    wait.give_up = paused;
    uint64_t longest = runs < 7 ? (uint64_t)FIRST_PAUSE_MS << runs : LONGEST_PAUSE_MS;
    toasty__wait_until_done(&wait, 1 + (uintptr_t)&wait / 64 % longest + toasty__now_ms() % longest);
    toasty__wait_end(&wait);
    return 0;
}

/* One run. -1 with the error; *again: the database could not serialize it. */
static int run_once(toasty_db *db, toasty_transaction_function fn, void *arg,
                    const toasty_begin_options *options, bool *again)
{
    toasty__context *context = toasty__context_current();
    toasty_error *err = &context->error;
    toasty_db *transaction = toasty_begin_(db, options);
    if (!transaction) {
        *again = err->code == TOASTY_SERIALIZATION_FAILURE;
        return -1;
    }
    /* It is ours: nobody else can free it. */
    toasty__destroy destroy;
    void *object;
    toasty__root_take(transaction, &destroy, &object);
    int result = fn(transaction, arg);
    if (result >= 0 && toasty_commit(transaction) < 0)
        result = -1;
    *again = result < 0 && err->code == TOASTY_SERIALIZATION_FAILURE;
    toasty__handle_destroy(transaction);
    return result;
}

int toasty_transact_(toasty_db *db, toasty_transaction_function fn, void *arg,
                     const toasty_begin_options *options)
{
    toasty__context *context = toasty__context_current();
    if (toasty__handle_check(db, context) < 0)
        return -1;
    if (!fn)
        return toasty__fail(&context->error, TOASTY_INVALID_ARGUMENT,
                            "toasty_transact: the function is NULL");
    bool again = false;
    int result = -1;
    uint32_t most = options->max_runs ? options->max_runs : USUAL_RUNS;
    for (uint32_t runs = 0; runs < most; runs++) {
        if (again && pause_before(runs, context) < 0)
            return -1;
        result = run_once(db, fn, arg, options, &again);
        /* Inside a transaction only the whole of it can run again. */
        if (!again || db->transaction)
            break;
    }
    return result;
}
