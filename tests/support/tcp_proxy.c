/* The proxy's thread: one poll loop over the listener, a wake-up descriptor and pairs of sockets. */
#include "tcp_proxy.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { MAX_PAIRS = 128 };

typedef struct pair {
    int client, server;
} pair;

struct tcp_proxy {
    int listener, wake, port;
    struct sockaddr_storage target;
    socklen_t target_size;
    pthread_t thread;
    pthread_mutex_t mutex; /* guards all below */
    bool stopped, stalled, refused, cut;
    char trigger[64];
    tcp_proxy_moment moment;
    bool cuts_within[2]; /* by tcp_proxy_way */
    size_t left[2];      /* bytes before that cut */
    tcp_proxy_counts counts;
    pair pairs[MAX_PAIRS];
    size_t pair_count;
};

/* --- sockets --- */

/* Closed with a reset, so that nothing lingers. */
static void slam(int descriptor)
{
    struct linger reset = {.l_onoff = 1, .l_linger = 0};
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(descriptor);
}

static void remove_pair(tcp_proxy *proxy, size_t i)
{
    slam(proxy->pairs[i].client);
    slam(proxy->pairs[i].server);
    proxy->pairs[i] = proxy->pairs[--proxy->pair_count];
}

static void accept_pair(tcp_proxy *proxy)
{
    int client = accept4(proxy->listener, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0)
        return;
    int server = socket(proxy->target.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (proxy->refused || proxy->pair_count == MAX_PAIRS || server < 0 ||
        connect(server, (struct sockaddr *)&proxy->target, proxy->target_size) < 0) {
        slam(client);
        if (server >= 0)
            close(server);
        return;
    }
    int on = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (proxy->target.ss_family == AF_INET)
        setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    proxy->pairs[proxy->pair_count++] = (pair){client, server};
    proxy->counts.connections++;
}

static bool send_all(int descriptor, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(descriptor, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

/* --- passing on --- */

/* Passes on what may pass; false when the connection is to be cut there. */
static bool pass(tcp_proxy *proxy, tcp_proxy_way way, int descriptor, const char *bytes, size_t size)
{
    if (!proxy->cuts_within[way])
        return send_all(descriptor, bytes, size);
    if (size <= proxy->left[way]) {
        proxy->left[way] -= size;
        return send_all(descriptor, bytes, size);
    }
    proxy->cuts_within[way] = false;
    send_all(descriptor, bytes, proxy->left[way]);
    return false;
}

/* Returns false when the pair is to be closed. */
static bool pass_request(tcp_proxy *proxy, const pair *pair)
{
    static _Thread_local char bytes[1 << 16];
    ssize_t size = recv(pair->client, bytes, sizeof bytes, 0);
    if (size <= 0)
        return false;
    proxy->counts.bursts++;
    if (proxy->counts.answers == 0)
        proxy->counts.bursts_before_answer++;
    proxy->counts.bytes_sent += (uint64_t)size;
    size_t length = strlen(proxy->trigger);
    bool triggered = length > 0 && memmem(bytes, (size_t)size, proxy->trigger, length);
    if (!triggered)
        return pass(proxy, TCP_PROXY_REQUESTS, pair->server, bytes, (size_t)size);
    proxy->trigger[0] = '\0';
    if (proxy->moment == TCP_PROXY_AFTER && send_all(pair->server, bytes, (size_t)size)) {
        /* The first byte of the answer shows that the server has done its work. */
        struct pollfd answered = {.fd = pair->server, .events = POLLIN};
        poll(&answered, 1, 5000);
    }
    return false;
}

static bool pass_answer(tcp_proxy *proxy, const pair *pair)
{
    static _Thread_local char bytes[1 << 16];
    ssize_t size = recv(pair->server, bytes, sizeof bytes, 0);
    if (size <= 0)
        return false;
    proxy->counts.answers++;
    proxy->counts.bytes_received += (uint64_t)size;
    return pass(proxy, TCP_PROXY_ANSWERS, pair->client, bytes, (size_t)size);
}

static void serve_pairs(tcp_proxy *proxy, const struct pollfd *ready, size_t count)
{
    /* From the last to the first, since removing a pair moves the last one into its place. */
    for (size_t i = count; i-- > 0;) {
        bool open = true;
        if (ready[2 * i].revents)
            open = pass_request(proxy, &proxy->pairs[i]);
        if (open && ready[2 * i + 1].revents)
            open = pass_answer(proxy, &proxy->pairs[i]);
        if (!open)
            remove_pair(proxy, i);
    }
}

/* One wait and what came of it; called and returns with the mutex held. */
static void turn(tcp_proxy *proxy)
{
    struct pollfd polled[2 + 2 * MAX_PAIRS];
    polled[0] = (struct pollfd){.fd = proxy->wake, .events = POLLIN};
    polled[1] = (struct pollfd){.fd = proxy->listener, .events = POLLIN};
    size_t pair_count = proxy->stalled ? 0 : proxy->pair_count;
    for (size_t i = 0; i < pair_count; i++) {
        polled[2 + 2 * i] = (struct pollfd){.fd = proxy->pairs[i].client, .events = POLLIN};
        polled[3 + 2 * i] = (struct pollfd){.fd = proxy->pairs[i].server, .events = POLLIN};
    }
    pthread_mutex_unlock(&proxy->mutex);
    poll(polled, 2 + 2 * pair_count, -1);
    pthread_mutex_lock(&proxy->mutex);

    uint64_t woken;
    if (polled[0].revents && read(proxy->wake, &woken, sizeof woken) < 0)
        return;
    if (proxy->cut) {
        while (proxy->pair_count > 0)
            remove_pair(proxy, proxy->pair_count - 1);
        proxy->cut = false;
        return;
    }
    if (!proxy->stalled)
        serve_pairs(proxy, polled + 2, pair_count);
    if (polled[1].revents)
        accept_pair(proxy);
}

static void *run(void *arg)
{
    tcp_proxy *proxy = arg;
    pthread_mutex_lock(&proxy->mutex);
    while (!proxy->stopped)
        turn(proxy);
    while (proxy->pair_count > 0)
        remove_pair(proxy, proxy->pair_count - 1);
    pthread_mutex_unlock(&proxy->mutex);
    return NULL;
}

/* --- starting and stopping --- */

static void set_target(tcp_proxy *proxy, const char *path, int port)
{
    if (path) {
        struct sockaddr_un *target = (struct sockaddr_un *)&proxy->target;
        target->sun_family = AF_UNIX;
        snprintf(target->sun_path, sizeof target->sun_path, "%s", path);
        proxy->target_size = sizeof *target;
    } else {
        struct sockaddr_in *target = (struct sockaddr_in *)&proxy->target;
        target->sin_family = AF_INET;
        target->sin_port = htons((uint16_t)port);
        target->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        proxy->target_size = sizeof *target;
    }
}

tcp_proxy *tcp_proxy_start(const char *path, int port)
{
    tcp_proxy *proxy = calloc(1, sizeof *proxy);
    if (!proxy)
        return NULL;
    set_target(proxy, path, port);
    proxy->wake = eventfd(0, EFD_CLOEXEC);
    proxy->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pthread_mutex_init(&proxy->mutex, NULL);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof here;
    if (proxy->wake >= 0 && proxy->listener >= 0 &&
        bind(proxy->listener, (struct sockaddr *)&here, sizeof here) == 0 &&
        listen(proxy->listener, 128) == 0 &&
        getsockname(proxy->listener, (struct sockaddr *)&here, &size) == 0) {
        proxy->port = ntohs(here.sin_port);
        if (pthread_create(&proxy->thread, NULL, run, proxy) == 0)
            return proxy;
    }
    close(proxy->wake);
    close(proxy->listener);
    pthread_mutex_destroy(&proxy->mutex);
    free(proxy);
    return NULL;
}

tcp_proxy *tcp_proxy_for(const char *url, char *through, size_t size)
{
    const char *host = strchr(url, '@');
    const char *port = host ? strchr(host, ':') : NULL;
    const char *rest = port ? strchr(port, '/') : NULL;
    tcp_proxy *proxy = rest ? tcp_proxy_start(NULL, atoi(port + 1)) : NULL;
    if (proxy)
        snprintf(through, size, "%.*s@127.0.0.1:%d%s%csslmode=disable", (int)(host - url), url, proxy->port,
                 rest, strchr(rest, '?') ? '&' : '?');
    return proxy;
}

int tcp_proxy_port(const tcp_proxy *proxy)
{
    return proxy->port;
}

/* Makes the thread look at what changed. */
static void wake(tcp_proxy *proxy)
{
    uint64_t one = 1;
    if (write(proxy->wake, &one, sizeof one) < 0)
        perror("tcp_proxy");
}

void tcp_proxy_stop(tcp_proxy *proxy)
{
    if (!proxy)
        return;
    pthread_mutex_lock(&proxy->mutex);
    proxy->stopped = true;
    pthread_mutex_unlock(&proxy->mutex);
    wake(proxy);
    pthread_join(proxy->thread, NULL);
    close(proxy->wake);
    close(proxy->listener);
    pthread_mutex_destroy(&proxy->mutex);
    free(proxy);
}

/* --- bad days --- */

static void set(tcp_proxy *proxy, bool *member, bool value)
{
    pthread_mutex_lock(&proxy->mutex);
    *member = value;
    pthread_mutex_unlock(&proxy->mutex);
    wake(proxy);
}

void tcp_proxy_cut(tcp_proxy *proxy)
{
    set(proxy, &proxy->cut, true);
}

void tcp_proxy_stall(tcp_proxy *proxy, bool stalled)
{
    set(proxy, &proxy->stalled, stalled);
}

void tcp_proxy_refuse(tcp_proxy *proxy, bool refused)
{
    set(proxy, &proxy->refused, refused);
}

void tcp_proxy_cut_on(tcp_proxy *proxy, const char *bytes, tcp_proxy_moment moment)
{
    pthread_mutex_lock(&proxy->mutex);
    snprintf(proxy->trigger, sizeof proxy->trigger, "%s", bytes);
    proxy->moment = moment;
    pthread_mutex_unlock(&proxy->mutex);
}

void tcp_proxy_cut_within(tcp_proxy *proxy, tcp_proxy_way way, size_t bytes)
{
    pthread_mutex_lock(&proxy->mutex);
    proxy->cuts_within[way] = true;
    proxy->left[way] = bytes;
    pthread_mutex_unlock(&proxy->mutex);
}

tcp_proxy_counts tcp_proxy_count(tcp_proxy *proxy)
{
    pthread_mutex_lock(&proxy->mutex);
    tcp_proxy_counts counts = proxy->counts;
    pthread_mutex_unlock(&proxy->mutex);
    return counts;
}

void tcp_proxy_reset_counts(tcp_proxy *proxy)
{
    pthread_mutex_lock(&proxy->mutex);
    proxy->counts = (tcp_proxy_counts){0};
    pthread_mutex_unlock(&proxy->mutex);
}
