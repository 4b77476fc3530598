/* A server of the test's own that is killed for real, with all its connections, and comes back. */
#include "own_server.h"
#include <uv.h>

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
