/* The rows of a create as groups: all children that all rows of a parent group brought along for one relation
 * are one group, which becomes one insert.
 *
 * A group holds for each row the record that the call will return, and the values that are sent. Both are
 * filled together (fill.c), from what was given and from defaults, keys and times that the client makes: what
 * is returned is what was sent. */
#ifndef TOASTY_ENGINE_KINDS_GRAPH_H
#define TOASTY_ENGINE_KINDS_GRAPH_H

#include "core/rules.h"
#include "engine/run/run.h"
#include <string.h>

typedef struct toasty__group {
    const toasty_model *model;
    const toasty_relation *relation; /* of the parent's model; NULL: the rows of the call */
    struct toasty__group *parent;
    const char **news; /* the …New of each row */
    size_t *parents;   /* the place of each row's parent in its group; NULL of those of the call */
    char *records;
    toasty_value *values; /* row by row, `columns` of them */
    size_t count;
    const toasty_field *sequence; /* the key that the database counts up, or NULL */
    const toasty_field *unsent;   /* that key when the insert makes it; NULL: every field is a column */
    uint32_t columns;
    uint16_t level;             /* stage in which it can be sent */
    uint32_t first_operation;   /* within the run's operations of its stage */
    struct toasty__group *next; /* in the order of insertion */
} toasty__group;

typedef struct toasty__graph {
    toasty__group *first, **last;
    bool validates;  /* the program is asked about some of the rows */
    bool other_keys; /* were given where they come from the graph: they have to be the same */
    bool drawn;      /* keys are drawn before anything is inserted, so that two round trips are enough for any
                        depth */
    int64_t now;     /* one reading of the clock a call */
    toasty__breaks breaks; /* what is missing, and what is not as its rules ask */
    const toasty_model *missing_in;
    const char *missing_row;
    const toasty_field *ambiguous; /* of what is missing: its zero does not count as a value */
    toasty__plan **held;           /* the plans of its inserts */
    size_t held_count, held_capacity;
    char missing[256]; /* names; last, since all before it begins as zeros */
} toasty__graph;

static inline char *toasty__group_record(const toasty__group *group, size_t i)
{
    return group->records + i * group->model->size;
}

/* The number of a row among several, as errors have it. */
static inline size_t toasty__group_row(const toasty__group *group, size_t i)
{
    return group->count > 1 ? i : TOASTY__ONE_ROW;
}

/* Record by record: they are not touched twice from far apart. */
static inline void toasty__group_zero(const toasty__group *group)
{
    for (size_t i = 0; i < group->count; i++)
        memset(toasty__group_record(group, i), 0, group->model->size);
}

/* A pointer at an offset of a struct; NULL when there is no such offset. */
static inline const void *toasty__pointer_at(const void *start, uint32_t offset)
{
    const void *pointer = NULL;
    if (offset != TOASTY_NO_OFFSET)
        memcpy(&pointer, (const char *)start + offset, sizeof(pointer));
    return pointer;
}

/* Whose rows hold the keys by which a group and its parent refer to each other; the other one's must be there
 * by the time that these are sent. */
static inline const toasty__group *toasty__group_referring(const toasty__group *group)
{
    return group->relation && group->relation->kind == TOASTY_BELONGS_TO ? group->parent : group;
}

/* The rows of the call and all that is nested in them, in the order of insertion, with their levels, and with
 * records and values that are filled as far as they are known; sets the stages of the run. records: where
 * those of the call lie. 0, or -1 with err: all that a row lacks is one error. */
int toasty__graph_make(toasty__running *run, const char *rows, size_t count, char *records,
                       toasty_error *err);

/* When the rows are what will be sent: asks the program about them, and fails with all that breaks a rule. 0,
 * or -1: the error is that of toasty__graph_make. */
int toasty__graph_ask(toasty__running *run);
static inline int toasty__graph_check(toasty__running *run)
{
    return run->graph->validates || run->graph->breaks.count ? toasty__graph_ask(run) : 0;
}

/* How many rows of a group are one statement, which has `more` values besides theirs. */
size_t toasty__rows_together(const toasty__running *run, const toasty__group *group, uint32_t more);
/* Do several rows go as arrays, one a column? A row that is nothing but a key which the database makes has no
 * column to send. */
static inline bool toasty__is_by_columns(const toasty__running *run, const toasty__group *group)
{
    return run->execution->engine->driver->capability->bulk_columns && group->columns > 0;
}
/* Takes over the hold of a plan until the run is done: its statement is used until the answer has come. -1
 * when out of memory: it is released. */
int toasty__graph_hold(toasty__running *run, toasty__plan *plan);
void toasty__graph_release(toasty__running *run); /* of all that it holds; without a graph it does nothing */

/* Fills the records and values of a group with all that is known before anything is sent, and points
 * relations at each other. What is missing is only noted in the graph. */
int toasty__fill_group(toasty__running *run, const toasty__group *group, toasty_error *err);
/* Refuses rows whose keys were given, and are others than those of the rows that they refer to. */
int toasty__check_references(const toasty__group *group, toasty_error *err);
/* Keys that were drawn are in the records: has them sent. */
void toasty__fill_drawn(const toasty__group *group);
/* The key of the request's owner, in all rows of the call. */
int toasty__fill_owner(toasty__running *run, const toasty__group *group, toasty_error *err);
/* The keys by which a group and its parents refer to each other, once those are there. */
void toasty__refer(const toasty__group *group);

#endif
