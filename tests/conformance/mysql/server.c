/* What MySQL and MariaDB alone have: text by its bytes, packets of a largest size, raw statements in their
 * own ways. These tests run on both. */
#include "books.toasty.h"
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static void check_cell(toasty_db *db, const char *sql, const char *expected)
{
    toasty_auto(toasty_rows) rows = toasty_sql_rows(db, sql);
    check_some(rows);
    check_uint(1, rows->len);
    check_text(expected, toasty_cell(rows, 0, 0));
}

/* --- text --- */

TOASTY_TEST(server, texts_that_differ_in_a_space_at_their_end_are_two_keys)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(TopicList) made = topic_create_many(
        db, {.label = "a", .weight = 1}, {.label = "a ", .weight = 2}, {.label = "A", .weight = 3});
    check_some(made);
    toasty_auto(Topic) first = topic_get_by_label(db, "a");
    toasty_auto(Topic) second = topic_get_by_label(db, "a ");
    toasty_auto(Topic) third = topic_get_by_label(db, "A");
    check_some(first);
    check_some(second);
    check_some(third);
    check_int(1, first->weight);
    check_int(2, second->weight);
    check_int(3, third->weight);
}

TOASTY_TEST(server, a_text_that_would_lose_spaces_at_its_end_is_refused)
{
    enum { LENGTH = 768 /* of a text that has an index for itself */ };
    toasty_auto(toasty_db) db = suite_open();
    char label[LENGTH + 2];
    memset(label, 'x', sizeof label);
    label[LENGTH - 1] = ' ';
    label[LENGTH] = '\0';
    toasty_auto(Topic) fits = topic_create(db, .label = label);
    check_some(fits);
    label[LENGTH] = ' ';
    label[LENGTH + 1] = '\0';
    check_null(topic_create(db, .label = label));
    check_last_error(TOASTY_INVALID_VALUE);
    check_text("label", toasty_last_error()->field);
    label[LENGTH] = 'x';
    check_null(topic_create(db, .label = label)); /* this one the server refuses */
    check_last_error(TOASTY_INVALID_VALUE);
    check_text("label", toasty_last_error()->field);
    check_int(1, topic_count(db));
}

TOASTY_TEST(server, an_item_longer_than_every_column_matches_nothing)
{
    toasty_auto(toasty_db) db = suite_open();
    enum { ITEMS = 100 }; /* more than have placeholders */
    static char text[ITEMS][1000];
    const char *items[ITEMS];
    toasty_auto(Topic) made = topic_create(db, .label = "xxx");
    check_some(made);
    for (int i = 0; i < ITEMS; i++) {
        memset(text[i], 'x', 800 + (size_t)i);
        items[i] = text[i];
    }
    check_int(0, topic_count(db, .where = topic_label_in(items, ITEMS)));
    items[7] = "xxx";
    check_int(1, topic_count(db, .where = topic_label_in(items, ITEMS)));
    check_int(1, topic_update_all(db, .where = topic_label_in(items, ITEMS), .set = {topic_weight_set(5)}));
    check_int(1, topic_delete_all(db, .where = topic_label_in(items, ITEMS)));
}

/* --- values --- */

TOASTY_TEST(server, a_statement_larger_than_the_server_takes_is_refused_and_the_connection_stays)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    size_t length = (size_t)65 << 20;
    char *text = malloc(length + 1);
    check_that(text);
    memset(text, 'x', length);
    text[length] = '\0';
    check_null(person_create(db, .name = text, .email = "e"));
    check_last_error(TOASTY_INVALID_VALUE);
    check_contains(toasty_last_error()->message, "max_allowed_packet");
    free(text);
    check_int(0, person_count(db));
    check_uint(1, toasty_count(db).connections_opened);
}

TOASTY_TEST(server, a_text_longer_than_a_packet_comes_back)
{
    toasty_auto(toasty_db) db = suite_open();
    check_cell(db, "SELECT CAST(LENGTH(REPEAT('x', 1)) AS CHAR)", "1");
    toasty_auto(toasty_rows) most = toasty_sql_rows(db, "SELECT @@max_allowed_packet");
    check_some(most);
    size_t largest = (size_t)strtoull(toasty_cell(most, 0, 0), NULL, 10), length = (size_t)0xffffff + 10;
    if (largest < length + 1000)
        length = (size_t)0xffffff - 1000; /* as long as this server lets it be */
    char *text = malloc(length + 1);
    check_that(text);
    for (size_t i = 0; i < length; i++)
        text[i] = (char)('a' + i % 26);
    text[length] = '\0';
    toasty_auto(Person) long_one = person_create(db, .name = text, .email = "e");
    check_some(long_one);
    toasty_auto(Person) again = person_get_by_id(db, long_one->id);
    check_some(again);
    check_that(strcmp(text, again->name) == 0);
    free(text);
}

TOASTY_TEST(server, values_of_a_prepared_raw_statement_are_texts_as_the_server_writes_them)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_rows) rows = toasty_sql_rows(
        db,
        "SELECT 7 + 0 * ?, CAST(18446744073709551615 AS UNSIGNED), 1.50, 0.1e0, CAST('2024-02-29' AS DATE), "
        "CAST('2024-02-29 01:02:03' AS DATETIME(6)), CAST('-30:00:01.5' AS TIME(6)), X'00FF', NULL, 'text'",
        toasty_sql_int(1));
    static const char *const expected[] = {"7",
                                           "18446744073709551615",
                                           "1.50",
                                           "0.1",
                                           "2024-02-29",
                                           "2024-02-29 01:02:03",
                                           "-30:00:01.500000",
                                           "0x00FF",
                                           NULL,
                                           "text"};
    check_some(rows);
    check_uint(10, rows->column_count);
    for (size_t i = 0; i < 10; i++) {
        const char *cell = toasty_cell(rows, 0, i);
        if (expected[i])
            check_text(expected[i], cell);
        else
            check_that(!cell);
    }
}

/* --- a table that changes under a kept statement --- */

static int32_t weight_of(toasty_db *db, const char *label)
{
    toasty_auto(Topic) topic = topic_get_by_label(db, label);
    check_some(topic);
    return topic->weight;
}

TOASTY_TEST(server, a_column_that_changes_under_a_kept_statement_is_read_as_it_is)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    toasty_auto(toasty_db) other = suite_open_again();
    toasty_auto(Topic) made = topic_create(db, .label = "a", .weight = 5);
    check_some(made);
    check_int(5, weight_of(db, "a"));
    check_done((int)toasty_sql(other, "ALTER TABLE topics MODIFY weight BIGINT NOT NULL"));
    check_int(5, weight_of(db, "a"));
    check_done((int)toasty_sql(other, "ALTER TABLE topics MODIFY weight INT NOT NULL"));
    check_int(5, weight_of(db, "a"));
    check_done((int)toasty_sql(other, "ALTER TABLE topics CHANGE weight burden INT NOT NULL"));
    check_null(topic_get_by_label(db, "a"));
    check_last_error(TOASTY_DATABASE_ERROR);
    check_done((int)toasty_sql(other, "ALTER TABLE topics CHANGE burden weight INT NOT NULL"));
    check_int(5, weight_of(db, "a"));
    check_uint(1, toasty_count(db).connections_opened);
}

/* --- raw statements --- */

TOASTY_TEST(server, of_several_results_the_first_is_given)
{
    toasty_auto(toasty_db) db = suite_open();
    check_done((int)toasty_sql(db, "DROP PROCEDURE IF EXISTS two_results"));
    check_done(
        (int)toasty_sql(db, "CREATE PROCEDURE two_results() BEGIN SELECT 'first'; SELECT 'second', 2; END"));
    check_cell(db, "CALL two_results()", "first");
    check_int(0, topic_count(db));
    check_done((int)toasty_sql(db, "DROP PROCEDURE two_results"));
}

TOASTY_TEST(server, a_file_of_this_machine_is_not_given_to_a_server)
{
    toasty_auto(toasty_db) db = suite_open();
    check_int(-1, toasty_sql(db, "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE topics"));
    check_last_error(TOASTY_DATABASE_ERROR);
    check_int(0, topic_count(db));
}

TOASTY_TEST(server, two_statements_in_one_text_are_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    check_int(-1, toasty_sql(db, "SELECT 1; DELETE FROM topics"));
    check_last_error(TOASTY_DATABASE_ERROR);
}

TOASTY_TEST(server, a_table_made_in_a_transaction_ends_it)
{
    toasty_auto(toasty_db) db = suite_open();
    {
        toasty_auto(toasty_db) tx = toasty_begin(db);
        toasty_auto(Topic) kept = topic_create(tx, .label = "kept");
        check_some(kept);
        check_int(-1, toasty_sql(tx, "CREATE TABLE other_table (n INT)"));
        check_last_error(TOASTY_INVALID_STATEMENT);
        check_null(topic_create(tx, .label = "lost"));
        check_last_error(TOASTY_TRANSACTION_FAILED);
    }
    check_int(1, topic_count(db));
    check_done((int)toasty_sql(db, "DROP TABLE other_table"));
}

/* --- sessions --- */

/* A procedure changes what no text of the caller shows; so does a transaction of ours, in its middle. */
TOASTY_TEST(server, what_a_procedure_or_a_transaction_changes_in_a_session_reaches_nobody_else)
{
    static const char encoding[] = "SELECT @@character_set_client", mode[] = "SELECT @@sql_mode = ''";
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    check_done((int)toasty_sql(db, "DROP PROCEDURE IF EXISTS turn"));
    check_done((int)toasty_sql(db, "CREATE PROCEDURE turn() BEGIN SET NAMES latin1; SET sql_mode = ''; END"));
    check_done((int)toasty_sql(db, "CALL turn()"));
    check_cell(db, encoding, "utf8mb4");
    check_cell(db, mode, "0");
    toasty_auto(toasty_db) transaction = toasty_begin(db);
    check_some(transaction);
    check_done((int)toasty_sql(transaction, "CALL turn()"));
    toasty_auto(Topic) inside = topic_create(transaction, .label = "\xc3\xbc");
    check_some(inside);
    check_done((int)toasty_sql(transaction, "SET sql_mode = ''"));
    check_done(toasty_commit(transaction));
    check_cell(db, encoding, "utf8mb4");
    check_cell(db, mode, "0");
    toasty_auto(Topic) read = topic_get_by_label(db, "\xc3\xbc");
    check_some(read);
    check_cell(db, "SELECT HEX(label) FROM topics", "C3BC");
    check_done((int)toasty_sql(db, "DROP PROCEDURE turn"));
}

TOASTY_TEST(server, what_a_raw_statement_changes_in_a_session_reaches_nobody_else)
{
    static const struct {
        const char *change, *look, *before;
    } settings[] = {{"SET sql_mode = ''", "SELECT @@sql_mode LIKE '%STRICT_ALL_TABLES%'", "1"},
                    {"SET time_zone = '+05:00'", "SELECT @@time_zone", "+00:00"},
                    {"SET @mine = 1", "SELECT @mine IS NULL", "1"},
                    {"SET autocommit = 0", "SELECT @@autocommit", "1"},
                    {"SET group_concat_max_len = 77", "SELECT @@group_concat_max_len = 77", "0"},
                    {"DO GET_LOCK('toasty test', 0)", "SELECT IS_FREE_LOCK('toasty test')", "1"}};
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        check_done((int)toasty_sql(db, settings[i].change));
        check_cell(db, settings[i].look, settings[i].before);
    }
    check_uint(1, toasty_count(db).connections_opened);
}

/* A KILL is lost that meets a session just being reset (seen on MySQL 8.0.31), as one may be whose user has
 * left: it is asked for until the connection is gone. */
static void end_connection(toasty_db *other, const char *id)
{
    char stop[64], look[128];
    snprintf(stop, sizeof stop, "KILL %s", id);
    snprintf(look, sizeof look, "SELECT COUNT(*) FROM information_schema.processlist WHERE id = %s", id);
    for (bool there = true; there;) {
        int64_t status = toasty_sql(other, stop); /* fails once it is gone */
        check_that(status >= 0 || strstr(toasty_last_error()->message, "Unknown thread id"));
        toasty_auto(toasty_rows) left = toasty_sql_rows(other, look);
        check_some(left);
        there = strcmp(toasty_cell(left, 0, 0), "0") != 0;
    }
}

TOASTY_TEST(server, a_connection_that_was_killed_while_nobody_used_it_is_not_seen)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    toasty_auto(toasty_db) other = suite_open_again();
    toasty_auto(toasty_rows) id = toasty_sql_rows(db, "SELECT CONNECTION_ID()");
    check_some(id);
    end_connection(other, toasty_cell(id, 0, 0));
    toasty_auto(Topic) topic = topic_create(db, .label = "a");
    check_some(topic);
    check_uint(2, toasty_count(db).connections_opened);
}

/* --- keys that the server counts --- */

enum { COUNTED_ROWS = 1000, COUNTING_FIBERS = 2 };

typedef struct counting {
    toasty_db *db;
    char prefix;
    AuthorList *made;
    int *left;
} counting;

static void count_rows(void *arg)
{
    counting *c = arg;
    static char names[COUNTING_FIBERS][COUNTED_ROWS][8];
    AuthorNew rows[COUNTED_ROWS] = {0};
    for (int i = 0; i < COUNTED_ROWS; i++) {
        snprintf(names[c->prefix - 'a'][i], sizeof names[0][0], "%c%d", c->prefix, i);
        rows[i] = (AuthorNew){.name = names[c->prefix - 'a'][i]};
    }
    c->made = author_create_array(c->db, rows, COUNTED_ROWS);
    --*c->left;
}

/* A statement whose number of rows the server does not know before it runs takes keys in runs between the
 * others'. */
static void select_rows(void *arg)
{
    counting *c = arg;
    while (
        *c->left > 0 &&
        toasty_sql(
            c->db,
            "INSERT INTO {Author} ({Author.name}, {Author.paid_every}) SELECT label, 'day' FROM {Topic}") >=
            0)
        ;
}

TOASTY_TEST(server, counted_keys_belong_to_their_rows_while_others_insert, TIMEOUT(60))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(TopicList) topics = topic_create_many(db, {.label = "x"}, {.label = "y"}, {.label = "z"});
    check_some(topics);
    int left = COUNTING_FIBERS;
    counting counting[COUNTING_FIBERS + 1];
    uv_loop_t loop;
    uv_loop_init(&loop);
    for (int i = 0; i <= COUNTING_FIBERS; i++) {
        counting[i] = (struct counting){.db = db, .prefix = (char)('a' + i), .left = &left};
        check_some(toasty_spawn(&loop, i < COUNTING_FIBERS ? count_rows : select_rows, &counting[i],
                                .stack_size = 1 << 20));
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    for (int i = 0; i < COUNTING_FIBERS; i++) {
        toasty_auto(AuthorList) made = counting[i].made;
        check_some(made);
        const char prefix[] = {(char)('a' + i), '\0'};
        toasty_auto(AuthorList) read =
            author_all(db, .where = author_name_starts_with(prefix), .order_by = {author_id_asc()});
        check_some(read);
        check_uint(COUNTED_ROWS, read->len);
        for (size_t row = 0; row < read->len; row++) {
            check_uint(made->items[row].id, read->items[row].id);
            check_text(made->items[row].name, read->items[row].name);
        }
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&loop));
}

/* As many rows as take several statements; each has the key that it was given. */
static void check_counted(toasty_db *db, uint64_t step)
{
    enum { ROWS = 300 };
    static char names[ROWS][8];
    AuthorNew rows[ROWS] = {0};
    for (int i = 0; i < ROWS; i++) {
        snprintf(names[i], sizeof names[0], "n%d", i);
        rows[i].name = names[i];
    }
    toasty_auto(AuthorList) made = author_create_array(db, rows, ROWS);
    check_some(made);
    for (size_t i = 0; i < ROWS; i++) {
        toasty_auto(Author) read = author_get_by_id(db, made->items[i].id);
        check_some(read);
        check_text(names[i], read->name);
    }
    check_uint(step, made->items[1].id - made->items[0].id);
}

#define COUNT_BY_SEVEN "SET auto_increment_increment = 7, auto_increment_offset = 3"

TOASTY_TEST(server, keys_are_right_after_a_raw_statement_changed_how_they_are_counted)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    {
        toasty_auto(toasty_db) own = toasty_with(db, .dedicated = true);
        check_counted(own, 1);
        check_done((int)toasty_sql(own, COUNT_BY_SEVEN));
        check_counted(own, 7);
    }
    check_counted(db, 1); /* of the next one the session is clean */
    {
        toasty_auto(toasty_db) tx = toasty_begin(db);
        check_done((int)toasty_sql(tx, COUNT_BY_SEVEN));
        check_counted(tx, 7);
    }
    check_done((int)toasty_sql(db, COUNT_BY_SEVEN));
    check_counted(db, 1);
    check_uint(1, toasty_count(db).connections_opened);
}

/* --- what waits, and how much --- */

TOASTY_TEST(server, a_transaction_that_waited_too_long_for_a_row_cannot_be_committed)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) topic = topic_create(db, .label = "a", .weight = 1);
    check_some(topic);
    toasty_auto(toasty_db) holder = toasty_begin(db);
    check_int(1, topic_update_by_label(holder, "a", topic_weight_set(2)));
    toasty_auto(toasty_db) tx = toasty_begin(db);
    check_done((int)toasty_sql(tx, "SET SESSION innodb_lock_wait_timeout = 1"));
    toasty_auto(Topic) other = topic_create(tx, .label = "b");
    check_some(other);
    check_int(-1, topic_update_by_label(tx, "a", topic_weight_set(3)));
    check_text("1205", toasty_last_error()->server_code);
    check_int(-1, toasty_commit(tx));
    check_last_error(TOASTY_TRANSACTION_FAILED);
    check_done(toasty_commit(holder));
    toasty_auto(TopicList) topics = topic_all(db);
    check_some(topics);
    check_uint(1, topics->len);
    check_int(2, topics->items[0].weight);
}

TOASTY_TEST(server, keys_of_a_long_list_are_found_by_the_index_when_their_rows_are_deleted)
{
    enum { ROWS = 20000, KEYS = 2000 };
    toasty_auto(toasty_db) db = suite_open();
    check_int(ROWS,
              toasty_sql(db, "INSERT INTO {Author} ({Author.name}, {Author.paid_every}) "
                             "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200) "
                             "SELECT 'someone', 'day' FROM n AS a JOIN n AS b ON b.i <= 100"));
    toasty_auto(AuthorList) first = author_all(db, .order_by = {author_id_asc()}, .limit = KEYS);
    check_some(first);
    uint64_t keys[KEYS];
    for (size_t i = 0; i < KEYS; i++)
        keys[i] = first->items[i].id;
    toasty_auto(toasty_db) own = toasty_with(db, .dedicated = true);
    check_done((int)toasty_sql(own, "FLUSH STATUS"));
    check_int(KEYS, author_delete_all(own, .where = author_id_in(keys, KEYS)));
    toasty_auto(toasty_rows) steps = toasty_sql_rows(own, "SHOW SESSION STATUS LIKE 'Handler_read_rnd_next'");
    check_some(steps);
    check_that(strtoll(toasty_cell(steps, 0, 1), NULL, 10) < ROWS); /* of the list, and not of the table */
    check_int(ROWS - KEYS, author_count(db));
}

enum { LARGE_READS = 100, LARGE_BYTES = 1 << 20 };

typedef struct large_read {
    toasty_db *db;
    toasty_uuid id;
    size_t read;
} large_read;

static void read_large(void *arg)
{
    large_read *r = arg;
    toasty_auto(Blank) blank = blank_get_by_id(r->db, r->id);
    r->read = blank ? blank->bytes.len : 0;
}

TOASTY_TEST(server, many_large_answers_in_one_pipeline_come_to_all_who_asked, TIMEOUT(60))
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    char *bytes = calloc(1, LARGE_BYTES);
    check_some(bytes);
    toasty_auto(Blank) blank = blank_create(db, .bytes = {bytes, LARGE_BYTES});
    check_some(blank);
    free(bytes);
    static large_read reads[LARGE_READS];
    uv_loop_t loop;
    uv_loop_init(&loop);
    for (int i = 0; i < LARGE_READS; i++) {
        reads[i] = (large_read){.db = db, .id = blank->id};
        check_some(toasty_spawn(&loop, read_large, &reads[i]));
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    for (int i = 0; i < LARGE_READS; i++)
        check_uint(LARGE_BYTES, reads[i].read);
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&loop));
}

/* --- what is long, and what is no letter --- */

TOASTY_TEST(server, items_longer_than_8191_bytes_match_nothing_and_hide_no_other)
{
    enum { ITEMS = 1100 /* more than have placeholders on either server */, LONG = 20000 };
    toasty_auto(toasty_db) db = suite_open();
    static char text[ITEMS][8];
    static char longest[LONG + 1], almost[8192 + 1];
    const char *items[ITEMS];
    toasty_auto(TopicList) made = topic_create_many(
        db, {.label = "xxx", .weight = 1}, {.label = "t9", .weight = 1}, {.label = "other", .weight = 1});
    check_some(made);
    memset(longest, 'x', LONG);
    memset(almost, 'x', 8192);
    for (int i = 0; i < ITEMS; i++) {
        snprintf(text[i], sizeof text[i], "t%d", i);
        items[i] = text[i];
    }
    items[0] = longest;
    items[1] = almost;
    check_int(1, topic_count(db, .where = topic_label_in(items, ITEMS)));
    items[2] = "xxx";
    check_int(2, topic_count(db, .where = topic_label_in(items, ITEMS)));
    check_int(1, topic_count(db, .where = topic_label_not_in(items, ITEMS)));
    check_int(2, topic_update_all(db, .where = topic_label_in(items, ITEMS), .set = {topic_weight_set(5)}));
    check_int(2, topic_delete_all(db, .where = topic_label_in(items, ITEMS)));
    check_int(1, topic_count(db));
}

/* A text without an index is as long as it likes, and so is an item for it. */
TOASTY_TEST(server, long_texts_are_found_by_long_items)
{
    enum { ITEMS = 1100, LONG = 20000 };
    toasty_auto(toasty_db) db = suite_open();
    static char longest[LONG + 1], other[LONG + 1], text[ITEMS][8];
    const char *items[ITEMS];
    memset(longest, 'x', LONG);
    memset(other, 'x', LONG);
    other[LONG - 1] = 'y';
    toasty_auto(Author) a = author_create(db, .name = longest);
    toasty_auto(Author) b = author_create(db, .name = other);
    check_some(a);
    check_some(b);
    for (int i = 0; i < ITEMS; i++) {
        snprintf(text[i], sizeof text[i], "t%d", i);
        items[i] = text[i];
    }
    check_int(0, author_count(db, .where = author_name_in(items, ITEMS)));
    items[7] = other;
    toasty_auto(AuthorList) found = author_all(db, .where = author_name_in(items, ITEMS));
    check_some(found);
    check_uint(1, found->len);
    check_uint(b->id, found->items[0].id);
}

TOASTY_TEST(server, the_largest_number_is_found_by_a_list_of_any_length)
{
    enum { ITEMS = 1100 };
    toasty_auto(toasty_db) db = suite_open();
    uint64_t items[ITEMS];
    for (uint64_t i = 0; i < ITEMS; i++)
        items[i] = i;
    toasty_auto(Blank) largest = blank_create(db, .u64 = toasty_some(UINT64_MAX));
    check_some(largest);
    check_int(0, blank_count(db, .where = blank_u64_in(items, ITEMS)));
    items[ITEMS - 1] = UINT64_MAX;
    check_int(1, blank_count(db, .where = blank_u64_in(items, 3 + ITEMS - 3)));
    check_int(1, blank_count(db, .where = blank_u64_in(items + ITEMS - 3, 3)));
    check_int(1, blank_count(db, .where = blank_u64_ge(UINT64_MAX)));
}

TOASTY_TEST(server, a_session_that_the_server_ended_for_its_idleness_is_not_seen)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    toasty_auto(toasty_db) own = toasty_with(db, .dedicated = true);
    toasty_auto(toasty_db) other = suite_open_again();
    toasty_auto(toasty_rows) id = toasty_sql_rows(own, "SELECT CONNECTION_ID()");
    check_some(id);
    check_done((int)toasty_sql(own, "SET SESSION wait_timeout = 1"));
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM information_schema.processlist WHERE id = %s",
             toasty_cell(id, 0, 0));
    for (bool there = true; there; toasty_sleep(20)) {
        toasty_auto(toasty_rows) left = toasty_sql_rows(other, sql);
        check_some(left);
        there = strcmp(toasty_cell(left, 0, 0), "0") != 0;
    }
    check_int(-1, topic_count(own)); /* a session of its own is gone, and what it held with it */
    check_last_error(TOASTY_CONNECTION_LOST);
    toasty_free(own);
    own = NULL;
    check_int(0, topic_count(db));
}

TOASTY_TEST(server, an_update_that_changes_nothing_counts_its_row)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) topic = topic_create(db, .label = "a", .weight = 1);
    check_some(topic);
    check_int(1, topic_update_by_label(db, "a", topic_weight_set(1)));
    check_int(1, topic_update_all(db, .everything = true, .set = {topic_weight_set(1)}));
    check_done(topic_update(db, topic, topic_weight_set(1)));
}
