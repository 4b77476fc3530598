/* A thread that runs one piece of work at a time for its owner. */
#ifndef TOASTY_DRIVERS_SQLITE_WORKER_H
#define TOASTY_DRIVERS_SQLITE_WORKER_H

#include <pthread.h>
#include <stdbool.h>
#include <toasty/error.h>

typedef struct toasty__sqlite_worker {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    void (*work)(void *arg); /* NULL: nothing to do */
    void *arg;
    bool stopping;
} toasty__sqlite_worker;

/* Starts the thread, which waits. -1 with err. */
int toasty__sqlite_worker_start(toasty__sqlite_worker *worker, toasty_error *err);
/* Has the thread call work(arg), which announces its end by its own means. Only when the last work has ended.
 */
void toasty__sqlite_worker_run(toasty__sqlite_worker *worker, void (*work)(void *arg), void *arg);
/* Waits for the end of the thread. */
void toasty__sqlite_worker_stop(toasty__sqlite_worker *worker);

#endif
