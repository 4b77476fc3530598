/* Pages and returned rows as operations. */
#include "suite.h"

TOASTY_TEST(operations, pages_are_turned_by_operations, REQUIRES(order))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 5);
    check_some(ann);
    TaskPage *page = NULL;
    check_done(toasty_batch(db, task_page_op(&page, .order_by = {task_position_asc()}, .per_page = 2)));
    int position = 0;
    while (page) {
        toasty_each(task, page)
            check_int(position++, task->position);
        TaskPage *next = page;
        check_done(toasty_batch(db, task_page_next_op(&next, page)));
        toasty_free(page);
        page = next; /* NULL after the last */
    }
    check_int(5, position);

    toasty_auto(TaskPage) last = task_page(db, .order_by = {task_position_asc()}, .per_page = 3);
    toasty_auto(TaskPage) second = NULL;
    toasty_auto(TaskPage) back = NULL;
    check_done(toasty_batch(db, task_page_next_op(&second, last)));
    check_done(toasty_batch(db, task_page_previous_op(&back, second)));
    check_int(0, back->items[0].position);
}

TOASTY_TEST(operations, what_is_no_page_is_refused_before_anything_is_sent)
{
    toasty_auto(toasty_db) db = suite_open();
    TaskPage *next = NULL;
    suite_clear_log();
    check_int(-1, toasty_batch(db, task_page_next_op(&next, NULL)));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_null(next);
    check_uint(0, suite_log_count());
}

TOASTY_TEST(operations, changed_and_deleted_rows_come_back_from_a_batch,
            REQUIRES(rows_back, update_where, filter))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 3);
    check_some(ann);
    toasty_auto(TaskList) changed = NULL;
    toasty_auto(TaskList) gone = NULL;
    check_done(toasty_batch(
        db,
        task_update_all_returning_op(&changed, .where = task_position_ge(1), .set = {task_done_set(true)}),
        task_delete_all_returning_op(&gone, .where = task_done_eq(true))));
    check_uint(2, changed->len);
    check_uint(2, gone->len);
    check_that(changed->items[0].done);
}
