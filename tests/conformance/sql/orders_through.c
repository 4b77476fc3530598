/* Orders through a belongs_to, and orders that say where NULLs go. */
#include "suite.h"
#include <string.h>

/* "task 0, task 1": the titles in the order that came. */
static const char *titles(const TaskList *list)
{
    static char text[256];
    check_some(list);
    text[0] = '\0';
    for (size_t i = 0; i < list->len; i++) {
        strcat(text, i ? " " : "");
        strcat(text, list->items[i].title);
    }
    return text;
}

/* Bob's task "b" reviewed by Ann, Ann's "a" by nobody, Ann's "c" by Bob, whose biography says "x". */
static toasty_db *open_tasks(void)
{
    toasty_db *db = suite_open();
    toasty_auto(Person) ann = person_create(db, .name = "Ann", .email = "ann@x");
    toasty_auto(Person) bob = person_create(db, .name = "Bob", .email = "bob@x", .bio = "x");
    toasty_auto(TaskList) tasks =
        task_create_many(db, {.person = bob, .reviewer = ann, .title = "b"}, {.person = ann, .title = "a"},
                         {.person = ann, .reviewer = bob, .title = "c"});
    check_some(tasks);
    suite_clear_log();
    return db;
}

TOASTY_TEST(orders, rows_are_ordered_through_a_required_belongs_to_by_one_join, REQUIRES(order))
{
    toasty_auto(toasty_db) db = open_tasks();
    toasty_auto(TaskList) up = task_all(db, .order_by = {task_person_name_asc(), task_title_desc()});
    check_text("c a b", titles(up));
    check_uint(1, suite_log_count());
    check_contains(suite_statement(0), " JOIN ");
    check_null(strstr(suite_statement(0), "LEFT JOIN"));
    toasty_auto(TaskList) down = task_all(db, .order_by = {task_person_name_desc(), task_title_asc()});
    check_text("b a c", titles(down));
}

TOASTY_TEST(orders, what_refers_to_nothing_orders_as_null, REQUIRES(order))
{
    toasty_auto(toasty_db) db = open_tasks();
    toasty_auto(TaskList) up = task_all(db, .order_by = {task_reviewer_name_asc()});
    check_text("a b c", titles(up));
    check_contains(suite_statement(0), "LEFT JOIN");
    toasty_auto(TaskList) down = task_all(db, .order_by = {task_reviewer_name_desc()});
    check_text("c b a", titles(down));
    toasty_auto(TaskList) last = task_all(db, .order_by = {task_reviewer_name_asc_nulls_last()});
    check_text("b c a", titles(last));
    toasty_auto(TaskList) first = task_all(db, .order_by = {task_reviewer_name_desc_nulls_first()});
    check_text("a c b", titles(first));
}

TOASTY_TEST(orders, two_relations_to_one_model_order_apart, REQUIRES(order, filter))
{
    toasty_auto(toasty_db) db = open_tasks();
    toasty_auto(TaskList) both = task_all(db, .where = task_title_in((const char *[]){"a", "b", "c"}, 3),
                                          .order_by = {task_person_bio_asc(), task_reviewer_bio_desc(),
                                                       task_person_created_at_asc(), task_title_asc()},
                                          .limit = 3);
    check_text("c a b", titles(both));
}

TOASTY_TEST(orders, a_model_orders_through_a_relation_to_itself, REQUIRES(order))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Folder) z = folder_create(db, .name = "z", .children = folder_new({.name = "a"}));
    toasty_auto(Folder) y = folder_create(db, .name = "y", .children = folder_new({.name = "b"}));
    check_some(z);
    check_some(y);
    toasty_auto(FolderList) all = folder_all(db, .order_by = {folder_parent_name_desc(), folder_name_asc()});
    check_some(all);
    check_text("a", all->items[0].name);
    check_text("b", all->items[1].name);
    check_text("y", all->items[2].name);
    check_text("z", all->items[3].name);
}

TOASTY_TEST(orders, an_include_with_a_limit_is_ordered_through_a_relation, REQUIRES(order))
{
    toasty_auto(toasty_db) db = open_tasks();
    toasty_auto(PersonList) people =
        person_all(db, .order_by = {person_name_asc()},
                   .include = {person_with_tasks(.order_by = {task_reviewer_name_desc()}, .limit = 1)});
    check_some(people);
    check_uint(1, people->items[0].tasks.len);
    check_text("c", people->items[0].tasks.items[0].title);
    check_text("b", people->items[1].tasks.items[0].title);
}

TOASTY_TEST(orders, a_query_object_orders_through_a_relation, REQUIRES(order))
{
    toasty_auto(toasty_db) db = open_tasks();
    toasty_auto(TaskQuery) query = task_query_new();
    check_done(task_query_order_by(query, task_reviewer_name_asc_nulls_last()));
    toasty_auto(Task) first = task_first(db, .query = query);
    check_some(first);
    check_text("b", first->title);
    check_done(task_query_order_by(query, task_title_asc()));
    toasty_auto(TaskList) all = task_all(db, .query = query);
    check_text("b c a", titles(all));
}

TOASTY_TEST(orders, a_page_is_not_ordered_through_a_relation, REQUIRES(order))
{
    toasty_auto(toasty_db) db = open_tasks();
    check_null(task_page(db, .order_by = {task_person_name_asc()}, .per_page = 2));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_contains(toasty_last_error()->message, "person");
    check_uint(0, suite_log_count());
}

/* Turns all pages forward, and back from the last, comparing with the whole list. */
static void check_pages(toasty_db *db, const BlankList *all, blank_order_by order)
{
    check_some(all);
    BlankPage *page = blank_page(db, .order_by = {order}, .per_page = 2);
    size_t at = 0;
    for (;;) {
        check_some(page);
        toasty_each(blank, page)
            check_that(suite_same_uuid(all->items[at++].id, blank->id));
        BlankPage *next = blank_page_next(db, page);
        if (!next)
            break;
        toasty_free(page);
        page = next;
    }
    check_uint(all->len, at);
    at -= page->len;
    while (page->has_prev) {
        BlankPage *back = blank_page_previous(db, page);
        check_some(back);
        at -= back->len;
        for (size_t i = 0; i < back->len; i++)
            check_that(suite_same_uuid(all->items[at + i].id, back->items[i].id));
        toasty_free(page);
        page = back;
    }
    check_uint(0, at);
    toasty_free(page);
}

TOASTY_TEST(orders, pages_go_where_nulls_are_last_and_first, REQUIRES(order))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(BlankList) blanks =
        blank_create_many(db, {.i32 = toasty_some(2)}, {.text = "x"}, {.text = "y"}, {.i32 = toasty_some(1)},
                          {.i32 = toasty_some(2)}, {.text = "z"}, {.i32 = toasty_some(3)});
    check_some(blanks);
    toasty_auto(BlankList) last = blank_all(db, .order_by = {blank_i32_asc_nulls_last()}, .limit = 100);
    check_some(last);
    check_that(last->items[0].i32.set && !last->items[6].i32.set);
    check_pages(db, last, blank_i32_asc_nulls_last());
    toasty_auto(BlankList) first = blank_all(db, .order_by = {blank_i32_desc_nulls_first()}, .limit = 100);
    check_some(first);
    check_that(!first->items[0].i32.set && first->items[6].i32.set);
    check_pages(db, first, blank_i32_desc_nulls_first());
}
