/* An actor: one of those who work on the database at the same time, a fiber or a plain thread, and how what
 * it was answered gets into the ledger.
 *
 *     uint64_t operation = operation_new(actor);
 *     intend(actor, operation, PART(0));
 *     toasty_auto(Deed) deed = deed_create(actor->db, .operation = (int64_t)operation);
 *     settle(actor, operation, AT_CALL, deed != NULL);
 */
#ifndef TESTS_CHAOS_ACTOR_H
#define TESTS_CHAOS_ACTOR_H

#include "ledger.h"
#include "models.toasty.h"
#include <toasty/toasty.h>
#include <uv.h>

enum { FACTS = 64, MOST_PARTS = 32 };

/* What the actors of one round share. */
typedef struct crowd crowd;

typedef struct actor {
    crowd *crowd;
    ledger *ledger;
    toasty_db *db;
    uv_loop_t *loop; /* NULL: a plain thread */
    toasty_fiber *fiber;
    uint64_t seed;
    uint8_t number, act;
    bool cancelled;        /* its fiber was; set on the loop's thread */
    bool cancelled_before; /* …when it called last */
} actor;

/* Where an error comes from decides what it says of the operation. */
typedef enum site {
    AT_CALL,      /* of a call that changes something by itself, raw statements too */
    AT_COMMIT,    /* of toasty_commit or toasty_transact: only outcome_unknown leaves it open */
    AT_PROCEDURE, /* of a raw statement that may have committed before it failed: only connection_lost denies
                   */
    AT_MISUSE     /* of what should be refused: any error does, and denies */
} site;

#define PART(n) (1u << (n))

static inline uint64_t pick(actor *actor, uint64_t below)
{
    return chance(&actor->seed, below);
}

/* A new operation of the act that is under way. */
uint64_t operation_new(actor *actor);
/* Comes before the call that decides: from now on these parts, and what was added to the counter, may be
 * there. */
void intend(actor *actor, uint64_t operation, unsigned parts);
/* So many additions to the counter belong to the operation. */
void intend_count(actor *actor, uint64_t operation, int64_t counter, unsigned additions);
/* The call that decides has been answered; the error of one that did not work is the last one. Returns
 * `worked`. */
bool settle(actor *actor, uint64_t operation, site site, bool worked);
/* The same for a callback, whose error is not the last one. */
void settle_with(actor *actor, uint64_t operation, site site, const toasty_error *error,
                 bool cancelled_before);
/* The same where the act itself judges what it was told. */
void set_verdict(actor *actor, uint64_t operation, verdict verdict);
/* A call that decides nothing: an error that nobody caused is noted. Returns `worked`. */
bool explain(actor *actor, bool worked);
/* A new handle with a deadline of some milliseconds, or, mostly, NULL: the plain one is to be used. */
toasty_db *hasty(actor *actor);

/* --- what the crowd knows --- */
bool crowd_is_closing(const crowd *crowd);
const char *crowd_setting(const crowd *crowd, size_t n);

#endif
