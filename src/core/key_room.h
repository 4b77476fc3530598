/* How long a text in an index may be, where an entry has so many bytes and no more: what the other columns
 * leave is shared equally among all texts and bytes. The type of a column is made by it, and so is the length
 * that values are held against. */
#ifndef TOASTY_CORE_KEY_ROOM_H
#define TOASTY_CORE_KEY_ROOM_H

#include "core/types.h"

enum { TOASTY__BYTES_OF_CHARACTER = 4 }; /* as databases with a limit reckon */

/* An entry, column after column; begins as {bytes, 0}. */
typedef struct toasty__key_room {
    size_t left, sharing;
} toasty__key_room;

/* True of types whose values have any length. */
static inline bool toasty__is_long(uint8_t type)
{
    return type == TOASTY_TYPE_TEXT || type == TOASTY_TYPE_BYTES;
}

static inline void toasty__key_room_add(toasty__key_room *room, uint8_t type)
{
    size_t size = toasty__is_long(type) ? 0 : toasty__type_size(type, NULL);
    room->left -= size < room->left ? size : room->left;
    room->sharing += toasty__is_long(type);
}

/* The bytes that each of those has that share. */
static inline size_t toasty__key_room_share(const toasty__key_room *room)
{
    return room->sharing ? room->left / room->sharing : room->left;
}

#endif
