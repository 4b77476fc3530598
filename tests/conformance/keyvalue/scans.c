/* A store that only knows keys: what reads a whole table says so, and pages hold more than the store's own.
 */
#include "suite.h"
#include <stdio.h>
#include <string.h>

static void add_topics(toasty_db *db, int count)
{
    for (int i = 0; i < count; i++) {
        char label[24];
        snprintf(label, sizeof label, "topic %02d", i);
        toasty_auto(Topic) topic = topic_create(db, .label = label, .weight = i);
        check_some(topic);
    }
    suite_clear_log();
}

TOASTY_TEST(scans, a_scan_reads_every_row_over_the_pages_of_the_store)
{
    toasty_auto(toasty_db) db = suite_open();
    add_topics(db, 10);
    toasty_auto(TopicList) topics = topic_scan(db);
    check_some(topics);
    check_uint(10, topics->len);
    check_contains(suite_log(), "scan topics");
}

TOASTY_TEST(scans, a_scan_of_an_empty_table_is_an_empty_list)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(TopicList) topics = topic_scan(db);
    check_some(topics);
    check_uint(0, topics->len);
}

TOASTY_TEST(scans, a_scan_includes_relations)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 5);
    toasty_auto(Person) bob = suite_person(db, "Bob", 1);
    toasty_auto(PersonList) people = person_scan(db, .include = {person_with_tasks()});
    check_some(people);
    check_uint(2, people->len);
    check_uint(6, people->items[0].tasks.len + people->items[1].tasks.len);
}

TOASTY_TEST(scans, pages_cover_every_row_once_forward_and_back, REQUIRES(scan_back))
{
    toasty_auto(toasty_db) db = suite_open();
    add_topics(db, 10);
    int seen[10] = {0};
    TopicPage *page = topic_scan_page(db, .per_page = 4);
    check_some(page);
    check_that(!page->has_prev);
    for (;;) {
        toasty_each(topic, page)
            seen[topic->weight]++;
        TopicPage *next = topic_page_next(db, page);
        if (!next)
            break;
        toasty_free(page);
        page = next;
    }
    check_that(!toasty_failed());
    for (int i = 0; i < 10; i++)
        check_int(1, seen[i]);
    check_uint(2, page->len);
    check_that(!page->has_next && page->has_prev);
    toasty_auto(TopicPage) back = topic_page_previous(db, page);
    check_some(back);
    check_uint(4, back->len);
    check_that(back->has_next && back->has_prev);
    toasty_free(page);
}

TOASTY_TEST(scans, pages_that_only_go_on_say_that_none_is_before_them)
{
    toasty_auto(toasty_db) db = toasty_open("keyvalue:?scan_back=off", &models_schema);
    check_some(db);
    suite_watch(db);
    add_topics(db, 5);
    toasty_auto(TopicPage) first = topic_scan_page(db, .per_page = 3);
    check_that(first && first->has_next);
    toasty_auto(TopicPage) second = topic_page_next(db, first);
    check_that(second && second->len == 2 && !second->has_prev);
    suite_clear_log();
    check_null(topic_page_previous(db, second));
    check_uint(0, suite_log_count());
}

TOASTY_TEST(scans, a_scan_stops_at_its_limit)
{
    toasty_auto(toasty_db) db = suite_open();
    add_topics(db, 10);
    toasty_auto(TopicList) topics = topic_scan(db, .limit = 4);
    check_some(topics);
    check_uint(4, topics->len);
}
