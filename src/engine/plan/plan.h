/* A plan: what a shape of request becomes. Immutable once made (but for variants and hints), shared by all
 * who run it.
 *
 * It is a tree of steps. Each step is one statement, or one way to ask a key-value store; the root step is
 * the request's own table, and a child step loads one relation for all the rows of its parent. A plan holds
 * no values: a bind says for each parameter which value of the run it takes. */
#ifndef TOASTY_ENGINE_PLAN_PLAN_H
#define TOASTY_ENGINE_PLAN_PLAN_H

#include "base/alone.h"
#include "base/arena.h"
#include "core/stmt.h"
#include <stdatomic.h>

/* Where a parameter's value comes from. */
typedef enum toasty__bind_source {
    TOASTY__BIND_VALUE,      /* values[index] of the run */
    TOASTY__BIND_PREFIX_END, /* the smallest text after all that start with values[index] */
    TOASTY__BIND_ONE_MORE,   /* values[index] + 1 */
    TOASTY__BIND_CONSTANT,   /* the integer `index` */
    TOASTY__BIND_KEYS        /* field `index` of the keys gathered from the parent step's rows, a list */
} toasty__bind_source;

typedef struct toasty__bind {
    uint8_t source;
    uint32_t index;
} toasty__bind;

/* How a step asks. */
typedef enum toasty__access {
    TOASTY__ACCESS_SQL,
    TOASTY__ACCESS_GET,   /* full primary keys */
    TOASTY__ACCESS_QUERY, /* one partition, a child step: one a parent */
    TOASTY__ACCESS_SCAN
} toasty__access;

enum { TOASTY__VARIANTS = 12 }; /* of a list: one placeholder for all of it, or 2^0 … 2^10 for the items */

typedef struct toasty__step {
    const toasty_model *table;          /* what it reads or changes */
    const toasty_model *model;          /* the struct that its rows become */
    uint8_t access;                     /* toasty__access */
    uint8_t depth;                      /* stage in which it runs: 0 for the root */
    uint16_t parent;                    /* index of the parent step; the root's is its own */
    const toasty_relation *relation;    /* of the parent's model, whose keys are gathered; NULL at the root */
    const toasty_field *const *columns; /* where the columns of the answer go */
    uint16_t column_count;
    uint32_t bind_count;
    const toasty__bind *binds;
    const toasty__stmt *stmt;
    /* [0] unless the number of keys decides: then the text for that size, made when first needed. */
    _Atomic(toasty_statement *) variants[TOASTY__VARIANTS];
    bool sized;           /* the text depends on the number of gathered keys */
    bool direct;          /* parameter i is values[i] of the run: nothing to gather */
    uint32_t limit_value; /* value of the limit, or TOASTY__NO_PARAMETER */
    uint8_t most;         /* without one: how many rows the request can use; 0: all */
    /* key-value: the index that is asked, and where its leading fields' values come from */
    const toasty_index *index;
    const toasty__bind *key_binds;
    uint8_t key_count;
    /* what the key leaves over. `filter` goes to the store with a query or a scan; `kept` is evaluated by the
     * engine (keys/kept.h): it names what the key is made of, or stands beside a whole key. Of a change it is
     * all of them, which the store checks once more in the write, where it can */
    const toasty__expr *filter, *kept;
    /* update, delete: fields that the rows found by the key must be equal to besides */
    const uint16_t *also;
    const toasty__bind *also_binds;
    uint8_t also_count;
    /* query: the range of the index's next field; its ends are parameters */
    uint32_t low, high;            /* or TOASTY__NO_PARAMETER */
    uint8_t low_bound, high_bound; /* toasty_bound; low_bound without `low`: after NULL */
    _Atomic uint32_t usual_rows;   /* how many its latest answer had: only a hint */
} toasty__step;

typedef struct toasty__plan {
    toasty__arena arena;
    atomic_uint references;
    struct toasty__plan *newer, *older; /* in the cache */
    size_t cached_bytes;                /* what it counts in the cache; 0: it is not there */
    const void *shape;
    size_t shape_length;
    uint64_t hash;

    /* what the request was about: distinguishes plain requests (plain.h) */
    const toasty_model *model;
    const toasty_index *by;
    uint8_t kind, key_count;
    uint8_t key_source; /* insert: toasty__key_source */
    bool of_record;

    toasty__step *steps;
    uint16_t step_count;
    uint8_t depth; /* stages */
    bool writes;
    uint16_t change, answer; /* update, delete: the steps that change, and whose rows are wanted */
    /* update, delete: one row is meant, which must be as the request knows it. When none was changed, the
     * last step, in a stage of its own, asks whether it is there; without SQL the change itself tells. */
    bool checks;
    bool limited;                  /* …and by limits of its sums, which the whole row tells */
    const uint16_t *record_fields; /* of a request with a record: what its row is found by, */
    uint8_t record_field_count;    /* the key and, behind it, the version */
    /* update: the fields that are assigned, in the order of their values; change kinds beside them. */
    const uint16_t *assigned;
    const uint8_t *assigned_kinds;
    const uint32_t *assigned_values; /* index of the value in the run */
    const uint8_t *assigned_nulls;   /* 1: the value is NULL */
    uint16_t assigned_count;
    uint16_t named_count; /* the first ones, which were named; the others are what every update writes */
} toasty__plan;

/* Where the key of inserted rows comes from when the database counts it up. */
typedef enum toasty__key_source {
    TOASTY__KEY_MADE,     /* by the insert, which does not say it */
    TOASTY__KEY_RETURNED, /* by the insert, which gives it back */
    TOASTY__KEY_GIVEN     /* it is a column like the others: drawn before, or no sequence */
} toasty__key_source;

/* A plan in the making: empty, held once. NULL with err. */
toasty__plan *toasty__plan_new(toasty_error *err);
static inline void toasty__plan_hold(toasty__plan *plan)
{
    unsigned before = atomic_load_explicit(&plan->references, memory_order_relaxed);
    if (toasty__is_alone())
        atomic_store_explicit(&plan->references, before + 1, memory_order_relaxed);
    else
        atomic_fetch_add_explicit(&plan->references, 1, memory_order_relaxed);
}
void toasty__plan_free(toasty__plan *plan);                 /* nobody holds it */
static inline void toasty__plan_release(toasty__plan *plan) /* NULL is fine */
{
    if (!plan)
        return;
    unsigned before = atomic_load_explicit(&plan->references, memory_order_relaxed);
    if (toasty__is_alone() && before > 1)
        atomic_store_explicit(&plan->references, before - 1, memory_order_relaxed);
    else if (atomic_fetch_sub_explicit(&plan->references, 1, memory_order_acq_rel) == 1)
        toasty__plan_free(plan);
}

/* The field that counts the changes of a row, or NULL. */
const toasty_field *toasty__version_field(const toasty_model *model);
/* The version of a changed record. False when its type does not have another. */
bool toasty__next_version(const toasty_field *version, const void *record, toasty_value *next);

#endif
