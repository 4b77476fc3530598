/* Loops over all rows, some at a time. */
#include "suite.h"
#include <malloc.h>
#include <stdio.h>
#include <string.h>

static toasty_db *open_blanks(int count)
{
    toasty_db *db = suite_open();
    for (int done = 0; done < count;) {
        static BlankNew rows[500];
        int some = count - done < 500 ? count - done : 500;
        memset(rows, 0, sizeof rows);
        for (int i = 0; i < some; i++) {
            rows[i].text = "some text that is not short";
            rows[i].i32.set = true;
            rows[i].i32.value = done + i;
        }
        toasty_auto(BlankList) made = blank_create_array(db, rows, (size_t)some);
        check_some(made);
        done += some;
    }
    suite_clear_log();
    return db;
}

TOASTY_TEST(each_batch, every_row_comes_once_in_batches_of_that_size)
{
    toasty_auto(toasty_db) db = open_blanks(23);
    int expected = 0;
    size_t turns = 0;
    blank_each_batch(db, blanks, 5, .order_by = {blank_i32_asc()}) {
        check_uint(turns < 4 ? 5 : 3, blanks->len);
        toasty_each(blank, blanks)
            check_int(expected++, blank->i32.value);
        turns++;
    }
    check_that(!toasty_failed());
    check_int(23, expected);
    check_uint(5, turns);
    check_text("SELECT blanks, SELECT blanks, SELECT blanks, SELECT blanks, SELECT blanks", suite_log());
}

TOASTY_TEST(each_batch, no_rows_are_no_turn_and_no_error)
{
    toasty_auto(toasty_db) db = open_blanks(0);
    blank_each_batch(db, blanks, 5)
        check_that(!blanks);
    check_that(!toasty_failed());
    check_text("SELECT blanks", suite_log());
}

TOASTY_TEST(each_batch, a_condition_and_includes_hold_in_every_batch)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 9);
    check_some(ann);
    size_t rows = 0;
    task_each_batch(db, tasks, 2, .where = task_position_ge(4), .include = {task_with_person()}) {
        toasty_each(task, tasks) {
            check_that(task->position >= 4 && task->person_loaded);
            check_text("Ann", task->person->name);
            rows++;
        }
    }
    check_that(!toasty_failed());
    check_uint(5, rows);
}

static int first_above(toasty_db *db, int least)
{
    blank_each_batch(db, blanks, 4, .order_by = {blank_i32_asc()}) {
        toasty_each(blank, blanks)
            if (blank->i32.value > least)
                return blank->i32.value;
    }
    return -1;
}

TOASTY_TEST(each_batch, a_loop_may_be_left_by_break_continue_return_and_goto)
{
    toasty_auto(toasty_db) db = open_blanks(12);
    size_t turns = 0;
    blank_each_batch(db, blanks, 4) {
        if (++turns == 1)
            continue;
        break;
    }
    check_uint(2, turns);
    check_int(6, first_above(db, 5));
    check_int(-1, first_above(db, 11));
    blank_each_batch(db, outer, 4) {
        blank_each_batch(db, inner, 4) {
            check_that(outer != inner);
            goto out;
        }
    }
out:
    suite_clear_log();
    check_int(12, blank_count(db)); /* nothing is under way, and no connection is held */
    check_uint(0, toasty_pool(db).open - toasty_pool(db).idle);
}

TOASTY_TEST(each_batch, two_loops_side_by_side_and_other_statements_in_a_transaction)
{
    toasty_auto(toasty_db) db = open_blanks(8);
    toasty_auto(toasty_db) tx = toasty_begin(db);
    check_some(tx);
    size_t pairs = 0;
    blank_each_batch(tx, left, 3, .order_by = {blank_i32_asc()}) {
        toasty_each(blank, left)
            check_done(blank_update(tx, blank, blank_text_set("seen")));
        blank_each_batch(tx, right, 5, .order_by = {blank_i32_desc()})
            pairs += left->len * right->len;
    }
    check_that(!toasty_failed());
    check_uint(64, pairs);
    check_done(toasty_commit(tx));
    check_int(8, blank_count(db, .where = blank_text_eq("seen")));
}

TOASTY_TEST(each_batch, rows_may_be_deleted_in_the_loop)
{
    toasty_auto(toasty_db) db = open_blanks(10);
    size_t turns = 0;
    blank_each_batch(db, blanks, 4, .order_by = {blank_i32_asc()}) {
        check_done(blank_delete_all(db, .where = blank_i32_le(blanks->items[blanks->len - 1].i32.value)));
        turns++;
    }
    check_that(!toasty_failed());
    check_uint(3, turns);
    check_int(0, blank_count(db));
}

TOASTY_TEST(each_batch, rows_that_go_before_their_turn_are_no_turn)
{
    toasty_auto(toasty_db) db = open_blanks(10);
    size_t turns = 0;
    blank_each_batch(db, blanks, 5, .order_by = {blank_i32_asc()}) {
        check_done(blank_delete_all(db, .where = blank_i32_gt(4)));
        turns++;
    }
    check_that(!toasty_failed());
    check_uint(1, turns);
}

TOASTY_TEST(each_batch, an_error_ends_the_loop_and_is_told_after_it)
{
    toasty_auto(toasty_db) db = open_blanks(10);
    toasty_db *tx = toasty_begin(db);
    check_some(tx);
    size_t turns = 0;
    blank_each_batch(tx, blanks, 4) {
        turns++;
        check_done(toasty_rollback(tx));
    }
    check_uint(1, turns);
    check_last_error(TOASTY_CLOSED);
    toasty_free(tx);
    blank_each_batch(db, blanks, 0)
        turns++;
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_uint(1, turns);
}

TOASTY_TEST(each_batch, a_loop_goes_on_at_a_cursor)
{
    toasty_auto(toasty_db) db = open_blanks(9);
    char cursor[512] = "";
    int next = 0;
    blank_each_batch(db, blanks, 4, .order_by = {blank_i32_asc()}) {
        next += (int)blanks->len;
        snprintf(cursor, sizeof cursor, "%s", blank_page_next_cursor(blanks));
        break;
    }
    blank_each_batch(db, blanks, 2, .order_by = {blank_i32_asc()}, .cursor = cursor)
        toasty_each(blank, blanks)
            check_int(next++, blank->i32.value);
    check_that(!toasty_failed());
    check_int(9, next);
}

/* The most that is allocated in a turn over the rows with a number below `end`. */
static size_t most_in_use(toasty_db *db, int32_t end, size_t *rows)
{
    size_t most = 0;
    *rows = 0;
    blank_each_batch(db, blanks, 200, .where = blank_i32_lt(end)) {
        size_t now = mallinfo2().uordblks;
        most = now > most ? now : most;
        *rows += blanks->len;
    }
    check_that(!toasty_failed());
    return most;
}

TOASTY_TEST(each_batch, twenty_thousand_rows_take_no_more_memory_than_a_thousand, SLOW)
{
    toasty_auto(toasty_db) db = open_blanks(20000);
    size_t rows;
    most_in_use(db, 20000, &rows); /* plans, and what the database keeps */
    size_t few = most_in_use(db, 1000, &rows);
    check_uint(1000, rows);
    size_t many = most_in_use(db, 20000, &rows);
    check_uint(20000, rows);
    check_that(many <= few + 64 * 1024);
}
