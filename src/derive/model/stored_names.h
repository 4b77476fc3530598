/* Names in the databases: which ones enums' types get, and the one place that checks all of them against
 * everything that they can meet there. Names in C are checked in check.h. */
#ifndef TOASTY_DERIVE_STORED_NAMES_H
#define TOASTY_DERIVE_STORED_NAMES_H

#include "derive/model/model.h"

/* The most bytes of one. */
size_t toasty__derive_name_limit(const derive_schema *schema);

/* Types of enums give way to those that some database has already, and are cut where they are too long. */
void toasty__derive_name_types(derive_schema *schema);

/* Two that are the same, in whatever case: columns of a table; tables, indexes and types; foreign keys of a
 * table. And names of the database's own. */
void toasty__derive_check_stored_names(derive_schema *schema);

#endif
