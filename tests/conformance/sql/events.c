/* What can be seen from outside: an event for each operation, counters, the state of the pool. */
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
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

/* --- values, thresholds, lines --- */

static toasty_db *open_logging(uint32_t slow_ms)
{
    return suite_open_with(&(toasty_open_options){.log_values = true, .slow_ms = slow_ms});
}

static void keep_values(const toasty_event *event, void *arg)
{
    snprintf(arg, 256, "%s", event->values ? event->values : "none");
}

TOASTY_TEST(events, values_are_told_only_to_who_asked_for_them)
{
    char values[256] = "";
    toasty_auto(toasty_db) db = suite_open();
    toasty_on_event(db, keep_values, values);
    check_int(0, topic_count(db, .where = topic_label_eq("it's")));
    check_text("none", values);
    toasty_auto(toasty_db) logging = open_logging(0);
    toasty_on_event(logging, keep_values, values);
    check_int(0, topic_count(logging, .where = topic_and(topic_label_eq("it's"), topic_weight_gt(7))));
    check_text("'it''s', 7", values);
    check_int(0, person_count(logging, .where = person_mood_eq(MOOD_HAPPY)));
    check_contains(values, "happy");
    check_int(0, sample_count(logging, .where = sample_day_eq((toasty_date){2024, 2, 29})));
    check_text("'2024-02-29'", values);
    toasty_auto(TopicList) made =
        topic_create_many(logging, {.label = "a", .weight = 1}, {.label = "b", .weight = 2});
    check_some(made);
    check_contains(values, "'a'");
    check_contains(values, "'b'");
}

TOASTY_TEST(events, long_values_are_cut_between_characters)
{
    char values[256] = "", long_text[400];
    for (size_t i = 0; i + 2 < sizeof long_text; i += 2)
        memcpy(long_text + i, "ü", 3);
    toasty_auto(toasty_db) db = open_logging(0);
    toasty_on_event(db, keep_values, values);
    check_int(0, topic_count(db, .where = topic_label_eq(long_text)));
    check_uint(1 + 64 + strlen("…'"), strlen(values));
    check_that(strncmp(values, "'üü", 5) == 0 && strstr(values, "ü…'"));
}

TOASTY_TEST(events, with_a_threshold_only_what_is_slow_or_failed_is_told)
{
    heard heard = {0};
    toasty_auto(toasty_db) db = open_logging(3600 * 1000);
    toasty_on_event(db, hear, &heard);
    toasty_auto(Topic) topic = topic_create(db, .label = "a");
    check_some(topic);
    check_uint(0, heard.count);
    check_null(topic_create(db, .label = "a"));
    check_uint(1, heard.count);
    check_int(TOASTY_UNIQUE_VIOLATION, heard.code);
}

TOASTY_TEST(events, an_event_is_a_line_of_a_log)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);
    toasty_auto(toasty_db) db = open_logging(0);
    toasty_on_event(db, toasty_log_event, file);
    check_int(0, topic_count(db, .where = topic_weight_eq(5)));
    toasty_on_event(db, NULL, NULL);
    fclose(file);
    check_contains(text, test_capability()->target);
    check_contains(text, " ms, 1 row: SELECT count(*)");
    check_contains(text, " [5]\n");
    check_that(strchr(text, '\n') == text + size - 1);
    free(text);
}

/* --- spans and traces --- */

#define PARENT "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

typedef struct traced {
    int open, begun;
    char names[256], parent[64];
    int64_t rows;
    toasty_code code;
} traced;

static void *start_span(const toasty_span *span, void *arg)
{
    traced *t = arg;
    check_int(-1, span->rows);
    t->open++, t->begun++;
    strcat(strcat(t->names, *t->names ? ", " : ""), span->name);
    snprintf(t->parent, sizeof t->parent, "%s", span->trace_parent ? span->trace_parent : "none");
    return t;
}

static void end_span(void *started, const toasty_span *span, void *arg)
{
    traced *t = arg;
    check_that(started == t);
    t->open--;
    t->rows = span->rows;
    t->code = span->error ? span->error->code : TOASTY_OK;
}

TOASTY_TEST(events, a_span_stands_around_each_round_trip)
{
    traced traced = {0};
    toasty_auto(toasty_db) db = suite_open();
    toasty_on_span(db, start_span, end_span, &traced);
    toasty_auto(Topic) topic = topic_create(db, .label = "a");
    toasty_auto(TopicList) topics = topic_all(db, .include = {topic_with_tasks()});
    check_some(topics);
    check_contains(traced.names, "topics, SELECT topics, SELECT tasks");
    check_int(3, traced.begun);
    check_text("none", traced.parent);
    check_null(topic_create(db, .label = "a"));
    check_int(TOASTY_UNIQUE_VIOLATION, traced.code);
    check_int(-1, traced.rows);
    check_int(0, traced.open);
}

TOASTY_TEST(events, a_span_knows_the_trace_that_its_handle_belongs_to)
{
    traced traced = {0};
    toasty_auto(toasty_db) db = suite_open();
    toasty_on_span(db, start_span, end_span, &traced);
    toasty_auto(toasty_db) with = toasty_with(db, .trace_parent = PARENT);
    check_int(0, topic_count(with));
    check_text(PARENT, traced.parent);
    check_int(0, topic_count(db));
    check_text("none", traced.parent);
}

TOASTY_TEST(events, a_trace_that_is_none_is_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    static const char *const texts[] = {"",
                                        "00",
                                        PARENT "0",
                                        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                        "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                        "00-0af7651916cd43dd8448eb211c80319c b7ad6b7169203331-01"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        check_null(toasty_with(db, .trace_parent = texts[i]));
        check_last_error(TOASTY_INVALID_ARGUMENT);
    }
}

static void keep_statement(const toasty_event *event, void *arg)
{
    snprintf(arg, 256, "%s", event->statement);
}

TOASTY_TEST(events, a_statement_says_which_trace_it_belongs_to_when_that_was_asked_for)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.sql_comments = true});
    toasty_auto(toasty_db) with = toasty_with(db, .trace_parent = PARENT);
    char statement[256] = "";
    toasty_on_event(with, keep_statement, statement);
    toasty_auto(TopicList) made =
        topic_create_many(with, {.label = "a", .weight = 1}, {.label = "b", .weight = 2});
    check_some(made);
    check_int(2, topic_count(with, .where = topic_weight_gt(0)));
    check_contains(statement, "count(*)");
    check_that(!strstr(statement, PARENT)); /* the event tells what is the same for all calls */
    check_int(-1, toasty_sql(with, "SELEKT"));
    check_contains(toasty_last_error()->message, "SELEKT");
}

/* --- counters of a handle --- */

TOASTY_TEST(events, a_handle_that_is_counted_counts_its_own_work)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(TopicList) made = topic_create_many(db, {.label = "a"}, {.label = "b"}, {.label = "c"});
    check_some(made);
    toasty_auto(toasty_db) counted = toasty_with(db, .counted = true);
    toasty_auto(toasty_db) below = toasty_with(counted, .timeout_ms = 60000);
    check_uint(0, toasty_count(counted).operations);
    toasty_auto(TopicList) all = topic_all(below);
    check_uint(3, all->len);
    check_int(3, topic_count(db));
    toasty_counters counts = toasty_count(counted), whole = toasty_count(db);
    check_uint(1, counts.operations);
    check_uint(1, counts.round_trips);
    check_uint(3, counts.rows);
    check_that(whole.operations > counts.operations && whole.rows > counts.rows);
    if (test_capability()->pipeline) { /* on a socket */
        check_that(counts.bytes_sent > 0 && counts.bytes_received > 3);
        check_that(whole.bytes_received > counts.bytes_received);
    }
    check_uint(1, toasty_count(below).operations);
}
