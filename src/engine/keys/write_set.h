/* The write set of a job: its changes, on their way to a store that only knows keys.
 *
 * It stands between an execution and its session. The execution asks for changes as its requests mean them;
 * what goes to the store is what that takes: one operation a row where it takes no more, unique values
 * claimed and released, reads beside a group that reads nothing, no more items in a group than it takes, each
 * group under a token. What the store did not find as expected is left out, or sent again with what was
 * found. The execution gets the answers to what it asked and knows of none of this. */
#ifndef TOASTY_ENGINE_KEYS_WRITE_SET_H
#define TOASTY_ENGINE_KEYS_WRITE_SET_H

#include "engine/run/run.h"

/* Has the execution's jobs go through a write set from now on. 0, or -1 with its error. */
int toasty__write_set_begin(toasty__execution *execution);

/* Do reads within a group, and its changes, give rows? Not where it may have to be sent again, or where
 * changes are merged. */
static inline bool toasty__group_gives_rows(const toasty_capability *can)
{
    return can->group_returns && can->group_repeats && !can->expect && !can->group_token;
}

/* Does a change concern unique values that the store keeps as rows of their own? fields: those that it
 * assigns, or NULL: all. */
bool toasty__claims_values(const toasty_capability *can, const toasty_model *model, const uint16_t *fields,
                           uint32_t count);

/* --- within it --- */

/* A row that is changed: by one operation of the execution or, merged, by several. */
typedef struct toasty__row_change {
    toasty_operation operation; /* expects only what its request means; its answers are the last ones */
    uint32_t place;             /* of the first of its operations among those that were asked */
    bool merged;                /* there are several */
    bool left_out;              /* it is not as it was meant, and not sent any more */
} toasty__row_change;

/* What becomes of an operation that was asked. */
typedef struct toasty__write_share {
    toasty__row_change *item; /* NULL: it is a read */
    bool counts;              /* what the item's operation counts; else nothing */
} toasty__write_share;

typedef enum toasty__phase {
    TOASTY__PHASE_BEFORE, /* reads in front of all changes of their tables */
    TOASTY__PHASE_CHANGING,
    TOASTY__PHASE_AFTER, /* all other reads */
    TOASTY__PHASE_ENDED,
    TOASTY__PHASE_UNDOING /* rows that a part of a create has made go again, and it ends */
} toasty__phase;

typedef struct toasty__write_set {
    toasty__session session; /* first: what the execution submits to */
    toasty__session *store;  /* where its own jobs go */
    toasty__execution *execution;
    const toasty_capability *can;
    toasty_job *asked;
    unsigned needs;
    toasty__write_share *shares; /* one an operation of `asked` */
    toasty__row_change *items;
    uint32_t item_count;
    /* the job under way, and where the answers of its operations go */
    toasty_job job;
    toasty_operation **answers;
    size_t operation_capacity, answer_capacity;
    uint32_t first_claim; /* of its operations */
    uint8_t phase;        /* toasty__phase */
    bool in_parts;        /* more than one group takes */
    bool going, answered; /* the job was answered while it was submitted */
    bool again;           /* the same job is sent once more */
    uint32_t done, sent;  /* items before `done` are changed, those from there to `sent` are under way */
    unsigned tries;       /* of the items under way */
} toasty__write_set;

/* The request that asked for an operation. */
const toasty__running *toasty__run_of(const toasty__write_set *set, uint32_t place);
/* Adds an operation to the job under way. answer: where its answers go, or NULL. */
toasty_operation *toasty__write_set_add(toasty__write_set *set, const toasty_operation *operation,
                                        toasty_operation *answer);
/* The full primary key of the row that an operation changes. NULL when out of memory. */
const toasty_value *toasty__key_values_of(toasty__write_set *set, const toasty_operation *operation);

/* Makes the items of what was asked (merge.c). 0, or -1 with err. */
int toasty__write_set_take(toasty__write_set *set, toasty_error *err);
/* Does a row have what a request expects of it? first: the change that comes before, whose values count for
 * themselves, or NULL. */
bool toasty__is_meant(const toasty_operation *change, const toasty_operation *first, const void *row);
/* Merges the operations of an item once more, without those that do not mean the row as it is. */
int toasty__merge_for_row(toasty__write_set *set, toasty__row_change *item, const void *row,
                          toasty_error *err);
/* How many operations of a job change something. */
uint32_t toasty__count_changes(const toasty_job *job);
/* Fills the job with what its phase asks for now, perhaps nothing (parts.c). 0, or -1 with err. */
int toasty__write_set_fill(toasty__write_set *set, toasty_error *err);

/* --- unique values (unique.c): nothing, where the store keeps them by itself --- */

/* The claims and releases that go with a change; undo: with its being undone. 0, or -1 with err. */
int toasty__claim_values(toasty__write_set *set, const toasty_operation *change, bool undo,
                         toasty_error *err);
/* How many they are at most. */
uint32_t toasty__count_claims(const toasty__write_set *set, const toasty_operation *change);
/* Has a change expect the unique values that it gives up, and the row come back that has others. */
int toasty__expect_values(toasty__write_set *set, toasty_operation *change, toasty_error *err);
/* Has the row come back that is not as a change expects. */
int toasty__find_other(toasty__write_set *set, toasty_operation *change, toasty_error *err);
/* The row that came back instead of the one that was expected; NULL: none did. */
const void *toasty__found_row(const toasty_operation *change);
#endif
