/* What eager relations cost where a statement reads many rows. */
#include "harbours.toasty.h"
#include "suite.h"

static void launch(toasty_db *db, const Harbour *harbour, const char *name)
{
    toasty_auto(Ship) made = ship_create(
        db, .name = name, .harbour = harbour, .flag = flag_new({.colours = "red"}),
        .crew = sailor_new({.name = "Ann", .knots = knot_new({.name = "bowline"})}, {.name = "Bob"}));
    check_some(made);
}

TOASTY_TEST(eager, each_of_them_is_one_statement_for_all_records)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Harbour) kiel = harbour_create(db, .name = "Kiel");
    launch(db, kiel, "Eagle");
    launch(db, kiel, "Falcon");
    launch(db, kiel, "Gull");
    suite_clear_log();
    toasty_auto(ShipList) ships = ship_all(db, .where = ship_name_ne("Gull"), .order_by = {ship_name_asc()});
    check_text("SELECT ships, SELECT harbours, SELECT flags, SELECT sailors, SELECT knots", suite_log());
    check_uint(2, ships->len);
    toasty_each(ship, ships) {
        check_uint(2, ship->crew.len);
        check_text("Kiel", ship_harbour_of(ship)->name);
    }
    suite_clear_log();
    toasty_auto(ShipList) bare = ship_all(db, .no_eager = true);
    check_text("SELECT ships", suite_log());
    check_uint(3, bare->len);
}

TOASTY_TEST(eager, pages_and_loops_over_all_rows_include_them)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Harbour) kiel = harbour_create(db, .name = "Kiel");
    launch(db, kiel, "Eagle");
    launch(db, kiel, "Falcon");
    toasty_auto(ShipPage) page = ship_page(db, .per_page = 1, .order_by = {ship_name_asc()});
    check_some(page);
    check_uint(1, page->len);
    check_uint(2, page->items[0].crew.len);
    size_t whole = 0;
    ship_each_batch(db, ships, 1)
        toasty_each(ship, ships)
            whole += ship->crew.len == 2 && ship->flag_loaded;
    check_uint(2, whole);
}

/* Neither what is eager nor what a query object names. */
TOASTY_TEST(eager, counts_and_changes_include_nothing)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Harbour) kiel = harbour_create(db, .name = "Kiel");
    launch(db, kiel, "Eagle");
    toasty_auto(ShipQuery) query = ship_query_new();
    check_done(ship_query_include(query, ship_with_crew(.where = sailor_name_eq("Ann"))));
    suite_clear_log();
    check_int(1, ship_count(db, .query = query));
    check_int(1, ship_exists(db, .query = query));
    check_int(1, ship_count(db));
    check_text("SELECT ships, SELECT ships, SELECT ships", suite_log());
    suite_clear_log();
    check_int(1, ship_update_all(db, .query = query, .set = {ship_name_set("Egret")}, .everything = true));
    check_uint(1, suite_log_count());
}
