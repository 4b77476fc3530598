/* Logging in, without a server: what is proved, what is refused, and where a password never goes. */
#include "base/error.h"
#include "drivers/mysql/login.h"
#include "test.h"

#include <string.h>

static const my_account account = {.user = "ann", .password = "secret", .database = "app", .program = "test"};

typedef struct dialogue {
    my_login login;
    toasty__buffer out;
    toasty_error error;
} dialogue;

/* A server that offers that plugin, with the scramble 1, 2, … 20. */
static void begin_with(dialogue *d, const my_account *who, const char *plugin, bool tls, bool local)
{
    *d = (dialogue){.login = {.account = who, .tls = tls, .local = local}};
    toasty__buffer_init(&d->out);
    d->login.greeting.can = UINT32_MAX;
    strcpy(d->login.greeting.plugin, plugin);
    for (int i = 0; i < MY_SCRAMBLE; i++)
        d->login.greeting.scramble[i] = (char)(i + 1);
    check_int(0, toasty__my_put_login(&d->out, &d->login, 1, &d->error));
}

static void begin(dialogue *d, const char *plugin, bool tls, bool local)
{
    begin_with(d, &account, plugin, tls, local);
}

static my_login_state hear(dialogue *d, const void *bytes, size_t length)
{
    my_packet packet = {bytes, (uint32_t)length, 2, 3};
    toasty__buffer_clear(&d->out);
    return toasty__my_login_take(&d->out, &d->login, &packet, &d->error);
}
#define HEAR(d, bytes) hear(d, bytes, sizeof(bytes) - 1)

static bool has(const dialogue *d, const void *bytes, size_t length)
{
    return memmem(d->out.bytes, d->out.length, bytes, length) != NULL;
}

static void check_refused(const dialogue *d, my_login_state state, const char *part)
{
    check_int(MY_LOGIN_FAILED, state);
    check_error(&d->error, TOASTY_CONNECTION_FAILED);
    check_contains(d->error.message, part);
    check_that(!strstr(d->error.message, "secret"));
    check_that(!has(d, "secret", 6));
}

static void end(dialogue *d)
{
    toasty__buffer_done(&d->out);
}

/* --- proofs --- */

static const unsigned char native_proof[] = {0xb3, 0x2b, 0xb3, 0xa5, 0x83, 0xe1, 0x34, 0x0c, 0x0a, 0x11,
                                             0x08, 0xd5, 0x8b, 0x1b, 0xe4, 0x97, 0x81, 0xad, 0x8c, 0x2f};
static const unsigned char sha2_proof[] = {0x74, 0x6e, 0xbe, 0x20, 0x5d, 0x56, 0xa0, 0x70, 0x7a, 0xcb, 0x3e,
                                           0x79, 0x6e, 0x83, 0x4e, 0x0d, 0xd7, 0xb1, 0xd6, 0x17, 0x43, 0xb2,
                                           0x6b, 0xd5, 0x20, 0x2c, 0x7a, 0x62, 0x32, 0x30, 0xc7, 0xc9};

TOASTY_TEST(mysql, a_password_is_proved_by_its_digest_and_the_scramble)
{
    dialogue d;
    begin(&d, "mysql_native_password", false, false);
    check_that(has(&d, native_proof, sizeof native_proof));
    check_that(!has(&d, "secret", 6));
    check_that(has(&d, "ann\0", 4));
    check_that(has(&d, "app\0mysql_native_password", 25));
    end(&d);
    begin(&d, "caching_sha2_password", false, false);
    check_that(has(&d, sha2_proof, sizeof sha2_proof));
    check_that(!has(&d, "secret", 6));
    check_int(MY_LOGIN_GOES_ON, HEAR(&d, "\1\3"));
    check_uint(0, d.out.length);
    check_int(MY_LOGIN_DONE, HEAR(&d, "\0\0\0\2\0\0\0"));
    end(&d);
}

TOASTY_TEST(mysql, no_password_is_proved_by_nothing)
{
    static const my_account nobody = {.user = "ann", .password = "", .database = "", .program = "test"};
    dialogue d;
    begin_with(&d, &nobody, "caching_sha2_password", false, false);
    check_that(has(&d, "ann\0\0caching_sha2_password", 26));
    end(&d);
}

TOASTY_TEST(mysql, another_way_to_log_in_begins_with_another_scramble)
{
    static const char other[] = "\xfe"
                                "mysql_native_password\0"
                                "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24";
    dialogue d;
    begin(&d, "caching_sha2_password", false, false);
    memset(d.login.scramble, 0, sizeof d.login.scramble);
    check_int(MY_LOGIN_GOES_ON, HEAR(&d, other));
    check_uint(MY_HEADER + sizeof native_proof, d.out.length);
    check_that(has(&d, native_proof, sizeof native_proof));
    end(&d);
}

/* --- where a password goes, and where not --- */

TOASTY_TEST(mysql, the_password_itself_goes_through_tls_or_a_socket_of_this_machine_only)
{
    dialogue d;
    begin(&d, "caching_sha2_password", true, false);
    check_int(MY_LOGIN_GOES_ON, HEAR(&d, "\1\4"));
    check_that(has(&d, "secret\0", 7));
    end(&d);
    begin(&d, "caching_sha2_password", false, true);
    check_int(MY_LOGIN_GOES_ON, HEAR(&d, "\1\4"));
    check_that(has(&d, "secret\0", 7));
    end(&d);
    begin(&d, "caching_sha2_password", false, false);
    check_refused(&d, HEAR(&d, "\1\4"), "allow_public_key_retrieval=1");
    end(&d);
}

TOASTY_TEST(mysql, a_key_of_the_server_is_asked_for_only_when_that_is_allowed)
{
    my_account trusting = account;
    dialogue d;
    trusting.allows_public_key = true;
    begin_with(&d, &trusting, "caching_sha2_password", false, false);
    check_int(MY_LOGIN_GOES_ON, HEAR(&d, "\1\4"));
    check_uint(MY_HEADER + 1, d.out.length);
    check_int(2, d.out.bytes[MY_HEADER]);
    check_refused(&d, HEAR(&d, "\1not a key"), "public key");
    end(&d);
}

TOASTY_TEST(mysql, a_clear_password_is_asked_for_in_vain)
{
    static const char clear[] = "\xfemysql_clear_password";
    my_account trusting = account;
    dialogue d;
    begin(&d, "caching_sha2_password", true, false);
    check_refused(&d, hear(&d, clear, sizeof clear), "cleartext=1");
    end(&d);
    trusting.allows_cleartext = true;
    begin_with(&d, &trusting, "caching_sha2_password", false, true);
    check_refused(&d, hear(&d, clear, sizeof clear), "cleartext=1");
    end(&d);
    begin_with(&d, &trusting, "caching_sha2_password", true, false);
    check_int(MY_LOGIN_GOES_ON, hear(&d, clear, sizeof clear));
    check_that(has(&d, "secret\0", 7));
    end(&d);
}

/* --- what is not known --- */

TOASTY_TEST(mysql, a_plugin_that_is_not_there_is_refused_by_its_name_with_what_to_do)
{
    static const struct {
        const char *plugin, *remedy;
    } plugins[] = {{"client_ed25519", "mysql_native_password"},
                   {"parsec", "mysql_native_password"},
                   {"dialog", "a password of the server's own"},
                   {"authentication_fido_client", ""}};
    for (size_t i = 0; i < sizeof plugins / sizeof *plugins; i++) {
        char packet[64] = {(char)0xfe};
        dialogue d;
        strcpy(packet + 1, plugins[i].plugin);
        begin(&d, "mysql_native_password", true, false);
        check_refused(&d, hear(&d, packet, strlen(packet) + 1), plugins[i].plugin);
        check_contains(d.error.message, plugins[i].remedy);
        end(&d);
    }
    dialogue d;
    begin(&d, "mysql_native_password", true, false);
    check_refused(&d, HEAR(&d, "\xfe"), "mysql_old_password");
    end(&d);
}

TOASTY_TEST(mysql, what_makes_no_sense_in_a_login_ends_it)
{
    static const struct {
        const char *bytes;
        size_t length;
    } packets[] = {{"", 0},      {"\1", 1},   {"\1\7", 2},      {"\1\4x", 3},
                   {"\3def", 4}, {"\xfb", 1}, {"\xfeno_nul", 7}};
    for (size_t i = 0; i < sizeof packets / sizeof *packets; i++) {
        dialogue d;
        begin(&d, "caching_sha2_password", true, false);
        check_int(MY_LOGIN_FAILED, hear(&d, packets[i].bytes, packets[i].length));
        check_that(!has(&d, "secret", 6));
        end(&d);
    }
}

/* --- greetings --- */

static const char greeting[] = "\12"
                               "8.0.31\0"
                               "\7\0\0\0"
                               "\1\2\3\4\5\6\7\10\0"
                               "\xff\xff\xff\2\0\xff\xdf\25"
                               "\0\0\0\0\0\0\0\0\0\0"
                               "\11\12\13\14\15\16\17\20\21\22\23\24\0"
                               "caching_sha2_password";

TOASTY_TEST(mysql, a_greeting_says_who_the_server_is_and_what_it_can)
{
    my_greeting read;
    toasty_error error;
    my_packet packet = {greeting, sizeof greeting, 0, 1};
    check_int(0, toasty__my_greeting_read(&read, &packet, &error));
    check_text("8.0.31", read.version);
    check_text("caching_sha2_password", read.plugin);
    check_uint(7, read.thread);
    check_that(!read.is_mariadb);
    check_that(toasty__my_greeting_has_tls(&read));
    for (int i = 0; i < MY_SCRAMBLE; i++)
        check_int(i + 1, read.scramble[i]);
}

TOASTY_TEST(mysql, a_greeting_that_is_cut_off_is_none)
{
    for (uint32_t length = 0; length + 24 < sizeof greeting; length++) {
        my_greeting read;
        toasty_error error;
        my_packet packet = {greeting, length, 0, 1};
        check_int(-1, toasty__my_greeting_read(&read, &packet, &error));
    }
}
