/* A proxy between a client and its server, for the tests of bad days: it cuts, stalls, refuses and counts.
 *
 * It runs in a thread of its own and listens on 127.0.0.1. All functions may be called from any thread. It
 * speaks no protocol, so connect with TLS off where bytes are to be recognised. */
#ifndef TESTS_SUPPORT_TCP_PROXY_H
#define TESTS_SUPPORT_TCP_PROXY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct tcp_proxy tcp_proxy;

/* To a TCP port of this machine, or to a unix socket when `path` is given. NULL when it cannot listen. */
tcp_proxy *tcp_proxy_start(const char *path, int port);
/* Between the program and the server of a `postgresql://user:password@host:port/name` URL; writes the URL
 * that goes through the proxy, with TLS off. */
tcp_proxy *tcp_proxy_for(const char *url, char *through, size_t size);
int tcp_proxy_port(const tcp_proxy *proxy);
/* Closes all connections and frees the proxy; NULL is fine. */
void tcp_proxy_stop(tcp_proxy *proxy);

/* Closes every connection, both ways, at once: a reset for the client. */
void tcp_proxy_cut(tcp_proxy *proxy);
/* While true nothing is passed on, and nothing is lost: a server that does not answer. */
void tcp_proxy_stall(tcp_proxy *proxy, bool stalled);
/* While true new connections are closed as soon as they are made. */
void tcp_proxy_refuse(tcp_proxy *proxy, bool refused);

typedef enum tcp_proxy_moment {
    TCP_PROXY_BEFORE, /* the request never reaches the server */
    TCP_PROXY_AFTER   /* the server gets it, and its answer is lost */
} tcp_proxy_moment;
/* Cuts the connection on which a client sends these bytes within one write, once. */
void tcp_proxy_cut_on(tcp_proxy *proxy, const char *bytes, tcp_proxy_moment moment);

typedef enum tcp_proxy_way { TCP_PROXY_REQUESTS, TCP_PROXY_ANSWERS } tcp_proxy_way;
/* Passes on so many bytes more that way, of all connections, and cuts the one whose byte comes next, once: in
 * the middle of a message, mostly. */
void tcp_proxy_cut_within(tcp_proxy *proxy, tcp_proxy_way way, size_t bytes);

typedef struct tcp_proxy_counts {
    uint64_t connections;
    uint64_t bursts; /* reads of what clients wrote; writes that come closely together may be one */
    uint64_t bursts_before_answer; /* … before the first answer */
    uint64_t answers;              /* reads of what the server wrote */
    uint64_t bytes_sent, bytes_received;
} tcp_proxy_counts;
/* Since the start or the last reset. */
tcp_proxy_counts tcp_proxy_count(tcp_proxy *proxy);
void tcp_proxy_reset_counts(tcp_proxy *proxy);

#endif
