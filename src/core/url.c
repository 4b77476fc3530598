/* Reading the URL of a database.
 *
 * Split first, percent-decode each part after. Messages name parts, never their text, since any part may be a
 * password that slipped out of its place: a '/' in it ends the authority, an '&' begins an option. A URL that
 * is read has the password where it belongs, so that others may show the host, the path and so on. Which
 * schemes and options there are, others know. */
#include "url.h"

#include "base/alloc.h"
#include "base/error.h"

#include <ctype.h>
#include <string.h>

/* A part of the text that is being read. */
typedef struct span {
    const char *start, *end;
} span;

static span span_until(span text, const char *stops)
{
    const char *at = text.start;
    while (at < text.end && !strchr(stops, *at))
        at++;
    return (span){text.start, at};
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A decoded copy in *out; `part` names it in messages. */
static int decode(span text, const char *part, char **out, toasty_error *err)
{
    char *copy = toasty__malloc((size_t)(text.end - text.start) + 1);
    if (!copy)
        return toasty__fail_memory(err);
    char *to = copy;
    for (const char *from = text.start; from < text.end; from++, to++) {
        *to = *from;
        if (*from != '%')
            continue;
        int high = text.end - from > 2 ? hex_digit(from[1]) : -1;
        int low = high >= 0 ? hex_digit(from[2]) : -1;
        if (low < 0 || !(high | low)) {
            toasty__free(copy);
            return toasty__fail(
                err, TOASTY_INVALID_URL,
                "in the %s of the database URL, a %% is not followed by two hexadecimal digits of a "
                "character; a percent sign itself is written %%25",
                part);
        }
        *to = (char)(high << 4 | low);
        from += 2;
    }
    *to = '\0';
    *out = copy;
    return 0;
}

static int parse_scheme(toasty_url *url, span *text, toasty_error *err)
{
    span scheme = *text;
    while (scheme.start < text->end &&
           (isalnum((unsigned char)*scheme.start) || strchr("+-.", *scheme.start)))
        scheme.start++;
    if (scheme.start == text->start || scheme.start == text->end || *scheme.start != ':')
        return toasty__fail(err, TOASTY_INVALID_URL,
                            "the database URL does not begin with the name of a database and a ':', as in "
                            "NAME:file or NAME://user@host/database");
    url->scheme = toasty__strndup(text->start, (size_t)(scheme.start - text->start));
    if (!url->scheme)
        return toasty__fail_memory(err);
    for (char *c = url->scheme; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    text->start = scheme.start + 1;
    return 0;
}

/* user:password@ */
static int parse_user(toasty_url *url, span text, toasty_error *err)
{
    span user = span_until(text, ":");
    if (decode(user, "user", &url->user, err) < 0)
        return -1;
    if (user.end == text.end)
        return 0;
    return decode((span){user.end + 1, text.end}, "password", &url->password, err);
}

static int parse_port(struct toasty__url_host *out, span text, toasty_error *err)
{
    if (text.start == text.end)
        return 0;
    unsigned number = 0;
    for (const char *c = text.start; c < text.end; c++) {
        number = *c >= '0' && *c <= '9' ? number * 10 + (unsigned)(*c - '0') : 65536;
        if (number > 65535)
            break;
    }
    if (number < 1 || number > 65535)
        return toasty__fail(
            err, TOASTY_INVALID_URL,
            "the port of the database URL is not a number from 1 to 65535; an IPv6 address stands in "
            "brackets, and '/', '@' and ':' in a password are percent-encoded");
    return decode(text, "port", &out->port, err);
}

/* host:port, where the host may be an IPv6 address in brackets. */
static int parse_host(struct toasty__url_host *out, span text, toasty_error *err)
{
    span host;
    const char *after;
    if (text.start < text.end && *text.start == '[') {
        host = span_until((span){text.start + 1, text.end}, "]");
        after = host.end + 1;
        if (host.end == text.end || (after < text.end && *after != ':'))
            return toasty__fail(err, TOASTY_INVALID_URL,
                                "the host of the database URL has a '[' without its ']'");
        if (host.start == host.end)
            return toasty__fail(err, TOASTY_INVALID_URL,
                                "the host of the database URL has no address between '[' and ']'");
    } else {
        host = span_until(text, ":");
        after = host.end;
    }
    if (host.start < host.end && decode(host, "host", &out->name, err) < 0)
        return -1;
    return after < text.end ? parse_port(out, (span){after + 1, text.end}, err) : 0;
}

static int parse_hosts(toasty_url *url, span text, toasty_error *err)
{
    size_t room = 1;
    for (const char *c = text.start; c < text.end; c++)
        room += *c == ',';
    url->hosts = toasty__calloc(room, sizeof *url->hosts);
    if (!url->hosts)
        return toasty__fail_memory(err);
    while (text.start < text.end) {
        span host = span_until(text, ",");
        struct toasty__url_host *parsed = &url->hosts[url->host_count++];
        if (parse_host(parsed, host, err) < 0)
            return -1;
        bool is_one_of_several = room > 1;
        if ((is_one_of_several && !parsed->name) || host.end + 1 == text.end)
            return toasty__fail(
                err, TOASTY_INVALID_URL,
                "a host is missing beside a ',' in the database URL; a ',' in a user or a password is "
                "fine before the '@'");
        text.start = host.end + 1;
    }
    return 0;
}

static int parse_authority(toasty_url *url, span text, toasty_error *err)
{
    for (const char *at = text.end; at > text.start; at--)
        if (at[-1] == '@') {
            if (parse_user(url, (span){text.start, at - 1}, err) < 0)
                return -1;
            text.start = at;
            break;
        }
    return parse_hosts(url, text, err);
}

static int add_option(toasty_url *url, span text, toasty_error *err)
{
    struct toasty__url_option *option = &url->options[url->option_count];
    span name = span_until(text, "=");
    if (decode(name, "options", &option->name, err) < 0)
        return -1;
    url->option_count++; /* from here on it is freed with the rest */
    span value = {name.end < text.end ? name.end + 1 : text.end, text.end};
    if (decode(value, "options", &option->value, err) < 0)
        return -1;
    for (size_t i = 0; i + 1 < url->option_count; i++)
        if (!strcmp(url->options[i].name, option->name))
            return toasty__fail(
                err, TOASTY_INVALID_URL,
                "options %zu and %zu of the database URL have the same name; an '&' in a value is "
                "written %%26",
                i + 1, url->option_count);
    return 0;
}

static int parse_options(toasty_url *url, span text, toasty_error *err)
{
    size_t room = 1;
    for (const char *c = text.start; c < text.end; c++)
        room += *c == '&';
    url->options = toasty__calloc(room, sizeof *url->options);
    if (!url->options)
        return toasty__fail_memory(err);
    while (text.start < text.end) {
        span option = span_until(text, "&");
        if (option.start < option.end && add_option(url, option, err) < 0)
            return -1;
        text.start = option.end < text.end ? option.end + 1 : text.end;
    }
    return 0;
}

/* user:pass/word@host is taken apart at the '/', and user:p@ss/word@host looks as if its host were ss: an '@'
 * after the authority may be the one that ends a password. */
static int refuse_at(span after, toasty_error *err)
{
    if (!memchr(after.start, '@', (size_t)(after.end - after.start)))
        return 0;
    return toasty__fail(err, TOASTY_INVALID_URL,
                        "the database URL has an '@' after its host; in a password, '/', '?' and '@' are "
                        "written %%2F, %%3F and %%40, and so "
                        "is '@' in a name or an option");
}

static int parse(toasty_url *url, span text, toasty_error *err)
{
    if (parse_scheme(url, &text, err) < 0)
        return -1;
    span before = span_until(text, "?");
    if (before.end - before.start >= 2 && before.start[0] == '/' && before.start[1] == '/') {
        before.start += 2;
        span authority = span_until(before, "/");
        if (parse_authority(url, authority, err) < 0 ||
            (authority.start < authority.end && refuse_at((span){authority.end, text.end}, err) < 0))
            return -1;
        before.start = authority.end < before.end ? authority.end + 1 : before.end;
    }
    if (decode(before, "path", &url->path, err) < 0)
        return -1;
    return before.end < text.end ? parse_options(url, (span){before.end + 1, text.end}, err) : 0;
}

int toasty__url_parse(toasty_url *url, const char *text, toasty_error *err)
{
    *url = (toasty_url){.text = toasty__strdup(text)};
    if (!url->text)
        return toasty__fail_memory(err);
    if (parse(url, (span){url->text, url->text + strlen(url->text)}, err) == 0)
        return 0;
    toasty__url_done(url);
    return -1;
}

void toasty__url_done(toasty_url *url)
{
    for (size_t i = 0; i < url->option_count; i++) {
        toasty__free(url->options[i].name);
        toasty__free(url->options[i].value);
    }
    toasty__free(url->options);
    toasty__free(url->scheme);
    toasty__free(url->user);
    toasty__free(url->password);
    for (size_t i = 0; i < url->host_count; i++) {
        toasty__free(url->hosts[i].name);
        toasty__free(url->hosts[i].port);
    }
    toasty__free(url->hosts);
    toasty__free(url->path);
    toasty__free(url->text);
    *url = (toasty_url){0};
}

/* The parser has looked behind an authority; an empty one is found in URLs of files too, whose names may have
 * an '@'. */
int toasty__url_check_server(const toasty_url *url, toasty_error *err)
{
    const char *after = url->text + strlen(url->scheme) + 1;
    if (strncmp(after, "//", 2) != 0)
        return toasty__fail(
            err, TOASTY_INVALID_URL,
            "the database URL has no \"//\": a server is named by %s://user:password@host/name", url->scheme);
    bool is_empty = after[2] == '/' || after[2] == '?';
    return is_empty ? refuse_at((span){after, after + strlen(after)}, err) : 0;
}

/* --- options --- */

const char *toasty__url_option(const toasty_url *url, const char *name)
{
    for (size_t i = 0; i < url->option_count; i++)
        if (!strcmp(url->options[i].name, name)) {
            url->options[i].taken = true;
            return url->options[i].value;
        }
    return NULL;
}

int toasty__url_number(const toasty_url *url, const char *name, uint32_t *value, toasty_error *err)
{
    const char *text = toasty__url_option(url, name);
    if (!text)
        return 0;
    uint64_t number = 0;
    const char *c = text;
    while (*c >= '0' && *c <= '9' && number <= UINT32_MAX)
        number = number * 10 + (uint64_t)(*c++ - '0');
    if (c == text || *c || number > UINT32_MAX)
        return toasty__fail(err, TOASTY_INVALID_URL,
                            "the option `%s` of the database URL is a whole number up to %u", name,
                            (unsigned)UINT32_MAX);
    *value = (uint32_t)number;
    return 0;
}

enum { MAX_NAME = 32 };

/* How many letters must be added, dropped or replaced; more than any limit for long names. */
static size_t distance(const char *a, const char *b)
{
    size_t width = strlen(b), row[MAX_NAME + 1];
    if (strlen(a) > MAX_NAME || width > MAX_NAME)
        return MAX_NAME;
    for (size_t j = 0; j <= width; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= width; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[width];
}

static const char *nearest(const char *name, const char *const *known)
{
    const char *found = NULL;
    size_t least = strlen(name) / 2 < 3 ? strlen(name) / 2 : 3;
    for (; *known; known++) {
        size_t far = distance(name, *known);
        if (far <= least && (!found || far < least)) {
            found = *known;
            least = far;
        }
    }
    return found;
}

/* Behind a password an option may be what an '&' cut off from it. */
static bool may_be_named(const toasty_url *url, size_t option)
{
    for (size_t i = 0; i < option; i++)
        if (strstr(url->options[i].name, "password"))
            return false;
    return true;
}

int toasty__url_check(const toasty_url *url, const char *const *known, toasty_error *err)
{
    for (size_t i = 0; i < url->option_count; i++) {
        if (url->options[i].taken)
            continue;
        if (!may_be_named(url, i))
            return toasty__fail(
                err, TOASTY_INVALID_URL,
                "option %zu of the database URL is not known here, and stands behind a password; an '&' in a "
                "value is written %%26",
                i + 1);
        const char *name = url->options[i].name, *guess = nearest(name, known);
        return toasty__fail(err, TOASTY_INVALID_URL,
                            "the database URL has an option that is not known here: `%s`%s%s%s", name,
                            guess ? "; did you mean `" : "", guess ? guess : "", guess ? "`?" : "");
    }
    return 0;
}
