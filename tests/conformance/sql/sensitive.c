/* The same of conditions, lists and views. */
#include "invoices.toasty.h"
#include "suite.h"
#include "vouchers.toasty.h"
#include <stdio.h>
#include <string.h>

static void keep_values(const toasty_event *event, void *arg)
{
    snprintf(arg, 256, "%s", event->values ? event->values : "none");
}

TOASTY_TEST(sensitive, operands_of_conditions_are_not_told_either)
{
    char values[256] = "";
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.log_values = true});
    toasty_on_event(db, keep_values, values);
    check_int(0, customer_count(db, .where = customer_and(customer_tax_number_eq("TAX-1"),
                                                          customer_number_eq((CustomerNumber){7}))));
    check_text("***, 7", values);
    check_int(0, customer_count(db, .where = customer_tax_number_starts_with("TAX")));
    check_null(strstr(values, "TAX"));
    check_int(
        0, customer_count(db, .where = customer_tax_number_in((const char *const[]){"TAX-1", "TAX-2"}, 2)));
    check_null(strstr(values, "TAX"));
    check_int(0, taxpayer_count(db, .where = taxpayer_tax_number_eq("TAX-1")));
    check_text("***", values);
}

TOASTY_TEST(sensitive, no_cursor_shows_them)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(CustomerList) two =
        customer_create_many(db, {.number = {1}, .email = {"a"}, .tax_number = "TAX-1"},
                             {.number = {2}, .email = {"b"}, .tax_number = "TAX-2"});
    check_some(two);
    toasty_auto(CustomerPage) page =
        customer_page(db, .order_by = {customer_tax_number_asc()}, .per_page = 1);
    check_some(page);
    check_null(customer_page_next_cursor(page));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_contains(toasty_last_error()->message, "tax_number");
    toasty_auto(CustomerPage) next = customer_page_next(db, page);
    check_some(next);
    check_uint(2, next->items[0].number.value);
}
