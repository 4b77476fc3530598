/* The text of a cursor: a place in the order of a query, signed, so that it can be handed to strangers.
 *
 * What is in it, before it becomes letters that a URL takes as they are: the version of the format, which way
 * the cursor goes, the name of its query, the values of one row, and a signature (HMAC-SHA-256) over all of
 * that. Whoever has the text can read the values, and change none. Its length is a multiple of four letters
 * without padding: two texts never mean the same bytes.
 *
 * This knows nothing of models: which values a cursor has, and what names a query, is the engine's to say. */
#ifndef TOASTY_CORE_CURSOR_H
#define TOASTY_CORE_CURSOR_H

#include "base/arena.h"
#include <toasty/error.h>
#include <toasty/schema.h>

enum { TOASTY__CURSOR_QUERY = 8, TOASTY__CURSOR_KEY_LEAST = 16 };

typedef struct toasty__cursor_key {
    uint8_t bytes[32];
} toasty__cursor_key;

/* With which cursors are signed, and which are believed. */
typedef struct toasty__cursor_keys {
    toasty__cursor_key now, old; /* without an old one the same twice */
} toasty__cursor_keys;

typedef struct toasty__cursor {
    uint8_t query[TOASTY__CURSOR_QUERY];
    bool backwards;
    uint8_t count;        /* of values; 0: it goes from the end, or from the beginning */
    toasty_value *values; /* what they point to follows each with a NUL */
} toasty__cursor;

/* Keys made of what the program gave; `now` NULL: a random one. Nothing of the texts is kept. -1 with err,
 * which shows neither: one that is too short, or an old one alone. */
int toasty__cursor_keys_make(toasty__cursor_keys *keys, const char *now, const char *old, toasty_error *err);
/* Eight bytes of a hash. */
void toasty__cursor_name(uint8_t query[TOASTY__CURSOR_QUERY], const void *bytes, size_t length);
/* The text, in the arena; NULL with err. */
const char *toasty__cursor_write(toasty__arena *arena, const toasty__cursor_key *key,
                                 const toasty__cursor *cursor, toasty_error *err);
/* The other way; values are in the arena. -1 with err: invalid_cursor for all that toasty__cursor_write with
 * one of the keys did not give. */
int toasty__cursor_read(toasty__arena *arena, const toasty__cursor_keys *keys, const char *text,
                        toasty__cursor *cursor, toasty_error *err);

#endif
