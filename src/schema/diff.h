/* What differs between what a database has and what it should have: a list of changes, each a row of data.
 *
 * Changes stand in an order in which they can be done. Only what can be done without touching what is there
 * is `additive`; the others say in words what is different and what to do about it. */
#ifndef TOASTY_SCHEMA_DIFF_H
#define TOASTY_SCHEMA_DIFF_H

#include "schema/store.h"

struct toasty__buffer;

/* X(NAME, what it is about, additive, "what is different", "what to do"). In the words: $t the table, $n the
 * name, $b what the database has, $a what the models say. */
#define TOASTY__SCHEMA_CHANGES(X)                                                                            \
    X(CREATE_ENUM, TYPE, true, "the type $n is missing", "")                                                 \
    X(ENUM_LABELS, TYPE, false, "the type $n has the labels $b, the models say $a",                          \
      "alter the type, or the labels")                                                                       \
    X(CREATE_TABLE, TABLE, true, "the table $n is missing", "")                                              \
    X(TABLE_OPTIONS, TABLE, false, "table $t is $b, the models need it $a", "make the table anew")           \
    X(DROP_COLUMN, COLUMN, false, "table $t has a column $n that its model does not have",                   \
      "drop the column, or add a field")                                                                     \
    X(ADD_COLUMN, COLUMN, false, "table $t does not have the column $n of its model",                        \
      "add the column ($a), or remove the field")                                                            \
    X(COLUMN_TYPE, COLUMN, false, "column $t.$n is $b, its model says $a",                                   \
      "alter the column, or the field's type")                                                               \
    X(COLUMN_NULL, COLUMN, false, "column $t.$n $b be NULL, its model says that it $a",                      \
      "alter the column, or the field")                                                                      \
    X(COLUMN_COLLATION, COLUMN, false, "column $t.$n has the collation $b, text is compared by $a",          \
      "alter the column")                                                                                    \
    X(COLUMN_COUNTS, COLUMN, false, "column $t.$n $b, its model says that it $a", "make the column anew")    \
    X(COLUMN_GENERATED, COLUMN, false, "column $t.$n is generated, its model writes it",                     \
      "make the column anew")                                                                                \
    X(KEY, CONSTRAINT, false, "the primary key of table $t is ($b), its model says ($a)",                    \
      "make the table anew, or change the key")                                                              \
    X(DROP_INDEX, CONSTRAINT, false, "unique index $n on $t ($b) refuses what the model allows",             \
      "drop it, or make the fields unique")                                                                  \
    X(INDEX, CONSTRAINT, false, "index $n of table $t is $b, its model says $a",                             \
      "drop it, and the next push makes it")                                                                 \
    X(DROP_CHECK, CONSTRAINT, false, "check $n of table $t ($b) is not of its model",                        \
      "drop it; it was of another type of its field")                                                        \
    X(ADD_CHECK, CONSTRAINT, false, "table $t does not have the check $n ($a) of its model", "add it")       \
    X(CHECK, CONSTRAINT, false, "check $n of table $t is ($b), its model says ($a)",                         \
      "change it, or the field's type, labels or values")                                                    \
    X(DROP_FOREIGN, CONSTRAINT, false, "foreign key $n of table $t ($b) is not of its model", "drop it")     \
    X(ADD_FOREIGN, CONSTRAINT, false, "table $t does not have the foreign key $n ($a) of its model",         \
      "add it")                                                                                              \
    X(FOREIGN, CONSTRAINT, false, "foreign key $n of table $t is ($b), its model says ($a)",                 \
      "change it, or the model")                                                                             \
    X(ADD_INDEX, CONSTRAINT, true, "the index $n of table $t is missing", "")                                \
    X(CREATE_INDEX, CONSTRAINT, true, "the index $n of the new table $t is missing", "")                     \
    X(CREATE_FOREIGN, CONSTRAINT, true, "the foreign key $n of the new table $t is missing", "")             \
    X(DROP_TABLE, TABLE, false, "the table $n is there", "")                                                 \
    X(DROP_ENUM, TYPE, false, "the type $n is there", "")

typedef enum toasty__change_kind {
#define TOASTY__CHANGE_ENUM(NAME, ABOUT, additive, what, remedy) TOASTY__CHANGE_##NAME,
    TOASTY__SCHEMA_CHANGES(TOASTY__CHANGE_ENUM)
#undef TOASTY__CHANGE_ENUM
} toasty__change_kind;

/* An index counts as a constraint: errors name both alike. */
typedef enum toasty__change_about {
    TOASTY__ABOUT_TYPE,
    TOASTY__ABOUT_TABLE,
    TOASTY__ABOUT_COLUMN,
    TOASTY__ABOUT_CONSTRAINT
} toasty__change_about;

typedef struct toasty__change {
    toasty__change_kind kind;
    toasty__change_about about;
    bool additive;
    const char *name;                 /* of what changes */
    const char *before, *after;       /* in words; NULL: nothing */
    const toasty__store_table *table; /* as it should be; of what goes, as it is; NULL of an enum */
    /* What it is about, as it should be; one of them, or none. */
    const toasty__store_enum *labels;
    const toasty__store_column *column;
    const toasty__store_index *index;
    const toasty__store_foreign *foreign;
} toasty__change;

typedef TOASTY__LIST(toasty__change) toasty__change_list;

/* What must change in `there` to become `wanted`. Other tables and types are nobody's business, and neither
 * are indexes, checks and foreign keys of a table that have another name than this library would have given
 * them: somebody knew what models cannot say. Changes and words live in `room`, and point into both stores;
 * room->failed: memory ran out. */
void toasty__store_diff(toasty__room *room, const toasty__store *there, const toasty__store *wanted,
                        toasty__change_list *changes);
/* The changes that drop every table and type of a store: whoever refers to a table goes before it, as far as
 * there is no circle. */
void toasty__store_drop(toasty__room *room, const toasty__store *store, toasty__change_list *changes);

/* A column or a constraint that is there has to become another one, or one has to come to a table that is
 * there: not each database has statements for that. */
bool toasty__change_alters(const toasty__change *change);
/* "column users.age is INTEGER, its model says TEXT: alter the column, or the field's type" */
void toasty__change_describe(const toasty__change *change, struct toasty__buffer *out);

#endif
