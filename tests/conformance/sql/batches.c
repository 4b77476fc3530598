/* Batches of operations that only SQL targets have: conditions, counts, many rows. */
#include "suite.h"

static toasty_db *open_topics(void)
{
    toasty_db *db = suite_open();
    toasty_auto(TopicList) topics = topic_create_many(
        db, {.label = "a", .weight = 1}, {.label = "b", .weight = 2}, {.label = "c", .weight = 3});
    check_some(topics);
    suite_clear_log();
    return db;
}

TOASTY_TEST(batches, reads_by_condition_share_one_round_trip)
{
    toasty_auto(toasty_db) db = open_topics();
    toasty_auto(TopicList) all = NULL;
    toasty_auto(Topic) first = NULL;
    int64_t count = -1, heavy = -1, none = -1;
    suite_cost cost = suite_start_cost(db);
    check_done(toasty_batch(db,
                            topic_all_op(&all, .where = topic_weight_ge(2), .order_by = {topic_label_desc()}),
                            topic_first_op(&first, .order_by = {topic_weight_desc()}),
                            topic_count_op(&count, .where = topic_weight_lt(3)),
                            topic_exists_op(&heavy, .where = topic_weight_eq(3)),
                            topic_exists_op(&none, .where = topic_weight_eq(9))));
    check_uint(1, suite_round_trips(&cost));
    check_uint(2, all->len);
    check_text("c", all->items[0].label);
    check_text("c", first->label);
    check_int(2, count);
    check_int(1, heavy);
    check_int(0, none);
}

TOASTY_TEST(batches, writes_by_condition_and_of_many_rows_share_one_round_trip)
{
    toasty_auto(toasty_db) db = open_topics();
    toasty_auto(TopicList) made = NULL;
    int64_t updated = -1, deleted = -1, left = -1;
    suite_cost cost = suite_start_cost(db);
    check_done(toasty_batch(
        db, topic_update_all_op(&updated, .where = topic_weight_ge(2), .set = {topic_weight_add(10)}),
        topic_delete_all_op(&deleted, .where = topic_weight_eq(1)),
        topic_create_many_op(&made, {.label = "d"}, {.label = "e"}), topic_count_op(&left)));
    check_uint(1, suite_round_trips(&cost));
    check_int(2, updated);
    check_int(1, deleted);
    check_uint(2, made->len);
    check_text("e", made->items[1].label);
    check_int(4, left);
}

TOASTY_TEST(batches, writes_by_condition_are_undone_when_a_later_operation_fails)
{
    toasty_auto(toasty_db) db = open_topics();
    toasty_auto(Topic) twin = NULL;
    int64_t updated = -1, deleted = -1;
    check_int(
        -1, toasty_batch(db, topic_update_all_op(&updated, .everything = true, .set = {topic_weight_set(0)}),
                         topic_delete_all_op(&deleted, .where = topic_label_eq("b")),
                         topic_create_op(&twin, .label = "a")));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_int(-1, updated);
    check_int(-1, deleted);
    check_null(twin);
    check_int(3, topic_count(db, .where = topic_weight_gt(0)));
}
