/* What a database complains of, in terms of the models: the constraint, the table and the field of an error,
 * and one wording for what is wrong with them. The twin of encode for what only the database can see.
 *
 * `err` holds the complaint already (code, message, server_code); what is recognised is written over its
 * message and into constraint, table and field, and what is not recognised stays as it is. Names are compared
 * as a whole, with the prefix that the statement's table has. Nothing here allocates. */
#ifndef TOASTY_DRIVER_BLAME_H
#define TOASTY_DRIVER_BLAME_H

#include <toasty/driver/driver.h>

/* What is added to what a database says: one wording for all. */
#define TOASTY__HINT_MISSING "toasty_push_schema creates what is missing"
#define TOASTY__HINT_TABLES "does the table match its model? toasty_push_schema reports what differs"
#define TOASTY__HINT_NOT_ALLOWED "the user of the connection may not do that"
#define TOASTY__NO_ANSWER "the server does not answer"

/* What the database named: any may be NULL. table: of the constraint; without one, the statement's. */
typedef struct toasty__named {
    const char *table, *column, *constraint;
} toasty__named;

/* Of a check that says what the C type or the enum says the code becomes invalid_value: other targets refuse
 * the same value before they send it. statement: may be NULL. */
void toasty__blame(const toasty_statement *statement, const toasty__named *named, toasty_error *err);

/* A foreign key, which `relation` of `model` has; removed: the row that is referred to was to go. */
void toasty__blame_reference(const toasty_statement *statement, const toasty_model *model,
                             const toasty_relation *relation, bool removed, toasty_error *err);

/* A unique index of the statement's table. */
void toasty__blame_index(const toasty_statement *statement, const toasty_index *index, toasty_error *err);

/* The same where nothing complains, since the store has no constraints: fails with unique_violation or
 * foreign_key_violation; always -1. prefix: of the names of tables; "": none. relation: a belongs_to of a row
 * that still refers to one that was to go. */
int toasty__refuse_index(const char *prefix, const toasty_model *model, const toasty_index *index,
                         toasty_error *err);
int toasty__refuse_removal(const char *prefix, const toasty_relation *relation, toasty_error *err);

/* A sum that a number outgrew, of which the database does not say where: the only field that it can be. */
void toasty__blame_sum(const toasty_statement *statement, toasty_error *err);

/* The models whose rows go when rows of `model` do, that one first. Returns how many of at most `room` there
 * are. */
enum { TOASTY__MOST_REACHED = 64 };
size_t toasty__blame_reach(const toasty_model *model, const toasty_model **reached, size_t room);

#endif
