/* A database that follows a script: it answers when a test says, breaks when a test says, and watches what
 * the pool does with its connections. It knows one model, a Thing with an id; a thing that is read by its id
 * exists. */
#ifndef TESTS_DB_FAKE_H
#define TESTS_DB_FAKE_H

#include <stdatomic.h>
#include <toasty/codegen.h>
#include <toasty/toasty.h>

typedef struct Thing {
    int64_t id;
} Thing;

/* What the next databases do. Set before they are opened, but for the atomic ones. */
typedef struct fake_script {
    bool pipeline;      /* statements share connections */
    bool unordered;     /* the database says that it answers in any order */
    uint32_t max_depth; /* statements that share a connection; 0: it does not say */
    atomic_bool holds;  /* nothing is answered as long as it is set */
    bool single_writer;
    bool in_place;      /* answers inside submit */
    uint32_t answer_ms; /* time an answer takes; 0: as soon as may be */
    uint32_t connect_ms;
    uint32_t max_connections;
    atomic_int fail_connects; /* so many connects fail */
    atomic_int break_in;      /* the connection breaks instead of giving the n-th answer from now; 0: never */
    atomic_int fail_commit;   /* so many commits fail: a serialization failure */
    atomic_int
        lose_commit; /* the connection breaks at the next commit: 1: while it was on its way, 2: before */
    atomic_bool fail_statements;
    atomic_int descriptions; /* a statement whose columns nobody knows says so often that there is one */
} fake_script;

extern fake_script fake_script_;

/* What was seen since the program began. */
typedef struct fake_counts {
    atomic_int connects, disconnects, attaches, detaches, pings, begins, commits, rollbacks, jobs, cancels;
    atomic_int outside; /* statements that ran in no transaction */
    atomic_int asked;   /* things that were asked for, in fake_log_ */
    atomic_int open, most_open, most_in_flight;
    /* Where it saw that the pool broke a rule of the driver interface: a line of the driver. */
    atomic_int fault;
} fake_counts;

extern fake_counts fake_counts_;
enum { FAKE_LOG = 1024 };
extern int64_t fake_log_[FAKE_LOG];

extern const toasty_schema fake_schema;

/* A handle with these options; the test fails when it cannot be opened. */
#define fake_open(...) fake_open_(&(const toasty_open_options){__VA_ARGS__, .end_ = 0})
toasty_db *fake_open_(const toasty_open_options *options);

/* The thing of that id, or NULL. */
Thing *thing_get(toasty_db *db, int64_t id);
toasty_op thing_get_op(Thing **out, int64_t id);
/* True when the call gave the thing of that id; frees it. */
bool thing_is_there(toasty_db *db, int64_t id);

/* Checks that all connections are closed, no result is left, and no rule was broken. */
void fake_check_clean(void);

#endif
