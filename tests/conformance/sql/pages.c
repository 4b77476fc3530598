/* Keyset pages: forward and back over every row once, whatever the order, NULLs, and what happens meanwhile.
 */
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 23 };

/* 23 rows: text a0 … with three numbers of which every third is NULL. */
static toasty_db *open_blanks(void)
{
    static char texts[ROWS][8];
    BlankNew rows[ROWS] = {0};
    toasty_db *db = suite_open();
    for (int i = 0; i < ROWS; i++) {
        snprintf(texts[i], sizeof texts[i], "%c%02d", 'a' + i % 4, i);
        rows[i] = (BlankNew){.text = texts[i]};
        if (i % 3) {
            rows[i].i32.set = true;
            rows[i].i32.value = i % 5;
        }
    }
    toasty_auto(BlankList) made = blank_create_array(db, rows, ROWS);
    check_some(made);
    suite_clear_log();
    return db;
}

static void check_mixed_order(const Blank *before, const Blank *after)
{
    int left = before->i32.set ? before->i32.value : -1, right = after->i32.set ? after->i32.value : -1;
    check_that(left >= right);
    if (left == right)
        check_that(strcmp(before->text, after->text) < 0);
}

static BlankPage *first_page(toasty_db *db)
{
    return blank_page(db, .order_by = {blank_i32_desc(), blank_text_asc()}, .per_page = 5);
}

TOASTY_TEST(pages, every_row_comes_once_in_mixed_directions_with_nulls)
{
    toasty_auto(toasty_db) db = open_blanks();
    toasty_auto(Blank) last = NULL;
    size_t rows = 0, pages = 0;
    BlankPage *page = first_page(db);
    check_some(page);
    check_that(!page->has_prev);
    while (page) {
        toasty_each(blank, page) {
            if (last)
                check_mixed_order(last, blank);
            toasty_free(last);
            last = blank_copy(blank);
            rows++;
        }
        pages++;
        check_that(page->has_next == (pages < 5));
        BlankPage *next = blank_page_next(db, page);
        toasty_free(page);
        page = next;
    }
    check_that(!toasty_failed());
    check_uint(ROWS, rows);
    check_uint(5, pages);
    check_uint(5, suite_log_count());
}

TOASTY_TEST(pages, back_and_forth_meet)
{
    toasty_auto(toasty_db) db = open_blanks();
    toasty_auto(BlankPage) first = first_page(db);
    check_some(first);
    toasty_auto(BlankPage) second = blank_page_next(db, first);
    check_some(second);
    toasty_auto(BlankPage) third = blank_page_next(db, second);
    check_some(third);
    toasty_auto(BlankPage) back = blank_page_previous(db, third);
    check_some(back);
    check_uint(second->len, back->len);
    for (size_t i = 0; i < back->len; i++)
        check_text(second->items[i].text, back->items[i].text);
    check_that(back->has_next && back->has_prev);
    toasty_auto(BlankPage) start = blank_page_previous(db, back);
    check_some(start);
    check_text(first->items[0].text, start->items[0].text);
    check_that(!start->has_prev && start->has_next);
    check_null(blank_page_previous(db, start));
    check_that(!toasty_failed());
}

TOASTY_TEST(pages, rows_that_come_and_go_meanwhile_neither_repeat_nor_hide_others)
{
    toasty_auto(toasty_db) db = open_blanks();
    toasty_auto(BlankPage) page = blank_page(db, .order_by = {blank_text_asc()}, .per_page = 6);
    check_some(page);
    toasty_auto(Blank) cursor = blank_copy(&page->items[5]);
    check_done(blank_delete_by_id(db, cursor->id));
    toasty_auto(BlankList) added = blank_create_many(db, {.text = "a00 before"}, {.text = "zz after"});
    check_some(added);
    toasty_auto(BlankPage) next = blank_page_next(db, page);
    check_some(next);
    check_that(strcmp(next->items[0].text, cursor->text) > 0);
    size_t rest = next->len;
    bool after = false;
    BlankPage *more = blank_page_next(db, next);
    while (more) {
        rest += more->len;
        toasty_each(blank, more)
            after |= strcmp(blank->text, "zz after") == 0;
        BlankPage *following = blank_page_next(db, more);
        toasty_free(more);
        more = following;
    }
    check_uint(ROWS - 6 + 1, rest);
    check_that(after);
}

TOASTY_TEST(pages, ties_are_broken_by_the_key)
{
    toasty_auto(toasty_db) db = suite_open();
    BlankNew rows[10] = {0};
    for (int i = 0; i < 10; i++)
        rows[i].text = "same";
    toasty_auto(BlankList) made = blank_create_array(db, rows, 10);
    check_some(made);
    toasty_uuid seen[10];
    size_t count = 0;
    BlankPage *page = blank_page(db, .order_by = {blank_text_desc()}, .per_page = 3);
    while (page) {
        toasty_each(blank, page) {
            for (size_t i = 0; i < count; i++)
                check_that(!suite_same_uuid(seen[i], blank->id));
            check_that(count < 10);
            seen[count++] = blank->id;
        }
        BlankPage *next = blank_page_next(db, page);
        toasty_free(page);
        page = next;
    }
    check_uint(10, count);
}

/* Every page forward, then back from each to the one before: the same rows. */
static void check_back_and_forth(BlankPage *first, toasty_db *db)
{
    enum { MOST = 8 };
    BlankPage *pages[MOST] = {first};
    size_t count = 1, last_nulls = 0;
    while (count < MOST && (pages[count] = blank_page_next(db, pages[count - 1])))
        count++;
    check_that(!toasty_failed());
    for (size_t i = 1; i < count; i++) {
        toasty_auto(BlankPage) back = blank_page_previous(db, pages[i]);
        check_some(back);
        check_uint(pages[i - 1]->len, back->len);
        for (size_t j = 0; j < back->len; j++)
            check_text(pages[i - 1]->items[j].text, back->items[j].text);
        last_nulls += !pages[i]->items[0].i32.set;
    }
    check_that(last_nulls > 0); /* one of them began with NULL */
    for (size_t i = 0; i < count; i++)
        toasty_free(pages[i]);
}

TOASTY_TEST(pages, a_page_goes_back_from_a_row_with_null)
{
    toasty_auto(toasty_db) db = open_blanks();
    check_back_and_forth(first_page(db), db);
}

TOASTY_TEST(pages, ascending_pages_go_on_after_a_row_with_null)
{
    toasty_auto(toasty_db) db = open_blanks();
    toasty_auto(BlankPage) first =
        blank_page(db, .order_by = {blank_i32_asc(), blank_text_desc()}, .per_page = 3);
    check_some(first);
    check_that(!first->items[2].i32.set); /* eight rows have NULL, and they come first */
    toasty_auto(BlankPage) second = blank_page_next(db, first);
    check_some(second);
    check_that(!second->items[0].i32.set && strcmp(first->items[2].text, second->items[0].text) > 0);
    check_back_and_forth(blank_page(db, .order_by = {blank_i32_asc(), blank_text_desc()}, .per_page = 3), db);
}

TOASTY_TEST(pages, pages_without_an_order_go_by_the_key)
{
    toasty_auto(toasty_db) db = open_blanks();
    toasty_auto(BlankPage) page = blank_page(db, .per_page = 4);
    check_some(page);
    for (size_t i = 1; i < page->len; i++)
        check_that(memcmp(&page->items[i - 1].id, &page->items[i].id, 16) < 0);
    toasty_auto(BlankPage) next = blank_page_next(db, page);
    check_some(next);
    check_that(memcmp(&page->items[3].id, &next->items[0].id, 16) < 0);
}

TOASTY_TEST(pages, pages_keep_their_condition_and_their_includes)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 9);
    toasty_auto(Person) bob = suite_person(db, "Bob", 9);
    size_t rows = 0;
    TaskPage *page = task_page(db, .where = task_position_ge(4), .order_by = {task_position_asc()},
                               .include = {task_with_person()}, .per_page = 4);
    while (page) {
        toasty_each(task, page) {
            check_that(task->position >= 4);
            check_that(task->person_loaded && suite_same_uuid(task->person->id, task->person_id));
            rows++;
        }
        TaskPage *next = task_page_next(db, page);
        toasty_free(page);
        page = next;
    }
    check_that(!toasty_failed());
    check_uint(10, rows);
}

TOASTY_TEST(pages, a_page_of_nothing_has_no_neighbours)
{
    toasty_auto(toasty_db) db = open_blanks();
    toasty_auto(BlankPage) page = blank_page(db, .where = blank_text_eq("none"), .per_page = 4);
    check_some(page);
    check_uint(0, page->len);
    check_that(!page->has_next && !page->has_prev);
    check_null(blank_page_next(db, page));
    check_that(!toasty_failed());
}

TOASTY_TEST(pages, a_page_without_a_size_is_an_error)
{
    toasty_auto(toasty_db) db = open_blanks();
    check_null(blank_page(db, .order_by = {blank_text_asc()}));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_uint(0, suite_log_count());
}

TOASTY_TEST(pages, the_second_page_of_a_shape_is_not_planned_again)
{
    toasty_auto(toasty_db) db = open_blanks();
    for (int round = 0; round < 2; round++) {
        toasty_counters before = toasty_count(db);
        toasty_auto(BlankPage) page = blank_page(db, .order_by = {blank_text_asc()}, .per_page = 4);
        check_some(page);
        toasty_auto(BlankPage) next = blank_page_next(db, page);
        check_some(next);
        toasty_auto(BlankPage) third = blank_page_next(db, next);
        check_some(third);
        if (round) {
            check_uint(before.plans_made, toasty_count(db).plans_made);
            check_uint(before.statements_built, toasty_count(db).statements_built);
        }
    }
}
