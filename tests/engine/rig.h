/* A rig for tests of the engine: an engine and one session, without pool or handles.
 *
 * Over the key-value store it runs real requests; over a recorder with the SQL dialects it notes the
 * statements and answers what the test says. Either way it notes what reached the driver. */
#ifndef TESTS_ENGINE_RIG_H
#define TESTS_ENGINE_RIG_H

#include "core/url.h"
#include "engine/engine.h"
#include "engine/models.h"
#include "test.h"

struct rig;

/* What a recorder answers to an operation: sets count and made_key, hands rows to operation->sink. May be
 * NULL. */
typedef void (*rig_answer)(struct rig *rig, toasty_operation *operation);

typedef struct rig {
    toasty__session session; /* first: the engine hands it back */
    toasty__engine engine;
    toasty_driver driver; /* of a recorder */
    toasty_url url;
    toasty_database database;
    toasty_connection *connection; /* NULL: a recorder */
    struct toasty__reactor *reactor;
    rig_answer answer;
    toasty_error refusal; /* set by an answer: the operation fails like this */
    toasty_error error;   /* of the last run */
    bool done, rolled_back;
    void (*after_submit)(struct rig *rig, toasty__execution *execution);
    void (*before_job)(struct rig *rig); /* somebody else comes first */
    /* what reached the driver since rig_forget */
    unsigned current_reads; /* that must have what was written before */
    unsigned jobs, operations, atomic_jobs, largest_job, kept_jobs;
    char text[16384];   /* "BEGIN\nINSERT …\nCOMMIT\n--\n": one operation a line, a job ends with -- */
    char values[16384]; /* of SQL operations, in the same form */
} rig;

/* url: "keyvalue:?page=3". */
void rig_open(rig *rig, const char *url);
/* capability's target decides the dialect. */
void rig_record(rig *rig, const toasty_capability *capability, const struct toasty__dialect *dialect,
                rig_answer answer);
void rig_close(rig *rig);
void rig_forget(rig *rig);

/* One operation straight on the store, without the engine and without a note. */
void rig_do(rig *rig, toasty_operation *operation);

/* Runs requests; 0 or -1 with rig->error. */
int rig_run_all(rig *rig, const toasty_request *const *requests, size_t count, toasty__task_result *results);
/* Runs one: the root or NULL, the count or -1. */
void *rig_run(rig *rig, const toasty_request *request);
int64_t rig_count(rig *rig, const toasty_request *request);

#endif
