/* What raw statements leave in a session (transactions, settings, temporary tables) reaches nobody else, and
 * what ends a transaction is no secret. */
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <toasty/memory.h>

/* Everybody gets the one connection. */
static toasty_db *open_with_one_connection(void)
{
    return suite_open_with(&(toasty_open_options){.max_pool_size = 1});
}

static void create_topic(toasty_db *db, const char *label)
{
    toasty_auto(Topic) topic = topic_create(db, .label = label);
    check_some(topic);
}

static void refuse_topic(toasty_db *db, const char *label, toasty_code code)
{
    check_null(topic_create(db, .label = label));
    check_last_error(code);
}

TOASTY_TEST(sessions, the_encoding_of_a_session_does_not_change, REQUIRES(raw_sql))
{
    static const char *const refused[] = {"SET NAMES latin1", "set\n session character set 'latin1'",
                                          "SET client_encoding = 'LATIN1'",
                                          "SET @@character_set_client = latin1"};
    toasty_auto(toasty_db) db = open_with_one_connection();
    toasty_auto(toasty_db) own = toasty_with(db, .dedicated = true);
    check_some(own);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        check_int(-1, toasty_sql(own, refused[i]));
        check_last_error(TOASTY_INVALID_STATEMENT);
        check_contains(toasty_last_error()->message, "UTF-8");
    }
    create_topic(own, "\xc3\xbc");
    toasty_free(own);
    own = NULL;
    check_int(1, topic_count(db, .where = topic_label_eq("\xc3\xbc")));
}

/* --- handles with a connection of their own --- */

TOASTY_TEST(sessions, a_raw_transaction_ends_with_its_dedicated_handle, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    {
        toasty_auto(toasty_db) own = toasty_with(db, .dedicated = true);
        check_some(own);
        check_done((int)toasty_sql(own, "BEGIN"));
        create_topic(own, "undone");
    }
    create_topic(db, "kept");
    check_int(1, topic_count(db));
    toasty_auto(toasty_db) other = suite_open_again();
    check_int(1, topic_count(other, .where = topic_label_eq("kept")));
}

TOASTY_TEST(sessions, a_raw_transaction_that_was_committed_stays, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    {
        toasty_auto(toasty_db) own = toasty_with(db, .dedicated = true);
        check_done((int)toasty_sql(own, "BEGIN"));
        create_topic(own, "kept");
        check_done((int)toasty_sql(own, "COMMIT"));
    }
    check_int(1, topic_count(db));
}

/* A person with tasks is made in several round trips, which are one transaction by themselves elsewhere. */
TOASTY_TEST(sessions, the_library_ends_no_transaction_that_a_raw_statement_began,
            REQUIRES(raw_sql, fails_transaction))
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    {
        toasty_auto(toasty_db) own = toasty_with(db, .dedicated = true);
        check_done((int)toasty_sql(own, "BEGIN"));
        toasty_auto(Person) ann = suite_person(own, "Ann", 2);
        check_int(0, person_delete(own, ann) < 0);
        toasty_auto(Person) bob = suite_person(own, "Bob", 2);
        check_some(bob);
        check_done((int)toasty_sql(own, "ROLLBACK"));
    }
    check_int(0, person_count(db));
    check_int(0, task_count(db));
}

TOASTY_TEST(sessions, a_batch_in_a_raw_transaction_is_not_half_done, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    create_topic(db, "taken");
    toasty_auto(toasty_db) own = toasty_with(db, .dedicated = true);
    check_done((int)toasty_sql(own, "BEGIN"));
    toasty_auto(Topic) first = NULL;
    toasty_auto(Topic) second = NULL;
    check_int(-1, toasty_batch(own, topic_create_op(&first, .label = "first"),
                               topic_create_op(&second, .label = "taken")));
    toasty_ignore(toasty_sql(own, "COMMIT"));
    check_int(1, topic_count(own));
}

TOASTY_TEST(sessions, a_transaction_does_not_begin_inside_of_a_raw_one, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    toasty_auto(toasty_db) own = toasty_with(db, .dedicated = true);
    check_done((int)toasty_sql(own, "BEGIN"));
    check_null(toasty_begin(own));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_done((int)toasty_sql(own, "ROLLBACK"));
    toasty_auto(toasty_db) tx = toasty_begin(own);
    check_some(tx);
}

TOASTY_TEST(sessions, a_temporary_table_goes_with_its_dedicated_handle, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    {
        toasty_auto(toasty_db) own = toasty_with(db, .dedicated = true);
        check_done((int)toasty_sql(own, "CREATE TEMPORARY TABLE mine (n INTEGER)"));
        create_topic(own, "between");
        check_int(1, toasty_sql(own, "INSERT INTO mine VALUES (1)"));
    }
    check_int(-1, toasty_sql(db, "INSERT INTO mine VALUES (1)"));
    check_contains(toasty_last_error()->message, "mine");
    check_int(1, topic_count(db));
}

TOASTY_TEST(sessions, a_temporary_table_goes_with_its_transaction, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    check_done((int)toasty_sql(tx, "CREATE TEMPORARY TABLE mine (n INTEGER)"));
    check_int(1, toasty_sql(tx, "INSERT INTO mine VALUES (1)"));
    check_done(toasty_commit(tx));
    check_int(-1, toasty_sql(db, "INSERT INTO mine VALUES (1)"));
}

TOASTY_TEST(sessions, a_temporary_table_goes_with_its_statement, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    create_topic(db, "before");
    check_done((int)toasty_sql(db, "CREATE TEMPORARY TABLE mine (n INTEGER)"));
    check_int(-1, toasty_sql(db, "INSERT INTO mine VALUES (1)"));
    create_topic(db, "after");
    check_int(2, topic_count(db));
}

TOASTY_TEST(sessions, a_table_that_hides_another_does_so_for_its_handle_alone, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    create_topic(db, "seen");
    {
        toasty_auto(toasty_db) own = toasty_with(db, .dedicated = true);
        check_done((int)toasty_sql(own, "CREATE TEMPORARY TABLE topics (label TEXT, weight INTEGER)"));
        check_int(0, topic_count(own));
        create_topic(own, "hidden");
    }
    check_int(1, topic_count(db));
    check_int(1, topic_count(db, .where = topic_label_eq("seen")));
}

/* --- raw statements that end a transaction --- */

static void end_by_text(const char *end, int64_t rows)
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    {
        toasty_auto(toasty_db) tx = toasty_begin(db);
        create_topic(tx, "first");
        check_int(-1, toasty_sql(tx, end));
        check_last_error(TOASTY_INVALID_STATEMENT);
        check_contains(toasty_last_error()->message, "toasty_commit");
        refuse_topic(tx, "second", TOASTY_TRANSACTION_FAILED);
        check_int(-1, toasty_commit(tx));
        check_last_error(TOASTY_TRANSACTION_FAILED);
    }
    check_int(rows, topic_count(db));
    create_topic(db, "third");
    check_int(rows + 1, topic_count(db));
}

TOASTY_TEST(sessions, a_raw_commit_in_a_transaction_is_an_error_and_ends_it, REQUIRES(raw_sql))
{
    end_by_text("COMMIT", 1);
}

TOASTY_TEST(sessions, a_raw_rollback_in_a_transaction_is_an_error_and_ends_it, REQUIRES(raw_sql))
{
    end_by_text("ROLLBACK", 0);
}

TOASTY_TEST(sessions, a_rollback_of_what_a_raw_statement_has_committed_is_an_error, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    create_topic(tx, "first");
    check_int(-1, toasty_sql(tx, "COMMIT"));
    check_int(-1, toasty_rollback(tx));
    check_last_error(TOASTY_TRANSACTION_FAILED);
    check_int(1, topic_count(db));
}

TOASTY_TEST(sessions, a_raw_commit_in_a_nested_transaction_ends_all_of_them, REQUIRES(raw_sql, savepoints))
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    {
        toasty_auto(toasty_db) outer = toasty_begin(db);
        toasty_auto(toasty_db) inner = toasty_begin(outer);
        create_topic(inner, "first");
        check_int(-1, toasty_sql(inner, "COMMIT"));
        toasty_free(inner);
        inner = NULL;
        refuse_topic(outer, "second", TOASTY_TRANSACTION_FAILED);
        check_contains(toasty_last_error()->message, "toasty_commit");
        check_int(-1, toasty_commit(outer));
        check_int(-1, toasty_rollback(outer));
        check_last_error(TOASTY_TRANSACTION_FAILED);
    }
    check_int(1, topic_count(db));
}

/* --- transactions in transactions --- */

TOASTY_TEST(sessions, a_handle_with_an_open_nested_transaction_refuses_every_call, REQUIRES(savepoints))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) outer = toasty_begin(db);
    {
        toasty_auto(toasty_db) inner = toasty_begin(outer);
        create_topic(inner, "undone");
        refuse_topic(outer, "refused", TOASTY_NESTED_TRANSACTION);
        check_int(-1, (int)topic_count(outer));
        check_last_error(TOASTY_NESTED_TRANSACTION);
        check_int(-1, toasty_sql(outer, "SELECT 1"));
        check_last_error(TOASTY_NESTED_TRANSACTION);
        check_null(toasty_begin(outer));
        check_last_error(TOASTY_NESTED_TRANSACTION);
        check_null(toasty_with(outer, .timeout_ms = 10));
        check_last_error(TOASTY_NESTED_TRANSACTION);
        check_int(-1, toasty_commit(outer));
        check_last_error(TOASTY_NESTED_TRANSACTION);
    }
    create_topic(outer, "kept");
    check_done(toasty_commit(outer));
    check_int(1, topic_count(db));
}

TOASTY_TEST(sessions, a_light_handle_on_a_transaction_is_refused_with_it, REQUIRES(savepoints))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) outer = toasty_begin(db);
    toasty_auto(toasty_db) light = toasty_with(outer, .timeout_ms = 60000);
    toasty_auto(toasty_db) inner = toasty_begin(light);
    check_some(inner);
    refuse_topic(light, "refused", TOASTY_NESTED_TRANSACTION);
    refuse_topic(outer, "refused", TOASTY_NESTED_TRANSACTION);
    create_topic(inner, "a");
    check_done(toasty_commit(inner));
    create_topic(light, "b");
    check_done(toasty_commit(outer));
    check_int(2, topic_count(db));
}

TOASTY_TEST(sessions, nested_transactions_one_after_the_other_undo_their_own, REQUIRES(savepoints))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) outer = toasty_begin(db);
    for (int i = 0; i < 4; i++) {
        toasty_auto(toasty_db) inner = toasty_begin(outer);
        create_topic(inner, (const char *[]){"a", "b", "c", "d"}[i]);
        if (i % 2)
            check_done(toasty_commit(inner));
    }
    check_done(toasty_commit(outer));
    check_int(2, topic_count(db, .where = topic_or(topic_label_eq("b"), topic_label_eq("d"))));
    check_int(2, topic_count(db));
}

TOASTY_TEST(sessions, a_rollback_takes_along_what_is_nested_in_it, REQUIRES(savepoints))
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    toasty_auto(toasty_db) outer = toasty_begin(db);
    toasty_auto(toasty_db) middle = toasty_begin(outer);
    toasty_auto(toasty_db) inner = toasty_begin(middle);
    create_topic(inner, "undone");
    check_done(toasty_rollback(outer));
    refuse_topic(inner, "late", TOASTY_CLOSED);
    refuse_topic(middle, "late", TOASTY_CLOSED);
    check_int(-1, toasty_commit(inner));
    check_last_error(TOASTY_CLOSED);
    check_int(0, topic_count(db));
}

TOASTY_TEST(sessions, an_outer_handle_may_be_freed_before_what_is_nested_in_it, REQUIRES(savepoints))
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    toasty_db *outer = toasty_begin(db);
    toasty_auto(toasty_db) inner = toasty_begin(outer);
    create_topic(inner, "undone");
    toasty_free(outer);
    refuse_topic(inner, "late", TOASTY_CLOSED);
    check_int(0, topic_count(db));
}

TOASTY_TEST(sessions, a_dedicated_handle_with_an_open_transaction_refuses_every_call, REQUIRES(transactions))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) own = toasty_with(db, .dedicated = true);
    {
        toasty_auto(toasty_db) tx = toasty_begin(own);
        create_topic(tx, "undone");
        refuse_topic(own, "refused", TOASTY_NESTED_TRANSACTION);
        check_null(toasty_begin(own));
        check_last_error(TOASTY_NESTED_TRANSACTION);
    }
    create_topic(own, "kept");
    check_int(1, topic_count(own));
}

TOASTY_TEST(sessions, a_dedicated_handle_may_be_freed_before_its_transaction, REQUIRES(transactions))
{
    toasty_auto(toasty_db) db = open_with_one_connection();
    toasty_db *own = toasty_with(db, .dedicated = true);
    toasty_auto(toasty_db) tx = toasty_begin(own);
    create_topic(tx, "undone");
    toasty_free(own);
    refuse_topic(tx, "late", TOASTY_CLOSED);
    check_int(0, topic_count(db));
}

static int free_its_handle(toasty_db *tx, void *arg)
{
    (void)arg;
    create_topic(tx, "a");
    toasty_free(tx);
    check_last_error(TOASTY_INVALID_ARGUMENT);
    create_topic(tx, "b");
    return 0;
}

TOASTY_TEST(sessions, the_function_of_a_transaction_cannot_free_its_handle, REQUIRES(transactions))
{
    toasty_auto(toasty_db) db = suite_open();
    check_done(toasty_transact(db, free_its_handle, NULL));
    check_int(2, topic_count(db));
}

/* --- a rollback without memory --- */

static long count_down; /* to the allocation that fails; 0: none */
static bool failed;

static bool fails_now(void)
{
    if (count_down == 0 || --count_down > 0)
        return false;
    failed = true;
    return true;
}

static void *allocate(size_t size)
{
    return fails_now() ? NULL : malloc(size);
}

static void *reallocate(void *memory, size_t size)
{
    return fails_now() ? NULL : realloc(memory, size);
}

static const toasty_allocator failing = {allocate, reallocate, free};

static void free_without_memory(toasty_db *db, long n)
{
    failed = false;
    count_down = n;
    toasty_free(db);
    count_down = 0;
}

static void create_numbered(toasty_db *db, const char *what, long n, bool *worked)
{
    char label[32];
    snprintf(label, sizeof label, "%s %ld", what, n);
    toasty_auto(Topic) topic = topic_create(db, .label = label);
    *worked = topic != NULL;
}

/* The handle that a transaction is begun on and what comes of a write behind its rollback. */
typedef bool write_behind(toasty_db *db, long n);

static bool behind_a_transaction(toasty_db *db, long n)
{
    bool worked;
    toasty_db *tx = toasty_begin(db);
    create_numbered(tx, "undone", n, &worked);
    check_that(worked);
    free_without_memory(tx, n);
    create_numbered(db, "kept", n, &worked);
    return worked;
}

static bool behind_one_of_a_dedicated_handle(toasty_db *db, long n)
{
    toasty_auto(toasty_db) own = toasty_with(db, .dedicated = true);
    return behind_a_transaction(own, n);
}

static bool behind_a_nested_one(toasty_db *db, long n)
{
    toasty_auto(toasty_db) outer = toasty_begin(db);
    return behind_a_transaction(outer, n) && toasty_commit(outer) == 0;
}

static bool behind_a_raw_one(toasty_db *db, long n)
{
    bool worked;
    toasty_db *own = toasty_with(db, .dedicated = true);
    check_that(toasty_sql(own, "BEGIN") >= 0);
    create_numbered(own, "undone", n, &worked);
    check_that(worked);
    free_without_memory(own, n);
    create_numbered(db, "kept", n, &worked);
    return worked;
}

static void roll_back_without_memory(write_behind *write)
{
    toasty_ignore(toasty_set_allocator(&failing));
    toasty_auto(toasty_db) db = open_with_one_connection();
    int64_t kept = 0;
    for (long n = 1; n == 1 || failed; n++) {
        kept += write(db, n);
        toasty_auto(toasty_db) other = suite_open_again();
        check_int(kept, topic_count(other, .where = topic_label_starts_with("kept")));
        check_int(0, topic_count(other, .where = topic_label_starts_with("undone")));
    }
    check_that(kept > 0);
}

TOASTY_TEST(sessions, a_rollback_without_memory_loses_nobodys_write, REQUIRES(transactions), TIMEOUT(60))
{
    roll_back_without_memory(behind_a_transaction);
}

TOASTY_TEST(sessions, nor_does_one_on_a_dedicated_handle, REQUIRES(transactions), TIMEOUT(60))
{
    roll_back_without_memory(behind_one_of_a_dedicated_handle);
}

TOASTY_TEST(sessions, nor_does_a_nested_one, REQUIRES(savepoints), TIMEOUT(60))
{
    roll_back_without_memory(behind_a_nested_one);
}

TOASTY_TEST(sessions, nor_does_that_of_a_raw_transaction, REQUIRES(raw_sql), TIMEOUT(60))
{
    roll_back_without_memory(behind_a_raw_one);
}
