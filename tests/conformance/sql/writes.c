/* Updates and deletes of many rows, by condition, by index, inside of a relation; and of everything only when
 * said. */
#include "suite.h"
#include <stdio.h>
#include <string.h>

static toasty_db *open_topics(void)
{
    toasty_db *db = suite_open();
    toasty_auto(TopicList) topics = topic_create_many(
        db, {.label = "a", .weight = 1}, {.label = "b", .weight = 2}, {.label = "c", .weight = 3});
    check_some(topics);
    suite_clear_log();
    return db;
}

TOASTY_TEST(writes, an_update_by_condition_tells_how_many)
{
    toasty_auto(toasty_db) db = open_topics();
    check_int(2, topic_update_all(db, .where = topic_weight_ge(2), .set = {topic_weight_add(10)}));
    check_text("UPDATE topics", suite_log());
    check_int(0, topic_update_all(db, .where = topic_weight_ge(99), .set = {topic_weight_add(10)}));
    toasty_auto(Topic) c = topic_get_by_label(db, "c");
    check_some(c);
    check_int(13, c->weight);
}

TOASTY_TEST(writes, an_update_may_give_back_the_rows_as_they_are_now)
{
    toasty_auto(toasty_db) db = open_topics();
    toasty_auto(TopicList) rows =
        topic_update_all_returning(db, .where = topic_weight_ge(2), .set = {topic_weight_subtract(1)});
    check_some(rows);
    check_uint(2, rows->len);
    check_int(3, rows->items[0].weight + rows->items[1].weight);
    check_text(test_capability()->returning ? "UPDATE topics"
                                            : "BEGIN, SELECT topics, UPDATE topics, SELECT topics, COMMIT",
               suite_log());
}

TOASTY_TEST(writes, an_update_whose_condition_holds_no_more_gives_back_the_rows_that_it_changed)
{
    toasty_auto(toasty_db) db = open_topics();
    toasty_auto(TopicList) rows =
        topic_update_all_returning(db, .where = topic_weight_eq(2), .set = {topic_weight_set(3)});
    check_some(rows);
    check_uint(1, rows->len);
    check_text("b", rows->items[0].label);
    check_int(3, rows->items[0].weight);
    toasty_auto(TopicList) none =
        topic_update_all_returning(db, .where = topic_weight_eq(2), .set = {topic_weight_set(4)});
    check_some(none);
    check_uint(0, none->len);
}

TOASTY_TEST(writes, a_delete_by_condition_tells_how_many)
{
    toasty_auto(toasty_db) db = open_topics();
    check_int(2, topic_delete_all(db, .where = topic_weight_ge(2)));
    check_text("DELETE topics", suite_log());
    check_int(1, topic_count(db));
}

TOASTY_TEST(writes, a_delete_may_give_back_the_rows_that_were)
{
    toasty_auto(toasty_db) db = open_topics();
    toasty_auto(TopicList) rows = topic_delete_all_returning(db, .where = topic_weight_eq(2));
    check_some(rows);
    check_uint(1, rows->len);
    check_text("b", rows->items[0].label);
    check_int(2, topic_count(db));
    toasty_auto(TopicList) none = topic_delete_all_returning(db, .where = topic_weight_eq(2));
    check_some(none);
    check_uint(0, none->len);
}

TOASTY_TEST(writes, rows_come_back_from_changes_in_a_transaction_too)
{
    toasty_auto(toasty_db) db = open_topics();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    check_some(tx);
    toasty_auto(TopicList) changed =
        topic_update_all_returning(tx, .where = topic_weight_ge(2), .set = {topic_weight_add(1)});
    check_some(changed);
    check_uint(2, changed->len);
    toasty_auto(TopicList) gone = topic_delete_all_returning(tx, .where = topic_weight_eq(4));
    check_some(gone);
    check_uint(1, gone->len);
    check_text("c", gone->items[0].label);
    check_done(toasty_rollback(tx));
    check_int(3, topic_count(db));
}

TOASTY_TEST(writes, everything_is_written_only_when_it_is_said)
{
    toasty_auto(toasty_db) db = open_topics();
    const char *label = NULL;
    check_int(-1, topic_update_all(db, .set = {topic_weight_set(0)}));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_contains(toasty_last_error()->message, "everything");
    check_int(-1, topic_delete_all(db));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_int(-1, topic_delete_all(db, .where = toasty_when(label, topic_label_eq(label))));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_int(-1, topic_delete_all(db, .where = topic_and(toasty_when(label, topic_label_eq(label)))));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_uint(0, suite_log_count());
    check_int(3, topic_update_all(db, .everything = true, .set = {topic_weight_set(0)}));
    check_int(3, topic_delete_all(db, .everything = true));
}

TOASTY_TEST(writes, an_absent_change_is_left_out_and_those_after_it_are_written)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    const char *title = NULL;
    check_int(2, task_update_all(db, .where = task_done_eq(false),
                                 .set = {toasty_when(title, task_title_set(title)), task_done_set(true)}));
    check_int(2, task_count(db, .where = task_done_eq(true)));
}

/* More than a statement has placeholders for. */
enum { MANY = 150 };

static void create_many(toasty_db *db, char names[MANY][8], const char *list[MANY])
{
    TopicNew topics[MANY + 1] = {0};
    SeatNew seats[MANY + 1] = {0};
    PersonNew people[MANY + 1] = {0};
    for (int i = 0; i < MANY; i++) {
        snprintf(names[i], 8, "n%d", i);
        list[i] = names[i];
        topics[i] = (TopicNew){.label = names[i], .weight = i};
        seats[i] = (SeatNew){.hall = "A", .line = i / 10, .number = i % 10, .code = names[i], .price = i};
        people[i] = (PersonNew){.name = "one", .email = names[i]};
    }
    toasty_auto(TopicList) a = topic_create_array(db, topics, MANY);
    check_some(a);
    toasty_auto(SeatList) b = seat_create_array(db, seats, MANY);
    check_some(b);
    toasty_auto(PersonList) c = person_create_array(db, people, MANY);
    check_some(c);
}

TOASTY_TEST(writes, rows_of_a_long_list_are_updated_and_deleted)
{
    toasty_auto(toasty_db) db = suite_open();
    char names[MANY][8];
    const char *list[MANY];
    create_many(db, names, list);
    check_int(MANY - 1,
              topic_update_all(db, .where = topic_and(topic_label_in(list, MANY), topic_weight_gt(0)),
                               .set = {topic_weight_add(1000)}));
    check_int(MANY - 1, topic_count(db, .where = topic_weight_gt(1000)));
    check_int(1, topic_delete_all(db, .where = topic_and(topic_label_in(list, MANY), topic_weight_eq(0))));
    check_int(MANY - 1, topic_delete_all(db, .where = topic_label_in(list, MANY)));
    check_int(0, topic_count(db));
}

TOASTY_TEST(writes, many_rows_come_back_whatever_their_key_is)
{
    toasty_auto(toasty_db) db = suite_open();
    char names[MANY][8];
    const char *list[MANY];
    create_many(db, names, list);
    toasty_auto(TopicList) topics =
        topic_update_all_returning(db, .where = topic_weight_ge(0), .set = {topic_weight_set(-1)});
    check_some(topics);
    check_uint(MANY, topics->len);
    check_int(-1, topics->items[MANY - 1].weight);
    toasty_auto(SeatList) seats =
        seat_update_all_returning(db, .where = seat_price_ge(10), .set = {seat_price_add(-1000)});
    check_some(seats);
    check_uint(MANY - 10, seats->len);
    for (size_t i = 0; i < seats->len; i++)
        check_int(seats->items[i].line * 10 + seats->items[i].number - 1000, seats->items[i].price);
    toasty_auto(PersonList) people = person_delete_all_returning(db, .where = person_name_eq("one"));
    check_some(people);
    check_uint(MANY, people->len);
    check_int(0, person_count(db));
    toasty_auto(SeatList) gone = seat_delete_all_returning(db, .where = seat_price_lt(0));
    check_some(gone);
    check_int(10, seat_count(db));
}

TOASTY_TEST(writes, rows_of_an_index_are_updated_and_deleted)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 3);
    toasty_auto(Person) bob = suite_person(db, "Bob", 2);
    check_int(3, task_update_by_person_id(db, ann->id, task_done_set(true)));
    check_int(3, task_count(db, .where = task_done_eq(true)));
    check_int(2, task_delete_by_person_id(db, bob->id));
    check_int(0, task_delete_by_person_id(db, bob->id));
    check_int(3, task_count(db));
}

TOASTY_TEST(writes, rows_of_a_relation_are_updated_and_deleted)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 4);
    toasty_auto(Person) bob = suite_person(db, "Bob", 4);
    check_int(2, person_tasks_update(db, ann, .where = task_position_lt(2), .set = {task_done_set(true)}));
    check_int(2, person_tasks_delete(db, ann, .where = task_done_eq(true)));
    check_int(2, person_tasks_count(db, ann));
    check_int(4, person_tasks_count(db, bob));
}

TOASTY_TEST(writes, what_every_update_writes_is_written_by_condition_too)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Preset) preset = preset_create(db, .name = "a", .rank = toasty_some(1));
    check_some(preset);
    check_int(1, preset_update_all(db, .everything = true, .set = {preset_rank_set(5)}));
    toasty_auto(Preset) read = preset_get_by_name(db, "a");
    check_some(read);
    check_int(2, read->state);
    check_that(read->updated_at.us >= preset->updated_at.us);
}

TOASTY_TEST(writes, enums_and_parts_of_structs_are_written_by_condition)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Shop) shop =
        shop_create(db, .name = "near", .address = {"A St", "Rome", NULL, toasty_some({41.9, 12.5})});
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_some(shop);
    check_int(
        1, shop_update_all(db, .where = shop_address_city_eq("Rome"),
                           .set = {shop_address_city_set("Milan"), shop_address_position_latitude_add(1)}));
    toasty_auto(Shop) read = shop_get_by_id(db, shop->id);
    check_some(read);
    check_text("Milan", read->address.city);
    check_real(42.9, read->address.position.value.latitude);
    check_int(1, person_update_all(db, .everything = true, .set = {person_mood_set(MOOD_VERY_GRUMPY)}));
    check_int(1, person_count(db, .where = person_mood_eq(MOOD_VERY_GRUMPY)));
}

TOASTY_TEST(writes, a_sum_that_does_not_fit_is_an_error_and_no_wrap)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Blank) blank = blank_create(db, .i8 = toasty_some(120), .i64 = toasty_some(INT64_MAX));
    check_some(blank);
    check_int(-1, blank_update(db, blank, blank_i64_add(1)));
    check_last_error(TOASTY_INVALID_VALUE);
    check_int(INT64_MAX, blank->i64.value);
    check_int(-1, blank_update(db, blank, blank_i8_add(100)));
    check_that(toasty_failed());
    check_int(1, blank_update(db, blank, blank_i64_set(0)));
    for (int i = 0; i < 2; i++) { /* the second one has a plan already */
        check_int(-1, blank_update(db, blank, blank_i64_subtract(INT64_MIN)));
        check_last_error(TOASTY_INVALID_VALUE);
    }
    check_int(1, blank_update(db, blank, blank_i64_set(INT64_MAX)));
    toasty_auto(Blank) read = blank_get_by_id(db, blank->id);
    check_some(read);
    check_int(120, read->i8.value);
}
