/* Bytes to and from the server, over a socket or through TLS.
 *
 * What is to be sent gathers in `out` and leaves with one write; what comes is read into one buffer, where
 * packets are looked at in place. Nothing blocks, and nothing here knows what a packet means. */
#ifndef TOASTY_DRIVERS_MYSQL_STREAM_H
#define TOASTY_DRIVERS_MYSQL_STREAM_H

#include "base/buffer.h"
#include "wire.h"

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <toasty/error.h>

typedef struct my_stream {
    int socket;         /* -1: none */
    SSL *tls;           /* NULL: none */
    toasty__buffer out; /* its first `written` bytes have left */
    size_t written;
    bool blocked;                    /* the socket takes no more for now */
    uint64_t writes, sent, received; /* ever: calls, bytes */
    my_input in;
    size_t capacity; /* of in.bytes */
} my_stream;

void toasty__my_stream_init(my_stream *stream);
/* Closes the socket too. goodbye: TLS may say that it ends. */
void toasty__my_stream_done(my_stream *stream, bool goodbye);

static inline bool toasty__my_stream_has_unwritten(const my_stream *stream)
{
    return stream->written < stream->out.length;
}

/* Writes what it can. -1 with err: nothing can be written any more; what the server has said last may still
 * be there to be read. */
int toasty__my_stream_write(my_stream *stream, toasty_error *err);
/* Reads once. 1: there may be more; 0: that was all for now; -1 with err: nothing comes any more. Packets
 * that were taken before must not be looked at again. */
int toasty__my_stream_read(my_stream *stream, toasty_error *err);
/* Something can be read that the socket does not tell of. */
bool toasty__my_stream_has_hidden(const my_stream *stream);
/* Looks, and reads nothing: 1: something can be read, be it the end; 0: nothing can; -1: nothing ever will.
 */
int toasty__my_stream_look(const my_stream *stream);
/* What follows goes through TLS. -1: no memory. */
int toasty__my_stream_start_tls(my_stream *stream, SSL_CTX *context);
/* A step of TLS's beginning: 1: done; 0: again when the socket is ready (stream->blocked: to be written); -1
 * with err. */
int toasty__my_stream_shake(my_stream *stream, toasty_error *err);

#endif
