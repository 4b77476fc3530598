/* Annotations: the words of toasty(...), toasty_model(...) and the relation macros, in one table that also is
 * the reference that `toasty derive --help-annotations` prints. */
#ifndef TOASTY_DERIVE_ANNOTATIONS_H
#define TOASTY_DERIVE_ANNOTATIONS_H

#include "derive/model/model.h"

/* Splits "key, auto, default = f(1, 2)" at its commas. Empty words are left out. */
void toasty__derive_split(derive_memory *memory, const char *text, derive_location at, derive_words *words);

/* Let the words that were read take effect; unknown and misplaced ones are errors. */
void toasty__derive_annotate_member(derive_schema *schema, derive_member *member, bool of_view);
void toasty__derive_annotate_model(derive_schema *schema, derive_model *model);
void toasty__derive_annotate_relation(derive_schema *schema, derive_relation *relation);
/* label: the one that the constant has unless the words say otherwise. */
void toasty__derive_annotate_constant(derive_schema *schema, const derive_words *words, const char **label);

/* Prints the reference. */
void toasty__derive_print_annotations(FILE *stream);

#endif
