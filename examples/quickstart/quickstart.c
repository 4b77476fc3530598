/* The quickstart: what an application on Toasty looks like. The same code, and the same output, on every SQL
 * database.
 *
 *     quickstart [URL] [--sql]
 *
 * The URL is sqlite::memory: unless it is given; --sql shows each statement that reached the database. */
#include "models.toasty.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

static int fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, toasty_last_error()->message);
    return -1;
}

/* --- create and read --- */

static int create(toasty_db *db)
{
    /* A graph in one call, all or nothing. toasty_auto frees the result when the scope ends. */
    toasty_auto(User) john = user_create(
        db, .name = "John Doe", .email = "john@example.com", .age = toasty_some(42),
        .address = toasty_some({.street = "1 Main St", .city = "Seattle"}),
        .profile = profile_new({.motto = "Later", .shipping = {"2 Dock Rd", "Tacoma"}}),
        .todos = todo_new({.title = "Make pizza"}, {.title = "Finish Toasty", .priority = PRIORITY_HIGH},
                          {.title = "Sleep"}));
    toasty_auto(CategoryList) categories = category_create_many(db, {.label = "home"}, {.label = "work"});
    toasty_auto(User) ann =
        user_create(db, .name = "Ann Lee", .email = "ann@example.com", .age = toasty_some(35));
    if (!john || !categories || !ann)
        return fail("create");
    toasty_auto(Todo) milk =
        user_todos_create(db, ann, .title = "Buy milk", .category = &categories->items[0]);
    if (!milk)
        return fail("create a todo");
    printf("%s has %zu todos and the motto \"%s\"; %s has to %s.\n", john->name, john->todos.len,
           john->profile->motto, ann->name, milk->title);

    /* What is unique stays so; the error names the constraint and the field. */
    toasty_auto(User) twin = user_create(db, .name = "Another John", .email = "john@example.com");
    if (twin || toasty_last_error()->code != TOASTY_UNIQUE_VIOLATION)
        return fail("a second john@example.com was not refused");
    printf("A second John is refused: %s of %s.\n", toasty_code_name(toasty_last_error()->code),
           toasty_last_error()->field);
    return 0;
}

static int read(toasty_db *db)
{
    /* By key: the record, or NULL and the error not_found. */
    toasty_auto(User) john = user_get_by_email(db, "john@example.com", .include = {user_with_profile()});
    if (!john)
        return fail("get");
    printf("%s ships to %s.\n", john->name, john->profile->shipping.city);

    toasty_auto(TodoList) todos =
        user_todos(db, john, .where = todo_done_eq(false), .order_by = {todo_title_asc()});
    if (!todos)
        return fail("todos");
    toasty_each(todo, todos)
        printf("  %s%s\n", todo->title, todo->priority == PRIORITY_HIGH ? "!" : "");

    /* By index, and all at once. */
    toasty_auto(UserList) neighbours = user_by_address_city(db, "Seattle");
    toasty_auto(User) nobody = user_get_by_email(db, "nobody@example.com");
    if (!neighbours || nobody || toasty_last_error()->code != TOASTY_NOT_FOUND)
        return fail("by city");
    printf("%zu in Seattle; nobody@example.com is %s.\n", neighbours->len,
           toasty_code_name(toasty_last_error()->code));
    return 0;
}

static int query(toasty_db *db, const char *maybe_city)
{
    /* Relations load in one query each, never one a row. A condition that toasty_when leaves out is not
     * there. */
    toasty_auto(UserList) users = user_all(
        db,
        .where = user_and(user_age_ge(18), user_or(user_name_starts_with("Jo"), user_name_contains("Lee")),
                          toasty_when(maybe_city, user_address_city_eq(maybe_city))),
        .include = {user_with_todos(.where = todo_done_eq(false), .order_by = {todo_title_asc()},
                                    .include = {todo_with_category()})},
        .order_by = {user_name_asc()}, .limit = 50);
    if (!users)
        return fail("all");
    toasty_each(user, users)
        toasty_each(todo, &user->todos)
            printf("  %s: %s [%s]\n", user->name, todo->title, todo->category ? todo->category->label : "-");

    /* Conditions are values: build them as you go, use them twice. */
    user_expr adults = user_age_ge(18);
    if (maybe_city)
        adults = user_and(adults, user_address_city_eq(maybe_city));
    int64_t count = user_count(db, .where = adults);
    toasty_auto(User) eldest = user_first(db, .where = adults, .order_by = {user_age_desc()});
    if (count < 0 || !eldest)
        return fail("adults");
    printf("%" PRId64 " adults, the eldest is %s.\n", count, eldest->name);
    return 0;
}

static int pages(toasty_db *db)
{
    UserNew rows[25] = {0};
    char names[25][16], emails[25][32];
    for (int i = 0; i < 25; i++) {
        snprintf(names[i], sizeof names[i], "Guest %02d", i + 1);
        snprintf(emails[i], sizeof emails[i], "guest%02d@example.com", i + 1);
        rows[i] = (UserNew){.name = names[i], .email = emails[i]};
    }
    toasty_auto(UserList) guests = user_create_array(db, rows, 25);
    if (!guests)
        return fail("create guests");

    UserPage *page = user_page(db, .where = user_name_starts_with("Guest"), .order_by = {user_name_desc()},
                               .per_page = 10);
    while (page) {
        printf("  %s to %s%s\n", page->items[0].name, page->items[page->len - 1].name,
               page->has_next ? " …" : "");
        UserPage *next = user_page_next(db, page); /* NULL after the last page */
        toasty_free(page);
        page = next;
    }
    return toasty_failed() ? fail("pages") : 0;
}

/* --- write --- */

static int update(toasty_db *db)
{
    toasty_auto(User) john = user_get_by_email(db, "john@example.com");
    if (!john)
        return fail("get");

    /* Only what is named is written, additions happen in the database, and the struct in memory follows. */
    if (user_update(db, john, user_login_count_add(1), user_bio_set("Likes pizza."),
                    user_address_city_set("Portland")) < 0)
        return fail("update");
    printf("%s of %s, %" PRId64 " login: %s\n", john->name, john->address.value.city, john->login_count,
           john->bio);

    int64_t done = todo_update_all(db, .where = todo_user_id_eq(john->id), .set = {todo_done_set(true)});
    int64_t gone = todo_delete_all(db, .where = todo_and(todo_done_eq(true), todo_title_ne("Sleep")));
    if (done < 0 || gone < 0)
        return fail("update and delete");
    printf("%" PRId64 " todos done, %" PRId64 " of them deleted.\n", done, gone);
    return 0;
}

/* Several operations in one round trip, all or nothing. */
static int batch(toasty_db *db)
{
    toasty_auto(User) bob = NULL;
    toasty_auto(CategoryList) categories = NULL;
    if (toasty_batch(db, user_create_op(&bob, .name = "Bob", .email = "bob@example.com"),
                     category_all_op(&categories, .order_by = {category_label_asc()})) < 0)
        return fail("batch");
    printf("%s is here, and %zu categories: %s, %s.\n", bob->name, categories->len,
           categories->items[0].label, categories->items[1].label);
    return 0;
}

/* Every call works on the handle of a transaction as well. */
static int move_in(toasty_db *tx, void *email)
{
    toasty_auto(User) user = user_get_by_email(tx, email);
    return user ? user_update(tx, user, user_login_count_add(10)) : -1;
}

static int transactions(toasty_db *db)
{
    {
        /* What is not committed when the scope ends is rolled back. */
        toasty_auto(toasty_db) tx = toasty_begin(db);
        if (!tx || user_update_by_email(tx, "john@example.com", user_name_set("Nobody")) < 0)
            return fail("transaction");
    }
    /* Commits when the function returns 0, and runs it again when the database could not serialize it. */
    if (toasty_transact(db, move_in, "john@example.com") < 0)
        return fail("transact");
    toasty_auto(User) john = user_get_by_email(db, "john@example.com");
    if (!john)
        return fail("get");
    printf("After a rollback and a commit: %s, %" PRId64 " logins.\n", john->name, john->login_count);
    return 0;
}

/* --- a thousand at once: in a fiber a call suspends the fiber, not the thread --- */

static int failed_visits;

static void visit(void *arg)
{
    if (user_update_by_email(arg, "john@example.com", user_login_count_add(1)) < 0 && failed_visits++ == 0)
        fail("visit");
}

static int visits(toasty_db *db)
{
    uv_loop_t loop;
    if (uv_loop_init(&loop) < 0) {
        fprintf(stderr, "the loop cannot be made\n");
        return -1;
    }
    int spawned = 0;
    while (spawned < 1000 && toasty_spawn(&loop, visit, db))
        spawned++;
    if (spawned < 1000)
        fail("spawn");
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    if (spawned < 1000 || failed_visits)
        return -1;
    toasty_auto(User) john = user_get_by_email(db, "john@example.com");
    if (!john)
        return fail("get");
    printf("After a thousand visits at once: %" PRId64 " logins.\n", john->login_count);
    return 0;
}

/* --- the program --- */

static void show(const toasty_event *event, void *arg)
{
    (void)arg;
    printf("    %s\n", event->statement ? event->statement : event->operation);
}

/* What an earlier run left. Todos and profiles go with their users. */
static int start_afresh(toasty_db *db)
{
    if (user_delete_all(db, .everything = true) < 0 || category_delete_all(db, .everything = true) < 0)
        return fail("start afresh");
    return 0;
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
    /* Tables of its own, quickstart_users and so on: what is in the database besides stays as it is. */
    toasty_auto(toasty_db) db =
        toasty_open(url, &models_schema, .max_pool_size = 8, .table_prefix = "quickstart_");
    if (!db)
        return fail("open") < 0;
    if (sql)
        toasty_on_event(db, show, NULL);
    if (toasty_push_schema(db) < 0)
        return fail("push the schema") < 0;

    if (start_afresh(db) < 0 || create(db) < 0 || read(db) < 0 || query(db, NULL) < 0 || pages(db) < 0 ||
        update(db) < 0 || batch(db) < 0 || transactions(db) < 0 || visits(db) < 0)
        return 1;
    return 0;
}
