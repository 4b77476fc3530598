/* What the tests of the suite share: an empty database, and a log of the operations that reached the driver.
 *
 * The log is what the event hook saw: "SELECT people, SELECT tasks" on SQL targets, "get people" on others.
 * It is the process's own and may be written by any thread. */
#ifndef TESTS_CONFORMANCE_SUITE_H
#define TESTS_CONFORMANCE_SUITE_H

#include "people.toasty.h"
#include "places.toasty.h"
#include "test.h"
#include "values.toasty.h"
#include <toasty/toasty.h>

/* The database of the run with the tables of all models and no rows; the caller frees it. The log is empty.
 */
toasty_db *suite_open(void);
toasty_db *suite_open_with(const toasty_open_options *options);
/* The same database once more, as it is. */
toasty_db *suite_open_again(void);
/* The URL of the run with `option` added to its query. */
const char *suite_url_with(const char *option);
/* Prepares a handle that a test opened by itself: watched, with the tables. */
void suite_watch(toasty_db *db);

void suite_clear_log(void);
/* "SELECT people, UPDATE tasks": the operations since the log was cleared, whose results do not matter. */
const char *suite_log(void);
/* How many they were. */
size_t suite_log_count(void);
/* The text of the n-th statement since then; NULL when there is none. */
const char *suite_statement(size_t n);
/* The number of the connection that ran the n-th. */
uint64_t suite_connection(size_t n);

/* What a call costs: counters between two moments. */
typedef struct suite_cost {
    toasty_db *db;
    toasty_counters before;
} suite_cost;
suite_cost suite_start_cost(toasty_db *db);
uint64_t suite_operations(const suite_cost *cost);
uint64_t suite_round_trips(const suite_cost *cost);

/* Does the database read within what happens at once? If not, reads of a batch are a round trip of their own.
 */
bool suite_groups_read(void);

/* How many threads this process has. */
size_t suite_threads(void);

/* --- rows that many tests start from --- */
/* A person "Ann" with the email ann@example.com and so many tasks, "task 0" on, positions counting up from 0.
 */
Person *suite_person(toasty_db *db, const char *name, size_t task_count);
/* The item whose text member is this; NULL when it is not there. */
Task *suite_find_task(Task *items, size_t len, const char *title);

/* The last error is that one rule, which a field of the model breaks. */
void suite_check_rule(const char *model, const char *field, const char *rule);

bool suite_same_uuid(toasty_uuid a, toasty_uuid b);

#endif
