/* The rows that a change by keys reaches, and what changes of every kind need to know of them. */
#ifndef TOASTY_ENGINE_KEYS_REACHED_H
#define TOASTY_ENGINE_KEYS_REACHED_H

#include "base/map.h"
#include "engine/run/run.h"

/* Rows of one model: those that a request means, or those that refer to others which go. */
typedef struct toasty__reached {
    toasty__loaded loaded; /* first: its sink finds it */
    const toasty_model *model;
    const toasty_relation *relation; /* by which they refer; NULL: the rows of the call */
    size_t followed;                 /* rows whose own references were asked for */
    bool settled;                    /* no more rows come */
    struct toasty__reached *next;
} toasty__reached;

/* How one kind of change is made. */
struct toasty__key_change {
    /* Can a row whose key is given be changed without having been read? */
    bool (*is_direct)(const toasty__running *run);
    /* Asks for rows that are reached through those that are there. NULL: there are none. */
    int (*follow)(toasty__running *run, toasty_error *err);
    /* Changes a row by its key. row: as it was read; NULL: it was not, and is one of the call. sink: where
     * what the change gives back goes, or NULL. */
    int (*change)(toasty__running *run, const toasty__reached *rows, const char *row, const toasty_value *key,
                  toasty_sink *sink, toasty_error *err);
    bool removes; /* rows are gone afterwards: what is wanted of them is read before */
};

typedef struct toasty__keys {
    const struct toasty__key_change *how;
    toasty__reached *first, **last;
    const toasty_value *parameters; /* of the step, for what it keeps and for ranges */
    toasty__map going;              /* rows that go: references may form a circle */
    bool direct;                    /* the key is given and nothing is read first */
    bool keeps;                     /* the rows that were read are those that the change gives back */
    bool found;                     /* a row of the call is there, perhaps not as it is meant */
    bool sent;                      /* the changes themselves were sent */
    uint32_t root_changes;          /* the first operations of that job, which change the rows of the call */
} toasty__keys;

/* Does a row of the call have the values that the request says besides its key: of whom it is; as_known: and
 * its version, and what conditions ask it to be equal to? */
bool toasty__has_values(const toasty__running *run, const char *row, bool as_known);

/* Room for rows that are asked for; NULL when out of memory. */
toasty__reached *toasty__new_reached(toasty__running *run, const toasty_model *model,
                                     const toasty_relation *relation);
/* Do these rows go, when those that they refer to do? Those of the call do. */
static inline bool toasty__reached_go(const toasty__reached *rows)
{
    return !rows->relation || rows->relation->on_delete == TOASTY_ON_DELETE_CASCADE;
}
/* The name of a row in the map of those that go. NULL when out of memory. */
const char *toasty__reached_name(toasty__running *run, const toasty_model *model, const char *row,
                                 size_t *length);

/* The full primary key of row number i. NULL when out of memory. */
const toasty_value *toasty__reached_key(toasty__running *run, const toasty__reached *rows, size_t i);

/* Fails with invalid_statement when a change that stands before this one in a batch gives a row that was not
 * reached these values: what is read before all changes does not see it. -1 with err. */
int toasty__refuse_unseen(const toasty__running *run, const toasty_model *model, const uint16_t *fields,
                          const toasty_value *values, uint32_t count, toasty_error *err);

/* A new operation; NULL when out of memory. */
toasty_operation *toasty__key_operation(toasty__running *run, toasty_operation_kind kind,
                                        const toasty_model *model, const toasty_index *index,
                                        const toasty_value *values, uint32_t count);
/* One that changes a row by its full key, and must find it. row: as it was read, or NULL; by reference: it is
 * changed because it refers to one that goes, and must still do so. NULL: it is one that the request means,
 * and must be as the request says. */
toasty_operation *toasty__key_change_of(toasty__running *run, toasty_operation_kind kind,
                                        const toasty_model *model, const toasty_value *key, const char *row,
                                        const toasty_relation *reference);

#endif
