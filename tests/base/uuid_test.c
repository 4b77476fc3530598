/* UUIDs: version and variant, order within and across threads, text. */
#include "base/time.h"
#include "base/uuid.h"
#include "test.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

TOASTY_TEST(uuid, random_ones_say_so_and_differ)
{
    static uint8_t uuids[1000][16];
    toasty_error error;
    for (int i = 0; i < 1000; i++) {
        check_int(0, toasty__uuid_v4(uuids[i], &error));
        check_int(4, uuids[i][6] >> 4);
        check_int(2, uuids[i][8] >> 6);
    }
    qsort(uuids, 1000, 16, compare);
    for (int i = 1; i < 1000; i++)
        check_that(memcmp(uuids[i - 1], uuids[i], 16) != 0);
}

TOASTY_TEST(uuid, ordered_ones_hold_the_milliseconds_of_now)
{
    uint8_t uuid[16];
    toasty_error error;
    int64_t before = toasty__now_us() / 1000;
    check_int(0, toasty__uuid_v7(uuid, &error));
    int64_t after = toasty__now_us() / 1000, stamp = 0;
    for (int i = 0; i < 6; i++)
        stamp = stamp << 8 | uuid[i];
    check_that(before <= stamp && stamp <= after);
    check_int(7, uuid[6] >> 4);
    check_int(2, uuid[8] >> 6);
}

TOASTY_TEST(uuid, ordered_ones_grow_even_within_a_millisecond)
{
    uint8_t last[16] = {0}, next[16];
    toasty_error error;
    int wrong = 0;
    for (int i = 0; i < 100000; i++) {
        wrong += toasty__uuid_v7(next, &error) != 0 || memcmp(last, next, 16) >= 0;
        memcpy(last, next, 16);
    }
    check_int(0, wrong);
}

enum { EACH = 20000 };

static void *make_many(void *uuids)
{
    toasty_error error;
    uint8_t(*out)[16] = uuids;
    for (int i = 0; i < EACH; i++)
        if (toasty__uuid_v7(out[i], &error) < 0)
            memset(out[i], 0, 16);
    return NULL;
}

TOASTY_TEST(uuid, threads_never_make_the_same, THREADS, TIMEOUT(30))
{
    static uint8_t uuids[4][EACH][16];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        check_int(0, pthread_create(&threads[i], NULL, make_many, uuids[i]));
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    int wrong = 0;
    for (int i = 0; i < 4; i++)
        for (int k = 1; k < EACH; k++)
            wrong += memcmp(uuids[i][k - 1], uuids[i][k], 16) >= 0;
    qsort(uuids, 4 * EACH, 16, compare);
    uint8_t(*all)[16] = uuids[0];
    for (int i = 1; i < 4 * EACH; i++)
        wrong += memcmp(all[i - 1], all[i], 8) >= 0; /* the time part alone is unique */
    check_int(0, wrong);
}

TOASTY_TEST(uuid, text_and_bytes_are_each_other)
{
    static const char text[] = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
    static const uint8_t bytes[16] = {0x01, 0x7f, 0x22, 0xe2, 0x79, 0xb0, 0x7c, 0xc3,
                                      0x98, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f};
    uint8_t parsed[16];
    char formatted[TOASTY__UUID_TEXT + 1];
    check_that(toasty__uuid_parse(text, 36, parsed));
    check_bytes(bytes, parsed, 16);
    toasty__uuid_format(bytes, formatted);
    check_text(text, formatted);
    check_that(toasty__uuid_parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", 36, parsed));
    check_bytes(bytes, parsed, 16);
}

TOASTY_TEST(uuid, other_text_is_refused)
{
    static const char *const wrong[] = {
        "",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398f0",
        "017f22e279b07cc398c4dc0c0c07398f0000",
        "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
        "017f22e2-79b0-7cc3-98c4_dc0c0c07398f",
        "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}",
        "017f22e-279b0-7cc3-98c4-dc0c0c07398f",
        " 17f22e2-79b0-7cc3-98c4-dc0c0c07398f",
    };
    uint8_t out[16] = {42};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        check_that(!toasty__uuid_parse(wrong[i], strlen(wrong[i]), out));
    check_int(42, out[0]);
}
