/* A server with a will of its own: connections cut at every moment, stalls, forgotten statements, conflicts.
 */
#include "suite.h"
#include "tcp_proxy.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static tcp_proxy *proxy;

/* The database of the run behind the proxy, with no rows. */
static toasty_db *open_behind_proxy(uint32_t pool_size)
{
    char through[1024];
    toasty_auto(toasty_db) direct = suite_open();
    proxy = tcp_proxy_for(test_url(), through, sizeof through);
    check_that(proxy != NULL);
    toasty_db *db =
        toasty_open(through, &models_schema, .max_pool_size = pool_size, .connect_timeout_ms = 2000);
    check_some(db);
    suite_watch(db);
    return db;
}

static void stop_proxy(void)
{
    tcp_proxy_stop(proxy);
    proxy = NULL;
}

/* --- connections that break --- */

TOASTY_TEST(server, one_that_is_killed_in_a_query_is_a_lost_connection_and_the_pool_recovers)
{
    toasty_auto(toasty_db) db = open_behind_proxy(2);
    toasty_auto(Topic) topic = topic_create(db, .label = "cut here");
    tcp_proxy_cut_on(proxy, "cut here", TCP_PROXY_AFTER);
    check_null(topic_get_by_label(db, "cut here"));
    check_last_error(TOASTY_CONNECTION_LOST);
    toasty_auto(Topic) read = topic_get_by_label(db, "cut here");
    check_some(read);
    check_that(toasty_count(db).connections_lost >= 1);
    stop_proxy();
}

TOASTY_TEST(server, one_that_is_killed_in_a_transaction_leaves_nothing_of_it)
{
    toasty_auto(toasty_db) db = open_behind_proxy(2);
    {
        toasty_auto(toasty_db) tx = toasty_begin(db);
        toasty_auto(Topic) first = topic_create(tx, .label = "first");
        check_some(first);
        tcp_proxy_cut_on(proxy, "second", TCP_PROXY_AFTER);
        check_null(topic_create(tx, .label = "second"));
        check_last_error(TOASTY_CONNECTION_LOST);
        check_int(-1, (int)topic_count(tx));
        check_that(toasty_failed());
        check_int(-1, toasty_commit(tx));
        check_that(toasty_last_error()->code != TOASTY_OUTCOME_UNKNOWN);
    }
    check_int(0, topic_count(db));
    stop_proxy();
}

TOASTY_TEST(server, one_that_is_killed_in_a_commit_is_an_unknown_outcome_and_is_not_repeated)
{
    toasty_auto(toasty_db) db = open_behind_proxy(2);
    toasty_auto(toasty_db) tx = toasty_begin(db);
    toasty_auto(Topic) topic = topic_create(tx, .label = "a");
    check_some(topic);
    tcp_proxy_cut_on(proxy, "COMMIT", TCP_PROXY_AFTER);
    suite_clear_log();
    check_int(-1, toasty_commit(tx));
    check_last_error(TOASTY_OUTCOME_UNKNOWN);
    check_text("COMMIT", suite_log());
    /* The server had got it. */
    while (topic_count(db) == 0)
        toasty_sleep(1);
    check_int(1, topic_count(db));
    stop_proxy();
}

TOASTY_TEST(server, one_that_is_killed_in_a_batch_leaves_nothing_half_done)
{
    toasty_auto(toasty_db) db = open_behind_proxy(2);
    toasty_auto(Topic) a = NULL;
    toasty_auto(Topic) b = NULL;
    tcp_proxy_cut_on(proxy, "the second", TCP_PROXY_BEFORE);
    check_int(-1, toasty_batch(db, topic_create_op(&a, .label = "the first"),
                               topic_create_op(&b, .label = "the second")));
    check_last_error(TOASTY_OUTCOME_UNKNOWN);
    check_null(a);
    check_null(b);
    check_int(0, topic_count(db));
    stop_proxy();
}

TOASTY_TEST(server, one_that_is_killed_after_it_got_a_batch_has_done_all_of_it_or_nothing)
{
    toasty_auto(toasty_db) db = open_behind_proxy(2);
    toasty_auto(Topic) a = NULL;
    toasty_auto(Topic) b = NULL;
    tcp_proxy_cut_on(proxy, "the second", TCP_PROXY_AFTER);
    check_int(-1, toasty_batch(db, topic_create_op(&a, .label = "the first"),
                               topic_create_op(&b, .label = "the second")));
    check_last_error(TOASTY_OUTCOME_UNKNOWN);
    check_null(a);
    check_null(b);
    int64_t count;
    while ((count = topic_count(db)) == 0)
        toasty_sleep(1);
    check_int(2, count);
    stop_proxy();
}

TOASTY_TEST(server, one_that_is_terminated_after_the_user_has_committed_is_an_unknown_outcome)
{
    toasty_auto(toasty_db) db = suite_open();
    check_int(-1, (int)toasty_sql(db, "DO $$ BEGIN "
                                      "INSERT INTO topics (label, weight) VALUES ('halfway', 1); COMMIT; "
                                      "PERFORM pg_terminate_backend(pg_backend_pid()); "
                                      "PERFORM pg_sleep(30); END $$"));
    check_last_error(TOASTY_OUTCOME_UNKNOWN);
    check_text("57P01", toasty_last_error()->server_code);
    check_int(1, topic_count(db));
}

TOASTY_TEST(server, a_backend_that_is_terminated_while_idle_costs_one_call_at_most)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) other = suite_open_again();
    check_int(0, topic_count(db));
    toasty_auto(toasty_rows) killed =
        toasty_sql_rows(other, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> "
                               "pg_backend_pid() AND datname = current_database()");
    check_some(killed);
    int64_t first = topic_count(db);
    check_that(first == 0 || toasty_last_error()->code == TOASTY_CONNECTION_LOST);
    check_int(0, topic_count(db));
}

TOASTY_TEST(server, one_that_does_not_answer_is_a_timeout_and_the_handle_serves_again)
{
    toasty_auto(toasty_db) db = open_behind_proxy(2);
    toasty_auto(toasty_db) hasty = toasty_with(db, .timeout_ms = 200);
    check_int(0, topic_count(hasty));
    tcp_proxy_stall(proxy, true);
    check_int(-1, (int)topic_count(hasty));
    check_last_error(TOASTY_TIMEOUT);
    tcp_proxy_stall(proxy, false);
    check_int(0, topic_count(db));
    stop_proxy();
}

TOASTY_TEST(server, one_that_refuses_connections_is_an_error_of_the_call_that_needed_one)
{
    toasty_auto(toasty_db) db = open_behind_proxy(2);
    tcp_proxy_refuse(proxy, true);
    tcp_proxy_cut(proxy);
    check_that(topic_count(db) < 0);
    check_that(toasty_last_error()->code == TOASTY_CONNECTION_LOST ||
               toasty_last_error()->code == TOASTY_CONNECTION_FAILED);
    check_int(-1, (int)topic_count(db));
    check_last_error(TOASTY_CONNECTION_FAILED);
    tcp_proxy_refuse(proxy, false);
    check_int(0, topic_count(db));
    stop_proxy();
}

TOASTY_TEST(server, a_wrong_password_is_an_error_that_does_not_show_it)
{
    char url[1024];
    const char *at = strrchr(test_url(), '@');
    check_that(at != NULL);
    snprintf(url, sizeof url, "postgresql://postgres:hunter2%s", at);
    check_null(toasty_open(url, &models_schema));
    check_last_error(TOASTY_CONNECTION_FAILED);
    check_that(!strstr(toasty_last_error()->message, "hunter2"));
}

TOASTY_TEST(server, nobody_at_the_port_is_an_error)
{
    check_null(toasty_open("postgresql://postgres@127.0.0.1:1/none", &models_schema));
    check_last_error(TOASTY_CONNECTION_FAILED);
}

/* --- prepared statements --- */

TOASTY_TEST(server, a_statement_that_the_server_has_forgotten_is_prepared_again)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    toasty_auto(Topic) topic = topic_create(db, .label = "a");
    for (uint64_t i = 0; i < 3; i++) {
        uint64_t before = toasty_count(db).statements_prepared;
        toasty_auto(Topic) read = topic_get_by_label(db, "a");
        check_some(read);
        check_uint(before + 1, toasty_count(db).statements_prepared);
        toasty_auto(Topic) again = topic_get_by_label(db, "a");
        check_some(again);
        check_uint(before + 1, toasty_count(db).statements_prepared);
        check_done((int)toasty_sql(db, "DEALLOCATE ALL"));
    }
}

TOASTY_TEST(server, an_altered_column_under_a_prepared_statement_is_read_all_the_same)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    toasty_auto(Topic) topic = topic_create(db, .label = "a", .weight = 4);
    toasty_auto(Topic) before = topic_get_by_label(db, "a");
    check_some(before);
    check_done((int)toasty_sql(db, "ALTER TABLE topics ALTER COLUMN weight TYPE bigint"));
    uint64_t prepared = toasty_count(db).statements_prepared;
    toasty_auto(Topic) after = topic_get_by_label(db, "a");
    check_some(after);
    check_int(4, after->weight);
    check_uint(prepared + 1, toasty_count(db).statements_prepared);
    check_done(toasty_reset_schema(db));
}

TOASTY_TEST(server, nothing_is_prepared_when_the_url_says_so)
{
    toasty_auto(toasty_db) made = suite_open();
    toasty_auto(toasty_db) db = toasty_open(suite_url_with("prepare=off"), &models_schema);
    check_some(db);
    toasty_auto(Topic) topic = topic_create(db, .label = "a");
    toasty_auto(Topic) read = topic_get_by_label(db, "a");
    check_some(read);
    toasty_auto(toasty_db) dedicated = toasty_with(db, .dedicated = true);
    toasty_auto(Topic) again = topic_get_by_label(dedicated, "a");
    check_some(again);
    toasty_auto(toasty_rows) prepared = toasty_sql_rows(dedicated, "SELECT name FROM pg_prepared_statements");
    check_some(prepared);
    check_uint(0, prepared->len);
}

/* --- sharing --- */

typedef struct reader {
    toasty_db *db;
    const Task *task;
    bool done;
    uint64_t ended_ms;
    uv_loop_t *loop;
} reader;

static void read_task(void *arg)
{
    reader *r = arg;
    toasty_auto(Task) task = task_get_by_id(r->db, r->task->id);
    r->done = task && strcmp(task->title, r->task->title) == 0;
    uv_update_time(r->loop);
    r->ended_ms = uv_now(r->loop);
}

TOASTY_TEST(server, a_hundred_fibers_on_one_connection_write_in_few_bursts_and_start_no_thread)
{
    enum { FIBERS = 100 };
    toasty_auto(toasty_db) db = open_behind_proxy(1);
    toasty_auto(Person) ann = suite_person(db, "Ann", FIBERS);
    toasty_auto(Task) warm = task_get_by_id(db, ann->tasks.items[0].id);
    check_some(warm);
    uv_loop_t loop;
    uv_loop_init(&loop);
    reader readers[FIBERS];
    for (int i = 0; i < FIBERS; i++) {
        readers[i] = (reader){.db = db, .task = &ann->tasks.items[i], .loop = &loop};
        check_some(toasty_spawn(&loop, read_task, &readers[i]));
    }
    toasty_counters before = toasty_count(db);
    size_t threads = suite_threads();
    tcp_proxy_reset_counts(proxy);
    uv_run(&loop, UV_RUN_DEFAULT);
    check_uint(threads, suite_threads());
    for (int i = 0; i < FIBERS; i++)
        check_that(readers[i].done);
    check_that(tcp_proxy_count(proxy).bursts_before_answer <= 5);
    check_that(toasty_count(db).bursts - before.bursts <= FIBERS / 2);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    stop_proxy();
}

static void sleep_in_the_server(void *arg)
{
    reader *r = arg;
    toasty_auto(toasty_rows) rows = toasty_sql_rows(r->db, "SELECT pg_sleep(2)");
    r->done = rows != NULL;
    uv_update_time(r->loop);
    r->ended_ms = uv_now(r->loop);
}

TOASTY_TEST(server, nobody_waits_for_a_slow_statement_while_another_connection_is_idle, TIMEOUT(20))
{
    enum { FIBERS = 20 };
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 2});
    toasty_auto(Person) ann = suite_person(db, "Ann", FIBERS);
    uv_loop_t loop;
    uv_loop_init(&loop);
    reader slow = {.db = db, .loop = &loop}, readers[FIBERS];
    check_some(toasty_spawn(&loop, sleep_in_the_server, &slow));
    uint64_t start = uv_now(&loop);
    for (int i = 0; i < FIBERS; i++) {
        readers[i] = (reader){.db = db, .task = &ann->tasks.items[i], .loop = &loop};
        check_some(toasty_spawn(&loop, read_task, &readers[i]));
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    check_that(slow.done);
    for (int i = 0; i < FIBERS; i++) {
        check_that(readers[i].done);
        check_that(readers[i].ended_ms - start < 1500);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
}

/* One reads a table that somebody has locked; the lock goes when the last of the others has its row. */
typedef struct blocked {
    toasty_db *db, *lock;
    PersonId person;
    int left;
    bool done;
} blocked;

typedef struct neighbour {
    blocked *blocked;
    Task *task;
} neighbour;

static void read_what_is_locked(void *arg)
{
    blocked *all = arg;
    toasty_auto(Person) person = person_get_by_id(all->db, all->person);
    all->done = person != NULL;
}

static void read_another_table(void *arg)
{
    neighbour *self = arg;
    toasty_auto(Task) task = task_get_by_id(self->blocked->db, self->task->id);
    check_some(task);
    if (--self->blocked->left == 0)
        check_done(toasty_rollback(self->blocked->lock));
}

TOASTY_TEST(server, reads_behind_a_statement_that_does_not_end_move_to_another_connection, TIMEOUT(20))
{
    enum { FIBERS = 20 };
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 2});
    toasty_auto(toasty_db) other = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    toasty_auto(Person) ann = suite_person(db, "Ann", FIBERS);
    toasty_auto(toasty_db) lock = toasty_begin(other);
    check_that(toasty_sql(lock, "LOCK TABLE people IN ACCESS EXCLUSIVE MODE") >= 0);
    uv_loop_t loop;
    uv_loop_init(&loop);
    blocked all = {.db = db, .lock = lock, .person = ann->id, .left = FIBERS};
    neighbour neighbours[FIBERS];
    check_some(toasty_spawn(&loop, read_what_is_locked, &all));
    for (int i = 0; i < FIBERS; i++) {
        neighbours[i] = (neighbour){&all, &ann->tasks.items[i]};
        check_some(toasty_spawn(&loop, read_another_table, &neighbours[i]));
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    check_that(all.done);
    uv_loop_close(&loop);
}

/* --- deadlines and cancels that reach the server --- */

TOASTY_TEST(server, a_statement_that_is_too_slow_is_cancelled_and_its_connection_serves_again)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    toasty_auto(toasty_db) hasty = toasty_with(db, .timeout_ms = 100);
    check_null(toasty_sql_rows(hasty, "SELECT pg_sleep(5)"));
    check_last_error(TOASTY_TIMEOUT);
    check_int(0, topic_count(db));
}

/* --- conflicts --- */

static int runs;

static int add_one(toasty_db *tx, void *arg)
{
    toasty_db *other = arg;
    toasty_auto(Topic) topic = topic_get_by_label(tx, "a");
    if (!topic)
        return -1;
    if (runs++ == 0) /* someone else comes in between, once */
        check_int(1, topic_update_by_label(other, "a", topic_weight_add(10)));
    return topic_update(tx, topic, topic_weight_set(topic->weight + 1));
}

TOASTY_TEST(server, a_transaction_that_could_not_be_serialized_runs_again)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) topic = topic_create(db, .label = "a", .weight = 0);
    check_some(topic);
    check_done(toasty_transact(db, add_one, db, .isolation = TOASTY_SERIALIZABLE));
    check_int(2, runs);
    toasty_auto(Topic) read = topic_get_by_label(db, "a");
    check_some(read);
    check_int(11, read->weight);
}

TOASTY_TEST(server, a_serialization_failure_has_its_own_kind)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) topic = topic_create(db, .label = "a", .weight = 0);
    toasty_auto(toasty_db) tx = toasty_begin(db, .isolation = TOASTY_REPEATABLE_READ);
    check_int(1, topic_count(tx));
    check_int(1, topic_update_by_label(db, "a", topic_weight_add(1)));
    check_int(-1, topic_update_by_label(tx, "a", topic_weight_add(1)));
    check_last_error(TOASTY_SERIALIZATION_FAILURE);
    check_text("40001", toasty_last_error()->server_code);
}

/* --- what this target alone has --- */

TOASTY_TEST(server, ilike_takes_no_account_of_case)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(TopicList) topics =
        topic_create_many(db, {.label = "Home"}, {.label = "house"}, {.label = "work"});
    check_some(topics);
    check_int(2, topic_count(db, .where = topic_label_ilike("HO%")));
}

TOASTY_TEST(server, an_enum_is_a_type_of_its_own)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_rows) labels = toasty_sql_rows(
        db,
        "SELECT e.enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid WHERE t.typname = 'mood' "
        "ORDER BY e.enumsortorder");
    check_some(labels);
    check_uint(3, labels->len);
    check_text("very_grumpy", toasty_cell(labels, 2, 0));
}

TOASTY_TEST(server, a_label_that_the_enum_does_not_know_is_an_error_that_names_the_column)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_done((int)toasty_sql(db, "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'furious'"));
    check_int(1, toasty_sql(db, "UPDATE people SET mood = 'furious'"));
    check_null(person_get_by_id(db, ann->id));
    check_last_error(TOASTY_INVALID_VALUE);
    check_contains(toasty_last_error()->message, "people.mood");
    check_done(toasty_reset_schema(db));
}

TOASTY_TEST(server, a_column_that_was_widened_by_others_holds_too_much_for_the_field)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) topic = topic_create(db, .label = "a");
    check_done((int)toasty_sql(db, "ALTER TABLE topics ALTER COLUMN weight TYPE bigint"));
    check_int(1, toasty_sql(db, "UPDATE topics SET weight = 5000000000"));
    check_null(topic_get_by_label(db, "a"));
    check_last_error(TOASTY_INVALID_VALUE);
    check_contains(toasty_last_error()->message, "topics.weight");
    check_done(toasty_reset_schema(db));
}

TOASTY_TEST(server, a_statement_with_the_placeholders_of_others_says_how_they_are_spelled)
{
    toasty_auto(toasty_db) db = suite_open();
    check_int(-1, (int)toasty_sql(db, "DELETE FROM topics WHERE weight = ? AND weight > ?", toasty_sql_int(1),
                                  toasty_sql_int(2)));
    check_contains(toasty_last_error()->message, "placeholders are $1, $2, …");
    check_int(-1, (int)toasty_sql(db, "DELETE FROM topics WHERE weight =?", toasty_sql_int(1)));
    check_contains(toasty_last_error()->message, "placeholders are $1, $2, …");
    check_int(-1, (int)toasty_sql(db, "DELETE FORM topics WHERE weight = $1", toasty_sql_int(1)));
    check_that(!strstr(toasty_last_error()->message, "placeholders"));
}

TOASTY_TEST(server, the_server_shows_the_trace_of_a_statement)
{
    static const char parent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.sql_comments = true});
    toasty_auto(toasty_db) with = toasty_with(db, .trace_parent = parent);
    toasty_auto(toasty_rows) rows =
        toasty_sql_rows(with, "SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid()");
    check_some(rows);
    check_contains(toasty_cell(rows, 0, 0), parent);
}
