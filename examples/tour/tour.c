/* What an application looks like. Every line here must compile without a warning (-std=c11 -Wall -Wextra
 * -Wpedantic, gcc and clang, with the flags that toasty_derive adds) and run against every SQL target. */
#include "models.toasty.h"
#include <inttypes.h>
#include <stdio.h>
#include <uv.h>

static int fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, toasty_last_error()->message);
    return -1;
}

/* --- create, read, relations --- */
static int quickstart(toasty_db *db)
{
    /* A graph in one call, one transaction. toasty_auto frees the result when the scope ends. */
    toasty_auto(User) john = user_create(
        db, .name = "John Doe", .email = "john@example.com",
        .address = toasty_some({.street = "1 Main St", .city = "Seattle"}), .age = toasty_some(42),
        .todos = todo_new({.title = "Make pizza"}, {.title = "Finish Toasty", .priority = PRIORITY_HIGH},
                          {.title = "Sleep"}));
    if (!john)
        return fail("create");

    /* get_by: the record, or NULL and the error TOASTY_NOT_FOUND. Options may follow the key. */
    toasty_auto(User) same = user_get_by_email(db, "john@example.com", .include = {user_with_profile()});
    if (!same)
        return fail("get");

    toasty_auto(TodoList) todos =
        user_todos(db, same, .where = todo_done_eq(false), .order_by = {todo_title_asc()});
    toasty_each(todo, todos) /* a NULL list is an empty loop */
        printf("%s\n", todo->title);
    return todos ? 0 : fail("todos");
}

/* --- queries --- */
static int queries(toasty_db *db, const char *maybe_city)
{
    /* Includes load in one query each, never one a row; nested, filtered, limited a parent. */
    toasty_auto(UserList) users = user_all(
        db,
        .where = user_and(user_age_ge(18), user_or(user_name_starts_with("Jo"), user_email_ends_with(".org")),
                          toasty_when(maybe_city, user_address_city_eq(maybe_city))),
        .include = {user_with_todos(.where = todo_done_eq(false), .limit = 3,
                                    .include = {todo_with_category()}),
                    user_with_profile()},
        .order_by = {user_name_asc(), user_age_desc()}, .limit = 50);
    toasty_each(user, users)
        toasty_each(todo, &user->todos) /* had it not been included: error not_loaded, not silence */
            printf("%s: %s [%s]\n", user->name, todo->title, todo->category ? todo->category->label : "-");

    /* Conditions are values: build them as you go, use them twice. */
    user_expr adults = user_age_ge(18);
    if (maybe_city)
        adults = user_and(adults, user_address_city_eq(maybe_city));
    int64_t count = user_count(db, .where = adults);
    toasty_auto(User) eldest = user_first(db, .where = adults, .order_by = {user_age_desc()});
    printf("%" PRId64 " adults, eldest %s\n", count, eldest ? eldest->name : "nobody");

    /* Keyset pages, both ways: each finds the next one by its last row. */
    UserPage *page = user_page(db, .order_by = {user_created_at_desc()}, .per_page = 10);
    while (page) {
        toasty_each(user, page)
            printf("%s\n", user->name);
        UserPage *next = user_page_next(db, page); /* NULL after the last page */
        toasty_free(page);
        page = next;
    }
    return toasty_failed() ? fail("pages") : 0;
}

/* --- writes --- */
static int writes(toasty_db *db, User *user, const char *maybe_name)
{
    /* Only what is named is written; the struct in memory follows. */
    if (user_update(db, user, user_login_count_add(1), user_bio_set(NULL), user_address_city_set("Portland"),
                    toasty_when(maybe_name, user_name_set(maybe_name))) < 0)
        return toasty_last_error()->code == TOASTY_NOT_FOUND ? 1 : fail("update");

    int64_t done = todo_update_all(db, .where = todo_user_id_eq(user->id), .set = {todo_done_set(true)});
    int64_t gone = todo_delete_all(db, .where = todo_done_eq(true));
    if (done < 0 || gone < 0)
        return fail("update or delete many");

    toasty_auto(TodoList) two =
        todo_create_many(db, {.user = user, .title = "a"}, {.user = user, .title = "b"});
    TodoNew rows[100] = {0};
    for (int i = 0; i < 100; i++)
        rows[i] = (TodoNew){.user_id = user->id, .title = "many"};
    toasty_auto(TodoList) hundred = todo_create_array(db, rows, 100);
    toasty_auto(Todo) milk = user_todos_create(db, user, .title = "Buy milk");
    if (!two || !hundred || !milk)
        return fail("create");
    if (todo_delete(db, milk) < 0 || user_delete(db, user) < 0)
        return fail("delete");
    printf("%" PRId64 " done, %" PRId64 " gone\n", done, gone);
    return 0;
}

/* --- one round trip, all or nothing --- */
static int batches(toasty_db *db)
{
    toasty_auto(User) bob = NULL;
    toasty_auto(CategoryList) all = NULL;
    if (toasty_batch(db, user_create_op(&bob, .name = "Bob", .email = "bob@example.com"),
                     category_all_op(&all, .limit = 10)) < 0)
        return fail("batch");
    printf("%s, %zu categories\n", bob->name, all->len);
    return 0;
}

/* --- transactions: a handle of the same type, so every call above works inside --- */
static int transfer_in(toasty_db *tx, void *arg)
{
    toasty_auto(User) user = user_get_by_email(tx, arg);
    return user ? user_update(tx, user, user_login_count_add(1)) : -1;
}

static int transfer(toasty_db *db)
{
    /* Commits on 0, rolls back otherwise, runs again when the database could not serialize it. */
    if (toasty_transact(db, transfer_in, "john@example.com") < 0)
        return fail("transfer");

    toasty_auto(toasty_db) tx = toasty_begin(db, .isolation = TOASTY_SERIALIZABLE);
    if (!tx || user_update_by_email(tx, "john@example.com", user_login_count_add(1)) < 0)
        return fail("transfer by hand"); /* the scope rolls back what was not committed */
    return toasty_commit(tx) < 0 ? fail("commit") : 0;
}

/* --- async: the same calls again. In a fiber a call suspends the fiber, not the thread --- */
static void visit(void *arg)
{
    toasty_db *db = toasty_with(arg, .timeout_ms = 5000);
    if (user_update_by_email(db, "john@example.com", user_login_count_add(1)) < 0)
        fail("visit");
    toasty_free(db);
}

int main(int argc, char **argv)
{
    toasty_auto(toasty_db) db =
        toasty_open(argc > 1 ? argv[1] : "sqlite::memory:", &models_schema, .max_pool_size = 8);
    if (!db || toasty_push_schema(db) < 0)
        return fail("open");

    const char *city = argc > 2 ? argv[2] : NULL;
    if (quickstart(db) < 0 || queries(db, city) < 0 || batches(db) < 0 || transfer(db) < 0)
        return 1;

    uv_loop_t *loop = uv_default_loop();
    for (int i = 0; i < 1000; i++) /* a thousand visits, few connections */
        if (!toasty_spawn(loop, visit, db))
            return fail("spawn");
    uv_run(loop, UV_RUN_DEFAULT);

    toasty_auto(User) user = user_get_by_email(db, "john@example.com");
    return !user || writes(db, user, "John Smith") != 0;
}
