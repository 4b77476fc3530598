/* A server of a test's own, which may be killed, or told what would reach others. */
#ifndef TESTS_CONFORMANCE_OWN_SERVER_H
#define TESTS_CONFORMANCE_OWN_SERVER_H

#include "suite.h"
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define START                                                                                                \
    "TOASTY_TEST_START" /* the script that starts a server of the target; absent where there is none */

/* What is said to a server in its own words. */
typedef struct words {
    const char *target;
    const char *user, *name; /* of an administrator, and of a database that is there */
    const char *sleep;       /* longer than anybody waits */
    const char
        *persist; /* writes down what was committed, since it does not wait for the disk at each commit */
} words;

static const words all_words[] = {
    {"postgresql", "postgres", "postgres", "SELECT pg_sleep(600)", "CHECKPOINT"},
    {"mysql", "toasty", "test", "SELECT SLEEP(600)", "FLUSH ENGINE LOGS"},
    {"mariadb", "toasty", "test", "SELECT SLEEP(600)", "FLUSH ENGINE LOGS"},
};

static inline const words *words_of_target(void)
{
    for (size_t i = 0; i < sizeof all_words / sizeof *all_words; i++)
        if (strcmp(all_words[i].target, test_capability()->target) == 0)
            return &all_words[i];
    ck_abort_msg("a server without words");
}

typedef struct server {
    const words *words;
    pid_t pid;
    char folder[256], port[8], url[256];
} server;

/* A port that is free now. */
static inline int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check_int(0, bind(probe, (struct sockaddr *)&address, length));
    check_int(0, getsockname(probe, (struct sockaddr *)&address, &length));
    close(probe);
    return ntohs(address.sin_port);
}

static inline void start(server *server)
{
    server->pid = fork();
    if (server->pid == 0) {
        execl("/bin/sh", "sh", getenv(START), server->folder, server->port, "secret", (char *)NULL);
        _exit(127);
    }
}

/* Starts the server until it stays: the one before may not have let go of the data yet. */
static inline toasty_db *open_when_ready(server *server)
{
    start(server);
    toasty_db *db;
    while (!(db = toasty_open(server->url, &models_schema, .max_pool_size = 3))) {
        if (waitpid(server->pid, NULL, WNOHANG) == server->pid)
            start(server);
        toasty_sleep(20);
    }
    return db;
}

static inline server new_server(void)
{
    server server = {0};
    const char *root = getenv("TMPDIR");
    snprintf(server.folder, sizeof server.folder, "%s/toasty-restart-%d", root ? root : "/tmp",
             (int)getpid());
    snprintf(server.port, sizeof server.port, "%d", free_port());
    server.words = words_of_target();
    snprintf(server.url, sizeof server.url, "%s://%s:secret@127.0.0.1:%s/%s", server.words->target,
             server.words->user, server.port, server.words->name);
    return server;
}

static inline void end(server *server, int signal)
{
    check_int(0, kill(server->pid, signal));
    check_int(server->pid, waitpid(server->pid, NULL, 0));
}

static inline void remove_folder(const server *server)
{
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", server->folder);
    check_int(0, system(command));
}

#endif
