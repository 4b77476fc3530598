/* The ledger: what each operation was answered, and what the run has found so far.
 *
 * It lies in shared memory, so that it outlives the process that writes it, which may be killed at any
 * moment: the judge (judge.c) makes it, the worker (crowd.c) writes into it, and the audit (audit.c) compares
 * it with the database.
 *
 * An operation is at most 32 rows, its parts, which are there together or not at all, and additions to one
 * counter. Its verdict is what the caller was told. Until the call that decides is made, it has not happened;
 * while that call is under way, it may have. */
#ifndef TESTS_CHAOS_LEDGER_H
#define TESTS_CHAOS_LEDGER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <toasty/error.h>

/* What the library promises, each one test of this program. */
#define CHAOS_PROMISES(X)                                                                                    \
    X(ANSWERED, "every call is answered")                                                                    \
    X(ENDS, "the process ends well")                                                                         \
    X(LOST, "what was acknowledged is there")                                                                \
    X(HALVED, "what belongs together is there together or not at all")                                       \
    X(DOUBLED, "nothing is there twice")                                                                     \
    X(DENIED, "what was refused, rolled back or never committed is not there")                               \
    X(CUT_OFF, "a connection_lost has changed nothing")                                                      \
    X(COUNTED, "a counter has counted what was acknowledged")                                                \
    X(LEFT, "nothing of a session reaches the next one")                                                     \
    X(KEPT, "a dedicated handle keeps what was set on it")                                                   \
    X(READ, "an answer is that of its question")                                                             \
    X(EXPLAINED, "every error is one that the disturbance explains")                                         \
    X(SERVES, "every connection serves afterwards")                                                          \
    X(SOUND, "the database is sound")                                                                        \
    X(TRIED, "everything was tried, and disturbed")

typedef enum promise {
#define CHAOS_PROMISE(NAME, sentence) PROMISE_##NAME,
    CHAOS_PROMISES(CHAOS_PROMISE)
#undef CHAOS_PROMISE
        PROMISES
} promise;

const char *promise_sentence(promise promise);

typedef enum verdict { HAPPENED_NOT, MAY_HAVE_HAPPENED, HAPPENED } verdict;

typedef struct entry {
    atomic_uint parts; /* bit n: part n is there if the operation has happened */
    atomic_uchar verdict;
    atomic_bool open;     /* the call that decides was not answered yet */
    atomic_uchar code;    /* the toasty_code that decided */
    atomic_uchar counter; /* one more than its number; 0: none */
    atomic_uchar added;   /* to the counter */
    uint8_t act;          /* what the operation is a part of (acts.h) */
} entry;

enum {
    ENTRIES = 1 << 20,
    ACTORS = 128,
    SHOWN = 6, /* broken promises whose text is kept, of each kind */
    MOST_ACTS = 64,
    COUNTERS = 8
};

typedef struct ledger {
    uint64_t seed;
    uint64_t chosen;               /* bit n: act n takes part */
    atomic_uint_fast64_t progress; /* acts that ended */
    atomic_uint_fast64_t target;   /* the progress at which this life of the worker ends */
    atomic_bool calm_wanted, calm; /* asked by the worker, granted by the judge: nothing is disturbed */
    atomic_uint_fast64_t cancels, closes;
    atomic_uint_fast64_t tried[MOST_ACTS];
    atomic_uchar doing[ACTORS]; /* what each actor does now, one more than the act; 0: nothing */
    atomic_uint_fast64_t broken[PROMISES];
    char broken_text[PROMISES][SHOWN][320];
    atomic_uint_fast64_t next; /* operations are counted from 1 */
    entry entries[ENTRIES];
} ledger;

/* A new one, and its descriptor for the worker; NULL when there is no memory. */
ledger *ledger_new(int *descriptor);
/* That of a descriptor. */
ledger *ledger_open(int descriptor);

/* The number of a new operation, which has not happened; 0 when the ledger is full. */
uint64_t ledger_add(ledger *ledger, uint8_t act);
static inline entry *ledger_entry(ledger *ledger, uint64_t operation)
{
    return &ledger->entries[operation % ENTRIES];
}

/* Notes that a promise was broken; the first few of each kind are told. Any thread. */
void ledger_break(ledger *ledger, promise promise, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A random number below `below`, from a state of the caller's. */
uint64_t chance(uint64_t *state, uint64_t below);

#endif
