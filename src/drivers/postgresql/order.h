/* The order of a server's messages: how far the answer to a job has come, and what may come there.
 *
 * Each operation is answered in the order of the messages that it was sent as: Parse, Bind, Describe, rows,
 * end; the Sync behind the last one ends the answer to the job. Which of these were sent, the sender says
 * with the place where the answer begins. Whatever the table does not lead on from a place is out of order
 * there. Complaints and news may come at any place, so they do not stand in it. */
#ifndef TOASTY_DRIVERS_POSTGRESQL_ORDER_H
#define TOASTY_DRIVERS_POSTGRESQL_ORDER_H

#include <stdint.h>

/* The message that comes next, by the client's for which it stands. */
typedef enum pg_place {
    PG_NOWHERE, /* nothing is to come; also: the message is out of order */
    PG_CLOSE,   /* of a statement that is not kept any more */
    /* Where the answer to an operation begins; nothing of it runs yet. */
    PG_KEEP,      /* a statement that is to be kept: parsed and described, then run */
    PG_QUERY,     /* one that is kept; or by its text, once that is parsed */
    PG_CHANGE,    /* the same, when it has no rows */
    PG_UNSHOWN,   /* by its text, not described */
    PG_SHOWN,     /* by its text, described */
    PG_RAW,       /* a statement of the user, not described */
    PG_RAW_SHOWN, /* a statement of the user, described */
    PG_CONTROL,   /* BEGIN and the like */
    PG_PING,
    /* On the way from there. */
    PG_KEEP_TYPES,
    PG_KEEP_COLUMNS,
    PG_SHOWN_BIND,
    PG_SHOWN_COLUMNS,
    PG_RAW_BIND,
    PG_RAW_SHOWN_BIND,
    PG_RAW_SHOWN_COLUMNS,
    PG_PING_BIND,
    /* Its Execute, whose effects may be there from here on. */
    PG_RUNS,
    PG_ROWS = PG_RUNS,
    PG_NO_ROWS,
    PG_RAW_ROWS,
    PG_RAW_NO_ROWS,
    PG_NOTHING,
    PG_SYNC,
    /* All is skipped up to the Sync. */
    PG_SKIPPED,
    /* After the last message of an operation: wherever the next one's answer begins. */
    PG_NEXT,
    PG_PLACES = PG_NEXT
} pg_place;

extern const uint8_t toasty__pg_order[PG_PLACES][UINT8_MAX + 1];

/* Where a message of this type leads from here; PG_NOWHERE: it is out of order. */
static inline pg_place pg_follow(pg_place place, char type)
{
    return (pg_place)toasty__pg_order[place][(uint8_t)type];
}

#endif
