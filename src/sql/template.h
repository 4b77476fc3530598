/* A statement of the user's own that is written for all databases: what stands in braces becomes a
 * placeholder, a table or a column of the dialect.
 *
 * Nothing inside of quotes and comments is touched, and braces around anything but a name of that form stay
 * as they are, so a text for one database is returned as it was. */
#ifndef TOASTY_SQL_TEMPLATE_H
#define TOASTY_SQL_TEMPLATE_H

#include "sql/dialect.h"

/* Does a text have any braces? Without them there is nothing to do. */
bool toasty__sql_is_template(const char *text);

/* Writes the text with {} as placeholders, {Model} as tables and {Model.field} as columns. *places: how many
 * placeholders. -1 with err: invalid_statement (the schema has no such name), out_of_memory. */
int toasty__sql_template(const toasty__dialect *dialect, const toasty_schema *schema, const char *prefix,
                         const char *text, toasty__buffer *out, size_t *places, toasty_error *err);

/* Does a statement have a place for the last of that many values? One without would be run without the value
 * where placeholders are numbered. Elsewhere the database counts; and so it does where values are too few,
 * since a number may be the parameter of a function that the text defines. */
bool toasty__sql_takes(const toasty__dialect *dialect, const char *text, size_t count);

#endif
