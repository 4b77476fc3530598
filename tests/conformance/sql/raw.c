/* Statements of the user's own: values bound, rows as text, alone on a connection. */
#include "suite.h"
#include <stdio.h>
#include <string.h>

/* The placeholder of the n-th value, as the database spells it. */
static const char *place(int n)
{
    static char text[5][8];
    if (test_capability()->bulk_columns)
        snprintf(text[n], sizeof text[n], "$%d", n);
    else
        snprintf(text[n], sizeof text[n], "?");
    return text[n];
}

TOASTY_TEST(raw, a_statement_tells_how_many_rows_it_changed, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(TopicList) topics =
        topic_create_many(db, {.label = "a", .weight = 1}, {.label = "b", .weight = 2});
    check_some(topics);
    char sql[128];
    snprintf(sql, sizeof sql, "UPDATE topics SET weight = weight + %s WHERE label = %s", place(1), place(2));
    check_int(1, toasty_sql(db, sql, toasty_sql_int(5), toasty_sql_text("b")));
    check_int(1, topic_count(db, .where = topic_weight_eq(7)));
    check_int(2, toasty_sql(db, "DELETE FROM topics"));
}

TOASTY_TEST(raw, rows_come_back_as_text_with_the_names_of_their_columns, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(TopicList) topics =
        topic_create_many(db, {.label = "a", .weight = 1}, {.label = "b", .weight = 2});
    check_some(topics);
    char sql[160];
    snprintf(sql, sizeof sql,
             "SELECT label, weight, NULL AS missing FROM topics WHERE weight > %s ORDER BY label DESC",
             place(1));
    toasty_auto(toasty_rows) rows = toasty_sql_rows(db, sql, toasty_sql_int(0));
    check_some(rows);
    check_uint(2, rows->len);
    check_uint(3, rows->column_count);
    check_text("weight", rows->columns[1]);
    check_text("b", toasty_cell(rows, 0, 0));
    check_text("2", toasty_cell(rows, 0, 1));
    check_null(toasty_cell(rows, 0, 2));
    check_text("a", toasty_cell(rows, 1, 0));
}

TOASTY_TEST(raw, no_rows_are_an_empty_result, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_rows) rows = toasty_sql_rows(db, "SELECT label FROM topics");
    check_some(rows);
    check_uint(0, rows->len);
    check_text("label", rows->columns[0]);
}

TOASTY_TEST(raw, every_kind_of_value_is_bound, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    char sql[160];
    snprintf(sql, sizeof sql, "INSERT INTO topics (label, weight) VALUES (%s, %s)", place(1), place(2));
    check_int(1, toasty_sql(db, sql, toasty_sql_text("it's"), toasty_sql_int(-3)));
    toasty_auto(Topic) topic = topic_get_by_label(db, "it's");
    check_some(topic);
    check_int(-3, topic->weight);
    toasty_auto(Blank) blank = blank_create(db, .i32 = toasty_some(1));
    check_some(blank);
    snprintf(sql, sizeof sql, "UPDATE blanks SET i64 = %s, f64 = %s, bytes = %s, i32 = %s", place(1),
             place(2), place(3), place(4));
    const uint8_t bytes[] = {0, 1, 255};
    check_int(1, toasty_sql(db, sql, toasty_sql_int(INT64_MIN), toasty_sql_real(0.1),
                            toasty_sql_bytes((toasty_bytes){bytes, sizeof bytes}), toasty_sql_null()));
    toasty_auto(Blank) read = blank_get_by_id(db, blank->id);
    check_some(read);
    check_int(INT64_MIN, read->i64.value);
    check_real(0.1, read->f64.value);
    check_uint(sizeof bytes, read->bytes.len);
    check_bytes(bytes, read->bytes.data, sizeof bytes);
    check_that(!read->i32.set);
}

TOASTY_TEST(raw, a_mistake_in_the_statement_is_the_databases_error_with_its_code, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    check_int(-1, toasty_sql(db, "SELEKT 1"));
    check_last_error(TOASTY_DATABASE_ERROR);
    check_that(*toasty_last_error()->server_code);
    check_contains(toasty_last_error()->message, "SELEKT");
    check_int(0, topic_count(db));
}

TOASTY_TEST(raw, a_statement_runs_in_a_transaction, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    {
        toasty_auto(toasty_db) tx = toasty_begin(db);
        check_int(1, toasty_sql(tx, "INSERT INTO topics (label, weight) VALUES ('a', 1)"));
    }
    check_int(0, topic_count(db));
}

TOASTY_TEST(raw, a_transaction_that_a_raw_statement_leaves_open_harms_nobody, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    toasty_ignore(toasty_sql(db, "BEGIN"));
    toasty_auto(Topic) topic = topic_create(db, .label = "a");
    check_some(topic);
    toasty_ignore(toasty_sql(db, "ROLLBACK"));
    check_int(1, topic_count(db));
}

TOASTY_TEST(raw, a_value_that_is_missing_is_an_error, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT label FROM topics WHERE label = %s", place(1));
    check_null(toasty_sql_rows(db, sql));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_null(toasty_sql_rows(db, sql, toasty_sql_text("a"), toasty_sql_text("b")));
    check_last_error(TOASTY_INVALID_STATEMENT);
    snprintf(sql, sizeof sql, "DELETE FROM topics WHERE label = %s", place(1));
    check_int(-1, toasty_sql(db, sql));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_int(0, toasty_sql(db, "DELETE FROM topics WHERE label = '?'"));
}

/* --- for all databases --- */

TOASTY_TEST(raw, one_text_is_written_for_all_databases, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(TopicList) topics =
        topic_create_many(db, {.label = "a", .weight = 1}, {.label = "b", .weight = 2});
    check_some(topics);
    check_int(
        1, toasty_sql(db, "UPDATE {Topic} SET {Topic.weight} = {Topic.weight} + {} WHERE {Topic.label} = {}",
                      toasty_sql_int(5), toasty_sql_text("b")));
    toasty_auto(toasty_rows) rows = toasty_sql_rows(
        db, "SELECT t.{Topic.label}, '{}' FROM {Topic} AS t WHERE t.{Topic.weight} > {}", toasty_sql_int(6));
    check_some(rows);
    check_uint(1, rows->len);
    check_text("b", toasty_cell(rows, 0, 0));
    check_text("{}", toasty_cell(rows, 0, 1));
}

TOASTY_TEST(raw, a_prefix_stands_before_a_table_in_braces, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.table_prefix = "raw_"});
    check_int(0, toasty_sql(db, "DELETE FROM {Topic}"));
    check_int(1, toasty_sql(db, "INSERT INTO {Topic} ({Topic.label}, {Topic.weight}) VALUES ({}, {})",
                            toasty_sql_text("a"), toasty_sql_int(1)));
    check_int(1, topic_count(db));
}

TOASTY_TEST(raw, names_and_values_that_do_not_fit_are_refused_before_anything_is_sent, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    suite_clear_log();
    check_int(-1, toasty_sql(db, "DELETE FROM {Topics}"));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_contains(toasty_last_error()->message, "no model `Topics`");
    check_int(-1, toasty_sql(db, "DELETE FROM {Topic} WHERE {Topic.label} = {}"));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_int(-1, toasty_sql(db, "DELETE FROM {Topic} WHERE {Topic.label} = {}", toasty_sql_text("a"),
                             toasty_sql_text("b")));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_contains(toasty_last_error()->message, "1 {} and is given 2 values");
    check_uint(0, suite_log_count());
}

TOASTY_TEST(raw, a_value_without_a_placeholder_is_refused, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) topic = topic_create(db, .label = "kept");
    check_some(topic);
    check_int(-1, toasty_sql(db, "DELETE FROM {Topic}", toasty_sql_text("kept")));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_int(-1, toasty_sql(db, "DELETE FROM topics -- {} ? $1", toasty_sql_text("kept")));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_int(1, topic_count(db));
}

/* --- values of every type, and records --- */

static const toasty_uuid one_uuid = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255}};
static const toasty_date one_day = {1969, 7, 20};
static const toasty_time one_time = {20, 17, 40, 123456};

TOASTY_TEST(raw, values_of_every_type_are_sent_as_their_fields_are_kept, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    const toasty_datetime moment = {one_day, one_time};
    const toasty_timestamp instant = {1234567890123456};
    toasty_auto(Blank) made =
        blank_create(db, .flag = toasty_some(true), .u64 = toasty_some(7), .uuid = toasty_some(one_uuid),
                     .instant = toasty_some(instant), .day = toasty_some(one_day),
                     .clock = toasty_some(one_time), .moment = toasty_some(moment));
    check_some(made);
    toasty_auto(BlankList) found = blank_sql_all(
        db,
        "SELECT * FROM {Blank} WHERE {Blank.flag} = {} AND {Blank.u64} = {} AND {Blank.uuid} = {} AND "
        "{Blank.instant} = {} AND {Blank.day} = {} AND {Blank.clock} = {} AND {Blank.moment} = {} AND "
        "{Blank.id} = {}",
        toasty_sql_bool(true), toasty_sql_uint(7), toasty_sql_uuid(one_uuid), toasty_sql_timestamp(instant),
        toasty_sql_date(one_day), toasty_sql_time(one_time), toasty_sql_datetime(moment),
        toasty_sql_uuid(made->id));
    check_some(found);
    check_uint(1, found->len);
    check_int(instant.us, found->items[0].instant.value.us);
    check_int(one_time.microsecond, found->items[0].clock.value.microsecond);
    check_that(!found->items[0].i8.set);
}

TOASTY_TEST(raw, a_value_that_is_none_is_refused_before_anything_is_sent, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    check_int(-1, toasty_sql(db, "UPDATE {Blank} SET {Blank.day} = {}",
                             toasty_sql_date((toasty_date){2023, 2, 30})));
    check_last_error(TOASTY_INVALID_VALUE);
}

TOASTY_TEST(raw, columns_become_fields_by_their_names_in_any_order, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(TopicList) topics =
        topic_create_many(db, {.label = "a", .weight = 1}, {.label = "b", .weight = 2});
    check_some(topics);
    toasty_auto(TopicList) found = topic_sql_all(db,
                                                 "SELECT 'more' AS more, weight, NULL AS nil, label FROM "
                                                 "{Topic} WHERE weight > {} ORDER BY weight DESC",
                                                 toasty_sql_int(0));
    check_some(found);
    check_uint(2, found->len);
    check_that(found->loaded);
    check_text("b", found->items[0].label);
    check_int(2, found->items[0].weight);
    check_text("a", found->items[1].label);
    check_int(1, topic_update(db, &found->items[1], topic_weight_set(9))); /* a record like any other */
}

TOASTY_TEST(raw, many_records_come, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    TopicNew rows[500];
    char labels[500][8];
    for (int i = 0; i < 500; i++) {
        snprintf(labels[i], sizeof labels[i], "%d", i);
        rows[i] = (TopicNew){.label = labels[i], .weight = i};
    }
    toasty_auto(TopicList) made = topic_create_array(db, rows, 500);
    check_some(made);
    toasty_auto(TopicList) found = topic_sql_all(db, "SELECT * FROM {Topic} ORDER BY weight");
    check_some(found);
    check_uint(500, found->len);
    for (size_t i = 0; i < found->len; i++) {
        check_int((int64_t)i, found->items[i].weight);
        check_text(labels[i], found->items[i].label);
    }
}

static void check_refused(toasty_db *db, const char *sql, toasty_code code, const char *message)
{
    check_null(topic_sql_all(db, sql));
    check_last_error(code);
    check_contains(toasty_last_error()->message, message);
}

TOASTY_TEST(raw, columns_that_are_missing_doubled_or_unfit_are_named, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) topic = topic_create(db, .label = "a", .weight = 1);
    check_some(topic);
    check_refused(db, "SELECT label FROM {Topic}", TOASTY_INVALID_STATEMENT, "`weight`");
    check_refused(db, "SELECT label, weight, label FROM {Topic}", TOASTY_INVALID_STATEMENT,
                  "`label` of Topic twice");
    check_refused(db, "SELECT label, 'x' AS weight FROM {Topic}", TOASTY_INVALID_VALUE, "weight");
    check_refused(db, "SELECT NULL AS label, weight FROM {Topic}", TOASTY_INVALID_VALUE, "label");
    check_int(1, topic_count(db));
}

TOASTY_TEST(raw, an_optional_struct_is_whole_or_absent_in_whatever_order_its_columns_come, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    static const char *const texts[] = {
        "SELECT address_floor, address_city, name, id, email, bio, age, visits, mood, address_street, "
        "address_position_longitude, address_position_latitude, updated_at, created_at FROM {Person} ORDER "
        "BY name",
        "SELECT * FROM {Person} ORDER BY name"};
    toasty_auto(PersonList) made = person_create_many(
        db, {.name = "a", .email = "a@x", .address = toasty_some({.street = "s", .city = "c"})},
        {.name = "b", .email = "b@x"});
    check_some(made);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        toasty_auto(PersonList) found = person_sql_all(db, texts[i]);
        check_some(found);
        check_that(found->items[0].address.set && !found->items[0].address.value.position.set);
        check_text("s", found->items[0].address.value.street);
        check_that(!found->items[1].address.set);
        check_that(!found->items[0].tasks.loaded);
    }
    static const char *const halves[] = {
        "SELECT id, name, email, bio, age, visits, mood, created_at, updated_at, address_position_longitude, "
        "address_position_latitude, address_floor, NULL AS address_street, address_city FROM {Person}",
        "SELECT id, name, email, bio, age, visits, mood, created_at, updated_at, address_position_longitude, "
        "address_position_latitude, address_floor, address_city, NULL AS address_street FROM {Person}"};
    for (size_t i = 0; i < sizeof halves / sizeof *halves; i++) {
        check_null(person_sql_all(db, halves[i]));
        check_last_error(TOASTY_INVALID_VALUE);
        check_text("address.street", toasty_last_error()->field);
    }
}
