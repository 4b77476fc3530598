/* Cursors where rows are found by keys: of partitions, of indexes, of whole tables. */
#include "suite.h"
#include <stdio.h>
#include <string.h>

static const char secret[] = "sixteen bytes or more";

static toasty_db *open_with_key(void)
{
    return suite_open_with(&(toasty_open_options){.cursor_key = secret});
}

static void add_entries(toasty_db *db, const char *journal, int count)
{
    for (int i = 1; i <= count; i++) {
        toasty_auto(Entry) entry = entry_create(db, .journal = journal, .number = i, .text = "x");
        check_some(entry);
    }
}

TOASTY_TEST(cursors, a_cursor_of_a_partition_goes_on_and_back)
{
    toasty_auto(toasty_db) db = open_with_key();
    add_entries(db, "ship", 10);
    toasty_auto(EntryPage) first = entry_page_by_journal(db, "ship", .per_page = 4);
    check_some(first);
    check_null(entry_page_previous_cursor(first));
    toasty_auto(EntryPage) second =
        entry_page_by_journal(db, "ship", .per_page = 4, .cursor = entry_page_next_cursor(first));
    check_some(second);
    check_uint(4, second->len);
    check_int(5, second->items[0].number);
    toasty_auto(EntryPage) back =
        entry_page_by_journal(db, "ship", .per_page = 4, .cursor = entry_page_previous_cursor(second));
    check_some(back);
    check_uint(4, back->len);
    check_int(1, back->items[0].number);
}

TOASTY_TEST(cursors, a_cursor_of_another_partition_is_refused)
{
    toasty_auto(toasty_db) db = open_with_key();
    add_entries(db, "ship", 5);
    toasty_auto(EntryPage) page = entry_page_by_journal(db, "ship", .per_page = 2);
    check_some(page);
    suite_clear_log();
    check_null(entry_page_by_journal(db, "shop", .per_page = 2, .cursor = entry_page_next_cursor(page)));
    check_last_error(TOASTY_INVALID_CURSOR);
    check_null(entry_scan_page(db, .per_page = 2, .cursor = entry_page_next_cursor(page)));
    check_last_error(TOASTY_INVALID_CURSOR);
    check_uint(0, suite_log_count());
}

TOASTY_TEST(cursors, a_cursor_of_an_index_goes_on_where_equal_rows_ended)
{
    toasty_auto(toasty_db) db = open_with_key();
    toasty_auto(Person) ann = suite_person(db, "Ann", 7);
    int seen[7] = {0};
    char cursor[512] = "";
    for (int pages = 0; pages < 4; pages++) {
        toasty_auto(TaskPage) page =
            task_page_by_person_id(db, ann->id, .per_page = 2, .cursor = *cursor ? cursor : NULL);
        check_some(page);
        toasty_each(task, page)
            seen[task->position]++;
        check_that(page->has_next == (pages < 3));
        if (page->has_next)
            snprintf(cursor, sizeof cursor, "%s", task_page_next_cursor(page));
    }
    for (int i = 0; i < 7; i++)
        check_int(1, seen[i]);
}

TOASTY_TEST(cursors, a_cursor_of_a_scan_reaches_every_row)
{
    toasty_auto(toasty_db) db = open_with_key();
    for (int i = 0; i < 9; i++) {
        char label[24];
        snprintf(label, sizeof label, "topic %02d", i);
        toasty_auto(Topic) topic = topic_create(db, .label = label, .weight = i);
        check_some(topic);
    }
    int seen[9] = {0};
    char cursor[512] = "";
    for (bool more = true; more;) {
        toasty_auto(TopicPage) page = topic_scan_page(db, .per_page = 4, .cursor = *cursor ? cursor : NULL);
        check_some(page);
        toasty_each(topic, page)
            seen[topic->weight]++;
        more = page->has_next;
        if (more)
            snprintf(cursor, sizeof cursor, "%s", topic_page_next_cursor(page));
    }
    for (int i = 0; i < 9; i++)
        check_int(1, seen[i]);
}

TOASTY_TEST(cursors, a_cursor_that_nobody_wrote_is_refused_before_anything_is_sent)
{
    toasty_auto(toasty_db) db = open_with_key();
    check_null(topic_scan_page(db, .per_page = 4, .cursor = "AAAA"));
    check_last_error(TOASTY_INVALID_CURSOR);
    check_uint(0, suite_log_count());
}
