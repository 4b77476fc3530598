/* What can be seen from outside: an event for each operation, counters, the state of the pool. */
#include "suite.h"
#include <string.h>

typedef struct heard {
    size_t count;
    char system[32], operation[32], collection[32], statement[256];
    int64_t rows;
    toasty_code code;
} heard;

static void hear(const toasty_event *event, void *arg)
{
    heard *h = arg;
    h->count++;
    strncpy(h->system, event->system, sizeof h->system - 1);
    strncpy(h->operation, event->operation, sizeof h->operation - 1);
    strncpy(h->collection, event->collection, sizeof h->collection - 1);
    strncpy(h->statement, event->statement ? event->statement : "", sizeof h->statement - 1);
    h->rows = event->rows;
    h->code = event->error ? event->error->code : TOASTY_OK;
}

TOASTY_TEST(events, an_event_tells_what_ran_and_no_value)
{
    toasty_auto(toasty_db) db = suite_open();
    heard heard = {0};
    toasty_on_event(db, hear, &heard);
    toasty_auto(Topic) topic = topic_create(db, .label = "confidential", .weight = 1);
    check_some(topic);
    check_uint(1, heard.count);
    check_text(test_capability()->target, heard.system);
    check_text("INSERT", heard.operation);
    check_text("topics", heard.collection);
    check_contains(heard.statement, "INSERT INTO");
    check_that(!strstr(heard.statement, "confidential"));
    toasty_auto(TopicList) topics = topic_all(db);
    check_some(topics);
    check_int(1, heard.rows);
}

TOASTY_TEST(events, an_operation_that_failed_tells_its_error)
{
    toasty_auto(toasty_db) db = suite_open();
    heard heard = {0};
    toasty_on_event(db, hear, &heard);
    toasty_auto(Topic) topic = topic_create(db, .label = "a");
    check_null(topic_create(db, .label = "a"));
    check_int(-1, heard.rows);
    check_int(TOASTY_UNIQUE_VIOLATION, heard.code);
}

TOASTY_TEST(events, transactions_and_derived_handles_are_heard_too)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) with = toasty_with(db, .timeout_ms = 5000);
    check_int(0, topic_count(with));
    toasty_auto(toasty_db) tx = toasty_begin(with);
    check_int(0, topic_count(tx));
    check_done(toasty_commit(tx));
    check_text("SELECT topics, BEGIN, SELECT topics, COMMIT", suite_log());
}

TOASTY_TEST(events, counters_count_operations_round_trips_and_plans)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_counters before = toasty_count(db);
    toasty_auto(TopicList) topics = topic_all(db);
    toasty_auto(TopicList) again = topic_all(db);
    toasty_counters after = toasty_count(db);
    check_uint(2, after.operations - before.operations);
    check_uint(2, after.round_trips - before.round_trips);
    check_uint(1, after.plans_made - before.plans_made);
    check_uint(1, after.plans_found - before.plans_found);
    check_uint(1, after.statements_built - before.statements_built);
}

TOASTY_TEST(events, the_pool_tells_its_connections)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    check_some(tx);
    toasty_pool_status status = toasty_pool(db);
    check_that(status.open >= 1);
    check_that(status.idle < status.open);
    check_uint(0, status.waiting);
    check_done(toasty_rollback(tx));
}
