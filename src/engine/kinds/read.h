/* What all kinds of reads share: the steps of a plan, stage by stage.
 *
 * Rows go from the driver's buffer into arrays of the block, one array a step (run/loaded.c), and relations
 * are then set from array to array (run/relate.c). A child step asks once for all parents. What becomes of
 * the root's rows is each kind's own. */
#ifndef TOASTY_ENGINE_KINDS_READ_H
#define TOASTY_ENGINE_KINDS_READ_H

#include "engine/run/run.h"

/* Refuses to read a whole table where that has to be spelled out and was not. */
int toasty__verify_read(const toasty__engine *engine, const toasty_request *request, toasty_error *err);

/* A relation of a record whose key is NULL. */
bool toasty__owner_refers_to_nothing(const toasty__running *run);
/* No row is wanted, or none can be meant: the answer is known without asking. */
static inline bool toasty__refers_to_nothing(const toasty__running *run)
{
    const toasty_request *request = run->request;
    return toasty__find_limit(&request->find) == TOASTY_NO_ROWS ||
           (request->owner && toasty__owner_refers_to_nothing(run));
}
/* The result and the places of the rows, for a kind whose root begins with a list. */
int toasty__begin_rows(toasty__running *run, size_t root_size, toasty_error *err);

int toasty__read_issue(toasty__running *run, toasty_error *err);
/* 1: now the rows of the root are there; 0: they are not yet, or were before; -1 with err. */
int toasty__read_absorb(toasty__running *run, toasty_error *err);
void toasty__read_end(toasty__running *run, bool worked);

#endif
