/* What a toasty_db is: the root handle of a pool, or one derived from it.
 *
 * A handle is counted: by its owner until toasty_free, by the handles that were derived from it, and by every
 * call and started operation on it. So what was freed too early is refused or ends as it would have, and
 * nobody meets a handle that is gone. Where misuse is told (core/misuse.h), the last handles that were freed
 * keep their memory, so that a call on one of them is told and refused, and reads no memory of others. */
#ifndef TOASTY_DB_HANDLE_H
#define TOASTY_DB_HANDLE_H

#include "db/observe.h"
#include "db/pool/pool.h"

#include <toasty/toasty.h>

typedef enum toasty__handle_kind {
    TOASTY__HANDLE_ROOT,
    TOASTY__HANDLE_WITH,        /* other settings */
    TOASTY__HANDLE_DEDICATED,   /* owns a lease */
    TOASTY__HANDLE_TRANSACTION, /* owns a lease */
    TOASTY__HANDLE_SAVEPOINT,   /* in a transaction */
    TOASTY__HANDLE_FREED        /* nothing else is left of it, where misuse is told */
} toasty__handle_kind;

typedef enum toasty__transaction_state {
    TOASTY__TRANSACTION_OPEN,
    TOASTY__TRANSACTION_FAILED, /* only a rollback is left */
    TOASTY__TRANSACTION_GONE,   /* a raw statement ended it; only freeing it is left */
    TOASTY__TRANSACTION_ENDING, /* a commit or rollback is under way: nothing else may run in it */
    TOASTY__TRANSACTION_ENDED
} toasty__transaction_state;

struct toasty_db {
    toasty__pool *pool; /* held */
    toasty_db *parent;  /* held; NULL: a root */
    atomic_uint references;
    uint8_t kind;               /* toasty__handle_kind */
    _Atomic uint8_t state;      /* toasty__transaction_state, of holders */
    uint32_t level;             /* of a savepoint */
    uint32_t timeout_ms;        /* 0: none */
    const char *cannot_lock;    /* of a transaction: why it cannot lock rows, or NULL */
    toasty_db *transaction;     /* the innermost transaction or savepoint: itself, an ancestor, or NULL */
    toasty_db *holder;          /* …or the dedicated handle: whose connection calls run on */
    toasty_db *outer;           /* of a holder: the one that it was begun on, or NULL */
    _Atomic(toasty_db *) inner; /* of a holder: the open transaction that was begun on it, or NULL */
    toasty__group *lease;       /* its own, an ancestor's, or NULL */
    toasty__observer observer;
    toasty__tally *tally;           /* with .counted: its own */
    void (*abandon)(toasty_db *db); /* ends what it stands for, when it is freed without */
    toasty__group own_lease;
};

struct toasty__context;

/* A handle below parent (NULL for a root), known to toasty_free. `abandon` (may be NULL) is what freeing it
 * does first; it touches no error but its own. NULL with err. */
toasty_db *toasty__handle_new(toasty_db *parent, toasty__pool *pool, toasty__handle_kind kind,
                              void (*abandon)(toasty_db *db), toasty_error *err);
/* Unpublished, or taken out of the table of roots: gone with the last who counts on it. */
void toasty__handle_drop(toasty_db *db);
/* Ends what the handle stands for and drops it: what toasty_free does. */
void toasty__handle_destroy(toasty_db *db);

/* Counts on a handle, and no longer. */
static inline void toasty__handle_hold(toasty_db *db)
{
    unsigned before = atomic_load_explicit(&db->references, memory_order_relaxed);
    if (toasty__is_alone())
        atomic_store_explicit(&db->references, before + 1, memory_order_relaxed);
    else
        atomic_fetch_add_explicit(&db->references, 1, memory_order_relaxed);
}
void toasty__handle_free(toasty_db *db); /* nobody counts on it */
static inline void toasty__handle_release(toasty_db *db)
{
    unsigned before = atomic_load_explicit(&db->references, memory_order_relaxed);
    if (toasty__is_alone() && before > 1)
        atomic_store_explicit(&db->references, before - 1, memory_order_relaxed);
    else if (atomic_fetch_sub_explicit(&db->references, 1, memory_order_acq_rel) == 1)
        toasty__handle_free(db);
}

/* What every call on a handle does first: clears the error, and refuses a NULL handle, a closed one, a
 * transaction that failed or ended, and a cancelled fiber. 0, or -1 with the context's error. */
int toasty__handle_check(const toasty_db *db, struct toasty__context *context);
/* It is one of those that were freed and are remembered; it has been told then, and the error says so. */
bool toasty__handle_is_freed(const toasty_db *db);
/* The part of it that may be asked again: is the handle still open? */
int toasty__handle_usable(const toasty_db *db, toasty_error *err);

/* Says that a transaction is gone, and how that comes. */
extern const char toasty__transaction_gone[];

/* One that is open fails; what has ended otherwise stays so. */
static inline void toasty__transaction_fail(toasty_db *transaction)
{
    uint8_t open = TOASTY__TRANSACTION_OPEN;
    atomic_compare_exchange_strong(&transaction->state, &open, TOASTY__TRANSACTION_FAILED);
}
/* A raw statement has ended it; whoever is ending it finds that out. */
static inline void toasty__transaction_lose(toasty_db *transaction)
{
    uint8_t before = transaction->state;
    while (before < TOASTY__TRANSACTION_GONE &&
           !atomic_compare_exchange_weak(&transaction->state, &before, TOASTY__TRANSACTION_GONE))
        ;
}

#endif
