/* Where and when a job runs: on the connection's thread, on the loop or inside submit; and again after a lock
 * was in its way.
 *
 * This is the only file that knows the reactor. A lock that another connection holds is waited for by a
 * timer, on loops and on plain threads alike, so nothing ever sleeps inside SQLite. */
#include "drivers/sqlite/connection.h"

#include "base/container.h"
#include "base/error.h"
#include "fiber/reactor.h"

enum { STEPS_BETWEEN_LOOKS = 1000 };

/* --- here or on the thread --- */

static bool needs_worker(const toasty__sqlite_connection *connection)
{
    switch (connection->database->threads) {
    case THREADS_INLINE:
        return false;
    case THREADS_WORKER:
        return true;
    default:
        return !connection->database->in_memory && toasty__reactor_is_loop(connection->base.reactor);
    }
}

/* Back on the reactor's thread. */
static void finish_work(toasty__sqlite_connection *connection)
{
    toasty__reactor *reactor = connection->base.reactor;
    connection->working = false;
    connection->done(connection); /* may free the connection */
    toasty__reactor_release(reactor);
}

static toasty__sqlite_connection *connection_of(toasty__task *task)
{
    return toasty__container(task, toasty__sqlite_connection, task);
}

static void worker_ended(toasty__task *task)
{
    finish_work(connection_of(task));
}

/* On the thread: does the work and sends its end to the reactor. */
static void work_and_post(void *arg)
{
    toasty__sqlite_connection *connection = arg;
    connection->work(connection);
    toasty__reactor_post(connection->base.reactor, &connection->task);
}

static void work_on_loop(toasty__task *task)
{
    toasty__sqlite_connection *connection = connection_of(task);
    connection->work(connection);
    finish_work(connection);
}

int toasty__sqlite_run(toasty__sqlite_connection *connection, void (*work)(void *connection),
                       void (*done)(void *connection), toasty_error *err)
{
    bool worker = needs_worker(connection);
    if (!worker && !toasty__reactor_is_loop(connection->base.reactor)) {
        work(connection);
        done(connection);
        return 0;
    }
    if (worker && !connection->used_worker && toasty__sqlite_worker_start(&connection->worker, err) < 0)
        return -1;
    connection->used_worker |= worker;
    connection->working = worker;
    connection->work = work;
    connection->done = done;
    connection->task.run = worker ? worker_ended : work_on_loop;
    toasty__reactor_hold(connection->base.reactor);
    if (worker)
        toasty__sqlite_worker_run(&connection->worker, work_and_post, connection);
    else /* Not at once: a fiber's stack is too small for SQLite, and a loop has others to serve. */
        toasty__reactor_defer(connection->base.reactor, &connection->task);
    return 0;
}

/* --- jobs --- */

static void start(toasty__sqlite_connection *connection);

static void finish(toasty__sqlite_connection *connection)
{
    toasty_job *job = connection->job;
    connection->job = NULL;
    if (connection->retry) {
        toasty__timer_free(connection->retry);
        connection->retry = NULL;
    }
    bool in_transaction = !sqlite3_get_autocommit(connection->db);
    connection->base.session = (uint8_t)((connection->base.session & TOASTY_SESSION_TOUCHED) |
                                         (in_transaction ? TOASTY_SESSION_IN_TRANSACTION : 0));
    connection->read_only &= in_transaction;
    job->done(job);
}

static void give_up(toasty__sqlite_connection *connection, toasty_code code)
{
    toasty__sqlite_give_up(connection, code);
    finish(connection);
}

static void try_again(void *arg)
{
    toasty__sqlite_connection *connection = arg;
    connection->waiting = false;
    start(connection);
}

/* Waits a little longer each time, up to 50 ms, and not beyond the time limit. */
static void wait_for_lock(toasty__sqlite_connection *connection)
{
    static const uint8_t delays[] = {1, 1, 2, 4, 8, 15, 25, 50};
    enum { STEPS = sizeof delays };
    uint64_t now = toasty__now_ms(), limit = connection->database->busy_timeout_ms;
    if (!connection->busy_times)
        connection->busy_since = now;
    uint64_t waited = now - connection->busy_since;
    if (waited >= limit) {
        give_up(connection, TOASTY_LOCK_TIMEOUT);
        return;
    }
    if (!connection->retry)
        connection->retry =
            toasty__timer_new(connection->base.reactor, try_again, connection, &connection->job->error);
    if (!connection->retry) {
        give_up(connection, connection->job->error.code);
        return;
    }
    uint64_t delay = delays[connection->busy_times < STEPS ? connection->busy_times : STEPS - 1];
    connection->busy_times++;
    connection->waiting = true;
    toasty__timer_start(connection->retry, delay < limit - waited ? delay : limit - waited);
}

static int is_overdue(void *arg)
{
    toasty__sqlite_connection *connection = arg;
    return connection->overdue = toasty__now_ms() >= connection->job->deadline_ms;
}

/* Where no timer can run meanwhile, SQLite itself looks at the clock. */
static void run_by_the_clock(toasty__sqlite_connection *connection)
{
    connection->overdue = false;
    sqlite3_progress_handler(connection->db, STEPS_BETWEEN_LOOKS, is_overdue, connection);
    connection->outcome = toasty__sqlite_run_job(connection);
    sqlite3_progress_handler(connection->db, 0, NULL, NULL);
    if (connection->overdue && connection->outcome == OUTCOME_FAILED)
        toasty__fail(&connection->job->error, TOASTY_TIMEOUT, "the statement did not end in time");
}

static void run_job(void *arg)
{
    toasty__sqlite_connection *connection = arg;
    if (connection->job->deadline_ms && !connection->working)
        run_by_the_clock(connection);
    else
        connection->outcome = toasty__sqlite_run_job(connection);
}

static void job_ran(void *arg)
{
    toasty__sqlite_connection *connection = arg;
    if (connection->outcome != OUTCOME_BUSY)
        finish(connection);
    else if (atomic_load(&connection->cancelled))
        give_up(connection, TOASTY_CANCELLED);
    else
        wait_for_lock(connection);
}

static void start(toasty__sqlite_connection *connection)
{
    if (toasty__sqlite_run(connection, run_job, job_ran, &connection->job->error) < 0)
        give_up(connection, connection->job->error.code);
}

void toasty__sqlite_submit(toasty_connection *base, toasty_job *job)
{
    toasty__sqlite_connection *connection = (toasty__sqlite_connection *)base;
    toasty__error_clear(&job->error);
    job->failed = 0;
    connection->job = job;
    connection->next = 0;
    connection->busy_times = 0;
    atomic_store(&connection->cancelled, false);
    toasty__sqlite_begin_job(connection);
    start(connection);
}

void toasty__sqlite_cancel(toasty_connection *base, toasty_job *job)
{
    toasty__sqlite_connection *connection = (toasty__sqlite_connection *)base;
    if (connection->job != job)
        return;
    atomic_store(&connection->cancelled, true);
    if (connection->waiting) {
        toasty__timer_stop(connection->retry);
        connection->waiting = false;
        give_up(connection, TOASTY_CANCELLED);
    } else if (connection->working) {
        sqlite3_interrupt(connection->db);
    }
}
