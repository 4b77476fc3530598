/* Handles: making, checking and freeing them. */
#include "db/handle.h"

#include "base/alloc.h"
#include "base/context.h"
#include "base/error.h"
#include "core/misuse.h"
#include "core/roots.h"

#include <stdatomic.h>
#include <string.h>

const char toasty__transaction_gone[] =
    "a raw statement ended the transaction, and what it did is as that statement left it: end transactions "
    "with toasty_commit and toasty_rollback";

static const char raw_transaction_gone[] = "a statement that failed has rolled back the transaction that a "
                                           "raw statement began: end it with ROLLBACK or free the handle";

static void destroy(void *object)
{
    toasty__handle_destroy(object);
}

void toasty__handle_destroy(toasty_db *db)
{
    if (db->abandon)
        db->abandon(db);
    toasty__handle_drop(db);
}

toasty_db *toasty__handle_new(toasty_db *parent, toasty__pool *pool, toasty__handle_kind kind,
                              void (*abandon)(toasty_db *db), toasty_error *err)
{
    toasty_db *db = toasty__calloc(1, sizeof *db);
    if (!db || toasty__root_add(db, destroy, db) < 0) {
        toasty__free(db);
        toasty__fail_memory(err);
        return NULL;
    }
    if (parent) {
        toasty__handle_hold(parent);
        db->parent = parent;
        db->timeout_ms = parent->timeout_ms;
        db->transaction = parent->transaction;
        db->holder = parent->holder;
        db->lease = parent->lease;
        db->observer = parent->observer;
    }
    db->references = 1;
    db->kind = (uint8_t)kind;
    db->pool = pool;
    db->abandon = abandon;
    toasty__pool_hold(pool);
    return db;
}

/* --- the last ones that were freed --- */

enum { REMEMBERED = 64 };

static _Atomic(toasty_db *) freed[REMEMBERED];
static atomic_uint freed_count;

/* A call on it finds that the transaction it is in has ended: itself. So no call asks for this alone. */
static void remember(toasty_db *db)
{
    memset(db, 0, sizeof *db);
    db->kind = TOASTY__HANDLE_FREED;
    db->state = TOASTY__TRANSACTION_ENDED;
    db->holder = db;
    unsigned at = atomic_fetch_add_explicit(&freed_count, 1, memory_order_relaxed) % REMEMBERED;
    toasty__free(atomic_exchange_explicit(&freed[at], db, memory_order_acq_rel));
}

/* --- freeing --- */

/* What it was derived from may have waited for it. */
void toasty__handle_free(toasty_db *db)
{
    for (toasty_db *parent; db; db = parent) {
        parent = db->parent;
        toasty__pool_release_hold(db->pool);
        toasty__free(db->tally);
        if (toasty__tells_misuse())
            remember(db);
        else
            toasty__free(db);
        if (!parent || atomic_fetch_sub_explicit(&parent->references, 1, memory_order_acq_rel) > 1)
            return;
    }
}

void toasty__handle_drop(toasty_db *db)
{
    toasty__destroy destroy_of_root;
    void *object;
    toasty__root_take(db, &destroy_of_root, &object);
    toasty__handle_release(db);
}

static int fail_ended(const toasty_db *holder, const char *message, toasty_error *err)
{
    if (holder->kind == TOASTY__HANDLE_FREED) {
        toasty__fail(err, TOASTY_CLOSED, "the database handle was freed before this call");
        toasty__tell_misuse("toasty_db", "", 0, err->message);
        return -1;
    }
    return toasty__fail(err, TOASTY_CLOSED, "%s",
                        holder->kind == TOASTY__HANDLE_DEDICATED ? "the dedicated handle was freed"
                                                                 : message);
}

bool toasty__handle_is_freed(const toasty_db *db)
{
    return db->kind == TOASTY__HANDLE_FREED && fail_ended(db, "", &toasty__context_current()->error) < 0;
}

/* Calls on a handle with an open transaction of its own would run inside that one, and end with it. */
static int check_holder(const toasty_db *holder, toasty_error *err)
{
    for (const toasty_db *at = holder; at; at = at->outer)
        switch ((toasty__transaction_state)at->state) {
        case TOASTY__TRANSACTION_ENDED:
            return fail_ended(at, "the transaction has ended", err);
        case TOASTY__TRANSACTION_ENDING:
            return fail_ended(at, "another call is ending the transaction", err);
        case TOASTY__TRANSACTION_GONE:
            return toasty__fail(err, TOASTY_TRANSACTION_FAILED, "%s",
                                at->kind == TOASTY__HANDLE_DEDICATED ? raw_transaction_gone
                                                                     : toasty__transaction_gone);
        case TOASTY__TRANSACTION_FAILED:
            return toasty__fail(err, TOASTY_TRANSACTION_FAILED,
                                "an earlier statement of the transaction failed: roll it back");
        case TOASTY__TRANSACTION_OPEN:
            break;
        }
    if (holder->inner)
        return toasty__fail(
            err, TOASTY_NESTED_TRANSACTION,
            "a transaction that was begun on this handle is open: use that one, or end it first");
    return 0;
}

int toasty__handle_usable(const toasty_db *db, toasty_error *err)
{
    return db->holder ? check_holder(db->holder, err) : 0;
}

int toasty__handle_check(const toasty_db *db, toasty__context *context)
{
    toasty_error *err = &context->error;
    toasty__error_clear(err);
    if (!db)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT, "the database handle is NULL");
    if (context->cancelled)
        return toasty__fail(err, TOASTY_CANCELLED, "the fiber was cancelled");
    return toasty__handle_usable(db, err);
}

/* --- who observes it --- */

void toasty_on_event(toasty_db *db, toasty_event_hook hook, void *arg)
{
    if (!db)
        return;
    db->observer.hook = hook;
    db->observer.hook_arg = arg;
    toasty__observer_decide(&db->observer);
}

void toasty_on_span(toasty_db *db, toasty_span_start start, toasty_span_end end, void *arg)
{
    if (!db)
        return;
    db->observer.start = start;
    db->observer.end = end;
    db->observer.span_arg = arg;
    toasty__observer_decide(&db->observer);
}
