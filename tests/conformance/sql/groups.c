/* Views of groups: what rows have in common, and what they come to; views of distinct rows. */
#include "sales.toasty.h"
#include "suite.h"
#include <string.h>

enum { HOUR = 3600, DAY = 24 * HOUR };

/* Seconds since 2024-02-28 00:00 UTC. */
static toasty_timestamp at(int64_t seconds)
{
    return (toasty_timestamp){(1709078400 + seconds) * INT64_C(1000000)};
}

/* North: tea for 100 and 300 at the first day, late in the evening, something for 50 at the next; South: tea
 * for 70 on the first day. West has not sold anything. */
static toasty_db *open_sales(void)
{
    toasty_db *db = suite_open();
    toasty_auto(StallList) stalls = stall_create_many(
        db,
        {.name = "North",
         .city = "Bath",
         .sales = sale_new({.product = "tea",
                            .cents = 100,
                            .rating = toasty_some(4),
                            .sold_at = at(9 * HOUR),
                            .due_on = toasty_some({2024, 2, 29})},
                           {.product = "tea", .cents = 300, .rating = toasty_some(2), .sold_at = at(DAY - 1)},
                           {.cents = 50, .sold_at = at(DAY), .due_on = toasty_some({2024, 2, 1})})},
        {.name = "South",
         .sales = sale_new({.product = "tea", .cents = 70, .sold_at = at(0), .refunded = true})},
        {.name = "West"});
    check_some(stalls);
    suite_clear_log();
    return db;
}

TOASTY_TEST(groups, rows_are_counted_and_summed_up_by_what_they_have_in_common, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_sales();
    suite_cost cost = suite_start_cost(db);
    toasty_auto(SalesByDayList) days =
        sales_by_day_all(db, .order_by = {sales_by_day_stall_asc(), sales_by_day_day_asc()});
    check_some(days);
    check_uint(1, suite_round_trips(&cost));
    check_text("SELECT sales", suite_log());
    check_uint(3, days->len);
    const SalesByDay *first = &days->items[0], *next = &days->items[1], *south = &days->items[2];
    check_text("North", first->stall);
    check_int(at(0).us, first->day.us);
    check_int(2, first->sales);
    check_int(400, first->cents.value);
    check_real(200.0, first->average.value);
    check_int(100, first->least.value);
    check_int(at(DAY - 1).us, first->last.value.us);
    check_int(1, first->products);
    check_text("North", next->stall);
    check_int(at(DAY).us, next->day.us);
    check_int(1, next->sales);
    check_int(0, next->products);
    check_text("South", south->stall);
    check_int(70, south->cents.value);
}

TOASTY_TEST(groups, conditions_on_what_a_group_comes_to_choose_groups, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_sales();
    toasty_auto(SalesByDayList) many = sales_by_day_all(db, .where = sales_by_day_sales_ge(2));
    check_some(many);
    check_uint(1, many->len);
    check_int(400, many->items[0].cents.value);
    check_that(strstr(suite_statement(0), " HAVING ") && !strstr(suite_statement(0), " WHERE "));
    toasty_auto(SalesByDayList) either =
        sales_by_day_all(db,
                         .where = sales_by_day_or(sales_by_day_sales_ge(2), sales_by_day_stall_eq("South"),
                                                  sales_by_day_day_ge(at(DAY))),
                         .order_by = {sales_by_day_cents_desc()});
    check_some(either);
    check_uint(3, either->len);
    check_int(400, either->items[0].cents.value);
    check_int(50, either->items[2].cents.value);
}

TOASTY_TEST(groups, conditions_of_the_model_choose_the_rows_that_are_grouped, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_sales();
    toasty_auto(SalesByDayList) days = sales_by_day_all(
        db, .where = sales_by_day_and(sales_by_day_of(sale_and(sale_refunded_eq(false), sale_cents_ge(100))),
                                      sales_by_day_cents_ge(1),
                                      sales_by_day_of(sale_stall_is(stall_city_eq("Bath")))));
    check_some(days);
    check_uint(1, days->len);
    check_int(2, days->items[0].sales);
    check_that(strstr(suite_statement(0), " HAVING ") && strstr(suite_statement(0), " WHERE "));
}

TOASTY_TEST(groups, a_condition_of_rows_or_of_groups_is_refused, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_sales();
    toasty_auto(SalesByDayList) days = sales_by_day_all(
        db, .where = sales_by_day_or(sales_by_day_of(sale_cents_ge(100)), sales_by_day_sales_ge(2)));
    check_null(days);
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_that(strstr(toasty_last_error()->message, "SalesByDay"));
    check_uint(0, suite_log_count());
}

TOASTY_TEST(groups, null_is_a_group_and_does_not_count, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_sales();
    toasty_auto(SalesByProductList) products =
        sales_by_product_all(db, .order_by = {sales_by_product_product_asc()});
    check_some(products);
    check_uint(2, products->len);
    const SalesByProduct *none = &products->items[0], *tea = &products->items[1];
    check_null(none->product);
    check_int(1, none->sales);
    check_int(0, none->ratings);
    check_that(!none->rating.set && !none->average.set);
    check_int(50, none->cents.value);
    check_text("tea", tea->product);
    check_int(3, tea->sales);
    check_int(2, tea->ratings);
    check_real(6.0, tea->rating.value);
    check_real(3.0, tea->average.value);
    toasty_auto(SalesByProduct) absent =
        sales_by_product_get(db, .where = sales_by_product_product_is_null());
    check_some(absent);
    check_int(1, absent->sales);
    toasty_auto(SalesByProductList) unrated =
        sales_by_product_all(db, .where = sales_by_product_average_is_null());
    check_some(unrated);
    check_uint(1, unrated->len);
}

TOASTY_TEST(groups, times_are_cut_to_hours_months_and_years, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_sales();
    toasty_auto(SalesByHourList) hours = sales_by_hour_all(db, .order_by = {sales_by_hour_hour_asc()});
    check_some(hours);
    check_uint(4, hours->len);
    check_int(at(0).us, hours->items[0].hour.us);
    check_int(at(9 * HOUR).us, hours->items[1].hour.us);
    check_int(at(23 * HOUR).us, hours->items[2].hour.us);
    check_int(at(DAY).us, hours->items[3].hour.us);
    toasty_auto(SalesByMonthList) months = sales_by_month_all(db, .order_by = {sales_by_month_month_asc()});
    check_some(months);
    check_uint(2, months->len);
    check_that(!months->items[0].month.set);
    check_int(2, months->items[0].sales);
    check_int(2, months->items[1].sales);
    check_int(2024, months->items[1].month.value.year);
    check_int(2, months->items[1].month.value.month);
    check_int(1, months->items[1].month.value.day);
    check_int(1704067200, months->items[1].year.us / 1000000);
    toasty_auto(SalesByHour) early = sales_by_hour_get(db, .where = sales_by_hour_hour_lt(at(HOUR)));
    check_some(early);
    check_int(1, early->sales);
}

TOASTY_TEST(groups, are_counted_looked_for_and_taken_in_order, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_sales();
    check_int(3, sales_by_day_count(db));
    check_int(1, sales_by_day_count(db, .where = sales_by_day_cents_gt(70)));
    check_int(1, sales_by_day_exists(db, .where = sales_by_day_sales_eq(2)));
    check_int(0, sales_by_day_exists(db, .where = sales_by_day_sales_eq(3)));
    toasty_auto(SalesByDay) best = sales_by_day_first(db, .order_by = {sales_by_day_cents_desc()});
    check_some(best);
    check_int(400, best->cents.value);
    toasty_auto(SalesByDayList) second = sales_by_day_all(db, .limit = 1, .offset = 1);
    check_some(second);
    check_uint(1, second->len);
    check_int(at(DAY).us, second->items[0].day.us); /* by what makes the groups */
    check_null(sales_by_day_get(db));
    check_last_error(TOASTY_TOO_MANY_ROWS);
}

TOASTY_TEST(groups, rows_that_look_the_same_are_shown_once, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_sales();
    toasty_auto(OfferList) offers =
        offer_all(db, .order_by = {offer_product_asc(), offer_city_asc()}, .limit = 10);
    check_some(offers);
    check_uint(3, offers->len);
    check_null(offers->items[0].product);
    check_text("Bath", offers->items[0].city);
    check_null(offers->items[1].city);
    check_text("Bath", offers->items[2].city);
    check_int(3, offer_count(db));
    check_int(2, offer_count(db, .where = offer_of(sale_cents_lt(100))));
}

TOASTY_TEST(groups, a_sum_that_does_not_fit_is_an_error_of_its_group_alone, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_sales();
    toasty_auto(Stall) stall =
        stall_create(db, .name = "Z",
                     .sales = sale_new({.product = "gold", .cents = INT64_MAX, .sold_at = at(0)},
                                       {.product = "gold", .cents = 1, .sold_at = at(0)}));
    check_some(stall);
    toasty_auto(SalesByProductList) all = sales_by_product_all(db);
    check_null(all);
    check_last_error(TOASTY_INVALID_VALUE);
    toasty_auto(SalesByProductList) others =
        sales_by_product_all(db, .where = sales_by_product_product_ne("gold"));
    check_some(others);
    check_uint(1, others->len);
}

TOASTY_TEST(groups, the_second_call_plans_nothing, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_sales();
    for (int i = 0; i < 2; i++) {
        toasty_counters before = toasty_count(db);
        toasty_auto(SalesByDayList) days = sales_by_day_all(
            db, .where = sales_by_day_and(sales_by_day_sales_gt(i), sales_by_day_day_ge(at(i))));
        check_some(days);
        toasty_counters after = toasty_count(db);
        check_uint(i ? 0 : 1, after.plans_made - before.plans_made);
        check_uint(i ? 0 : 1, after.statements_built - before.statements_built);
    }
}

TOASTY_TEST(views, whether_there_are_any_and_how_many_values_they_have, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_sales();
    toasty_auto(StallCardList) cards =
        stall_card_all(db, .order_by = {stall_card_sells_desc(), stall_card_name_asc()});
    check_some(cards);
    check_uint(3, cards->len);
    check_text("North", cards->items[0].name);
    check_that(cards->items[0].sells && cards->items[1].sells && !cards->items[2].sells);
    check_int(3, cards->items[0].sale_count);
    check_int(1, cards->items[0].products);
    check_int(0, cards->items[2].products);
    check_int(at(9 * HOUR).us, cards->items[0].first_sale.value.us);
    toasty_auto(StallCard) none = stall_card_get(db, .where = stall_card_sells_eq(false));
    check_some(none);
    check_text("West", none->name);
}

TOASTY_TEST(views, a_has_many_may_be_one_of_what_a_path_leads_to, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_sales();
    toasty_auto(SaleCardList) cards =
        sale_card_all(db, .order_by = {sale_card_of_stall_desc(), sale_card_cents_asc()});
    check_some(cards);
    check_uint(4, cards->len);
    check_int(3, cards->items[0].of_stall);
    check_int(at(DAY).us, cards->items[0].day.us);
    check_int(1, cards->items[3].of_stall);
    check_int(at(0).us, cards->items[3].day.us);
}
