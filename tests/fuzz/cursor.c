/* Cursors: any text is one or an error, and what is signed is read without a step beyond it.
 *
 * An input is a text as a stranger sends it. The same bytes are also signed, as by somebody who has the key:
 * what stands behind the signature then reaches the reader. What is read is written again, and is the same
 * text. */
#include "core/cursor.h"
#include "base/error.h"

#include <nettle/base64.h>
#include <nettle/hmac.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void read_again(toasty__arena *arena, const toasty__cursor_keys *keys, const char *text)
{
    toasty__cursor cursor;
    toasty_error error = {0};
    if (toasty__cursor_read(arena, keys, text, &cursor, &error) < 0) {
        if (error.code != TOASTY_INVALID_CURSOR)
            abort();
        return;
    }
    const char *again = toasty__cursor_write(arena, &keys->now, &cursor, &error);
    if (!again || strcmp(again, text) != 0)
        abort();
}

static char *signed_text(const toasty__cursor_key *key, const uint8_t *bytes, size_t length)
{
    struct hmac_sha256_ctx hmac;
    struct base64_encode_ctx base64;
    size_t padded = length + (3 - (length + SHA256_DIGEST_SIZE) % 3) % 3, all = padded + SHA256_DIGEST_SIZE;
    uint8_t *payload = calloc(1, all);
    char *text = malloc(BASE64_ENCODE_RAW_LENGTH(all) + 1);
    if (!payload || !text)
        abort();
    if (length)
        memcpy(payload, bytes, length);
    hmac_sha256_set_key(&hmac, sizeof key->bytes, key->bytes);
    hmac_sha256_update(&hmac, padded, payload);
    hmac_sha256_digest(&hmac, SHA256_DIGEST_SIZE, payload + padded);
    base64url_encode_init(&base64);
    text[base64_encode_update(&base64, text, all, payload)] = '\0';
    free(payload);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    toasty__cursor_keys keys;
    toasty__arena arena;
    toasty_error error = {0};
    char *given = malloc(length + 1);
    if (!given || toasty__cursor_keys_make(&keys, "the key of the fuzzer", NULL, &error) < 0)
        abort();
    if (length)
        memcpy(given, bytes, length);
    given[length] = '\0';
    toasty__arena_init(&arena, 0);
    read_again(&arena, &keys, given);
    char *text = signed_text(&keys.now, bytes, length);
    read_again(&arena, &keys, text);
    toasty__arena_done(&arena);
    free(text);
    free(given);
    return 0;
}
