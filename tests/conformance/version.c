/* Versions: a record that is not as its row is now neither changes nor deletes it. */
#include "accounts.toasty.h"
#include "suite.h"
#include <uv.h>

static Account *account(toasty_db *db, const char *label, int64_t balance)
{
    Account *made = account_create(db, .label = label, .balance = balance);
    check_some(made);
    return made;
}

static void check_row(toasty_db *db, const char *label, uint64_t version, int64_t balance)
{
    toasty_auto(Account) read = account_get_by_label(db, label);
    check_some(read);
    check_uint(version, read->version);
    check_int(balance, read->balance);
}

TOASTY_TEST(version, begins_with_one_and_counts_the_changes_of_a_record)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) cash = account(db, "cash", 10);
    check_uint(1, cash->version);
    for (uint64_t version = 2; version < 5; version++) {
        check_done(account_update(db, cash, account_balance_add(1), account_remark_set("seen")));
        check_uint(version, cash->version);
        check_row(db, "cash", version, 9 + (int64_t)version);
    }
    check_int(0, account_update(db, cash, toasty_when(false, account_balance_set(0))));
    check_uint(4, cash->version);
    check_done(account_delete(db, cash));
    check_null(account_get_by_label(db, "cash"));
}

TOASTY_TEST(version, an_update_of_a_stale_record_fails_and_leaves_row_and_record_alone)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) mine = account(db, "cash", 10);
    toasty_auto(Account) yours = account_get_by_label(db, "cash");
    check_some(yours);
    check_done(account_update(db, yours, account_balance_set(20)));
    check_int(-1, account_update(db, mine, account_balance_set(30)));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_uint(1, mine->version);
    check_int(10, mine->balance);
    check_row(db, "cash", 2, 20);
    check_done(account_update(db, yours, account_balance_add(1)));
    check_int(21, yours->balance);
    check_uint(3, yours->version);
    check_int(-1, account_update(db, mine, account_balance_add(1)));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_int(10, mine->balance);
}

TOASTY_TEST(version, a_stale_record_is_not_deleted)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) mine = account(db, "cash", 10);
    check_done(account_update_by_label(db, "cash", account_balance_set(20)));
    check_int(-1, account_delete(db, mine));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_row(db, "cash", 2, 20);
}

TOASTY_TEST(version, a_row_that_is_gone_is_not_found)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) cash = account(db, "cash", 10);
    check_done(account_delete_by_label(db, "cash"));
    check_int(-1, account_update(db, cash, account_balance_set(20)));
    check_last_error(TOASTY_NOT_FOUND);
    check_int(-1, account_update(db, cash, account_balance_add(20)));
    check_last_error(TOASTY_NOT_FOUND);
    check_int(-1, account_delete(db, cash));
    check_last_error(TOASTY_NOT_FOUND);
    check_uint(1, cash->version);
}

TOASTY_TEST(version, a_row_that_was_made_again_is_another_one_once_it_was_changed)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) old = account(db, "cash", 10);
    check_done(account_update(db, old, account_balance_set(11)));
    check_done(account_delete_by_label(db, "cash"));
    toasty_auto(Account) made = account(db, "cash", 5);
    check_int(-1, account_update(db, old, account_balance_set(20)));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_row(db, "cash", 1, 5);
}

TOASTY_TEST(version, a_record_that_is_not_read_has_none)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) cash = account(db, "cash", 10);
    Account by_hand = {.label = "cash"};
    check_int(-1, account_update(db, &by_hand, account_balance_set(20)));
    check_last_error(TOASTY_CONDITION_FAILED);
    by_hand.version = UINT64_MAX;
    check_int(-1, account_update(db, &by_hand, account_balance_set(20)));
    check_last_error(TOASTY_INVALID_VALUE);
    check_row(db, "cash", 1, 10);
}

TOASTY_TEST(version, a_change_by_key_counts_and_does_not_check)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) cash = account(db, "cash", 10);
    check_done(account_update_by_label(db, "cash", account_balance_add(5)));
    check_done(account_update_by_label(db, "cash", account_balance_set(7)));
    check_row(db, "cash", 3, 7);
    check_int(1, account_delete_by_label(db, "cash"));
}

TOASTY_TEST(version, comes_back_with_the_rows_of_a_change_by_key, REQUIRES(rows_back))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) cash = account(db, "cash", 10);
    toasty_auto(Account) changed = account_update_by_label_returning(db, "cash", account_balance_add(5));
    check_some(changed);
    check_uint(2, changed->version);
    check_done(account_update(db, changed, account_balance_add(1)));
    check_row(db, "cash", 3, 16);
}

TOASTY_TEST(version, an_upsert_begins_it_or_counts_it)
{
    toasty_auto(toasty_db) db = suite_open();
    for (uint64_t times = 1; times <= 3; times++) {
        toasty_auto(Account) cash = account_upsert_by_label(db, "cash", account_balance_set((int64_t)times));
        check_some(cash);
        check_uint(times, cash->version);
        check_row(db, "cash", times, (int64_t)times);
    }
    toasty_auto(Account) found =
        account_upsert_by_label(db, "cash", account_on_create(account_balance_set(0)));
    check_some(found);
    check_uint(3, found->version);
    check_done(account_update(db, found, account_balance_set(4)));
}

TOASTY_TEST(version, a_link_is_a_change_of_the_record_that_refers)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) cash = account(db, "cash", 10);
    toasty_auto(Card) card = account_cards_create(db, cash, .number = "1");
    check_some(card);
    check_int(1, card->revision);
    toasty_auto(Card) stale = card_get_by_number(db, "1");
    check_some(stale);
    check_done(account_cards_unlink(db, cash, card));
    check_int(2, card->revision);
    check_null(card->account_label);
    check_int(-1, account_cards_link(db, cash, stale));
    check_last_error(TOASTY_CONDITION_FAILED);
    toasty_auto(Card) read = card_get_by_number(db, "1");
    check_some(read);
    check_null(read->account_label);
    check_done(account_cards_link(db, cash, card));
    check_int(3, card->revision);
    check_text("cash", card->account_label);
}

TOASTY_TEST(version, an_unlink_from_another_record_finds_nothing_whatever_the_version)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) cash = account(db, "cash", 10);
    toasty_auto(Account) other = account(db, "other", 10);
    toasty_auto(Card) card = account_cards_create(db, cash, .number = "1");
    check_some(card);
    for (int stale = 0; stale < 2; stale++) {
        check_int(-1, account_cards_unlink(db, other, card));
        check_last_error(TOASTY_NOT_FOUND);
        card->revision--;
    }
    check_int(-1, account_cards_unlink(db, cash, card));
    check_last_error(TOASTY_CONDITION_FAILED);
    card->revision = 1;
    check_done(account_cards_unlink(db, cash, card));
}

TOASTY_TEST(version, of_a_row_with_another_unique_value_is_checked_too)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Card) mine = card_create(db, .number = "1");
    check_some(mine);
    toasty_auto(Card) yours = card_get_by_number(db, "1");
    check_some(yours);
    check_done(card_update(db, yours, card_number_set("2")));
    check_int(2, yours->revision);
    check_int(-1, card_update(db, mine, card_number_set("3")));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_int(-1, card_delete(db, mine));
    check_last_error(TOASTY_CONDITION_FAILED);
    toasty_auto(Card) read = card_get_by_number(db, "2");
    check_some(read);
    check_done(card_delete(db, yours));
    check_int(-1, card_delete(db, mine));
    check_last_error(TOASTY_NOT_FOUND);
    check_int(-1, card_update(db, mine, card_number_set("3")));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(version, a_batch_with_a_stale_record_changes_nothing)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) a = account(db, "a", 1);
    toasty_auto(Account) b = account(db, "b", 2);
    toasty_auto(Account) c = account(db, "c", 3);
    check_done(account_update_by_label(db, "b", account_balance_set(20)));
    toasty_auto(Account) made = NULL;
    check_int(-1,
              toasty_batch(db, account_create_op(&made, .label = "d", .balance = 4),
                           account_update_op(NULL, a, account_balance_set(10)),
                           account_update_op(NULL, b, account_balance_set(21)), account_delete_op(NULL, c)));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_null(made);
    check_uint(1, a->version);
    check_row(db, "a", 1, 1);
    check_row(db, "b", 2, 20);
    check_row(db, "c", 1, 3);
    check_null(account_get_by_label(db, "d"));
    check_int(-1, toasty_batch(db, account_update_op(NULL, a, account_balance_set(10)),
                               account_delete_op(NULL, b)));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_row(db, "a", 1, 1);
    check_done(account_delete_by_label(db, "b"));
    check_int(-1, toasty_batch(db, account_update_op(NULL, a, account_balance_set(10)),
                               account_update_op(NULL, b, account_balance_set(21))));
    check_last_error(TOASTY_NOT_FOUND);
    check_row(db, "a", 1, 1);
    check_done(toasty_batch(db, account_update_op(NULL, a, account_balance_set(10)),
                            account_update_op(NULL, c, account_balance_add(27))));
    check_row(db, "a", 2, 10);
    check_row(db, "c", 2, 30);
    check_uint(2, a->version);
    check_uint(2, c->version);
}

TOASTY_TEST(version, a_record_that_is_in_a_batch_twice_is_stale_the_second_time)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) a = account(db, "a", 1);
    check_int(-1, toasty_batch(db, account_update_op(NULL, a, account_balance_set(10)),
                               account_update_op(NULL, a, account_balance_set(20))));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_int(-1, toasty_batch(db, account_update_op(NULL, a, account_balance_set(10)),
                               account_delete_op(NULL, a)));
    check_last_error(TOASTY_CONDITION_FAILED);
    check_row(db, "a", 1, 1);
}

/* --- many at once --- */

enum { FIBERS = 32, ROUNDS = 4 };

typedef struct worker {
    toasty_db *db;
    int failed;
} worker;

/* Reads, thinks, changes; and reads again when somebody was faster. */
static void count_one(void *arg)
{
    worker *w = arg;
    for (;;) {
        toasty_auto(Account) cash = account_get_by_label(w->db, "cash");
        if (!cash)
            break;
        toasty_sleep(0);
        if (account_update(w->db, cash, account_balance_set(cash->balance + 1)) == 1)
            return;
        if (toasty_last_error()->code != TOASTY_CONDITION_FAILED)
            break;
    }
    w->failed++;
}

static void work(void *arg)
{
    for (int i = 0; i < ROUNDS; i++)
        count_one(arg);
}

TOASTY_TEST(version, of_one_record_that_many_change_at_once_loses_nothing, THREADS)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Account) cash = account(db, "cash", 0);
    worker workers[FIBERS] = {0};
    uv_loop_t loop;
    uv_loop_init(&loop);
    for (int i = 0; i < FIBERS; i++) {
        workers[i].db = db;
        check_some(toasty_spawn(&loop, work, &workers[i]));
    }
    check_int(0, uv_run(&loop, UV_RUN_DEFAULT));
    for (int i = 0; i < FIBERS; i++)
        check_int(0, workers[i].failed);
    check_row(db, "cash", FIBERS * ROUNDS + 1, FIBERS * ROUNDS);
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&loop));
}
