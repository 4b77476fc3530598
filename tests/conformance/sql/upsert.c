/* Upserts by unique values, beside other unique values, and by many at once. */
#include "books.toasty.h"
#include "suite.h"
#include <uv.h>

static Author *author(toasty_db *db)
{
    Author *made = author_create(db, .name = "Ann");
    check_some(made);
    return made;
}

TOASTY_TEST(upserts, by_a_unique_value_make_the_key_and_find_it_again)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) made = person_upsert_by_email(db, "ann@example.com", person_name_set("Ann"),
                                                      person_on_create(person_visits_set(1)),
                                                      person_on_update(person_visits_add(1)));
    check_some(made);
    check_that(toasty_created(made));
    check_int(1, made->visits);
    check_text("ann@example.com", made->email);
    check_that(made->created_at.us > 0);
    toasty_auto(Person) found = person_upsert_by_email(db, "ann@example.com", person_name_set("Anna"),
                                                       person_on_create(person_visits_set(1)),
                                                       person_on_update(person_visits_add(1)));
    check_some(found);
    check_that(!toasty_created(found));
    check_that(suite_same_uuid(made->id, found->id));
    check_int(2, found->visits);
    check_text("Anna", found->name);
    check_that(found->created_at.us == made->created_at.us);
    check_that(found->updated_at.us > made->updated_at.us);
}

TOASTY_TEST(upserts, are_one_round_trip)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    suite_cost cost = suite_start_cost(db);
    toasty_auto(Person) found = person_upsert_by_email(db, ann->email, person_name_set("Anna"),
                                                       person_on_update(person_visits_add(1)));
    check_some(found);
    const toasty_capability *can = test_capability();
    check_uint(1, suite_round_trips(&cost));
    check_text(!can->upserts     ? "UPDATE people, INSERT people, SELECT people"
               : !can->returning ? "INSERT people, SELECT people"
                                 : "INSERT people",
               suite_log());
}

TOASTY_TEST(upserts, by_several_unique_fields_make_keys_that_are_counted)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Author) ann = author(db);
    toasty_auto(Book) book = book_create(db, .author = ann, .title = "t", .year = 1, .pages = 1);
    check_some(book);
    int64_t id = 0;
    for (int times = 1; times <= 2; times++) {
        toasty_auto(Chapter) chapter =
            chapter_upsert_by_book_id_and_number(db, book->id, 3, chapter_title_set(times == 1 ? "a" : "b"));
        check_some(chapter);
        check_int(times == 1, toasty_created(chapter));
        check_that(chapter->id > 0 && (times == 1 || chapter->id == id));
        check_text(times == 1 ? "a" : "b", chapter->title);
        id = chapter->id;
    }
    toasty_auto(Chapter) other =
        chapter_create_or_ignore_by_book_id_and_number(db, .book_id = book->id, .number = 4, .title = "c");
    check_some(other);
    check_that(other->id > id);
    check_null(
        chapter_create_or_ignore_by_book_id_and_number(db, .book_id = book->id, .number = 4, .title = "d"));
    check_that(!toasty_failed());
    check_int(2, chapter_count(db));
}

TOASTY_TEST(upserts, another_unique_value_that_is_taken_is_its_error)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(SeatList) seats =
        seat_create_many(db, {.hall = "A", .line = 1, .number = 1, .code = "a11", .price = 10},
                         {.hall = "A", .line = 1, .number = 2, .code = "a12", .price = 20});
    check_some(seats);
    check_null(
        seat_upsert_by_hall_and_line_and_number(db, "A", 9, 9, seat_code_set("a11"), seat_price_set(1)));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_null(seat_upsert_by_hall_and_line_and_number(db, "A", 1, 2, seat_on_create(seat_code_set("new")),
                                                       seat_on_update(seat_code_set("a11"))));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_null(
        seat_create_or_ignore_by_hall_and_code(db, .hall = "A", .line = 1, .number = 1, .code = "new"));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_null(
        seat_create_or_ignore_by_hall_and_code(db, .hall = "A", .line = 9, .number = 9, .code = "a11"));
    check_that(!toasty_failed());
    toasty_auto(SeatList) all = seat_all(db, .order_by = {seat_number_asc()});
    check_some(all);
    check_uint(2, all->len);
    check_text("a11", all->items[0].code);
    check_int(10, all->items[0].price);
    check_text("a12", all->items[1].code);
    check_int(20, all->items[1].price);
}

TOASTY_TEST(upserts, set_structs_enums_and_nulls)
{
    toasty_auto(toasty_db) db = suite_open();
    const Address home = {.street = "Elm", .city = "Bonn"};
    for (int times = 1; times <= 3; times++) {
        toasty_auto(Person) ann = person_upsert_by_email(
            db, "ann@example.com", person_name_set("Ann"), person_mood_set(MOOD_VERY_GRUMPY),
            times == 3 ? person_bio_set_null() : person_bio_set("b"),
            toasty_when(times != 2, person_age_set(40 + times)),
            times == 3 ? person_address_set(NULL) : person_address_set(&home));
        check_some(ann);
        check_int(MOOD_VERY_GRUMPY, ann->mood);
        check_that(ann->age.set && ann->age.value == (times == 3 ? 43 : 41));
        check_that(ann->address.set == (times != 3));
        check_that((ann->bio == NULL) == (times == 3));
        if (ann->address.set)
            check_text("Bonn", ann->address.value.city);
    }
}

TOASTY_TEST(upserts, no_row_is_found_by_nothing)
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(desk_create_or_ignore_by_person_id(db, .room = "r"));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_contains(toasty_last_error()->message, "person_id");
    check_uint(0, suite_log_count());
}

TOASTY_TEST(upserts, what_the_row_is_found_by_does_not_change)
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(person_upsert_by_email(db, "a", person_name_set("Ann"), person_email_set("b")));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_null(
        person_upsert_by_email(db, "a", person_name_set("Ann"), person_on_create(person_email_set("b"))));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_uint(0, suite_log_count());
}

TOASTY_TEST(upserts, a_value_out_of_range_is_refused_and_never_cut)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_done(person_update(db, ann, person_age_set(INT32_MAX), person_visits_set(INT64_MAX)));
    check_null(
        person_upsert_by_email(db, ann->email, person_name_set("x"), person_on_update(person_age_add(1))));
    check_last_error(TOASTY_INVALID_VALUE);
    check_null(
        person_upsert_by_email(db, ann->email, person_name_set("x"), person_on_update(person_visits_add(1))));
    check_last_error(TOASTY_INVALID_VALUE);
    toasty_auto(Person) now = person_get_by_id(db, ann->id);
    check_some(now);
    check_text("Ann", now->name);
}

/* --- many at once --- */

typedef struct writer {
    toasty_db *db;
    int created, failed;
} writer;

static void count_up(void *arg)
{
    writer *w = arg;
    for (int i = 0; i < 5; i++) {
        toasty_auto(Person) ann =
            person_upsert_by_email(w->db, "ann@example.com", person_name_set("Ann"), person_visits_add(1));
        w->failed += !ann;
        w->created += toasty_created(ann);
    }
}

static void get_or_create(void *arg)
{
    writer *w = arg;
    toasty_auto(Person) ann =
        person_upsert_by_email(w->db, "ann@example.com", person_on_create(person_name_set("Ann")));
    w->failed += !ann;
    w->created += toasty_created(ann);
}

static void create_or_ignore(void *arg)
{
    writer *w = arg;
    toasty_auto(Person) ann =
        person_create_or_ignore_by_email(w->db, .email = "ann@example.com", .name = "Ann");
    w->failed += toasty_failed();
    w->created += ann != NULL;
}

/* Sixteen fibers do the same: one of them has made the row, and none has failed. */
static void check_crowd(toasty_db *db, void (*act)(void *))
{
    enum { WRITERS = 16 };
    writer writers[WRITERS] = {0};
    int created = 0;
    uv_loop_t loop;
    uv_loop_init(&loop);
    for (int i = 0; i < WRITERS; i++) {
        writers[i].db = db;
        check_some(toasty_spawn(&loop, act, &writers[i]));
    }
    check_int(0, uv_run(&loop, UV_RUN_DEFAULT));
    for (int i = 0; i < WRITERS; i++) {
        check_int(0, writers[i].failed);
        created += writers[i].created;
    }
    check_int(1, created);
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&loop));
}

TOASTY_TEST(upserts, of_many_at_once_make_one_row_and_lose_no_addition, THREADS)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 8});
    check_crowd(db, count_up);
    toasty_auto(Person) ann = person_get_by_email(db, "ann@example.com");
    check_some(ann);
    check_int(80, ann->visits);
}

TOASTY_TEST(upserts, of_many_at_once_all_get_the_row_that_one_has_made, THREADS)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 8});
    check_crowd(db, get_or_create);
    check_int(1, person_count(db));
}

TOASTY_TEST(upserts, of_many_that_ignore_what_is_there_one_creates, THREADS)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 8});
    check_crowd(db, create_or_ignore);
    check_int(1, person_count(db));
}

TOASTY_TEST(upserts, in_a_transaction_are_undone_with_it)
{
    toasty_auto(toasty_db) db = suite_open();
    {
        toasty_auto(toasty_db) tx = toasty_begin(db);
        check_some(tx);
        toasty_auto(Person) ann = person_upsert_by_email(tx, "ann@example.com", person_name_set("Ann"));
        check_some(ann);
        toasty_auto(Person) again =
            person_upsert_by_email(tx, "ann@example.com", person_on_create(person_name_set("x")));
        check_some(again);
        check_that(toasty_created(ann) && !toasty_created(again));
        check_text("Ann", again->name);
    }
    check_int(0, person_count(db));
}
