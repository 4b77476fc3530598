/* What is asked of related rows goes through the index of their key: plans, where 100 000 children are there
 * and few parents are meant. */
#include "books.toasty.h"
#include "cards.toasty.h"
#include "sales.toasty.h"
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARENTS = 1000, EACH = 100, FEW = 50 };

/* --- plans --- */

/* SQLite, PostgreSQL, MySQL; %1$s: the name that the statement gives the table, %2$s: the table. */
static const char *const ways[] = {"SCAN %1$s\n",         "SCAN %1$s USING",     "Seq Scan on %2$s %1$s ",
                                   "Seq Scan on %2$s  (", "Table scan on %1$s ", "ndex scan on %1$s "};

static bool reads_all(const char *plan, const char *table, const char *name)
{
    char text[128];
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(text, sizeof text, ways[i], name, table);
#pragma GCC diagnostic pop
        if (strstr(plan, text))
            return true;
    }
    /* MariaDB */
    snprintf(text, sizeof text, "\"table_name\": \"%s\"", name);
    for (const char *at = plan; (at = strstr(at, text)); at++) {
        const char *access = strstr(at, "\"access_type\": \"");
        if (access && (strncmp(access + 16, "ALL", 3) == 0 || strncmp(access + 16, "index\"", 6) == 0))
            return true;
    }
    return false;
}

/* Whether a statement of the operation reads all of the table, whatever it calls it. */
static bool scans(toasty_db *db, toasty_op op, const char *table)
{
    toasty_auto(const char) plan = toasty_explain(db, op);
    check_some(plan);
    char named[2][64];
    bool found = false, scanned = false;
    snprintf(named[0], sizeof named[0], "\"%s\"", table);
    snprintf(named[1], sizeof named[1], "`%s`", table);
    for (size_t i = 0; i < 2; i++)
        for (const char *at = plan; (at = strstr(at, named[i])); at++, found = true) {
            char name[64];
            if (sscanf(at + strlen(named[i]), " AS %*[\"`]%15[a-z0-9]", name) != 1)
                snprintf(name, sizeof name, "%s", table);
            scanned = scanned || reads_all(plan, table, name);
        }
    check_that(found);
    return scanned;
}

static void check_indexed(toasty_db *db, toasty_op op, const char *table)
{
    check_that(!scans(db, op, table));
}

/* The planner knows how much there is. */
static void analyze(toasty_db *db, const char *tables)
{
    const toasty_capability *can = test_capability();
    char sql[128];
    snprintf(sql, sizeof sql, "ANALYZE TABLE %s", tables);
    toasty_ignore(toasty_sql(db, can->bulk_columns || can->lock_modes ? "ANALYZE" : sql));
    check_that(!toasty_failed());
}

/* --- one step --- */

static toasty_db *open_sales(uint64_t *few)
{
    toasty_db *db = suite_open();
    StallNew *stalls = calloc(PARENTS, sizeof *stalls);
    SaleNew *sales = calloc((size_t)PARENTS * EACH, sizeof *sales);
    check_that(stalls && sales);
    for (int i = 0; i < PARENTS; i++)
        stalls[i] = (StallNew){.name = "s"};
    toasty_auto(StallList) made = stall_create_array(db, stalls, PARENTS);
    check_some(made);
    for (int i = 0; i < PARENTS * EACH; i++)
        sales[i] = (SaleNew){
            .stall_id = made->items[i / EACH].id, .product = "p", .cents = i % EACH, .sold_at = {1}};
    toasty_auto(SaleList) children = sale_create_array(db, sales, (size_t)PARENTS * EACH);
    check_some(children);
    for (int i = 0; i < FEW; i++)
        few[i] = made->items[i * 7].id;
    free(sales);
    free(stalls);
    analyze(db, "stalls, sales");
    return db;
}

TOASTY_TEST(indexes, conditions_and_views_of_fifty_parents_do_not_read_all_children,
            REQUIRES(explain, related, aggregate), SLOW, TIMEOUT(120))
{
    uint64_t few[FEW];
    toasty_auto(toasty_db) db = open_sales(few);
    check_that(scans(db, sale_all_op(NULL, .where = sale_cents_eq(5)), "sales")); /* it would be seen */
    const stall_expr asked[] = {stall_sales_any(), stall_sales_any(sale_cents_eq(99)),
                                stall_sales_none(sale_cents_eq(99)), stall_sales_every(sale_cents_le(99))};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        check_indexed(db, stall_all_op(NULL, .where = stall_and(stall_id_in(few, FEW), asked[i])), "sales");
        check_indexed(db, stall_count_op(NULL, .where = stall_and(stall_id_eq(few[0]), asked[i])), "sales");
    }
    check_indexed(db, stall_card_all_op(NULL, .where = stall_card_id_in(few, FEW)), "sales");
    check_indexed(db,
                  stall_card_all_op(
                      NULL, .where = stall_card_and(stall_card_id_in(few, FEW), stall_card_sale_count_ge(3)),
                      .order_by = {stall_card_products_desc()}),
                  "sales");
    check_indexed(db,
                  stall_card_all_op(NULL, .where = stall_card_of(stall_and(
                                              stall_id_in(few, FEW), stall_sales_any(sale_cents_eq(99))))),
                  "sales");
    check_indexed(db, stall_all_op(NULL, .where = stall_id_in(few, FEW), .include = {stall_with_sales()}),
                  "sales");
}

/* --- several --- */

static toasty_db *open_library(uint64_t *few)
{
    enum { BOOKS = PARENTS * 10, CHAPTERS = BOOKS * 10 };
    toasty_db *db = suite_open();
    AuthorNew *authors = calloc(PARENTS, sizeof *authors);
    BookNew *books = calloc(BOOKS, sizeof *books);
    ChapterNew *chapters = calloc(CHAPTERS, sizeof *chapters);
    check_that(authors && books && chapters);
    for (int i = 0; i < PARENTS; i++)
        authors[i] = (AuthorNew){.name = "a"};
    toasty_auto(AuthorList) writers = author_create_array(db, authors, PARENTS);
    check_some(writers);
    for (int i = 0; i < BOOKS; i++)
        books[i] = (BookNew){.author_id = writers->items[i / 10].id, .title = "b"};
    toasty_auto(BookList) written = book_create_array(db, books, BOOKS);
    check_some(written);
    for (int i = 0; i < CHAPTERS; i++)
        chapters[i] = (ChapterNew){.book_id = written->items[i / 10].id, .number = i % 10, .title = "c"};
    toasty_auto(ChapterList) parts = chapter_create_array(db, chapters, CHAPTERS);
    check_some(parts);
    for (int i = 0; i < FEW; i++)
        few[i] = writers->items[i * 7].id;
    free(chapters);
    free(books);
    free(authors);
    analyze(db, "authors, books, chapters");
    return db;
}

TOASTY_TEST(indexes, nested_conditions_and_paths_of_fifty_parents_do_not_read_all_descendants,
            REQUIRES(explain, related, aggregate), SLOW, TIMEOUT(120))
{
    uint64_t few[FEW];
    toasty_auto(toasty_db) db = open_library(few);
    author_expr in = author_id_in(few, FEW);
    const author_expr asked[] = {author_books_any(book_chapters_any(chapter_number_eq(9))),
                                 author_books_any(book_chapters_none(chapter_number_eq(11))),
                                 author_books_every(book_chapters_any(chapter_number_eq(9))),
                                 author_books_none(book_chapters_any(chapter_book_is(book_title_eq("b"))))};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        check_indexed(db, author_all_op(NULL, .where = author_and(in, asked[i])), "chapters");
        check_indexed(db, author_all_op(NULL, .where = author_and(in, asked[i])), "books");
    }
    check_indexed(db, author_card_all_op(NULL, .where = author_card_of(in)), "books");
    uint32_t books[FEW];
    int64_t chapters[FEW];
    for (uint32_t i = 0; i < FEW; i++)
        books[i] = (uint32_t)few[i], chapters[i] = (int64_t)few[i];
    check_indexed(db, book_card_all_op(NULL, .where = book_card_id_in(books, FEW)), "chapters");
    chapter_expr parts = chapter_id_in(chapters, FEW);
    check_indexed(db, chapter_card_all_op(NULL, .where = chapter_card_of(parts)), "books");
    check_indexed(db, chapter_all_op(NULL, .where = chapter_and(parts, chapter_book_is(book_title_eq("b")))),
                  "books");
    check_indexed(
        db,
        author_all_op(NULL, .where = in, .include = {author_with_books(.include = {book_with_chapters()})}),
        "chapters");
}
