/* Unison: one random program on several databases, which must answer alike and have the same rows in the end.
 *
 * A step is one call, or a batch of several. What an act chooses comes from the dice of its step, so it is
 * the same on every database; what there is to be chosen from is in the world. */
#ifndef TESTS_UNISON_UNISON_H
#define TESTS_UNISON_UNISON_H

#include "models.toasty.h"
#include <toasty/toasty.h>

/* 0 to sides - 1. */
uint64_t roll(uint64_t *dice, uint64_t sides);

/* --- rows as text (show.c) --- */

/* Text that grows; its bytes are free()'s. */
typedef struct text {
    char *bytes;
    size_t len, room;
} text;
void text_add(text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A record, or a list in the order of its keys; with what was included. */
void show_owner(text *text, const void *record);
void show_item(text *text, const void *record);
void show_card(text *text, const void *record);
void show_note(text *text, const void *record);
void show_owners(text *text, const void *list);
void show_items(text *text, const void *list);
void show_cards(text *text, const void *list);
void show_notes(text *text, const void *list);
/* A page in its own order, and what there is beside it. */
void show_item_page(text *text, const void *page);
/* All rows of all tables. -1: they could not be read. */
int show_tables(text *text, toasty_db *db);

/* --- acts (acts.c) --- */

/* Keys of rows that are there. */
typedef struct world {
    int64_t owners[64], items[64], cards[64];
    size_t owner_count, item_count, card_count;
} world;

enum { MOST_ANSWERS = 64, NO_NUMBER = -7 };

/* What a call gives: a block that is shown, or a number. */
typedef struct answer {
    void (*show)(text *text, const void *block); /* NULL: it is a number */
    void *block;                                 /* NULL: none was given */
    int64_t number;                              /* NO_NUMBER: none was given */
} answer;

/* A step on one database. */
typedef struct run {
    toasty_db *db;
    toasty_ops *ops; /* of a batch; NULL: a call is made at once */
    uint64_t dice;
    const world *world;
    answer answers[MOST_ANSWERS];
    size_t answer_count;
    void *records[MOST_ANSWERS]; /* that the acts have read */
    size_t record_count;
    bool failed; /* the error is the last one of the thread */
} run;

typedef struct act {
    const char *name;
    void (*run)(run *run);
    unsigned weight;
    bool alone; /* it makes several calls, or one that no batch can hold: it may be half done, and is in no
                   batch */
    bool upserts_unique; /* it upserts rows with unique values, which no store does that claims these: only
                            where all others do */
    bool looks; /* it looks for what it changes, or gives back what was changed: in a batch, others get in its
                   way */
} act;
extern const act acts[];
extern const size_t act_count;

/* --- allocations that fail (starve.c) --- */

/* Has all allocations of the library fail when they are told to. Before any handle is opened; 0 or -1. */
int starve_begin(void);
/* The allocations after the next `count` fail; below zero: none does. */
void starve_after(long count);

#endif
