/* Cursors of pages: texts that go on where a page ended, in this process or the next, and in no other query.
 */
#include "suite.h"
#include <stdio.h>
#include <string.h>

static const char secret[] = "sixteen bytes or more", older[] = "the one that was before";

/* The database as it is, in another handle: as after a restart. */
static toasty_db *restarted(const char *key, const char *old)
{
    toasty_db *db = toasty_open(test_url(), &models_schema, .cursor_key = key, .cursor_key_old = old);
    check_some(db);
    return db;
}

/* 11 rows of which every third has no number. */
static toasty_db *open_blanks(const char *key)
{
    static char texts[11][8];
    BlankNew rows[11] = {0};
    toasty_db *db = suite_open_with(&(toasty_open_options){.cursor_key = key});
    for (int i = 0; i < 11; i++) {
        snprintf(texts[i], sizeof texts[i], "%c%02d", 'a' + i % 4, i);
        rows[i] = (BlankNew){.text = texts[i]};
        if (i % 3) {
            rows[i].i32.set = true;
            rows[i].i32.value = i % 5;
        }
    }
    toasty_auto(BlankList) made = blank_create_array(db, rows, 11);
    check_some(made);
    suite_clear_log();
    return db;
}

static BlankPage *page_at(toasty_db *db, const char *cursor)
{
    return blank_page(db, .order_by = {blank_i32_desc(), blank_text_asc()}, .per_page = 4, .cursor = cursor);
}

static void check_same(const BlankPage *expected, const BlankPage *page)
{
    check_some(page);
    check_uint(expected->len, page->len);
    check_that(expected->has_next == page->has_next && expected->has_prev == page->has_prev);
    for (size_t i = 0; i < page->len; i++)
        check_text(expected->items[i].text, page->items[i].text);
}

static void check_refused(BlankPage *page)
{
    check_null(page);
    check_last_error(TOASTY_INVALID_CURSOR);
    check_null(strstr(toasty_last_error()->message, secret));
}

TOASTY_TEST(cursors, a_cursor_goes_on_after_a_restart_and_back_again)
{
    toasty_auto(toasty_db) db = open_blanks(secret);
    toasty_auto(toasty_db) later = restarted(secret, NULL);
    toasty_auto(BlankPage) first = page_at(db, NULL);
    check_some(first);
    check_null(blank_page_previous_cursor(first));
    check_that(!toasty_failed());
    toasty_auto(BlankPage) second = blank_page_next(db, first);
    toasty_auto(BlankPage) second_later = page_at(later, blank_page_next_cursor(first));
    check_same(second, second_later);
    toasty_auto(BlankPage) third_later = page_at(later, blank_page_next_cursor(second_later));
    check_some(third_later);
    check_that(!third_later->has_next);
    check_null(blank_page_next_cursor(third_later));
    toasty_auto(BlankPage) back = page_at(db, blank_page_previous_cursor(third_later));
    check_same(second, back);
    toasty_auto(BlankPage) start = page_at(later, blank_page_previous_cursor(back));
    check_same(first, start);
}

TOASTY_TEST(cursors, a_cursor_costs_neither_a_statement_nor_a_handle)
{
    toasty_db *db = open_blanks(secret);
    toasty_auto(BlankPage) page = page_at(db, NULL);
    check_some(page);
    toasty_free(db);
    suite_clear_log();
    const char *cursor = blank_page_next_cursor(page);
    check_some(cursor);
    check_that(cursor == blank_page_next_cursor(page));
    check_that(strlen(cursor) <= 300);
    check_uint(0, suite_log_count());
}

TOASTY_TEST(cursors, a_page_from_a_cursor_is_the_same_statement_as_the_next_page)
{
    toasty_auto(toasty_db) db = open_blanks(secret);
    toasty_auto(BlankPage) first = page_at(db, NULL);
    check_some(first);
    toasty_auto(BlankPage) next = blank_page_next(db, first);
    check_some(next);
    toasty_counters before = toasty_count(db);
    suite_clear_log();
    toasty_auto(BlankPage) again = page_at(db, blank_page_next_cursor(first));
    check_same(next, again);
    check_text("SELECT blanks", suite_log());
    check_uint(before.plans_made, toasty_count(db).plans_made);
}

TOASTY_TEST(cursors, a_cursor_that_nobody_wrote_is_refused_before_anything_is_sent)
{
    toasty_auto(toasty_db) db = open_blanks(secret);
    toasty_auto(BlankPage) page = page_at(db, NULL);
    check_some(page);
    char altered[512];
    snprintf(altered, sizeof altered, "%s", blank_page_next_cursor(page));
    altered[20] = altered[20] == 'A' ? 'B' : 'A';
    suite_clear_log();
    check_refused(page_at(db, altered));
    altered[strlen(altered) - 4] = '\0';
    check_refused(page_at(db, altered));
    check_refused(page_at(db, "../../etc/passwd"));
    check_uint(0, suite_log_count());
}

TOASTY_TEST(cursors, an_empty_cursor_is_that_of_the_first_page)
{
    toasty_auto(toasty_db) db = open_blanks(secret);
    toasty_auto(BlankPage) first = page_at(db, NULL);
    toasty_auto(BlankPage) page = page_at(db, "");
    check_same(first, page);
}

TOASTY_TEST(cursors, a_cursor_of_another_query_is_refused)
{
    toasty_auto(toasty_db) db = open_blanks(secret);
    toasty_auto(BlankPage) page =
        blank_page(db, .where = blank_text_ge("a"), .order_by = {blank_text_asc()}, .per_page = 3);
    check_some(page);
    const char *cursor = blank_page_next_cursor(page);
    check_some(cursor);
    suite_clear_log();
    check_refused(page_at(db, cursor));
    check_refused(blank_page(db, .where = blank_text_ge("a"), .order_by = {blank_text_desc()}, .per_page = 3,
                             .cursor = cursor));
    check_refused(blank_page(db, .order_by = {blank_text_asc()}, .per_page = 3, .cursor = cursor));
    check_refused(blank_page(db, .where = blank_text_gt("a"), .order_by = {blank_text_asc()}, .per_page = 3,
                             .cursor = cursor));
    check_refused(blank_page(db, .where = blank_i32_ge(1), .order_by = {blank_text_asc()}, .per_page = 3,
                             .cursor = cursor));
    check_contains(toasty_last_error()->message, "Blank");
    check_null(sample_page(db, .per_page = 3, .cursor = cursor));
    check_last_error(TOASTY_INVALID_CURSOR);
    check_uint(0, suite_log_count());
}

TOASTY_TEST(cursors, values_of_the_condition_and_the_size_of_a_page_may_change)
{
    toasty_auto(toasty_db) db = open_blanks(secret);
    toasty_auto(BlankPage) page =
        blank_page(db, .where = blank_text_ge("a"), .order_by = {blank_text_asc()}, .per_page = 2);
    check_some(page);
    toasty_auto(BlankPage) more = blank_page(db, .where = blank_text_ge("c"), .order_by = {blank_text_asc()},
                                             .per_page = 3, .cursor = blank_page_next_cursor(page));
    check_some(more);
    check_uint(3, more->len);
    check_that(more->items[0].text[0] == 'c' && more->has_prev);
}

TOASTY_TEST(cursors, keys_turn_without_a_cursor_lost)
{
    toasty_auto(toasty_db) db = open_blanks(older);
    toasty_auto(toasty_db) turned = restarted(secret, older);
    toasty_auto(toasty_db) done = restarted(secret, NULL);
    toasty_auto(BlankPage) first = page_at(db, NULL);
    check_some(first);
    toasty_auto(BlankPage) second = page_at(turned, blank_page_next_cursor(first));
    check_some(second);
    check_refused(page_at(done, blank_page_next_cursor(first)));
    toasty_auto(BlankPage) third = page_at(done, blank_page_next_cursor(second));
    check_some(third);
    check_uint(3, third->len);
}

TOASTY_TEST(cursors, without_a_key_cursors_hold_for_their_handle)
{
    toasty_auto(toasty_db) db = open_blanks(NULL);
    toasty_auto(toasty_db) other = restarted(NULL, NULL);
    toasty_auto(BlankPage) first = page_at(db, NULL);
    check_some(first);
    toasty_auto(BlankPage) second = page_at(db, blank_page_next_cursor(first));
    check_some(second);
    check_refused(page_at(other, blank_page_next_cursor(first)));
}

TOASTY_TEST(cursors, a_key_that_is_too_short_opens_nothing)
{
    check_null(toasty_open(test_url(), &models_schema, .cursor_key = "XZJKVW"));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_null(strstr(toasty_last_error()->message, "XZJKVW"));
}

TOASTY_TEST(cursors, an_empty_page_after_the_last_row_leads_back)
{
    toasty_auto(toasty_db) db = open_blanks(secret);
    toasty_auto(BlankPage) page = blank_page(db, .order_by = {blank_text_asc()}, .per_page = 10);
    check_some(page);
    check_done(blank_delete_all(db, .where = blank_text_gt(page->items[9].text)));
    toasty_auto(BlankPage) empty = blank_page(db, .order_by = {blank_text_asc()}, .per_page = 10,
                                              .cursor = blank_page_next_cursor(page));
    check_some(empty);
    check_uint(0, empty->len);
    toasty_auto(BlankPage) last = blank_page(db, .order_by = {blank_text_asc()}, .per_page = 10,
                                             .cursor = blank_page_previous_cursor(empty));
    check_some(last);
    check_uint(10, last->len);
    check_text(page->items[9].text, last->items[9].text);
}

TOASTY_TEST(cursors, a_cursor_goes_with_a_batch)
{
    toasty_auto(toasty_db) db = open_blanks(secret);
    toasty_auto(BlankPage) first = page_at(db, NULL);
    check_some(first);
    BlankPage *pages[2] = {NULL};
    toasty_auto(toasty_ops) ops = toasty_ops_new();
    check_some(ops);
    for (int i = 0; i < 2; i++) { /* the text is copied with the operation */
        char text[512];
        snprintf(text, sizeof text, "%s", blank_page_next_cursor(first));
        check_done(
            toasty_ops_add(ops, blank_page_op(&pages[i], .order_by = {blank_i32_desc(), blank_text_asc()},
                                              .per_page = 4, .cursor = text)));
        memset(text, 'x', sizeof text);
    }
    check_done(toasty_batch_ops(db, ops));
    toasty_auto(BlankPage) second = blank_page_next(db, first);
    for (int i = 0; i < 2; i++) {
        check_same(second, pages[i]);
        toasty_free(pages[i]);
    }
}

TOASTY_TEST(cursors, what_is_no_page_has_no_cursor)
{
    BlankPage page = {.has_next = true};
    check_null(blank_page_next_cursor(&page));
    check_last_error(TOASTY_INVALID_ARGUMENT);
}

/* Three rows and one without values, page by page in the order of a field, by cursors of two handles in turn.
 */
static void check_walk(toasty_db *db, toasty_db *later, blank_order_by order)
{
    toasty_auto(BlankList) all = blank_all(db, .order_by = {order});
    check_some(all);
    check_uint(4, all->len);
    char cursor[512] = "";
    for (size_t i = 0; i < 4; i++) {
        toasty_auto(BlankPage) page = blank_page(i % 2 ? later : db, .order_by = {order}, .per_page = 1,
                                                 .cursor = *cursor ? cursor : NULL);
        check_some(page);
        check_uint(1, page->len);
        check_that(suite_same_uuid(all->items[i].id, page->items[0].id));
        check_that(page->has_next == (i < 3));
        if (page->has_next)
            snprintf(cursor, sizeof cursor, "%s", blank_page_next_cursor(page));
    }
}

TOASTY_TEST(cursors, every_type_and_null_is_a_place_to_go_on_from)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.cursor_key = secret});
    toasty_auto(toasty_db) later = restarted(secret, NULL);
    toasty_auto(BlankList) made =
        blank_create_many(db, {.text = NULL},
                          {.flag = toasty_some(false),
                           .i8 = toasty_some(INT8_MIN),
                           .i16 = toasty_some(INT16_MIN),
                           .i32 = toasty_some(INT32_MIN),
                           .i64 = toasty_some(INT64_MIN),
                           .u8 = toasty_some(0),
                           .u16 = toasty_some(0),
                           .u32 = toasty_some(0),
                           .u64 = toasty_some(0),
                           .f32 = toasty_some(-1.5f),
                           .f64 = toasty_some(-1e300),
                           .text = "",
                           .uuid = toasty_some({{0}}),
                           .instant = toasty_some({-1}),
                           .day = toasty_some({1, 1, 1}),
                           .clock = toasty_some({0}),
                           .moment = toasty_some({{1900, 1, 1}, {0, 0, 0, 1}})},
                          {.flag = toasty_some(true),
                           .i8 = toasty_some(0),
                           .i16 = toasty_some(0),
                           .i32 = toasty_some(0),
                           .i64 = toasty_some(0),
                           .u8 = toasty_some(7),
                           .u16 = toasty_some(7),
                           .u32 = toasty_some(7),
                           .u64 = toasty_some(7),
                           .f32 = toasty_some(-0.0f),
                           .f64 = toasty_some(-0.0),
                           .text = "%00\\0\x01",
                           .uuid = toasty_some({{7}}),
                           .instant = toasty_some({0}),
                           .day = toasty_some({2024, 2, 29}),
                           .clock = toasty_some({12, 30, 0, 250000}),
                           .moment = toasty_some({{2024, 2, 29}, {12, 30, 0, 250000}})},
                          {.flag = toasty_some(true),
                           .i8 = toasty_some(INT8_MAX),
                           .i16 = toasty_some(INT16_MAX),
                           .i32 = toasty_some(INT32_MAX),
                           .i64 = toasty_some(INT64_MAX),
                           .u8 = toasty_some(UINT8_MAX),
                           .u16 = toasty_some(UINT16_MAX),
                           .u32 = toasty_some(UINT32_MAX),
                           .u64 = toasty_some(INT64_MAX),
                           .f32 = toasty_some(1e30f),
                           .f64 = toasty_some(0.1),
                           .text = "\xF0\x9F\x8D\x9E",
                           .uuid = toasty_some({{255}}),
                           .instant = toasty_some({1}),
                           .day = toasty_some({9999, 12, 31}),
                           .clock = toasty_some({23, 59, 59, 999999}),
                           .moment = toasty_some({{9999, 12, 31}, {23, 59, 59, 0}})});
    check_some(made);
    const blank_order_by orders[] = {blank_flag_asc(),
                                     blank_i8_asc(),
                                     blank_i16_asc(),
                                     blank_i32_desc(),
                                     blank_i64_asc(),
                                     blank_u8_asc(),
                                     blank_u16_asc(),
                                     blank_u32_desc(),
                                     blank_u64_asc(),
                                     blank_f32_asc(),
                                     blank_f64_asc(),
                                     blank_text_asc(),
                                     blank_uuid_desc(),
                                     blank_day_asc(),
                                     blank_instant_desc(),
                                     blank_clock_asc(),
                                     blank_moment_asc(),
                                     blank_u64_desc(),
                                     blank_f64_desc(),
                                     blank_u64_asc_nulls_last(),
                                     blank_text_desc_nulls_first()};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++)
        check_walk(db, later, orders[i]);
}

TOASTY_TEST(cursors, infinity_is_a_place_to_go_on_from, REQUIRES(infinity))
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.cursor_key = secret});
    toasty_auto(BlankList) made =
        blank_create_many(db, {.f64 = toasty_some(-__builtin_inf())}, {.f64 = toasty_some(__builtin_inf())},
                          {.f64 = toasty_some(1)}, {.text = "none"});
    check_some(made);
    check_walk(db, db, blank_f64_asc());
    check_walk(db, db, blank_f64_desc());
}

TOASTY_TEST(cursors, the_largest_number_is_a_place_to_go_on_from, REQUIRES(unsigned_64))
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.cursor_key = secret});
    toasty_auto(BlankList) made =
        blank_create_many(db, {.u64 = toasty_some(UINT64_MAX)}, {.u64 = toasty_some((uint64_t)INT64_MAX + 1)},
                          {.u64 = toasty_some(UINT64_MAX)}, {.text = "none"});
    check_some(made);
    check_walk(db, db, blank_u64_asc());
    check_walk(db, db, blank_u64_desc());
}
