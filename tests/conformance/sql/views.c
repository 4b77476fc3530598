/* Views: rows of one model with what relations lead to, in one statement. */
#include "books.toasty.h"
#include "cards.toasty.h"
#include "suite.h"
#include <stdio.h>
#include <string.h>

/* Ann: "A" of 3 chapters (1, 2, 5), "B" without; Bob: "C" of one (7); Cid: none. */
static toasty_db *open_books(void)
{
    toasty_db *db = suite_open();
    toasty_auto(AuthorList) authors = author_create_many(
        db,
        {.name = "Ann",
         .paid_every = INTERVAL_WEEK,
         .books =
             book_new({.title = "A",
                       .pages = 100,
                       .year = 2001,
                       .shelf = SHELF_LENT,
                       .rating = toasty_some(4),
                       .chapters = chapter_new({.number = 1, .title = "a1"}, {.number = 2, .title = "a2"},
                                               {.number = 5, .title = "a5"})},
                      {.title = "B", .pages = 11, .year = 1999})},
        {.name = "Bob",
         .books = book_new({.title = "C",
                            .pages = 7,
                            .year = 2020,
                            .chapters = chapter_new({.number = 7, .title = "c7"})})},
        {.name = "Cid"});
    check_some(authors);
    suite_clear_log();
    return db;
}

TOASTY_TEST(views, columns_paths_and_counts_are_one_statement, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_books();
    suite_cost cost = suite_start_cost(db);
    toasty_auto(BookCardList) cards = book_card_all(db, .order_by = {book_card_title_asc()});
    check_some(cards);
    check_uint(1, suite_round_trips(&cost));
    check_text("SELECT books", suite_log());
    check_uint(3, cards->len);
    const BookCard *a = &cards->items[0], *b = &cards->items[1], *c = &cards->items[2];
    check_text("A", a->title);
    check_text("Ann", a->author);
    check_int(INTERVAL_WEEK, a->paid);
    check_int(SHELF_LENT, a->shelf);
    check_that(a->rating.set && a->rating.value == 4);
    check_int(3, a->chapter_count);
    check_that(a->numbers.set && a->numbers.value == 8);
    check_real(8.0 / 3.0, a->average.value);
    check_int(5, a->last.value);
    check_int(0, b->chapter_count);
    check_that(!b->rating.set && !b->numbers.set && !b->average.set && !b->last.set);
    check_text("Bob", c->author);
    check_int(1, c->chapter_count);
}

TOASTY_TEST(views, every_member_can_be_asked_for_and_ordered_by, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_books();
    toasty_auto(BookCardList) long_ones = book_card_all(db, .where = book_card_chapter_count_ge(1),
                                                        .order_by = {book_card_chapter_count_desc()});
    check_some(long_ones);
    check_uint(2, long_ones->len);
    check_text("A", long_ones->items[0].title);
    toasty_auto(BookCardList) bobs = book_card_all(db, .where = book_card_author_eq("Bob"));
    check_some(bobs);
    check_uint(1, bobs->len);
    check_text("C", bobs->items[0].title);
    toasty_auto(BookCardList) empty =
        book_card_all(db, .where = book_card_or(book_card_numbers_is_null(), book_card_average_gt(6.5)),
                      .order_by = {book_card_last_asc()});
    check_some(empty);
    check_uint(2, empty->len);
    check_text("B", empty->items[0].title); /* NULL comes first */
    toasty_auto(BookCardList) weekly = book_card_all(db, .where = book_card_paid_eq(INTERVAL_WEEK));
    check_some(weekly);
    check_uint(2, weekly->len);
    toasty_auto(BookCard) first = book_card_first(db, .order_by = {book_card_author_desc()});
    check_some(first);
    check_text("C", first->title);
    toasty_auto(BookCardList) window = book_card_all(db, .limit = 1, .offset = 1);
    check_some(window);
    check_uint(1, window->len);
    check_text("B", window->items[0].title); /* by the key of the book */
}

TOASTY_TEST(views, a_condition_of_the_model_stands_inside_of_those_of_the_view, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_books();
    toasty_auto(BookCardList) cards =
        book_card_all(db,
                      .where = book_card_or(book_card_of(book_and(book_year_lt(2000), book_pages_eq(11))),
                                            book_card_not(book_card_author_eq("Ann"))),
                      .order_by = {book_card_title_asc()});
    check_some(cards);
    check_uint(2, cards->len);
    check_text("B", cards->items[0].title);
    check_text("C", cards->items[1].title);
    toasty_auto(BookCard) card = book_card_get(db, .where = book_card_of(book_title_eq("A")));
    check_some(card);
    check_text("Ann", card->author);
    check_int(3, book_card_count(db));
    check_int(2, book_card_count(db, .where = book_card_author_eq("Ann")));
    check_int(1, book_card_exists(db, .where = book_card_chapter_count_eq(3)));
    check_int(0, book_card_exists(db, .where = book_card_chapter_count_eq(4)));
}

TOASTY_TEST(views, a_condition_of_the_model_may_go_through_its_relations, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_books();
    toasty_auto(BookCardList) cards = book_card_all(
        db, .where = book_card_and(
                book_card_of(book_and(book_chapters_any(chapter_number_ge(2)), book_pages_ge(7))),
                book_card_chapter_count_ge(1), book_card_of(book_author_is(author_name_ne("Ann")))));
    check_some(cards);
    check_uint(1, cards->len);
    check_text("C", cards->items[0].title);
    check_text("Bob", cards->items[0].author);
}

TOASTY_TEST(views, sums_of_a_has_many_are_absent_where_there_is_none, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_books();
    toasty_auto(AuthorCardList) cards = author_card_all(db, .order_by = {author_card_pages_desc()});
    check_some(cards);
    check_uint(3, cards->len);
    check_text("Ann", cards->items[0].name);
    check_int(2, cards->items[0].books);
    check_int(111, cards->items[0].pages.value);
    check_real(4.0, cards->items[0].rating.value); /* NULL does not count */
    check_int(1999, cards->items[0].since.value);
    check_text("Cid", cards->items[2].name);
    check_int(0, cards->items[2].books);
    check_that(!cards->items[2].pages.set && !cards->items[2].since.set);
    check_that(cards->items[1].pages.set && !cards->items[1].rating.set);
}

TOASTY_TEST(views, a_path_of_two_steps_is_joined_once, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_books();
    toasty_auto(ChapterCardList) cards =
        chapter_card_all(db, .where = chapter_card_book_ne("C"),
                         .order_by = {chapter_card_author_asc(), chapter_card_heading_desc()});
    check_some(cards);
    check_uint(3, cards->len);
    check_text("a5", cards->items[0].heading);
    check_text("A", cards->items[0].book);
    check_text("Ann", cards->items[0].author);
    const char *text = suite_statement(0);
    size_t joins = 0;
    while ((text = strstr(text, " JOIN "))) {
        joins++;
        text++;
    }
    check_uint(2, joins);
    check_null(strstr(suite_statement(0), "LEFT JOIN"));
}

TOASTY_TEST(views, what_a_path_does_not_find_is_absent, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann =
        person_create(db, .name = "Ann", .email = "ann@x", .passport = passport_new({.number = "P1"}));
    toasty_auto(Person) bob = person_create(db, .name = "Bob", .email = "bob@x", .age = toasty_some(50));
    toasty_auto(TaskList) tasks =
        task_create_many(db, {.person = ann, .reviewer = bob, .title = "a"}, {.person = bob, .title = "b"});
    check_some(tasks);
    toasty_auto(TaskCardList) cards = task_card_all(db, .order_by = {task_card_title_asc()});
    check_some(cards);
    check_uint(2, cards->len);
    check_text("Ann", cards->items[0].person);
    check_text("Bob", cards->items[0].reviewer);
    check_int(50, cards->items[0].reviewer_age.value);
    check_text("P1", cards->items[0].passport);
    check_text("Bob", cards->items[1].person);
    check_null(cards->items[1].reviewer);
    check_that(!cards->items[1].reviewer_age.set);
    check_null(cards->items[1].passport);
    check_int(1, task_card_count(db, .where = task_card_reviewer_is_null()));
    check_int(1, task_card_count(db, .where = task_card_passport_eq("P1")));
}

TOASTY_TEST(views, the_second_call_plans_nothing, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_books();
    for (int i = 0; i < 2; i++) {
        toasty_counters before = toasty_count(db);
        toasty_auto(BookCardList) cards = book_card_all(db, .where = book_card_chapter_count_gt(i));
        check_some(cards);
        check_uint(i ? 1 : 2, cards->len);
        toasty_counters after = toasty_count(db);
        check_uint(i ? 0 : 1, after.plans_made - before.plans_made);
        check_uint(i ? 0 : 1, after.statements_built - before.statements_built);
    }
}

TOASTY_TEST(views, a_view_in_a_batch_is_one_of_its_operations, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = open_books();
    toasty_auto(AuthorCardList) authors = NULL;
    toasty_auto(BookCard) book = NULL;
    int64_t count = 0;
    check_done(toasty_batch(db, author_card_all_op(&authors, .where = author_card_books_gt(0)),
                            book_card_first_op(&book, .order_by = {book_card_numbers_desc()}),
                            book_card_count_op(&count)));
    check_uint(2, authors->len);
    check_text("A", book->title);
    check_int(3, count);
}

TOASTY_TEST(views, a_sum_that_does_not_fit_is_an_error, REQUIRES(aggregate))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Author) ann = author_create(
        db, .name = "Ann", .books = book_new({.title = "A", .pages = INT64_MAX}, {.title = "B", .pages = 1}));
    check_some(ann);
    toasty_auto(AuthorCardList) cards = author_card_all(db);
    check_null(cards);
    check_last_error(TOASTY_INVALID_VALUE);
}
