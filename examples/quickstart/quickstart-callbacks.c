/* The quickstart with operations and callbacks: for programs that have a loop and want no fibers. Links no
 * fiber code.
 *
 *     quickstart-callbacks [URL]
 *
 * Each step starts an operation and names the step that comes next. What an operation fills stands in `app`.
 */
#include "models.toasty.h"
#include <inttypes.h>
#include <stdio.h>
#include <uv.h>

typedef struct app {
    uv_loop_t *loop;
    toasty_db *db;
    User *john;
    UserList *users;
    CategoryList *categories;
    int64_t count;
    int visits; /* under way */
    int status;
} app;

static void stop(app *app, const toasty_error *error)
{
    fprintf(stderr, "%s\n", error->message);
    app->status = 1;
}

/* Starts the next step's operation; the callback is not called when that fails. */
static void start(app *app, toasty_op op, toasty_callback then)
{
    if (!toasty_start(app->loop, app->db, op, then, app))
        stop(app, toasty_last_error());
}

static void created(const toasty_error *error, void *arg);
static void listed(const toasty_error *error, void *arg);
static void updated(const toasty_error *error, void *arg);
static void visited(const toasty_error *error, void *arg);
static void counted(const toasty_error *error, void *arg);

static void emptied(const toasty_error *error, void *arg)
{
    app *app = arg;
    if (error) {
        stop(app, error);
        return;
    }
    /* A batch: both or none, in one round trip. The list copies what the operations borrow. */
    toasty_auto(toasty_ops) ops = toasty_ops_new();
    if (!ops ||
        toasty_ops_add(ops, user_create_op(&app->john, .name = "John Doe", .email = "john@example.com",
                                           .todos = todo_new({.title = "Make pizza"}, {.title = "Sleep"}))) <
            0 ||
        toasty_ops_add(ops, category_create_many_op(&app->categories, {.label = "home"}, {.label = "work"})) <
            0 ||
        !toasty_start_ops(app->loop, app->db, ops, created, app))
        stop(app, toasty_last_error());
}

static void created(const toasty_error *error, void *arg)
{
    app *app = arg;
    if (error) {
        stop(app, error);
        return;
    }
    printf("%s has %zu todos; there are %zu categories.\n", app->john->name, app->john->todos.len,
           app->categories->len);
    start(app,
          user_all_op(&app->users, .where = user_name_starts_with("Jo"),
                      .include = {user_with_todos(.order_by = {todo_title_asc()})}),
          listed);
}

static void listed(const toasty_error *error, void *arg)
{
    app *app = arg;
    if (error) {
        stop(app, error);
        return;
    }
    toasty_each(user, app->users)
        toasty_each(todo, &user->todos)
            printf("  %s: %s\n", user->name, todo->title);
    start(app, user_update_by_email_op(NULL, "john@example.com", user_bio_set("Likes pizza.")), updated);
}

static void updated(const toasty_error *error, void *arg)
{
    app *app = arg;
    if (error) {
        stop(app, error);
        return;
    }
    /* A thousand at once over a small pool. */
    for (int i = 0; i < 1000 && app->status == 0; i++) {
        app->visits++;
        start(app, user_update_by_email_op(NULL, "john@example.com", user_login_count_add(1)), visited);
    }
}

static void visited(const toasty_error *error, void *arg)
{
    app *app = arg;
    app->visits--;
    if (error)
        stop(app, error);
    else if (app->visits == 0 && app->status == 0)
        start(app, user_count_op(&app->count, .where = user_login_count_eq(1000)), counted);
}

static void counted(const toasty_error *error, void *arg)
{
    app *app = arg;
    if (error)
        stop(app, error);
    else
        printf("%" PRId64 " user was visited a thousand times.\n", app->count);
}

int main(int argc, char **argv)
{
    uv_loop_t loop;
    if (uv_loop_init(&loop) < 0) {
        fprintf(stderr, "the loop cannot be made\n");
        return 1;
    }
    /* On a plain thread a call waits by itself, without any loop. */
    toasty_auto(toasty_db) db =
        toasty_open(argc > 1 ? argv[1] : "sqlite::memory:", &models_schema, .max_pool_size = 8);
    app app = {.loop = &loop, .db = db};
    if (!db || toasty_push_schema(db) < 0 || category_delete_all(db, .everything = true) < 0)
        stop(&app, toasty_last_error());
    else
        start(&app, user_delete_all_op(NULL, .everything = true), emptied);
    uv_run(&loop, UV_RUN_DEFAULT);
    toasty_free(app.john);
    toasty_free(app.users);
    toasty_free(app.categories);
    uv_loop_close(&loop);
    return app.status;
}
