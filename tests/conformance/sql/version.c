/* What versions cost, and what they do beside conditions and within transactions. */
#include "accounts.toasty.h"
#include "suite.h"

static Account *account(toasty_db *db, const char *label, int64_t balance)
{
    Account *made = account_create(db, .label = label, .balance = balance);
    check_some(made);
    suite_clear_log();
    return made;
}

TOASTY_TEST(versions, are_checked_in_the_one_statement)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) cash = account(db, "cash", 10);
    suite_cost cost = suite_start_cost(db);
    check_done(account_update(db, cash, account_balance_set(20)));
    check_done(account_delete(db, cash));
    check_text("UPDATE accounts, DELETE accounts", suite_log());
    check_uint(2, suite_round_trips(&cost));
    check_contains(suite_statement(0), "version");
    check_contains(suite_statement(1), "version");
}

TOASTY_TEST(versions, ask_once_more_only_when_nothing_was_changed)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) cash = account(db, "cash", 10);
    cash->version = 7;
    check_int(-1, account_update(db, cash, account_balance_set(20)));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_text("UPDATE accounts, SELECT accounts", suite_log());
    suite_clear_log();
    check_int(-1, account_delete(db, cash));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_text("DELETE accounts, SELECT accounts", suite_log());
}

TOASTY_TEST(versions, of_a_batch_are_checked_before_it_is_committed)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) a = account(db, "a", 1);
    toasty_auto(Account) b = account(db, "b", 2);
    suite_cost cost = suite_start_cost(db);
    check_done(toasty_batch(db, account_update_op(NULL, a, account_balance_set(10)),
                            account_update_op(NULL, b, account_balance_set(20))));
    check_text("BEGIN, UPDATE accounts, UPDATE accounts, COMMIT", suite_log());
    check_uint(2, suite_round_trips(&cost));
}

TOASTY_TEST(versions, are_counted_up_by_a_condition)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) a = account(db, "a", 1);
    toasty_auto(Account) b = account(db, "b", 2);
    check_int(1, account_update_all(db, .where = account_balance_ge(2), .set = {account_balance_add(1)}));
    check_int(2, account_update_all(db, .everything = true, .set = {account_remark_set("all")}));
    toasty_auto(AccountList) all = account_all(db, .order_by = {account_label_asc()});
    check_some(all);
    check_uint(2, all->items[0].version);
    check_uint(3, all->items[1].version);
    check_int(-1, account_update(db, a, account_balance_set(0)));
    check_last_error(TOASTY_CONDITION_FAILED);
    toasty_auto(AccountList) back =
        account_update_all_returning(db, .where = account_version_eq(3), .set = {account_balance_add(1)});
    check_some(back);
    check_uint(1, back->len);
    check_uint(4, back->items[0].version);
}

TOASTY_TEST(versions, that_are_stale_leave_a_transaction_as_it_is)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) a = account(db, "a", 1);
    toasty_auto(Account) b = account(db, "b", 2);
    b->version = 9;
    toasty_auto(toasty_db) tx = toasty_begin(db);
    check_some(tx);
    check_done(account_update(tx, a, account_balance_set(10)));
    check_int(-1, account_update(tx, b, account_balance_set(20)));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_done(toasty_commit(tx));
    toasty_auto(Account) read = account_get_by_label(db, "a");
    check_some(read);
    check_int(10, read->balance);
}

TOASTY_TEST(versions, that_are_stale_in_a_batch_fail_the_transaction_around_it)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) a = account(db, "a", 1);
    toasty_auto(Account) b = account(db, "b", 2);
    b->version = 9;
    {
        toasty_auto(toasty_db) tx = toasty_begin(db);
        check_some(tx);
        check_int(-1, toasty_batch(tx, account_update_op(NULL, a, account_balance_set(10)),
                                   account_update_op(NULL, b, account_balance_set(20))));
        check_last_error(TOASTY_CONDITION_FAILED);
        check_null(account_get_by_label(tx, "a"));
        check_that(toasty_failed());
        check_int(-1, toasty_commit(tx));
    }
    toasty_auto(Account) read = account_get_by_label(db, "a");
    check_some(read);
    check_int(1, read->balance);
    check_uint(1, read->version);
    check_uint(1, a->version);
}

TOASTY_TEST(versions, see_in_a_transaction_that_another_has_changed_or_deleted_the_row, LACKS(single_writer))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) a = account(db, "a", 1);
    toasty_auto(Account) b = account(db, "b", 2);
    toasty_auto(toasty_db) tx = toasty_begin(db);
    check_some(tx);
    check_int(2, account_count(tx));
    check_done(account_update_by_label(db, "a", account_balance_set(10)));
    check_int(1, account_delete_by_label(db, "b"));
    check_int(-1, account_update(tx, a, account_balance_set(20)));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_int(-1, account_update(tx, b, account_balance_set(20)));
    check_last_error(TOASTY_NOT_FOUND);
}
