/* Types of a program's own for single columns do all that the types inside of them do. */
#include "invoices.toasty.h"
#include "suite.h"

static Customer *add_ann(toasty_db *db)
{
    return customer_create(db, .number = {7}, .email = {"ann@example.com"}, .limit = toasty_some({500}));
}

TOASTY_TEST(newtypes, what_is_created_comes_back_with_defaults_and_absent_values)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Customer) ann = add_ann(db);
    check_some(ann);
    toasty_auto(Customer) read = customer_get_by_number(db, (CustomerNumber){7});
    check_some(read);
    check_uint(7, read->number.value);
    check_text("ann@example.com", read->email.value);
    check_null(read->second_email.value);
    check_int(100, read->credit.value);
    check_that(read->limit.set);
    check_int(500, read->limit.value.value);
}

TOASTY_TEST(newtypes, they_are_keys_unique_values_and_references)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Customer) ann = add_ann(db);
    check_some(ann);
    toasty_auto(Invoice) made =
        invoice_create(db, .customer = ann, .amount = {.net = {1250}, .tax = toasty_some({250})});
    check_some(made);
    check_uint(7, made->customer_number.value);
    toasty_auto(Customer) found =
        customer_get_by_email(db, (EmailAddress){"ann@example.com"}, .include = {customer_with_invoices()});
    check_some(found);
    check_uint(1, found->invoices.len);
    check_that(suite_same_uuid(made->id.value, found->invoices.items[0].id.value));
    check_int(1250, found->invoices.items[0].amount.net.value);
    check_int(250, found->invoices.items[0].amount.tax.value.value);
    toasty_auto(Invoice) by_id = invoice_get_by_id(db, made->id, .include = {invoice_with_customer()});
    check_some(by_id);
    check_text("ann@example.com", by_id->customer->email.value);
    check_null(customer_create(db, .number = {8}, .email = {"ann@example.com"}));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_text("email", toasty_last_error()->field);
}

TOASTY_TEST(newtypes, a_required_text_that_is_left_out_is_missing)
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(customer_create(db, .number = {8}));
    check_last_error(TOASTY_MISSING_FIELD);
    check_text("email", toasty_last_error()->field);
    toasty_auto(Customer) ann = add_ann(db);
    check_some(ann);
    check_null(invoice_create(db, .amount = {.net = {1}}));
    check_last_error(TOASTY_MISSING_FIELD);
    check_done(customer_update(db, ann, customer_second_email_set((EmailAddress){"second@example.com"})));
    check_text("second@example.com", ann->second_email.value);
    check_done(customer_update(db, ann, customer_second_email_set((EmailAddress){NULL})));
    check_null(ann->second_email.value);
    check_int(-1, customer_update(db, ann, customer_email_set((EmailAddress){NULL})));
    check_last_error(TOASTY_INVALID_STATEMENT);
}

TOASTY_TEST(newtypes, changes_set_add_and_remove_and_the_record_follows)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Customer) ann = add_ann(db);
    check_some(ann);
    check_done(customer_update(db, ann, customer_credit_add((Cents){25}), customer_limit_set_null(),
                               customer_email_set((EmailAddress){"new@example.com"})));
    check_int(125, ann->credit.value);
    check_that(!ann->limit.set);
    check_done((int)customer_update_by_number(db, (CustomerNumber){7}, customer_credit_subtract((Cents){5}),
                                              customer_limit_set((Cents){-1})));
    toasty_auto(Customer) read = customer_get_by_number(db, ann->number);
    check_some(read);
    check_int(120, read->credit.value);
    check_int(-1, read->limit.value.value);
    check_text("new@example.com", read->email.value);
}

TOASTY_TEST(newtypes, rows_are_made_by_structs_arrays_and_drafts)
{
    toasty_auto(toasty_db) db = suite_open();
    CustomerNew rows[] = {{.number = {1}, .email = {"a"}}, {.number = {2}, .email = {"b"}}};
    toasty_auto(CustomerList) two = customer_create_array(db, rows, 2);
    check_some(two);
    toasty_auto(CustomerDraft) draft = customer_draft_new();
    check_some(draft);
    check_done(customer_draft_number_set(draft, (CustomerNumber){3}));
    check_done(customer_draft_set(draft, .email = {"c"}, .credit = toasty_some({0})));
    toasty_auto(Customer) third = customer_create_draft(db, draft);
    check_some(third);
    check_uint(3, third->number.value);
    check_int(0, third->credit.value);
    check_int(100, two->items[1].credit.value);
}

TOASTY_TEST(newtypes, an_index_of_one_finds_rows)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Customer) ann = add_ann(db);
    check_some(ann);
    toasty_auto(InvoiceList) made = invoice_create_many(db, {.customer = ann, .paid = {5}},
                                                        {.customer = ann, .paid = {5}, .approved = {true}},
                                                        {.customer = ann, .paid = {6}});
    check_some(made);
    toasty_auto(InvoiceList) five = invoice_by_paid(db, (Cents){5});
    check_some(five);
    check_uint(2, five->len);
    check_int(1, five->items[0].approved.value + five->items[1].approved.value);
}
