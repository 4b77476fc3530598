/* Order, limit and offset. */
#include "suite.h"
#include <string.h>

/* "Bb" of the places of the first letters, in the order that came. */
static const char *labels(const BlankList *list)
{
    static char text[64];
    size_t n = 0;
    check_some(list);
    toasty_each(blank, list)
        text[n++] = blank->text ? blank->text[0] : '-';
    text[n] = '\0';
    return text;
}

static toasty_db *open_blanks(void)
{
    toasty_db *db = suite_open();
    toasty_auto(BlankList) blanks =
        blank_create_many(db, {.text = "b", .i32 = toasty_some(1)}, {.text = "a"},
                          {.text = "B", .i32 = toasty_some(2)}, {.text = "c", .i32 = toasty_some(1)});
    check_some(blanks);
    return db;
}

TOASTY_TEST(orders, text_orders_by_bytes)
{
    toasty_auto(toasty_db) db = open_blanks();
    toasty_auto(BlankList) up = blank_all(db, .order_by = {blank_text_asc()});
    check_text("Babc", labels(up));
    toasty_auto(BlankList) down = blank_all(db, .order_by = {blank_text_desc()});
    check_text("cbaB", labels(down));
}

TOASTY_TEST(orders, nulls_come_first_in_ascending_order)
{
    toasty_auto(toasty_db) db = open_blanks();
    toasty_auto(BlankList) up = blank_all(db, .order_by = {blank_i32_asc(), blank_text_asc()});
    check_text("abcB", labels(up));
    toasty_auto(BlankList) down = blank_all(db, .order_by = {blank_i32_desc(), blank_text_asc()});
    check_text("Bbca", labels(down));
}

TOASTY_TEST(orders, an_absent_order_is_not_there_and_those_after_it_are)
{
    toasty_auto(toasty_db) db = open_blanks();
    bool by_number = false;
    toasty_auto(BlankList) up =
        blank_all(db, .order_by = {toasty_when(by_number, blank_i32_asc()), blank_text_asc()});
    check_text("Babc", labels(up));
}

TOASTY_TEST(orders, limit_and_offset_cut_a_window)
{
    toasty_auto(toasty_db) db = open_blanks();
    toasty_auto(BlankList) middle = blank_all(db, .order_by = {blank_text_asc()}, .limit = 2, .offset = 1);
    check_text("ab", labels(middle));
    toasty_auto(BlankList) rest = blank_all(db, .order_by = {blank_text_asc()}, .offset = 3);
    check_text("c", labels(rest));
    toasty_auto(BlankList) none = blank_all(db, .order_by = {blank_text_asc()}, .limit = 2, .offset = 10);
    check_text("", labels(none));
}

TOASTY_TEST(orders, a_negative_limit_is_an_error)
{
    toasty_auto(toasty_db) db = open_blanks();
    check_null(blank_all(db, .limit = -1));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_null(blank_all(db, .offset = -1));
    check_last_error(TOASTY_INVALID_ARGUMENT);
}

TOASTY_TEST(orders, times_and_parts_of_structs_order)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(PersonList) people = person_create_many(
        db, {.name = "1", .email = "1", .address = toasty_some({.street = "x", .city = "Rome"})},
        {.name = "2", .email = "2", .address = toasty_some({.street = "x", .city = "Oslo"})},
        {.name = "3", .email = "3"});
    check_some(people);
    toasty_auto(PersonList) up =
        person_all(db, .order_by = {person_address_city_asc(), person_created_at_asc()});
    check_some(up);
    check_text("3", up->items[0].name);
    check_text("2", up->items[1].name);
    check_text("1", up->items[2].name);
}

TOASTY_TEST(orders, times_before_1970_order_as_times)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(BlankList) blanks = blank_create_many(db,
                                                      {.text = "c",
                                                       .instant = toasty_some({5}),
                                                       .moment = toasty_some({{2000, 1, 1}, {0}}),
                                                       .day = toasty_some({2000, 1, 1})},
                                                      {.text = "a",
                                                       .instant = toasty_some({-70000000000}),
                                                       .moment = toasty_some({{999, 1, 1}, {0}}),
                                                       .day = toasty_some({999, 1, 1})},
                                                      {.text = "b",
                                                       .instant = toasty_some({-5}),
                                                       .moment = toasty_some({{1969, 1, 1}, {0}}),
                                                       .day = toasty_some({1969, 1, 1})});
    check_some(blanks);
    toasty_auto(BlankList) by_instant = blank_all(db, .order_by = {blank_instant_asc()});
    check_text("abc", labels(by_instant));
    toasty_auto(BlankList) by_moment = blank_all(db, .order_by = {blank_moment_asc()});
    check_text("abc", labels(by_moment));
    toasty_auto(BlankList) by_day = blank_all(db, .order_by = {blank_day_asc()});
    check_text("abc", labels(by_day));
}
