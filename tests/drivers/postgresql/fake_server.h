/* A server that says whatever a test wants it to: it listens on a socket of its own, lets everybody in, and
 * does not read what it is asked. */
#ifndef TESTS_DRIVERS_POSTGRESQL_FAKE_SERVER_H
#define TESTS_DRIVERS_POSTGRESQL_FAKE_SERVER_H

#include "client.h"

#include <endian.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* --- messages --- */

/* What is to be said; fits every test. */
typedef struct speech {
    size_t length;
    char bytes[4096];
} speech;

static inline void say_bytes(speech *speech, const void *bytes, size_t count)
{
    check_that(speech->length + count <= sizeof speech->bytes);
    memcpy(speech->bytes + speech->length, bytes, count);
    speech->length += count;
}

static inline void say_long(speech *speech, int64_t number)
{
    uint64_t bytes = htobe64((uint64_t)number);
    say_bytes(speech, &bytes, sizeof bytes);
}

static inline void say_number(speech *speech, int32_t number)
{
    uint32_t bytes = htobe32((uint32_t)number);
    say_bytes(speech, &bytes, sizeof bytes);
}

static inline void say_short(speech *speech, int number)
{
    uint16_t bytes = htobe16((uint16_t)number);
    say_bytes(speech, &bytes, sizeof bytes);
}

static inline void say_text(speech *speech, const char *text)
{
    say_bytes(speech, text, strlen(text) + 1);
}

/* A message of a type and a length that may not be true. */
static inline void say_header(speech *speech, char type, int32_t length)
{
    say_bytes(speech, &type, 1);
    say_number(speech, length);
}

static inline void say(speech *speech, char type, const void *body, size_t count)
{
    say_header(speech, type, (int32_t)count + 4);
    say_bytes(speech, body, count);
}

/* Begins a message; where it begins, for say_end. */
static inline size_t say_begin(speech *speech, char type)
{
    say_header(speech, type, 0);
    return speech->length - 4;
}

static inline void say_end(speech *speech, size_t begin)
{
    uint32_t bytes = htobe32((uint32_t)(speech->length - begin));
    memcpy(speech->bytes + begin, &bytes, sizeof bytes);
}

/* One column: its name and the number of its type. */
static inline void say_column(speech *speech, const char *name, int32_t type)
{
    size_t begin = say_begin(speech, 'T');
    say_short(speech, 1);
    say_text(speech, name);
    say_number(speech, 0);
    say_short(speech, 0);
    say_number(speech, type);
    say_short(speech, -1);
    say_number(speech, -1);
    say_short(speech, 0);
    say_end(speech, begin);
}

/* A row of one cell; NULL is NULL. */
static inline void say_row(speech *speech, const void *cell, size_t count)
{
    size_t begin = say_begin(speech, 'D');
    say_short(speech, 1);
    say_number(speech, cell ? (int32_t)count : -1);
    if (cell)
        say_bytes(speech, cell, count);
    say_end(speech, begin);
}

static inline void say_row_of(speech *speech, int64_t number)
{
    uint64_t bytes = htobe64((uint64_t)number);
    say_row(speech, &bytes, sizeof bytes);
}

static inline void say_complete(speech *speech, const char *tag)
{
    say(speech, 'C', tag, strlen(tag) + 1);
}

/* code: five letters. */
static inline void say_complaint(speech *speech, char type, const char *severity, const char *code)
{
    size_t begin = say_begin(speech, type);
    say_text(speech, "S");
    speech->length--;
    say_text(speech, severity);
    say_bytes(speech, "V", 1);
    say_text(speech, severity);
    say_bytes(speech, "C", 1);
    say_text(speech, code);
    say_bytes(speech, "M", 1);
    say_text(speech, "because");
    say_bytes(speech, "tsecrets", 8);
    say_bytes(speech, "", 1);
    say_bytes(speech, "", 1);
    say_end(speech, begin);
}

/* --- the server --- */

typedef struct fake_server {
    char folder[64], path[96], url[160];
    int listener;
    int line; /* to its one client; -1: hung up */
} fake_server;

static inline void fake_server_start(fake_server *server)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *root = getenv("TMPDIR");
    snprintf(server->folder, sizeof server->folder, "%s/toasty-fake.XXXXXX",
             root && strlen(root) < 40 ? root : "/tmp");
    check_that(mkdtemp(server->folder));
    snprintf(server->path, sizeof server->path, "%s/.s.PGSQL.5432", server->folder);
    snprintf(server->url, sizeof server->url, "postgresql:///x?host=%s&port=5432&user=u", server->folder);
    strcpy(address.sun_path, server->path);
    server->line = -1;
    server->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check_int(0, bind(server->listener, (struct sockaddr *)&address, sizeof address));
    check_int(0, listen(server->listener, 8));
}

static inline void fake_server_say(fake_server *server, const char *bytes, size_t count)
{
    check_int((intmax_t)count, send(server->line, bytes, count, MSG_NOSIGNAL));
}

static inline void fake_server_hang_up(fake_server *server)
{
    if (server->line >= 0)
        close(server->line);
    server->line = -1;
}

static inline void fake_server_stop(fake_server *server)
{
    fake_server_hang_up(server);
    close(server->listener);
    unlink(server->path);
    rmdir(server->folder);
}

/* A client of it, on this thread. */
static inline void fake_server_connect(fake_server *server, client *client)
{
    speech welcome = {0};
    toasty_connect connect = {.done = client_on_connected, .session = client};
    client_open(client, server->url, false);
    connect.reactor = client->reactor;
    DRIVER->connect(&client->database, &connect);
    server->line = accept(server->listener, NULL, NULL);
    check_that(server->line >= 0);
    say(&welcome, 'R', "\0\0\0\0", 4);
    say(&welcome, 'S',
        "server_version\0"
        "15.0\0",
        20);
    say(&welcome, 'Z', "I", 1);
    fake_server_say(server, welcome.bytes, welcome.length);
    while (!client->done)
        client_turn(client);
    ck_assert_msg(client->connection != NULL, "no connection: %s", client->error.message);
}

#endif
