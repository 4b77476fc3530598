/* URLs of databases: any text is a URL or an error, and no error shows a piece of a password.
 *
 * The first byte of an input says what the rest is: a URL, or a password that nobody encoded, in one of the
 * URLs below. The letters of a password become some that no message has, so that a piece of it in a message
 * has got out. */
#include "core/url.h"
#include "base/error.h"

#include <toasty/driver/driver.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const toasty_driver toasty_sqlite_driver, toasty_postgresql_driver, toasty_keyvalue_driver;
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const char *const around[][2] = {
    {"", ""},
    {"postgresql://user:", "@host.example:5432/name?sslmode=disable&max_pool_size=3"},
    {"postgresql://user:", "@host.example"},
    {"postgresql://user:", "@one.example:1,two.example/name"},
    {"postgresql://:", "@/name"},
    {"postgresql:user:", "@host.example/name"},
    {"postgresql:///user:", "@host.example/name"},
    {"postgresql://host.example/name?user=u&password=", "&max_pool_size=3"},
    {"postgresql:///name?host=host.example&password=", ""},
    {"sqlite://user:", "@host.example/name"},
    {"keyvalue://user:", "@host.example/name?page=1"},
};
enum { AROUND = sizeof around / sizeof *around };

/* --- passwords --- */

static void make_unmistakable(char *password)
{
    for (; *password; password++)
        if (isalpha((unsigned char)*password))
            *password = "XZJKVWY"[*password % 7];
}

static bool is_piece(const char *at)
{
    return strlen(at) >= 4 && strcspn(at, "XZJKVWY") < 4;
}

/* As the parser decodes it, in place. */
static void decode(char *text)
{
    char *to = text;
    for (char digits[3] = ""; *text; *to++ = *text++)
        if (*text == '%' && isxdigit((unsigned char)text[1]) && isxdigit((unsigned char)text[2])) {
            memcpy(digits, text + 1, 2);
            text += 2;
            *text = (char)strtol(digits, NULL, 16);
        }
    *to = '\0';
}

static void check_unseen(const char *message, const char *password)
{
    char piece[5] = "";
    for (; *password; password++)
        if (is_piece(password) && strstr(message, memcpy(piece, password, 4))) {
            fprintf(stderr, "`%s` of the password is in the message: %s\n", piece, message);
            abort();
        }
}

/* --- opening --- */

static const toasty_driver *driver_of(const toasty_url *url)
{
    static const toasty_driver *const drivers[] = {&toasty_sqlite_driver, &toasty_postgresql_driver,
                                                   &toasty_keyvalue_driver};
    for (size_t i = 0; i < sizeof drivers / sizeof *drivers; i++)
        for (const char *const *scheme = drivers[i]->schemes; *scheme; scheme++)
            if (!strcmp(*scheme, url->scheme))
                return drivers[i];
    return NULL;
}

static void open_with(const toasty_driver *driver, const toasty_url *url, toasty_error *err)
{
    toasty_database database = {0};
    if (driver->open(url, &database, err) < 0)
        return;
    toasty__url_check(url, (const char *const[]){"max_pool_size", "table_prefix", NULL}, err);
    driver->close(&database);
}

static void try_it(const char *text, toasty_error *err)
{
    toasty_url url;
    uint32_t number;
    if (toasty__url_parse(&url, text, err) < 0)
        return;
    const toasty_driver *driver = driver_of(&url);
    if (driver && toasty__url_number(&url, "max_pool_size", &number, err) == 0)
        open_with(driver, &url, err);
    toasty__url_done(&url);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (!length)
        return 0;
    const char *const *url = around[*bytes % AROUND];
    char *given = malloc(length), *text = malloc(length + 256);
    if (!given || !text)
        abort();
    memcpy(given, bytes + 1, length - 1);
    given[length - 1] = '\0';
    if (**url)
        make_unmistakable(given);
    sprintf(text, "%s%s%s", url[0], given, url[1]);
    toasty_error error = {0};
    try_it(text, &error);
    if (**url) {
        check_unseen(error.message, given);
        decode(given);
        check_unseen(error.message, given);
    }
    free(text);
    free(given);
    return 0;
}
