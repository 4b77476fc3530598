/* What a program's log says of values that are nobody's business. */
#include "invoices.toasty.h"
#include "suite.h"
#include <stdio.h>
#include <string.h>

/* The values of all operations, one after the other. */
static void keep_values(const toasty_event *event, void *arg)
{
    char *all = arg;
    size_t used = strlen(all);
    snprintf(all + used, 4096 - used, "%s;", event->values ? event->values : "none");
}

TOASTY_TEST(sensitive, values_are_not_told_where_others_are)
{
    char values[4096] = "";
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.log_values = true});
    toasty_on_event(db, keep_values, values);
    toasty_auto(Customer) ann =
        customer_create(db, .number = {7}, .email = {"ann@example.com"}, .tax_number = "TAX-1");
    check_some(ann);
    check_text("TAX-1", ann->tax_number);
    check_done(customer_update(db, ann, customer_tax_number_set("TAX-2")));
    toasty_auto(CustomerList) many =
        customer_create_many(db, {.number = {8}, .email = {"bob@example.com"}, .tax_number = "TAX-3"},
                             {.number = {9}, .email = {"eve@example.com"}});
    check_some(many);
    check_contains(values, "ann@example.com");
    check_contains(values, "***");
    check_null(strstr(values, "TAX"));
}

TOASTY_TEST(sensitive, the_record_itself_has_them)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Customer) ann =
        customer_create(db, .number = {7}, .email = {"ann@example.com"}, .tax_number = "TAX-1");
    check_some(ann);
    toasty_auto(Customer) read = customer_get_by_number(db, (CustomerNumber){7});
    check_some(read);
    check_text("TAX-1", read->tax_number);
}
