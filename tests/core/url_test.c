/* URLs of databases. */
#include "core/url.h"
#include "support/secrets.h"
#include "support/test.h"

#include <string.h>

static toasty_error error;

static toasty_url parsed(const char *text)
{
    toasty_url url;
    int done = toasty__url_parse(&url, text, &error);
    ck_assert_msg(done == 0, "%s", error.message);
    return url;
}

TOASTY_TEST(url, each_part_is_found)
{
    toasty_url url = parsed("PostgreSQL://ann:secret@db.example.com:5433/app/x?mode=ro&flag&empty=");
    check_text("postgresql", url.scheme);
    check_text("ann", url.user);
    check_text("secret", url.password);
    check_text("db.example.com", url.hosts[0].name);
    check_text("5433", url.hosts[0].port);
    check_text("app/x", url.path);
    check_int(3, url.option_count);
    check_text("ro", toasty__url_option(&url, "mode"));
    check_text("", toasty__url_option(&url, "flag"));
    check_text("", toasty__url_option(&url, "empty"));
    check_null(toasty__url_option(&url, "other"));
    toasty__url_done(&url);
}

TOASTY_TEST(url, absent_parts_are_null_and_an_absent_path_is_empty)
{
    toasty_url url = parsed("a://");
    check_null(url.user);
    check_null(url.password);
    check_uint(0, url.host_count);
    check_text("", url.path);
    toasty__url_done(&url);
    url = parsed("a://host");
    check_text("host", url.hosts[0].name);
    check_text("", url.path);
    toasty__url_done(&url);
    url = parsed("a:///path");
    check_uint(0, url.host_count);
    check_text("path", url.path);
    toasty__url_done(&url);
}

TOASTY_TEST(url, without_an_authority_everything_is_the_path)
{
    toasty_url url = parsed("file:some/where.db?x=1");
    check_text("some/where.db", url.path);
    check_uint(0, url.host_count);
    toasty__url_done(&url);
    url = parsed("file::memory:");
    check_text(":memory:", url.path);
    toasty__url_done(&url);
}

TOASTY_TEST(url, parts_are_percent_decoded)
{
    toasty_url url = parsed("a://us%65r:p%40ss%2Fword%3a@h%C3%B6st/a%20b?n%61me=v%26%3D+");
    check_text("user", url.user);
    check_text("p@ss/word:", url.password);
    check_text("höst", url.hosts[0].name);
    check_text("a b", url.path);
    check_text("v&=+", toasty__url_option(&url, "name"));
    toasty__url_done(&url);
}

TOASTY_TEST(url, an_address_may_stand_in_brackets)
{
    toasty_url url = parsed("a://[::1]:77/x");
    check_text("::1", url.hosts[0].name);
    check_text("77", url.hosts[0].port);
    toasty__url_done(&url);
    url = parsed("a://u@[fe80::1%25eth0]");
    check_text("fe80::1%eth0", url.hosts[0].name);
    check_null(url.hosts[0].port);
    toasty__url_done(&url);
}

TOASTY_TEST(url, several_hosts_have_a_port_each_or_none)
{
    toasty_url url = parsed("a://u:p,q@first:1,[::1],third:3/x");
    check_text("p,q", url.password);
    check_uint(3, url.host_count);
    check_text("first", url.hosts[0].name);
    check_text("1", url.hosts[0].port);
    check_text("::1", url.hosts[1].name);
    check_null(url.hosts[1].port);
    check_text("third", url.hosts[2].name);
    check_text("3", url.hosts[2].port);
    check_text("x", url.path);
    toasty__url_done(&url);
    static const char *const wrong[] = {"a://h,", "a://,h", "a://h,,i/x", "a://h:1,i:x", "a://h,[::1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        check_int(-1, toasty__url_parse(&url, wrong[i], &error));
        check_error(&error, TOASTY_INVALID_URL);
    }
}

TOASTY_TEST(url, only_a_single_host_may_lack_its_name)
{
    toasty_url url = parsed("a://:5433/x");
    check_uint(1, url.host_count);
    check_null(url.hosts[0].name);
    check_text("5433", url.hosts[0].port);
    toasty__url_done(&url);
    static const char *const wrong[] = {"a://a,b,:1/x", "a://:1,b/x",  "a://a,:1,b",
                                        "a://u@:1,:2",  "a://[]:77/x", "a://a,[]/x"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ck_assert_msg(toasty__url_parse(&url, wrong[i], &error) < 0, "%s was read", wrong[i]);
        check_error(&error, TOASTY_INVALID_URL);
    }
}

TOASTY_TEST(url, a_password_may_hold_an_at_sign)
{
    toasty_url url = parsed("a://u:p@ss@host/x");
    check_text("p@ss", url.password);
    check_text("host", url.hosts[0].name);
    toasty__url_done(&url);
}

TOASTY_TEST(url, a_mistake_is_told_without_the_password)
{
    static const char *const urls[] = {
        "",
        "no-scheme",
        ":x",
        "a b:x",
        "a://u:hunter2%@h/",
        "a://u:hunter2%zz@h/",
        "a://u:hunter2%00@h/",
        "a://u:hun/ter2@h/",
        "a://u:1/hunter2@h/",
        "a://u:1?hunter2@h/",
        "a://u:hunter2@h:port/",
        "a://u:hunter2@h:0/",
        "a://u:hunter2@h:65536/",
        "a://u:hunter2@[::1/",
        "a://u:hunter2@[::1]x/",
        "a://u:hunter2@::1/",
        "a://u:hunter2@h/?x=%4",
        "a://u:hunter2@h/?x=1&x=2",
    };
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        toasty_url url;
        ck_assert_msg(toasty__url_parse(&url, urls[i], &error) < 0, "%s was read", urls[i]);
        check_error(&error, TOASTY_INVALID_URL);
        check_null(strstr(error.message, "hun"));
        check_null(strstr(error.message, "ter2"));
        check_null(url.text);
    }
}

/* Reads the URL and looks for options that nobody knows. The password is found whole, or there is an error
 * that shows nothing of it. */
static void check_kept(const char *format, const char *password, bool is_found)
{
    toasty_url url;
    char text[256];
    snprintf(text, sizeof text, format, password);
    if (toasty__url_parse(&url, text, &error) < 0) {
        ck_assert_msg(!secret_is_in(error.message, password), "%s: %s", text, error.message);
        return;
    }
    if (is_found && !strchr(password, '%'))
        check_text(password, url.password);
    toasty__url_option(&url, "password");
    if (toasty__url_check(&url, (const char *const[]){"mode", NULL}, &error) < 0)
        ck_assert_msg(!secret_is_in(error.message, password), "%s: %s", text, error.message);
    toasty__url_done(&url);
}

TOASTY_TEST(url, a_password_that_is_not_encoded_is_read_whole_or_refused_unseen)
{
    char password[SECRET_SIZE];
    for (int i = 0; i < SECRET_COUNT; i++) {
        secret_make(password, i);
        check_kept("a://user:%s@host.example:5432/name?mode=1", password, true);
        check_kept("a://user:%s@host.example", password, true);
        check_kept("a://user:%s@one.example:1,two.example/name", password, true);
        check_kept("a://user:%s@/name", password, true);
        check_kept("a://:%s@host.example/name", password, true);
        check_kept("a://host/name?password=%s&mode=1", password, false);
        check_kept("a://host/name?user=u&mode=1&password=%s", password, false);
        check_kept("a:///name?password=1&password=%s", password, false);
    }
}

TOASTY_TEST(url, an_at_sign_behind_the_host_is_refused_whatever_stands_before_it)
{
    static const char *const urls[] = {
        "a://u:p@ss/word@host/db", "a://u:p@ss?word@host/db", "a://u@h/x?option=a@b",
        "a://:/word@host/db",      "a://@/word@host/db",      "a://h/x@y",
    };
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        toasty_url url;
        ck_assert_msg(toasty__url_parse(&url, urls[i], &error) < 0, "%s was read", urls[i]);
        check_error(&error, TOASTY_INVALID_URL);
        check_contains(error.message, "%40");
    }
    toasty_url url = parsed("a:///folder/x@y");
    check_text("folder/x@y", url.path);
    toasty__url_done(&url);
}

TOASTY_TEST(url, a_server_has_an_authority_and_no_at_sign_behind_it)
{
    static const char *const urls[] = {"a:user:WXYZ@host/db", "a:/user:WXYZ@host/db",
                                       "a:///user:WXYZ@host/db", "a:name", "a:"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        toasty_url url = parsed(urls[i]);
        check_int(-1, toasty__url_check_server(&url, &error));
        check_error(&error, TOASTY_INVALID_URL);
        check_null(strstr(error.message, "WXYZ"));
        toasty__url_done(&url);
    }
    static const char *const good[] = {"a://", "a:///name", "a://host", "a://u:p%40@host/name?x=%40"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        toasty_url url = parsed(good[i]);
        check_int(0, toasty__url_check_server(&url, &error));
        toasty__url_done(&url);
    }
}

TOASTY_TEST(url, an_option_behind_a_password_is_not_named)
{
    toasty_url url = parsed("a:x?mode=1&wrong=2&password=3&piece=4");
    toasty__url_option(&url, "mode");
    toasty__url_option(&url, "password");
    check_int(-1, toasty__url_check(&url, (const char *const[]){"mode", NULL}, &error));
    check_contains(error.message, "`wrong`");
    toasty__url_option(&url, "wrong");
    check_int(-1, toasty__url_check(&url, (const char *const[]){"mode", NULL}, &error));
    check_null(strstr(error.message, "piece"));
    check_contains(error.message, "%26");
    toasty__url_done(&url);
    check_int(-1, toasty__url_parse(&url, "a:x?password=3&piece=4&piece=5", &error));
    check_null(strstr(error.message, "piece"));
}

TOASTY_TEST(url, an_option_that_nobody_took_is_a_mistake)
{
    static const char *const known[] = {"mode", "max_pool_size", NULL};
    toasty_url url = parsed("a:x?mode=1&max_pol_size=2");
    check_int(-1, toasty__url_check(&url, known, &error));
    toasty__url_option(&url, "mode");
    check_int(-1, toasty__url_check(&url, known, &error));
    check_contains(error.message, "`max_pol_size`; did you mean `max_pool_size`?");
    toasty__url_option(&url, "max_pol_size");
    check_int(0, toasty__url_check(&url, known, &error));
    toasty__url_done(&url);
    url = parsed("a:x?entirely_different=2");
    check_int(-1, toasty__url_check(&url, known, &error));
    check_null(strstr(error.message, "did you mean"));
    toasty__url_done(&url);
}

TOASTY_TEST(url, a_number_is_a_whole_number)
{
    uint32_t value = 7;
    toasty_url url = parsed("a:x?a=4294967295&b=4294967296&c=-1&d=&e=1x");
    check_int(0, toasty__url_number(&url, "absent", &value, &error));
    check_uint(7, value);
    check_int(0, toasty__url_number(&url, "a", &value, &error));
    check_uint(UINT32_MAX, value);
    for (const char *name = "b\0c\0d\0e\0"; *name; name += 2)
        check_int(-1, toasty__url_number(&url, name, &value, &error));
    check_uint(UINT32_MAX, value);
    toasty__url_done(&url);
}

/* Any bytes are a URL or an error. What is wrong with memory, a sanitizer tells. */
TOASTY_TEST(url, no_bytes_at_all_do_harm)
{
    static const char seed[] = "a://user:p%40ss@[::1]:5432/path/x?mode=rw&pool=8#%";
    static const char letters[] = "a:/@?&=%[]0#.\xff\x80+";
    uint32_t random = 1;
    for (int round = 0; round < 50000; round++) {
        char text[sizeof seed];
        memcpy(text, seed, sizeof seed);
        for (int change = 0; change < 4; change++) {
            random = random * 1664525 + 1013904223;
            text[(random >> 8) % (sizeof seed - 1)] = letters[(random >> 20) % (sizeof letters)];
        }
        toasty_url url;
        if (toasty__url_parse(&url, text, &error) < 0) {
            check_error(&error, TOASTY_INVALID_URL);
            continue;
        }
        check_that(url.scheme && url.path);
        toasty__url_option(&url, "mode");
        toasty__url_check(&url, (const char *const[]){"pool", NULL}, &error);
        toasty__url_done(&url);
    }
}
