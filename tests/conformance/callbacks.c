/* The third face: operations that are started on a loop and call back. */
#include "suite.h"
#include <stdio.h>
#include <uv.h>

typedef struct call {
    uv_loop_t *loop;
    toasty_db *db;
    bool done, inside;
    toasty_code code;
    Topic *topic;
    Person *person;
    int left;
} call;

static void finished(const toasty_error *error, void *arg)
{
    call *c = arg;
    c->inside |= c->done;
    c->done = true;
    c->left--;
    if (error)
        c->code = error->code;
}

TOASTY_TEST(callbacks, an_operation_runs_on_the_loop_and_calls_back_later)
{
    toasty_auto(toasty_db) db = suite_open();
    uv_loop_t loop;
    uv_loop_init(&loop);
    call c = {.db = db};
    {
        char label[] = "a"; /* copied by the start */
        check_some(
            toasty_start(&loop, db, topic_create_op(&c.topic, .label = label, .weight = 3), finished, &c));
        label[0] = 'x';
    }
    check_that(!c.done);
    uv_run(&loop, UV_RUN_DEFAULT);
    check_that(c.done);
    check_int(TOASTY_OK, c.code);
    check_text("a", c.topic->label);
    toasty_free(c.topic);
    check_int(0, uv_loop_close(&loop));
}

TOASTY_TEST(callbacks, an_error_comes_with_the_callback)
{
    toasty_auto(toasty_db) db = suite_open();
    uv_loop_t loop;
    uv_loop_init(&loop);
    call c = {.db = db};
    check_some(toasty_start(&loop, db, topic_get_by_label_op(&c.topic, "none"), finished, &c));
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(TOASTY_NOT_FOUND, c.code);
    check_null(c.topic);
    check_int(0, uv_loop_close(&loop));
}

TOASTY_TEST(callbacks, a_list_of_operations_runs_all_or_nothing)
{
    toasty_auto(toasty_db) db = suite_open();
    uv_loop_t loop;
    uv_loop_init(&loop);
    call c = {.db = db};
    {
        toasty_auto(toasty_ops) ops = toasty_ops_new();
        check_done(toasty_ops_add(ops, topic_create_op(&c.topic, .label = "a")));
        check_done(toasty_ops_add(ops, person_create_op(&c.person, .name = "Ann", .email = "a@x",
                                                        .tasks = task_new({.title = "t"}))));
        check_some(toasty_start_ops(&loop, db, ops, finished, &c));
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(TOASTY_OK, c.code);
    check_text("a", c.topic->label);
    check_uint(1, c.person->tasks.len);
    toasty_free(c.topic);
    toasty_free(c.person);
    check_int(0, uv_loop_close(&loop));
}

TOASTY_TEST(callbacks, many_operations_share_a_small_pool, THREADS)
{
    enum { COUNT = 200 };
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 2});
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    uv_loop_t loop;
    uv_loop_init(&loop);
    call c = {.db = db, .left = COUNT};
    for (int i = 0; i < COUNT; i++)
        check_some(toasty_start(&loop, db, person_update_by_id_op(NULL, ann->id, person_visits_add(1)),
                                finished, &c));
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(0, c.left);
    check_int(TOASTY_OK, c.code);
    toasty_auto(Person) read = person_get_by_id(db, ann->id);
    check_some(read);
    check_int(COUNT, read->visits);
    check_int(0, uv_loop_close(&loop));
}

static void call_again(const toasty_error *error, void *arg)
{
    call *c = arg;
    if (error || --c->left == 0) {
        c->code = error ? error->code : TOASTY_OK;
        return;
    }
    if (!toasty_start(c->loop, c->db, topic_get_by_label_op(&c->topic, "a"), call_again, c))
        c->code = toasty_last_error()->code;
    toasty_free(c->topic);
    c->topic = NULL;
}

TOASTY_TEST(callbacks, a_callback_may_start_the_next_operation)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) topic = topic_create(db, .label = "a");
    check_some(topic);
    uv_loop_t loop;
    uv_loop_init(&loop);
    call c = {.db = db, .left = 50, .loop = &loop};
    check_some(toasty_start(&loop, db, topic_get_by_label_op(&c.topic, "a"), call_again, &c));
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(0, c.left);
    check_int(TOASTY_OK, c.code);
    toasty_free(c.topic);
    check_int(0, uv_loop_close(&loop));
}
