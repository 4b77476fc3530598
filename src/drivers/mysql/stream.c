/* Reading and writing. A short read means that the socket is empty, so nobody asks it again for nothing.
 *
 * The in-buffer has room for most answers and grows, by doubling as bytes really come, only for a message
 * that is larger. Both buffers become small again once they are empty. OpenSSL writes to a socket in a way
 * that raises SIGPIPE when nobody reads any more, so TLS goes through a transport of our own. */
#include "stream.h"

#include "base/alloc.h"
#include "base/error.h"

#include <errno.h>
#include <openssl/err.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

enum { IN_SIZE = 32 * 1024, LARGEST_KEPT_OUT = 64 * 1024 };

/* What a system call or OpenSSL answers when it has not done anything. */
enum { WOULD_BLOCK = -1, LOST = -2 };

/* --- the socket as OpenSSL sees it --- */

static int transport_write(BIO *bio, const char *bytes, int count)
{
    BIO_clear_retry_flags(bio);
    ssize_t done = send((int)(intptr_t)BIO_get_data(bio), bytes, (size_t)count, MSG_NOSIGNAL);
    if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        BIO_set_retry_write(bio);
    return (int)done;
}

static int transport_read(BIO *bio, char *bytes, int room)
{
    BIO_clear_retry_flags(bio);
    ssize_t done = recv((int)(intptr_t)BIO_get_data(bio), bytes, (size_t)room, 0);
    if (done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        BIO_set_retry_read(bio);
    return (int)done;
}

static long transport_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static BIO_METHOD *transport;
static pthread_once_t transport_once = PTHREAD_ONCE_INIT;

static void make_transport(void)
{
    BIO_METHOD *made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    if (!made)
        return;
    BIO_meth_set_write(made, transport_write);
    BIO_meth_set_read(made, transport_read);
    BIO_meth_set_ctrl(made, transport_control);
    transport = made;
}

int toasty__my_stream_start_tls(my_stream *stream, SSL_CTX *context)
{
    pthread_once(&transport_once, make_transport);
    BIO *bio = transport ? BIO_new(transport) : NULL;
    stream->tls = bio ? SSL_new(context) : NULL;
    if (!stream->tls) {
        BIO_free(bio);
        return -1;
    }
    BIO_set_data(bio, (void *)(intptr_t)stream->socket);
    BIO_set_init(bio, 1);
    SSL_set_bio(stream->tls, bio, bio);
    SSL_set_connect_state(stream->tls);
    SSL_set_mode(stream->tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return 0;
}

/* --- its life --- */

void toasty__my_stream_init(my_stream *stream)
{
    *stream = (my_stream){.socket = -1};
    toasty__buffer_init(&stream->out);
}

void toasty__my_stream_done(my_stream *stream, bool goodbye)
{
    if (stream->tls && goodbye)
        SSL_shutdown(stream->tls);
    ERR_clear_error();
    SSL_free(stream->tls);
    if (stream->socket >= 0)
        close(stream->socket);
    toasty__buffer_done(&stream->out);
    toasty__free(stream->in.bytes);
    toasty__my_stream_init(stream);
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
static int tls_failed(my_stream *stream, int status, toasty_error *err)
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

bool toasty__my_stream_has_hidden(const my_stream *stream)
{
    return stream->tls && SSL_has_pending(stream->tls);
}

int toasty__my_stream_shake(my_stream *stream, toasty_error *err)
{
    stream->blocked = false;
    prepare_tls();
    int status = SSL_do_handshake(stream->tls);
    if (status == 1)
        return 1;
    return tls_failed(stream, status, err) == LOST ? -1 : 0;
}

/* --- writing --- */

static ssize_t write_some(my_stream *stream, const char *bytes, size_t count, toasty_error *err)
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
static void forget_written(my_stream *stream)
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

int toasty__my_stream_write(my_stream *stream, toasty_error *err)
{
    stream->blocked = false;
    while (toasty__my_stream_has_unwritten(stream) && !stream->blocked) {
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
static int make_room(my_stream *stream)
{
    my_input *in = &stream->in;
    size_t left = in->end - in->start;
    if (left && in->start)
        memmove(in->bytes, in->bytes + in->start, left);
    *in = (my_input){in->bytes, 0, left};
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

static ssize_t read_some(my_stream *stream, char *bytes, size_t room, toasty_error *err)
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

int toasty__my_stream_read(my_stream *stream, toasty_error *err)
{
    if (make_room(stream) < 0)
        return toasty__fail_memory(err);
    size_t room = stream->capacity - stream->in.end;
    ssize_t done = read_some(stream, stream->in.bytes + stream->in.end, room, err);
    if (done < 0)
        return done == LOST ? -1 : 0;
    stream->in.end += (size_t)done;
    stream->received += (size_t)done;
    return (size_t)done == room || toasty__my_stream_has_hidden(stream);
}

int toasty__my_stream_look(const my_stream *stream)
{
    struct pollfd look = {.fd = stream->socket, .events = POLLIN | POLLRDHUP};
    if (poll(&look, 1, 0) <= 0)
        return 0;
    return look.revents & POLLIN ? 1 : -1;
}
