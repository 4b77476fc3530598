/* What is given is taken, or refused: see given.c; here for calls that not every store has. */
#include "suite.h"

TOASTY_TEST(given, a_seventeenth_change_is_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    check_int(-1, entry_update_all(db, .everything = true,
                                   .set = {entry_text_set("1"), entry_text_set("2"), entry_text_set("3"),
                                           entry_text_set("4"), entry_text_set("5"), entry_text_set("6"),
                                           entry_text_set("7"), entry_text_set("8"), entry_text_set("9"),
                                           entry_text_set("10"), entry_text_set("11"), entry_text_set("12"),
                                           entry_text_set("13"), entry_text_set("14"), entry_text_set("15"),
                                           entry_text_set("16"), entry_text_set("17")}));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_contains(toasty_last_error()->message, "16 changes");
}

TOASTY_TEST(given, a_ninth_order_is_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(entry_all(db, .order_by = {entry_text_asc(), entry_text_asc(), entry_text_asc(),
                                          entry_text_asc(), entry_text_asc(), entry_text_asc(),
                                          entry_text_asc(), entry_text_asc(), entry_number_desc()}));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_contains(toasty_last_error()->message, "8 orders");
}

TOASTY_TEST(given, a_seventeenth_order_of_a_query_object_is_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(EntryQuery) query = entry_query_new();
    for (int i = 0; i < 16; i++)
        check_done(entry_query_order_by(query, entry_text_asc()));
    toasty_auto(EntryList) all = entry_all(db, .query = query);
    check_some(all);
    check_done(entry_query_order_by(query, entry_number_desc()));
    check_null(entry_all(db, .query = query));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_contains(toasty_last_error()->message, "16 orders");
}

TOASTY_TEST(given, a_limit_of_zero_rows_gives_none_of_a_table)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Entry) one = entry_create(db, .journal = "ship", .number = 1, .text = "a");
    check_some(one);
    toasty_auto(EntryList) none = entry_all(db, .limit = toasty_at_most(0));
    check_some(none);
    check_uint(0, none->len);
    check_null(entry_first(db, .limit = toasty_at_most(0)));
    check_last_error(TOASTY_NOT_FOUND);
    check_null(entry_page(db, .per_page = toasty_at_most(0)));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    toasty_auto(EntryPage) page = entry_page(db, .per_page = 3);
    check_uint(1, page->len);
    check_null(entry_page(db, .per_page = toasty_at_most(0)));
    check_last_error(TOASTY_INVALID_ARGUMENT);
}

TOASTY_TEST(given, a_query_with_a_limit_of_zero_gives_no_row)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Entry) one = entry_create(db, .journal = "ship", .number = 1, .text = "a");
    toasty_auto(EntryQuery) query = entry_query_new();
    check_done(entry_query_limit(query, 0));
    toasty_auto(EntryList) none = entry_all(db, .query = query);
    check_some(none);
    check_uint(0, none->len);
    check_int(0, entry_count(db, .query = query));
    toasty_auto(EntryQuery) clone = entry_query_clone(query);
    toasty_auto(EntryList) nothing = entry_all(db, .query = clone);
    check_uint(0, nothing->len);
    check_int(-1, entry_query_limit(query, -1));
    check_last_error(TOASTY_INVALID_ARGUMENT);
}
