/* Every allocation of a request fails once: the request fails cleanly, leaks nothing, and works afterwards.
 */
#include "engine/seeds.h"

#include "core/roots.h"

#include <stdlib.h>
#include <string.h>
#include <toasty/memory.h>

static rig r;
static long left; /* allocations that still work; below zero: all do */
static bool failed;

static bool fails(void)
{
    if (left < 0)
        return false;
    if (left == 0) {
        failed = true;
        return true;
    }
    left--;
    return false;
}

static void *allocate(size_t size)
{
    return fails() ? NULL : malloc(size);
}

static void *reallocate(void *memory, size_t size)
{
    return fails() ? NULL : realloc(memory, size);
}

/* Runs `attempt` with the n-th allocation failing, for n from 1 until none fails any more. */
static void fail_each_on(const char *url, void (*prepare)(void), void (*attempt)(void), void (*end)(void))
{
    const toasty_allocator allocator = {allocate, reallocate, free};
    check_int(0, toasty_set_allocator(&allocator));
    failed = true;
    for (long n = 0; failed; n++) {
        left = -1;
        rig_open(&r, url);
        prepare();
        size_t roots = toasty__root_count();
        failed = false;
        left = n;
        attempt();
        left = -1;
        /* What is only worth having (a plan kept, an array trimmed) may fail without harm. */
        if (r.error.code != TOASTY_OK)
            check_error(&r.error, TOASTY_OUT_OF_MEMORY);
        check_that(failed || r.error.code == TOASTY_OK);
        check_uint(roots, toasty__root_count());
        end();
        check_uint(0, toasty__root_count());
        rig_close(&r);
        check_that(n < 10000);
    }
    check_int(0, toasty_set_allocator(NULL));
}

/* On a store that does all by itself, and on one that leaves all to the engine. */
static void fail_each(void (*prepare)(void), void (*attempt)(void), void (*end)(void))
{
    fail_each_on("keyvalue:?page=2&filter=on", prepare, attempt, end);
    fail_each_on("keyvalue:?page=2&strict=on", prepare, attempt, end);
}

static void nothing(void) {}

static void seed(void)
{
    for (unsigned u = 1; u <= 3; u++) {
        put_user(&r, u);
        put_profile(&r, 10 + u, u);
        for (int t = 0; t < 4; t++)
            put_todo(&r, u, t, 20);
    }
    put_category(&r, 20);
}

static void create_graph(void)
{
    CategoryNew category[] = {{.label = "garden"}, {.end_ = 1}};
    TodoNew todos[] = {{.number = {true, 2}, .title = "dig", .new_category = category},
                       {.number = {true, 1}, .title = "sow"},
                       {.end_ = 1}};
    ProfileNew profile[] = {{.picture = "p.png"}, {.end_ = 1}};
    UserNew row = {.name = "Ann", .email = "ann@x", .todos = todos, .profile = profile};
    void *user = rig_run(&r, &READ(CREATE, user, .rows = &row, .row_count = 1));
    toasty_free(user);
    left = -1;
    check_uint(user ? 1 : 0, rows_of(&r, &user_model));
    check_uint(user ? 2 : 0, rows_of(&r, &todo_model));
}

TOASTY_TEST(memory, a_create_fails_cleanly_whatever_allocation_fails, TIMEOUT(60))
{
    fail_each(nothing, create_graph, nothing);
}

static void read_with_includes(void)
{
    void *users = rig_run(
        &r, &READ(ALL, user, .scan = true,
                  .find = {INCLUDE(WITH(user, USER_TODOS, INCLUDE(WITH(todo, TODO_CATEGORY, .limit = 0))),
                                   WITH(user, USER_PROFILE, .limit = 0))}));
    check_that((users == NULL) == (r.error.code != TOASTY_OK));
    toasty_free(users);
}

TOASTY_TEST(memory, a_read_fails_cleanly_whatever_allocation_fails, TIMEOUT(60))
{
    fail_each(seed, read_with_includes, nothing);
}

/* A condition for the store, and one for the engine. */
static void read_filtered(void)
{
    toasty_condition list[] = {{.last = 0}, {.last = 0}, {.last = 1}}, both;
    toasty__compare(&list[0], TODO_NUMBER, TOASTY_NE, toasty__int(1));
    toasty__compare(&list[1], TODO_TITLE, TOASTY_EQ, toasty__text("dig"));
    toasty__join(&both, TOASTY_AND, list, sizeof *list);
    void *todos = rig_run(
        &r, &READ(ALL, todo, BY(todo, 0, 1, toasty__uuid(uuid_of(1))), .find = {.where = &both, .limit = 2}));
    check_that((todos == NULL) == (r.error.code != TOASTY_OK));
    toasty_free(todos);
}

TOASTY_TEST(memory, a_filtered_read_fails_cleanly_whatever_allocation_fails, TIMEOUT(60))
{
    fail_each(seed, read_filtered, nothing);
}

static void read_page(void)
{
    void *page = rig_run(&r, &READ(PAGE, user, .scan = true, .find = {.limit = 2}));
    check_that((page == NULL) == (r.error.code != TOASTY_OK));
    toasty_free(page);
}

TOASTY_TEST(memory, a_page_fails_cleanly_whatever_allocation_fails, TIMEOUT(60))
{
    fail_each(seed, read_page, nothing);
}

static User *user;

static void seed_user(void)
{
    seed();
    user = rig_run(&r, &READ(GET, user, BY(user, 0, 1, toasty__uuid(uuid_of(1)))));
}

static void free_user(void)
{
    toasty_free(user);
}

static void update_record(void)
{
    const toasty_change changes[] = {
        {.kind = TOASTY_CHANGE_SET, .field = USER_NAME, .operand = toasty__text("Ann")},
        {.kind = TOASTY_CHANGE_SET, .field = USER_BIO, .operand = toasty__text("text")},
        {.kind = TOASTY_CHANGE_ADD, .field = USER_LOGINS, .operand = toasty__int(1)},
        {.kind = TOASTY_CHANGE_END}};
    int64_t count = rig_count(&r, &READ(UPDATE, user, .record = user, .changes = changes));
    toasty_error error = r.error;
    check_text(count < 0 ? "user 1" : "Ann", user->name);
    check_int(count < 0 ? 1 : 2, user->logins);
    left = -1;
    User *again = rig_run(&r, &READ(GET, user, BY(user, 0, 1, toasty__uuid(uuid_of(1)))));
    check_text(user->name, again->name);
    check_int(user->logins, again->logins);
    toasty_free(again);
    r.error = error;
}

TOASTY_TEST(memory, an_update_fails_cleanly_whatever_allocation_fails, TIMEOUT(60))
{
    fail_each(seed_user, update_record, free_user);
}

static void delete_user(void)
{
    int64_t count = rig_count(&r, &READ(DELETE, user, BY(user, USER_BY_EMAIL, 1, toasty__text("1@x"))));
    toasty_error error = r.error;
    left = -1;
    check_uint(count < 0 ? 3 : 2, rows_of(&r, &user_model));
    check_uint(count < 0 ? 12 : 8, rows_of(&r, &todo_model));
    r.error = error;
}

TOASTY_TEST(memory, a_delete_fails_cleanly_whatever_allocation_fails, TIMEOUT(60))
{
    fail_each(seed, delete_user, nothing);
}

/* Its unique value was changed meanwhile, so that it is met otherwise and seen anew. */
static void move_user(void)
{
    const toasty_change changes[] = {
        {.kind = TOASTY_CHANGE_SET, .field = USER_EMAIL, .operand = toasty__text("ann@x")},
        {.kind = TOASTY_CHANGE_END}};
    char old[] = "1@x";
    memcpy((char *)user->email, "9@x", sizeof(old));
    int64_t count = rig_count(&r, &READ(UPDATE, user, .record = user, .changes = changes));
    toasty_error error = r.error;
    left = -1;
    for (int moved = 0; moved < 2; moved++) {
        toasty_value email = toasty__text(moved ? "ann@x" : "1@x");
        User *found = rig_run(&r, &READ(GET, user, BY(user, USER_BY_EMAIL, 1, email)));
        check_that((found != NULL) == (moved == (count > 0)));
        toasty_free(found);
    }
    r.error = error;
}

TOASTY_TEST(memory, a_unique_value_moves_cleanly_whatever_allocation_fails, TIMEOUT(60))
{
    fail_each(seed_user, move_user, free_user);
}

static void batch_of_changes(void)
{
    const toasty_change changes[] = {
        {.kind = TOASTY_CHANGE_SET, .field = USER_BIO, .operand = toasty__text("b")},
        {.kind = TOASTY_CHANGE_END}};
    const toasty_request requests[] = {
        READ(DELETE, category, BY(category, CATEGORY_BY_LABEL, 1, toasty__text("c20"))),
        READ(UPDATE, user, .record = user, .changes = changes),
        READ(DELETE, todo, .returning = true, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(1))),
        READ(UPDATE, user, .returning = true, BY(user, 0, 1, toasty__uuid(uuid_of(2))), .changes = changes)};
    toasty__task_result results[4];
    int status = rig_run_all(
        &r, (const toasty_request *const[]){&requests[0], &requests[1], &requests[2], &requests[3]}, 4,
        results);
    toasty_error error = r.error;
    for (int i = 0; i < 4; i++)
        toasty_free(results[i].root);
    left = -1;
    if (status == 0)
        check_uint(0, rows_of(&r, &category_model));
    check_uint(rows_of(&r, &category_model) ? 12 : 11, rows_of(&r, &todo_model));
    r.error = error;
}

TOASTY_TEST(memory, a_batch_fails_cleanly_whatever_allocation_fails, TIMEOUT(60))
{
    fail_each(seed_user, batch_of_changes, free_user);
}
