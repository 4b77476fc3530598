/* Reading and writing. A short read means that the socket is empty, so nobody asks it again for nothing.
 *
 * The in-buffer has room for most answers and grows, by doubling as bytes really come, only for a message
 * that is larger. Both buffers become small again once they are empty. OpenSSL writes to a socket in a way
 * that raises SIGPIPE when nobody reads any more: the TLS that a driver brings goes through a transport that
 * does not. */
#include "drivers/server/stream.h"

#include "base/alloc.h"
#include "base/error.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

enum { IN_SIZE = 32 * 1024, LARGEST_KEPT_OUT = 64 * 1024 };

/* What a system call or OpenSSL answers when it has not done anything. */
enum { WOULD_BLOCK = -1, LOST = -2 };

void toasty__stream_init(toasty__stream *stream, int socket, void *tls)
{
    *stream = (toasty__stream){.socket = socket};
    toasty__buffer_init(&stream->out);
    if (tls)
        toasty__stream_set_tls(stream, tls);
}

void toasty__stream_set_tls(toasty__stream *stream, void *tls)
{
    stream->tls = tls;
    SSL_set_mode(tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

void toasty__stream_done(toasty__stream *stream)
{
    toasty__buffer_done(&stream->out);
    toasty__free(stream->in.bytes);
}

static int closed(toasty_error *err)
{
    toasty__fail(err, TOASTY_CONNECTION_LOST, "the connection was lost: the server closed it");
    return LOST;
}

static int failed(int number, toasty_error *err)
{
    if (number == EAGAIN || number == EWOULDBLOCK || number == EINTR)
        return WOULD_BLOCK;
    toasty__fail(err, TOASTY_CONNECTION_LOST, "the connection was lost: %s", strerror(number));
    return LOST;
}

/* --- TLS --- */

/* OpenSSL looks at its thread's queue of errors, in which others may have left theirs. */
static void prepare_tls(void)
{
    ERR_clear_error();
    errno = 0;
}

/* A write may wait for something to be read, and the other way around: whoever is called again tries both. */
static int tls_failed(toasty__stream *stream, int status, toasty_error *err)
{
    int number = errno;
    switch (SSL_get_error(stream->tls, status)) {
    case SSL_ERROR_WANT_READ:
        return WOULD_BLOCK;
    case SSL_ERROR_WANT_WRITE:
        stream->blocked = true;
        return WOULD_BLOCK;
    case SSL_ERROR_ZERO_RETURN:
        return closed(err);
    case SSL_ERROR_SYSCALL:
        return number ? failed(number, err) : closed(err);
    default: {
        const char *reason = ERR_reason_error_string(ERR_peek_last_error());
        toasty__fail(err, TOASTY_CONNECTION_LOST, "the connection was lost: TLS: %s",
                     reason ? reason : "no reason was given");
        return LOST;
    }
    }
}

bool toasty__stream_has_hidden(const toasty__stream *stream)
{
    return stream->tls && SSL_has_pending(stream->tls);
}

int toasty__stream_shake(toasty__stream *stream, toasty_error *err)
{
    stream->blocked = false;
    prepare_tls();
    int status = SSL_do_handshake(stream->tls);
    if (status == 1)
        return 1;
    return tls_failed(stream, status, err) == LOST ? -1 : 0;
}

/* --- writing --- */

static ssize_t write_some(toasty__stream *stream, const char *bytes, size_t count, toasty_error *err)
{
    if (stream->tls) {
        size_t done;
        prepare_tls();
        int status = SSL_write_ex(stream->tls, bytes, count, &done);
        return status > 0 ? (ssize_t)done : tls_failed(stream, status, err);
    }
    ssize_t done = send(stream->socket, bytes, count, MSG_NOSIGNAL);
    if (done < 0 && failed(errno, err) == LOST)
        return LOST;
    stream->blocked = done < (ssize_t)count;
    return done < 0 ? WOULD_BLOCK : done;
}

/* Gives room back: all of it when nothing is left to write, and at half, so that a stream that is never quite
 * written does not grow for ever. */
static void forget_written(toasty__stream *stream)
{
    size_t left = stream->out.length - stream->written;
    if (stream->written < left)
        return;
    if (left)
        memmove(stream->out.bytes, stream->out.bytes + stream->written, left);
    stream->out.length = left;
    stream->written = 0;
    if (!left && stream->out.capacity > LARGEST_KEPT_OUT)
        toasty__buffer_done(&stream->out);
}

int toasty__stream_write(toasty__stream *stream, toasty_error *err)
{
    stream->blocked = false;
    while (toasty__stream_has_unwritten(stream) && !stream->blocked) {
        ssize_t done = write_some(stream, stream->out.bytes + stream->written,
                                  stream->out.length - stream->written, err);
        if (done < 0)
            return done == LOST ? -1 : 0;
        stream->written += (size_t)done;
        stream->writes++;
        stream->sent += (size_t)done;
    }
    forget_written(stream);
    return 0;
}

/* --- reading --- */

/* Room behind what is left of the last read: at the beginning, or in a larger buffer. */
static int make_room(toasty__stream *stream)
{
    toasty__input *in = &stream->in;
    size_t left = in->end - in->start;
    if (left && in->start)
        memmove(in->bytes, in->bytes + in->start, left);
    *in = (toasty__input){in->bytes, 0, left};
    if (!left && stream->capacity > IN_SIZE) {
        toasty__free(in->bytes);
        in->bytes = NULL;
        stream->capacity = 0;
    }
    if (left < stream->capacity)
        return 0;
    size_t capacity = stream->capacity ? 2 * stream->capacity : IN_SIZE;
    char *grown = toasty__realloc(in->bytes, capacity);
    if (!grown)
        return -1;
    in->bytes = grown;
    stream->capacity = capacity;
    return 0;
}

static ssize_t read_some(toasty__stream *stream, char *bytes, size_t room, toasty_error *err)
{
    if (stream->tls) {
        size_t done;
        prepare_tls();
        int status = SSL_read_ex(stream->tls, bytes, room, &done);
        return status > 0 ? (ssize_t)done : tls_failed(stream, status, err);
    }
    ssize_t done = recv(stream->socket, bytes, room, 0);
    return done > 0 ? done : done == 0 ? closed(err) : failed(errno, err);
}

int toasty__stream_read(toasty__stream *stream, toasty_error *err)
{
    if (make_room(stream) < 0)
        return toasty__fail_memory(err);
    size_t room = stream->capacity - stream->in.end;
    ssize_t done = read_some(stream, stream->in.bytes + stream->in.end, room, err);
    if (done < 0)
        return done == LOST ? -1 : 0;
    stream->in.end += (size_t)done;
    stream->received += (size_t)done;
    return (size_t)done == room || toasty__stream_has_hidden(stream);
}

int toasty__stream_look(const toasty__stream *stream)
{
    struct pollfd look = {.fd = stream->socket, .events = POLLIN | POLLRDHUP};
    if (poll(&look, 1, 0) <= 0)
        return 0;
    return look.revents & POLLIN ? 1 : -1;
}
