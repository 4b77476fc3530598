/* Conditions on columns: every comparison, joins of any depth, and what a condition as a value may do. */
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ann 10 "x%y", Bob 20 "x_y", Cid 30 NULL, Dan NULL "xzy". */
static toasty_db *open_people(void)
{
    toasty_db *db = suite_open();
    toasty_auto(PersonList) people = person_create_many(
        db,
        {.name = "Ann",
         .email = "ann@x",
         .age = toasty_some(10),
         .bio = "x%y",
         .visits = 1,
         .mood = MOOD_HAPPY},
        {.name = "Bob", .email = "bob@x", .age = toasty_some(20), .bio = "x_y", .visits = 2},
        {.name = "Cid",
         .email = "cid@y",
         .age = toasty_some(30),
         .visits = 3,
         .address = toasty_some({.street = "1", .city = "Rome"})},
        {.name = "Dan", .email = "dan@y", .bio = "xzy", .visits = 4, .mood = MOOD_VERY_GRUMPY});
    check_some(people);
    suite_clear_log();
    return db;
}

/* The initials of all that match, in the order of their names. */
static const char *matching(toasty_db *db, person_expr where)
{
    static char initials[64];
    toasty_auto(PersonList) people = person_all(db, .where = where, .order_by = {person_name_asc()});
    check_some(people);
    size_t n = 0;
    toasty_each(person, people)
        initials[n++] = person->name[0];
    initials[n] = '\0';
    return initials;
}

TOASTY_TEST(conditions, numbers_compare)
{
    toasty_auto(toasty_db) db = open_people();
    check_text("B", matching(db, person_age_eq(20)));
    check_text("AC", matching(db, person_age_ne(20)));
    check_text("A", matching(db, person_age_lt(20)));
    check_text("AB", matching(db, person_age_le(20)));
    check_text("C", matching(db, person_age_gt(20)));
    check_text("BC", matching(db, person_age_ge(20)));
    check_text("AB", matching(db, person_age_between(10, 20)));
    check_text("", matching(db, person_age_between(20, 10)));
}

TOASTY_TEST(conditions, texts_compare_by_bytes)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(TopicList) topics =
        topic_create_many(db, {.label = "a"}, {.label = "B"}, {.label = "\xc3\xa4"}, {.label = "b"});
    check_some(topics);
    toasty_auto(TopicList) after =
        topic_all(db, .where = topic_label_gt("a"), .order_by = {topic_label_asc()});
    check_some(after);
    check_uint(2, after->len);
    check_text("b", after->items[0].label);
    check_text("\xc3\xa4", after->items[1].label);
    check_int(0, topic_count(db, .where = topic_label_eq("A")));
}

TOASTY_TEST(conditions, null_is_asked_for_in_both_spellings)
{
    toasty_auto(toasty_db) db = open_people();
    check_text("D", matching(db, person_age_is_null()));
    check_text("ABC", matching(db, person_age_is_not_null()));
    check_text("C", matching(db, person_bio_eq(NULL)));
    check_text("ABD", matching(db, person_bio_ne(NULL)));
}

/* NULL where callers may not give it: hidden from the compiler, and from the sanitizer that watches for it.
 */
__attribute__((noinline, no_sanitize("undefined"))) static person_expr name_is(const char *name)
{
    return person_name_eq(name);
}

TOASTY_TEST(conditions, null_for_a_required_field_is_an_error_before_anything_is_sent)
{
    toasty_auto(toasty_db) db = open_people();
    const char *volatile none = NULL;
    check_null(person_all(db, .where = name_is(none)));
    check_last_error(TOASTY_INVALID_VALUE);
    check_contains(toasty_last_error()->message, "name");
    check_uint(0, suite_log_count());
}

TOASTY_TEST(conditions, lists_of_any_length_match)
{
    toasty_auto(toasty_db) db = open_people();
    const char *names[] = {"Ann", "Dan", "Zoe"};
    check_text("AD", matching(db, person_name_in(names, 3)));
    check_text("BC", matching(db, person_name_not_in(names, 3)));
    check_text("", matching(db, person_name_in(names, 0)));
    check_text("ABCD", matching(db, person_name_not_in(names, 0)));

    static int64_t many[40000];
    for (int i = 0; i < 40000; i++)
        many[i] = i + 3;
    check_text("CD", matching(db, person_visits_in(many, 40000)));
    check_text("AB", matching(db, person_visits_not_in(many, 40000)));
}

TOASTY_TEST(conditions, lists_of_every_kind_of_value_match)
{
    toasty_auto(toasty_db) db = open_people();
    int32_t ages[] = {10, 30};
    check_text("AC", matching(db, person_age_in(ages, 2)));
    Mood moods[] = {MOOD_HAPPY, MOOD_VERY_GRUMPY};
    check_text("AD", matching(db, person_mood_in(moods, 2)));
    toasty_auto(Person) ann = person_get_by_email(db, "ann@x");
    check_some(ann);
    check_text("A", matching(db, person_id_in(&ann->id, 1)));
    check_text("BCD", matching(db, person_id_not_in(&ann->id, 1)));
    toasty_timestamp times[] = {ann->created_at};
    check_text("ABCD", matching(db, person_created_at_in(times, 1)));
}

TOASTY_TEST(conditions, a_list_of_another_length_of_the_same_size_class_needs_no_new_statement)
{
    toasty_auto(toasty_db) db = open_people();
    int32_t ages[] = {10, 20, 30, 40};
    check_text("ABC", matching(db, person_age_in(ages, 3)));
    toasty_counters before = toasty_count(db);
    check_text("ABC", matching(db, person_age_in(ages, 4)));
    check_uint(before.statements_built, toasty_count(db).statements_built);
}

/* The text of the statement does not grow with the list. */
static void check_one_parameter(size_t statement)
{
    check_some(suite_statement(statement));
    check_that(strlen(suite_statement(statement)) < 1000);
}

enum { MANY = 40000 };
static toasty_uuid many_ids[MANY];

static const toasty_uuid *make_ids(void)
{
    for (uint32_t i = 0; i < MANY; i++)
        memcpy(many_ids[i].bytes + 12, &i, sizeof i);
    return many_ids;
}

TOASTY_TEST(conditions, lists_of_uuids_and_bytes_of_any_length_are_one_parameter)
{
    static toasty_bytes many_bytes[MANY];
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Blank) blank = blank_create(db, .bytes = {"\0x", 2}, .uuid = toasty_some(make_ids()[7]));
    toasty_auto(Blank) other = blank_create(db, .bytes = {"", 0}, .uuid = toasty_some({{0xff}}));
    check_some(blank);
    check_some(other);
    for (int i = 0; i < MANY; i++)
        many_bytes[i] = (toasty_bytes){(const char *)many_ids[i].bytes, 16};
    many_bytes[MANY - 1] = (toasty_bytes){"\0x", 2};
    suite_clear_log();
    check_int(1, blank_count(db, .where = blank_uuid_in(make_ids(), MANY)));
    check_int(1, blank_count(db, .where = blank_uuid_not_in(make_ids(), MANY)));
    check_int(1, blank_count(db, .where = blank_bytes_in(many_bytes, MANY)));
    check_int(1, blank_count(db, .where = blank_and(blank_uuid_in(make_ids(), MANY),
                                                    blank_bytes_in(many_bytes, MANY))));
    check_int(0, blank_count(db, .where = blank_and(blank_uuid_not_in(make_ids(), MANY),
                                                    blank_bytes_in(many_bytes, MANY))));
    for (size_t i = 0; i < 5; i++)
        check_one_parameter(i);
    check_int(1, blank_delete_all(db, .where = blank_uuid_in(make_ids(), MANY)));
    check_int(1, blank_count(db));
}

TOASTY_TEST(conditions, starts_with_is_a_range_that_takes_every_character_as_itself)
{
    toasty_auto(toasty_db) db = open_people();
    check_text("A", matching(db, person_bio_starts_with("x%")));
    check_text("B", matching(db, person_bio_starts_with("x_")));
    check_text("ABD", matching(db, person_bio_starts_with("x")));
    check_text("ABD", matching(db, person_bio_starts_with("")));
    check_text("", matching(db, person_bio_starts_with("X")));
    check_that(!strstr(suite_statement(0), "LIKE"));
}

TOASTY_TEST(conditions, ends_with_and_contains_take_every_character_as_itself)
{
    toasty_auto(toasty_db) db = open_people();
    check_text("A", matching(db, person_bio_ends_with("%y")));
    check_text("ABD", matching(db, person_bio_ends_with("y")));
    check_text("B", matching(db, person_bio_contains("_")));
    check_text("D", matching(db, person_bio_contains("z")));
    check_text("", matching(db, person_bio_contains("Z")));
}

TOASTY_TEST(conditions, a_pattern_that_ends_in_a_lone_backslash_is_refused_before_it_is_sent)
{
    toasty_auto(toasty_db) db = suite_open();
    suite_clear_log();
    check_int(-1, person_count(db, .where = person_bio_like("x\\")));
    check_last_error(TOASTY_INVALID_VALUE);
    check_text("people.bio: a pattern that ends in a lone backslash", toasty_last_error()->message);
    check_int(-1, person_count(db, .where = person_bio_like("\\\\\\")));
    check_uint(0, suite_log_count());
    check_int(0, person_count(db, .where = person_bio_like("x\\\\")));
}

TOASTY_TEST(conditions, like_knows_its_wildcards_and_their_escape)
{
    toasty_auto(toasty_db) db = open_people();
    check_text("ABD", matching(db, person_bio_like("x_y")));
    check_text("B", matching(db, person_bio_like("x\\_y")));
    check_text("A", matching(db, person_bio_like("%\\%%")));
    check_text("", matching(db, person_bio_like("X%")));
}

TOASTY_TEST(conditions, enums_times_and_parts_of_structs_compare)
{
    toasty_auto(toasty_db) db = open_people();
    check_text("A", matching(db, person_mood_eq(MOOD_HAPPY)));
    check_text("ABC", matching(db, person_mood_ne(MOOD_VERY_GRUMPY)));
    check_text("C", matching(db, person_address_city_eq("Rome")));
    check_text("ABD", matching(db, person_address_city_is_null()));
    check_text("ABCD", matching(db, person_created_at_gt((toasty_timestamp){0})));
    check_text("", matching(db, person_created_at_lt((toasty_timestamp){0})));
}

TOASTY_TEST(conditions, booleans_and_civil_times_compare)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(BlankList) blanks = blank_create_many(
        db,
        {.flag = toasty_some(true), .day = toasty_some({2024, 1, 31}), .clock = toasty_some({9, 0, 0, 0})},
        {.flag = toasty_some(false), .day = toasty_some({2024, 2, 1}), .clock = toasty_some({10, 0, 0, 0})},
        {.moment = toasty_some({{2024, 1, 1}, {1, 2, 3, 4}}), .f64 = toasty_some(1.5)});
    check_some(blanks);
    check_int(1, blank_count(db, .where = blank_flag_eq(true)));
    check_int(1, blank_count(db, .where = blank_flag_eq(false)));
    check_int(1, blank_count(db, .where = blank_day_gt((toasty_date){2024, 1, 31})));
    toasty_time nine = {9, 0, 0, 0}, ten = {10, 0, 0, 0};
    check_int(2, blank_count(db, .where = blank_clock_between(nine, ten)));
    check_int(1, blank_count(db, .where = blank_moment_eq((toasty_datetime){{2024, 1, 1}, {1, 2, 3, 4}})));
    check_int(1, blank_count(db, .where = blank_f64_ge(1.5)));
}

/* --- joins --- */

TOASTY_TEST(conditions, and_or_and_not_nest)
{
    toasty_auto(toasty_db) db = open_people();
    check_text("B", matching(db, person_and(person_age_ge(15), person_age_lt(25))));
    check_text("AC", matching(db, person_or(person_name_eq("Ann"), person_name_eq("Cid"))));
    check_text("BCD", matching(db, person_not(person_name_eq("Ann"))));
    check_text("CD", matching(db, person_not(person_or(person_name_eq("Ann"),
                                                       person_and(person_visits_eq(2), person_age_eq(20))))));
    check_text("AB", matching(db, person_and(person_or(person_name_eq("Ann"), person_name_eq("Bob"),
                                                       person_name_eq("Dan")),
                                             person_not(person_age_is_null()))));
}

TOASTY_TEST(conditions, an_absent_condition_is_not_there)
{
    toasty_auto(toasty_db) db = open_people();
    const char *name = NULL;
    check_text("ABCD", matching(db, toasty_when(name, person_name_eq(name))));
    check_text("B", matching(db, person_and(toasty_when(name, person_name_eq(name)), person_age_eq(20))));
    check_text("B", matching(db, person_or(toasty_when(name, person_name_eq(name)), person_age_eq(20))));
    check_text("ABCD", matching(db, person_and(toasty_when(name, person_name_eq(name)))));
    check_text("ABCD", matching(db, person_not(toasty_when(name, person_name_eq(name)))));
    name = "Cid";
    check_text("C", matching(db, toasty_when(name, person_name_eq(name))));
}

/* --- a condition is a value --- */

static person_expr adults_of(int age)
{
    person_expr inner = person_age_ge(age);
    return person_and(inner, person_not(person_name_eq("Zoe")));
}

TOASTY_TEST(conditions, a_condition_leaves_the_block_in_which_it_was_made)
{
    toasty_auto(toasty_db) db = open_people();
    person_expr where = person_age_ge(10);
    if (db) {
        person_expr inner = person_or(where, person_name_eq("Dan"));
        where = inner;
    }
    check_text("ABCD", matching(db, where));
}

TOASTY_TEST(conditions, a_condition_is_returned_by_a_helper)
{
    toasty_auto(toasty_db) db = open_people();
    check_text("BC", matching(db, adults_of(15)));
}

TOASTY_TEST(conditions, a_condition_is_used_twice)
{
    toasty_auto(toasty_db) db = open_people();
    person_expr where = adults_of(15);
    check_text("BC", matching(db, where));
    check_int(2, person_count(db, .where = where));
    check_text("BC", matching(db, person_and(where, where)));
    check_text("AD", matching(db, person_or(person_and(person_not(where), person_age_is_not_null()),
                                            person_age_is_null())));
}

TOASTY_TEST(conditions, a_condition_grows_in_a_loop)
{
    toasty_auto(toasty_db) db = open_people();
    static const char *const names[] = {"Ann", "Cid", "Dan"};
    person_expr where = person_name_eq("nobody");
    for (size_t i = 0; i < 3; i++)
        where = person_or(where, person_name_eq(names[i]));
    check_text("ACD", matching(db, where));
}

TOASTY_TEST(conditions, one_that_is_too_large_is_a_clear_error_before_anything_is_sent)
{
    toasty_auto(toasty_db) db = open_people();
    person_expr where = person_visits_eq(-1);
    for (int i = 0; i < 40; i++)
        where = person_or(where, person_visits_eq(i));
    check_null(person_all(db, .where = where));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_contains(toasty_last_error()->message, "query");
    check_uint(0, suite_log_count());
}

TOASTY_TEST(conditions, a_query_object_holds_five_hundred)
{
    toasty_auto(toasty_db) db = open_people();
    toasty_auto(PersonQuery) query = person_query_new();
    check_some(query);
    for (int i = 0; i < 500; i++) {
        char name[16];
        snprintf(name, sizeof name, "%s %d", i == 250 ? "Bob" : "nobody", i);
        if (i == 250)
            name[3] = '\0';
        check_done(person_query_or_where(query, person_name_eq(name)));
    }
    check_done(person_query_order_by(query, person_name_asc()));
    toasty_auto(PersonList) people = person_all(db, .query = query);
    check_some(people);
    check_uint(1, people->len);
    check_text("Bob", people->items[0].name);
}

TOASTY_TEST(conditions, a_number_that_is_no_label_is_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    check_int(-1, person_count(db, .where = person_mood_eq((Mood)3)));
    check_last_error(TOASTY_INVALID_VALUE);
    check_null(person_create(db, .name = "Ann", .email = "a@x", .mood = (Mood)3));
    check_last_error(TOASTY_INVALID_VALUE);
    check_contains(toasty_last_error()->message, "people.mood");
    check_int(0, person_count(db));
}

/* --- what the database does with it --- */

static bool plan_has(const toasty_rows *plan, const char *part)
{
    for (size_t i = 0; i < plan->len * plan->column_count; i++)
        if (plan->cells[i] && strstr(plan->cells[i], part))
            return true;
    return false;
}

/* How each database is asked, and what it says of a range of an index. */
static const struct {
    const char *target, *before, *explain, *parts[3];
} plans[] = {
    {"sqlite", NULL, "EXPLAIN QUERY PLAN", {"SEARCH topics USING", "(label>? AND label<?)", ""}},
    /* so few rows would be read in a row */
    {"postgresql", "SET LOCAL enable_seqscan = off", "EXPLAIN", {"Index Cond: ", "label >= ", "label < "}},
    {"mysql", NULL, "EXPLAIN", {"range", "PRIMARY", ""}},
    {"mariadb", NULL, "EXPLAIN", {"range", "PRIMARY", ""}},
};

TOASTY_TEST(conditions, a_prefix_is_a_range_of_the_index)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(TopicList) some = topic_create_many(db, {.label = "aa"}, {.label = "ab"}, {.label = "b"});
    check_some(some);
    suite_clear_log();
    check_int(1, topic_count(db, .where = topic_label_starts_with("ab")));
    size_t i = 0;
    while (strcmp(plans[i].target, test_capability()->target) != 0)
        i++;
    char sql[512];
    snprintf(sql, sizeof sql, "%s %s", plans[i].explain, suite_statement(0));
    toasty_auto(toasty_db) tx = toasty_begin(db);
    if (plans[i].before)
        check_done((int)toasty_sql(tx, plans[i].before));
    toasty_auto(toasty_rows) plan = toasty_sql_rows(tx, sql, toasty_sql_text("ab"), toasty_sql_text("ac"));
    check_some(plan);
    for (size_t part = 0; part < 3; part++)
        check_that(plan_has(plan, plans[i].parts[part]));
}

TOASTY_TEST(conditions, text_compares_whatever_its_case, REQUIRES(nocase))
{
    toasty_auto(toasty_db) db = open_people();
    check_text("A", matching(db, person_email_eq_nocase("ANN@X")));
    check_text("SELECT people", suite_log());
    check_contains(suite_statement(0), ") = lower(");
    check_text("BCD", matching(db, person_email_ne_nocase("Ann@X")));
    check_text("A", matching(db, person_name_starts_with_nocase("aN")));
    check_text("CD", matching(db, person_email_ends_with_nocase("@Y")));
    check_text("AD", matching(db, person_name_contains_nocase("aN")));
    /* Every character is itself, and NULL is not another text. */
    check_text("A", matching(db, person_bio_eq_nocase("X%Y")));
    check_text("ABD", matching(db, person_bio_starts_with_nocase("X")));
    check_text("BD", matching(db, person_bio_ne_nocase("X%y")));
    check_text("ABD", matching(db, person_bio_starts_with_nocase("")));
    check_text("", matching(db, person_name_starts_with_nocase("ann and more")));
}
