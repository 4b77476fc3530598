/* Reads on a store that only knows keys: by key, by index, scans, pages, includes. The store answers three
 * rows at a time, so whatever is longer comes in pieces. */
#include "engine/seeds.h"

#include "core/roots.h"

#include <string.h>

static rig r;

typedef struct page {
    User *items;
    size_t len;
    bool loaded, has_next, has_prev;
} page;

static void close_rig(void)
{
    rig_close(&r);
    check_uint(0, toasty__root_count());
}

TOASTY_TEST(read, the_second_call_of_a_shape_makes_no_plan)
{
    rig_open(&r, "keyvalue:");
    put_user(&r, 1);
    for (int i = 0; i < 3; i++) {
        User *user = rig_run(&r, &READ(GET, user, BY(user, 0, 1, toasty__uuid(uuid_of(1)))));
        check_that(user && user->logins == 1);
        toasty_free(user);
    }
    check_uint(1, (unsigned)r.engine.cache.made);
    check_uint(2, (unsigned)r.engine.cache.found);
    check_uint(0, (unsigned)r.engine.cache.statements);
    close_rig();
}

TOASTY_TEST(read, by_a_full_key_is_one_get)
{
    rig_open(&r, "keyvalue:");
    put_user(&r, 1);
    rig_forget(&r);
    User *user = rig_run(&r, &READ(GET, user, BY(user, 0, 1, toasty__uuid(uuid_of(1)))));
    check_text("1@x", user->email);
    check_that(user->age.set && !user->address.set);
    check_text("GET\n--\n", r.text);
    toasty_free(user);
    check_null(rig_run(&r, &READ(GET, user, BY(user, 0, 1, toasty__uuid(uuid_of(2))))));
    check_error(&r.error, TOASTY_NOT_FOUND);
    close_rig();
}

TOASTY_TEST(read, by_a_unique_index_is_one_query)
{
    rig_open(&r, "keyvalue:");
    for (unsigned i = 1; i < 9; i++)
        put_user(&r, i);
    rig_forget(&r);
    User *user = rig_run(&r, &READ(GET, user, BY(user, USER_BY_EMAIL, 1, toasty__text("5@x"))));
    check_int(5, user->logins);
    check_text("QUERY\n--\n", r.text);
    toasty_free(user);
    check_null(rig_run(&r, &READ(GET, user, BY(user, USER_BY_EMAIL, 1, toasty__text("55@x")))));
    check_error(&r.error, TOASTY_NOT_FOUND);
    close_rig();
}

TOASTY_TEST(read, of_the_only_row_by_an_index_refuses_two_and_reads_no_more)
{
    rig_open(&r, "keyvalue:?page=1");
    for (unsigned i = 1; i < 9; i++)
        put_user(&r, i);
    rig_forget(&r);
    check_null(rig_run(&r, &READ(GET, user, BY(user, USER_BY_AGE_NAME, 1, toasty__int(30)))));
    check_error(&r.error, TOASTY_TOO_MANY_ROWS);
    check_uint(2, r.jobs);
    close_rig();
}

TOASTY_TEST(read, of_the_first_row_reads_one)
{
    rig_open(&r, "keyvalue:");
    for (unsigned i = 1; i < 9; i++)
        put_user(&r, i);
    rig_forget(&r);
    User *user = rig_run(&r, &READ(FIRST, user, BY(user, USER_BY_AGE_NAME, 1, toasty__int(30))));
    check_text("user 0", user->name);
    check_text("QUERY\n--\n", r.text);
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(read, by_an_index_is_complete_whatever_the_store_answers_at_once)
{
    rig_open(&r, "keyvalue:");
    for (unsigned i = 1; i <= 20; i++)
        put_user(&r, i);
    rig_forget(&r);
    list *users = rig_run(&r, &READ(ALL, user, BY(user, USER_BY_AGE_NAME, 1, toasty__int(30))));
    check_uint(10, users->len);
    for (size_t i = 1; i < users->len; i++)
        check_that(strcmp(((User *)users->items)[i - 1].name, ((User *)users->items)[i].name) <= 0);
    check_uint(4, r.jobs);
    toasty_free(users);
    close_rig();
}

TOASTY_TEST(read, by_a_prefix_of_a_key_gives_its_partition_in_order)
{
    rig_open(&r, "keyvalue:");
    for (int i = 0; i < 10; i++) {
        put_todo(&r, 1, 5 - i, 0);
        put_todo(&r, 2, i, 0);
    }
    rig_forget(&r);
    list *todos = rig_run(&r, &READ(ALL, todo, BY(todo, 0, 1, toasty__uuid(uuid_of(1)))));
    check_uint(10, todos->len);
    for (int i = 0; i < 10; i++)
        check_int(i - 4, ((Todo *)todos->items)[i].number);
    toasty_free(todos);
    todos = rig_run(&r, &READ(ALL, todo, BY(todo, 0, 1, toasty__uuid(uuid_of(1))), .find = {.limit = 7}));
    check_uint(7, todos->len);
    toasty_free(todos);
    Todo *todo = rig_run(&r, &READ(GET, todo, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(-4))));
    check_int(PRIORITY_HIGH, todo->priority);
    toasty_free(todo);
    close_rig();
}

TOASTY_TEST(read, by_null_finds_nothing_and_asks_nothing)
{
    rig_open(&r, "keyvalue:");
    put_user(&r, 2);
    rig_forget(&r);
    list *users = rig_run(&r, &READ(ALL, user, BY(user, USER_BY_AGE_NAME, 1, toasty__null())));
    check_that(users && users->len == 0 && users->loaded);
    toasty_free(users);
    check_null(rig_run(&r, &READ(FIRST, user, BY(user, USER_BY_AGE_NAME, 1, toasty__null()))));
    check_error(&r.error, TOASTY_NOT_FOUND);
    check_uint(0, r.jobs);
    close_rig();
}

TOASTY_TEST(read, of_a_whole_table_is_spelled_scan)
{
    rig_open(&r, "keyvalue:");
    for (unsigned i = 1; i <= 8; i++)
        put_user(&r, i);
    rig_forget(&r);
    check_null(rig_run(&r, &READ(ALL, user, .many = false)));
    check_error(&r.error, TOASTY_UNSUPPORTED);
    check_uint(0, r.jobs);
    list *users = rig_run(&r, &READ(ALL, user, .scan = true));
    check_uint(8, users->len);
    check_uint(3, r.jobs);
    toasty_free(users);
    users = rig_run(&r, &READ(ALL, user, .scan = true, .find = {.limit = 3}));
    check_uint(3, users->len);
    check_uint(4, r.jobs);
    toasty_free(users);
    close_rig();
}

TOASTY_TEST(read, refuses_what_the_store_cannot_do_before_it_is_asked)
{
    rig_open(&r, "keyvalue:");
    toasty_condition condition;
    toasty__compare(&condition, USER_NAME, TOASTY_EQ, toasty__text("x"));
    const toasty_request requests[] = {
        READ(ALL, user, .scan = true, .find = {.where = &condition}),
        READ(ALL, user, .scan = true,
             .find = {.order_by = &(const toasty_order){.field = USER_NAME, .direction = 1}, .order_max = 1}),
        READ(ALL, user, .scan = true, .find = {.offset = 1}),
        READ(COUNT, user, .scan = true),
        READ(ALL, user, BY(user, USER_BY_EMAIL, 1, toasty__text("x")), .owner = &(User){{{0}}, .name = "x"},
             .relation = &node_model.relations[NODE_PARENT]),
    };
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        check_null(rig_run(&r, &requests[i]));
        check_error(&r.error, TOASTY_UNSUPPORTED);
    }
    check_uint(0, r.jobs);
    close_rig();
}

TOASTY_TEST(read, pages_of_a_scan_go_on_and_back)
{
    rig_open(&r, "keyvalue:");
    for (unsigned i = 1; i <= 10; i++)
        put_user(&r, i);
    page *first = rig_run(&r, &READ(PAGE, user, .scan = true, .find = {.limit = 4}));
    check_uint(4, first->len);
    check_that(first->has_next && !first->has_prev);
    User *users = first->items;
    page *second = rig_run(&r, &READ(PAGE, user, .scan = true, .after = &users[3], .find = {.limit = 4}));
    users = second->items;
    check_uint(5, number_of(&users[0].id));
    check_that(second->has_next && second->has_prev);
    page *third = rig_run(&r, &READ(PAGE, user, .scan = true, .after = &users[3], .find = {.limit = 4}));
    check_uint(2, third->len);
    check_that(!third->has_next && third->has_prev);
    page *back = rig_run(
        &r, &READ(PAGE, user, .scan = true, .after = &users[0], .backwards = true, .find = {.limit = 4}));
    check_uint(4, back->len);
    for (unsigned i = 0; i < 4; i++)
        check_uint(i + 1, number_of(&back->items[i].id));
    check_that(back->has_next && !back->has_prev);
    toasty_free(first);
    toasty_free(second);
    toasty_free(third);
    toasty_free(back);
    close_rig();
}

TOASTY_TEST(read, of_a_page_of_a_scan_before_a_row_is_refused_where_scans_only_go_on)
{
    rig_open(&r, "keyvalue:?scan_back=off");
    put_user(&r, 1);
    put_todo(&r, 1, 1, 0);
    put_todo(&r, 1, 2, 0);
    User after = {.id = uuid_of(2)};
    Todo last = {.user_id = uuid_of(1), .number = 2};
    rig_forget(&r);
    check_null(rig_run(
        &r, &READ(PAGE, user, .scan = true, .after = &after, .backwards = true, .find = {.limit = 4})));
    check_error(&r.error, TOASTY_UNSUPPORTED);
    check_uint(0, r.jobs);
    page *back = rig_run(&r, &READ(PAGE, todo, BY(todo, 0, 1, toasty__uuid(uuid_of(1))), .after = &last,
                                   .backwards = true, .find = {.limit = 4}));
    check_that(back && back->len == 1 && back->has_next);
    toasty_free(back);
    close_rig();
}

TOASTY_TEST(include, loads_relations_nested_three_deep_in_one_job_a_level)
{
    rig_open(&r, "keyvalue:?page=0");
    for (unsigned u = 1; u <= 3; u++) {
        put_user(&r, u);
        put_profile(&r, 10 + u, u);
        for (int t = 0; t < 4; t++)
            put_todo(&r, u, t, t < 3 ? 20 + (unsigned)t : 0);
    }
    for (unsigned c = 20; c < 23; c++)
        put_category(&r, c);
    rig_forget(&r);
    toasty_request request = READ(
        ALL, user, .scan = true,
        .find = {INCLUDE(
            WITH(user, USER_TODOS,
                 INCLUDE(WITH(todo, TODO_CATEGORY, INCLUDE(WITH(category, CATEGORY_TODOS, .limit = 0))))),
            WITH(user, USER_PROFILE, INCLUDE(WITH(profile, PROFILE_USER, .limit = 0))))});
    list *users = rig_run(&r, &request);
    check_text("", r.error.message);
    check_uint(3, users->len);
    check_uint(4, r.jobs);
    /* The scan; three queries of todos and of profiles; one get of categories and of users; three queries. */
    check_uint(1 + 3 + 3 + 1 + 1 + 3, r.operations);
    for (unsigned u = 0; u < 3; u++) {
        User *user = &((User *)users->items)[u];
        check_that(user->todos.loaded && user->todos.len == 4);
        check_that(user->profile_loaded && user->profile->views == UINT64_MAX);
        check_that(user->profile->user_loaded && number_of(&user->profile->user->id) == u + 1);
        for (size_t t = 0; t < 4; t++) {
            Todo *todo = &user->todos.items[t];
            check_int((int)t, todo->number);
            check_that(todo->category_loaded && !todo->user_loaded);
            check_that((todo->category == NULL) == (t == 3));
            if (todo->category)
                check_uint(3, todo->category->todos.len);
        }
    }
    toasty_free(users);
    close_rig();
}

TOASTY_TEST(include, is_complete_and_contiguous_when_answers_come_in_pieces)
{
    rig_open(&r, "keyvalue:?page=3");
    for (unsigned u = 1; u <= 5; u++) {
        put_user(&r, u);
        for (int t = 0; t < (int)u * 2; t++)
            put_todo(&r, u, t, 20);
    }
    put_category(&r, 20);
    toasty_request request =
        READ(ALL, user, .scan = true,
             .find = {INCLUDE(WITH(user, USER_TODOS, INCLUDE(WITH(todo, TODO_CATEGORY, .limit = 0))))});
    list *users = rig_run(&r, &request);
    check_uint(5, users->len);
    for (unsigned u = 0; u < 5; u++) {
        User *user = &((User *)users->items)[u];
        check_uint((u + 1) * 2, user->todos.len);
        for (size_t t = 0; t < user->todos.len; t++) {
            check_int((int)t, user->todos.items[t].number);
            check_uint(u + 1, number_of(&user->todos.items[t].user_id));
            check_that(user->todos.items[t].category == ((User *)users->items)[0].todos.items[0].category);
        }
    }
    toasty_free(users);
    close_rig();
}

TOASTY_TEST(include, limits_each_parent_by_itself)
{
    rig_open(&r, "keyvalue:?page=3");
    for (unsigned u = 1; u <= 3; u++) {
        put_user(&r, u);
        for (int t = 0; t < 7; t++)
            put_todo(&r, u, t, 0);
    }
    toasty_request request =
        READ(ALL, user, .scan = true, .find = {INCLUDE(WITH(user, USER_TODOS, .limit = 5))});
    list *users = rig_run(&r, &request);
    for (unsigned u = 0; u < 3; u++)
        check_uint(5, ((User *)users->items)[u].todos.len);
    toasty_free(users);
    close_rig();
}

TOASTY_TEST(include, of_an_absent_has_one_is_loaded_and_null)
{
    rig_open(&r, "keyvalue:");
    put_user(&r, 1);
    User *user = rig_run(&r, &READ(GET, user, BY(user, 0, 1, toasty__uuid(uuid_of(1))),
                                   .find = {INCLUDE(WITH(user, USER_PROFILE, .limit = 0),
                                                    WITH(user, USER_TODOS, .limit = 0))}));
    check_that(user->profile_loaded && !user->profile);
    check_that(user->todos.loaded && user->todos.len == 0);
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(include, shares_one_struct_a_distinct_row)
{
    rig_open(&r, "keyvalue:");
    for (unsigned c = 1; c <= 3; c++)
        put_category(&r, c);
    for (int t = 0; t < 200; t++)
        put_todo(&r, 9, t, (unsigned)t % 3 + 1);
    rig_forget(&r);
    list *todos = rig_run(&r, &READ(ALL, todo, BY(todo, 0, 1, toasty__uuid(uuid_of(9))),
                                    .find = {INCLUDE(WITH(todo, TODO_CATEGORY, .limit = 0))}));
    check_uint(200, todos->len);
    Todo *items = todos->items;
    for (int t = 0; t < 200; t++) {
        check_that(items[t].category == items[t % 3].category);
        check_uint((unsigned)t % 3 + 1, number_of(&items[t].category->id));
    }
    check_contains(r.text, "--\nGET\n--\n");
    toasty_free(todos);
    close_rig();
}

TOASTY_TEST(include, of_twenty_thousand_parents_is_linear, TIMEOUT(60))
{
    enum { PARENTS = 20000 };
    rig_open(&r, "keyvalue:?page=0");
    for (unsigned u = 1; u <= PARENTS; u++) {
        put_user(&r, u);
        put_todo(&r, u, 1, 0);
        put_todo(&r, u, 2, 0);
    }
    rig_forget(&r);
    list *users =
        rig_run(&r, &READ(ALL, user, .scan = true, .find = {INCLUDE(WITH(user, USER_TODOS, .limit = 0))}));
    check_uint(PARENTS, users->len);
    for (size_t u = 0; u < PARENTS; u++) {
        User *user = &((User *)users->items)[u];
        check_uint(2, user->todos.len);
        check_bytes(&user->id, &user->todos.items[1].user_id, 16);
    }
    check_uint(2, r.jobs);
    check_uint(PARENTS + 1, r.operations);
    toasty_free(users);
    close_rig();
}

TOASTY_TEST(include, of_a_tree_to_itself)
{
    rig_open(&r, "keyvalue:?page=2");
    for (unsigned n = 1; n <= 13; n++)
        put_node(&r, n, n > 1 ? (n + 1) / 3 : 0);
    Node *root = rig_run(
        &r, &READ(GET, node, BY(node, 0, 1, toasty__uuid(uuid_of(1))),
                  .find = {INCLUDE(
                      WITH(node, NODE_CHILDREN,
                           INCLUDE(WITH(node, NODE_CHILDREN, INCLUDE(WITH(node, NODE_PARENT, .limit = 0))))),
                      WITH(node, NODE_PARENT, .limit = 0))}));
    check_that(root->parent_loaded && !root->parent);
    check_uint(3, root->children.len);
    for (size_t i = 0; i < 3; i++) {
        Node *child = &root->children.items[i];
        check_that(!child->parent_loaded);
        check_uint(3, child->children.len);
        for (size_t j = 0; j < 3; j++)
            check_bytes(&child->id, &child->children.items[j].parent->id, 16);
    }
    toasty_free(root);
    close_rig();
}

TOASTY_TEST(read, of_a_relation_asks_by_the_owners_key)
{
    rig_open(&r, "keyvalue:");
    put_user(&r, 1);
    put_todo(&r, 1, 1, 0);
    User *user = rig_run(&r, &READ(GET, user, BY(user, 0, 1, toasty__uuid(uuid_of(1)))));
    rig_forget(&r);
    list *todos = rig_run(&r, &READ(ALL, todo, .owner = user, .relation = &user_model.relations[USER_TODOS]));
    check_uint(1, todos->len);
    User *owner =
        rig_run(&r, &READ(GET, user, .owner = todos->items, .relation = &todo_model.relations[TODO_USER]));
    check_uint(1, number_of(&owner->id));
    check_text("QUERY\n--\nGET\n--\n", r.text);
    check_null(rig_run(
        &r, &READ(GET, category, .owner = todos->items, .relation = &todo_model.relations[TODO_CATEGORY])));
    check_error(&r.error, TOASTY_NOT_FOUND);
    toasty_free(owner);
    toasty_free(todos);
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(read, of_several_requests_is_one_job_whose_rows_find_their_owners_in_any_order)
{
    rig_open(&r, "keyvalue:?unordered=on&page=0");
    for (unsigned u = 1; u <= 3; u++) {
        put_user(&r, u);
        put_profile(&r, 10 + u, u);
        for (int t = 0; t < 3; t++)
            put_todo(&r, u, t, 20 + (unsigned)t);
    }
    for (unsigned c = 20; c < 23; c++)
        put_category(&r, c);
    const toasty_request requests[] = {
        READ(GET, user, BY(user, 0, 1, toasty__uuid(uuid_of(1)))),
        READ(GET, user, BY(user, 0, 1, toasty__uuid(uuid_of(3)))),
        READ(GET, user, BY(user, 0, 1, toasty__uuid(uuid_of(1))),
             .find = {INCLUDE(WITH(user, USER_TODOS, INCLUDE(WITH(todo, TODO_CATEGORY, .limit = 0))))}),
        READ(ALL, profile, .scan = true, .find = {INCLUDE(WITH(profile, PROFILE_USER, .limit = 0))}),
    };
    toasty__task_result results[4];
    uint64_t asked = r.connection->bursts;
    rig_forget(&r);
    check_int(0,
              rig_run_all(
                  &r, (const toasty_request *const[]){&requests[0], &requests[1], &requests[2], &requests[3]},
                  4, results));
    check_text("GET\nGET\nGET\nSCAN\n--\nQUERY\nGET\n--\nGET\n--\n", r.text);
    check_uint(2 + 2 + 1, r.connection->bursts - asked); /* the three gets are one request */
    check_uint(1, number_of(&((User *)results[0].root)->id));
    check_uint(3, number_of(&((User *)results[1].root)->id));
    User *user = results[2].root;
    check_uint(3, user->todos.len);
    for (int t = 0; t < 3; t++)
        check_that(user->todos.items[t].number == t &&
                   number_of(&user->todos.items[t].category->id) == 20 + (unsigned)t);
    list *profiles = results[3].root;
    for (size_t p = 0; p < 3; p++) {
        Profile *profile = &((Profile *)profiles->items)[p];
        check_uint(number_of(&profile->user_id), number_of(&profile->user->id));
    }
    for (size_t i = 0; i < 4; i++)
        toasty_free(results[i].root);
    close_rig();
}

TOASTY_TEST(read, waits_for_answers_that_come_later)
{
    rig_open(&r, "keyvalue:?latency_turns=3");
    put_user(&r, 1);
    put_todo(&r, 1, 1, 0);
    User *user = rig_run(&r, &READ(GET, user, BY(user, 0, 1, toasty__uuid(uuid_of(1))),
                                   .find = {INCLUDE(WITH(user, USER_TODOS, .limit = 0))}));
    check_that(user && user->todos.len == 1);
    toasty_free(user);
    close_rig();
}

static void cancel_it(rig *rig, toasty__execution *execution)
{
    (void)rig;
    toasty__execution_cancel(execution);
}

TOASTY_TEST(read, that_is_cancelled_ends_with_cancelled)
{
    rig_open(&r, "keyvalue:?latency_turns=3");
    put_user(&r, 1);
    r.after_submit = cancel_it;
    check_null(rig_run(&r, &READ(GET, user, BY(user, 0, 1, toasty__uuid(uuid_of(1))))));
    check_error(&r.error, TOASTY_CANCELLED);
    close_rig();
}
