/* Making a connection without blocking: a host's addresses, a socket, TLS, the login, and what the session is
 * told. Each step is taken when the socket is ready.
 *
 * Hosts are tried one after the other, and so are the addresses of each, until a server greets; from then on
 * what fails is final, since the next one would say the same. A request to stop a statement goes the same
 * way, to an address that is known, and ends with the word that asks. */
#include "mysql.h"

#include "base/alloc.h"
#include "base/error.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/un.h>
#include <unistd.h>

typedef enum stage { SOCKET, GREETING, SHAKE, LOGIN, WORDS } stage;

enum { MOST_WORDS = 2 };

typedef struct my_connecting {
    my_database *database;
    toasty__reactor *reactor;
    toasty_error error;
    /* One of the two: */
    toasty_connect *connect;
    uint64_t kill; /* the connection whose statement is to be stopped */
    void (*killed)(void *arg);
    void *arg;
    /* Where to. */
    size_t next_host;
    my_resolution *resolution;
    struct addrinfo *found, *next_address;
    my_peer peer;
    /* How far it is. */
    stage stage;
    toasty__stream stream;
    toasty__watch *watch;
    toasty__timer *timer;
    uint64_t deadline_ms; /* for all hosts; 0: none */
    my_login login;
    my_session session;
    /* The words behind the login: all were sent when `sent` is as large as their number. */
    toasty__buffer words[MOST_WORDS];
    unsigned word_count, sent, answered;
    my_place place;
    uint32_t left; /* definitions that are still to come */
    uint8_t sequence;
} my_connecting;

/* --- its end --- */

static void free_connecting(my_connecting *connecting)
{
    if (connecting->resolution)
        toasty__my_resolve_cancel(connecting->resolution);
    if (connecting->found)
        freeaddrinfo(connecting->found);
    toasty__watch_free(connecting->watch);
    toasty__timer_free(connecting->timer);
    toasty__my_stream_end(&connecting->stream, true);
    for (unsigned i = 0; i < MOST_WORDS; i++)
        toasty__buffer_done(&connecting->words[i]);
    toasty__my_database_release(connecting->database);
    toasty__free(connecting);
}

/* connection: NULL: connecting->error says why. */
static void finish(my_connecting *connecting, my_connection *connection)
{
    toasty_connect *connect = connecting->connect;
    void (*killed)(void *) = connecting->killed;
    void *arg = connecting->arg;
    if (connect) {
        connect->connection = connection ? &connection->base : NULL;
        if (!connection)
            connect->error = connecting->error;
    }
    free_connecting(connecting);
    if (connect)
        connect->done(connect);
    else
        killed(arg);
}

/* --- one address after the other --- */

static void on_ready(void *arg, int events);
static void try_next(my_connecting *connecting);

/* Is there another host for whom this one does not answer? */
static bool has_another(const my_connecting *connecting)
{
    return connecting->connect && connecting->next_host < connecting->database->host_count;
}

static void close_socket(my_connecting *connecting)
{
    toasty__watch_free(connecting->watch);
    connecting->watch = NULL;
    toasty__my_stream_end(&connecting->stream, false);
}

/* Nobody answered there. */
static void try_another(my_connecting *connecting, int number)
{
    const my_host *host = connecting->peer.host;
    if (*host->name == '/')
        toasty__fail(&connecting->error, TOASTY_CONNECTION_FAILED, "no connection to the server at %s: %s",
                     host->name, strerror(number));
    else
        toasty__fail(&connecting->error, TOASTY_CONNECTION_FAILED,
                     "no connection to the server at %s, port %s: %s", host->name, host->port,
                     strerror(number));
    try_next(connecting);
}

static void set_options(int socket, int family)
{
    static const int yes = 1;
    if (family == AF_UNIX)
        return;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
}

/* An errno, or 0: under way. */
static int open_socket(my_connecting *connecting)
{
    const my_peer *peer = &connecting->peer;
    int family = peer->address.ss_family;
    int opened = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (opened < 0)
        return errno;
    connecting->stream.socket = opened;
    set_options(opened, family);
    if (connect(opened, (const struct sockaddr *)&peer->address, peer->size) < 0 && errno != EINPROGRESS)
        return errno;
    return 0;
}

/* To connecting->peer. */
static void try_address(my_connecting *connecting)
{
    int number = open_socket(connecting);
    if (number) {
        try_another(connecting, number);
        return;
    }
    connecting->stage = SOCKET;
    connecting->watch = toasty__watch_new(connecting->reactor, connecting->stream.socket, on_ready,
                                          connecting, &connecting->error);
    if (connecting->watch)
        toasty__watch_set(connecting->watch, TOASTY__WRITABLE);
    else
        finish(connecting, NULL);
}

static void try_path(my_connecting *connecting, const my_host *host)
{
    struct sockaddr_un *address = (struct sockaddr_un *)&connecting->peer.address;
    connecting->peer.host = host;
    if (strlen(host->name) >= sizeof address->sun_path) {
        try_another(connecting, ENAMETOOLONG);
        return;
    }
    address->sun_family = AF_UNIX;
    strcpy(address->sun_path, host->name);
    connecting->peer.size = sizeof *address;
    try_address(connecting);
}

static void on_addresses(void *arg, struct addrinfo *found, const toasty_error *err)
{
    my_connecting *connecting = arg;
    connecting->resolution = NULL;
    if (!found)
        connecting->error = *err;
    connecting->found = connecting->next_address = found;
    try_next(connecting);
}

/* A host that says nothing: the next one is asked, unless this one has begun to speak. */
static void on_time(void *arg)
{
    my_connecting *connecting = arg;
    toasty__fail(&connecting->error, TOASTY_CONNECTION_FAILED,
                 "no connection to the server in the time allowed");
    if (connecting->stage > GREETING || !has_another(connecting)) {
        finish(connecting, NULL);
        return;
    }
    if (connecting->resolution)
        toasty__my_resolve_cancel(connecting->resolution);
    connecting->resolution = NULL;
    connecting->next_address = NULL;
    try_next(connecting);
}

/* The time of one host: its own limit, and no more than its share of what is left for all. */
static int start_timer(my_connecting *connecting)
{
    uint32_t own = connecting->database->connect_timeout_ms;
    uint64_t now = toasty__now_ms(), limit = own;
    if (connecting->deadline_ms) {
        uint64_t left = connecting->deadline_ms > now ? connecting->deadline_ms - now : 1;
        size_t others =
            has_another(connecting) ? connecting->database->host_count - connecting->next_host : 0;
        uint64_t share = (left + others) / (others + 1);
        limit = own && own < share ? own : share;
    }
    if (!limit)
        return 0;
    if (!connecting->timer)
        connecting->timer = toasty__timer_new(connecting->reactor, on_time, connecting, &connecting->error);
    if (!connecting->timer)
        return -1;
    toasty__timer_start(connecting->timer, limit);
    return 0;
}

static void try_host(my_connecting *connecting, const my_host *host)
{
    if (start_timer(connecting) < 0) {
        finish(connecting, NULL);
        return;
    }
    if (*host->name == '/') {
        try_path(connecting, host);
        return;
    }
    connecting->peer.host = host;
    uv_loop_t *loop = toasty__reactor_loop(connecting->reactor);
    my_resolution *resolution = toasty__my_resolve(host, loop, on_addresses, connecting);
    if (resolution) /* else it has called back, and who knows what there still is */
        connecting->resolution = resolution;
}

/* The next address, or the next host; when there is none, connecting->error is why the last one failed. */
static void try_next(my_connecting *connecting)
{
    close_socket(connecting);
    const struct addrinfo *address = connecting->next_address;
    if (address) {
        connecting->next_address = address->ai_next;
        memcpy(&connecting->peer.address, address->ai_addr, address->ai_addrlen);
        connecting->peer.size = address->ai_addrlen;
        try_address(connecting);
        return;
    }
    if (connecting->found)
        freeaddrinfo(connecting->found);
    connecting->found = NULL;
    if (has_another(connecting))
        try_host(connecting, &connecting->database->hosts[connecting->next_host++]);
    else
        finish(connecting, NULL);
}

/* --- the server speaks --- */

/* What comes next: false when the connecting has gone. */
static bool fail(my_connecting *connecting)
{
    finish(connecting, NULL);
    return false;
}

static bool fail_nonsense(my_connecting *connecting)
{
    toasty__fail(&connecting->error, TOASTY_CONNECTION_FAILED,
                 "protocol error: unexpected message while connecting");
    return fail(connecting);
}

/* The server has said no. */
static bool refused(my_connecting *connecting, const my_packet *packet)
{
    my_complaint complaint;
    if (!toasty__my_complaint_read(&complaint, packet))
        return fail_nonsense(connecting);
    toasty__my_error_of_complaint(&complaint, NULL, &connecting->error);
    connecting->error.code = TOASTY_CONNECTION_FAILED;
    return fail(connecting);
}

static bool begin_login(my_connecting *connecting, uint8_t sequence)
{
    connecting->stage = LOGIN;
    if (toasty__my_put_login(&connecting->stream.out, &connecting->login, sequence, &connecting->error) < 0)
        return fail(connecting);
    return true;
}

static bool begin_tls(my_connecting *connecting)
{
    my_database *database = connecting->database;
    SSL_CTX *context = toasty__my_tls_context(database, &connecting->error);
    if (!context)
        return fail(connecting);
    toasty__stream *stream = &connecting->stream;
    if (stream->in.start < stream->in.end) /* in the clear, and behind the greeting: of whom? */
        return fail_nonsense(connecting);
    connecting->sequence = toasty__my_put_tls_request(&stream->out, &connecting->login, connecting->sequence);
    connecting->stage = SHAKE;
    return true;
}

static bool take_greeting(my_connecting *connecting, const my_packet *packet)
{
    my_login *login = &connecting->login;
    my_tls_mode mode = connecting->database->tls_mode;
    if (packet->length && (uint8_t)*packet->body == 0xff)
        return refused(connecting, packet);
    if (toasty__my_greeting_read(&login->greeting, packet, &connecting->error) < 0 ||
        toasty__my_version_check(connecting->database->kind, &login->greeting, &connecting->error) < 0)
        return fail(connecting);
    login->account = &connecting->database->account;
    login->local = connecting->peer.address.ss_family == AF_UNIX;
    connecting->sequence = packet->next;
    bool has_tls = toasty__my_greeting_has_tls(&login->greeting);
    if (mode >= MY_TLS_REQUIRE && !has_tls) {
        toasty__fail(&connecting->error, TOASTY_CONNECTION_FAILED,
                     "the server does not do TLS, which sslmode demands");
        return fail(connecting);
    }
    if (has_tls && mode >= (login->local ? MY_TLS_REQUIRE : MY_TLS_PREFER))
        return begin_tls(connecting);
    return begin_login(connecting, connecting->sequence);
}

/* --- behind the login --- */

static void send_word(my_connecting *connecting)
{
    enum { QUERY = 3 };
    toasty__buffer *out = &connecting->stream.out;
    const toasty__buffer *word = &connecting->words[connecting->sent++];
    size_t start = my_begin(out);
    my_put8(out, QUERY);
    my_put(out, word->bytes, word->length);
    toasty__my_end(out, start, 0);
}

static void expect_answer(my_connecting *connecting)
{
    bool is_question = connecting->connect && connecting->answered == 1;
    connecting->place = is_question ? MY_RESULT : MY_DONE;
    connecting->sequence = 1;
}

static bool begin_words(my_connecting *connecting)
{
    const my_kind *kind = connecting->database->kind;
    toasty__buffer *words = connecting->words;
    connecting->stage = WORDS;
    connecting->word_count = connecting->connect ? 2 : 1;
    if (connecting->connect) {
        toasty__buffer_text(&words[0], connecting->database->session_words);
        toasty__my_session_question(kind, &words[1]);
    } else
        toasty__buffer_printf(&words[0], "KILL QUERY %llu", (unsigned long long)connecting->kill);
    send_word(connecting);
    if (connecting->database->pipelines && connecting->word_count > 1)
        send_word(connecting);
    expect_answer(connecting);
    if (!words[0].failed && !words[1].failed && !connecting->stream.out.failed)
        return true;
    toasty__fail_memory(&connecting->error);
    return fail(connecting);
}

static bool connected(my_connecting *connecting)
{
    my_connection *connection = NULL;
    toasty__watch_free(connecting->watch);
    connecting->watch = NULL;
    if (connecting->connect)
        connection = toasty__my_connection_new(connecting->database, &connecting->stream, &connecting->peer,
                                               &connecting->session, &connecting->login, connecting->reactor,
                                               &connecting->error);
    finish(connecting, connection);
    return false;
}

static bool word_answered(my_connecting *connecting)
{
    connecting->answered++;
    if (connecting->answered == connecting->word_count)
        return connected(connecting);
    if (connecting->sent < connecting->word_count)
        send_word(connecting);
    expect_answer(connecting);
    return true;
}

static bool take_word(my_connecting *connecting, const my_packet *packet)
{
    if (packet->first != connecting->sequence)
        return fail_nonsense(connecting);
    connecting->sequence = packet->next;
    switch (toasty__my_word(connecting->place, packet)) {
    case MY_OK:
    case MY_END:
        return word_answered(connecting);
    case MY_NO:
        return refused(connecting, packet);
    case MY_COUNT:
        connecting->left = (uint8_t)*packet->body;
        connecting->place = MY_COLUMNS;
        return true;
    case MY_DEFINITION:
        connecting->place = --connecting->left ? MY_COLUMNS : MY_TEXT_ROWS;
        return true;
    case MY_ROW:
        if (!toasty__my_session_read(&connecting->session, packet))
            return fail_nonsense(connecting);
        return toasty__my_session_check(&connecting->session, &connecting->error) == 0 || fail(connecting);
    default:
        return fail_nonsense(connecting);
    }
}

static bool take_login(my_connecting *connecting, const my_packet *packet)
{
    switch (toasty__my_login_take(&connecting->stream.out, &connecting->login, packet, &connecting->error)) {
    case MY_LOGIN_DONE:
        return begin_words(connecting);
    case MY_LOGIN_GOES_ON:
        return true;
    case MY_LOGIN_REFUSED:
        return refused(connecting, packet);
    default:
        return fail(connecting);
    }
}

/* False when the connecting has gone. */
static bool take(my_connecting *connecting, const my_packet *packet)
{
    switch (connecting->stage) {
    case GREETING:
        return take_greeting(connecting, packet);
    case LOGIN:
        return take_login(connecting, packet);
    case WORDS:
        return take_word(connecting, packet);
    default:
        return fail_nonsense(connecting);
    }
}

/* --- the socket is ready --- */

static bool receive(my_connecting *connecting)
{
    my_packet packet;
    int status, read = toasty__stream_read(&connecting->stream, &connecting->error);
    while ((status = toasty__my_next(&connecting->stream.in, &packet)) > 0)
        if (!take(connecting, &packet))
            return false;
    if (status < 0)
        return fail_nonsense(connecting);
    if (read >= 0)
        return true;
    connecting->error.code = TOASTY_CONNECTION_FAILED;
    if (connecting->stage != GREETING)
        return fail(connecting);
    try_next(connecting); /* it went before it had said anything */
    return false;
}

/* False when the connecting has gone, or goes on elsewhere. */
static bool socket_opened(my_connecting *connecting)
{
    int number = 0;
    socklen_t size = sizeof number;
    getsockopt(connecting->stream.socket, SOL_SOCKET, SO_ERROR, &number, &size);
    if (number) {
        try_another(connecting, number);
        return false;
    }
    connecting->stage = GREETING;
    return true;
}

static bool shake(my_connecting *connecting)
{
    toasty__stream *stream = &connecting->stream;
    const char *host = connecting->peer.host->name;
    if (!stream->tls && (toasty__my_stream_start_tls(stream, connecting->database->tls) < 0 ||
                         toasty__my_tls_expect(connecting->database, stream->tls, host) < 0)) {
        toasty__fail_memory(&connecting->error);
        return fail(connecting);
    }
    int status = toasty__stream_shake(stream, &connecting->error);
    if (status < 0) {
        toasty__my_tls_explain(stream->tls, host, &connecting->error);
        return fail(connecting);
    }
    return status == 0 || begin_login(connecting, connecting->sequence);
}

static bool write_out(my_connecting *connecting)
{
    if (!toasty__stream_has_unwritten(&connecting->stream))
        return true;
    if (toasty__stream_write(&connecting->stream, &connecting->error) == 0)
        return true;
    connecting->error.code = TOASTY_CONNECTION_FAILED;
    return fail(connecting);
}

/* The request for TLS leaves in the clear, and all that follows through it. */
static bool step(my_connecting *connecting)
{
    toasty__stream *stream = &connecting->stream;
    if (connecting->stage == SOCKET)
        return socket_opened(connecting);
    if (connecting->stage != SHAKE && !receive(connecting))
        return false;
    if (!write_out(connecting))
        return false;
    if (connecting->stage != SHAKE || toasty__stream_has_unwritten(stream))
        return true;
    return shake(connecting) && (connecting->stage == SHAKE || write_out(connecting));
}

static void on_ready(void *arg, int events)
{
    my_connecting *connecting = arg;
    (void)events;
    if (!step(connecting))
        return;
    while (toasty__stream_has_hidden(&connecting->stream))
        if (!step(connecting))
            return;
    bool waits = connecting->stream.blocked;
    toasty__watch_set(connecting->watch, TOASTY__READABLE | (waits ? TOASTY__WRITABLE : 0));
}

/* --- from outside --- */

static my_connecting *make(my_database *database, toasty__reactor *reactor, uint32_t timeout_ms)
{
    my_connecting *connecting = toasty__calloc(1, sizeof *connecting);
    if (!connecting)
        return NULL;
    connecting->database = database;
    connecting->reactor = reactor;
    connecting->deadline_ms = timeout_ms ? toasty__now_ms() + timeout_ms : 0;
    toasty__my_database_hold(database);
    toasty__stream_init(&connecting->stream, -1, NULL);
    for (unsigned i = 0; i < MOST_WORDS; i++)
        toasty__buffer_init(&connecting->words[i]);
    return connecting;
}

void toasty__my_connect(toasty_database *database, toasty_connect *connect)
{
    my_connecting *connecting = make(database->data, connect->reactor, connect->timeout_ms);
    toasty__error_clear(&connect->error);
    connect->connection = NULL;
    if (!connecting) {
        toasty__fail_memory(&connect->error);
        connect->done(connect);
        return;
    }
    connecting->connect = connect;
    connect->driver_data = connecting;
    try_next(connecting);
}

void toasty__my_connect_cancel(toasty_connect *connect)
{
    my_connecting *connecting = connect->driver_data;
    toasty__fail(&connecting->error, TOASTY_CANCELLED, "the call was given up");
    finish(connecting, NULL);
}

void toasty__my_kill(my_database *database, const my_peer *peer, uint64_t thread, uint32_t timeout_ms,
                     toasty__reactor *reactor, void (*done)(void *arg), void *arg)
{
    my_connecting *connecting = make(database, reactor, timeout_ms);
    if (!connecting) {
        done(arg);
        return;
    }
    connecting->kill = thread;
    connecting->killed = done;
    connecting->arg = arg;
    connecting->peer = *peer;
    if (start_timer(connecting) < 0)
        finish(connecting, NULL);
    else
        try_address(connecting);
}
