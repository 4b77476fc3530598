/* What a toasty_db is: the root handle of a pool, or one derived from it. */
#ifndef TOASTY_DB_HANDLE_H
#define TOASTY_DB_HANDLE_H

#include "db/pool.h"
#include <toasty/toasty.h>

typedef enum toasty__handle_kind {
    TOASTY__HANDLE_ROOT,
    TOASTY__HANDLE_WITH,        /* other manners */
    TOASTY__HANDLE_DEDICATED,   /* owns a lease */
    TOASTY__HANDLE_TRANSACTION, /* owns a lease */
    TOASTY__HANDLE_SAVEPOINT    /* in a transaction */
} toasty__handle_kind;

typedef enum toasty__transaction_state {
    TOASTY__TRANSACTION_OPEN,
    TOASTY__TRANSACTION_FAILED, /* only a rollback is left */
    TOASTY__TRANSACTION_GONE,   /* a raw statement ended it; only freeing it is left */
    TOASTY__TRANSACTION_ENDED
} toasty__transaction_state;

struct toasty_db {
    toasty__pool *pool;     /* held */
    uint8_t kind;           /* toasty__handle_kind */
    _Atomic uint8_t state;  /* toasty__transaction_state, of transactions and savepoints */
    uint32_t level;         /* of a savepoint */
    uint32_t timeout_ms;    /* 0: none */
    toasty_db *transaction; /* the innermost transaction or savepoint: itself, an ancestor, or NULL */
    toasty_db *holder;      /* …or the dedicated handle: whose connection calls run on */
    toasty_db *outer;       /* of a holder: the one that it was begun on, or NULL */
    toasty_db *inner;       /* of a holder: the open transaction that was begun on it, or NULL */
    toasty__group *lease;   /* its own, an ancestor's, or NULL */
    toasty_event_hook hook;
    void *hook_arg;
    toasty__group own_lease;
};

struct toasty__context;

/* A handle below parent (NULL for a root), known to toasty_free. It takes over one hold on the pool from
 * nobody: it makes its own. NULL with err. */
toasty_db *toasty__handle_new(toasty_db *parent, toasty__pool *pool, toasty__handle_kind kind,
                              toasty_error *err);
/* Unpublished, or taken out of the table of roots. */
void toasty__handle_free(toasty_db *db);
/* Ends what the handle stands for and frees it: what toasty_free does. */
void toasty__handle_destroy(toasty_db *db);

/* What every call on a handle does first: clears the error, and refuses a NULL handle, a closed one, a
 * transaction that failed or ended, and a cancelled fiber. 0, or -1 with err. */
int toasty__handle_check(const toasty_db *db, struct toasty__context *context);
/* The part that may be asked again: is the handle still open? */
int toasty__handle_usable(const toasty_db *db, toasty_error *err);

/* Says that a transaction is gone, and how that comes. */
extern const char toasty__transaction_gone[];

/* One that is open fails; what has ended otherwise stays so. */
static inline void toasty__transaction_fail(toasty_db *transaction)
{
    if (transaction->state == TOASTY__TRANSACTION_OPEN)
        transaction->state = TOASTY__TRANSACTION_FAILED;
}

/* Ends what a handle stands for when it is freed without: rolls back, closes the pool. Touches no error but
 * its own. */
void toasty__transaction_abandon(toasty_db *db);

#endif
