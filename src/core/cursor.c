/* Signing, writing and reading cursors: see cursor.h. */
#include "core/cursor.h"
#include "base/buffer.h"
#include "base/error.h"
#include "core/value_bytes.h"

#include <errno.h>
#include <nettle/base64.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>
#include <string.h>
#include <sys/random.h>

/* Another format is another version. The head: version, direction, query, number of values. */
enum { VERSION = 1, HEAD = 3 + TOASTY__CURSOR_QUERY, TAG = SHA256_DIGEST_SIZE };

/* --- keys --- */

static void sign(const uint8_t *key, size_t key_length, const void *bytes, size_t length, uint8_t tag[TAG])
{
    struct hmac_sha256_ctx hmac;
    hmac_sha256_set_key(&hmac, key_length, key);
    hmac_sha256_update(&hmac, length, bytes);
    hmac_sha256_digest(&hmac, TAG, tag);
    explicit_bzero(&hmac, sizeof hmac);
}

/* A key of its own, so that the program may use its secret elsewhere as well. */
static void make_key(toasty__cursor_key *key, const char *secret)
{
    static const char purpose[] = "toasty cursor 1";
    sign((const uint8_t *)secret, strlen(secret), purpose, sizeof purpose - 1, key->bytes);
}

static int make_random_key(toasty__cursor_key *key, toasty_error *err)
{
    ssize_t got;
    do
        got = getrandom(key->bytes, sizeof key->bytes, 0);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof key->bytes
               ? 0
               : toasty__fail(err, TOASTY_DATABASE_ERROR,
                              "the system gives no random bytes for a cursor key");
}

static int check_key(const char *secret, const char *option, toasty_error *err)
{
    return !secret || strlen(secret) >= TOASTY__CURSOR_KEY_LEAST
               ? 0
               : toasty__fail(err, TOASTY_INVALID_ARGUMENT, "%s is shorter than %d bytes", option,
                              TOASTY__CURSOR_KEY_LEAST);
}

int toasty__cursor_keys_make(toasty__cursor_keys *keys, const char *now, const char *old, toasty_error *err)
{
    if (check_key(now, "cursor_key", err) < 0 || check_key(old, "cursor_key_old", err) < 0)
        return -1;
    if (old && !now)
        return toasty__fail(err, TOASTY_INVALID_ARGUMENT,
                            "cursor_key_old is the key before cursor_key, which is not given");
    if (now)
        make_key(&keys->now, now);
    else if (make_random_key(&keys->now, err) < 0)
        return -1;
    keys->old = keys->now;
    if (old)
        make_key(&keys->old, old);
    return 0;
}

void toasty__cursor_name(uint8_t query[TOASTY__CURSOR_QUERY], const void *bytes, size_t length)
{
    struct sha256_ctx hash;
    sha256_init(&hash);
    sha256_update(&hash, length, bytes);
    sha256_digest(&hash, TOASTY__CURSOR_QUERY, query);
}

/* --- writing --- */

static void add_number(toasty__buffer *out, uint64_t number, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        toasty__buffer_char(out, (char)(number >> 8 * i));
}

static void add_value(toasty__buffer *out, const toasty_value *value)
{
    size_t length;
    const void *bytes = toasty__value_bytes(value, &length);
    toasty__buffer_char(out, (char)value->kind);
    if (toasty__value_points(value))
        add_number(out, length, 4);
    if (toasty__value_points(value) || value->kind == TOASTY_VALUE_UUID)
        toasty__buffer_add(out, bytes, length);
    else if (length)
        add_number(out, value->as.unsigned_integer, 8); /* the bits of a number, whichever it is */
}

static char *encode(toasty__arena *arena, const toasty__buffer *bytes)
{
    struct base64_encode_ctx base64;
    size_t length = BASE64_ENCODE_RAW_LENGTH(bytes->length);
    char *text = toasty__arena_alloc_aligned(arena, length + 1, 1);
    if (!text)
        return NULL;
    base64url_encode_init(&base64);
    text[base64_encode_update(&base64, text, bytes->length, (const uint8_t *)bytes->bytes)] = '\0';
    return text;
}

const char *toasty__cursor_write(toasty__arena *arena, const toasty__cursor_key *key,
                                 const toasty__cursor *cursor, toasty_error *err)
{
    toasty__buffer out;
    uint8_t tag[TAG];
    toasty__buffer_init(&out);
    toasty__buffer_char(&out, VERSION);
    toasty__buffer_char(&out, cursor->backwards);
    toasty__buffer_add(&out, cursor->query, TOASTY__CURSOR_QUERY);
    toasty__buffer_char(&out, (char)cursor->count);
    for (uint8_t i = 0; i < cursor->count; i++)
        add_value(&out, &cursor->values[i]);
    while ((out.length + TAG) % 3 && !out.failed)
        toasty__buffer_char(&out, 0);
    if (!out.failed)
        sign(key->bytes, sizeof key->bytes, out.bytes, out.length, tag);
    toasty__buffer_add(&out, tag, TAG);
    const char *text = out.failed ? NULL : encode(arena, &out);
    toasty__buffer_done(&out);
    if (!text)
        toasty__fail_memory(err);
    return text;
}

/* --- reading --- */

static int refuse(toasty_error *err)
{
    return toasty__fail(err, TOASTY_INVALID_CURSOR,
                        "the text is not a cursor, or was altered, or is signed with another key");
}

typedef struct rest {
    const uint8_t *at, *end;
} rest;

static const uint8_t *take(rest *rest, size_t length)
{
    const uint8_t *at = rest->at;
    if (length > (size_t)(rest->end - rest->at))
        return NULL;
    rest->at += length;
    return at;
}

static bool take_number(rest *rest, unsigned bytes, uint64_t *number)
{
    const uint8_t *at = take(rest, bytes);
    *number = 0;
    for (unsigned i = bytes; at && i-- > 0;)
        *number = *number << 8 | at[i];
    return at != NULL;
}

/* 1; 0: it is not one; -1: no memory. */
static int take_pointed(toasty__arena *arena, rest *rest, toasty_value *value)
{
    uint64_t length;
    const uint8_t *bytes = take_number(rest, 4, &length) ? take(rest, length) : NULL;
    if (!bytes || (value->kind == TOASTY_VALUE_TEXT && memchr(bytes, 0, length)))
        return 0;
    value->len = (uint32_t)length;
    value->as.text = toasty__arena_text(arena, (const char *)bytes, length);
    return value->as.text ? 1 : -1;
}

static int take_value(toasty__arena *arena, rest *rest, toasty_value *value)
{
    const uint8_t *kind = take(rest, 1), *uuid;
    if (!kind)
        return 0;
    *value = (toasty_value){.kind = *kind};
    switch (value->kind) {
    case TOASTY_VALUE_NULL:
        return 1;
    case TOASTY_VALUE_INT:
    case TOASTY_VALUE_UINT:
    case TOASTY_VALUE_FLOAT:
        return take_number(rest, 8, &value->as.unsigned_integer);
    case TOASTY_VALUE_UUID:
        if ((uuid = take(rest, sizeof value->as.uuid)))
            memcpy(value->as.uuid, uuid, sizeof value->as.uuid);
        return uuid != NULL;
    case TOASTY_VALUE_TEXT:
    case TOASTY_VALUE_BYTES:
        return take_pointed(arena, rest, value);
    default:
        return 0;
    }
}

/* What was signed: from here on what is wrong is of another version. */
static int parse(toasty__arena *arena, rest rest, toasty__cursor *cursor, toasty_error *err)
{
    const uint8_t *head = take(&rest, HEAD);
    if (!head || head[0] != VERSION || head[1] > 1)
        return toasty__fail(err, TOASTY_INVALID_CURSOR, "the cursor is of another version of the library");
    cursor->backwards = head[1];
    memcpy(cursor->query, head + 2, TOASTY__CURSOR_QUERY);
    cursor->count = head[HEAD - 1];
    cursor->values = toasty__arena_calloc(arena, cursor->count + (size_t)1, sizeof *cursor->values);
    if (!cursor->values)
        return toasty__fail_memory(err);
    for (uint8_t i = 0; i < cursor->count; i++) {
        int taken = take_value(arena, &rest, &cursor->values[i]);
        if (taken <= 0)
            return taken < 0 ? toasty__fail_memory(err) : refuse(err);
    }
    size_t left = (size_t)(rest.end - rest.at);
    return left < 3 && memcmp(rest.at, "\0\0", left) == 0 ? 0 : refuse(err);
}

/* Both keys are tried, whether or not the first one was right. */
static bool is_signed(const toasty__cursor_keys *keys, const uint8_t *bytes, size_t length)
{
    uint8_t now[TAG], old[TAG];
    sign(keys->now.bytes, sizeof keys->now.bytes, bytes, length, now);
    sign(keys->old.bytes, sizeof keys->old.bytes, bytes, length, old);
    return memeql_sec(now, bytes + length, TAG) | memeql_sec(old, bytes + length, TAG);
}

int toasty__cursor_read(toasty__arena *arena, const toasty__cursor_keys *keys, const char *text,
                        toasty__cursor *cursor, toasty_error *err)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    struct base64_decode_ctx base64;
    size_t length = strlen(text), decoded;
    if (length % 4 || strspn(text, letters) != length)
        return refuse(err);
    uint8_t *bytes = toasty__arena_alloc(arena, BASE64_DECODE_LENGTH(length));
    if (!bytes)
        return toasty__fail_memory(err);
    base64url_decode_init(&base64);
    if (!base64_decode_update(&base64, &decoded, bytes, length, text) || decoded < TAG)
        return refuse(err);
    decoded -= TAG;
    if (!is_signed(keys, bytes, decoded))
        return refuse(err);
    return parse(arena, (rest){bytes, bytes + decoded}, cursor, err);
}
