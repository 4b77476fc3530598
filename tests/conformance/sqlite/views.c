/* How SQLite runs views: what the rows of a has_many come to is found by the index of their foreign key. */
#include "books.toasty.h"
#include "cards.toasty.h"
#include "suite.h"
#include <stdio.h>
#include <string.h>

TOASTY_TEST(views, the_rows_of_a_has_many_are_found_by_an_index)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(AuthorCardList) cards = author_card_all(db);
    check_some(cards);
    char text[2000];
    snprintf(text, sizeof text, "EXPLAIN QUERY PLAN %s", suite_statement(0));
    toasty_auto(toasty_rows) plan = toasty_sql_rows(db, text);
    check_some(plan);
    size_t searches = 0;
    for (size_t i = 0; i < plan->len; i++) {
        const char *detail = toasty_cell(plan, i, 3);
        searches += strstr(detail, "SEARCH") && strstr(detail, "INDEX");
        check_that(!strstr(detail, "SCAN") || strstr(detail, "authors") || strstr(detail, "t1"));
    }
    check_uint(4, searches);
}
