/* Jobs that are given up.
 *
 * A job that was not sent leaves the queue. One that was sent is done at once, since its messages are copies
 * of all that it borrowed, and its answer is thrown away when it comes. Only when the server still works on
 * it a moment later is the server asked to stop, again and again, since a request that comes before the
 * statement has begun is for nothing; and when no answer comes for a while, the connection counts as lost.
 *
 * A cancel request names a connection, not a statement, so it may come too late and hit the next one.
 * Therefore nothing is sent while it is under way, and who is hit without having been given up is sent again
 * (entry.c). PQcancel blocks, so it has a short-lived thread; an eventfd signals its end. */
#include "postgresql.h"

#include "base/alloc.h"
#include "base/error.h"
#include "driver/blame.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    RUNS_ON_MS = 20,    /* a job that was given up and is first in the queue */
    AGAIN_MS = 250,     /* a request that came before its statement had begun was for nothing */
    PATIENCE_MS = 5000, /* with a server that was asked to stop it */
    HITS = 2 /* of one request at most: a server before 17 signals its process, and then the group of it */
};

struct pg_cancel {
    PGcancel *request;
    int ended; /* an eventfd */
    atomic_int references;
};

/* --- the request --- */

static void release(pg_cancel *cancel)
{
    if (atomic_fetch_sub(&cancel->references, 1) > 1)
        return;
    if (cancel->ended >= 0)
        close(cancel->ended);
    PQfreeCancel(cancel->request);
    toasty__free(cancel);
}

static void *request_cancel(void *arg)
{
    pg_cancel *cancel = arg;
    char ignored[256];
    PQcancel(cancel->request, ignored, sizeof ignored);
    uint64_t one = 1;
    ssize_t written = write(cancel->ended, &one, sizeof one);
    (void)written;
    release(cancel);
    return NULL;
}

/* A thread that no signal reaches: a socket that is closed early would raise one. */
static bool start_thread(pg_cancel *cancel)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, before;
    if (pthread_attr_init(&attributes))
        return false;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = !pthread_create(&thread, &attributes, request_cancel, cancel);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return started;
}

void toasty__pg_cancel_drop(pg_connection *connection)
{
    toasty__watch_free(connection->cancel_watch);
    connection->cancel_watch = NULL;
    if (connection->cancel)
        release(connection->cancel);
    connection->cancel = NULL;
}

static void on_request_ended(void *arg, int events)
{
    pg_connection *connection = arg;
    (void)events;
    toasty__pg_cancel_drop(connection);
    toasty__pg_send_soon(connection);
}

static int watch_request(pg_connection *connection, toasty_error *err)
{
    connection->cancel_watch = toasty__watch_new(connection->base.reactor, connection->cancel->ended,
                                                 on_request_ended, connection, err);
    if (!connection->cancel_watch)
        return -1;
    toasty__watch_set(connection->cancel_watch, TOASTY__READABLE);
    return 0;
}

/* Without memory or threads the statement runs to its end. */
static void ask_server(pg_connection *connection)
{
    pg_cancel *cancel = toasty__calloc(1, sizeof *cancel);
    connection->asked = true;
    if (!cancel)
        return;
    atomic_init(&cancel->references, 2);
    cancel->ended = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    cancel->request = PQgetCancel(connection->pg);
    connection->cancel = cancel;
    if (cancel->ended < 0 || !cancel->request || !start_thread(cancel)) {
        release(cancel); /* the thread's */
        toasty__pg_cancel_drop(connection);
        return;
    }
    connection->strays += HITS;
}

/* --- patience --- */

static void on_time(void *arg)
{
    pg_connection *connection = arg;
    toasty_error error;
    if (toasty__now_ms() - connection->watched_since >= RUNS_ON_MS + PATIENCE_MS) {
        toasty__fail(&error, TOASTY_CONNECTION_LOST, TOASTY__NO_ANSWER);
        toasty__pg_lose(connection, &error, false);
        return;
    }
    /* One request at a time: an earlier one may still be under way, for a statement before this one. */
    bool under_way = connection->cancel != NULL;
    toasty__timer_start(connection->timer, under_way ? RUNS_ON_MS : AGAIN_MS);
    if (under_way)
        return;
    ask_server(connection);
    if (connection->cancel && watch_request(connection, &error) < 0)
        toasty__pg_lose(connection, &error, false);
}

static void start_timer(pg_connection *connection, toasty_error *err)
{
    if (!connection->timer)
        connection->timer = toasty__timer_new(connection->base.reactor, on_time, connection, err);
    if (connection->timer)
        toasty__timer_start(connection->timer, RUNS_ON_MS);
}

void toasty__pg_cancel_look(pg_connection *connection)
{
    toasty_error ignored;
    const pg_entry *head = connection->sent.first;
    if (head && head->job)
        head = NULL;
    if (head == connection->watched)
        return;
    connection->watched = head;
    connection->watched_since = toasty__now_ms();
    connection->asked = false;
    if (head)
        start_timer(connection, &ignored);
    else if (connection->timer)
        toasty__timer_stop(connection->timer);
}

void toasty__pg_cancel_forget(pg_connection *connection, const pg_entry *entry)
{
    if (connection->watched != entry)
        return;
    connection->watched = NULL;
    if (connection->timer)
        toasty__timer_stop(connection->timer);
}

int toasty__pg_cancel_attach(pg_connection *connection, toasty_error *err)
{
    toasty__pg_cancel_look(connection);
    if (connection->cancel && watch_request(connection, err) < 0)
        return -1;
    if (connection->watched)
        start_timer(connection, err);
    return 0;
}

void toasty__pg_cancel_detach(pg_connection *connection)
{
    if (connection->watched && !connection->asked && !connection->cancel && !connection->base.broken)
        ask_server(connection); /* nobody will look for a while */
    toasty__watch_free(connection->cancel_watch);
    toasty__timer_free(connection->timer);
    connection->cancel_watch = NULL;
    connection->timer = NULL;
}

/* --- giving up --- */

void toasty__pg_cancel_job(toasty_connection *base, toasty_job *job)
{
    pg_connection *connection = (pg_connection *)base;
    pg_entry *entry = job->driver_data[0];
    toasty__fail(&job->error, TOASTY_CANCELLED, "the call was given up");
    if (!entry->sent) {
        toasty__pg_queue_remove(&connection->waiting, entry);
        toasty__pg_entry_done(connection, entry);
        return;
    }
    entry->job = NULL;
    /* What it does to the session nobody knows before its end: it may begin a transaction, in which nobody
     * else is to write. */
    if (entry->foreign || connection->transaction_expected) {
        entry->unknown = true;
        connection->unknown++;
        base->session |= TOASTY_SESSION_UNKNOWN;
    }
    toasty__pg_cancel_look(connection);
    job->done(job);
}
