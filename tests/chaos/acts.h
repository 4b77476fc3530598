/* What an actor can do: one function each, one row of a table each.
 *
 * An act makes its operations known to the ledger, calls the library, and settles them by the answers. It
 * holds no connection while it asks for another one, and leaves no handle behind. */
#ifndef TESTS_CHAOS_ACTS_H
#define TESTS_CHAOS_ACTS_H

#include "actor.h"

typedef struct act {
    const char *name;
    void (*run)(actor *actor);
    unsigned weight; /* how often it is chosen, among the weights of all */
} act;

extern const act acts[];
extern const size_t acts_len;

/* Does one at random, of those that were chosen for the run. */
void act_once(actor *actor);

/* plain.c */
void act_create(actor *actor);
void act_create_counted(actor *actor);
void act_create_nested(actor *actor);
void act_create_nested_counted(actor *actor);
void act_create_several(actor *actor);
void act_count(actor *actor);
void act_batch(actor *actor);
void act_list(actor *actor);
void act_start(actor *actor);
void act_take_back(actor *actor);
void act_read(actor *actor);
void act_read_several(actor *actor);

/* transactions.c */
void act_transaction(actor *actor);
void act_transact(actor *actor);
void act_dedicated(actor *actor);
void act_raw_end(actor *actor);
void act_write_outside(actor *actor);
void act_end_outside(actor *actor);
void act_siblings(actor *actor);
void act_begin_on_raw(actor *actor);

/* sessions.c */
void act_raw_insert(actor *actor);
void act_raw_insert_two(actor *actor);
void act_raw_transaction(actor *actor);
void act_raw_given_up(actor *actor);
void act_raw_left_open(actor *actor);
void act_leave(actor *actor);
void act_look(actor *actor);
void act_slow(actor *actor);
void act_procedure(actor *actor);
/* Looks, by a handle, whether its session is as a new one. False when it could not. */
bool look(actor *actor, toasty_db *db);

#endif
