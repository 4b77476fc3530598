/* Changes on stores that take less than all, each habit by itself: conditions in the write, one operation a
 * row, no reads in a group. */
#include "engine/seeds.h"

#include "core/roots.h"

#include <stdio.h>
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

static unsigned other_times; /* jobs until somebody else comes first */

/* --- conditions in the write --- */

TOASTY_TEST(expect, what_belongs_to_somebody_is_changed_in_one_operation)
{
    rig_open(&r, "keyvalue:?expect=on");
    put_category(&r, 5);
    put_category(&r, 6);
    put_todo(&r, 1, 1, 5);
    list *categories = rig_run(&r, &READ(ALL, category, .scan = true));
    Category *five = categories->items, *six = five + 1;
    Todo *todo = rig_run(&r, &READ(GET, todo, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(1))));
    const toasty_change unlink = {.kind = TOASTY_CHANGE_LINK, .field = TODO_CATEGORY};
    const toasty_relation *relation = &category_model.relations[CATEGORY_TODOS];
    rig_forget(&r);
    check_int(-1, rig_count(&r, &READ(UPDATE, todo, .record = todo, .owner = six, .relation = relation,
                                      CHANGES(unlink))));
    check_error(&r.error, TOASTY_NOT_FOUND);
    check_that(todo->category_id.set);
    check_int(1, rig_count(&r, &READ(UPDATE, todo, .record = todo, .owner = five, .relation = relation,
                                     CHANGES(unlink))));
    check_text("UPDATE\n--\nUPDATE\n--\n", r.text);
    check_that(!todo->category_id.set);
    toasty_free(todo);
    toasty_free(categories);
    close_rig();
}

TOASTY_TEST(expect, a_row_that_is_not_as_meant_fails_nothing_else_of_its_batch)
{
    rig_open(&r, "keyvalue:?expect=on");
    put_user(&r, 1);
    put_category(&r, 6);
    put_todo(&r, 1, 1, 0);
    Category *six = rig_run(&r, &READ(GET, category, BY_NUMBER(category, 6)));
    rig_forget(&r);
    toasty__task_result results[3];
    check_int(0, BATCH(&r, results,
                       &READ(UPDATE, todo, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(1)),
                             .owner = six, .relation = &category_model.relations[CATEGORY_TODOS],
                             CHANGES(SET(TODO_TITLE, toasty__text("x")))),
                       &READ(UPDATE, user, BY_NUMBER(user, 1), CHANGES(ADD(USER_LOGINS, toasty__int(4)))),
                       &READ(UPDATE, user, BY_NUMBER(user, 2), CHANGES(ADD(USER_LOGINS, toasty__int(4))))));
    check_int(0, results[0].count);
    check_int(1, results[1].count);
    check_int(0, results[2].count);
    check_text("UPDATE\nUPDATE\nUPDATE\n--\nUPDATE\n--\n", r.text);
    User *user = get_user(1);
    check_int(5, user->logins);
    toasty_free(user);
    toasty_free(six);
    close_rig();
}

/* What a change of the one user tells that must have logged in 5 times. */
static toasty_code change_of_five(unsigned number, int64_t count)
{
    toasty_condition five;
    toasty__compare(&five, USER_LOGINS, TOASTY_EQ, toasty__int(5));
    const toasty_change only_if = {.kind = TOASTY_CHANGE_ONLY_IF, .operand = toasty__pointer(&five)};
    check_int(count, rig_count(&r, &READ(UPDATE, user, BY_NUMBER(user, number),
                                         CHANGES(SET(USER_NAME, toasty__text("x")), only_if))));
    return r.error.code;
}

TOASTY_TEST(expect, a_row_that_must_be_so_is_told_from_one_that_is_gone)
{
    static const char *const urls[] = {"keyvalue:?filter=on", "keyvalue:?expect=on&filter=on",
                                       "keyvalue:?strict=on", "keyvalue:?strict=on&returning=off"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        rig_open(&r, urls[i]);
        put_user(&r, 1);
        check_int(TOASTY_CONDITION_FAILED, change_of_five(1, -1));
        check_int(TOASTY_NOT_FOUND, change_of_five(2, -1));
        check_int(1, rig_count(&r, &READ(UPDATE, user, BY_NUMBER(user, 1),
                                         CHANGES(ADD(USER_LOGINS, toasty__int(4))))));
        rig_forget(&r);
        check_int(TOASTY_OK, change_of_five(1, 1));
        check_text(i ? "UPDATE\n--\n" : "GET\n--\nUPDATE\n--\n", r.text);
        User *user = get_user(1);
        check_text("x", user->name);
        check_int(5, user->logins);
        toasty_free(user);
        close_rig();
    }
}

TOASTY_TEST(expect, a_row_that_must_be_so_fails_its_batch)
{
    static const char *const urls[] = {"keyvalue:?filter=on", "keyvalue:?expect=on&filter=on",
                                       "keyvalue:?strict=on"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        rig_open(&r, urls[i]);
        put_user(&r, 1);
        put_user(&r, 2);
        toasty_condition five;
        toasty__compare(&five, USER_LOGINS, TOASTY_EQ, toasty__int(5));
        const toasty_change only_if = {.kind = TOASTY_CHANGE_ONLY_IF, .operand = toasty__pointer(&five)};
        toasty__task_result results[2];
        check_int(-1,
                  BATCH(&r, results,
                        &READ(UPDATE, user, BY_NUMBER(user, 1), CHANGES(ADD(USER_LOGINS, toasty__int(4)))),
                        &READ(DELETE, user, BY_NUMBER(user, 2), CHANGES(only_if))));
        check_error(&r.error, TOASTY_CONDITION_FAILED);
        check_int(-1,
                  BATCH(&r, results,
                        &READ(UPDATE, user, BY_NUMBER(user, 1), CHANGES(ADD(USER_LOGINS, toasty__int(4)))),
                        &READ(DELETE, user, BY_NUMBER(user, 3), CHANGES(only_if))));
        check_error(&r.error, TOASTY_NOT_FOUND);
        User *user = get_user(1);
        check_int(1, user->logins);
        toasty_free(user);
        toasty_free(get_user(2));
        close_rig();
    }
}

static void relink_todo(rig *rig)
{
    static const uint8_t set = TOASTY_CHANGE_SET;
    static const uint16_t field = TODO_CATEGORY_ID;
    const toasty_value key[] = {toasty__uuid(uuid_of(1)), toasty__int(1)}, six = toasty__uuid(uuid_of(6));
    toasty_operation update = {.kind = TOASTY_OPERATION_UPDATE,
                               .model = &todo_model,
                               .fields = &field,
                               .values = &six,
                               .changes = &set,
                               .value_count = 1,
                               .key = {.values = key, .key_count = 1}};
    if (other_times && --other_times == 0)
        rig_do(rig, &update);
}

TOASTY_TEST(expect, a_reference_is_not_cleared_that_points_elsewhere_meanwhile)
{
    rig_open(&r, "keyvalue:?expect=on");
    put_category(&r, 5);
    put_category(&r, 6);
    put_todo(&r, 1, 1, 5);
    other_times = 3; /* the label, the todos, the group */
    r.before_job = relink_todo;
    check_int(1,
              rig_count(&r, &READ(DELETE, category, BY(category, CATEGORY_BY_LABEL, 1, toasty__text("c5")))));
    r.before_job = NULL;
    Todo *todo = rig_run(&r, &READ(GET, todo, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(1))));
    check_uint(6, number_of(&todo->category_id.value));
    check_uint(1, rows_of(&r, &category_model));
    toasty_free(todo);
    close_rig();
}

TOASTY_TEST(expect, a_row_that_is_found_by_other_than_its_key_is_left_alone_once_it_is_elsewhere)
{
    const toasty_request by_category[] = {
        READ(DELETE, todo, BY(todo, TODO_BY_CATEGORY, 1, toasty__uuid(uuid_of(5)))),
        READ(UPDATE, todo, BY(todo, TODO_BY_CATEGORY, 1, toasty__uuid(uuid_of(5))),
             CHANGES(SET(TODO_TITLE, toasty__text("x")))),
    };
    for (size_t i = 0; i < 2; i++) {
        rig_open(&r, "keyvalue:?expect=on");
        put_todo(&r, 1, 1, 5);
        put_todo(&r, 1, 2, 5);
        other_times = 2; /* the todos, the group */
        r.before_job = relink_todo;
        check_int(1, rig_count(&r, &by_category[i]));
        r.before_job = NULL;
        Todo *todo = rig_run(&r, &READ(GET, todo, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(1))));
        check_some(todo);
        check_uint(6, number_of(&todo->category_id.value));
        check_text("dig", todo->title);
        toasty_free(todo);
        close_rig();
    }
}

/* --- one operation a row --- */

TOASTY_TEST(merged, changes_of_one_row_are_one_operation)
{
    rig_open(&r, "keyvalue:?group_repeats=off");
    put_user(&r, 1);
    rig_forget(&r);
    toasty__task_result results[4];
    check_int(
        0,
        BATCH(&r, results,
              &READ(UPDATE, user, BY_NUMBER(user, 1),
                    CHANGES(SET(USER_NAME, toasty__text("first")), ADD(USER_LOGINS, toasty__int(5)))),
              &READ(UPDATE, user, BY_NUMBER(user, 2), CHANGES(SET(USER_NAME, toasty__text("x")))),
              &READ(UPDATE, user, BY_NUMBER(user, 1),
                    CHANGES(SET(USER_NAME, toasty__text("second")), SET(USER_BIO, toasty__text("b")),
                            ADD(USER_LOGINS, toasty__int(-2)))),
              &READ(UPDATE, user, BY_NUMBER(user, 1),
                    CHANGES(
                        {.kind = TOASTY_CHANGE_SUBTRACT, .field = USER_LOGINS, .operand = toasty__int(1)}))));
    check_text("UPDATE\nUPDATE\n--\n", r.text);
    check_int(1, results[0].count);
    check_int(0, results[1].count);
    check_int(1, results[2].count);
    check_int(1, results[3].count);
    User *user = get_user(1);
    check_text("second", user->name);
    check_text("b", user->bio);
    check_int(1 + 5 - 2 - 1, user->logins);
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(merged, what_is_changed_and_then_deleted_is_deleted_and_once)
{
    rig_open(&r, "keyvalue:?group_repeats=off");
    put_todo(&r, 1, 1, 0);
    rig_forget(&r);
    const toasty_request update = READ(UPDATE, todo, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(1)),
                                       CHANGES(SET(TODO_TITLE, toasty__text("x"))));
    const toasty_request delete =
        READ(DELETE, todo, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(1)));
    toasty__task_result results[4];
    check_int(0, BATCH(&r, results, &update, &delete, &delete, &update));
    check_text("DELETE\n--\n", r.text);
    check_int(1, results[0].count);
    check_int(1, results[1].count);
    check_int(0, results[2].count);
    check_int(0, results[3].count);
    check_uint(0, rows_of(&r, &todo_model));
    close_rig();
}

TOASTY_TEST(merged, a_new_row_takes_the_changes_that_follow)
{
    rig_open(&r, "keyvalue:?group_repeats=off");
    TodoNew row = {.user_id = uuid_of(1), .number = {true, 1}, .title = "dig"};
    toasty__task_result results[2];
    check_int(0, BATCH(&r, results, &READ(CREATE, todo, .rows = &row, .row_count = 1),
                       &READ(UPDATE, todo, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(1)),
                             CHANGES(SET(TODO_TITLE, toasty__text("sow"))))));
    check_text("INSERT\n--\n", r.text);
    check_int(1, results[1].count);
    toasty_free(results[0].root);
    Todo *todo = rig_run(&r, &READ(GET, todo, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(1))));
    check_text("sow", todo->title);
    toasty_free(todo);
    close_rig();
}

static void check_refused(const toasty_request *first, const toasty_request *second, toasty_code code)
{
    toasty__task_result results[2];
    rig_forget(&r);
    check_int(-1, BATCH(&r, results, first, second));
    check_error(&r.error, code);
    check_uint(0, r.jobs);
}

TOASTY_TEST(merged, what_is_no_single_operation_is_refused_before_anything_is_sent)
{
    rig_open(&r, "keyvalue:?group_repeats=off");
    put_todo(&r, 1, 2, 0);
    TodoNew row = {.user_id = uuid_of(1), .number = {true, 1}, .title = "dig"};
    const toasty_request create = READ(CREATE, todo, .rows = &row, .row_count = 1);
    const toasty_request delete =
        READ(DELETE, todo, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(1)));
    const toasty_request set =
        READ(UPDATE, user, BY_NUMBER(user, 1), CHANGES(SET(USER_LOGINS, toasty__int(5))));
    const toasty_request add =
        READ(UPDATE, user, BY_NUMBER(user, 1), CHANGES(ADD(USER_LOGINS, toasty__int(INT64_MAX))));
    check_refused(&create, &delete, TOASTY_INVALID_STATEMENT);
    check_text(
        "a row of todos is changed twice in one atomic group, which keyvalue does not allow: make two calls",
        r.error.message);
    check_refused(&delete, &create, TOASTY_INVALID_STATEMENT);
    check_refused(&set, &add, TOASTY_INVALID_STATEMENT);
    check_refused(&add, &add, TOASTY_INVALID_STATEMENT);
    check_refused(&create, &create, TOASTY_UNIQUE_VIOLATION);
    check_text("todos_pkey", r.error.constraint);
    check_uint(1, rows_of(&r, &todo_model));
    close_rig();
}

TOASTY_TEST(merged, a_change_that_does_not_mean_the_row_leaves_the_others_of_it)
{
    static const char *const urls[] = {"keyvalue:?strict=on", "keyvalue:?group_repeats=off", "keyvalue:"};
    for (size_t u = 0; u < 3; u++) {
        rig_open(&r, urls[u]);
        put_category(&r, 5);
        put_category(&r, 6);
        put_todo(&r, 1, 1, 5);
        list *categories = rig_run(&r, &READ(ALL, category, .scan = true));
        Category *five = categories->items, *six = five + 1;
        const toasty_relation *todos = &category_model.relations[CATEGORY_TODOS];
        toasty__task_result results[4];
        const toasty_request by_key =
            READ(UPDATE, todo, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(1)),
                 CHANGES(SET(TODO_TITLE, toasty__text("sow"))));
        Todo *todo = rig_run(&r, &READ(GET, todo, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(1))));
        check_int(0, BATCH(&r, results, &by_key,
                           &READ(UPDATE, todo, .record = todo, .owner = six, .relation = todos,
                                 CHANGES(SET(TODO_PRIORITY, toasty__int(PRIORITY_LOW)))),
                           &READ(UPDATE, todo, .record = todo, .owner = five, .relation = todos,
                                 CHANGES({.kind = TOASTY_CHANGE_LINK, .field = TODO_CATEGORY}))));
        check_int(1, results[0].count);
        check_int(0, results[1].count);
        check_int(1, results[2].count);
        Todo *again = rig_run(&r, &READ(GET, todo, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(1))));
        check_text("sow", again->title);
        check_int(PRIORITY_HIGH, again->priority);
        check_that(!again->category_id.set);
        toasty_free(again);
        toasty_free(todo);
        toasty_free(categories);
        close_rig();
    }
}

/* --- reads beside a group --- */

TOASTY_TEST(beside, a_batch_reads_in_front_of_its_changes_and_behind_them)
{
    rig_open(&r, "keyvalue:?group_returns=off");
    put_user(&r, 1);
    put_todo(&r, 1, 1, 0);
    rig_forget(&r);
    CategoryNew row = {.label = "new"};
    toasty__task_result results[5];
    check_int(0,
              BATCH(&r, results, &READ(GET, user, BY_NUMBER(user, 1)),
                    &READ(UPDATE, user, .returning = true, BY_NUMBER(user, 1),
                          CHANGES(ADD(USER_LOGINS, toasty__int(4)))),
                    &READ(CREATE, category, .rows = &row, .row_count = 1), &READ(ALL, category, .scan = true),
                    &READ(DELETE, todo, .returning = true,
                          BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(1)))));
    check_text("GET\n--\nGET\n--\nUPDATE\nINSERT\nDELETE\n--\nGET\nSCAN\n--\n", r.text);
    check_int(1, ((User *)results[0].root)->logins);
    check_int(5, ((User *)results[1].root)->logins);
    check_uint(1, ((list *)results[3].root)->len);
    check_text("dig", ((Todo *)results[4].root)->title);
    for (int i = 0; i < 5; i++)
        toasty_free(results[i].root);
    check_uint(0, rows_of(&r, &todo_model));
    close_rig();
}

TOASTY_TEST(beside, rows_that_were_read_to_be_deleted_are_those_that_come_back)
{
    rig_open(&r, "keyvalue:?strict=on");
    for (int t = 0; t < 5; t++)
        put_todo(&r, 1, t, 5);
    rig_forget(&r);
    list *gone = rig_run(
        &r, &READ(DELETE, todo, .returning = true, BY(todo, TODO_BY_CATEGORY, 1, toasty__uuid(uuid_of(5)))));
    check_text("QUERY\n--\nQUERY\n--\nDELETE\nDELETE\nDELETE\nDELETE\nDELETE\n--\n", r.text);
    check_uint(5, gone->len);
    for (int t = 0; t < 5; t++)
        check_text("dig", ((Todo *)gone->items)[t].title);
    toasty_free(gone);
    close_rig();
}

static void delete_todo(rig *rig)
{
    const toasty_value key[] = {toasty__uuid(uuid_of(1)), toasty__int(1)};
    toasty_operation delete = {
        .kind = TOASTY_OPERATION_DELETE, .model = &todo_model, .key = {.values = key, .key_count = 1}};
    if (other_times && --other_times == 0)
        rig_do(rig, &delete);
}

TOASTY_TEST(beside, a_row_that_somebody_else_deleted_does_not_come_back)
{
    rig_open(&r, "keyvalue:?strict=on");
    for (int t = 0; t < 3; t++)
        put_todo(&r, 1, t, 5);
    other_times = 2; /* the rows, the group */
    r.before_job = delete_todo;
    list *gone = rig_run(
        &r, &READ(DELETE, todo, .returning = true, BY(todo, TODO_BY_CATEGORY, 1, toasty__uuid(uuid_of(5)))));
    check_uint(2, gone->len);
    check_int(0, ((Todo *)gone->items)[0].number);
    check_int(2, ((Todo *)gone->items)[1].number);
    toasty_free(gone);
    close_rig();
}
