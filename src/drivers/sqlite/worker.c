/* The thread behind one connection: see worker.h. Signals are for the application's threads. */
#include "drivers/sqlite/worker.h"

#include "base/error.h"

#include <signal.h>
#include <string.h>

static void *run(void *arg)
{
    toasty__sqlite_worker *worker = arg;
    pthread_mutex_lock(&worker->lock);
    for (;;) {
        while (!worker->work && !worker->stopping)
            pthread_cond_wait(&worker->changed, &worker->lock);
        if (!worker->work)
            break;
        void (*work)(void *) = worker->work;
        void *argument = worker->arg;
        worker->work = NULL;
        pthread_mutex_unlock(&worker->lock);
        work(argument);
        pthread_mutex_lock(&worker->lock);
    }
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

int toasty__sqlite_worker_start(toasty__sqlite_worker *worker, toasty_error *err)
{
    sigset_t all, before;
    *worker = (toasty__sqlite_worker){.work = NULL};
    pthread_mutex_init(&worker->lock, NULL);
    pthread_cond_init(&worker->changed, NULL);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create(&worker->thread, NULL, run, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!failure)
        return 0;
    pthread_cond_destroy(&worker->changed);
    pthread_mutex_destroy(&worker->lock);
    return toasty__fail(err, TOASTY_CONNECTION_FAILED, "no thread could be started for the database: %s",
                        strerror(failure));
}

void toasty__sqlite_worker_run(toasty__sqlite_worker *worker, void (*work)(void *arg), void *arg)
{
    pthread_mutex_lock(&worker->lock);
    worker->work = work;
    worker->arg = arg;
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
}

void toasty__sqlite_worker_stop(toasty__sqlite_worker *worker)
{
    pthread_mutex_lock(&worker->lock);
    worker->stopping = true;
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
    pthread_cond_destroy(&worker->changed);
    pthread_mutex_destroy(&worker->lock);
}
