/* Conditions, orders, sums and counted keys of types of a program's own. */
#include "invoices.toasty.h"
#include "suite.h"
#include "vouchers.toasty.h"

static void add_customers(toasty_db *db)
{
    toasty_auto(CustomerList) three =
        customer_create_many(db, {.number = {1}, .email = {"ann@example.com"}, .limit = toasty_some({10})},
                             {.number = {2}, .email = {"bob@example.com"}, .second_email = {"b"}},
                             {.number = {3}, .email = {"eve@example.org"}, .credit = toasty_some({7})});
    check_some(three);
}

TOASTY_TEST(newtypes, conditions_and_orders_are_those_of_the_type_inside)
{
    toasty_auto(toasty_db) db = suite_open();
    add_customers(db);
    check_int(2, customer_count(db, .where = customer_number_in((const CustomerNumber[]){{1}, {3}}, 2)));
    check_int(1, customer_count(db, .where = customer_credit_between((Cents){1}, (Cents){.value = 99})));
    check_int(2, customer_count(db, .where = customer_email_ends_with((EmailAddress){".com"})));
    check_int(2, customer_count(db, .where = customer_second_email_eq((EmailAddress){NULL})));
    check_int(1, customer_count(db, .where = customer_email_eq_nocase((EmailAddress){"BOB@example.com"})));
    check_int(1, customer_count(db, .where = customer_and(customer_limit_is_not_null(),
                                                          customer_number_ne((CustomerNumber){2}))));
    toasty_auto(CustomerList) all =
        customer_all(db, .order_by = {customer_credit_asc(), customer_email_desc()});
    check_some(all);
    check_uint(3, all->items[0].number.value);
    check_uint(2, all->items[1].number.value);
}

TOASTY_TEST(newtypes, a_page_goes_on_behind_one)
{
    toasty_auto(toasty_db) db = suite_open();
    add_customers(db);
    toasty_auto(CustomerPage) page = customer_page(db, .order_by = {customer_email_asc()}, .per_page = 2);
    check_some(page);
    toasty_auto(CustomerPage) next = customer_page_next(db, page);
    check_some(next);
    check_uint(1, next->len);
    check_text("eve@example.org", next->items[0].email.value);
}

TOASTY_TEST(newtypes, what_all_rows_come_to_is_of_its_own_type_where_it_is_one_of_them)
{
    toasty_auto(toasty_db) db = suite_open();
    add_customers(db);
    toasty_opt(Cents) least = {0};
    toasty_opt(int64_t) sum = {0};
    check_done(customer_credit_min(db, &least));
    check_done(customer_credit_sum(db, &sum));
    check_that(least.set && sum.set);
    check_int(7, least.value.value);
    check_int(207, sum.value);
}

TOASTY_TEST(newtypes, a_key_that_the_database_counts_up_is_one)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(VoucherList) made =
        voucher_create_many(db, {.worth = {5}, .holder = {"ann"}}, {.worth = {7}, .holder = {"ann"}},
                            {.worth = {1}, .holder = {"bob"}});
    check_some(made);
    check_that(made->items[0].number.value > 0 && made->items[1].number.value > made->items[0].number.value);
    toasty_auto(Voucher) read = voucher_get_by_number(db, made->items[1].number);
    check_some(read);
    check_int(7, read->worth.value);
}

TOASTY_TEST(newtypes, a_view_shows_and_groups_by_them)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(VoucherList) made =
        voucher_create_many(db, {.worth = {5}, .holder = {"ann"}}, {.worth = {7}, .holder = {"ann"}},
                            {.worth = {1}, .holder = {"bob"}});
    check_some(made);
    toasty_auto(VoucherTotalList) totals = voucher_total_all(db, .where = voucher_total_most_ge((Cents){2}),
                                                             .order_by = {voucher_total_holder_asc()});
    check_some(totals);
    check_uint(1, totals->len);
    check_text("ann", totals->items[0].holder.value);
    check_int(12, totals->items[0].worth.value);
    check_int(7, totals->items[0].most.value.value);
}
