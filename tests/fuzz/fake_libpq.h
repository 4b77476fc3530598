/* A client library without a server: what the driver calls of libpq, over a pair of sockets. There is one
 * connection at a time; the other end of its socket is the server's. Included by one file of a program, whose
 * definitions then stand before those of the real library. */
#ifndef TESTS_FUZZ_FAKE_LIBPQ_H
#define TESTS_FUZZ_FAKE_LIBPQ_H

#include <libpq-fe.h>

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct pg_conn {
    int socket, server; /* -1: closed */
    const char *encoding;
};

static struct pg_conn line = {-1, -1, "UTF8"};

PGconn *PQconnectStartParams(const char *const *keywords, const char *const *values, int expand_dbname)
{
    int ends[2];
    (void)keywords;
    (void)values;
    (void)expand_dbname;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) < 0)
        abort();
    line.socket = ends[0];
    line.server = ends[1];
    return &line;
}

void PQfinish(PGconn *conn)
{
    close(conn->socket);
    conn->socket = -1;
}

PostgresPollingStatusType PQconnectPoll(PGconn *conn)
{
    (void)conn;
    return PGRES_POLLING_OK;
}

ConnStatusType PQstatus(const PGconn *conn)
{
    (void)conn;
    return CONNECTION_OK;
}

int PQsocket(const PGconn *conn)
{
    return conn->socket;
}

int PQserverVersion(const PGconn *conn)
{
    (void)conn;
    return 150000;
}

const char *PQparameterStatus(const PGconn *conn, const char *name)
{
    (void)name;
    return conn->encoding;
}

char *PQerrorMessage(const PGconn *conn)
{
    static char nothing[] = "";
    (void)conn;
    return nothing;
}

int PQsetnonblocking(PGconn *conn, int on)
{
    (void)conn;
    (void)on;
    return 0;
}

PQnoticeReceiver PQsetNoticeReceiver(PGconn *conn, PQnoticeReceiver receiver, void *arg)
{
    (void)conn;
    (void)arg;
    return receiver;
}

/* --- neither TLS nor GSSAPI --- */

int PQsslInUse(PGconn *conn)
{
    (void)conn;
    return 0;
}

void *PQsslStruct(PGconn *conn, const char *struct_name)
{
    (void)conn;
    (void)struct_name;
    return NULL;
}

int PQgssEncInUse(PGconn *conn)
{
    (void)conn;
    return 0;
}

/* --- no options --- */

PQconninfoOption *PQconninfoParse(const char *conninfo, char **errmsg)
{
    (void)conninfo;
    (void)errmsg;
    return calloc(1, sizeof(PQconninfoOption));
}

PQconninfoOption *PQconninfo(PGconn *conn)
{
    (void)conn;
    return calloc(1, sizeof(PQconninfoOption));
}

void PQconninfoFree(PQconninfoOption *options)
{
    free(options);
}

/* --- no requests to stop a statement: they would need a thread --- */

PGcancel *PQgetCancel(PGconn *conn)
{
    (void)conn;
    return NULL;
}

void PQfreeCancel(PGcancel *cancel)
{
    (void)cancel;
}

int PQcancel(PGcancel *cancel, char *errbuf, int errbufsize)
{
    (void)cancel;
    (void)errbuf;
    (void)errbufsize;
    return 0;
}

#endif
