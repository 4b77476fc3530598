/* URLs of databases: scheme:path, scheme://user:password@host:port/path?option=value&…, percent-decoded. Of
 * hosts there may be several, a:1,b:2, each with a port of its own or none.
 *
 * Every option must be taken by somebody (the driver, the handle): what is left over is a typo and an error.
 * The password never appears in a message, also when it was not encoded: then the URL is refused, unless the
 * password can be distinguished from what surrounds it. */
#ifndef TOASTY_CORE_URL_H
#define TOASTY_CORE_URL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <toasty/error.h>

struct toasty_url {
    char *scheme;          /* lower case */
    char *user, *password; /* NULL when absent */
    struct toasty__url_host {
        char *name, *port; /* NULL when absent; the name without brackets */
    } * hosts;
    size_t host_count; /* 0: no host is named, nor a port */
    char *path;        /* after the authority without its first '/'; or all after "scheme:"; "" when absent */
    struct toasty__url_option {
        char *name, *value;
        bool taken;
    } * options;
    size_t option_count;
    char *text; /* the whole URL as given, for client libraries that read it themselves */
};

typedef struct toasty_url toasty_url;

int toasty__url_parse(toasty_url *url, const char *text, toasty_error *err);
void toasty__url_done(toasty_url *url);
/* The value of an option, marked as taken; NULL when absent. The url is const for drivers, `taken` is
 * bookkeeping. */
const char *toasty__url_option(const toasty_url *url, const char *name);
/* An unsigned number; -1 with err when it is none. *value is unchanged when the option is absent. */
int toasty__url_number(const toasty_url *url, const char *name, uint32_t *value, toasty_error *err);
/* Error unless the URL names a server: "//" follows the scheme, and no '@' stands outside of its place. */
int toasty__url_check_server(const toasty_url *url, toasty_error *err);
/* Error for the first option that nobody took, with the nearest known name when there is one. */
int toasty__url_check(const toasty_url *url, const char *const *known, toasty_error *err);

#endif
