/* The text of cursors: what goes in comes out, and nothing else does. */
#include "core/cursor.h"
#include "support/test.h"

#include <math.h>
#include <nettle/base64.h>
#include <nettle/hmac.h>
#include <stdio.h>
#include <string.h>

static const char secret[] = "sixteen bytes or more", older[] = "the one that was before";
static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

typedef struct written {
    toasty__arena arena;
    toasty__cursor_keys keys;
    toasty__cursor cursor;
    const char *text;
    toasty_error error;
} written;

static toasty__cursor_keys keys_of(const char *now, const char *old)
{
    toasty__cursor_keys keys;
    toasty_error error = {0};
    check_int(0, toasty__cursor_keys_make(&keys, now, old, &error));
    return keys;
}

static void write_values(written *w, toasty_value *values, uint8_t count)
{
    *w = (written){.keys = keys_of(secret, NULL)};
    toasty__arena_init(&w->arena, 0);
    w->cursor = (toasty__cursor){.backwards = true, .count = count, .values = values};
    toasty__cursor_name(w->cursor.query, "a query", 7);
    w->text = toasty__cursor_write(&w->arena, &w->keys.now, &w->cursor, &w->error);
    check_some(w->text);
}

static int read_text(written *w, const toasty__cursor_keys *keys, const char *text, toasty__cursor *cursor)
{
    w->error.code = TOASTY_OK;
    return toasty__cursor_read(&w->arena, keys, text, cursor, &w->error);
}

static void check_refused(written *w, const toasty__cursor_keys *keys, const char *text)
{
    toasty__cursor cursor;
    check_int(-1, read_text(w, keys, text, &cursor));
    check_error(&w->error, TOASTY_INVALID_CURSOR);
    check_null(strstr(w->error.message, secret));
    check_that(strlen(text) < 8 || !strstr(w->error.message, text));
}

static toasty_value text_of(const char *text)
{
    return (toasty_value){.kind = TOASTY_VALUE_TEXT, .len = (uint32_t)strlen(text), .as.text = text};
}

TOASTY_TEST(cursor, every_kind_of_value_comes_back_bit_for_bit)
{
    toasty_value values[] = {
        {.kind = TOASTY_VALUE_NULL},
        {.kind = TOASTY_VALUE_INT, .as.integer = INT64_MIN},
        {.kind = TOASTY_VALUE_INT, .as.integer = -1},
        {.kind = TOASTY_VALUE_UINT, .as.unsigned_integer = UINT64_MAX},
        {.kind = TOASTY_VALUE_FLOAT, .as.real = -0.0},
        {.kind = TOASTY_VALUE_FLOAT, .as.real = INFINITY},
        {.kind = TOASTY_VALUE_FLOAT, .as.real = -INFINITY},
        {.kind = TOASTY_VALUE_FLOAT, .as.real = 5e-324},
        text_of(""),
        text_of("%00\\0\xE2\x90\x80 \x01 \xF0\x9F\x8D\x9E"),
        {.kind = TOASTY_VALUE_BYTES, .len = 0, .as.bytes = ""},
        {.kind = TOASTY_VALUE_BYTES, .len = 3, .as.bytes = "\0\xFF\0"},
        {.kind = TOASTY_VALUE_UUID, .as.uuid = {0, 1, 2, 255, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0}},
    };
    enum { COUNT = sizeof values / sizeof *values };
    written w;
    toasty__cursor cursor;
    write_values(&w, values, COUNT);
    check_int(0, read_text(&w, &w.keys, w.text, &cursor));
    check_that(cursor.backwards);
    check_bytes(w.cursor.query, cursor.query, sizeof cursor.query);
    check_uint(COUNT, cursor.count);
    for (int i = 0; i < COUNT; i++) {
        check_uint(values[i].kind, cursor.values[i].kind);
        check_uint(values[i].len, cursor.values[i].len);
        if (values[i].kind == TOASTY_VALUE_TEXT || values[i].kind == TOASTY_VALUE_BYTES)
            check_bytes(values[i].as.bytes, cursor.values[i].as.bytes, values[i].len + 1u);
        else
            check_bytes(&values[i].as, &cursor.values[i].as,
                        values[i].kind == TOASTY_VALUE_UUID ? sizeof values[i].as.uuid : sizeof(int64_t));
    }
    toasty__arena_done(&w.arena);
}

TOASTY_TEST(cursor, its_letters_need_no_escape_in_a_url)
{
    char bytes[256];
    for (int i = 0; i < 256; i++)
        bytes[i] = (char)i;
    toasty_value value = {.kind = TOASTY_VALUE_BYTES, .as.bytes = bytes};
    for (value.len = 0; value.len < 256; value.len++) {
        written w;
        write_values(&w, &value, 1);
        check_uint(strlen(w.text), strspn(w.text, letters));
        toasty__arena_done(&w.arena);
    }
}

TOASTY_TEST(cursor, two_numbers_and_a_key_take_less_than_300_bytes)
{
    toasty_value values[] = {{.kind = TOASTY_VALUE_FLOAT, .as.real = 0.1},
                             {.kind = TOASTY_VALUE_UINT, .as.unsigned_integer = UINT64_MAX},
                             {.kind = TOASTY_VALUE_UUID}};
    written w;
    write_values(&w, values, 3);
    check_that(strlen(w.text) <= 300);
    toasty__arena_done(&w.arena);
}

TOASTY_TEST(cursor, one_letter_that_was_altered_is_enough)
{
    toasty_value values[] = {{.kind = TOASTY_VALUE_INT, .as.integer = 7}, text_of("ab")};
    written w;
    write_values(&w, values, 2);
    size_t length = strlen(w.text);
    for (size_t at = 0; at < length; at++)
        for (const char *letter = letters; *letter; letter++) {
            char text[256];
            snprintf(text, sizeof text, "%s", w.text);
            if (text[at] == *letter)
                continue;
            text[at] = *letter;
            check_refused(&w, &w.keys, text);
        }
    toasty__arena_done(&w.arena);
}

TOASTY_TEST(cursor, what_is_cut_off_or_added_is_refused)
{
    toasty_value value = {.kind = TOASTY_VALUE_INT, .as.integer = 7};
    written w;
    char text[256];
    write_values(&w, &value, 1);
    size_t length = strlen(w.text);
    for (size_t left = 0; left < length; left++) {
        snprintf(text, sizeof text, "%.*s", (int)left, w.text);
        check_refused(&w, &w.keys, text);
    }
    static const char *const more[] = {"A", "AAAA", "=", "====", " ", "\n", "\t", "%", "\xC3\xA4"};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        snprintf(text, sizeof text, "%s%s", w.text, more[i]);
        check_refused(&w, &w.keys, text);
        snprintf(text, sizeof text, "%s%s", more[i], w.text);
        check_refused(&w, &w.keys, text);
    }
    toasty__arena_done(&w.arena);
}

TOASTY_TEST(cursor, another_key_is_refused_unless_it_is_the_old_one)
{
    toasty_value value = {.kind = TOASTY_VALUE_INT, .as.integer = 7};
    toasty__cursor cursor;
    written w;
    write_values(&w, &value, 1);
    toasty__cursor_keys other = keys_of(older, NULL), random = keys_of(NULL, NULL),
                        same = keys_of(secret, NULL), turned = keys_of(older, secret),
                        third = keys_of("yet another one, of late", older);
    check_refused(&w, &other, w.text);
    check_refused(&w, &random, w.text);
    check_refused(&w, &third, w.text);
    check_int(0, read_text(&w, &same, w.text, &cursor));
    check_int(0, read_text(&w, &turned, w.text, &cursor));
    check_int(7, cursor.values[0].as.integer);
    toasty__arena_done(&w.arena);
}

/* Bytes as another version of the library would have written them, with our key. */
static const char *signed_text(const written *w, uint8_t *bytes, size_t length)
{
    static char text[256];
    struct hmac_sha256_ctx hmac;
    struct base64_encode_ctx base64;
    hmac_sha256_set_key(&hmac, sizeof w->keys.now.bytes, w->keys.now.bytes);
    hmac_sha256_update(&hmac, length, bytes);
    hmac_sha256_digest(&hmac, SHA256_DIGEST_SIZE, bytes + length);
    base64url_encode_init(&base64);
    text[base64_encode_update(&base64, text, length + SHA256_DIGEST_SIZE, bytes)] = '\0';
    return text;
}

TOASTY_TEST(cursor, another_version_is_an_error_that_says_so)
{
    uint8_t bytes[13 + SHA256_DIGEST_SIZE] = {1, 0, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 0, 0, 0};
    toasty__cursor cursor;
    written w;
    write_values(&w, NULL, 0);
    check_int(0, read_text(&w, &w.keys, signed_text(&w, bytes, 13), &cursor));
    bytes[0] = 2;
    check_refused(&w, &w.keys, signed_text(&w, bytes, 13));
    check_contains(w.error.message, "another version");
    bytes[0] = 1, bytes[1] = 2; /* a direction that does not exist */
    check_refused(&w, &w.keys, signed_text(&w, bytes, 13));
    bytes[1] = 0, bytes[10] = 3; /* more values than there are */
    check_refused(&w, &w.keys, signed_text(&w, bytes, 13));
    toasty__arena_done(&w.arena);
}

TOASTY_TEST(cursor, random_keys_differ)
{
    toasty__cursor_keys one = keys_of(NULL, NULL), two = keys_of(NULL, NULL);
    check_that(memcmp(&one.now, &two.now, sizeof one.now) != 0);
}

TOASTY_TEST(cursor, keys_that_are_too_short_or_only_old_are_refused_and_not_shown)
{
    toasty__cursor_keys keys;
    toasty_error error = {0};
    check_int(-1, toasty__cursor_keys_make(&keys, "XZJKVWYXKZ", NULL, &error));
    check_error(&error, TOASTY_INVALID_ARGUMENT);
    check_contains(error.message, "cursor_key is shorter than 16 bytes");
    check_int(-1, toasty__cursor_keys_make(&keys, secret, "XZJKVWYXKZ", &error));
    check_contains(error.message, "cursor_key_old is shorter");
    check_null(strstr(error.message, "XZJK"));
    check_int(-1, toasty__cursor_keys_make(&keys, "", NULL, &error));
    check_int(-1, toasty__cursor_keys_make(&keys, NULL, secret, &error));
    check_null(strstr(error.message, secret));
}
