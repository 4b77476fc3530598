/* Rules for values: what breaks them is refused before anything is sent, all of it at once. */
#include "parties.toasty.h"
#include "suite.h"
#include <stdio.h>
#include <string.h>
#include <uv.h>

/* Those under age do not drink, and nobody is called Nobody. */
int guest_check(const Guest *guest, toasty_errors *errors)
{
    toasty_timestamp now = toasty_now(); /* a call of the library changes nothing of what was found so far */
    if (guest->age < 18 && guest->drinks.set && guest->drinks.value > 0)
        toasty_errors_add(errors, "drinks", "under_age");
    if (strcmp(guest->name, "Quote") == 0)
        toasty_errors_add(errors, NULL, "\"quoted\\\n");
    if (guest->home.set && strcmp(guest->home.value.street, guest->name) == 0)
        toasty_errors_add(errors, "home.street", "own_name");
    return strcmp(guest->name, "Nobody") == 0 || now.us < 0 ? -1 : 0;
}

/* The database of the test, and what the function was asked about last. */
static toasty_db *of_badges;
static Badge asked;

/* Its calls fail; those of a program may. */
int badge_check(const Badge *badge, toasty_errors *errors)
{
    asked = *badge;
    if (of_badges)
        check_null(badge_get_by_code(of_badges, "no such code"));
    if (badge->seat.set && badge->seat.value < 0)
        toasty_errors_add(errors, "seat", "\xff");
    return 0;
}

static Party *party(toasty_db *db)
{
    Party *made = party_create(db, .slug = "house-warming", .title = "Hello");
    check_null(made); /* 13 letters */
    made = party_create(db, .slug = "warming", .title = "Hello", .drinks = 5);
    check_some(made);
    suite_clear_log();
    return made;
}

static void check_breaks(const char *message, const char *field, const char *details)
{
    const toasty_error *error = toasty_last_error();
    check_last_error(TOASTY_VALIDATION_FAILED);
    check_text(message, error->message);
    check_text("parties", error->table);
    check_text(field, error->field);
    check_text(details, error->details);
    check_text("", suite_log());
}

TOASTY_TEST(validation, an_error_names_model_field_and_rule_and_nothing_is_sent)
{
    toasty_auto(toasty_db) db = suite_open();
    suite_clear_log();
    check_null(party_create(db, .slug = "warming", .title = "Hello!"));
    check_breaks("Party.title breaks the rule max_length = 5", "title",
                 "[{\"model\":\"Party\",\"row\":0,\"field\":\"title\",\"rule\":\"max_length\"}]");
    check_null(party_create(db, .slug = "no", .title = "Hello"));
    suite_check_rule("Party", "slug", "min_length");
    check_null(party_create(db, .slug = "w4rming", .title = "Hello"));
    check_breaks("Party.slug breaks the rule pattern = \"[a-z]+(-[a-z]+)*\"", "slug",
                 "[{\"model\":\"Party\",\"row\":0,\"field\":\"slug\",\"rule\":\"pattern\"}]");
    check_text("", suite_log());
}

TOASTY_TEST(validation, every_kind_of_rule_is_checked)
{
    toasty_auto(toasty_db) db = suite_open();
#define BREAKS(field_, rule_, ...)                                                                           \
    check_null(party_create(db, .slug = "warming", .title = "Hello", __VA_ARGS__));                          \
    suite_check_rule("Party", field_, rule_)
    BREAKS("seats", "max", .seats = toasty_some(201));
    BREAKS("seats", "min", .seats = toasty_some(0));
    BREAKS("degrees", "max", .degrees = toasty_some(41));
    BREAKS("degrees", "min", .degrees = toasty_some(-6));
    BREAKS("drinks", "min", .drinks = -1);
    BREAKS("stars", "max", .stars = UINT64_MAX);
    BREAKS("volume", "min", .volume = toasty_some(0.49f));
    BREAKS("volume", "max", .volume = toasty_some(0.71f));
    BREAKS("fee", "min", .fee = toasty_some((Euros){-1}));
    BREAKS("tone", "one_of", .tone = TONE_LOUD);
    BREAKS("doors", "one_of", .doors = 2);
    BREAKS("dress", "one_of", .dress = "none");
    BREAKS("dress", "one_of", .dress = "naked");
    BREAKS("stamp", "min_length", .stamp = {(const uint8_t *)"a", 1});
    BREAKS("stamp", "max_length", .stamp = {(const uint8_t *)"abcd", 4});
    BREAKS("venue.street", "min_length", .venue = toasty_some((Venue){.street = "x", .code = "12345"}));
    BREAKS("venue.code", "pattern", .venue = toasty_some((Venue){.street = "xy", .code = "123456"}));
#undef BREAKS
}

TOASTY_TEST(validation, values_at_the_limits_and_absent_ones_keep_the_rules)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Party) low =
        party_create(db, .slug = "abc", .title = "", .dress = "black \"tie\"", .seats = toasty_some(1),
                     .degrees = toasty_some(-5), .volume = toasty_some(0.5f), .fee = toasty_some((Euros){0}),
                     .tone = TONE_WILD, .doors = 3, .stamp = {(const uint8_t *)"ab", 2},
                     .venue = toasty_some((Venue){.street = "xy", .code = "00000"}));
    check_some(low);
    toasty_auto(Party) high = party_create(
        db, .slug = "abcdef-ghijk", .title = "Hello", .dress = "na\\ked", .seats = toasty_some(200),
        .degrees = toasty_some(40), .drinks = INT64_MAX, .stars = (uint64_t)INT64_MAX - 7,
        .volume = toasty_some(0.7f), .doors = 7, .stamp = {(const uint8_t *)"abc", 3});
    check_some(high);
    toasty_auto(Party) absent = party_create(db, .slug = "abcd", .title = "Hello");
    check_some(absent);
    check_uint(10, absent->seats);
}

TOASTY_TEST(validation, text_is_measured_in_characters_and_bytes_in_bytes)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Party) made = party_create(db, .slug = "abc", .title = "日本語éé");
    check_some(made);
    check_null(party_create(db, .slug = "abcd", .title = "日本語ééé"));
    suite_check_rule("Party", "title", "max_length");
}

TOASTY_TEST(validation, all_rules_that_all_rows_break_are_one_error)
{
    toasty_auto(toasty_db) db = suite_open();
    suite_clear_log();
    check_null(party_create(
        db, .slug = "W", .title = "Hello!", .drinks = -1,
        .guests = guest_new({.name = "Ann", .age = toasty_some(3)}, {.name = "", .age = toasty_some(-3)})));
    check_breaks("Party.slug breaks the rule min_length = 3; Party.slug breaks the rule pattern = "
                 "\"[a-z]+(-[a-z]+)*\"; Party.title breaks the rule max_length = 5; Party.drinks breaks the "
                 "rule min = 0; Guest[1].name breaks the rule min_length = 1; Guest[1].age breaks the rule "
                 "min = 0",
                 "slug",
                 "[{\"model\":\"Party\",\"row\":0,\"field\":\"slug\",\"rule\":\"min_length\"},"
                 "{\"model\":\"Party\",\"row\":0,\"field\":\"slug\",\"rule\":\"pattern\"},"
                 "{\"model\":\"Party\",\"row\":0,\"field\":\"title\",\"rule\":\"max_length\"},"
                 "{\"model\":\"Party\",\"row\":0,\"field\":\"drinks\",\"rule\":\"min\"},"
                 "{\"model\":\"Guest\",\"row\":1,\"field\":\"name\",\"rule\":\"min_length\"},"
                 "{\"model\":\"Guest\",\"row\":1,\"field\":\"age\",\"rule\":\"min\"}]");
}

TOASTY_TEST(validation, what_an_error_has_no_room_for_is_counted)
{
    toasty_auto(toasty_db) db = suite_open();
    PartyNew rows[100];
    for (size_t i = 0; i < 100; i++)
        rows[i] = (PartyNew){.slug = "W", .title = "Hello"};
    suite_clear_log();
    check_null(party_create_array(db, rows, 100));
    check_last_error(TOASTY_VALIDATION_FAILED);
    const char *details = toasty_last_error()->details;
    size_t listed = 0;
    for (const char *at = details; (at = strstr(at, "\"model\"")); at++)
        listed++;
    char end[32];
    int length = snprintf(end, sizeof end, ",{\"more\":%zu}]", 200 - listed);
    check_that(listed > 10);
    check_text(end, details + strlen(details) - (size_t)length);
    check_uint(strlen(details), strspn(details, "[]{}\",:_abcdefghijklmnopqrstuvwxyzP0123456789"));
    check_text("", suite_log());
}

TOASTY_TEST(validation, what_is_missing_is_told_in_the_same_form_and_is_an_error_of_its_own)
{
    toasty_auto(toasty_db) db = suite_open();
    suite_clear_log();
    check_null(party_create(db, .slug = "W", .guests = guest_new({.name = ""})));
    check_last_error(TOASTY_MISSING_FIELD);
    check_text("a new Party needs: title", toasty_last_error()->message);
    check_text("title", toasty_last_error()->field);
    check_text("[{\"model\":\"Party\",\"row\":0,\"field\":\"title\",\"rule\":\"required\"},"
               "{\"model\":\"Party\",\"row\":0,\"field\":\"slug\",\"rule\":\"min_length\"},"
               "{\"model\":\"Party\",\"row\":0,\"field\":\"slug\",\"rule\":\"pattern\"},"
               "{\"model\":\"Guest\",\"row\":0,\"field\":\"age\",\"rule\":\"required\"},"
               "{\"model\":\"Guest\",\"row\":0,\"field\":\"name\",\"rule\":\"min_length\"}]",
               toasty_last_error()->details);
    check_text("", suite_log());
    check_int(0, (int64_t)strlen(toasty_code_name(TOASTY_VALIDATION_FAILED)) - 17);
}

TOASTY_TEST(validation, the_next_call_has_no_details)
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(party_create(db, .slug = "W", .title = "Hello"));
    check_that(toasty_last_error()->details[0]);
    toasty_auto(Party) made = party(db);
    check_text("", toasty_last_error()->details);
}

TOASTY_TEST(validation, updates_check_what_they_set)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Party) made = party(db);
    for (int i = 0; i < 2; i++) { /* the second time, the plan is there */
        check_int(-1, party_update(db, made, party_title_set("Hello!")));
        suite_check_rule("Party", "title", "max_length");
        check_int(-1, party_update_by_slug(db, "warming", party_drinks_set(-1)));
        suite_check_rule("Party", "drinks", "min");
        check_text("", suite_log());
        check_done(party_update(db, made, party_title_set("Hi"), party_drinks_set(0)));
        check_done(party_update_by_slug(db, "warming", party_drinks_set(1)));
        suite_clear_log();
    }
    check_text("Hi", made->title);
    check_int(-1, party_update(db, made, party_title_set("Hello!"), party_seats_set(0)));
    check_breaks("Party.title breaks the rule max_length = 5; Party.seats breaks the rule min = 1", "title",
                 "[{\"model\":\"Party\",\"row\":0,\"field\":\"title\",\"rule\":\"max_length\"},"
                 "{\"model\":\"Party\",\"row\":0,\"field\":\"seats\",\"rule\":\"min\"}]");
    check_text("Hi", made->title);
    check_int(-1, party_update(db, made, party_venue_set(&(Venue){.street = "Main", .code = "1"})));
    suite_check_rule("Party", "venue.code", "pattern");
    check_done(party_update(db, made, party_venue_set(&(Venue){.street = "Main", .code = "12345"})));
    check_done(party_update(db, made, party_venue_set(NULL), party_dress_set(NULL)));
}

TOASTY_TEST(validation, drafts_and_operations_are_checked_as_calls_are)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(PartyDraft) draft = party_draft_new();
    check_done(party_draft_set(draft, .slug = "warming", .title = "Hello!"));
    check_null(party_create_draft(db, draft));
    suite_check_rule("Party", "title", "max_length");
    Party *made = NULL, *other = NULL;
    check_int(-1, toasty_batch(db, party_create_op(&made, .slug = "warming", .title = "Hello"),
                               party_create_op(&other, .slug = "W", .title = "Hello")));
    check_last_error(TOASTY_VALIDATION_FAILED);
    check_null(made);
    check_null(party_get_by_slug(db, "warming"));
}

TOASTY_TEST(validation, what_other_tools_wrote_is_read_as_it_is)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Party) made = party(db);
    check_done(party_update(db, made, party_degrees_set(40)));
    check_int(40, made->degrees.value);
    toasty_auto(Party) read = party_get_by_slug(db, "warming");
    check_some(read);
    check_int(40, read->degrees.value);
}

/* --- what the program finds wrong --- */

static Guest *guest(toasty_db *db)
{
    toasty_auto(Party) of = party(db);
    Guest *made = guest_create(db, .party_slug = "warming", .name = "Ann", .age = toasty_some(17));
    check_some(made);
    suite_clear_log();
    return made;
}

static void check_found(const char *message, const char *details)
{
    check_last_error(TOASTY_VALIDATION_FAILED);
    check_text(message, toasty_last_error()->message);
    check_text(details, toasty_last_error()->details);
    check_text("", suite_log());
}

TOASTY_TEST(validation, the_program_says_what_is_wrong_with_a_new_row)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Guest) ann = guest(db);
    check_null(guest_create(db, .party_slug = "warming", .name = "Bob", .age = toasty_some(17),
                            .drinks = toasty_some(1)));
    check_found("Guest.drinks breaks the rule under_age",
                "[{\"model\":\"Guest\",\"row\":0,\"field\":\"drinks\",\"rule\":\"under_age\"}]");
    check_text("guests", toasty_last_error()->table);
    check_text("drinks", toasty_last_error()->field);
    check_null(guest_create(db, .party_slug = "warming", .name = "Nobody", .age = toasty_some(1)));
    check_found("Guest breaks the rule validate",
                "[{\"model\":\"Guest\",\"row\":0,\"field\":\"\",\"rule\":\"validate\"}]");
    check_null(guest_create(db, .party_slug = "warming", .name = "Quote", .age = toasty_some(1)));
    check_found("Guest breaks the rule \"quoted\\ ",
                "[{\"model\":\"Guest\",\"row\":0,\"field\":\"\",\"rule\":\"\\\"quoted\\\\\\u000a\"}]");
}

TOASTY_TEST(validation, what_the_program_finds_stands_behind_the_rules_and_beside_other_rows)
{
    toasty_auto(toasty_db) db = suite_open();
    suite_clear_log();
    check_null(
        party_create(db, .slug = "abc", .title = "Hello!",
                     .guests = guest_new({.name = "Ann", .age = toasty_some(40), .drinks = toasty_some(3)},
                                         {.name = "Bob", .age = toasty_some(-4), .drinks = toasty_some(3)},
                                         {.name = "Nobody", .age = toasty_some(4)})));
    check_found("Party.title breaks the rule max_length = 5; Guest[1].age breaks the rule min = 0; "
                "Guest[1].drinks breaks the rule under_age; Guest[2] breaks the rule validate",
                "[{\"model\":\"Party\",\"row\":0,\"field\":\"title\",\"rule\":\"max_length\"},"
                "{\"model\":\"Guest\",\"row\":1,\"field\":\"age\",\"rule\":\"min\"},"
                "{\"model\":\"Guest\",\"row\":1,\"field\":\"drinks\",\"rule\":\"under_age\"},"
                "{\"model\":\"Guest\",\"row\":2,\"field\":\"\",\"rule\":\"validate\"}]");
}

TOASTY_TEST(validation, the_program_is_asked_about_a_record_as_it_will_be)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Guest) ann = guest(db);
    check_int(-1, guest_update(db, ann, guest_drinks_set(1)));
    check_found("Guest.drinks breaks the rule under_age",
                "[{\"model\":\"Guest\",\"row\":0,\"field\":\"drinks\",\"rule\":\"under_age\"}]");
    check_that(!ann->drinks.set);
    check_done(guest_update(db, ann, guest_drinks_set(1), guest_age_set(18)));
    check_done(guest_update(db, ann, guest_drinks_set(0), guest_age_set(3)));
    suite_clear_log();
    check_int(-1, guest_update(db, ann, guest_drinks_add(2)));
    check_last_error(TOASTY_VALIDATION_FAILED);
    check_text("", suite_log());
    check_done(guest_update(db, ann, guest_home_set(&(Venue){.street = "Main", .code = "12345"})));
    check_int(-1, guest_update(db, ann, guest_name_set("Main")));
    check_last_error(TOASTY_VALIDATION_FAILED);
    check_text("home.street", toasty_last_error()->field);
    check_done(guest_update(db, ann, guest_name_set("Main"), guest_home_set(NULL)));
    check_text("Main", ann->name);
    check_int(0, ann->drinks.value);
}

TOASTY_TEST(validation, the_program_is_not_asked_about_changes_by_key)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Guest) ann = guest(db);
    check_int(1, guest_update_by_id(db, ann->id, guest_drinks_set(1)));
}

TOASTY_TEST(validation, a_function_that_asks_the_library_and_gets_an_error_harms_no_call)
{
    toasty_auto(toasty_db) db = suite_open();
    of_badges = db;
    toasty_auto(Badge) one = badge_create(db, .code = "a");
    check_some(one);
    check_that(!toasty_failed());
    check_done(badge_update(db, one, badge_code_set("b")));
    check_that(!toasty_failed());
    Badge *made = NULL;
    int64_t changed = 0;
    check_done(toasty_batch(db, badge_create_op(&made, .code = "d"),
                            badge_update_op(&changed, one, badge_code_set("e"))));
    check_some(made);
    check_null(badge_create(db, .code = "f", .seat = toasty_some(-1)));
    check_last_error(TOASTY_VALIDATION_FAILED);
    check_text("[{\"model\":\"Badge\",\"row\":0,\"field\":\"seat\",\"rule\":\"\\ufffd\"}]",
               toasty_last_error()->details);
    toasty_free(made);
    of_badges = NULL;
}

TOASTY_TEST(validation, an_upsert_shows_the_row_that_it_writes, REQUIRES(sql))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_uuid id = {{1, 2, 3}};
    toasty_auto(Badge) made = badge_upsert_by_id(db, id, badge_code_set("a"), badge_seat_set_null());
    check_some(made);
    check_int(0, toasty_uuid_compare(id, asked.id));
    check_that(!asked.seat.set);
    check_that(!made->seat.set);
}

TOASTY_TEST(validation, what_a_nested_row_lacks_is_told_and_not_mixed_with_what_others_break)
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(party_create(db, .slug = "abc", .title = "Hello!", .guests = guest_new({.name = ""})));
    check_last_error(TOASTY_MISSING_FIELD);
    check_text("a new Guest needs: age", toasty_last_error()->message);
}

TOASTY_TEST(validation, constants_are_calculated_with_all_their_digits)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Score) made = score_create(db, .a = INT64_C(86400000000));
    check_some(made);
    check_null(score_create(db, .a = INT64_C(86400000001)));
    check_last_error(TOASTY_VALIDATION_FAILED);
}

static void create_score(void *arg)
{
    toasty_auto(Score) made = score_create(arg, .note = "a_1");
    check_some(made);
    check_null(score_create(arg, .note = "A"));
    check_last_error(TOASTY_VALIDATION_FAILED);
}

TOASTY_TEST(validation, a_long_expression_does_not_need_the_stack_of_a_fiber)
{
    toasty_auto(toasty_db) db = suite_open();
    uv_loop_t loop;
    uv_loop_init(&loop);
    check_some(toasty_spawn(&loop, create_score, db));
    check_int(0, uv_run(&loop, UV_RUN_DEFAULT));
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&loop));
}
