/* From the models to the schema as data: what the command shows, and the text that goes into generated code.
 */
#ifndef TOASTY_DERIVE_SNAPSHOT_H
#define TOASTY_DERIVE_SNAPSHOT_H

#include "derive/model/model.h"
#include "schema/schema.h"

/* Fills *out, whose room is set, in the order of the models. */
void toasty__derive_snapshot(const derive_schema *schema, toasty__schema *out);

#endif
