/* Deep copies into an arena: what owners, started operations and pages keep of what a call borrows.
 *
 * Functions that return a status work in place: the struct was copied by the caller, and afterwards
 * everything that it points to lies in the arena. 0, or -1 when out of memory; what was copied by then is
 * freed with the arena. Schema tables, handles and variables for results are never copied. */
#ifndef TOASTY_CORE_COPY_H
#define TOASTY_CORE_COPY_H

#include "base/arena.h"
#include <toasty/codegen.h>

int toasty__copy_values(toasty__arena *arena, toasty_value *values, size_t count);
int toasty__copy_condition(toasty__arena *arena, toasty_condition *condition);

/* A record with its columns; its relations are not loaded. NULL when out of memory. */
void *toasty__copy_record(toasty__arena *arena, const toasty_model *model, const void *record);
/* The same into storage of the caller's. */
int toasty__copy_record_to(toasty__arena *arena, const toasty_model *model, const void *record, void *copy);

/* Does an array of …New end here? */
static inline bool toasty__is_end_row(const toasty_model *model, const void *row)
{
    return *((const char *)row + model->new_end_offset) != 0;
}
/* The rows of an array of …New before the one that ends it. */
size_t toasty__count_rows(const toasty_model *model, const void *rows);
/* `count` rows of …New with all that they mention, and one more that ends the array. NULL when out of memory.
 */
void *toasty__copy_rows(toasty__arena *arena, const toasty_model *model, const void *rows, size_t count);
/* What one row of …New mentions. */
int toasty__copy_row_parts(toasty__arena *arena, const toasty_model *model, void *row);
/* True when the relation's rows in a …New are an array with an end, false when they are one row. */
bool toasty__rows_are_many(const toasty_relation *relation);

/* --- request_copy.c --- */

/* The operand of a change, which is neither absent nor a list. */
int toasty__copy_change(toasty__arena *arena, const toasty_model *model, toasty_change *change);
/* An include's options, as toasty_include.find. */
int toasty__copy_include(toasty__arena *arena, toasty_include *include);
/* All but the model of a query, into an empty one with its arrays in `arena`. */
int toasty__copy_query(toasty__arena *arena, toasty_query *query, const toasty_query *from);
int toasty__copy_find(toasty__arena *arena, const toasty_model *model, toasty_find *find);

#endif
