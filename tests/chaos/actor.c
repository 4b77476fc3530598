/* What an answer says of an operation. */
#include "actor.h"
#include "acts.h"
#include "target.h"
#include <string.h>

/* --- errors --- */

/* What leaves open whether it has happened; every other error denies it. */
static bool leaves_open(site site, const toasty_error *error, bool cancelled_before)
{
    switch (error->code) {
    case TOASTY_OUTCOME_UNKNOWN:
    case TOASTY_OUT_OF_MEMORY:
        return true;
    case TOASTY_CANCELLED:
        if (cancelled_before || (site == AT_CALL && *error->server_code))
            return false; /* it was refused before anything was sent, or by the server itself */
        return site != AT_COMMIT && site != AT_MISUSE;
    case TOASTY_TIMEOUT:
    case TOASTY_CLOSED:
        return site != AT_COMMIT && site != AT_MISUSE;
    case TOASTY_CONNECTION_LOST:
        return false;
    default:
        return site == AT_PROCEDURE;
    }
}

static bool is_explained(const actor *actor, const toasty_error *error)
{
    switch (error->code) {
    case TOASTY_CANCELLED:
    case TOASTY_TIMEOUT:
    case TOASTY_OUTCOME_UNKNOWN:
    case TOASTY_TRANSACTION_FAILED:
        return true;
    case TOASTY_CLOSED:
        return crowd_is_closing(actor->crowd);
    case TOASTY_SERIALIZATION_FAILURE:
    case TOASTY_CONNECTION_LOST:
    case TOASTY_CONNECTION_FAILED:
        return target.loses_connections;
    default:
        return false;
    }
}

static void expect_explained(actor *actor, uint8_t act, const toasty_error *error)
{
    if (!is_explained(actor, error))
        ledger_break(actor->ledger, PROMISE_EXPLAINED, "%s: %s (%s): %s", acts[act].name,
                     toasty_code_name(error->code), error->server_code, error->message);
}

bool explain(actor *actor, bool worked)
{
    if (!worked && toasty_failed())
        expect_explained(actor, actor->act, toasty_last_error());
    return worked;
}

/* --- operations --- */

uint64_t operation_new(actor *actor)
{
    return ledger_add(actor->ledger, actor->act);
}

void set_verdict(actor *actor, uint64_t operation, verdict verdict)
{
    entry *entry = ledger_entry(actor->ledger, operation);
    atomic_store(&entry->verdict, (unsigned char)verdict);
    atomic_store(&entry->open, false);
}

void intend(actor *actor, uint64_t operation, unsigned parts)
{
    entry *entry = ledger_entry(actor->ledger, operation);
    atomic_store(&entry->parts, parts);
    atomic_store(&entry->verdict, MAY_HAVE_HAPPENED);
    atomic_store(&entry->open, true);
    actor->cancelled_before = actor->cancelled;
}

void intend_count(actor *actor, uint64_t operation, int64_t counter, unsigned additions)
{
    entry *entry = ledger_entry(actor->ledger, operation);
    atomic_store(&entry->added, (unsigned char)additions);
    atomic_store(&entry->counter, (unsigned char)(counter + 1));
}

void settle_with(actor *actor, uint64_t operation, site site, const toasty_error *error,
                 bool cancelled_before)
{
    entry *entry = ledger_entry(actor->ledger, operation);
    toasty_code code = error ? error->code : TOASTY_OK;
    atomic_store(&entry->code, (unsigned char)code);
    if (error && leaves_open(site, error, cancelled_before))
        set_verdict(actor, operation, MAY_HAVE_HAPPENED);
    else
        set_verdict(actor, operation, error ? HAPPENED_NOT : HAPPENED);
    if (code != TOASTY_OK && site != AT_MISUSE && site != AT_PROCEDURE)
        expect_explained(actor, entry->act, error);
}

/* A function in a transaction may fail without any error: its error then denies as well. */
bool settle(actor *actor, uint64_t operation, site site, bool worked)
{
    settle_with(actor, operation, site, worked ? NULL : toasty_last_error(), actor->cancelled_before);
    return worked;
}

toasty_db *hasty(actor *actor)
{
    if (pick(actor, 4) > 0)
        return NULL;
    return toasty_with(actor->db, .timeout_ms = (uint32_t)(1 + pick(actor, 40)));
}
