/* Upserts of many rows in one call: the bulk form of the database, all or nothing. */
#include "accounts.toasty.h"
#include "books.toasty.h"
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <uv.h>

static void check_account(toasty_db *db, const char *label, int64_t balance, uint64_t version)
{
    toasty_auto(Account) read = account_get_by_label(db, label);
    check_some(read);
    check_int(balance, read->balance);
    check_uint(version, read->version);
}

TOASTY_TEST(upsert_array, creates_what_is_not_there_and_changes_what_is)
{
    toasty_auto(toasty_db) db = suite_open();
    const AccountNew first[] = {{.label = "b", .balance = 2}, {.label = "d", .balance = 4}};
    check_int(2, account_upsert_array_by_label(db, first, 2));
    const AccountNew rows[] = {{.label = "d", .balance = 40, .remark = "x"},
                               {.label = "a", .balance = 10},
                               {.label = "b", .balance = 20},
                               {.label = "c", .balance = 30}};
    check_int(4, account_upsert_array_by_label(db, rows, 4, account_balance_incoming(),
                                               account_remark_set("changed")));
    check_account(db, "a", 10, 1);
    check_account(db, "b", 20, 2);
    check_account(db, "c", 30, 1);
    check_account(db, "d", 40, 2);
    toasty_auto(AccountList) changed = account_all(db, .where = account_remark_eq("changed"));
    check_some(changed);
    check_uint(2, changed->len);
}

TOASTY_TEST(upsert_array, adds_what_comes_and_what_is_said)
{
    toasty_auto(toasty_db) db = suite_open();
    const AccountNew rows[] = {{.label = "a", .balance = 1}, {.label = "b", .balance = 2}};
    for (int times = 0; times < 3; times++)
        check_int(2, account_upsert_array_by_label(db, rows, 2, account_balance_add_incoming()));
    check_account(db, "a", 3, 3);
    check_account(db, "b", 6, 3);
    check_int(2, account_upsert_array_by_label(db, rows, 2, account_balance_subtract(10),
                                               account_remark_incoming()));
    check_account(db, "a", -7, 4);
    check_account(db, "b", -4, 4);
}

TOASTY_TEST(upsert_array, without_changes_leaves_what_is_there_alone)
{
    toasty_auto(toasty_db) db = suite_open();
    const AccountNew rows[] = {{.label = "a", .balance = 1}, {.label = "b", .balance = 2}};
    check_int(1, account_upsert_array_by_label(db, rows, 1));
    toasty_auto(Account) before = account_get_by_label(db, "a");
    check_some(before);
    const AccountNew others[] = {{.label = "a", .balance = 5}, {.label = "b", .balance = 6}};
    check_int(2, account_upsert_array_by_label(db, others, 2));
    check_int(2,
              account_upsert_array_by_label(db, others, 2, toasty_when(false, account_balance_incoming())));
    check_account(db, "a", 1, 1);
    check_account(db, "b", 6, 1);
    toasty_auto(Account) after = account_get_by_label(db, "a");
    check_some(after);
    check_int(before->updated_at.us, after->updated_at.us);
}

TOASTY_TEST(upsert_array, by_a_unique_value_makes_keys_and_defaults)
{
    toasty_auto(toasty_db) db = suite_open();
    const Address home = {.street = "Elm", .city = "Bonn"};
    const PersonNew rows[] = {
        {.name = "Ann", .email = "ann@example.com"},
        {.name = "Bob", .email = "bob@example.com", .age = toasty_some(30), .mood = MOOD_HAPPY}};
    check_int(2, person_upsert_array_by_email(db, rows, 2));
    toasty_auto(Person) ann = person_get_by_email(db, "ann@example.com");
    check_some(ann);
    check_that(ann->created_at.us > 0);
    check_int(2, person_upsert_array_by_email(db, rows, 2, person_visits_add(2), person_address_set(&home),
                                              person_age_incoming(), person_mood_incoming()));
    toasty_auto(PersonList) all = person_all(db, .order_by = {person_email_asc()});
    check_some(all);
    check_uint(2, all->len);
    check_that(suite_same_uuid(ann->id, all->items[0].id));
    check_that(all->items[0].updated_at.us > ann->updated_at.us);
    check_int(2, all->items[0].visits);
    check_that(!all->items[0].age.set && all->items[1].age.value == 30);
    check_text("Bonn", all->items[1].address.value.city);
    check_int(MOOD_HAPPY, all->items[1].mood);
}

TOASTY_TEST(upsert_array, by_several_fields_where_keys_are_counted)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Author) author = author_create(db, .name = "Ann");
    toasty_auto(Book) book = book_create(db, .author = author, .title = "t", .year = 1, .pages = 1);
    check_some(book);
    ChapterNew rows[5];
    for (int i = 0; i < 5; i++)
        rows[i] = (ChapterNew){.book_id = book->id, .number = 5 - i, .title = "first"};
    check_int(3, chapter_upsert_array_by_book_id_and_number(db, rows, 3));
    for (int i = 0; i < 5; i++)
        rows[i].title = "second";
    check_int(5, chapter_upsert_array_by_book_id_and_number(db, rows, 5, chapter_title_incoming()));
    toasty_auto(ChapterList) all = chapter_all(db, .order_by = {chapter_number_asc()});
    check_some(all);
    check_uint(5, all->len);
    for (size_t i = 0; i < all->len; i++) {
        check_text("second", all->items[i].title);
        check_that(all->items[i].id > 0);
    }
}

TOASTY_TEST(upsert_array, of_ten_thousand_rows_is_one_round_trip, REQUIRES(upserts))
{
    enum { ROWS = 10000 };
    toasty_auto(toasty_db) db = suite_open();
    AccountNew *rows = calloc(ROWS, sizeof *rows);
    char(*labels)[8] = calloc(ROWS, sizeof *labels);
    for (int i = 0; i < ROWS; i++) {
        snprintf(labels[i], sizeof labels[i], "%05d", i * 7919 % ROWS);
        rows[i] = (AccountNew){.label = labels[i], .balance = i};
    }
    check_int(ROWS / 2, account_upsert_array_by_label(db, rows, ROWS / 2));
    suite_cost cost = suite_start_cost(db);
    check_int(ROWS, account_upsert_array_by_label(db, rows, ROWS, account_balance_add_incoming()));
    check_uint(1, suite_round_trips(&cost));
    check_that(suite_operations(&cost) <= (test_capability()->bulk_columns ? 1 : ROWS / 128 + 3));
    toasty_auto(AccountList) all = account_all(db, .order_by = {account_label_asc()});
    check_some(all);
    check_uint(ROWS, all->len);
    for (int i = 0; i < ROWS; i++) {
        const Account *account = &all->items[i * 7919 % ROWS];
        check_int(i < ROWS / 2 ? 2 * i : i, account->balance);
        check_uint(i < ROWS / 2 ? 2 : 1, account->version);
    }
    free(labels);
    free(rows);
}

TOASTY_TEST(upsert_array, goes_as_arrays_or_by_the_statement, REQUIRES(upserts))
{
    enum { ROWS = 300 };
    toasty_auto(toasty_db) db = suite_open();
    AccountNew rows[ROWS];
    char labels[ROWS][8];
    for (int i = 0; i < ROWS; i++) {
        snprintf(labels[i], sizeof labels[i], "%03d", i);
        rows[i] = (AccountNew){.label = labels[i], .balance = i, .remark = "new"};
    }
    check_int(ROWS, account_upsert_array_by_label(db, rows, ROWS, account_balance_incoming(),
                                                  account_remark_set("seen")));
    bool arrays = test_capability()->bulk_columns;
    check_text(arrays ? "INSERT accounts" : "INSERT accounts, INSERT accounts, INSERT accounts", suite_log());
    check_contains(suite_statement(0), arrays ? "unnest(" : "VALUES (");
    check_contains(suite_statement(0),
                   test_capability()->returning ? "ON CONFLICT (\"label\")" : "ON DUPLICATE KEY UPDATE");
    suite_clear_log();
    check_int(1, account_upsert_array_by_label(db, rows, 1, account_remark_set_null()));
    check_text("INSERT accounts", suite_log());
    check_int(1, account_count(db, .where = account_remark_is_null()));
}

TOASTY_TEST(upsert_array, names_two_rows_that_are_one_before_anything_is_sent)
{
    toasty_auto(toasty_db) db = suite_open();
    const AccountNew rows[] = {{.label = "b"}, {.label = "c"}, {.label = "a"}, {.label = "c"}};
    check_int(-1, account_upsert_array_by_label(db, rows, 4, account_balance_incoming()));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_contains(toasty_last_error()->message, "rows[1] and rows[3]");
    check_contains(toasty_last_error()->message, "label");
    check_uint(0, suite_log_count());
    const SeatNew seats[] = {{.hall = "A", .line = 1, .number = 1, .code = "x"},
                             {.hall = "A", .line = 1, .number = 2, .code = "y"},
                             {.hall = "A", .line = 1, .number = 1, .code = "z"}};
    check_int(-1, seat_upsert_array_by_hall_and_line_and_number(db, seats, 3));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_contains(toasty_last_error()->message, "rows[0] and rows[2]");
    check_contains(toasty_last_error()->message, "hall, line, number");
    check_uint(0, suite_log_count());
}

TOASTY_TEST(upsert_array, refuses_what_makes_no_sense_before_anything_is_sent)
{
    toasty_auto(toasty_db) db = suite_open();
    const DeskNew desks[] = {{.room = "1"}, {.room = "2"}};
    check_int(-1, desk_upsert_array_by_person_id(db, desks, 2, desk_room_incoming()));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_contains(toasty_last_error()->message, "rows[0]");
    const AccountNew rows[] = {{.label = "a"}};
    check_int(-1, account_upsert_array_by_label(db, rows, 1, account_on_create(account_balance_set(1))));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_int(-1, account_upsert_array_by_label(db, rows, 1, account_only_if(account_balance_ge(1))));
    check_last_error(TOASTY_INVALID_STATEMENT);
    const PersonNew people[] = {{.name = "Ann", .email = "a"}, {.email = "b"}};
    check_int(-1, person_upsert_array_by_email(db, people, 2, person_email_set("c")));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_int(-1, person_upsert_array_by_email(db, people, 2));
    check_last_error(TOASTY_MISSING_FIELD);
    check_contains(toasty_last_error()->message, "name");
    const PersonNew nested[] = {{.name = "Ann", .email = "a", .tasks = task_new({.title = "t"})}};
    check_int(-1, person_upsert_array_by_email(db, nested, 1));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_int(-1, account_upsert_array_by_label(db, (const AccountNew *)NULL, 1));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_int(0, account_upsert_array_by_label(db, rows, 0, account_balance_incoming()));
    check_uint(0, suite_log_count());
}

TOASTY_TEST(upsert_array, that_fails_has_changed_nothing)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(SeatList) seats =
        seat_create_many(db, {.hall = "A", .line = 1, .number = 1, .code = "a11", .price = 10},
                         {.hall = "A", .line = 1, .number = 2, .code = "a12", .price = INT64_MAX});
    check_some(seats);
    SeatNew rows[300];
    char codes[300][8];
    for (int i = 0; i < 300; i++) {
        snprintf(codes[i], sizeof codes[i], "b%d", i);
        rows[i] = (SeatNew){.hall = "A", .line = 1, .number = i + 1, .code = codes[i], .price = 1};
    }
    rows[299].code = "a11"; /* of another seat */
    check_int(-1, seat_upsert_array_by_hall_and_line_and_number(db, rows, 300, seat_price_set(5)));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    rows[299].code = "b299";
    check_int(-1, seat_upsert_array_by_hall_and_line_and_number(db, rows, 300, seat_price_add_incoming()));
    check_last_error(TOASTY_INVALID_VALUE);
    toasty_auto(SeatList) all = seat_all(db, .order_by = {seat_number_asc()});
    check_some(all);
    check_uint(2, all->len);
    check_int(10, all->items[0].price);
    check_int(INT64_MAX, all->items[1].price);
}

TOASTY_TEST(upsert_array, stands_in_batches_and_transactions_and_outlives_what_it_was_given)
{
    toasty_auto(toasty_db) db = suite_open();
    char label[] = "a";
    AccountNew rows[] = {{.label = label, .balance = 1}, {.label = "b", .balance = 2}};
    {
        toasty_auto(toasty_db) tx = toasty_begin(db);
        check_some(tx);
        check_int(2, account_upsert_array_by_label(tx, rows, 2));
    }
    check_int(0, account_count(db));
    toasty_auto(toasty_ops) ops = toasty_ops_new();
    check_some(ops);
    int64_t count = 0;
    check_done(toasty_ops_add(
        ops, account_upsert_array_by_label_op(&count, rows, 2, account_balance_add_incoming())));
    check_done(toasty_ops_add(ops, account_update_by_label_op(NULL, "b", account_balance_add(5))));
    label[0] = 'x';
    rows[1].balance = 9;
    check_done(toasty_batch_ops(db, ops));
    check_int(2, count);
    check_account(db, "a", 1, 1);
    check_account(db, "b", 7, 2);
}

/* --- many at once --- */

enum { WRITERS = 16, TOGETHER = 20, ROUNDS = 5 };

typedef struct writer {
    toasty_db *db;
    int number, failed;
} writer;

/* The same rows, each writer in an order of its own. A call that met another one's way is made again. */
static void write_all(void *arg)
{
    writer *w = arg;
    AccountNew rows[TOGETHER];
    char labels[TOGETHER][8];
    for (int i = 0; i < TOGETHER; i++) {
        snprintf(labels[i], sizeof labels[i], "%02d", (i * 3 + w->number) % TOGETHER);
        rows[i] = (AccountNew){.label = labels[i], .balance = 1};
    }
    for (int left = ROUNDS; left > 0;) {
        if (account_upsert_array_by_label(w->db, rows, TOGETHER, account_balance_add_incoming()) == TOGETHER)
            left--;
        else if (toasty_last_error()->code != TOASTY_SERIALIZATION_FAILURE) {
            w->failed++;
            return;
        }
    }
}

TOASTY_TEST(upsert_array, of_many_writers_loses_no_addition_and_makes_each_row_once, THREADS)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 8});
    writer writers[WRITERS] = {0};
    uv_loop_t loop;
    uv_loop_init(&loop);
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (writer){.db = db, .number = i};
        check_some(toasty_spawn(&loop, write_all, &writers[i]));
    }
    check_int(0, uv_run(&loop, UV_RUN_DEFAULT));
    for (int i = 0; i < WRITERS; i++)
        check_int(0, writers[i].failed);
    toasty_auto(AccountList) all = account_all(db);
    check_some(all);
    check_uint(TOGETHER, all->len);
    for (size_t i = 0; i < all->len; i++) {
        check_int(WRITERS * ROUNDS, all->items[i].balance);
        check_uint(WRITERS * ROUNDS, all->items[i].version);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&loop));
}
