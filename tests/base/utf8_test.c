/* UTF-8: the standard's edges, cutting, and the end of a prefix's range. */
#include "base/utf8.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

static bool valid(const char *text)
{
    return toasty__utf8_valid(text, strlen(text));
}

TOASTY_TEST(utf8, well_formed_text_is_valid)
{
    check_that(toasty__utf8_valid(NULL, 0));
    check_that(toasty__utf8_valid("a\0b", 3));
    check_that(valid("plain ASCII text, longer than a word of the machine"));
    check_that(valid("Zażółć gęślą jaźń, 日本語, 🍞"));
    check_that(valid("\x7F"));
    check_that(valid("\xC2\x80") && valid("\xDF\xBF"));
    check_that(valid("\xE0\xA0\x80") && valid("\xED\x9F\xBF") && valid("\xEE\x80\x80") &&
               valid("\xEF\xBF\xBF"));
    check_that(valid("\xF0\x90\x80\x80") && valid("\xF4\x8F\xBF\xBF"));
}

TOASTY_TEST(utf8, what_is_not_well_formed_is_found)
{
    static const char *const broken[] = {
        "\x80",
        "\xBF",
        "\xC0\x80",
        "\xC1\xBF",
        "\xC2",
        "\xC2\x7F",
        "\xC2\xC0",
        "\xE0\x9F\xBF",
        "\xE0\xA0",
        "\xE1\x80",
        "\xE1\x80\x7F",
        "\xED\xA0\x80",
        "\xED\xBF\xBF",
        "\xF0\x8F\xBF\xBF",
        "\xF0\x90\x80",
        "\xF1\x80\x80",
        "\xF1\x80\x80\xC0",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xFE",
        "\xFF",
    };
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        check_that(!valid(broken[i]));
        char text[40]; /* at every place around the words that the fast path reads */
        for (size_t before = 0; before < 20; before++) {
            snprintf(text, sizeof text, "%.*s%s%s", (int)before, "aaaaaaaaaaaaaaaaaaaa", broken[i],
                     "bbbbbbbb");
            check_that(!valid(text));
        }
    }
}

TOASTY_TEST(utf8, a_sequence_that_the_length_cuts_is_invalid)
{
    check_that(toasty__utf8_valid("€", 3));
    check_that(!toasty__utf8_valid("€", 2));
    check_that(!toasty__utf8_valid("€", 1));
}

TOASTY_TEST(utf8, a_cut_never_splits_a_code_point)
{
    check_uint(3, toasty__utf8_cut("abc", 10));
    check_uint(3, toasty__utf8_cut("abc", 3));
    check_uint(2, toasty__utf8_cut("abc", 2));
    check_uint(0, toasty__utf8_cut("abc", 0));
    check_uint(1, toasty__utf8_cut("a€b", 1));
    check_uint(1, toasty__utf8_cut("a€b", 2));
    check_uint(1, toasty__utf8_cut("a€b", 3));
    check_uint(4, toasty__utf8_cut("a€b", 4));
    check_uint(5, toasty__utf8_cut("a€b", 5));
    check_uint(0, toasty__utf8_cut("🍞", 3));
    check_uint(4, toasty__utf8_cut("🍞", 4));
    check_uint(6, toasty__utf8_cut("\x80\x80\x80\x80\x80\x80\x80\x80", 6)); /* no text: anywhere */
}

static void check_successor(const char *expected, const char *prefix)
{
    char out[40];
    size_t length = toasty__utf8_successor(prefix, strlen(prefix), out);
    check_uint(strlen(expected), length);
    check_bytes(expected, out, length);
}

TOASTY_TEST(utf8, the_successor_is_the_end_of_the_range_of_a_prefix)
{
    check_successor("b", "a");
    check_successor("Jp", "Jo");
    check_successor("\xC2\x80", "\x7F");
    check_successor("xz", "xy");
    check_successor("\xE0\xA0\x80", "\xDF\xBF");
    check_successor("\xEE\x80\x80", "\xED\x9F\xBF"); /* no surrogates */
    check_successor("\xF0\x90\x80\x80", "\xEF\xBF\xBF");
    check_successor("b", "a\xF4\x8F\xBF\xBF");
    check_successor("ź", "Ź");
    check_successor("é🍟", "é🍞");
}

TOASTY_TEST(utf8, some_prefixes_have_no_successor)
{
    check_successor("", "");
    check_successor("", "\xF4\x8F\xBF\xBF");
    check_successor("", "\xF4\x8F\xBF\xBF\xF4\x8F\xBF\xBF");
}

TOASTY_TEST(utf8, every_code_point_is_followed_by_the_next_one)
{
    char text[8] = "", out[8];
    size_t length = 1, points = 1, wrong = 0;
    for (size_t next; (next = toasty__utf8_successor(text, length, out)); length = next, points++) {
        wrong += !toasty__utf8_valid(out, next) || memcmp(text, out, length < next ? length : next) >= 0;
        memcpy(text, out, next);
    }
    check_uint(0, wrong);
    check_uint(0x110000 - 0x800, points);
    check_bytes("\xF4\x8F\xBF\xBF", text, 4);
}

TOASTY_TEST(utf8, plain_text_is_ascii_without_a_nul_wherever_the_other_byte_stands)
{
    char text[40];
    size_t wrong = 0;
    for (size_t length = 0; length < sizeof text; length++) {
        memset(text, 'a', sizeof text);
        wrong += !toasty__utf8_plain(text, length);
        for (size_t at = 0; at < length; at++) {
            static const char others[] = {'\0', '\x80', '\xFF'};
            for (size_t i = 0; i < sizeof others; i++) {
                text[at] = others[i];
                wrong += toasty__utf8_plain(text, length);
            }
            text[at] = '\x7F';
            wrong += !toasty__utf8_plain(text, length);
            text[at] = '\x01';
            wrong += !toasty__utf8_plain(text, length);
        }
    }
    check_uint(0, wrong);
}
