/* A server of the test's own that is killed for real, with all its connections, and comes back. */
#include "suite.h"
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

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

static const words *words_of_target(void)
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
static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check_int(0, bind(probe, (struct sockaddr *)&address, length));
    check_int(0, getsockname(probe, (struct sockaddr *)&address, &length));
    close(probe);
    return ntohs(address.sin_port);
}

static void start(server *server)
{
    server->pid = fork();
    if (server->pid == 0) {
        execl("/bin/sh", "sh", getenv(START), server->folder, server->port, "secret", (char *)NULL);
        _exit(127);
    }
}

/* Starts the server until it stays: the one before may not have let go of the data yet. */
static toasty_db *open_when_ready(server *server)
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

static server new_server(void)
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

static void end(server *server, int signal)
{
    check_int(0, kill(server->pid, signal));
    check_int(server->pid, waitpid(server->pid, NULL, 0));
}

static void remove_folder(const server *server)
{
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", server->folder);
    check_int(0, system(command));
}

/* --- what is under way when it dies --- */

typedef struct visitor {
    toasty_db *db;
    const words *words;
    int *ready;
    toasty_code code;
} visitor;

static void sleep_there(void *arg)
{
    visitor *v = arg;
    ++*v->ready;
    toasty_auto(toasty_rows) rows = toasty_sql_rows(v->db, v->words->sleep);
    v->code = toasty_last_error()->code;
}

static void be_in_a_transaction(void *arg)
{
    visitor *v = arg;
    toasty_auto(toasty_db) tx = toasty_begin(v->db);
    toasty_auto(Topic) topic = topic_create(tx, .label = "half");
    ++*v->ready;
    while (topic && topic_count(tx) >= 0 && toasty_sleep(1) == 0)
        ;
    v->code = toasty_last_error()->code;
}

typedef struct killer {
    server *server;
    int *ready;
} killer;

static void kill_when_all_are_busy(void *arg)
{
    killer *k = arg;
    while (*k->ready < 2 && toasty_sleep(1) == 0)
        ;
    end(k->server, SIGKILL);
}

TOASTY_TEST(restart, a_server_that_is_killed_and_comes_back_serves_the_same_handle, NEEDS(START), TIMEOUT(60),
            SLOW)
{
    server server = new_server();
    toasty_auto(toasty_db) db = open_when_ready(&server);
    suite_watch(db);
    toasty_auto(Topic) kept = topic_create(db, .label = "kept");
    check_some(kept);
    check_done((int)toasty_sql(db, server.words->persist));

    int ready = 0;
    visitor visitors[2] = {{db, server.words, &ready, TOASTY_OK}, {db, server.words, &ready, TOASTY_OK}};
    killer killer = {&server, &ready};
    uv_loop_t loop;
    uv_loop_init(&loop);
    check_some(toasty_spawn(&loop, sleep_there, &visitors[0]));
    check_some(toasty_spawn(&loop, be_in_a_transaction, &visitors[1]));
    check_some(toasty_spawn(&loop, kill_when_all_are_busy, &killer));
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(TOASTY_OUTCOME_UNKNOWN, visitors[0].code); /* a statement of the user's own may have written */
    check_int(TOASTY_CONNECTION_LOST, visitors[1].code);
    check_int(-1, topic_count(db));
    check_that(toasty_last_error()->code == TOASTY_CONNECTION_FAILED ||
               toasty_last_error()->code == TOASTY_CONNECTION_LOST);

    toasty_auto(toasty_db) other = open_when_ready(&server);
    check_int(1, topic_count(db));
    toasty_auto(Topic) read = topic_get_by_label(db, "kept");
    check_some(read);
    toasty_auto(Topic) made = topic_create(db, .label = "after");
    check_some(made);
    check_int(2, topic_count(other));

    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&loop));
    check_done(toasty_close(other));
    check_done(toasty_close(db));
    end(&server, SIGQUIT);
    remove_folder(&server);
}
