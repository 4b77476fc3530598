/* The resolver: works out what the members and words of the models mean: tables, columns, keys, indexes,
 * relations, and the names of all that in the database. Reports what it cannot resolve. */
#ifndef TOASTY_DERIVE_RESOLVE_H
#define TOASTY_DERIVE_RESOLVE_H

#include "derive/model/model.h"

/* Columns, keys and indexes of each model, then the relations between them. */
void toasty__derive_resolve(derive_schema *schema);

/* Pairs relations and finds their keys; adds the indexes of foreign keys. Needs the columns and keys of all
 * models. */
void toasty__derive_resolve_relations(derive_schema *schema);

/* What the members of views show. Needs all of that. */
void toasty__derive_resolve_views(derive_schema *schema);

/* Adds an index with its name. */
derive_index *toasty__derive_add_index(derive_schema *schema, derive_model *model, derive_index_kind kind,
                                       const derive_columns *columns, derive_location at);

#endif
