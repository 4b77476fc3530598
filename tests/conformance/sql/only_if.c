/* Changes and deletes of a row that must be so: conditions are checked in the statement that changes. */
#include "accounts.toasty.h"
#include "suite.h"
#include <stdio.h>
#include <uv.h>

static Person *person(toasty_db *db, int64_t visits)
{
    Person *made = person_create(db, .name = "Ann", .email = "ann@example.com", .visits = visits);
    check_some(made);
    suite_clear_log();
    return made;
}

static void check_visits(toasty_db *db, int64_t visits)
{
    toasty_auto(Person) read = person_get_by_email(db, "ann@example.com");
    check_some(read);
    check_int(visits, read->visits);
}

TOASTY_TEST(only_if, a_condition_that_holds_costs_nothing)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = person(db, 5);
    suite_cost cost = suite_start_cost(db);
    check_done(person_update(db, ann, person_name_set("Anna"), person_only_if(person_visits_ge(5))));
    check_text("Anna", ann->name);
    check_done(person_delete(db, ann, person_only_if(person_visits_ge(5))));
    check_text("UPDATE people, DELETE people", suite_log());
    check_uint(2, suite_round_trips(&cost));
    check_int(0, person_count(db));
}

TOASTY_TEST(only_if, a_condition_that_does_not_hold_fails_and_changes_nothing)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = person(db, 5);
    check_int(-1, person_update(db, ann, person_visits_set(0), person_only_if(person_visits_ge(6))));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_text("UPDATE people, SELECT people", suite_log());
    check_int(5, ann->visits);
    check_int(-1, person_delete(db, ann, person_only_if(person_visits_ge(6))));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_visits(db, 5);
    check_done(person_delete(db, ann));
    check_int(-1, person_update(db, ann, person_visits_set(0), person_only_if(person_visits_ge(5))));
    check_last_error(TOASTY_NOT_FOUND);
    check_int(-1, person_delete(db, ann, person_only_if(person_visits_ge(5))));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(only_if, what_the_database_makes_comes_back)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = person(db, 5);
    for (int left = 5; left > 1; left -= 2) {
        check_done(person_update(db, ann, person_visits_subtract(2), person_only_if(person_visits_ge(2))));
        check_int(left - 2, ann->visits);
        check_visits(db, left - 2);
    }
    check_int(-1, person_update(db, ann, person_visits_subtract(2), person_only_if(person_visits_ge(2))));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_int(1, ann->visits);
    check_visits(db, 1);
}

TOASTY_TEST(only_if, null_meets_no_condition)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = person(db, 5);
    check_int(-1, person_update(db, ann, person_visits_set(6), person_only_if(person_age_ne(30))));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_done(person_update(db, ann, person_age_set(30), person_only_if(person_age_is_null())));
    check_int(30, ann->age.value);
}

TOASTY_TEST(only_if, several_must_all_hold_and_absent_ones_are_skipped)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = person(db, 5);
    check_int(-1, person_update(db, ann, person_only_if(person_visits_ge(5)), person_visits_set(6),
                                person_only_if(person_name_eq("Bob"))));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_done(person_update(db, ann, person_only_if(person_visits_ge(5)), person_visits_set(6),
                             person_only_if(person_or(person_name_eq("Bob"), person_name_eq("Ann"))),
                             person_only_if(toasty_when(false, person_name_eq("Bob"))),
                             toasty_when(false, person_only_if(person_name_eq("Bob")))));
    check_visits(db, 6);
    check_int(-1, person_delete(db, ann, person_only_if(person_visits_ge(5)),
                                person_only_if(person_name_eq("Bob"))));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_done(person_delete(db, ann, person_only_if(toasty_when(false, person_name_eq("Bob")))));
}

TOASTY_TEST(only_if, a_condition_may_be_on_related_rows)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    check_int(-1, person_delete(db, ann, person_only_if(person_tasks_none())));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_done(person_update(db, ann, person_visits_add(1),
                             person_only_if(person_tasks_any(task_title_eq("task 1")))));
    check_int(1, ann->visits);
    check_int(2, task_delete_all(db, .where = task_person_id_eq(ann->id)));
    check_done(person_delete(db, ann, person_only_if(person_tasks_none())));
}

TOASTY_TEST(only_if, a_row_is_named_by_a_key_too)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = person(db, 5);
    check_done(person_update_by_id(db, ann->id, person_visits_add(1), person_only_if(person_visits_eq(5))));
    check_text("UPDATE people", suite_log());
    check_int(-1,
              person_update_by_id(db, ann->id, person_visits_add(1), person_only_if(person_visits_eq(5))));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_int(-1, person_update_by_email(db, "x@example.com", person_visits_add(1),
                                         person_only_if(person_visits_eq(6))));
    check_last_error(TOASTY_NOT_FOUND);
    toasty_auto(Person) back = person_update_by_email_returning(db, "ann@example.com", person_visits_add(1),
                                                                person_only_if(person_visits_eq(6)));
    check_some(back);
    check_int(7, back->visits);
    check_null(person_update_by_id_returning(db, ann->id, person_visits_add(1),
                                             person_only_if(person_visits_eq(6))));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_visits(db, 7);
}

TOASTY_TEST(only_if, of_several_rows_those_are_changed_for_which_it_holds)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 3);
    check_int(2,
              task_update_by_person_id(db, ann->id, task_done_set(true), task_only_if(task_position_ge(1))));
    check_int(1, task_update_all(db, .where = task_done_eq(true),
                                 .set = {task_done_set(false), task_only_if(task_position_ge(2))}));
    check_int(0, task_update_all(db, .set = {task_done_set(false), task_only_if(task_position_ge(9))}));
    check_int(-1, task_update_all(db, .set = {task_done_set(false)}));
    check_last_error(TOASTY_INVALID_STATEMENT);
}

TOASTY_TEST(only_if, a_version_is_checked_beside_it)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) cash = account_create(db, .label = "cash", .balance = 10);
    check_some(cash);
    check_done(account_update(db, cash, account_balance_subtract(4), account_only_if(account_balance_ge(4))));
    check_int(6, cash->balance);
    check_uint(2, cash->version);
    cash->version = 1;
    check_int(-1,
              account_update(db, cash, account_balance_subtract(4), account_only_if(account_balance_ge(4))));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_int(-1, account_delete(db, cash, account_only_if(account_balance_ge(4))));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_done(account_update_by_label(db, "cash", account_balance_subtract(4),
                                       account_only_if(account_balance_ge(4))));
    toasty_auto(Account) read = account_get_by_label(db, "cash");
    check_some(read);
    check_int(2, read->balance);
    check_uint(3, read->version);
}

TOASTY_TEST(only_if, in_a_batch_it_is_all_or_nothing)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) a = account_create(db, .label = "a", .balance = 10);
    toasty_auto(Account) b = account_create(db, .label = "b", .balance = 0);
    check_some(b);
    int64_t moved = 0;
    check_done(toasty_batch(db,
                            account_update_by_label_op(&moved, "a", account_balance_subtract(7),
                                                       account_only_if(account_balance_ge(7))),
                            account_update_by_label_op(NULL, "b", account_balance_add(7))));
    check_int(1, moved);
    check_int(-1, toasty_batch(db, account_update_by_label_op(NULL, "b", account_balance_add(7)),
                               account_update_by_label_op(NULL, "a", account_balance_subtract(7),
                                                          account_only_if(account_balance_ge(7)))));
    check_last_error(TOASTY_CONDITION_FAILED);
    toasty_auto(AccountList) all = account_all(db, .order_by = {account_label_asc()});
    check_some(all);
    check_int(3, all->items[0].balance);
    check_int(7, all->items[1].balance);
}

TOASTY_TEST(only_if, lists_and_operations_keep_what_they_are_given)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = person(db, 5);
    char name[] = "Ann";
    toasty_auto(PersonChanges) changes = person_changes_new();
    check_some(changes);
    toasty_auto(toasty_ops) ops = toasty_ops_new();
    check_some(ops);
    check_done(person_changes_add(changes, person_only_if(person_name_eq(name))));
    check_done(person_changes_add(changes, person_visits_set(6)));
    check_done(toasty_ops_add(
        ops, person_update_op(NULL, ann, person_visits_set(7), person_only_if(person_name_eq(name)))));
    check_done(toasty_ops_add(ops, person_delete_op(NULL, ann, person_only_if(person_name_eq(name)))));
    name[0] = 'x';
    check_done(person_update(db, ann, person_changes(changes)));
    check_visits(db, 6);
    check_done(toasty_batch_ops(db, ops));
    check_int(0, person_count(db));
}

TOASTY_TEST(only_if, is_refused_where_it_makes_no_sense_before_anything_is_sent)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = person(db, 5);
    check_null(person_upsert_by_email(db, "ann@example.com", person_name_set("x"),
                                      person_only_if(person_visits_ge(5))));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_null(person_upsert_by_email(db, "ann@example.com", person_name_set("x"),
                                      person_on_update(person_only_if(person_visits_ge(5)))));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_int(-1, person_delete(db, ann, person_visits_set(5)));
    check_last_error(TOASTY_INVALID_STATEMENT);
    person_expr many = person_visits_ge(0);
    for (int i = 0; i < 4; i++)
        many = person_and(many, many, many);
    check_int(-1, person_update(db, ann, person_visits_set(6), person_only_if(many)));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_int(0, person_update(db, ann, person_only_if(person_visits_ge(9))));
    check_uint(0, suite_log_count());
}

/* --- many at once --- */

typedef struct buyer {
    toasty_db *db;
    int bought, failed;
} buyer;

static void buy(void *arg)
{
    buyer *b = arg;
    for (int i = 0; i < 4; i++) {
        if (person_update_by_email(b->db, "ann@example.com", person_visits_subtract(1),
                                   person_only_if(person_visits_ge(1))) == 1)
            b->bought++;
        else
            b->failed += toasty_last_error()->code != TOASTY_CONDITION_FAILED;
    }
}

TOASTY_TEST(only_if, of_many_at_once_no_more_succeed_than_can, THREADS)
{
    enum { BUYERS = 16, STOCK = 40 };
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 8});
    toasty_auto(Person) ann = person(db, STOCK);
    buyer buyers[BUYERS] = {0};
    int bought = 0;
    uv_loop_t loop;
    uv_loop_init(&loop);
    for (int i = 0; i < BUYERS; i++) {
        buyers[i].db = db;
        check_some(toasty_spawn(&loop, buy, &buyers[i]));
    }
    check_int(0, uv_run(&loop, UV_RUN_DEFAULT));
    for (int i = 0; i < BUYERS; i++) {
        check_int(0, buyers[i].failed);
        bought += buyers[i].bought;
    }
    check_int(STOCK, bought);
    check_visits(db, 0);
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&loop));
}
