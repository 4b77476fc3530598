/* Relations between the rows of two steps: the keys of the parents are gathered for the question, and
 * children find their parents by the key's value, so the order of an answer decides nothing but the order
 * within a parent.
 */
#ifndef TOASTY_ENGINE_RUN_RELATE_H
#define TOASTY_ENGINE_RUN_RELATE_H

#include "engine/run/loaded.h"
#include <toasty/codegen.h>

/* The bytes by which a record is found: some of its fields, in a form that is equal when the values are. They
 * lie in the record, or in the arena when the key has several fields. 1: there they are; 0: one of the fields
 * is NULL; -1: out of memory. */
int toasty__key_of(const toasty_model *model, const uint16_t *fields, uint32_t count, const char *record,
                   toasty__arena *arena, const void **key, size_t *length);

/* The distinct keys of the parents of a child step. */
typedef struct toasty__gathered {
    toasty__map by_key;                 /* the parent, or the child, of each key */
    toasty_value keys[TOASTY_MAX_KEYS]; /* a list a field */
    size_t key_count;
} toasty__gathered;

/* Sets child->gathered, in the arena of the execution; its map is ended by the caller. */
int toasty__gather_keys(toasty__loaded *child, const toasty__loaded *parent, toasty_error *err);
/* Sets the relation of all parents from the settled rows of the child step. */
int toasty__relate(toasty__loaded *child, toasty__loaded *parent, toasty_error *err);

#endif
