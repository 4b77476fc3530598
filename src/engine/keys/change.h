/* Updates and deletes on stores that only know keys: the rows that are meant are read first, then each is
 * changed by its key, all in one atomic group. Where the store keeps no references, a delete takes the rows
 * that refer to it along, or clears their references, or is refused, as the models say. */
#ifndef TOASTY_ENGINE_KEYS_CHANGE_H
#define TOASTY_ENGINE_KEYS_CHANGE_H

#include "engine/run/run.h"

/* How one kind of change is made: see reached.h. */
typedef struct toasty__key_change toasty__key_change;
extern const toasty__key_change toasty__updating_by_key, toasty__deleting_by_key;

int toasty__keys_begin(toasty__running *run, const toasty__key_change *how, toasty_error *err);
int toasty__keys_issue(toasty__running *run, toasty_error *err);
int toasty__keys_absorb(toasty__running *run, toasty_error *err);
void toasty__keys_end(toasty__running *run); /* also of a run that needs none of this */

#endif
