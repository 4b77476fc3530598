/* The columns that an update writes: its changes one after the other, with lists, embedded structs and links
 * taken apart, and at the end what every update of the model writes.
 *
 * Shape and lowering both walk them, in this order. */
#ifndef TOASTY_ENGINE_PLAN_ASSIGN_H
#define TOASTY_ENGINE_PLAN_ASSIGN_H

#include "base/bits.h"
#include <toasty/codegen.h>

/* Where a walk is; zeroed before its first step but for the request and an arena. */
typedef struct toasty__change_walk {
    const toasty_request *request;
    toasty__arena *arena;       /* for what the walk remembers of models with many fields */
    const toasty_change *at;    /* next change of the request */
    const toasty_change *inner; /* next change of a list */
    uint32_t inner_left, outer_left;
    const toasty_change *group; /* an embed or a link in the middle */
    uint16_t group_next;
    uint16_t automatic; /* next field with on_update */
    bool started, rest;
    bool named;         /* something was assigned */
    toasty__bits seen;  /* the fields that were */
    toasty__bits nulls; /* those of them that become NULL */
    toasty__bits sums;  /* those of them that are added to, and may be again */
    bool references;    /* a part of a key that refers to another record was */
    bool parts;         /* a part of an optional struct was, which may not be there */
    toasty_value now;
} toasty__change_walk;

typedef struct toasty__assign {
    uint16_t field;
    uint8_t kind; /* SET, ADD, SUBTRACT, MULTIPLY; of an upsert INCOMING, ADD_INCOMING */
    bool again;   /* the field has been added to before */
    toasty_value value;
} toasty__assign;

/* A struct that is not there becomes one by all of its required parts, or not at all: refuses changes that
 * leave one out. What is there is what the record has; without a record, none is known to be. */
int toasty__check_parts(const toasty__change_walk *walk, toasty_error *err);

/* Is the field one of several that refer together, and may be NULL? What the others are decides whether it
 * can be changed. */
bool toasty__is_part_of_reference(const toasty_model *model, uint16_t field);

/* The changes of an upsert that are made when it creates the row (TOASTY_CHANGE_ON_CREATE), or when it finds
 * it (…_ON_UPDATE), the common ones among them, ended by TOASTY_CHANGE_END. NULL with err. */
const toasty_change *toasty__changes_of_side(const toasty_change *changes, toasty_change_kind side,
                                             toasty__arena *arena, toasty_error *err);

/* How many columns a walk names, 0xffff at most. -1 with err. */
int toasty__count_assigns(const toasty_request *request, toasty__arena *arena, toasty_error *err);

/* Is it a change that adds to what is there? */
bool toasty__adds(uint8_t kind);

static inline bool toasty__calculates(uint8_t kind)
{
    return kind == TOASTY_CHANGE_ADD || kind == TOASTY_CHANGE_SUBTRACT || kind == TOASTY_CHANGE_MULTIPLY;
}

static inline bool toasty__is_integer(const toasty_value *value)
{
    return value->kind == TOASTY_VALUE_INT || value->kind == TOASTY_VALUE_UINT;
}

/* Holds every integer of a value, and sums of them. */
__extension__ typedef __int128 toasty__wide;

static inline toasty__wide toasty__wide_of(const toasty_value *integer)
{
    return integer->kind == TOASTY_VALUE_UINT ? (toasty__wide)integer->as.unsigned_integer
                                              : (toasty__wide)integer->as.integer;
}

/* *value becomes what comes of it by ADD, SUBTRACT or MULTIPLY. False when that is no number of its kind. */
bool toasty__calculate(uint8_t kind, const toasty_value *operand, toasty_value *value);

/* Refuses nothing for a required field, and a part of the key. */
int toasty__check_assign(const toasty_model *model, const toasty__assign *assign, toasty_error *err);

/* 1: *out is the next column; 0: the end; -1 with err: a field twice, half a key, out of memory. */
int toasty__next_assign(toasty__change_walk *walk, toasty__assign *out, toasty_error *err);

#endif
