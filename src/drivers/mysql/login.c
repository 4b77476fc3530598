/* Logging in: see login.h.
 *
 * Each way to prove a password is a row of `plugins`. The first proof is for the way that the server has
 * named; it may ask for another one, with a new scramble, once. */
#include "login.h"

#include "base/error.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>

/* --- the greeting --- */

enum { GREETING_VERSION = 10, FIRST_SCRAMBLE = 8, RESERVED = 6 };

static void copy_text(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text);
}

int toasty__my_greeting_read(my_greeting *greeting, const my_packet *packet, toasty_error *err)
{
    my_reader reader = my_read(packet);
    uint8_t protocol = my_take8(&reader);
    *greeting = (my_greeting){0};
    copy_text(greeting->version, sizeof greeting->version, my_take_text(&reader));
    greeting->thread = my_take32(&reader);
    const char *first = my_take(&reader, FIRST_SCRAMBLE);
    my_take8(&reader);
    greeting->can = my_take16(&reader);
    my_take8(&reader); /* its character set: the session says its own */
    greeting->status = my_take16(&reader);
    greeting->can |= (uint32_t)my_take16(&reader) << 16;
    my_take8(&reader); /* the length of the scramble */
    my_take(&reader, RESERVED);
    greeting->is_mariadb = !(greeting->can & MY_MARIADB_LACKS);
    greeting->mariadb_can = my_take32(&reader);
    const char *second = my_take(&reader, MY_SCRAMBLE - FIRST_SCRAMBLE);
    my_take8(&reader);
    if (protocol != GREETING_VERSION)
        return toasty__fail(err, TOASTY_UNSUPPORTED,
                            "what answers does not speak the protocol of MySQL 4.1 and newer");
    if (reader.failed)
        return toasty__fail(err, TOASTY_CONNECTION_FAILED,
                            "protocol error: the server's greeting is cut off");
    memcpy(greeting->scramble, first, FIRST_SCRAMBLE);
    memcpy(greeting->scramble + FIRST_SCRAMBLE, second, MY_SCRAMBLE - FIRST_SCRAMBLE);
    if (greeting->can & MY_PLUGINS)
        copy_text(greeting->plugin, sizeof greeting->plugin, my_take_text(&reader));
    if (!greeting->is_mariadb)
        greeting->mariadb_can = 0;
    return 0;
}

/* --- proofs --- */

enum { LONGEST_DIGEST = 32 };

/* The digest of up to two texts one behind the other; its size, 0 without memory. */
static size_t digest(const EVP_MD *kind, unsigned char *out, const void *first, size_t first_size,
                     const void *second, size_t second_size)
{
    unsigned size = 0;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool made = context && EVP_DigestInit_ex(context, kind, NULL) &&
                EVP_DigestUpdate(context, first, first_size) &&
                EVP_DigestUpdate(context, second, second_size) && EVP_DigestFinal_ex(context, out, &size);
    EVP_MD_CTX_free(context);
    return made ? size : 0;
}

/* H(password) xor H(of both, in some order): what the server can check who keeps H(H(password)). */
static int prove(toasty__buffer *out, const EVP_MD *kind, const my_login *login, bool scramble_first)
{
    unsigned char once[LONGEST_DIGEST], twice[LONGEST_DIGEST], with[LONGEST_DIGEST];
    const char *password = login->account->password;
    size_t size = digest(kind, once, password, strlen(password), NULL, 0);
    size = size ? digest(kind, twice, once, size, NULL, 0) : 0;
    if (size)
        size = scramble_first ? digest(kind, with, login->scramble, MY_SCRAMBLE, twice, size)
                              : digest(kind, with, twice, size, login->scramble, MY_SCRAMBLE);
    for (size_t i = 0; i < size; i++)
        with[i] ^= once[i];
    my_put(out, with, size);
    OPENSSL_cleanse(once, sizeof once);
    OPENSSL_cleanse(twice, sizeof twice);
    return size ? 0 : -1;
}

static int prove_native(toasty__buffer *out, const my_login *login)
{
    return *login->account->password ? prove(out, EVP_sha1(), login, true) : 0;
}

static int prove_sha2(toasty__buffer *out, const my_login *login)
{
    return *login->account->password ? prove(out, EVP_sha256(), login, false) : 0;
}

static bool is_secret(const my_login *login)
{
    return login->tls || login->local;
}

/* The password with its NUL. */
static int put_clear(toasty__buffer *out, const my_login *login)
{
    my_put(out, login->account->password, strlen(login->account->password) + 1);
    return 0;
}

enum { SHA256_ASKS_FOR_KEY = 1, CACHING_ASKS_FOR_KEY = 2 };

static int prove_sha256(toasty__buffer *out, const my_login *login)
{
    if (*login->account->password && !login->tls) {
        my_put8(out, SHA256_ASKS_FOR_KEY);
        return 0;
    }
    return put_clear(out, login);
}

static const struct plugin {
    const char *name;
    int (*prove)(toasty__buffer *out, const my_login *login); /* -1: no memory; NULL: not known here */
    uint8_t asks_for_key;                                     /* the byte that asks; 0: it never does */
    const char *remedy;                                       /* of one that is refused */
} plugins[] = {
    {"mysql_native_password", prove_native, 0, NULL},
    {"caching_sha2_password", prove_sha2, CACHING_ASKS_FOR_KEY, NULL},
    {"sha256_password", prove_sha256, SHA256_ASKS_FOR_KEY, NULL},
    {"mysql_clear_password", put_clear, 0, NULL},
    {"client_ed25519", NULL, 0,
     "give the user mysql_native_password too: ALTER USER … IDENTIFIED VIA ed25519 … OR "
     "mysql_native_password …"},
    {"parsec", NULL, 0, "give the user mysql_native_password too"},
    {"dialog", NULL, 0, "give the user a password of the server's own"},
    {"auth_gssapi_client", NULL, 0, "give the user a password of the server's own"},
    {"mysql_old_password", NULL, 0, "set the password anew, with mysql_native_password"},
};

static const struct plugin *find(const char *name)
{
    for (size_t i = 0; i < sizeof plugins / sizeof *plugins; i++)
        if (!strcmp(plugins[i].name, name))
            return &plugins[i];
    return NULL;
}

/* A name from the server as a message may show it. */
static int refuse_plugin(const char *name, const char *remedy, toasty_error *err)
{
    char shown[MY_PLUGIN_NAME];
    copy_text(shown, sizeof shown, name);
    for (char *c = shown; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
    return toasty__fail(err, TOASTY_CONNECTION_FAILED,
                        "the server wants the login plugin %s, which is not supported%s%s", shown,
                        remedy ? "; " : "", remedy ? remedy : "");
}

static const char no_secrecy[] =
    "the server wants the password itself, which only goes through TLS (sslmode=require) or a socket of this "
    "machine; allow_public_key_retrieval=1 would seal it with a key that nobody vouches for";

/* What proves the password by the plugin that is wanted now. */
static int put_proof(toasty__buffer *out, my_login *login, toasty_error *err)
{
    const struct plugin *plugin = find(login->plugin);
    login->wants_key = false;
    if (!plugin || !plugin->prove)
        return refuse_plugin(login->plugin, plugin ? plugin->remedy : NULL, err);
    if (plugin->prove == put_clear && (!login->tls || !login->account->allows_cleartext))
        return toasty__fail(
            err, TOASTY_CONNECTION_FAILED,
            "the server wants the password in the clear (mysql_clear_password), which it gets "
            "only through TLS and with cleartext=1");
    if (plugin->prove == prove_sha256 && *login->account->password && !login->tls) {
        if (!login->account->allows_public_key)
            return toasty__fail(err, TOASTY_CONNECTION_FAILED, "%s", no_secrecy);
        login->wants_key = true;
    }
    return plugin->prove(out, login) < 0 || out->failed ? toasty__fail_memory(err) : 0;
}

/* --- the key of the server --- */

/* The password under the scramble, so that no two seals are alike. */
static void mask(const my_login *login, unsigned char *out, size_t size)
{
    for (size_t i = 0; i < size; i++)
        out[i] = (unsigned char)(login->account->password[i] ^ login->scramble[i % MY_SCRAMBLE]);
}

static bool seal(EVP_PKEY *key, const unsigned char *text, size_t size, unsigned char *out, size_t *out_size)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    bool sealed = context && EVP_PKEY_encrypt_init(context) > 0 &&
                  EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0 &&
                  EVP_PKEY_encrypt(context, out, out_size, text, size) > 0;
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return sealed;
}

enum { LARGEST_SEAL = 1024, LONGEST_PASSWORD = 512 };

static int put_sealed(toasty__buffer *out, const my_login *login, const char *pem, size_t pem_size,
                      toasty_error *err)
{
    unsigned char masked[LONGEST_PASSWORD], sealed[LARGEST_SEAL];
    size_t size = strlen(login->account->password) + 1, sealed_size = sizeof sealed;
    BIO *bio = size <= sizeof masked && pem_size < 65536 ? BIO_new_mem_buf(pem, (int)pem_size) : NULL;
    EVP_PKEY *key = bio ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL) : NULL;
    bool fits = key && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && EVP_PKEY_get_size(key) <= LARGEST_SEAL;
    if (fits)
        mask(login, masked, size);
    bool done = fits && seal(key, masked, size, sealed, &sealed_size);
    OPENSSL_cleanse(masked, sizeof masked);
    EVP_PKEY_free(key);
    BIO_free(bio);
    ERR_clear_error();
    if (!done)
        return toasty__fail(err, TOASTY_CONNECTION_FAILED,
                            "the server's public key cannot seal the password");
    my_put(out, sealed, sealed_size);
    return 0;
}

/* --- our side --- */

static void agree(my_login *login)
{
    uint32_t wanted = MY_PROTOCOL_41 | MY_SECURE_CONNECTION | MY_PLUGINS | MY_PLUGINS_COUNTED |
                      MY_TRANSACTIONS | MY_MULTI_RESULTS | MY_PREPARED_MULTI_RESULTS | MY_FOUND_ROWS |
                      MY_ATTRIBUTES | MY_NO_EOF | (*login->account->database ? MY_CONNECT_WITH_DB : 0) |
                      (login->tls ? MY_TLS : 0);
    login->capabilities = wanted & login->greeting.can;
    login->mariadb_capabilities = MY_MARIADB_CACHED_COLUMNS & login->greeting.mariadb_can;
}

/* What stands before the name of the user. */
static void put_head(toasty__buffer *out, const my_login *login)
{
    static const char nothing[19];
    my_put32(out, login->capabilities);
    my_put32(out, MY_MAX_MESSAGE);
    my_put8(out, MY_UTF8MB4_BIN);
    my_put(out, nothing, sizeof nothing);
    my_put32(out, login->mariadb_capabilities);
}

uint8_t toasty__my_put_tls_request(toasty__buffer *out, my_login *login, uint8_t sequence)
{
    size_t start = my_begin(out);
    login->tls = true;
    agree(login);
    put_head(out, login);
    return toasty__my_end(out, start, sequence);
}

static void put_attributes(toasty__buffer *out, const my_login *login)
{
    const char *const attributes[] = {"_client_name", "toasty", "program_name", login->account->program};
    size_t length = 0, count = sizeof attributes / sizeof *attributes;
    for (size_t i = 0; i < count; i++)
        length += strlen(attributes[i]) + (strlen(attributes[i]) < 251 ? 1 : 3);
    my_put_length(out, length);
    for (size_t i = 0; i < count; i++)
        my_put_counted(out, attributes[i], strlen(attributes[i]));
}

/* The length of the proof stands before it, in one byte: no proof of a first packet is long but a clear
 * password. */
static int put_counted_proof(toasty__buffer *out, my_login *login, toasty_error *err)
{
    toasty__buffer proof;
    toasty__buffer_init(&proof);
    int status = put_proof(&proof, login, err);
    if (status == 0)
        my_put_counted(out, proof.bytes, proof.length);
    if (proof.length)
        OPENSSL_cleanse(proof.bytes, proof.length);
    toasty__buffer_done(&proof);
    return status;
}

static const uint32_t needed = MY_PROTOCOL_41 | MY_SECURE_CONNECTION | MY_PLUGINS | MY_PLUGINS_COUNTED |
                               MY_TRANSACTIONS | MY_FOUND_ROWS | MY_PREPARED_MULTI_RESULTS | MY_NO_EOF;

int toasty__my_put_login(toasty__buffer *out, my_login *login, uint8_t sequence, toasty_error *err)
{
    agree(login);
    if ((login->capabilities & needed) != needed)
        return toasty__fail(err, TOASTY_UNSUPPORTED,
                            "the server, or a proxy before it, is too old: MySQL 8.0.19 or MariaDB 10.6 is "
                            "needed");
    const char *plugin = *login->greeting.plugin ? login->greeting.plugin : "mysql_native_password";
    /* A way of somebody else's may be the server's default: this user's own is asked for then. */
    copy_text(login->plugin, sizeof login->plugin,
              find(plugin) && find(plugin)->prove ? plugin : "mysql_native_password");
    if (!strcmp(login->plugin, "mysql_clear_password") || !strcmp(login->plugin, "sha256_password"))
        copy_text(login->plugin, sizeof login->plugin, "caching_sha2_password");
    memcpy(login->scramble, login->greeting.scramble, MY_SCRAMBLE);
    size_t start = my_begin(out);
    put_head(out, login);
    my_put(out, login->account->user, strlen(login->account->user) + 1);
    if (put_counted_proof(out, login, err) < 0)
        return -1;
    if (login->capabilities & MY_CONNECT_WITH_DB)
        my_put(out, login->account->database, strlen(login->account->database) + 1);
    my_put(out, login->plugin, strlen(login->plugin) + 1);
    if (login->capabilities & MY_ATTRIBUTES)
        put_attributes(out, login);
    toasty__my_end(out, start, sequence);
    return out->failed ? toasty__fail_memory(err) : 0;
}

/* --- the server's side --- */

enum { SAYS_OK = 0x00, SAYS_MORE = 0x01, SAYS_SWITCH = 0xfe, SAYS_NO = 0xff };
enum { FAST_ENOUGH = 3, WANTS_PASSWORD = 4 };

/* Another way, with another scramble. */
static int take_switch(toasty__buffer *out, my_login *login, const my_packet *packet, toasty_error *err)
{
    my_reader reader = my_read(packet);
    my_take8(&reader);
    const char *plugin = my_left(&reader) ? my_take_text(&reader) : "mysql_old_password";
    const char *scramble = my_left(&reader) >= MY_SCRAMBLE ? my_take(&reader, MY_SCRAMBLE) : NULL;
    copy_text(login->plugin, sizeof login->plugin, plugin);
    if (scramble)
        memcpy(login->scramble, scramble, MY_SCRAMBLE);
    size_t start = my_begin(out);
    if (put_proof(out, login, err) < 0)
        return -1;
    toasty__my_end(out, start, packet->next);
    return 0;
}

/* caching_sha2_password has this user's password not at hand. */
static int put_whole_password(toasty__buffer *out, my_login *login, toasty_error *err)
{
    if (is_secret(login))
        return put_clear(out, login);
    if (!login->account->allows_public_key)
        return toasty__fail(err, TOASTY_CONNECTION_FAILED, "%s", no_secrecy);
    login->wants_key = true;
    my_put8(out, find(login->plugin)->asks_for_key);
    return 0;
}

static int take_more(toasty__buffer *out, my_login *login, const my_packet *packet, toasty_error *err)
{
    size_t start = my_begin(out);
    int status = -1;
    bool caching = !strcmp(login->plugin, "caching_sha2_password");
    if (login->wants_key) {
        login->wants_key = false;
        status = put_sealed(out, login, packet->body + 1, packet->length - 1, err);
    } else if (caching && packet->length == 2 && packet->body[1] == FAST_ENOUGH) {
        out->length = start; /* nothing is answered */
        return 0;
    } else if (caching && packet->length == 2 && packet->body[1] == WANTS_PASSWORD)
        status = put_whole_password(out, login, err);
    else
        toasty__fail(err, TOASTY_CONNECTION_FAILED, "protocol error: unexpected message during the login");
    toasty__my_end(out, start, packet->next);
    return status;
}

my_login_state toasty__my_login_take(toasty__buffer *out, my_login *login, const my_packet *packet,
                                     toasty_error *err)
{
    int status = -1;
    switch (packet->length ? (uint8_t)*packet->body : SAYS_NO - 2) {
    case SAYS_OK:
        return MY_LOGIN_DONE;
    case SAYS_NO:
        return MY_LOGIN_REFUSED;
    case SAYS_SWITCH:
        status = take_switch(out, login, packet, err);
        break;
    case SAYS_MORE:
        status = take_more(out, login, packet, err);
        break;
    default:
        toasty__fail(err, TOASTY_CONNECTION_FAILED, "protocol error: unexpected message during the login");
    }
    if (status == 0 && out->failed)
        status = toasty__fail_memory(err);
    return status < 0 ? MY_LOGIN_FAILED : MY_LOGIN_GOES_ON;
}
