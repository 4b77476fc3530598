/* Logging in, without the waiting: what a server says of itself, what is answered, and how a password is
 * proved.
 *
 * Passwords leave in the clear only through TLS or a socket of this machine, or sealed with a key that the
 * user has allowed to be asked for; no message has one in it. A way to log in that is not known here is
 * refused by its name. */
#ifndef TOASTY_DRIVERS_MYSQL_LOGIN_H
#define TOASTY_DRIVERS_MYSQL_LOGIN_H

#include "wire.h"

#include <toasty/error.h>

/* What both sides can do; what is not here is not asked for. Several statements in one text and files of this
 * machine are among it on purpose: they serve whoever smuggles a statement in. */
enum {
    MY_MARIADB_LACKS =
        1, /* MySQL sets it; where it is not set the server is MariaDB, with words of its own */
    MY_FOUND_ROWS = 1 << 1, /* changes count the rows that were found, changed or not */
    MY_CONNECT_WITH_DB = 1 << 3,
    MY_PROTOCOL_41 = 1 << 9,
    MY_TLS = 1 << 11,
    MY_TRANSACTIONS = 1 << 13,
    MY_SECURE_CONNECTION = 1 << 15,
    MY_MULTI_RESULTS = 1 << 17,
    MY_PREPARED_MULTI_RESULTS = 1 << 18,
    MY_PLUGINS = 1 << 19,
    MY_ATTRIBUTES = 1 << 20,
    MY_PLUGINS_COUNTED = 1 << 21,
    MY_NO_EOF = 1 << 24 /* rows end with an OK; definitions end by their number */
};
/* MariaDB's further ones. */
enum { MY_MARIADB_CACHED_COLUMNS = 1 << 4 /* columns are described again only when they have changed */ };

enum { MY_SCRAMBLE = 20, MY_UTF8MB4_BIN = 46, MY_PLUGIN_NAME = 64 };

typedef struct my_greeting {
    uint32_t can, mariadb_can;
    uint32_t thread; /* the server's number of the connection */
    uint16_t status;
    bool is_mariadb;
    char version[64];
    char scramble[MY_SCRAMBLE];
    char plugin[MY_PLUGIN_NAME];
} my_greeting;

/* Who logs in, and by which way. */
typedef struct my_account {
    const char *user, *password, *database; /* "" when there is none */
    const char *program;
    bool allows_public_key; /* asked of the server, whoever that is */
    bool allows_cleartext;
} my_account;

/* A login under way. */
typedef struct my_login {
    const my_account *account;
    my_greeting greeting;
    uint32_t capabilities, mariadb_capabilities; /* that both have */
    bool tls, local;                             /* how it travels */
    char plugin[MY_PLUGIN_NAME];
    char scramble[MY_SCRAMBLE];
    bool wants_key; /* the server's public key comes next */
} my_login;

/* What a packet of the server means for the login. */
typedef enum my_login_state {
    MY_LOGIN_FAILED,  /* with err */
    MY_LOGIN_REFUSED, /* the server said no: the packet is a complaint */
    MY_LOGIN_GOES_ON, /* what is answered, if anything, was written */
    MY_LOGIN_DONE
} my_login_state;

/* Reads the first packet; a complaint is none. -1 with err: unsupported, connection_failed. */
int toasty__my_greeting_read(my_greeting *greeting, const my_packet *packet, toasty_error *err);
/* Whether both can have TLS. */
static inline bool toasty__my_greeting_has_tls(const my_greeting *greeting)
{
    return greeting->can & MY_TLS;
}
/* What comes before TLS, and what comes first of the login itself. sequence: of the packet; the next one's is
 * returned. -1 with err: the way to log in is refused. */
uint8_t toasty__my_put_tls_request(toasty__buffer *out, my_login *login, uint8_t sequence);
int toasty__my_put_login(toasty__buffer *out, my_login *login, uint8_t sequence, toasty_error *err);
/* Takes what the server says to that. */
my_login_state toasty__my_login_take(toasty__buffer *out, my_login *login, const my_packet *packet,
                                     toasty_error *err);

#endif
