/* Transactions: commit, rollback, savepoints, failure, running again. */
#include "suite.h"
#include <string.h>

TOASTY_TEST(transactions, what_is_committed_stays)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    check_some(tx);
    toasty_auto(Topic) topic = topic_create(tx, .label = "a");
    check_some(topic);
    check_done(toasty_commit(tx));
    check_int(1, topic_count(db));
    check_contains(suite_log(), "BEGIN, INSERT topics, COMMIT");
}

TOASTY_TEST(transactions, the_end_of_the_scope_rolls_back)
{
    toasty_auto(toasty_db) db = suite_open();
    {
        toasty_auto(toasty_db) tx = toasty_begin(db);
        toasty_auto(Topic) topic = topic_create(tx, .label = "a");
        check_some(topic);
        check_int(1, topic_count(tx));
    }
    check_int(0, topic_count(db));
    check_contains(suite_log(), "ROLLBACK");
}

TOASTY_TEST(transactions, a_rollback_undoes_and_ends_it)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    toasty_auto(Topic) topic = topic_create(tx, .label = "a");
    check_some(topic);
    check_done(toasty_rollback(tx));
    check_int(-1, (int)topic_count(tx));
    check_last_error(TOASTY_CLOSED);
    check_int(-1, toasty_commit(tx));
    check_last_error(TOASTY_CLOSED);
    check_int(0, topic_count(db));
}

TOASTY_TEST(transactions, a_failed_statement_fails_the_transaction)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    toasty_auto(Topic) topic = topic_create(tx, .label = "a");
    check_some(topic);
    check_null(topic_create(tx, .label = "a"));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_int(-1, (int)topic_count(tx));
    check_last_error(TOASTY_TRANSACTION_FAILED);
    check_int(-1, toasty_commit(tx));
    check_last_error(TOASTY_TRANSACTION_FAILED);
    toasty_free(tx);
    tx = NULL;
    check_int(0, topic_count(db));
}

TOASTY_TEST(transactions, not_finding_a_record_does_not_fail_the_transaction)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    check_null(topic_get_by_label(tx, "none"));
    check_last_error(TOASTY_NOT_FOUND);
    toasty_auto(Topic) topic = topic_create(tx, .label = "a");
    check_some(topic);
    check_done(toasty_commit(tx));
}

TOASTY_TEST(transactions, a_statement_that_was_not_sent_does_not_fail_the_transaction)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    check_null(person_create(tx, .name = "no email"));
    check_last_error(TOASTY_MISSING_FIELD);
    toasty_auto(Topic) topic = topic_create(tx, .label = "a");
    check_some(topic);
    check_done(toasty_commit(tx));
}

TOASTY_TEST(transactions, a_savepoint_undoes_its_own_part, REQUIRES(savepoints))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    toasty_auto(Topic) a = topic_create(tx, .label = "a");
    check_some(a);
    {
        toasty_auto(toasty_db) inner = toasty_begin(tx);
        check_some(inner);
        toasty_auto(Topic) b = topic_create(inner, .label = "b");
        check_some(b);
        check_null(topic_create(inner, .label = "a"));
    }
    {
        toasty_auto(toasty_db) inner = toasty_begin(tx);
        toasty_auto(Topic) c = topic_create(inner, .label = "c");
        check_some(c);
        check_done(toasty_commit(inner));
    }
    check_done(toasty_commit(tx));
    check_int(1, topic_count(db, .where = topic_label_eq("a")));
    check_int(0, topic_count(db, .where = topic_label_eq("b")));
    check_int(1, topic_count(db, .where = topic_label_eq("c")));
}

TOASTY_TEST(transactions, others_do_not_see_what_is_not_committed)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) other = suite_open_again();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    toasty_auto(Topic) topic = topic_create(tx, .label = "a");
    check_some(topic);
    check_int(0, topic_count(other));
    check_done(toasty_commit(tx));
    check_int(1, topic_count(other));
}

TOASTY_TEST(transactions, batches_and_graphs_work_inside)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    toasty_auto(Person) ann =
        person_create(tx, .name = "Ann", .email = "a@x", .tasks = task_new({.title = "t"}));
    check_some(ann);
    toasty_auto(Topic) topic = NULL;
    check_done(toasty_batch(tx, topic_create_op(&topic, .label = "a"),
                            person_update_by_id_op(NULL, ann->id, person_visits_add(1))));
    toasty_auto(Person) read = person_get_by_id(tx, ann->id, .include = {person_with_tasks()});
    check_some(read);
    check_int(1, read->visits);
    check_uint(1, read->tasks.len);
    check_done(toasty_rollback(tx));
    check_int(0, person_count(db));
    check_int(0, topic_count(db));
}

TOASTY_TEST(transactions, a_read_only_transaction_reads_and_refuses_to_write)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) tx = toasty_begin(db, .read_only = true);
    check_some(tx);
    check_int(0, topic_count(tx));
    check_null(topic_create(tx, .label = "a"));
    check_that(toasty_failed());
    toasty_free(tx);
    tx = NULL;
    check_int(0, topic_count(db));
}

TOASTY_TEST(transactions, a_transaction_keeps_one_connection)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    for (int i = 0; i < 3; i++)
        check_int(0, topic_count(tx));
    check_done(toasty_commit(tx));
    for (size_t i = 1; i < suite_log_count(); i++)
        check_uint(suite_connection(0), suite_connection(i));
}

/* --- toasty_transact --- */

static int twice_of_three(toasty_db *tx, void *arg)
{
    int *runs = arg;
    ++*runs;
    toasty_auto(Topic) topic = topic_create(tx, .label = "a");
    return topic ? *runs : -1;
}

static int refuse(toasty_db *tx, void *arg)
{
    (void)arg;
    toasty_auto(Topic) topic = topic_create(tx, .label = "a");
    return topic ? -7 : 0;
}

TOASTY_TEST(transactions, transact_commits_when_the_function_returns_zero_or_more)
{
    toasty_auto(toasty_db) db = suite_open();
    int runs = 0;
    check_int(1, toasty_transact(db, twice_of_three, &runs));
    check_int(1, topic_count(db));
}

TOASTY_TEST(transactions, transact_rolls_back_when_the_function_returns_less)
{
    toasty_auto(toasty_db) db = suite_open();
    check_that(toasty_transact(db, refuse, NULL) < 0);
    check_int(0, topic_count(db));
}

TOASTY_TEST(transactions, transact_tells_the_error_of_the_statement_that_failed)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) topic = topic_create(db, .label = "a");
    int runs = 0;
    check_int(-1, toasty_transact(db, twice_of_three, &runs));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_int(1, runs);
}

static int add_a_visit(toasty_db *tx, void *arg)
{
    toasty_auto(Person) ann = person_get_by_email(tx, "ann@example.com");
    return ann ? person_update(tx, ann, person_visits_add(1)) : -1;
    (void)arg;
}

TOASTY_TEST(transactions, transact_inside_of_a_transaction_is_a_savepoint, REQUIRES(savepoints))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(toasty_db) tx = toasty_begin(db);
    check_that(toasty_transact(tx, refuse, NULL) < 0);
    check_that(toasty_transact(tx, add_a_visit, NULL) >= 0);
    check_done(toasty_commit(tx));
    check_int(0, topic_count(db));
    check_int(1, person_count(db, .where = person_visits_eq(1)));
}

TOASTY_TEST(transactions, a_call_on_the_parent_that_only_the_transaction_could_let_through_would_deadlock)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    toasty_auto(toasty_db) tx = toasty_begin(db);
    check_some(tx);
    check_int(-1, (int)topic_count(db));
    check_last_error(TOASTY_WOULD_DEADLOCK);
    check_contains(toasty_last_error()->message, "use the transaction's own handle");
    check_int(0, topic_count(tx));
    check_done(toasty_commit(tx));
    check_int(0, topic_count(db));
}

TOASTY_TEST(transactions, a_deferred_one_that_read_before_another_wrote_cannot_write, REQUIRES(lock_modes))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) other = suite_open_again();
    toasty_auto(toasty_db) tx = toasty_begin(db, .lock = TOASTY_DEFERRED_LOCK);
    check_some(tx);
    check_int(0, topic_count(tx));
    toasty_auto(Topic) theirs = topic_create(other, .label = "theirs");
    check_some(theirs);
    check_null(topic_create(tx, .label = "ours"));
    check_last_error(TOASTY_SERIALIZATION_FAILURE);
    check_done(toasty_rollback(tx));
}

TOASTY_TEST(transactions, an_immediate_and_an_exclusive_one_keep_other_writers_out, REQUIRES(lock_modes))
{
    static const toasty_lock_mode modes[] = {TOASTY_IMMEDIATE_LOCK, TOASTY_EXCLUSIVE_LOCK};
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) other = toasty_open(suite_url_with("busy_timeout_ms=20"), &models_schema);
    check_some(other);
    for (int i = 0; i < 2; i++) {
        toasty_auto(toasty_db) tx = toasty_begin(db, .lock = modes[i]);
        check_some(tx);
        check_null(topic_create(other, .label = "theirs"));
        check_last_error(TOASTY_LOCK_TIMEOUT);
        toasty_auto(Topic) ours = topic_create(tx, .label = i ? "b" : "a");
        check_some(ours);
        check_done(toasty_commit(tx));
    }
    check_int(2, topic_count(db));
}

TOASTY_TEST(transactions, where_one_connection_writes_nobody_is_told_to_open_a_larger_pool,
            REQUIRES(single_writer))
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 5});
    toasty_auto(toasty_db) tx = toasty_begin(db);
    check_some(tx);
    check_int(-1, (int)topic_delete_all(db, .everything = true));
    check_last_error(TOASTY_WOULD_DEADLOCK);
    check_contains(toasty_last_error()->message, "the one connection that writes is held");
    check_that(!strstr(toasty_last_error()->message, "larger pool"));
}

TOASTY_TEST(transactions, a_lock_mode_where_there_is_none_is_refused_before_anything_is_sent)
{
    toasty_auto(toasty_db) db = suite_open();
    suite_clear_log();
    if (!test_capability()->lock_modes) {
        check_null(toasty_begin(db, .lock = TOASTY_EXCLUSIVE_LOCK));
        check_last_error(TOASTY_UNSUPPORTED);
    } else {
        check_null(toasty_begin(db, .lock = TOASTY_EXCLUSIVE_LOCK, .read_only = true));
        check_last_error(TOASTY_INVALID_ARGUMENT);
    }
    check_uint(0, suite_log_count());
}
