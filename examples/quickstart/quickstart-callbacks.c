/* The quickstart with operations and callbacks: for programs that have a loop and want no fibers. It does
 * what quickstart.c does and prints the same, and links no fiber code.
 *
 *     quickstart-callbacks [URL] [--sql]
 *
 * A step asks by starting operations, and tells what came of them when they are done; then the next step
 * asks. The steps stand in one table, in their order. What they fill stands in `app`. */
#include "models.toasty.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

typedef struct app {
    uv_loop_t *loop;
    toasty_db *db;
    const char *maybe_city;
    size_t step;
    int visits; /* under way */
    bool failed;
    User *john, *ann, *bob, *twin, *nobody, *eldest;
    CategoryList *made, *categories;
    Todo *milk;
    TodoList *todos;
    UserList *neighbours, *users, *guests;
    UserPage *page, *next;
    int64_t adults, done, gone;
} app;

typedef enum outcome { GO_ON, AGAIN, STOP } outcome;

typedef struct step {
    void (*ask)(app *app);
    outcome (*tell)(app *app, const toasty_error *error);
} step;

static outcome fail(const char *what, const toasty_error *error)
{
    fprintf(stderr, "%s: %s\n", what, error ? error->message : "it was not refused");
    return STOP;
}

/* --- starting --- */

static void step_done(const toasty_error *error, void *arg);

/* What was started calls back; what could not be started does not. */
static void check_started(app *app, const toasty_started *started)
{
    if (started)
        return;
    fail("start", toasty_last_error());
    app->failed = true;
}

static void start(app *app, toasty_op op)
{
    check_started(app, toasty_start(app->loop, app->db, op, step_done, app));
}

/* A list: all or nothing, in one round trip. It copies what the operations borrow. */
static void start_all(app *app, const toasty_op *ops, size_t count)
{
    toasty_auto(toasty_ops) list = toasty_ops_new();
    bool added = list != NULL;
    for (size_t i = 0; i < count && added; i++)
        added = toasty_ops_add(list, ops[i]) == 0;
    check_started(app, added ? toasty_start_ops(app->loop, app->db, list, step_done, app) : NULL);
}

/* --- create and read --- */

/* What an earlier run left. Todos and profiles go with their users. */
static void ask_afresh(app *app)
{
    const toasty_op ops[] = {user_delete_all_op(NULL, .everything = true),
                             category_delete_all_op(NULL, .everything = true)};
    start_all(app, ops, 2);
}

static outcome tell_afresh(app *app, const toasty_error *error)
{
    (void)app;
    return error ? fail("start afresh", error) : GO_ON;
}

static void ask_create(app *app)
{
    const toasty_op ops[] = {
        user_create_op(&app->john, .name = "John Doe", .email = "john@example.com", .age = toasty_some(42),
                       .address = toasty_some({.street = "1 Main St", .city = "Seattle"}),
                       .profile = profile_new({.motto = "Later", .shipping = {"2 Dock Rd", "Tacoma"}}),
                       .todos = todo_new({.title = "Make pizza"},
                                         {.title = "Finish Toasty", .priority = PRIORITY_HIGH},
                                         {.title = "Sleep"})),
        category_create_many_op(&app->made, {.label = "home"}, {.label = "work"}),
        user_create_op(&app->ann, .name = "Ann Lee", .email = "ann@example.com", .age = toasty_some(35))};
    start_all(app, ops, 3);
}

static outcome tell_create(app *app, const toasty_error *error)
{
    (void)app;
    return error ? fail("create", error) : GO_ON;
}

static void ask_todo(app *app)
{
    start(app,
          user_todos_create_op(&app->milk, app->ann, .title = "Buy milk", .category = &app->made->items[0]));
}

static outcome tell_todo(app *app, const toasty_error *error)
{
    if (error)
        return fail("create a todo", error);
    printf("%s has %zu todos and the motto \"%s\"; %s has to %s.\n", app->john->name, app->john->todos.len,
           app->john->profile->motto, app->ann->name, app->milk->title);
    return GO_ON;
}

/* What is unique stays so; the error names the constraint and the field. */
static void ask_twin(app *app)
{
    start(app, user_create_op(&app->twin, .name = "Another John", .email = "john@example.com"));
}

static outcome tell_twin(app *app, const toasty_error *error)
{
    (void)app;
    if (!error || error->code != TOASTY_UNIQUE_VIOLATION)
        return fail("a second john@example.com", error);
    printf("A second John is refused: %s of %s.\n", toasty_code_name(error->code), error->field);
    return GO_ON;
}

static void ask_john(app *app)
{
    toasty_free(app->john);
    app->john = NULL;
    start(app, user_get_by_email_op(&app->john, "john@example.com", .include = {user_with_profile()}));
}

static outcome tell_john(app *app, const toasty_error *error)
{
    if (error)
        return fail("get", error);
    printf("%s ships to %s.\n", app->john->name, app->john->profile->shipping.city);
    return GO_ON;
}

/* By relation and by index. */
static void ask_todos(app *app)
{
    const toasty_op ops[] = {
        user_todos_op(&app->todos, app->john, .where = todo_done_eq(false), .order_by = {todo_title_asc()}),
        user_by_address_city_op(&app->neighbours, "Seattle")};
    start_all(app, ops, 2);
}

static outcome tell_todos(app *app, const toasty_error *error)
{
    if (error)
        return fail("todos", error);
    toasty_each(todo, app->todos)
        printf("  %s%s\n", todo->title, todo->priority == PRIORITY_HIGH ? "!" : "");
    return GO_ON;
}

static void ask_nobody(app *app)
{
    start(app, user_get_by_email_op(&app->nobody, "nobody@example.com"));
}

static outcome tell_nobody(app *app, const toasty_error *error)
{
    if (!error)
        return fail("nobody@example.com", error);
    printf("%zu in Seattle; nobody@example.com is %s.\n", app->neighbours->len,
           toasty_code_name(error->code));
    return GO_ON;
}

/* Relations load in one query each, never one a row. A condition that toasty_when leaves out is not there. */
static void ask_users(app *app)
{
    start(app, user_all_op(
                   &app->users,
                   .where = user_and(user_age_ge(18),
                                     user_or(user_name_starts_with("Jo"), user_name_contains("Lee")),
                                     toasty_when(app->maybe_city, user_address_city_eq(app->maybe_city))),
                   .include = {user_with_todos(.where = todo_done_eq(false), .order_by = {todo_title_asc()},
                                               .include = {todo_with_category()})},
                   .order_by = {user_name_asc()}, .limit = 50));
}

static outcome tell_users(app *app, const toasty_error *error)
{
    if (error)
        return fail("all", error);
    toasty_each(user, app->users)
        toasty_each(todo, &user->todos)
            printf("  %s: %s [%s]\n", user->name, todo->title, todo->category ? todo->category->label : "-");
    return GO_ON;
}

/* Conditions are values: build them as you go, use them twice. */
static void ask_adults(app *app)
{
    user_expr adults = user_age_ge(18);
    if (app->maybe_city)
        adults = user_and(adults, user_address_city_eq(app->maybe_city));
    const toasty_op ops[] = {user_count_op(&app->adults, .where = adults),
                             user_first_op(&app->eldest, .where = adults, .order_by = {user_age_desc()})};
    start_all(app, ops, 2);
}

static outcome tell_adults(app *app, const toasty_error *error)
{
    if (error)
        return fail("adults", error);
    printf("%" PRId64 " adults, the eldest is %s.\n", app->adults, app->eldest->name);
    return GO_ON;
}

/* --- pages --- */

static void ask_guests(app *app)
{
    UserNew rows[25] = {0};
    char names[25][16], emails[25][32];
    for (int i = 0; i < 25; i++) {
        snprintf(names[i], sizeof names[i], "Guest %02d", i + 1);
        snprintf(emails[i], sizeof emails[i], "guest%02d@example.com", i + 1);
        rows[i] = (UserNew){.name = names[i], .email = emails[i]};
    }
    start(app, user_create_array_op(&app->guests, rows, 25)); /* copies them */
}

static outcome tell_guests(app *app, const toasty_error *error)
{
    (void)app;
    return error ? fail("create guests", error) : GO_ON;
}

static void ask_page(app *app)
{
    start(app, app->page ? user_page_next_op(&app->next, app->page)
                         : user_page_op(&app->next, .where = user_name_starts_with("Guest"),
                                        .order_by = {user_name_desc()}, .per_page = 10));
}

static outcome tell_page(app *app, const toasty_error *error)
{
    if (error)
        return fail("pages", error);
    toasty_free(app->page);
    app->page = app->next; /* NULL after the last page */
    app->next = NULL;
    if (!app->page)
        return GO_ON;
    printf("  %s to %s%s\n", app->page->items[0].name, app->page->items[app->page->len - 1].name,
           app->page->has_next ? " …" : "");
    return AGAIN;
}

/* --- write --- */

/* Only what is named is written, additions happen in the database, and the struct in memory follows. */
static void ask_update(app *app)
{
    start(app, user_update_op(NULL, app->john, user_login_count_add(1), user_bio_set("Likes pizza."),
                              user_address_city_set("Portland")));
}

static outcome tell_update(app *app, const toasty_error *error)
{
    const User *john = app->john;
    if (error)
        return fail("update", error);
    printf("%s of %s, %" PRId64 " login: %s\n", john->name, john->address.value.city, john->login_count,
           john->bio);
    return GO_ON;
}

static void ask_many(app *app)
{
    const toasty_op ops[] = {
        todo_update_all_op(&app->done, .where = todo_user_id_eq(app->john->id), .set = {todo_done_set(true)}),
        todo_delete_all_op(&app->gone, .where = todo_and(todo_done_eq(true), todo_title_ne("Sleep")))};
    start_all(app, ops, 2);
}

static outcome tell_many(app *app, const toasty_error *error)
{
    if (error)
        return fail("update and delete", error);
    printf("%" PRId64 " todos done, %" PRId64 " of them deleted.\n", app->done, app->gone);
    return GO_ON;
}

static void ask_batch(app *app)
{
    const toasty_op ops[] = {user_create_op(&app->bob, .name = "Bob", .email = "bob@example.com"),
                             category_all_op(&app->categories, .order_by = {category_label_asc()})};
    start_all(app, ops, 2);
}

static outcome tell_batch(app *app, const toasty_error *error)
{
    if (error)
        return fail("batch", error);
    printf("%s is here, and %zu categories: %s, %s.\n", app->bob->name, app->categories->len,
           app->categories->items[0].label, app->categories->items[1].label);
    return GO_ON;
}

/* A list of operations is the transaction of this face: since the second of these fails, the first did not
 * happen. */
static void ask_rollback(app *app)
{
    const toasty_op ops[] = {user_update_by_email_op(NULL, "john@example.com", user_name_set("Nobody")),
                             user_create_op(&app->twin, .name = "Another John", .email = "john@example.com")};
    start_all(app, ops, 2);
}

static outcome tell_rollback(app *app, const toasty_error *error)
{
    (void)app;
    return error && error->code == TOASTY_UNIQUE_VIOLATION ? GO_ON : fail("transaction", error);
}

static void ask_commit(app *app)
{
    start(app, user_update_by_email_op(NULL, "john@example.com", user_login_count_add(10)));
}

static outcome tell_commit(app *app, const toasty_error *error)
{
    (void)app;
    return error ? fail("transact", error) : GO_ON;
}

static outcome tell_transactions(app *app, const toasty_error *error)
{
    if (error)
        return fail("get", error);
    printf("After a rollback and a commit: %s, %" PRId64 " logins.\n", app->john->name,
           app->john->login_count);
    return GO_ON;
}

/* --- a thousand at once, over a small pool --- */

static void visited(const toasty_error *error, void *arg)
{
    app *app = arg;
    if (error && !app->failed)
        fail("visit", error);
    app->failed = app->failed || error;
    if (--app->visits == 0 && !app->failed)
        step_done(NULL, app);
}

static void ask_visits(app *app)
{
    for (int i = 0; i < 1000 && !app->failed; i++) {
        toasty_op visit = user_update_by_email_op(NULL, "john@example.com", user_login_count_add(1));
        app->visits++;
        check_started(app, toasty_start(app->loop, app->db, visit, visited, app));
    }
}

static outcome tell_visits(app *app, const toasty_error *error)
{
    (void)app;
    return error ? fail("visits", error) : GO_ON;
}

static outcome tell_visited(app *app, const toasty_error *error)
{
    if (error)
        return fail("get", error);
    printf("After a thousand visits at once: %" PRId64 " logins.\n", app->john->login_count);
    return GO_ON;
}

/* --- the program --- */

static const step steps[] = {
    {ask_afresh, tell_afresh}, {ask_create, tell_create},     {ask_todo, tell_todo},
    {ask_twin, tell_twin},     {ask_john, tell_john},         {ask_todos, tell_todos},
    {ask_nobody, tell_nobody}, {ask_users, tell_users},       {ask_adults, tell_adults},
    {ask_guests, tell_guests}, {ask_page, tell_page},         {ask_update, tell_update},
    {ask_many, tell_many},     {ask_batch, tell_batch},       {ask_rollback, tell_rollback},
    {ask_commit, tell_commit}, {ask_john, tell_transactions}, {ask_visits, tell_visits},
    {ask_john, tell_visited},
};

static void step_done(const toasty_error *error, void *arg)
{
    app *app = arg;
    outcome outcome = steps[app->step].tell(app, error);
    app->failed = app->failed || outcome == STOP;
    app->step += outcome == GO_ON;
    if (!app->failed && app->step < sizeof steps / sizeof *steps)
        steps[app->step].ask(app);
}

static void free_results(app *app)
{
    const void *const results[] = {app->john,       app->ann,   app->bob,        app->twin, app->nobody,
                                   app->eldest,     app->made,  app->categories, app->milk, app->todos,
                                   app->neighbours, app->users, app->guests,     app->page, app->next};
    for (size_t i = 0; i < sizeof results / sizeof *results; i++)
        toasty_free(results[i]);
}

static void show(const toasty_event *event, void *arg)
{
    (void)arg;
    printf("    %s\n", event->statement ? event->statement : event->operation);
}

int main(int argc, char **argv)
{
    const char *url = "sqlite::memory:";
    bool sql = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--sql") == 0)
            sql = true;
        else
            url = argv[i];
    }
    uv_loop_t loop;
    if (uv_loop_init(&loop) < 0) {
        fprintf(stderr, "the loop cannot be made\n");
        return 1;
    }
    /* On a plain thread a call waits by itself, without any loop. */
    toasty_auto(toasty_db) db =
        toasty_open(url, &models_schema, .max_pool_size = 8, .table_prefix = "quickstart_");
    if (db && sql)
        toasty_on_event(db, show, NULL);
    app app = {.loop = &loop, .db = db};
    if (!db || toasty_push_schema(db) < 0)
        app.failed = fail("open", toasty_last_error()) == STOP;
    else
        steps[0].ask(&app);
    uv_run(&loop, UV_RUN_DEFAULT);
    free_results(&app);
    uv_loop_close(&loop);
    return app.failed;
}
