/* Bytes to and from a server, over a socket or through TLS: what drivers that speak a protocol of their own
 * share.
 *
 * What is to be sent gathers in `out` and leaves with one write; what comes is read into one buffer, where
 * messages are looked at in place. Nothing blocks, and nothing here knows what a message means. How the
 * socket and the TLS came about, and who ends them, is the driver's. */
#ifndef TOASTY_DRIVERS_SERVER_STREAM_H
#define TOASTY_DRIVERS_SERVER_STREAM_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <toasty/error.h>

/* What was read and not taken yet. */
typedef struct toasty__input {
    char *bytes;
    size_t start, end;
} toasty__input;

typedef struct toasty__stream {
    int socket;         /* -1: none */
    void *tls;          /* an SSL of OpenSSL; NULL: none */
    toasty__buffer out; /* its first `written` bytes have left */
    size_t written;
    bool blocked;                    /* the socket takes no more for now */
    uint64_t writes, sent, received; /* ever: calls, bytes */
    toasty__input in;
    size_t capacity; /* of in.bytes */
} toasty__stream;

/* Neither can fail. The socket and the TLS stay the caller's. */
void toasty__stream_init(toasty__stream *stream, int socket, void *tls);
void toasty__stream_done(toasty__stream *stream);
/* From here on through TLS, an SSL. */
void toasty__stream_set_tls(toasty__stream *stream, void *tls);

static inline bool toasty__stream_has_unwritten(const toasty__stream *stream)
{
    return stream->written < stream->out.length;
}

/* Writes what it can. -1 with err: nothing can be written any more; what the server has said last may still
 * be there to be read. */
int toasty__stream_write(toasty__stream *stream, toasty_error *err);
/* Reads once. 1: there may be more; 0: that was all for now; -1 with err: nothing comes any more. Messages
 * that were taken before must not be looked at again. */
int toasty__stream_read(toasty__stream *stream, toasty_error *err);
/* Something can be read that the socket does not tell of. */
bool toasty__stream_has_hidden(const toasty__stream *stream);
/* Looks, and reads nothing: 1: something can be read, be it the end; 0: nothing can; -1: nothing ever will.
 */
int toasty__stream_look(const toasty__stream *stream);
/* A step of TLS's beginning: 1: done; 0: again when the socket is ready (stream->blocked: to be written); -1
 * with err. */
int toasty__stream_shake(toasty__stream *stream, toasty_error *err);

#endif
