/* The key-value store itself: order, bounds, continuations, unique values, groups, names of stores. */
#include "drivers/keyvalue/fixture.h"

#include "core/decode.h"
#include "core/evaluate.h"
#include "drivers/keyvalue/value.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>

/* --- queries --- */

static void check_numbers(store *store, toasty_operation *query, const int *numbers, size_t count)
{
    rows *of = (rows *)query->sink;
    of->count = 0;
    check_int(TOASTY_OK, run(store, query, 1, false));
    check_uint(count, of->count);
    check_int((int64_t)count, query->count);
    for (size_t i = 0; i < count; i++)
        check_int(numbers[i], TODO_AT(of, i)->number);
}

TOASTY_TEST(keyvalue, a_query_is_sorted_and_bounded_both_ways)
{
    store s;
    rows r;
    open_store(&s, "keyvalue:?page=0");
    expect_rows(&r, &todo_model);
    for (int i = 9; i >= -3; i -= 3)
        put_todo(&s, 7, i, true);
    put_todo(&s, 6, 1, true);
    put_todo(&s, 8, 1, true);
    const toasty_value user = toasty__uuid(uuid(7));
    toasty_operation query = query_todos(&user, &r);
    check_numbers(&s, &query, (const int[]){-3, 0, 3, 6, 9}, 5);
    query.key.descending = true;
    check_numbers(&s, &query, (const int[]){9, 6, 3, 0, -3}, 5);
    query.key.low_bound = TOASTY_INCLUSIVE;
    query.key.low = toasty__int(0);
    query.key.high_bound = TOASTY_EXCLUSIVE;
    query.key.high = toasty__int(9);
    check_numbers(&s, &query, (const int[]){6, 3, 0}, 3);
    query.key.descending = false;
    check_numbers(&s, &query, (const int[]){0, 3, 6}, 3);
    query.key.low_bound = TOASTY_EXCLUSIVE;
    query.key.high_bound = TOASTY_INCLUSIVE;
    check_numbers(&s, &query, (const int[]){3, 6, 9}, 3);
    query.key.limit = 2;
    check_numbers(&s, &query, (const int[]){3, 6}, 2);
    query.key.low = toasty__int(100);
    check_numbers(&s, &query, NULL, 0);
    toasty__arena_done(&r.arena);
    close_store(&s);
}

TOASTY_TEST(keyvalue, an_answer_has_three_rows_and_goes_on_where_it_ended)
{
    store s;
    rows r;
    open_store(&s, "keyvalue:");
    expect_rows(&r, &todo_model);
    for (int i = 1; i <= 7; i++)
        put_todo(&s, 7, i, true);
    const toasty_value user = toasty__uuid(uuid(7));
    for (int descending = 0; descending < 2; descending++) {
        toasty_operation query = query_todos(&user, &r);
        query.key.descending = descending;
        const int up[] = {1, 2, 3, 4, 5, 6, 7}, down[] = {7, 6, 5, 4, 3, 2, 1};
        const int *expected = descending ? down : up;
        check_numbers(&s, &query, expected, 3);
        check_that(query.continuation != NULL);
        query.key.after = query.continuation;
        check_numbers(&s, &query, expected + 3, 3);
        query.key.after = query.continuation;
        check_numbers(&s, &query, expected + 6, 1);
        check_null(query.continuation);
    }
    toasty__arena_done(&r.arena);
    close_store(&s);
}

TOASTY_TEST(keyvalue, a_continuation_outlives_the_item_that_it_names)
{
    store s;
    rows r;
    open_store(&s, "keyvalue:?page=2");
    expect_rows(&r, &todo_model);
    for (int i = 1; i <= 4; i++)
        put_todo(&s, 7, i, true);
    const toasty_value key[] = {toasty__uuid(uuid(7)), toasty__int(2)};
    toasty_operation query = query_todos(key, &r);
    check_numbers(&s, &query, (const int[]){1, 2}, 2);
    toasty_operation delete = {
        .kind = TOASTY_OPERATION_DELETE, .model = &todo_model, .key = {.values = key, .key_count = 1}};
    check_int(TOASTY_OK, run(&s, &delete, 1, false));
    check_int(1, delete.count);
    query.key.after = query.continuation;
    check_numbers(&s, &query, (const int[]){3, 4}, 2);
    toasty__arena_done(&r.arena);
    close_store(&s);
}

TOASTY_TEST(keyvalue, a_get_of_many_keys_gives_those_that_are_there)
{
    store s;
    rows r;
    open_store(&s, "keyvalue:?page=2");
    expect_rows(&r, &todo_model);
    for (int i = 1; i <= 3; i++)
        put_todo(&s, 7, i, true);
    toasty_value keys[10];
    for (int i = 0; i < 5; i++) {
        keys[2 * i] = toasty__uuid(uuid(7));
        keys[2 * i + 1] = toasty__int(5 - i);
    }
    toasty_operation get = {.kind = TOASTY_OPERATION_GET,
                            .model = &todo_model,
                            .key = {.values = keys, .key_count = 5},
                            .sink = &r.sink};
    check_numbers(&s, &get, (const int[]){3, 2}, 2);
    get.key.after = get.continuation;
    check_numbers(&s, &get, (const int[]){1}, 1);
    check_null(get.continuation);
    toasty__arena_done(&r.arena);
    close_store(&s);
}

/* --- order of values --- */

static int compare(toasty_type type, toasty_value a, toasty_value b)
{
    const toasty_field field = {.type = (uint8_t)type, .labels = todo_model.fields[TODO_PRIORITY].labels};
    int order = toasty__compare_values(&field, &a, &b);
    check_int(0, toasty__compare_values(&field, &a, &a));
    check_that((order < 0) == (toasty__compare_values(&field, &b, &a) > 0));
    return order;
}

TOASTY_TEST(keyvalue, values_have_the_order_of_their_type)
{
    check_that(compare(TOASTY_TYPE_I32, toasty__null(), toasty__int(INT32_MIN)) < 0);
    check_that(compare(TOASTY_TYPE_I64, toasty__int(INT64_MIN), toasty__int(INT64_MAX)) < 0);
    check_that(compare(TOASTY_TYPE_U64, toasty__int(INT64_MAX), toasty__uint(UINT64_MAX)) < 0);
    check_that(compare(TOASTY_TYPE_U64, toasty__uint(UINT64_MAX - 1), toasty__uint(UINT64_MAX)) < 0);
    check_that(compare(TOASTY_TYPE_F64, toasty__real(-1.5), toasty__real(1e300)) < 0);
    check_that(compare(TOASTY_TYPE_F64, toasty__real(INFINITY), toasty__real(NAN)) < 0);
    check_that(compare(TOASTY_TYPE_TEXT, toasty__text("Z"), toasty__text("a")) < 0);
    check_that(compare(TOASTY_TYPE_TEXT, toasty__text("a"), toasty__text("aa")) < 0);
    check_that(compare(TOASTY_TYPE_TEXT, toasty__text("z"), toasty__text("é")) < 0);
    check_that(compare(TOASTY_TYPE_BYTES, toasty__bytes((toasty_bytes){"a\0b", 3}),
                       toasty__bytes((toasty_bytes){"a\0c", 3})) < 0);
    check_that(compare(TOASTY_TYPE_UUID, toasty__uuid(uuid(1)), toasty__uuid(uuid(200))) < 0);
    check_that(compare(TOASTY_TYPE_ENUM, toasty__int(PRIORITY_LOW), toasty__int(PRIORITY_HIGH)) < 0);
}

/* --- writes --- */

TOASTY_TEST(keyvalue, an_insert_overwrites_unless_it_must_not)
{
    store s;
    open_store(&s, "keyvalue:");
    check_int(TOASTY_OK, put_todo(&s, 7, 1, true));
    check_int(TOASTY_OK, put_todo(&s, 7, 1, false));
    check_int(TOASTY_UNIQUE_VIOLATION, put_todo(&s, 7, 1, true));
    check_text("todos_pkey", s.error.constraint);
    check_text("todos", s.error.table);
    check_text("user_id, number", s.error.field);
    close_store(&s);
}

static toasty_operation change_todo(const toasty_value key[2], const uint16_t *field, const uint8_t *kind,
                                    const toasty_value *value, bool must_exist)
{
    return (toasty_operation){.kind = TOASTY_OPERATION_UPDATE,
                              .model = &todo_model,
                              .key = {.values = key, .key_count = 1},
                              .fields = field,
                              .changes = kind,
                              .values = value,
                              .value_count = 1,
                              .must_exist = must_exist};
}

TOASTY_TEST(keyvalue, an_update_of_an_absent_item_changes_nothing_when_it_must_exist)
{
    store s;
    rows r;
    open_store(&s, "keyvalue:");
    expect_rows(&r, &todo_model);
    const toasty_value key[] = {toasty__uuid(uuid(7)), toasty__int(2)}, title = toasty__text("sow");
    const uint16_t field = TODO_TITLE;
    const uint8_t set = TOASTY_CHANGE_SET;
    toasty_operation update = change_todo(key, &field, &set, &title, true);
    check_int(TOASTY_OK, run(&s, &update, 1, false));
    check_int(0, update.count);
    put_todo(&s, 7, 2, true);
    update.sink = &r.sink;
    check_int(TOASTY_OK, run(&s, &update, 1, false));
    check_int(1, update.count);
    check_text("sow", TODO_AT(&r, 0)->title);
    check_int(PRIORITY_HIGH, TODO_AT(&r, 0)->priority);
    toasty__arena_done(&r.arena);
    close_store(&s);
}

TOASTY_TEST(keyvalue, a_value_that_is_none_of_its_type_is_refused)
{
    store s;
    open_store(&s, "keyvalue:");
    put_todo(&s, 7, 2, true);
    const toasty_value key[] = {toasty__uuid(uuid(7)), toasty__int(2)},
                       values[] = {toasty__text("caf\xe9"), toasty__int(3)};
    const uint16_t fields[] = {TODO_TITLE, TODO_PRIORITY};
    const uint8_t set = TOASTY_CHANGE_SET;
    for (int i = 0; i < 2; i++) {
        toasty_operation update = change_todo(key, &fields[i], &set, &values[i], true);
        check_int(TOASTY_INVALID_VALUE, run(&s, &update, 1, false));
        check_text(todo_model.fields[fields[i]].name, s.error.field);
    }
    close_store(&s);
}

static toasty_code add(toasty_type type, toasty_value value, toasty_value by, bool subtract,
                       toasty_value *sum)
{
    const toasty_field field = {.name = "f", .type = (uint8_t)type};
    toasty_error err = {.code = TOASTY_OK};
    toasty__kv_add(&todo_model, &field, &value, &by, subtract, sum, &err);
    return err.code;
}

TOASTY_TEST(keyvalue, a_sum_fits_its_field_or_is_refused)
{
    toasty_value sum;
    check_int(TOASTY_OK, add(TOASTY_TYPE_I8, toasty__int(120), toasty__int(7), false, &sum));
    check_int(127, sum.as.integer);
    check_int(TOASTY_INVALID_VALUE, add(TOASTY_TYPE_I8, toasty__int(120), toasty__int(8), false, &sum));
    check_int(TOASTY_INVALID_VALUE, add(TOASTY_TYPE_U16, toasty__int(3), toasty__int(4), true, &sum));
    check_int(TOASTY_INVALID_VALUE,
              add(TOASTY_TYPE_I64, toasty__int(INT64_MAX), toasty__int(1), false, &sum));
    check_int(TOASTY_INVALID_VALUE, add(TOASTY_TYPE_I64, toasty__int(INT64_MIN), toasty__int(1), true, &sum));
    check_int(TOASTY_OK, add(TOASTY_TYPE_I64, toasty__int(-1), toasty__int(INT64_MIN), true, &sum));
    check_that(sum.as.integer == INT64_MAX);
    check_int(TOASTY_OK, add(TOASTY_TYPE_U64, toasty__int(INT64_MAX), toasty__int(1), false, &sum));
    check_that(sum.kind == TOASTY_VALUE_UINT && sum.as.unsigned_integer == (uint64_t)INT64_MAX + 1);
    check_int(TOASTY_OK,
              add(TOASTY_TYPE_U64, toasty__uint(UINT64_MAX), toasty__uint(UINT64_MAX), true, &sum));
    check_that(sum.kind == TOASTY_VALUE_INT && sum.as.integer == 0);
    check_int(TOASTY_INVALID_VALUE,
              add(TOASTY_TYPE_U64, toasty__uint(UINT64_MAX), toasty__int(1), false, &sum));
    check_int(TOASTY_OK, add(TOASTY_TYPE_F64, toasty__real(1.5), toasty__real(0.5), true, &sum));
    check_real(1.0, sum.as.real);
    check_int(TOASTY_OK, add(TOASTY_TYPE_I32, toasty__null(), toasty__int(1), false, &sum));
    check_int(TOASTY_VALUE_NULL, sum.kind);
    check_int(TOASTY_INVALID_VALUE, add(TOASTY_TYPE_BOOL, toasty__int(1), toasty__int(1), false, &sum));
}

static toasty_operation insert_category(const toasty_value values[2])
{
    static const uint16_t fields[] = {CATEGORY_ID, CATEGORY_LABEL};
    return (toasty_operation){.kind = TOASTY_OPERATION_INSERT,
                              .model = &category_model,
                              .fields = fields,
                              .values = values,
                              .value_count = 2};
}

TOASTY_TEST(keyvalue, unique_values_are_kept_by_inserts_and_updates)
{
    store s;
    open_store(&s, "keyvalue:");
    const toasty_value one[] = {toasty__uuid(uuid(1)), toasty__text("a")},
                       two[] = {toasty__uuid(uuid(2)), toasty__text("b")},
                       three[] = {toasty__uuid(uuid(3)), toasty__text("a")};
    toasty_operation inserts[] = {insert_category(one), insert_category(two)};
    check_int(TOASTY_OK, run(&s, inserts, 2, true));
    check_int(TOASTY_OK, run(&s, &inserts[0], 1, false));
    toasty_operation taken = insert_category(three);
    check_int(TOASTY_UNIQUE_VIOLATION, run(&s, &taken, 1, false));
    check_text("categories_label_key", s.error.constraint);
    check_text("label", s.error.field);
    const uint16_t field = CATEGORY_LABEL;
    const uint8_t set = TOASTY_CHANGE_SET;
    toasty_operation update = change_todo(two, &field, &set, &one[1], true);
    update.model = &category_model;
    check_int(TOASTY_UNIQUE_VIOLATION, run(&s, &update, 1, false));
    update.values = &two[1];
    check_int(TOASTY_OK, run(&s, &update, 1, false));
    close_store(&s);
}

static int64_t scan(store *store, const toasty_model *model)
{
    toasty_operation operation = {.kind = TOASTY_OPERATION_SCAN, .model = model};
    check_int(TOASTY_OK, run(store, &operation, 1, false));
    return operation.count;
}

TOASTY_TEST(keyvalue, a_group_is_all_or_nothing)
{
    store s;
    rows r;
    open_store(&s, "keyvalue:");
    expect_rows(&r, &category_model);
    const toasty_value one[] = {toasty__uuid(uuid(1)), toasty__text("a")},
                       two[] = {toasty__uuid(uuid(2)), toasty__text("b")},
                       three[] = {toasty__uuid(uuid(3)), toasty__text("a")};
    toasty_operation first = insert_category(one);
    run(&s, &first, 1, false);
    const uint16_t field = CATEGORY_LABEL;
    const uint8_t set = TOASTY_CHANGE_SET;
    toasty_operation renamed = change_todo(one, &field, &set, &two[1], true);
    renamed.model = &category_model;
    toasty_operation delete = {
        .kind = TOASTY_OPERATION_DELETE, .model = &category_model, .key = {.values = one, .key_count = 1}};
    /* b takes the place of a, a is free, is taken again, and again: the last fails. */
    toasty_operation group[] = {
        renamed, insert_category(three), delete, insert_category(two),
        insert_category((const toasty_value[]){toasty__uuid(uuid(4)), toasty__text("b")})};
    check_int(TOASTY_UNIQUE_VIOLATION, run(&s, group, 5, true));
    check_uint(4, s.failed);
    check_int(1, scan(&s, &category_model));
    toasty_operation get = {.kind = TOASTY_OPERATION_GET,
                            .model = &category_model,
                            .key = {.values = one, .key_count = 1},
                            .sink = &r.sink};
    check_int(TOASTY_OK, run(&s, &get, 1, false));
    check_text("a", ((Category *)r.storage[0])->label);
    check_int(TOASTY_OK, run(&s, group, 4, true));
    check_int(2, scan(&s, &category_model));
    /* Without all or nothing, what came before the failure stays. */
    toasty_operation apart[] = {
        delete, insert_category((const toasty_value[]){toasty__uuid(uuid(5)), toasty__text("c")}),
        insert_category((const toasty_value[]){toasty__uuid(uuid(6)), toasty__text("c")})};
    check_int(TOASTY_UNIQUE_VIOLATION, run(&s, apart, 3, false));
    check_int(3, scan(&s, &category_model));
    toasty__arena_done(&r.arena);
    close_store(&s);
}

TOASTY_TEST(keyvalue, values_are_copied_in_and_out)
{
    store s;
    rows r;
    open_store(&s, "keyvalue:");
    expect_rows(&r, &profile_model);
    char picture[] = "p.png";
    const toasty_value values[] = {toasty__uuid(uuid(1)), toasty__uuid(uuid(2)), toasty__text(picture),
                                   toasty__uint(UINT64_MAX)};
    toasty_operation insert = {.kind = TOASTY_OPERATION_INSERT,
                               .model = &profile_model,
                               .fields = todo_all,
                               .values = values,
                               .value_count = PROFILE_FIELDS};
    check_int(TOASTY_OK, run(&s, &insert, 1, false));
    picture[0] = 'X';
    toasty_operation all = {.kind = TOASTY_OPERATION_SCAN, .model = &profile_model, .sink = &r.sink};
    check_int(TOASTY_OK, run(&s, &all, 1, false));
    Profile *profile = (Profile *)r.storage[0];
    close_store(&s);
    check_text("p.png", profile->picture);
    check_that(profile->views == UINT64_MAX);
    toasty__arena_done(&r.arena);
}

TOASTY_TEST(keyvalue, ten_thousand_items_in_random_order_stay_sorted)
{
    enum { ITEMS = 10000 };
    store s;
    rows r;
    open_store(&s, "keyvalue:?page=0");
    expect_rows(&r, &todo_model);
    for (unsigned i = 0; i < ITEMS; i++)
        put_todo(&s, 7, (int)(i * 7919 % ITEMS), true);
    const toasty_value user = toasty__uuid(uuid(7));
    toasty_operation query = query_todos(&user, &r);
    for (int at = 0; at < ITEMS; at += 999) {
        query.key.low_bound = TOASTY_INCLUSIVE;
        query.key.low = toasty__int(at);
        query.key.limit = 2;
        check_numbers(&s, &query, (const int[]){at, at + 1}, 2);
    }
    for (unsigned i = 0; i < ITEMS; i += 2) {
        const toasty_value key[] = {toasty__uuid(uuid(7)), toasty__int(i)};
        toasty_operation delete = {
            .kind = TOASTY_OPERATION_DELETE, .model = &todo_model, .key = {.values = key, .key_count = 1}};
        run(&s, &delete, 1, false);
    }
    query.key.low = toasty__int(5000);
    check_numbers(&s, &query, (const int[]){5001, 5003}, 2);
    check_int(ITEMS / 2, scan(&s, &todo_model));
    toasty__arena_done(&r.arena);
    close_store(&s);
}

/* --- stores, jobs --- */

TOASTY_TEST(keyvalue, a_named_store_is_shared_and_goes_with_its_last_handle)
{
    store one, two, other;
    open_store(&one, "keyvalue:shared");
    open_store(&two, "keyvalue:shared");
    open_store(&other, "keyvalue:");
    put_todo(&one, 7, 1, true);
    check_int(1, scan(&two, &todo_model));
    check_int(0, scan(&other, &todo_model));
    close_store(&one);
    check_int(1, scan(&two, &todo_model));
    close_store(&two);
    open_store(&one, "keyvalue:shared");
    check_int(0, scan(&one, &todo_model));
    close_store(&one);
    close_store(&other);
}

TOASTY_TEST(keyvalue, what_it_does_not_know_is_unsupported)
{
    store s;
    open_store(&s, "keyvalue:");
    toasty_operation begin = {.kind = TOASTY_OPERATION_BEGIN}, ping = {.kind = TOASTY_OPERATION_PING};
    check_int(TOASTY_UNSUPPORTED, run(&s, &begin, 1, false));
    check_int(TOASTY_OK, run(&s, &ping, 1, false));
    close_store(&s);
}

TOASTY_TEST(keyvalue, an_option_that_is_no_number_is_refused)
{
    toasty_url url;
    toasty_error err;
    toasty_database database = {.data = NULL};
    check_int(0, toasty__url_parse(&url, "keyvalue:?page=many", &err));
    check_int(-1, toasty_keyvalue_driver.open(&url, &database, &err));
    check_error(&err, TOASTY_INVALID_URL);
    toasty__url_done(&url);
}

TOASTY_TEST(keyvalue, an_answer_may_come_turns_later_and_a_job_be_cancelled_before)
{
    store s;
    open_store(&s, "keyvalue:?latency_turns=2");
    toasty_operation ping = {.kind = TOASTY_OPERATION_PING};
    toasty_job job = {.operations = &ping, .count = 1};
    start(&s, &job);
    check_that(!s.done);
    check_int(0, toasty__reactor_turn(s.reactor));
    check_that(!s.done);
    while (!s.done)
        check_int(0, toasty__reactor_turn(s.reactor));
    check_int(TOASTY_OK, s.error.code);
    start(&s, &job);
    toasty_keyvalue_driver.cancel(s.connection, &job);
    while (!s.done)
        check_int(0, toasty__reactor_turn(s.reactor));
    check_int(TOASTY_CANCELLED, s.error.code);
    close_store(&s);
}

static void *fill(void *arg)
{
    store s;
    open_store(&s, "keyvalue:threads");
    for (int i = 0; i < 500; i++)
        put_todo(&s, (uint8_t)(uintptr_t)arg, i, true);
    close_store(&s);
    return NULL;
}

TOASTY_TEST(keyvalue, threads_share_a_store, THREADS)
{
    pthread_t threads[4];
    store s;
    open_store(&s, "keyvalue:threads");
    for (uintptr_t i = 0; i < 4; i++)
        check_int(0, pthread_create(&threads[i], NULL, fill, (void *)(i + 1)));
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    check_int(2000, scan(&s, &todo_model));
    close_store(&s);
}
