/* Eager relations: each read includes them, as if it had named them, and those of what is included too. */
#include "harbours.toasty.h"
#include "suite.h"

/* A ship with a flag, two sailors and a knot. */
static Ship *launch(toasty_db *db, const Harbour *harbour, const char *name)
{
    return ship_create(
        db, .name = name, .harbour = harbour, .flag = flag_new({.colours = "red"}),
        .crew = sailor_new({.name = "Ann", .knots = knot_new({.name = "bowline"})}, {.name = "Bob"}));
}

static void check_whole(const Ship *ship)
{
    check_some(ship);
    check_that(ship->harbour_loaded && ship->flag_loaded && ship->crew.loaded);
    check_text("red", ship_flag_of(ship)->colours);
    check_uint(2, ship->crew.len);
    size_t knots = 0;
    toasty_each(sailor, &ship->crew) {
        check_that(sailor->knots.loaded && !sailor->ship_loaded);
        knots += sailor->knots.len;
    }
    check_uint(1, knots);
}

TOASTY_TEST(eager, each_way_to_read_a_record_includes_them)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Harbour) kiel = harbour_create(db, .name = "Kiel");
    toasty_auto(Ship) made = launch(db, kiel, "Eagle");
    check_some(made);
    toasty_auto(Ship) by_key = ship_get_by_id(db, made->id);
    check_whole(by_key);
    check_text("Kiel", ship_harbour_of(by_key)->name);
    check_that(!by_key->harbour->ships.loaded);
    toasty_auto(Ship) by_name = ship_get_by_name(db, "Eagle");
    check_whole(by_name);
    toasty_auto(ShipList) of_harbour = harbour_ships(db, kiel);
    check_uint(1, of_harbour->len);
    check_whole(&of_harbour->items[0]);
    toasty_auto(Harbour) whole = harbour_get_by_id(db, kiel->id, .include = {harbour_with_ships()});
    check_some(whole);
    check_uint(1, whole->ships.len);
    check_whole(&whole->ships.items[0]);
}

TOASTY_TEST(eager, what_is_not_there_is_loaded_and_empty)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Ship) made = ship_create(db, .name = "Raft");
    check_some(made);
    toasty_auto(Ship) raft = ship_get_by_id(db, made->id);
    check_some(raft);
    check_that(raft->harbour_loaded && raft->flag_loaded && raft->crew.loaded);
    check_that(!raft->harbour && !raft->flag && !raft->crew.len);
}

TOASTY_TEST(eager, a_call_that_says_so_includes_only_what_it_names)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Ship) made = launch(db, NULL, "Eagle");
    check_some(made);
    toasty_auto(Ship) bare = ship_get_by_id(db, made->id, .no_eager = true);
    check_some(bare);
    check_that(!bare->harbour_loaded && !bare->flag_loaded && !bare->crew.loaded);
    toasty_auto(Ship) flagged = ship_get_by_id(db, made->id, .include = {ship_with_flag()}, .no_eager = true);
    check_some(flagged);
    check_that(!flagged->harbour_loaded && flagged->flag_loaded && !flagged->crew.loaded);
    toasty_auto(Ship) again = ship_get_by_id(db, made->id);
    check_whole(again);
}

TOASTY_TEST(eager, an_include_that_is_named_says_how_it_is_read)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Ship) made = launch(db, NULL, "Eagle");
    check_some(made);
    toasty_auto(Ship) ship = ship_get_by_id(db, made->id, .include = {ship_with_crew(.no_eager = true)});
    check_some(ship);
    check_that(ship->flag_loaded && ship->harbour_loaded && ship->crew.loaded);
    check_uint(2, ship->crew.len);
    toasty_each(sailor, &ship->crew)
        check_that(!sailor->knots.loaded);
}
