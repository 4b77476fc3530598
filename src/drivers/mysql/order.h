/* The order of a server's packets: how far the answer to a command has come, and what may come there.
 *
 * What a packet is shows in its first byte, but not everywhere the same. Whatever the table does not have for
 * a place is out of order there. */
#ifndef TOASTY_DRIVERS_MYSQL_ORDER_H
#define TOASTY_DRIVERS_MYSQL_ORDER_H

#include "wire.h"

/* Which packet comes next. */
typedef enum my_place {
    MY_NOWHERE,
    /* Where an answer begins. */
    MY_PREPARED, /* of a statement that is to be kept */
    MY_RESULT,   /* of a statement that may have rows */
    MY_DONE,     /* of one that has none */
    /* On the way from there. */
    MY_PARAMETERS, /* of what was prepared, each described */
    MY_COLUMNS,    /* of it, or of rows */
    MY_ROWS,
    MY_TEXT_ROWS,
    MY_PLACES
} my_place;

/* What a packet says. */
typedef enum my_word {
    MY_NONSENSE, /* out of order */
    MY_OK,
    MY_NO,    /* a complaint */
    MY_COUNT, /* so many columns come */
    MY_DEFINITION,
    MY_ROW,
    MY_END /* of rows */
} my_word;

my_word toasty__my_word(my_place place, const my_packet *packet);

/* What the word would be of most packets. */
static inline bool my_is_row(my_place place, const my_packet *packet)
{
    if (place == MY_ROWS && packet->length && !*packet->body)
        return true;
    return toasty__my_word(place, packet) == MY_ROW;
}

#endif
