/* Bytes to and from the server, over the socket that libpq has opened or through the TLS that it has set up.
 *
 * What is to be sent gathers in `out` and leaves with one write; what comes is read into one buffer, where
 * messages are looked at in place. Nothing blocks, and nothing here knows what a message means. */
#ifndef TOASTY_DRIVERS_POSTGRESQL_STREAM_H
#define TOASTY_DRIVERS_POSTGRESQL_STREAM_H

#include "base/buffer.h"
#include "wire.h"

#include <stdbool.h>
#include <stdint.h>
#include <toasty/error.h>

typedef struct pg_stream {
    int socket;
    void *tls;          /* an SSL of OpenSSL, which libpq owns; NULL: none */
    toasty__buffer out; /* its first `written` bytes have left */
    size_t written;
    bool blocked;                    /* the socket takes no more for now */
    uint64_t writes, sent, received; /* ever: calls, bytes */
    pg_input in;
    size_t capacity; /* of in.bytes */
} pg_stream;

/* Nothing can fail here; the socket and the TLS outlive the stream. */
void toasty__pg_stream_init(pg_stream *stream, int socket, void *tls);
void toasty__pg_stream_done(pg_stream *stream);

static inline bool toasty__pg_stream_has_unwritten(const pg_stream *stream)
{
    return stream->written < stream->out.length;
}

/* Writes what it can. -1 with err: nothing can be written any more; what the server has said last may still
 * be there to be read. */
int toasty__pg_stream_write(pg_stream *stream, toasty_error *err);
/* Reads once. 1: there may be more; 0: that was all for now; -1 with err: nothing comes any more. Messages
 * that were taken before must not be looked at again. */
int toasty__pg_stream_read(pg_stream *stream, toasty_error *err);
/* Something can be read that the socket does not report. */
bool toasty__pg_stream_has_hidden(const pg_stream *stream);
/* Looks, and reads nothing: 1: something can be read, be it the end; 0: nothing can; -1: nothing ever will.
 */
int toasty__pg_stream_look(const pg_stream *stream);

#endif
