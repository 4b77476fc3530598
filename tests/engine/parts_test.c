/* Changes that are more than a group takes, and groups whose answers are lost. */
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

/* --- more than a group takes --- */

enum { MANY = 60 };

static void name_categories(CategoryNew *rows, char labels[][8])
{
    for (int i = 0; i < MANY; i++) {
        snprintf(labels[i], sizeof(labels[i]), "%d", i);
        rows[i] = (CategoryNew){.label = labels[i]};
    }
}

TOASTY_TEST(parts, a_create_of_many_rows_is_done_in_groups_that_fit)
{
    CategoryNew rows[MANY];
    char labels[MANY][8];
    name_categories(rows, labels);
    rig_open(&r, "keyvalue:");
    list *made = rig_run(&r, &READ(CREATE, category, .rows = rows, .row_count = MANY, .many = true));
    check_uint(MANY, made->len);
    check_text("59", ((Category *)made->items)[MANY - 1].label);
    check_uint(3, r.jobs);
    check_uint(25, r.largest_job);
    toasty_free(made);
    close_rig();
    rig_open(&r, "keyvalue:?claims=on");
    made = rig_run(&r, &READ(CREATE, category, .rows = rows, .row_count = MANY, .many = true));
    check_uint(MANY, rows_of(&r, &category_model));
    check_uint(5, r.jobs); /* a row and its claim are two of 25 */
    check_uint(24, r.largest_job);
    toasty_free(made);
    close_rig();
}

static void check_undone(const char *url)
{
    CategoryNew rows[MANY];
    char labels[MANY][8];
    name_categories(rows, labels);
    snprintf(labels[MANY - 1], sizeof(labels[0]), "c7");
    rig_open(&r, url);
    put_category(&r, 7);
    rig_forget(&r);
    check_null(rig_run(&r, &READ(CREATE, category, .rows = rows, .row_count = MANY, .many = true)));
    check_error(&r.error, TOASTY_UNIQUE_VIOLATION);
    check_text("categories_label_key", r.error.constraint);
    check_text("categories.label: another row has this value; what the call had made before that "
               "was deleted again",
               r.error.message);
    check_uint(1, rows_of(&r, &category_model));
    labels[MANY - 1][0] = 'd';
    list *made = rig_run(&r, &READ(CREATE, category, .rows = rows, .row_count = MANY, .many = true));
    check_text("", r.error.message);
    check_uint(MANY, made->len);
    toasty_free(made);
    close_rig();
}

TOASTY_TEST(parts, of_a_create_that_fails_later_go_again)
{
    check_undone("keyvalue:");
    check_undone("keyvalue:?strict=on");
}

static void seed_tree(const char *url)
{
    rig_open(&r, url);
    put_user(&r, 1);
    put_profile(&r, 11, 1);
    for (int t = 0; t < MANY; t++)
        put_todo(&r, 1, t, 0);
    rig_forget(&r);
}

static void check_delete_in_parts(const char *url)
{
    seed_tree(url);
    check_int(1, rig_count(&r, &READ(DELETE, user, BY_NUMBER(user, 1))));
    check_uint(25, r.largest_job);
    check_uint(0, rows_of(&r, &todo_model));
    check_uint(0, rows_of(&r, &profile_model));
    check_uint(0, rows_of(&r, &user_model));
    put_user(&r, 1); /* its email is free */
    close_rig();
}

TOASTY_TEST(parts, of_a_delete_begin_with_what_refers_and_end_with_the_row)
{
    check_delete_in_parts("keyvalue:?page=0");
    check_delete_in_parts("keyvalue:?page=0&strict=on");
}

static const toasty__session_calls *usual;
static unsigned jobs_left;

/* Fails the second group. */
static void lose_connection(toasty__session *session, toasty_job *job, unsigned needs)
{
    if (!job->atomic || jobs_left-- != 1) {
        usual->submit(session, job, needs);
        return;
    }
    job->failed = 0;
    snprintf(job->error.message, sizeof(job->error.message), "gone");
    job->error.code = TOASTY_CONNECTION_LOST;
    job->done(job);
}

TOASTY_TEST(parts, of_a_delete_that_ends_halfway_are_finished_by_the_same_call)
{
    seed_tree("keyvalue:?page=0&strict=on");
    toasty__session_calls losing = *r.session.calls;
    losing.submit = lose_connection;
    usual = r.session.calls;
    r.session.calls = &losing;
    jobs_left = 2;
    check_int(-1, rig_count(&r, &READ(DELETE, user, BY_NUMBER(user, 1))));
    check_error(&r.error, TOASTY_CONNECTION_LOST);
    check_text("gone; 24 of 62 changes were made before that and stay: the same call makes the others",
               r.error.message);
    r.session.calls = usual;
    check_uint(1, rows_of(&r, &user_model));
    check_uint(37, rows_of(&r, &todo_model)); /* a profile, whose value is freed, and 23 of them */
    check_int(1, rig_count(&r, &READ(DELETE, user, BY_NUMBER(user, 1))));
    check_uint(0, rows_of(&r, &user_model));
    check_uint(0, rows_of(&r, &todo_model));
    close_rig();
}

TOASTY_TEST(parts, are_what_an_update_is_that_may_be_repeated_and_no_other)
{
    rig_open(&r, "keyvalue:?page=0");
    for (unsigned i = 1; i <= 2 * MANY; i++)
        put_user(&r, i);
    rig_forget(&r);
    check_int(MANY, rig_count(&r, &READ(UPDATE, user, BY(user, USER_BY_AGE_NAME, 1, toasty__int(30)),
                                        CHANGES(SET(USER_BIO, toasty__text("odd"))))));
    check_uint(4, r.jobs);
    check_int(-1, rig_count(&r, &READ(UPDATE, user, BY(user, USER_BY_AGE_NAME, 1, toasty__int(30)),
                                      CHANGES(ADD(USER_LOGINS, toasty__int(1))))));
    check_error(&r.error, TOASTY_INVALID_STATEMENT);
    check_text("60 changes in one atomic group: keyvalue allows 25", r.error.message);
    User *user = get_user(1);
    check_text("odd", user->bio);
    check_int(1, user->logins);
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(parts, are_no_way_out_for_a_batch)
{
    rig_open(&r, "keyvalue:?claims=on");
    CategoryNew rows[MANY];
    char labels[MANY][8];
    name_categories(rows, labels);
    toasty__task_result results[2];
    check_int(-1, BATCH(&r, results, &READ(CREATE, category, .rows = rows, .row_count = 12, .many = true),
                        &READ(CREATE, category, .rows = rows + 12, .row_count = 1)));
    check_error(&r.error, TOASTY_INVALID_STATEMENT);
    check_text("26 changes in one atomic group, unique values counted: keyvalue allows 25", r.error.message);
    check_uint(0, r.jobs);
    close_rig();
}

/* --- tokens --- */

TOASTY_TEST(token, a_group_whose_answer_is_lost_happens_once)
{
    rig_open(&r, "keyvalue:?strict=on&lose=2");
    put_user(&r, 1);
    put_user(&r, 2);
    rig_forget(&r);
    const toasty_request first =
        READ(UPDATE, user, BY_NUMBER(user, 1), CHANGES(ADD(USER_LOGINS, toasty__int(1))));
    const toasty_request second =
        READ(UPDATE, user, BY_NUMBER(user, 2), CHANGES(ADD(USER_LOGINS, toasty__int(1))));
    enum { TIMES = 8 };
    for (int i = 0; i < TIMES; i++) {
        toasty__task_result results[2];
        check_int(0, BATCH(&r, results, &first, &second));
        check_int(1, results[0].count);
        check_int(1, results[1].count);
    }
    check_uint(2 * TIMES - 1, r.jobs); /* every second one is lost, on its way or back */
    User *user = get_user(1);
    check_int(1 + TIMES, user->logins);
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(token, a_group_that_is_lost_each_time_has_an_outcome_that_nobody_knows)
{
    rig_open(&r, "keyvalue:?strict=on&lose=1");
    UserNew row = {.name = "Ann", .email = "ann@x"};
    check_null(rig_run(&r, &READ(CREATE, user, .rows = &row, .row_count = 1)));
    check_error(&r.error, TOASTY_OUTCOME_UNKNOWN);
    check_uint(6, r.jobs);
    check_uint(1, rows_of(&r, &user_model));
    close_rig();
}
