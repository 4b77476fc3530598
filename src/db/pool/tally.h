/* What is counted of the work on a connection, or of a handle.
 *
 * A connection counts for itself, so that nothing is shared on the way of a call: one thread at a time writes
 * its tally, any may read it. */
#ifndef TOASTY_DB_POOL_TALLY_H
#define TOASTY_DB_POOL_TALLY_H

#include <stdatomic.h>
#include <stdint.h>
#include <toasty/driver/driver.h>

typedef enum toasty__count {
    TOASTY__COUNT_OPERATIONS,
    TOASTY__COUNT_ROUND_TRIPS,
    TOASTY__COUNT_ROWS,
    /* As the driver has them, from the beginning of the connection on: */
    TOASTY__COUNT_BURSTS,
    TOASTY__COUNT_PREPARED,
    TOASTY__COUNT_SENT,
    TOASTY__COUNT_RECEIVED,
    TOASTY__COUNTS
} toasty__count;

typedef struct toasty__tally {
    atomic_uint_fast64_t counts[TOASTY__COUNTS];
} toasty__tally;

static inline uint64_t toasty__tally_of(const toasty__tally *tally, toasty__count count)
{
    return atomic_load_explicit(&tally->counts[count], memory_order_relaxed);
}

/* Where only one thread writes. */
static inline void toasty__tally_set(toasty__tally *tally, toasty__count count, uint64_t value)
{
    atomic_store_explicit(&tally->counts[count], value, memory_order_relaxed);
}

static inline void toasty__tally_add(toasty__tally *tally, toasty__count count, uint64_t more)
{
    toasty__tally_set(tally, count, toasty__tally_of(tally, count) + more);
}

/* Rows that a job's operations returned or changed; one that failed counts none. */
static inline uint64_t toasty__rows_of(const toasty_job *job)
{
    uint64_t rows = 0;
    for (uint32_t i = 0; i < job->count; i++)
        rows += (uint64_t)job->operations[i].count;
    return rows;
}

/* A job was answered on the connection whose tally it is. */
static inline void toasty__tally_job(toasty__tally *tally, const toasty_job *job,
                                     const toasty_connection *connection)
{
    toasty__tally_add(tally, TOASTY__COUNT_OPERATIONS, job->count);
    toasty__tally_add(tally, TOASTY__COUNT_ROUND_TRIPS, 1);
    if (job->error.code == TOASTY_OK)
        toasty__tally_add(tally, TOASTY__COUNT_ROWS, toasty__rows_of(job));
    toasty__tally_set(tally, TOASTY__COUNT_BURSTS, connection->bursts);
    toasty__tally_set(tally, TOASTY__COUNT_PREPARED, connection->prepared);
    toasty__tally_set(tally, TOASTY__COUNT_SENT, connection->bytes_sent);
    toasty__tally_set(tally, TOASTY__COUNT_RECEIVED, connection->bytes_received);
}

#endif
