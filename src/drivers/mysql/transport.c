/* TLS over a socket: OpenSSL writes to one in a way that raises SIGPIPE when nobody reads any more, so it
 * goes through a transport of our own. */
#include "mysql.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

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

int toasty__my_stream_start_tls(toasty__stream *stream, SSL_CTX *context)
{
    pthread_once(&transport_once, make_transport);
    BIO *bio = transport ? BIO_new(transport) : NULL;
    SSL *tls = bio ? SSL_new(context) : NULL;
    if (!tls) {
        BIO_free(bio);
        return -1;
    }
    BIO_set_data(bio, (void *)(intptr_t)stream->socket);
    BIO_set_init(bio, 1);
    SSL_set_bio(tls, bio, bio);
    SSL_set_connect_state(tls);
    toasty__stream_set_tls(stream, tls);
    return 0;
}

void toasty__my_stream_end(toasty__stream *stream, bool goodbye)
{
    if (stream->tls && goodbye)
        SSL_shutdown(stream->tls);
    ERR_clear_error();
    SSL_free(stream->tls);
    if (stream->socket >= 0)
        close(stream->socket);
    toasty__stream_done(stream);
    toasty__stream_init(stream, -1, NULL);
}
