/* The front: reads headers with libclang and fills a schema with what is written in them.
 *
 * The only part of derive that knows libclang. Reports what C itself makes impossible (a type that no column
 * can hold); what the words mean together is for the resolver and the checks. */
#ifndef TOASTY_DERIVE_FRONT_H
#define TOASTY_DERIVE_FRONT_H

#include "derive/model/model.h"

/* Reads schema->headers with the given compiler arguments. 0, or -1 when a header does not compile: then the
 * compiler's own diagnostics were printed. Errors in the models are in schema->diagnostics. */
int toasty__derive_read(derive_schema *schema, const char *const *arguments, size_t argument_count);

#endif
