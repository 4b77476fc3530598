/* Text and bytes that an update wrote into a record that a result already holds. They live as long as the
 * block of the record and cost nothing to records that are never updated: a side table keyed by address,
 * which toasty__block_free asks only when it is not empty. Thread-safe. */
#ifndef TOASTY_CORE_PATCH_H
#define TOASTY_CORE_PATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct toasty__patch toasty__patch;

/* Allocates all that a change of one field needs, before anything is sent: a copy of length bytes and a NUL.
 */
toasty__patch *toasty__patch_prepare(const void *record, uint16_t field, const void *bytes, size_t length);
/* The copy: where the record's field may point once the patch is applied. */
const char *toasty__patch_bytes(const toasty__patch *patch);
/* Makes it part of the record's block and frees the earlier patch of the same field. Cannot fail. */
void toasty__patch_apply(toasty__patch *patch);
void toasty__patch_discard(toasty__patch *patch); /* NULL is fine */
/* False when no record has a patch: then there is nothing to release. */
bool toasty__patch_any(void);
/* Frees the patches of all records that lie in [start, start + size). */
void toasty__patch_release(const void *start, size_t size);

#endif
