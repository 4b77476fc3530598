/* The door of the emitters: from a checked schema to a pair of files a header. */
#ifndef TOASTY_DERIVE_EMIT_H
#define TOASTY_DERIVE_EMIT_H

#include "base/buffer.h"
#include "derive/model/check.h"
#include "derive/model/model.h"

/* Writes the texts of the pair of header number `header`. The caller frees the buffers; `names` collects what
 * was generated. */
void toasty__derive_emit(derive_schema *schema, size_t header, derive_generated_names *names,
                         toasty__buffer *h, toasty__buffer *c);

/* All of it as a JSON document, behind the emitters of all headers. */
void toasty__derive_json(const derive_schema *schema, toasty__buffer *out);

#endif
