/* Running jobs: get a connection, attach it, test it when it is old, submit, hand the answer on.
 *
 * Each stage ends by starting the next or by completing the job, once. What can come from another thread (a
 * connection that became free) and what comes while a driver is on the stack (a connection that was made)
 * goes on in the session's task. */
#include "db/session.h"

#include "base/container.h"
#include "base/context.h"
#include "base/error.h"
#include "db/pool/slot.h"
#include "db/pool/stall.h"
#include "db/text.h"

static toasty__db_session *session_of(toasty__session *base)
{
    return (toasty__db_session *)base;
}

static const toasty_driver *driver_of(const toasty__db_session *session)
{
    return session->db->pool->driver;
}

/* --- ending a job --- */

/* A failed statement fails its transaction. Whether there still is one, the database says after each
 * statement: a raw COMMIT or ROLLBACK ends it with all that are nested in it. */
static void judge_transaction(const toasty__db_session *session, const toasty_job *job)
{
    toasty_db *transaction = session->db->transaction;
    if (job->error.code != TOASTY_OK) {
        toasty__transaction_fail(transaction);
        return;
    }
    unsigned open = TOASTY_SESSION_IN_TRANSACTION, other = TOASTY_SESSION_UNKNOWN;
    if ((session->borrower.slot->connection->session & (open | other)) == open)
        return;
    for (toasty_db *at = transaction; at; at = at->outer)
        if (at->transaction)
            toasty__transaction_lose(at);
}

/* A statement that ends a transaction, whatever comes of it. */
static bool ends_by_itself(const toasty_operation *operation)
{
    const toasty_statement *statement = operation->statement;
    return operation->kind == TOASTY_OPERATION_ROLLBACK ||
           (operation->kind == TOASTY_OPERATION_SQL && statement->foreign &&
            toasty__text_ends(statement->sql));
}

/* On a dedicated handle: when what failed has taken along a transaction that the user began by a raw
 * statement, what comes next would run, and stay, outside of it. */
static void judge_raw_transaction(const toasty__db_session *session, const toasty_job *job)
{
    const toasty__slot *slot = session->borrower.slot;
    if (session->raw && slot && job->error.code != TOASTY_OK &&
        !(slot->connection->session & TOASTY_SESSION_IN_TRANSACTION) && !ends_by_itself(&job->operations[0]))
        toasty__transaction_lose(session->db->holder);
}

static __attribute__((noinline)) void judge(const toasty__db_session *session, const toasty_job *job)
{
    if (session->db->transaction && session->role != TOASTY__SESSION_ENDS)
        judge_transaction(session, job);
    else if (!session->db->transaction && session->role == TOASTY__SESSION_CALLS)
        judge_raw_transaction(session, job);
}

static void complete(toasty__db_session *session)
{
    toasty_job *job = session->job;
    session->job = NULL;
    session->stage = TOASTY__SESSION_FREE;
    if (session->borrower.lease)
        judge(session, job);
    job->done = session->done;
    job->done(job);
}

/* The job never reached the driver; its error is set. */
static void fail(toasty__db_session *session)
{
    session->job->failed = 0;
    complete(session);
}

static void fail_given_up(toasty__db_session *session)
{
    toasty__fail(&session->job->error, TOASTY_CANCELLED, "cancelled before it was sent");
    fail(session);
}

static void account(toasty__db_session *session, toasty_job *job)
{
    toasty__slot *slot = session->borrower.slot;
    toasty__stall_answered(&session->borrower);
    if (session->db->observer.on)
        toasty__observe_answered(&session->observed, &session->db->observer, job, slot);
    toasty__tally_job(&slot->tally, job, slot->connection);
    if (slot->connection->broken)
        toasty__pool_lost(slot);
}

static void acquire(toasty__db_session *session);

/* The job was taken back before it was answered: it starts anew. */
static __attribute__((noinline)) void move_on(toasty__db_session *session)
{
    session->borrower.number = 0;
    session->left = toasty__pool_give_back(&session->borrower, true) || session->left;
    toasty__error_clear(&session->job->error);
    acquire(session);
}

static void job_done(toasty_job *job)
{
    toasty__db_session *session = job->session;
    bool moves = session->moving && job->error.code == TOASTY_CANCELLED && !session->given_up;
    session->moving = false;
    if (moves) {
        if (session->db->observer.on)
            toasty__observe_moved(&session->observed, &session->db->observer, job, session->borrower.slot);
        move_on(session);
        return;
    }
    account(session, job);
    complete(session);
}

/* --- running it --- */

static void run(toasty__db_session *session)
{
    toasty_job *job = session->job;
    session->stage = TOASTY__SESSION_RUNNING;
    session->sent = true;
    if (session->db->observer.on)
        toasty__observe_sent(&session->observed, &session->db->observer, job, session->borrower.slot);
    job->done = job_done;
    session->raw = session->borrower.lease && !session->db->transaction &&
                   (session->borrower.slot->connection->session & TOASTY_SESSION_IN_TRANSACTION);
    if (session->db->pool->shares) {
        session->borrower.movable = !session->needs && !session->kept;
        toasty__stall_sent(&session->borrower);
    }
    driver_of(session)->submit(session->borrower.slot->connection, job);
}

static void drop_broken(toasty__db_session *session)
{
    session->borrower.slot->connection->broken = true;
    toasty__pool_lost(session->borrower.slot);
    session->left = toasty__pool_give_back(&session->borrower, false) || session->left;
}

static void pinged(toasty_job *job)
{
    toasty__db_session *session = job->session;
    session->borrower.slot->ping = false;
    if (job->error.code != TOASTY_OK)
        session->borrower.slot->connection->broken = true;
    else if (session->db->pool->shares && session->borrower.shares)
        toasty__pool_share(session->borrower.slot);
    /* The driver is on the stack: what follows may close the connection. */
    session->stage = TOASTY__SESSION_WAITING;
    toasty__reactor_defer(session->borrower.reactor, &session->borrower.task);
}

static void stop_timer(toasty__db_session *session)
{
    toasty__timer_free(session->timer);
    session->timer = NULL;
}

static void own_job(toasty__db_session *session, toasty_operation_kind kind, void (*done)(toasty_job *job))
{
    session->own_operation = (toasty_operation){.kind = (uint8_t)kind};
    session->own_job.operations = &session->own_operation;
    session->own_job.count = 1;
    session->own_job.atomic = false;
    session->own_job.session = session;
    session->own_job.done = done;
    session->own_job.failed = 0;
    session->own_job.deadline_ms = 0;
    session->own_job.next = NULL;
    toasty__error_clear(&session->own_job.error);
    driver_of(session)->submit(session->borrower.slot->connection, &session->own_job);
}

static void ping_timed_out(void *arg)
{
    toasty__db_session *session = arg;
    if (session->stage != TOASTY__SESSION_PINGING || session->given_up)
        return;
    session->stage = TOASTY__SESSION_WAITING; /* its task comes, and finds the connection broken */
    driver_of(session)->cancel(session->borrower.slot->connection, &session->own_job);
}

/* A server that does not answer would not answer the statement either: another connection is tried in time.
 */
static void ping(toasty__db_session *session)
{
    uint32_t timeout_ms = session->db->pool->options.connect_timeout_ms;
    toasty_error ignored;
    session->stage = TOASTY__SESSION_PINGING;
    session->timer =
        timeout_ms ? toasty__timer_new(session->borrower.reactor, ping_timed_out, session, &ignored) : NULL;
    if (session->timer)
        toasty__timer_start(session->timer, timeout_ms);
    own_job(session, TOASTY_OPERATION_PING, pinged);
}

static int attach(toasty__db_session *session, toasty_error *err)
{
    toasty__slot *slot = session->borrower.slot;
    toasty_connection *connection = slot->connection;
    const toasty_driver *driver = driver_of(session);
    connection->reactor = session->borrower.reactor;
    if (slot->attached || !driver->attach)
        return 0;
    slot->attached = driver->attach(connection, connection->reactor, err) == 0;
    if (slot->attached)
        return 0;
    connection->reactor = NULL;
    return -1;
}

/* Another connection may do, unless there is no other, or nothing would. */
static void attach_failed(toasty__db_session *session, const toasty_error *err)
{
    drop_broken(session);
    if (!session->borrower.lease && err->code != TOASTY_OUT_OF_MEMORY) {
        acquire(session);
        return;
    }
    session->job->error = *err;
    fail(session);
}

/* The session has a connection: on this thread, and no driver is on the stack when the connection is new to
 * it. */
static __attribute__((noinline)) void start_otherwise(toasty__db_session *session)
{
    toasty_error err;
    if (session->given_up || session->aborted) {
        fail_given_up(session);
    } else if (session->borrower.lease && session->role == TOASTY__SESSION_CALLS &&
               toasty__handle_usable(session->db, &session->job->error) < 0) {
        fail(session); /* it was ended while this one waited for its connection */
    } else if (session->borrower.slot->connection->broken) {
        drop_broken(session);
        acquire(session);
    } else if (attach(session, &err) < 0) {
        attach_failed(session, &err);
    } else if (session->borrower.slot->ping) {
        ping(session);
    } else {
        run(session);
    }
}

static inline void start(toasty__db_session *session)
{
    const toasty__slot *slot = session->borrower.slot;
    bool attached = slot->attached || !driver_of(session)->attach;
    if (session->given_up || session->aborted || session->borrower.lease || slot->connection->broken ||
        !attached || slot->ping) {
        start_otherwise(session);
        return;
    }
    slot->connection->reactor = session->borrower.reactor;
    run(session);
}

/* --- making a connection --- */

static void connected(toasty_connect *connect)
{
    toasty__db_session *session = connect->session;
    session->stage = TOASTY__SESSION_CONNECTED;
    toasty__reactor_defer(session->borrower.reactor, &session->borrower.task);
}

static __attribute__((noinline)) void make_connection(toasty__db_session *session)
{
    toasty__pool *pool = session->db->pool;
    toasty__slot *slot = toasty__pool_add_slot(session->borrower.group, &session->borrower);
    if (!slot) {
        toasty__fail_memory(&session->job->error);
        fail(session);
        return;
    }
    session->stage = TOASTY__SESSION_CONNECTING;
    slot->connect = (toasty_connect){.reactor = session->borrower.reactor,
                                     .timeout_ms = pool->options.connect_timeout_ms,
                                     .writer = session->borrower.group->writer,
                                     .done = connected,
                                     .session = session};
    pool->driver->connect(&pool->database, &slot->connect);
}

static void take_connection(toasty__db_session *session)
{
    toasty__slot *slot = session->borrower.slot;
    if (slot->connect.connection) {
        toasty__pool_connected(slot);
        start(session);
        return;
    }
    session->job->error = slot->connect.error;
    session->left = toasty__pool_drop_slot(slot) || session->left;
    fail(session);
}

/* --- waiting for one --- */

static void wait_timed_out(void *arg)
{
    toasty__db_session *session = arg;
    const toasty__group *group = session->borrower.group;
    uint32_t timeout_ms = session->db->pool->options.wait_timeout_ms;
    if (!toasty__pool_leave(&session->borrower))
        return;
    stop_timer(session);
    if (group->writer)
        toasty__fail(&session->job->error, TOASTY_POOL_TIMEOUT,
                     "the one connection that writes was in use for %u ms", timeout_ms);
    else
        toasty__fail(&session->job->error, TOASTY_POOL_TIMEOUT,
                     "no connection became free within %u ms: all %u of this database are in use", timeout_ms,
                     group->max);
    fail(session);
}

static __attribute__((noinline)) void start_timer(toasty__db_session *session)
{
    uint32_t timeout_ms = session->db->pool->options.wait_timeout_ms;
    toasty_error err;
    if (!timeout_ms)
        return;
    session->timer = toasty__timer_new(session->borrower.reactor, wait_timed_out, session, &err);
    if (session->timer) {
        toasty__timer_start(session->timer, timeout_ms);
    } else if (toasty__pool_leave(&session->borrower)) {
        session->job->error = err;
        fail(session);
    }
}

static void acquire(toasty__db_session *session)
{
    toasty__borrower *borrower = &session->borrower;
    toasty__group *group =
        borrower->lease ? borrower->lease : toasty__pool_group(session->db->pool, session->needs);
    borrower->shares = session->shares && !borrower->lease && !(session->needs & TOASTY__NEED_KEEP);
    session->stage = TOASTY__SESSION_WAITING;
    switch (toasty__pool_acquire(group, borrower, &session->job->error)) {
    case TOASTY__GRANTED:
        start(session);
        break;
    case TOASTY__CONNECT:
        make_connection(session);
        break;
    case TOASTY__QUEUED:
        start_timer(session);
        break;
    case TOASTY__REFUSED:
        fail(session);
        break;
    }
}

/* What the pool has granted meanwhile. */
static void take_turn(toasty__db_session *session)
{
    toasty__group *group = session->borrower.group;
    switch ((toasty__grant)session->borrower.grant) {
    case TOASTY__GRANTED:
        start(session);
        break;
    case TOASTY__CONNECT:
        if (session->given_up || session->aborted) {
            toasty__pool_drop_permission(group);
            fail_given_up(session);
        } else {
            make_connection(session);
        }
        break;
    default:
        toasty__pool_refuse(group, &session->job->error);
        fail(session);
    }
}

static void go_on(toasty__task *task)
{
    toasty__db_session *session = toasty__container(task, toasty__db_session, borrower.task);
    stop_timer(session);
    if (session->stage == TOASTY__SESSION_CONNECTED)
        take_connection(session);
    else
        take_turn(session);
}

/* --- what the engine calls --- */

/* May the next job run on the connection that the session has? */
static __attribute__((noinline)) bool fits(const toasty__db_session *session)
{
    if (session->borrower.lease || session->kept)
        return true;
    if (session->borrower.slot->connection->broken)
        return false;
    if (toasty__pool_group(session->db->pool, session->needs) != session->borrower.slot->home &&
        !session->borrower.slot->home->writer)
        return false;
    return (session->shares && !(session->needs & TOASTY__NEED_KEEP)) ||
           toasty__pool_take_alone(session->borrower.slot);
}

static void submit(toasty__session *base, toasty_job *job, unsigned needs)
{
    toasty__db_session *session = session_of(base);
    session->job = job;
    session->done = job->done;
    session->needs = (uint8_t)needs;
    job->session = session;
    if (session->aborted || session->given_up) {
        fail_given_up(session);
        return;
    }
    if (session->borrower.slot && !fits(session))
        session->left = toasty__pool_give_back(&session->borrower, true);
    session->kept = session->kept || (needs & TOASTY__NEED_KEEP);
    if (session->borrower.slot)
        run(session);
    else
        acquire(session);
}

static void give_up(toasty__db_session *session)
{
    const toasty_driver *driver = driver_of(session);
    session->given_up = true;
    session->borrower.movable = false;
    /* Out of the queue first: nobody else changes the stage after that. */
    if (session->stage == TOASTY__SESSION_WAITING && toasty__pool_leave(&session->borrower)) {
        stop_timer(session);
        fail_given_up(session);
        return;
    }
    switch (session->stage) {
    case TOASTY__SESSION_CONNECTING:
        if (driver->connect_cancel)
            driver->connect_cancel(&session->borrower.slot->connect);
        break;
    case TOASTY__SESSION_PINGING:
        driver->cancel(session->borrower.slot->connection, &session->own_job);
        break;
    case TOASTY__SESSION_RUNNING:
        driver->cancel(session->borrower.slot->connection, session->job);
        break;
    default: /* its task comes, and sees that it was given up */
        break;
    }
}

static toasty__db_session *session_of_borrower(toasty__borrower *borrower)
{
    return toasty__container(borrower, toasty__db_session, borrower);
}

static void move(toasty__borrower *borrower)
{
    toasty__db_session *session = session_of_borrower(borrower);
    if (session->stage != TOASTY__SESSION_RUNNING)
        return;
    session->moving = true;
    driver_of(session)->cancel(borrower->slot->connection, session->job);
}

static void abort_job(toasty__borrower *borrower)
{
    toasty__db_session *session = session_of_borrower(borrower);
    session->aborted = true;
    if (session->job && !session->given_up)
        give_up(session);
}

static void cancel(toasty__session *base, toasty_job *job)
{
    toasty__db_session *session = session_of(base);
    if (session->job == job && !session->given_up)
        give_up(session);
}

static bool may_be_in_transaction(const toasty__slot *slot)
{
    return slot->connection->session & (TOASTY_SESSION_IN_TRANSACTION | TOASTY_SESSION_UNKNOWN);
}

static void rolled_back(toasty_job *own)
{
    toasty__db_session *session = own->session;
    toasty_job *job = session->job;
    if (own->error.code != TOASTY_OK || may_be_in_transaction(session->borrower.slot))
        toasty__slot_part(session->borrower.slot, true);
    account(session, own);
    session->job = NULL;
    session->stage = TOASTY__SESSION_FREE;
    job->done(job);
}

static void roll_back(toasty__session *base, toasty_job *job)
{
    toasty__db_session *session = session_of(base);
    const toasty__slot *slot = session->borrower.slot;
    if (!slot || slot->connection->broken || !may_be_in_transaction(slot)) {
        job->done(job);
        return;
    }
    session->job = job;
    session->stage = TOASTY__SESSION_ROLLING_BACK;
    own_job(session, TOASTY_OPERATION_ROLLBACK, rolled_back);
}

/* --- life --- */

/* Also in one that a raw statement began on a dedicated handle, where what failed halfway fails that one. */
static bool is_in_transaction(const toasty_db *db)
{
    return db->transaction || (db->lease && db->pool->driver->capability->fails_transaction &&
                               (toasty__lease_session(db->lease) & TOASTY_SESSION_IN_TRANSACTION));
}

static void fail_transaction(toasty__session *base)
{
    toasty_db *transaction = session_of(base)->db->transaction;
    if (transaction) /* one that a raw statement began is the user's own business */
        toasty__transaction_fail(transaction);
}

static int check_lock(const toasty__session *base, toasty_error *err)
{
    const toasty_db *db = ((const toasty__db_session *)base)->db;
    if (!base->in_transaction)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT,
                            "a lock of rows lasts until its transaction ends: begin one with toasty_begin or "
                            "toasty_transact");
    if (db->transaction && db->transaction->cannot_lock)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "%s", db->transaction->cannot_lock);
    return 0;
}

/* Member by member: what is set when it is needed stays as it is. */
void toasty__session_begin(toasty__db_session *session, toasty_db *db, toasty__reactor *reactor,
                           struct toasty__context *context)
{
    static const toasty__session_calls calls = {submit, cancel, roll_back, check_lock, fail_transaction};
    static const toasty__borrower_calls borrower_calls = {move, abort_job};
    toasty__borrower *borrower = &session->borrower;
    toasty__handle_hold(db);
    session->base.calls = &calls;
    session->base.in_transaction = is_in_transaction(db);
    session->db = db;
    session->shares = true;
    session->stage = TOASTY__SESSION_FREE;
    session->role = TOASTY__SESSION_CALLS;
    session->kept = session->given_up = session->aborted = session->sent = session->left = session->raw =
        session->moving = false;
    session->job = NULL;
    session->timer = NULL;
    borrower->calls = &borrower_calls;
    borrower->reactor = reactor;
    borrower->context = context;
    borrower->lease = db->lease;
    borrower->on_loop = !context || context->reactor;
    borrower->leaves = borrower->beside = borrower->movable = false;
    borrower->slot = NULL;
    borrower->number = 0;
    borrower->task.run = go_on;
    borrower->task.queued = false;
}

void toasty__session_end(toasty__db_session *session)
{
    if (session->borrower.slot && toasty__pool_give_back(&session->borrower, false))
        session->left = true;
    if (session->left)
        toasty__pool_settle_left(session->db->pool, session->borrower.reactor);
    toasty__handle_release(session->db);
}

void toasty__session_explain(const toasty__db_session *session, toasty_error *err)
{
    if (err->code == TOASTY_CANCELLED && session->aborted)
        toasty__fail(err, TOASTY_CLOSED, "the database handle was closed meanwhile");
}
