/* Updates, deletes and batches on a store that only knows keys. */
#include "engine/seeds.h"

#include "core/roots.h"

#include <string.h>

static rig r;

static void close_rig(void)
{
    rig_close(&r);
    check_uint(0, toasty__root_count());
}

static User *get_user(unsigned number)
{
    User *user = rig_run(&r, &READ(GET, user, BY(user, 0, 1, toasty__uuid(uuid_of(number)))));
    rig_forget(&r);
    return user;
}

/* --- updates --- */

TOASTY_TEST(update, of_a_record_writes_what_is_named_and_the_record_follows)
{
    rig_open(&r, "keyvalue:");
    put_user(&r, 3);
    User *user = get_user(3);
    int64_t updated = user->updated_at.us;
    char name[] = "Ann";
    check_int(1,
              rig_count(&r, &READ(UPDATE, user, .record = user,
                                  CHANGES(SET(USER_NAME, toasty__text(name)), SET(USER_AGE, toasty__null()),
                                          ADD(USER_LOGINS, toasty__int(10))))));
    name[0] = 'X';
    check_text("Ann", user->name);
    check_that(!user->age.set);
    check_int(13, user->logins);
    check_that(user->updated_at.us > updated && user->created_at.us == 1);
    check_text("UPDATE\n--\n", r.text);
    User *again = get_user(3);
    check_text("Ann", again->name);
    check_int(13, again->logins);
    check_that(!again->age.set && again->updated_at.us == user->updated_at.us);
    toasty_free(again);
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(update, may_be_done_twice_to_an_item_of_a_list)
{
    rig_open(&r, "keyvalue:");
    put_user(&r, 1);
    put_user(&r, 2);
    list *users = rig_run(&r, &READ(ALL, user, .scan = true));
    User *second = &((User *)users->items)[1];
    for (int i = 0; i < 2; i++)
        check_int(1, rig_count(&r, &READ(UPDATE, user, .record = second,
                                         CHANGES(SET(USER_BIO, toasty__text(i ? "longer text" : "text"))))));
    check_text("longer text", second->bio);
    toasty_free(users);
    close_rig();
}

TOASTY_TEST(update, that_fails_changes_nothing)
{
    rig_open(&r, "keyvalue:");
    put_user(&r, 1);
    put_user(&r, 2);
    User *user = get_user(1);
    toasty_request taken =
        READ(UPDATE, user, .record = user,
             CHANGES(SET(USER_NAME, toasty__text("new")), SET(USER_EMAIL, toasty__text("2@x"))));
    check_int(-1, rig_count(&r, &taken));
    check_error(&r.error, TOASTY_UNIQUE_VIOLATION);
    toasty_request beyond =
        READ(UPDATE, user, .record = user, CHANGES(ADD(USER_LOGINS, toasty__int(INT64_MAX))));
    check_int(-1, rig_count(&r, &beyond));
    check_error(&r.error, TOASTY_INVALID_VALUE);
    check_text("user 1", user->name);
    check_text("1@x", user->email);
    check_int(1, user->logins);
    User *again = get_user(1);
    check_text("user 1", again->name);
    check_int(1, again->logins);
    toasty_free(again);
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(update, of_a_row_that_is_gone_is_not_found)
{
    rig_open(&r, "keyvalue:");
    put_user(&r, 1);
    User *user = get_user(1);
    check_int(1, rig_count(&r, &READ(DELETE, user, .record = user)));
    check_int(-1,
              rig_count(&r, &READ(UPDATE, user, .record = user, CHANGES(SET(USER_NAME, toasty__text("x"))))));
    check_error(&r.error, TOASTY_NOT_FOUND);
    check_text("user 1", user->name);
    check_int(-1, rig_count(&r, &READ(UPDATE, user, BY(user, USER_BY_EMAIL, 1, toasty__text("1@x")),
                                      CHANGES(SET(USER_NAME, toasty__text("x"))))));
    check_error(&r.error, TOASTY_NOT_FOUND);
    check_int(-1, rig_count(&r, &READ(DELETE, user, .record = user)));
    check_error(&r.error, TOASTY_NOT_FOUND);
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(update, of_nothing_sends_nothing)
{
    rig_open(&r, "keyvalue:");
    put_user(&r, 1);
    User *user = get_user(1);
    check_int(0, rig_count(&r, &READ(UPDATE, user, .record = user, CHANGES({.kind = TOASTY_CHANGE_ABSENT}))));
    check_uint(0, r.jobs);
    check_int(1, user->updated_at.us);
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(update, refuses_what_makes_no_sense_before_it_is_sent)
{
    rig_open(&r, "keyvalue:");
    put_user(&r, 1);
    User *user = get_user(1);
    const toasty_request requests[] = {
        READ(UPDATE, user, .record = user, CHANGES(SET(USER_NAME, toasty__null()))),
        READ(UPDATE, user, .record = user,
             CHANGES(SET(USER_NAME, toasty__text("a")), SET(USER_NAME, toasty__text("b")))),
        READ(UPDATE, user, .record = user, CHANGES(SET(USER_ID, toasty__uuid(uuid_of(4))))),
    };
    for (size_t i = 0; i < 3; i++) {
        check_int(-1, rig_count(&r, &requests[i]));
        check_error(&r.error, TOASTY_INVALID_STATEMENT);
    }
    check_uint(0, r.jobs);
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(update, by_an_index_reads_the_rows_and_changes_each_by_its_key)
{
    rig_open(&r, "keyvalue:");
    for (unsigned i = 1; i <= 9; i++)
        put_user(&r, i);
    check_int(5, rig_count(&r, &READ(UPDATE, user, BY(user, USER_BY_AGE_NAME, 1, toasty__int(30)),
                                     CHANGES(SET(USER_BIO, toasty__text("old"))))));
    check_text("QUERY\n--\nQUERY\n--\nUPDATE\nUPDATE\nUPDATE\nUPDATE\nUPDATE\n--\n", r.text);
    check_uint(1, r.atomic_jobs);
    User *user = get_user(9);
    check_text("old", user->bio);
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(update, of_an_optional_struct_sets_and_clears_all_of_its_columns)
{
    rig_open(&r, "keyvalue:");
    put_user(&r, 1);
    User *user = get_user(1);
    Address home = {"Elm St", 7, 2};
    toasty_change change = {.kind = TOASTY_CHANGE_EMBED,
                            .field = USER_ADDRESS_STREET,
                            .field_count = 3,
                            .base = offsetof(User, address.value),
                            .operand = {.kind = TOASTY_VALUE_BYTES, .as.bytes = &home}};
    check_int(1, rig_count(&r, &READ(UPDATE, user, .record = user, CHANGES(change))));
    check_that(user->address.set && user->address.value.number == 7);
    check_text("Elm St", user->address.value.street);
    change.operand.as.bytes = NULL;
    check_int(1, rig_count(&r, &READ(UPDATE, user, .record = user, CHANGES(change))));
    check_that(!user->address.set);
    User *again = get_user(1);
    check_that(!again->address.set);
    toasty_free(again);
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(update, that_links_writes_the_key_and_unloads_the_relation)
{
    rig_open(&r, "keyvalue:");
    put_category(&r, 5);
    put_category(&r, 6);
    put_node(&r, 1, 0);
    put_todo(&r, 1, 1, 5);
    Todo *todo = rig_run(&r, &READ(GET, todo, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(1)),
                                   .find = {INCLUDE(WITH(todo, TODO_CATEGORY, .limit = 0))}));
    Category *six = rig_run(&r, &READ(GET, category, BY(category, 0, 1, toasty__uuid(uuid_of(6)))));
    toasty_change link = {.kind = TOASTY_CHANGE_LINK,
                          .field = TODO_CATEGORY,
                          .operand = {.kind = TOASTY_VALUE_BYTES, .as.bytes = six}};
    check_int(1, rig_count(&r, &READ(UPDATE, todo, .record = todo, CHANGES(link))));
    check_uint(6, number_of(&todo->category_id.value));
    check_that(!todo->category_loaded && !todo->category);
    link.operand.as.bytes = NULL;
    check_int(1, rig_count(&r, &READ(UPDATE, todo, .record = todo, CHANGES(link))));
    check_that(!todo->category_id.set);
    toasty_free(six);
    toasty_free(todo);
    close_rig();
}

TOASTY_TEST(update, of_a_record_may_ask_whom_it_belongs_to)
{
    rig_open(&r, "keyvalue:");
    put_category(&r, 5);
    put_category(&r, 6);
    put_todo(&r, 1, 1, 5);
    list *categories = rig_run(&r, &READ(ALL, category, .scan = true));
    Category *five = categories->items, *six = five + 1;
    Todo *todo = rig_run(&r, &READ(GET, todo, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(1))));
    const toasty_change unlink = {.kind = TOASTY_CHANGE_LINK, .field = TODO_CATEGORY};
    const toasty_relation *relation = &category_model.relations[CATEGORY_TODOS];
    check_int(-1, rig_count(&r, &READ(UPDATE, todo, .record = todo, .owner = six, .relation = relation,
                                      CHANGES(unlink))));
    check_error(&r.error, TOASTY_NOT_FOUND);
    check_that(todo->category_id.set);
    check_int(1, rig_count(&r, &READ(UPDATE, todo, .record = todo, .owner = five, .relation = relation,
                                     CHANGES(unlink))));
    check_that(!todo->category_id.set);
    toasty_free(todo);
    toasty_free(categories);
    close_rig();
}

/* --- deletes --- */

TOASTY_TEST(delete, by_a_key_that_nothing_refers_to_is_one_operation)
{
    rig_open(&r, "keyvalue:");
    put_todo(&r, 1, 1, 0);
    rig_forget(&r);
    check_int(1,
              rig_count(&r, &READ(DELETE, todo, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(1)))));
    check_text("DELETE\n--\n", r.text);
    check_uint(0, r.atomic_jobs);
    close_rig();
}

TOASTY_TEST(delete, takes_along_what_requires_the_row)
{
    rig_open(&r, "keyvalue:");
    for (unsigned u = 1; u <= 2; u++) {
        put_user(&r, u);
        put_profile(&r, 10 + u, u);
        for (int t = 0; t < 5; t++)
            put_todo(&r, u, t, 0);
    }
    User *user = get_user(1);
    check_int(1, rig_count(&r, &READ(DELETE, user, .record = user)));
    check_text("GET\n--\nQUERY\nQUERY\nQUERY\n--\nQUERY\n--\n"
               "DELETE\nDELETE\nDELETE\nDELETE\nDELETE\nDELETE\nDELETE\n--\n",
               r.text);
    check_uint(1, r.atomic_jobs);
    check_uint(1, rows_of(&r, &user_model));
    check_uint(1, rows_of(&r, &profile_model));
    check_uint(5, rows_of(&r, &todo_model));
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(delete, clears_references_that_are_optional)
{
    rig_open(&r, "keyvalue:");
    put_category(&r, 5);
    put_todo(&r, 1, 1, 5);
    put_todo(&r, 1, 2, 6);
    check_int(1,
              rig_count(&r, &READ(DELETE, category, BY(category, CATEGORY_BY_LABEL, 1, toasty__text("c5")))));
    list *todos = rig_run(&r, &READ(ALL, todo, .scan = true));
    check_uint(2, todos->len);
    check_that(!((Todo *)todos->items)[0].category_id.set);
    check_that(((Todo *)todos->items)[1].category_id.set);
    toasty_free(todos);
    close_rig();
}

TOASTY_TEST(delete, follows_from_what_is_read_and_so_reads_it_as_it_is_now)
{
    rig_open(&r, "keyvalue:");
    put_user(&r, 1);
    put_profile(&r, 11, 1);
    User *user = get_user(1);
    rig_forget(&r);
    list *users =
        rig_run(&r, &READ(ALL, user, .scan = true, .find = {INCLUDE(WITH(user, USER_PROFILE, .limit = 0))}));
    check_uint(0, r.current_reads); /* of two */
    toasty_free(users);
    rig_forget(&r);
    check_int(1, rig_count(&r, &READ(DELETE, user, .record = user)));
    check_uint(r.operations - 2, r.current_reads); /* all but the two deletes */
    check_that(r.current_reads >= 3);
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(delete, of_what_is_restricted_is_refused_and_changes_nothing)
{
    rig_open(&r, "keyvalue:");
    put_user(&r, 1);
    put_todo(&r, 1, 1, 0);
    put_invoice(&r, 7, 1);
    User *user = get_user(1);
    check_int(-1, rig_count(&r, &READ(DELETE, user, .record = user)));
    check_error(&r.error, TOASTY_FOREIGN_KEY_VIOLATION);
    check_text("invoices_user_id_fkey", r.error.constraint);
    check_text("invoices", r.error.table);
    check_text("user_id", r.error.field);
    check_uint(1, rows_of(&r, &user_model));
    check_uint(1, rows_of(&r, &todo_model));
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(delete, ends_where_references_form_a_circle)
{
    rig_open(&r, "keyvalue:");
    put_node(&r, 1, 3);
    put_node(&r, 2, 1);
    put_node(&r, 3, 2);
    put_node(&r, 4, 4);
    check_int(1, rig_count(&r, &READ(DELETE, node, BY(node, 0, 1, toasty__uuid(uuid_of(2))))));
    check_uint(1, rows_of(&r, &node_model));
    check_int(1, rig_count(&r, &READ(DELETE, node, BY(node, 0, 1, toasty__uuid(uuid_of(4))))));
    check_uint(0, rows_of(&r, &node_model));
    close_rig();
}

TOASTY_TEST(delete, by_an_index_counts_the_rows_that_were_meant)
{
    rig_open(&r, "keyvalue:");
    for (int t = 0; t < 5; t++)
        put_todo(&r, 1, t, 5);
    put_todo(&r, 1, 9, 6);
    check_int(5, rig_count(&r, &READ(DELETE, todo, BY(todo, TODO_BY_CATEGORY, 1, toasty__uuid(uuid_of(5))))));
    check_uint(1, rows_of(&r, &todo_model));
    check_int(0, rig_count(&r, &READ(DELETE, todo, BY(todo, TODO_BY_CATEGORY, 1, toasty__uuid(uuid_of(5))))));
    check_int(0, rig_count(&r, &READ(DELETE, todo, BY(todo, TODO_BY_CATEGORY, 1, toasty__null()))));
    close_rig();
}

/* --- batches --- */

TOASTY_TEST(batch, of_several_changes_is_one_group)
{
    rig_open(&r, "keyvalue:");
    put_user(&r, 1);
    put_category(&r, 5);
    put_todo(&r, 1, 1, 5);
    User *user = get_user(1);
    CategoryNew category = {.label = "new"};
    const toasty_request requests[] = {
        READ(DELETE, category, BY(category, CATEGORY_BY_LABEL, 1, toasty__text("c5"))),
        READ(UPDATE, user, .record = user, CHANGES(SET(USER_NAME, toasty__text("Ann")))),
        READ(CREATE, category, .rows = &category, .row_count = 1),
        READ(ALL, category, .scan = true),
    };
    toasty__task_result results[4];
    check_int(0,
              rig_run_all(
                  &r, (const toasty_request *const[]){&requests[0], &requests[1], &requests[2], &requests[3]},
                  4, results));
    check_text("QUERY\n--\nQUERY\n--\nDELETE\nUPDATE\nUPDATE\nINSERT\nSCAN\n--\n", r.text);
    check_uint(1, r.atomic_jobs);
    check_int(1, results[0].count);
    check_int(1, results[1].count);
    check_text("new", ((Category *)results[2].root)->label);
    check_uint(1, ((list *)results[3].root)->len);
    check_text("Ann", user->name);
    toasty_free(results[2].root);
    toasty_free(results[3].root);
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(batch, that_fails_changes_nothing)
{
    rig_open(&r, "keyvalue:");
    put_user(&r, 1);
    User *user = get_user(1);
    CategoryNew category = {.label = "new"};
    UserNew taken = {.name = "Bob", .email = "1@x"};
    const toasty_request requests[] = {
        READ(CREATE, category, .rows = &category, .row_count = 1),
        READ(UPDATE, user, .record = user, CHANGES(SET(USER_NAME, toasty__text("Ann")))),
        READ(CREATE, user, .rows = &taken, .row_count = 1),
    };
    toasty__task_result results[3];
    check_int(-1, rig_run_all(&r, (const toasty_request *const[]){&requests[0], &requests[1], &requests[2]},
                              3, results));
    check_error(&r.error, TOASTY_UNIQUE_VIOLATION);
    for (int i = 0; i < 3; i++)
        check_null(results[i].root);
    check_text("user 1", user->name);
    check_uint(0, rows_of(&r, &category_model));
    toasty_free(user);
    close_rig();
}

/* What is meant is read before anything is changed: it would be left out without a word. */
TOASTY_TEST(batch, in_which_a_change_means_what_another_one_makes_is_refused)
{
    rig_open(&r, "keyvalue:");
    put_user(&r, 1);
    put_category(&r, 5);
    put_todo(&r, 1, 1, 6);
    UserNew user = {.name = "Bob", .email = "new"};
    TodoNew todo = {
        .user_id = uuid_of(1), .number = {true, 2}, .title = "dig", .category_id = {true, uuid_of(5)}};
    const toasty_request makes[] = {
        READ(CREATE, user, .rows = &user, .row_count = 1),
        READ(CREATE, todo, .rows = &todo, .row_count = 1),
        READ(UPDATE, todo, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(1)),
             CHANGES(SET(TODO_CATEGORY_ID, toasty__uuid(uuid_of(5))))),
    };
    const toasty_request means[] = {
        READ(UPDATE, user, BY(user, USER_BY_EMAIL, 1, toasty__text("new")),
             CHANGES(SET(USER_NAME, toasty__text("Ann")))),
        READ(DELETE, category, BY(category, CATEGORY_BY_LABEL, 1, toasty__text("c5"))),
        READ(DELETE, todo, BY(todo, TODO_BY_CATEGORY, 1, toasty__uuid(uuid_of(5)))),
    };
    toasty__task_result results[2];
    for (size_t i = 0; i < 3; i++) {
        check_int(-1, BATCH(&r, results, &makes[i], &means[i]));
        check_error(&r.error, TOASTY_INVALID_STATEMENT);
        check_contains(r.error.message, "do it in two calls");
    }
    /* The other way round it is as everywhere. */
    check_int(0, BATCH(&r, results, &means[0], &makes[0]));
    check_int(0, results[0].count);
    toasty_free(results[1].root);
    check_uint(1, rows_of(&r, &todo_model));
    close_rig();
}

TOASTY_TEST(batch, of_reads_is_one_job_and_absent_rows_are_no_error)
{
    rig_open(&r, "keyvalue:");
    put_user(&r, 1);
    rig_forget(&r);
    const toasty_request requests[] = {
        READ(GET, user, BY(user, 0, 1, toasty__uuid(uuid_of(1)))),
        READ(GET, user, BY(user, 0, 1, toasty__uuid(uuid_of(2)))),
    };
    toasty__task_result results[2];
    check_int(0, rig_run_all(&r, (const toasty_request *const[]){&requests[0], &requests[1]}, 2, results));
    check_that(results[0].root && !results[1].root);
    check_uint(1, r.jobs);
    toasty_free(results[0].root);
    close_rig();
}

TOASTY_TEST(batch, of_more_changes_than_a_group_takes_is_refused)
{
    rig_open(&r, "keyvalue:");
    CategoryNew category = {.label = "x"};
    const toasty_request create = READ(CREATE, category, .rows = &category, .row_count = 1);
    const toasty_request *requests[26];
    toasty__task_result results[26];
    for (int i = 0; i < 26; i++)
        requests[i] = &create;
    check_int(-1, rig_run_all(&r, requests, 26, results));
    check_error(&r.error, TOASTY_INVALID_STATEMENT);
    check_uint(0, r.jobs);
    close_rig();
}
