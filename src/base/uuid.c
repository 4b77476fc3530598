/* UUIDs: random ones, and time-ordered ones that grow strictly within the process.
 *
 * The upper 60 bits of a v7 that are not fixed (48 of milliseconds, 12 of a fraction) come from one number
 * that all threads share and that only grows: the clock when that is ahead, else the number before and one.
 * So a clock that is set back, or more than 4096 UUIDs a millisecond, run ahead of the clock instead of
 * repeating. */
#include "uuid.h"

#include "error.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* Random bytes are taken from the kernel by the page of sixteen UUIDs: a request of up to 256 bytes is never
 * cut short. */
static _Thread_local struct {
    uint8_t bytes[256];
    size_t left;
} pool;

static int random_bytes(uint8_t *out, size_t length, toasty_error *err)
{
    if (pool.left < length) {
        ssize_t got;
        do
            got = getrandom(pool.bytes, sizeof pool.bytes, 0);
        while (got < 0 && errno == EINTR);
        if (got != (ssize_t)sizeof pool.bytes)
            return toasty__fail(err, TOASTY_DATABASE_ERROR, "the system gives no random bytes for a UUID");
        pool.left = sizeof pool.bytes;
    }
    pool.left -= length;
    memcpy(out, pool.bytes + pool.left, length);
    return 0;
}

static void mark(uint8_t uuid[16], unsigned version)
{
    uuid[6] = (uint8_t)((uuid[6] & 0x0F) | version << 4);
    uuid[8] = (uint8_t)((uuid[8] & 0x3F) | 0x80);
}

int toasty__uuid_v4(uint8_t out[16], toasty_error *err)
{
    if (random_bytes(out, 16, err) < 0)
        return -1;
    mark(out, 4);
    return 0;
}

/* Milliseconds in the upper 48 of 60 bits, a fraction in the lower twelve. */
static uint64_t next_tick(void)
{
    static _Atomic uint64_t last;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t milliseconds = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    uint64_t fraction = (uint64_t)now.tv_nsec % 1000000 * 4096 / 1000000;
    uint64_t clock = milliseconds << 12 | fraction;
    uint64_t before = atomic_load_explicit(&last, memory_order_relaxed), tick;
    do
        tick = clock > before ? clock : before + 1;
    while (!atomic_compare_exchange_weak_explicit(&last, &before, tick, memory_order_acq_rel,
                                                  memory_order_relaxed));
    return tick;
}

int toasty__uuid_v7(uint8_t out[16], toasty_error *err)
{
    if (random_bytes(out + 8, 8, err) < 0)
        return -1;
    uint64_t tick = next_tick();
    for (int i = 0; i < 6; i++)
        out[i] = (uint8_t)(tick >> (52 - 8 * i));
    out[6] = (uint8_t)(tick >> 8 & 0x0F);
    out[7] = (uint8_t)tick;
    mark(out, 7);
    return 0;
}

static bool is_dash_before(int byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

void toasty__uuid_format(const uint8_t uuid[16], char out[TOASTY__UUID_TEXT + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (int i = 0; i < 16; i++) {
        if (is_dash_before(i))
            *out++ = '-';
        *out++ = digits[uuid[i] >> 4];
        *out++ = digits[uuid[i] & 15];
    }
    *out = '\0';
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool toasty__uuid_parse(const char *text, size_t length, uint8_t out[16])
{
    uint8_t bytes[16];
    if (length != TOASTY__UUID_TEXT)
        return false;
    for (int i = 0; i < 16; i++) {
        if (is_dash_before(i) && *text++ != '-')
            return false;
        int high = digit(text[0]), low = digit(text[1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    memcpy(out, bytes, sizeof bytes);
    return true;
}
