/* The GETs of a job as one question, for drivers whose database takes many keys at once, each of them once,
 * and answers in any order: each item is there once, with all operations that ask for it.
 *
 * A driver that has an item's row gives it to each of its askers; an item without a row is nothing. */
#ifndef TOASTY_CORE_GETS_H
#define TOASTY_CORE_GETS_H

#include "base/arena.h"
#include <toasty/driver/driver.h>

typedef struct toasty__asker {
    toasty_operation *operation;
    struct toasty__asker *next;
} toasty__asker;

typedef struct toasty__get_item {
    const toasty_model *model;
    const toasty_value *key; /* as many values as the primary key has fields */
    toasty__asker *askers;   /* in the order of the job, each once */
    toasty__asker *last;
} toasty__get_item;

typedef struct toasty__gets {
    toasty__get_item *items; /* in the order in which they are first asked for */
    size_t count;
} toasty__gets;

/* Gathers the items of all GETs of a job; all of them are of one database. What it makes is in the arena. 0,
 * or -1 when out of memory. */
int toasty__gather_gets(const toasty_job *job, toasty__arena *arena, toasty__gets *out);

#endif
