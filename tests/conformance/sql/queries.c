/* Reads of many: all, first, get, exists, count; query objects. */
#include "suite.h"
#include <stdio.h>
#include <string.h>

static toasty_db *open_topics(void)
{
    toasty_db *db = suite_open();
    toasty_auto(TopicList) topics =
        topic_create_many(db, {.label = "a", .weight = 3}, {.label = "b", .weight = 1},
                          {.label = "c", .weight = 2}, {.label = "d", .weight = 1});
    check_some(topics);
    suite_clear_log();
    return db;
}

TOASTY_TEST(queries, all_gives_every_row_in_one_statement)
{
    toasty_auto(toasty_db) db = open_topics();
    toasty_auto(TopicList) all = topic_all(db);
    check_some(all);
    check_uint(4, all->len);
    check_text("SELECT topics", suite_log());
    toasty_auto(TopicList) none = topic_all(db, .where = topic_weight_gt(9));
    check_some(none);
    check_uint(0, none->len);
    check_that(!toasty_failed());
}

TOASTY_TEST(queries, first_gives_the_first_in_order_or_not_found)
{
    toasty_auto(toasty_db) db = open_topics();
    toasty_auto(Topic) heaviest = topic_first(db, .order_by = {topic_weight_desc()});
    check_some(heaviest);
    check_text("a", heaviest->label);
    check_contains(suite_statement(0), "LIMIT");
    check_null(topic_first(db, .where = topic_weight_gt(9)));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(queries, get_wants_exactly_one)
{
    toasty_auto(toasty_db) db = open_topics();
    toasty_auto(Topic) only = topic_get(db, .where = topic_weight_eq(2));
    check_some(only);
    check_text("c", only->label);
    check_null(topic_get(db, .where = topic_weight_eq(1)));
    check_last_error(TOASTY_TOO_MANY_ROWS);
    check_null(topic_get(db, .where = topic_weight_eq(9)));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(queries, count_and_exists_read_no_rows)
{
    toasty_auto(toasty_db) db = open_topics();
    check_int(4, topic_count(db));
    check_int(2, topic_count(db, .where = topic_weight_eq(1)));
    check_int(1, topic_exists(db, .where = topic_weight_eq(1)));
    check_int(0, topic_exists(db, .where = topic_weight_eq(9)));
    check_contains(suite_statement(0), "count(*)");
    check_that(!strstr(suite_statement(0), "label"));
}

TOASTY_TEST(queries, a_count_in_a_relation_counts_its_rows)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 3);
    toasty_auto(Person) bob = suite_person(db, "Bob", 5);
    check_int(3, person_tasks_count(db, ann));
    check_int(2, person_tasks_count(db, ann, .where = task_position_ge(1)));
}

TOASTY_TEST(queries, a_relation_is_read_with_condition_order_and_limit)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 5);
    toasty_auto(Person) bob = suite_person(db, "Bob", 5);
    toasty_auto(TaskList) tasks =
        person_tasks(db, bob, .where = task_position_lt(4), .order_by = {task_position_desc()}, .limit = 2);
    check_some(tasks);
    check_uint(2, tasks->len);
    check_int(3, tasks->items[0].position);
    check_that(suite_same_uuid(bob->id, tasks->items[0].person_id));
}

/* --- query objects --- */

TOASTY_TEST(queries, a_query_object_is_built_step_by_step_and_run_many_times)
{
    toasty_auto(toasty_db) db = open_topics();
    toasty_auto(TopicQuery) query = topic_query_new();
    check_some(query);
    {
        char label[] = "b"; /* copied, so it may end here */
        check_done(topic_query_where(query, topic_label_ge(label)));
        label[0] = 'z';
    }
    check_done(topic_query_where(query, topic_weight_eq(1)));
    check_done(topic_query_order_by(query, topic_label_desc()));
    for (int i = 0; i < 3; i++) {
        toasty_auto(TopicList) topics = topic_all(db, .query = query);
        check_some(topics);
        check_uint(2, topics->len);
        check_text("d", topics->items[0].label);
    }
    check_int(2, topic_count(db, .query = query));
    toasty_auto(Topic) first = topic_first(db, .query = query);
    check_some(first);
    check_text("d", first->label);
}

TOASTY_TEST(queries, the_options_of_a_call_come_on_top_of_a_query_object)
{
    toasty_auto(toasty_db) db = open_topics();
    toasty_auto(TopicQuery) query = topic_query_new();
    check_done(topic_query_where(query, topic_weight_eq(1)));
    toasty_auto(TopicList) topics = topic_all(db, .query = query, .where = topic_label_gt("b"), .limit = 5);
    check_some(topics);
    check_uint(1, topics->len);
    check_text("d", topics->items[0].label);
}

TOASTY_TEST(queries, a_clone_goes_its_own_way)
{
    toasty_auto(toasty_db) db = open_topics();
    toasty_auto(TopicQuery) query = topic_query_new();
    check_done(topic_query_where(query, topic_weight_eq(1)));
    toasty_auto(TopicQuery) clone = topic_query_clone(query);
    check_some(clone);
    check_done(topic_query_or_where(clone, topic_label_eq("a")));
    check_int(2, topic_count(db, .query = query));
    check_int(3, topic_count(db, .query = clone));
    toasty_free(query);
    query = NULL;
    check_int(3, topic_count(db, .query = clone));
}

TOASTY_TEST(queries, the_condition_and_the_order_of_a_query_object_are_replaced)
{
    toasty_auto(toasty_db) db = open_topics();
    toasty_auto(TopicQuery) query = topic_query_new();
    check_done(topic_query_where(query, topic_weight_eq(1)));
    check_done(topic_query_order_by(query, topic_label_asc()));
    topic_query_clear_where(query);
    topic_query_clear_order(query);
    check_done(topic_query_where(query, topic_weight_gt(1)));
    check_done(topic_query_order_by(query, topic_weight_desc()));
    check_done(topic_query_limit(query, 1));
    check_done(topic_query_offset(query, 1));
    toasty_auto(TopicList) topics = topic_all(db, .query = query);
    check_some(topics);
    check_uint(1, topics->len);
    check_text("c", topics->items[0].label);
}

TOASTY_TEST(queries, a_query_object_includes_relations_with_options_of_their_own)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 4);
    toasty_auto(PersonQuery) query = person_query_new();
    {
        int32_t least = 2;
        check_done(person_query_include(query, person_with_tasks(.where = task_position_ge(least),
                                                                 .order_by = {task_position_desc()},
                                                                 .include = {task_with_reviewer()})));
    }
    for (int i = 0; i < 2; i++) {
        toasty_auto(PersonList) people = person_all(db, .query = query);
        check_some(people);
        check_uint(2, people->items[0].tasks.len);
        check_int(3, people->items[0].tasks.items[0].position);
        check_that(people->items[0].tasks.items[0].reviewer_loaded);
    }
}

TOASTY_TEST(queries, a_query_object_says_which_rows_to_update_and_delete)
{
    toasty_auto(toasty_db) db = open_topics();
    toasty_auto(TopicQuery) query = topic_query_new();
    check_done(topic_query_where(query, topic_weight_eq(1)));
    check_int(2, topic_update_all(db, .query = query, .set = {topic_weight_set(7)}));
    check_int(0, topic_delete_all(db, .query = query));
    check_int(2, topic_delete_all(db, .where = topic_weight_eq(7)));
}
