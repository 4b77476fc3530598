/* Lowering: from a request over models, fields and relations to statements over tables and columns.
 *
 * Follows the walk of shape.c value by value: whatever the shape collected, the lowering consumes in the same
 * order. It makes steps of a plan; how a step asks a store without SQL is decided in keys/plan.c. */
#ifndef TOASTY_ENGINE_PLAN_LOWER_H
#define TOASTY_ENGINE_PLAN_LOWER_H

#include "engine/plan/plan.h"
#include "engine/plan/shape.h"

/* A statement is ordered by what the request asks for, by what one parent's rows have in common before that,
 * and by the key after it. */
enum {
    TOASTY__MAX_STEPS = 64,
    TOASTY__MAX_JOINS = 16,
    TOASTY__MAX_TERMS = TOASTY__MAX_ORDERS + 2 * TOASTY_MAX_KEYS
};

/* What a relation to one leads to, which is joined once. */
typedef struct toasty__joining {
    const toasty__source *from;
    const toasty_relation *relation;
    toasty__source *to;
} toasty__joining;

/* A plan in the making. */
typedef struct toasty__lowering {
    const toasty__engine *engine;
    toasty__plan *plan;
    toasty__arena *arena;    /* the plan's */
    uint32_t next_value;     /* of the run, in the order of the walk */
    uint32_t first_incoming; /* of an upsert: the value of its insert's first column */
    toasty_error *err;
    bool failed; /* an allocation failed; checked at the end of each step */
    /* the statement in the making */
    toasty__source *source;   /* whose columns are meant: its table */
    uint16_t source_count;    /* that have a number */
    const toasty_model *view; /* whose fields are meant of `viewed`; NULL: those of the table */
    const toasty__source *viewed;
    const toasty__stmt *grouped; /* of a view of groups; NULL: it shows rows */
    toasty__joining joins[TOASTY__MAX_JOINS];
    uint16_t join_count;
    toasty_parameter *parameters;
    toasty__bind *binds;
    uint32_t parameter_count, parameter_capacity;
} toasty__lowering;

void toasty__lower_begin(toasty__lowering *l, toasty__engine *engine, toasty__plan *plan, toasty_error *err);
/* Each makes the root step and, for reads, the steps of its includes. 0, or -1 with err. */
int toasty__lower_read(toasty__lowering *l, const toasty_request *request);
int toasty__lower_update(toasty__lowering *l, const toasty_request *request);
int toasty__lower_delete(toasty__lowering *l, const toasty_request *request);
int toasty__lower_insert(toasty__lowering *l, const toasty_model *model, uint32_t row_count,
                         toasty__key_source key);
/* The steps of an upsert, whose changes are those of a row that it finds; creates: there are none, and it
 * only creates. The values of the insert's columns stand behind those of the shape. */
int toasty__lower_upsert(toasty__lowering *l, const toasty_request *request, bool creates);
/* Of row_count rows in one statement, 0 for any number as arrays: the values of the rows and then those of
 * the changes that have one. Where the database has no word for it, the steps of one row, whose values stand
 * behind those of all changes. */
int toasty__lower_upsert_array(toasty__lowering *l, const toasty_request *request, uint32_t row_count);
/* Draws keys for rows that are inserted later. */
int toasty__lower_draw(toasty__lowering *l, const toasty_model *model);

/* --- parts of writes (lower_write.c) --- */

/* The columns of an insert, and a parameter for each, bound to the values from `first` on. */
void toasty__lower_insert_columns(toasty__lowering *l, toasty__stmt *stmt, bool with_sequence,
                                  uint32_t first);
/* Where a field stands among them, without a key that the database counts up. */
uint32_t toasty__insert_column(const toasty_model *model, uint16_t field);
/* What the changes of a request assign, each field once: *count of them. The plan notes plan->assigned_count
 * changes; several sums of one field are one assignment. NULL when out of memory. */
const toasty__assignment *toasty__lower_assignments(toasty__lowering *l, const toasty_request *request,
                                                    uint16_t *count);

/* --- tools (lower.c): each gives NULL when out of memory and sets l->failed --- */

/* Zeroed memory of the plan. */
void *toasty__lower_alloc(toasty__lowering *l, size_t size);
toasty__expr *toasty__lower_expr(toasty__lowering *l, toasty__expr_tag tag, uint32_t count,
                                 toasty__expr *const *items);
/* A column of the statement's own table, and of another source. */
toasty__expr *toasty__lower_column(toasty__lowering *l, uint16_t field);
toasty__expr *toasty__lower_column_of(toasty__lowering *l, const toasty__source *source, uint16_t field);
toasty__expr *toasty__lower_parameter(toasty__lowering *l, const toasty_field *field,
                                      toasty__bind_source source, uint32_t index);
toasty__expr *toasty__lower_node(toasty__lowering *l, toasty__expr_tag tag, toasty__expr *left,
                                 toasty__expr *right);
/* and/or of a list; the only one itself; NULL for none. */
toasty__expr *toasty__lower_join(toasty__lowering *l, toasty__expr_tag tag, toasty__expr *const *items,
                                 uint32_t count);

/* A parameter of the statement in the making; TOASTY__NO_PARAMETER when out of memory. field NULL: an
 * integer. */
uint32_t toasty__lower_add_parameter(toasty__lowering *l, const toasty_field *field,
                                     toasty__bind_source source, uint32_t index);
/* A new step, whose parameters are the next ones to be added; NULL with err when there are too many. */
toasty__step *toasty__lower_step(toasty__lowering *l, const toasty_model *model);
/* A statement over the model's table, whose columns are those that are meant from now on. */
toasty__stmt *toasty__lower_stmt(toasty__lowering *l, toasty__stmt_tag tag, const toasty_model *model);
/* A table that is joined to those of the statement, which all have a number from then on; `on` is still
 * missing. */
toasty__source *toasty__lower_joined(toasty__lowering *l, const toasty_model *model, toasty__join_kind join);
/* A select of a model's rows inside of the statement, beside those of `outer`. Its columns are meant from now
 * on. */
toasty__stmt *toasty__lower_inner(toasty__lowering *l, toasty__source *outer, const toasty_model *model);
/* Whether a row of `theirs` is one that the relation of a row of `own` leads to. */
toasty__expr *toasty__lower_link(toasty__lowering *l, const toasty_relation *relation,
                                 const toasty__source *own, const toasty__source *theirs);
/* The select that was begun inside, as one value of the rows that the relation of `outer` leads to; the
 * columns of `outer` are meant again. */
toasty__expr *toasty__lower_inner_value(toasty__lowering *l, toasty__stmt *inner, toasty__source *outer,
                                        const toasty_relation *relation, toasty__expr *value);
/* Answers the given fields of the model (NULL: the first `count`), or one value. 0 or -1. */
int toasty__lower_columns(toasty__lowering *l, toasty__step *step, toasty__stmt *stmt, const uint16_t *fields,
                          uint16_t count);
int toasty__lower_value(toasty__lowering *l, toasty__step *step, toasty__stmt *stmt, toasty__expr *value,
                        const toasty_field *fills);
/* The step's statement and parameters are complete. */
void toasty__lower_finish(toasty__lowering *l, toasty__step *step, toasty__stmt *stmt);

/* The row of a scalar. */
typedef struct toasty__scalar {
    _Alignas(8) char value[16]; /* of any type that has an aggregate */
    bool set;
} toasty__scalar;

/* --- views (lower_view.c) --- */

/* What a field of the statement's view is. Behind those of its model come its groups. */
toasty__expr *toasty__lower_member(toasty__lowering *l, uint16_t field);
/* Makes the statement one of the groups of its view, if that has any. 0 or -1. */
int toasty__lower_groups(toasty__lowering *l, toasty__stmt *stmt);
/* The number of a group among the fields of its view. */
uint16_t toasty__group_field(const toasty_model *view, uint16_t group);
/* Gives a statement its condition: what is about groups chooses from them, the rest from rows. 0, or -1 with
 * err. */
int toasty__lower_part(toasty__lowering *l, toasty__expr *condition, toasty__stmt *stmt);
/* What a relation to one of a source leads to, joined unless it is already; left: also where there is none.
 */
toasty__source *toasty__lower_target(toasty__lowering *l, toasty__source *from,
                                     const toasty_relation *relation, bool left);

/* The rows of a relation's target that belong to the rows of the parent step (lower_read.c). keys: the
 * columns that refer; NULL: those of the target. */
toasty__expr *toasty__lower_keys(toasty__lowering *l, toasty__step *step, toasty__expr *const *keys);

/* --- relations that go via others (lower_via.c) --- */

/* That a row is one which the relation of the request's owner leads to, whose key is the next values. */
toasty__expr *toasty__lower_via_owner(toasty__lowering *l, const toasty_relation *relation);
/* An include of such a relation: what its statement reads and answers, and the columns in it that are the
 * keys of the parents. 0 or -1. */
int toasty__lower_via(toasty__lowering *l, toasty__step *step, const toasty_relation *relation,
                      toasty__stmt *stmt, toasty__expr **keys);

/* --- conditions (lower_where.c) --- */

/* The conditions that a statement has so far, joined by AND. */
typedef struct toasty__conjunction {
    toasty__expr *items[TOASTY_MAX_KEYS * 3 + 4];
    uint32_t count;
} toasty__conjunction;

void toasty__lower_also(toasty__conjunction *all, toasty__expr *expr); /* NULL adds nothing */
/* What precedes the options of a call: the keys of an index, the owner of a relation, a record; as_known:
 * that has the version which the request knows. */
void toasty__lower_scope(toasty__lowering *l, const toasty_request *request, bool as_known,
                         toasty__conjunction *all);
/* The conditions of the options themselves. 0, or -1 with err. */
int toasty__lower_find_where(toasty__lowering *l, const toasty_model *model, const toasty_find *find,
                             toasty__conjunction *all);

/* What a request is ordered by: a column of its model, or of the target of a belongs_to of it. */
typedef struct toasty__term {
    uint16_t field;
    bool descending, nulls_turned;  /* as in toasty__order */
    const toasty_relation *through; /* NULL: none */
} toasty__term;

/* The rows that come after a cursor row in an order (lower_page.c). The cursor's value of orders[i] is value
 * first_value + places[i] of the run; nulls[i]: it is NULL. */
toasty__expr *toasty__lower_after(toasty__lowering *l, const toasty_model *model, const toasty__term *orders,
                                  uint32_t count, uint32_t first_value, const uint32_t *places,
                                  const bool *nulls);

#endif
