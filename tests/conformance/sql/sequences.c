/* Keys that the database counts up. */
#include "books.toasty.h"
#include "suite.h"
#include <stdio.h>

TOASTY_TEST(sequences, the_key_comes_back_and_counts_up)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Author) first = author_create(db, .name = "A");
    toasty_auto(Author) second = author_create(db, .name = "B");
    check_some(first);
    check_some(second);
    check_that(first->id > 0 && second->id > first->id);
    check_uint(2, suite_log_count());
}

TOASTY_TEST(sequences, a_graph_takes_two_round_trips_where_keys_can_be_drawn_and_one_a_level_elsewhere)
{
    toasty_auto(toasty_db) db = suite_open();
    suite_cost cost = suite_start_cost(db);
    toasty_auto(Author) author = author_create(
        db, .name = "A",
        .books = book_new({.title = "one", .year = 2001}, {.title = "two", .rating = toasty_some(5)}));
    check_some(author);
    check_that(suite_round_trips(&cost) <= (test_capability()->draws_keys ? 2 : 4));
    check_uint(2, author->books.len);
    check_that(author->books.items[0].author_id == author->id);
    check_text("two", author->books.items[1].title);
    check_that(author->books.items[0].id != author->books.items[1].id);
    toasty_auto(Book) two = book_get_by_id(db, author->books.items[1].id);
    check_some(two);
    check_text("two", two->title);
    check_int(5, two->rating.value);
}

TOASTY_TEST(sequences, a_graph_is_three_levels_deep_and_its_keys_are_paired)
{
    toasty_auto(toasty_db) db = suite_open();
    suite_cost cost = suite_start_cost(db);
    toasty_auto(Author) author = author_create(
        db, .name = "A",
        .books =
            book_new({.title = "one",
                      .chapters = chapter_new({.number = 1, .title = "1.1"}, {.number = 2, .title = "1.2"})},
                     {.title = "two", .chapters = chapter_new({.number = 1, .title = "2.1"})}));
    check_some(author);
    check_that(suite_round_trips(&cost) <= (test_capability()->draws_keys ? 2 : 6));
    toasty_auto(Author) read = author_get_by_id(
        db, author->id,
        .include = {author_with_books(.include = {book_with_chapters(.order_by = {chapter_number_asc()})})});
    check_some(read);
    check_uint(2, read->books.len);
    toasty_each(book, &read->books) {
        toasty_each(chapter, &book->chapters) {
            check_int(book->title[0] == 'o' ? '1' : '2', chapter->title[0]);
            check_int(chapter->number, chapter->title[2] - '0');
        }
    }
}

TOASTY_TEST(sequences, nothing_of_a_graph_is_left_when_the_last_level_fails)
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(author_create(db, .name = "A",
                             .books = book_new({.title = "one",
                                                .chapters = chapter_new({.number = 1, .title = "a"},
                                                                        {.number = 1, .title = "b"})})));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_text("chapters", toasty_last_error()->table);
    check_int(0, author_count(db));
    check_int(0, book_count(db));
}

TOASTY_TEST(sequences, five_thousand_rows_get_their_keys_in_the_order_given, TIMEOUT(20))
{
    enum { COUNT = 5000 };
    static BookNew rows[COUNT];
    static char titles[COUNT][12];
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Author) author = author_create(db, .name = "A");
    check_some(author);
    for (int i = 0; i < COUNT; i++) {
        snprintf(titles[i], sizeof titles[i], "%d", i * 37 % COUNT);
        rows[i] = (BookNew){.author = author, .title = titles[i], .year = i};
    }
    toasty_auto(BookList) made = book_create_array(db, rows, COUNT);
    check_some(made);
    for (int i = 0; i < COUNT; i++) {
        check_text(titles[i], made->items[i].title);
        check_int(i, made->items[i].year);
    }
    check_int(COUNT, book_count(db));
    for (int i = 0; i < COUNT; i += 997) {
        toasty_auto(Book) read = book_get_by_id(db, made->items[i].id);
        check_some(read);
        check_text(titles[i], read->title);
    }
}

TOASTY_TEST(sequences, pages_of_counted_keys_work_both_ways)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Author) author = author_create(db, .name = "A");
    BookNew rows[7] = {0};
    for (int i = 0; i < 7; i++)
        rows[i] = (BookNew){.author = author, .title = "t", .year = i / 2};
    toasty_auto(BookList) made = book_create_array(db, rows, 7);
    check_some(made);
    toasty_auto(BookPage) page = book_page(db, .order_by = {book_year_desc()}, .per_page = 4);
    check_some(page);
    toasty_auto(BookPage) next = book_page_next(db, page);
    check_some(next);
    check_uint(3, next->len);
    toasty_auto(BookPage) back = book_page_previous(db, next);
    check_some(back);
    check_uint(4, back->len);
    check_that(back->items[0].id == page->items[0].id);
}

TOASTY_TEST(sequences, a_batch_creates_with_counted_keys)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Author) a = NULL;
    toasty_auto(Author) b = NULL;
    check_done(toasty_batch(db, author_create_op(&a, .name = "A"), author_create_op(&b, .name = "B")));
    check_that(a->id && b->id && a->id != b->id);
    toasty_auto(Author) read = author_get_by_id(db, b->id);
    check_some(read);
    check_text("B", read->name);
}

TOASTY_TEST(sequences, what_a_record_belongs_to_may_be_created_with_it)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Author) other = author_create(db, .name = "Other");
    check_some(other);
    toasty_auto(Chapter) chapter =
        chapter_create(db, .number = 1, .title = "One",
                       .new_book = book_new({.title = "Book", .new_author = author_new({.name = "Author"})}));
    check_some(chapter);
    check_uint(chapter->book->id, chapter->book_id);
    check_uint(chapter->book->author->id, chapter->book->author_id);
    toasty_auto(Chapter) read =
        chapter_get_by_id(db, chapter->id, .include = {chapter_with_book(.include = {book_with_author()})});
    check_some(read);
    check_text("Author", read->book->author->name);
}

TOASTY_TEST(sequences, many_rows_that_are_nothing_but_a_counted_key_are_created)
{
    enum { MANY = 300 };
    toasty_auto(toasty_db) db = suite_open();
    static const TicketNew rows[MANY];
    toasty_auto(TicketList) few = ticket_create_array(db, rows, 2);
    check_some(few);
    check_that(few->items[0].id > 0 && few->items[0].id != few->items[1].id);
    toasty_auto(TicketList) many = ticket_create_array(db, rows, MANY);
    check_some(many);
    check_uint(MANY, many->len);
    for (size_t i = 0; i < many->len; i++) {
        toasty_auto(Ticket) ticket = ticket_get_by_id(db, many->items[i].id);
        check_some(ticket);
    }
    check_int(MANY + 2, ticket_count(db));
}

TOASTY_TEST(sequences, rows_of_nothing_but_a_key_are_written_out)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(TicketList) three = ticket_create_many(db, {0}, {0}, {0});
    check_some(three);
    check_uint(3, three->len);
    check_that(three->items[0].id > 0 && three->items[2].id > three->items[0].id);
    check_int(3, ticket_count(db));
}
