/* The proxy of the fault tests, between a client and a server that says every byte back. */
#include "tcp_proxy.h"
#include "test.h"
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

static int listen_here(int *port)
{
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    check_that(bind(listener, (struct sockaddr *)&here, size) == 0 && listen(listener, 8) == 0);
    check_that(getsockname(listener, (struct sockaddr *)&here, &size) == 0);
    *port = ntohs(here.sin_port);
    return listener;
}

static int connect_to(int port)
{
    int client = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    there.sin_port = htons((uint16_t)port);
    check_that(connect(client, (struct sockaddr *)&there, sizeof there) == 0);
    return client;
}

static void *echo(void *arg)
{
    char bytes[256];
    for (int server; (server = accept(*(int *)arg, NULL, NULL)) >= 0; close(server))
        for (ssize_t size; (size = recv(server, bytes, sizeof bytes, 0)) > 0;)
            send(server, bytes, (size_t)size, MSG_NOSIGNAL);
    return NULL;
}

static int echo_listener;

/* A proxy before a fresh echo server; each test has a process of its own, which ends the server too. */
static tcp_proxy *proxy_before_echo(void)
{
    int port;
    pthread_t thread;
    echo_listener = listen_here(&port);
    check_int(0, pthread_create(&thread, NULL, echo, &echo_listener));
    tcp_proxy *proxy = tcp_proxy_start(NULL, port);
    check_that(proxy != NULL);
    return proxy;
}

/* True when something, or the end, can be read within the time. */
static bool readable(int client, int milliseconds)
{
    struct pollfd polled = {.fd = client, .events = POLLIN};
    return poll(&polled, 1, milliseconds) == 1;
}

TOASTY_TEST(support, the_proxy_passes_on_and_counts)
{
    tcp_proxy *proxy = proxy_before_echo();
    int client = connect_to(tcp_proxy_port(proxy));
    char answer[8] = "";
    check_int(5, send(client, "hello", 5, 0));
    check_int(5, recv(client, answer, 5, MSG_WAITALL));
    check_text("hello", answer);
    tcp_proxy_counts counts = tcp_proxy_count(proxy);
    check_uint(1, counts.connections);
    check_uint(1, counts.bursts_before_answer);
    check_uint(5, counts.bytes_received);
    tcp_proxy_stop(proxy);
}

TOASTY_TEST(support, a_cut_of_the_proxy_ends_connections)
{
    tcp_proxy *proxy = proxy_before_echo();
    int client = connect_to(tcp_proxy_port(proxy));
    char answer;
    check_int(1, send(client, "x", 1, 0));
    check_int(1, recv(client, &answer, 1, 0));
    tcp_proxy_cut(proxy);
    check_that(readable(client, 5000) && recv(client, &answer, 1, 0) <= 0);
    tcp_proxy_stop(proxy);
}

TOASTY_TEST(support, a_stalled_proxy_loses_nothing)
{
    tcp_proxy *proxy = proxy_before_echo();
    int client = connect_to(tcp_proxy_port(proxy));
    tcp_proxy_stall(proxy, true);
    check_int(1, send(client, "x", 1, 0));
    check_that(!readable(client, 50));
    tcp_proxy_stall(proxy, false);
    check_that(readable(client, 5000));
    tcp_proxy_stop(proxy);
}

TOASTY_TEST(support, the_proxy_cuts_at_the_bytes_asked_for)
{
    tcp_proxy *proxy = proxy_before_echo();
    int client = connect_to(tcp_proxy_port(proxy));
    char answer;
    tcp_proxy_cut_on(proxy, "COMMIT", TCP_PROXY_AFTER);
    check_int(5, send(client, "BEGIN", 5, 0));
    check_that(readable(client, 5000) && recv(client, &answer, 1, 0) == 1);
    check_int(6, send(client, "COMMIT", 6, 0));
    char rest[64];
    ssize_t size;
    while ((size = recv(client, rest, sizeof rest, 0)) > 0)
        check_that(rest[0] != 'C');
    tcp_proxy_stop(proxy);
}

TOASTY_TEST(support, the_proxy_cuts_in_the_middle_of_an_answer)
{
    tcp_proxy *proxy = proxy_before_echo();
    int client = connect_to(tcp_proxy_port(proxy));
    char answer[8] = "";
    tcp_proxy_cut_within(proxy, TCP_PROXY_ANSWERS, 7);
    check_int(5, send(client, "hello", 5, 0));
    check_int(5, recv(client, answer, 5, MSG_WAITALL));
    check_int(5, send(client, "again", 5, 0));
    check_that(recv(client, answer, 5, MSG_WAITALL) <= 2);
    tcp_proxy_stop(proxy);
}

TOASTY_TEST(support, a_refusing_proxy_ends_new_connections)
{
    tcp_proxy *proxy = proxy_before_echo();
    tcp_proxy_refuse(proxy, true);
    int client = connect_to(tcp_proxy_port(proxy));
    char answer;
    check_that(readable(client, 5000) && recv(client, &answer, 1, 0) <= 0);
    tcp_proxy_stop(proxy);
}
