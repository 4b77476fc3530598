/* What differs between the databases: the texts of raw statements, what a session can leave behind, how the
 * judge disturbs, and how it reads what is there, by a connection that nobody disturbs. */
#ifndef TESTS_CHAOS_TARGET_H
#define TESTS_CHAOS_TARGET_H

#include "ledger.h"

/* A change of the session that reaches beyond its statement. */
typedef struct leftover {
    const char *name;
    const char *leave; /* the statement that leaves it; %llu stands for a number that is used once */
    const char *look;  /* an expression that has another value in a session that has it */
    bool kept;         /* a later statement of the same session sees it */
} leftover;

typedef struct audit_row {
    int64_t operation, part;
    bool astray; /* in a table that only a setting of another session leads to */
} audit_row;

typedef struct judge_connection judge_connection;

typedef struct target {
    const char *name;
    uint64_t acts;                                 /* of a usual run */
    const char *insert;                            /* an entry with an operation and a part */
    const char *insert_two;                        /* two entries: operation, part, operation, part */
    const char *slow;                              /* takes some 20 ms */
    const char *commit_and_die, *commit_and_sleep; /* insert a deed, commit, and go on; NULL: cannot be */
    const leftover *leftovers;
    size_t leftover_count;
    bool loses_connections;
    unsigned writers; /* connections that raw statements run on, at most */

    /* The judge's own connection, once the tables are there; NULL with a reason on stdout. */
    judge_connection *(*connect)(const char *url);
    void (*disconnect)(judge_connection *connection);
    /* The URL that the worker is given. */
    const char *(*url)(judge_connection *connection);
    /* One disturbance; NULL: nothing disturbs but the worker itself. */
    void (*disturb)(judge_connection *connection, uint64_t *seed);
    /* What the disturbances were, as a note. */
    void (*tell)(judge_connection *connection, char *text, size_t size);
    /* Ends what lingers of a worker that was killed. */
    void (*settle)(judge_connection *connection);
    /* Calls back for each row; false when it cannot be read. */
    bool (*rows)(judge_connection *connection, void (*row)(const audit_row *row, void *arg), void *arg);
    bool (*counters)(judge_connection *connection, int64_t values[COUNTERS]);
    /* NULL, or what is wrong with the database. */
    const char *(*unsound)(judge_connection *connection);
} target_table;

extern const target_table target;

#endif
