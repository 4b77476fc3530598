/* Unique values on stores that keep them as rows of their own: each change claims and frees what it has to.
 */
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

static void check_email(unsigned number, const char *email)
{
    User *by_key = get_user(number);
    User *by_email = rig_run(&r, &READ(GET, user, BY(user, USER_BY_EMAIL, 1, toasty__text(email))));
    check_that(by_key && by_email);
    check_text(email, by_key->email);
    check_uint(number, number_of(&by_email->id));
    toasty_free(by_key);
    toasty_free(by_email);
    rig_forget(&r);
}

static void check_no_email(const char *email)
{
    check_null(rig_run(&r, &READ(GET, user, BY(user, USER_BY_EMAIL, 1, toasty__text(email)))));
    check_error(&r.error, TOASTY_NOT_FOUND);
    rig_forget(&r);
}

/* --- somebody else --- */

/* Sets a field of user 1 straight in the store, ahead of the next job that is no read. */
static toasty_value other_value;
static uint16_t other_field;
static unsigned other_times;

static void update_other(rig *rig)
{
    static const uint8_t set = TOASTY_CHANGE_SET;
    const toasty_value key = toasty__uuid(uuid_of(1));
    toasty_operation update = {.kind = TOASTY_OPERATION_UPDATE,
                               .model = &user_model,
                               .fields = &other_field,
                               .values = &other_value,
                               .changes = &set,
                               .value_count = 1,
                               .must_exist = true,
                               .key = {.values = &key, .key_count = 1}};
    if (other_times) {
        other_times--;
        rig_do(rig, &update);
    }
}

/* Gives user 1 another email, whose claim is already there, and frees the one that it has. */
static void move_email(rig *rig)
{
    static char emails[8][16];
    toasty_value key = toasty__uuid(uuid_of(1)), old = other_value;
    if (!other_times)
        return;
    char *email = emails[other_times % 8];
    snprintf(email, sizeof(emails[0]), "other%u@x", other_times);
    toasty_value fresh = toasty__text(email);
    toasty_operation unclaim = {
        .kind = TOASTY_OPERATION_UNCLAIM,
        .model = &user_model,
        .key = {.index = &user_model.indexes[USER_BY_EMAIL], .values = &old, .owner = &key}};
    toasty_operation claim = unclaim;
    claim.kind = TOASTY_OPERATION_CLAIM;
    claim.key.values = &fresh;
    rig_do(rig, &unclaim);
    rig_do(rig, &claim);
    other_field = USER_EMAIL;
    other_value = fresh;
    update_other(rig);
}

/* --- unique values as rows of their own --- */

TOASTY_TEST(claims, a_create_claims_its_values_and_a_second_one_is_refused)
{
    rig_open(&r, "keyvalue:?claims=on");
    UserNew row = {.name = "Ann", .email = "ann@x"};
    User *ann = rig_run(&r, &READ(CREATE, user, .rows = &row, .row_count = 1));
    check_text("INSERT\nCLAIM\n--\n", r.text);
    check_uint(1, r.atomic_jobs);
    check_null(rig_run(&r, &READ(CREATE, user, .rows = &row, .row_count = 1)));
    check_error(&r.error, TOASTY_UNIQUE_VIOLATION);
    check_text("users_email_key", r.error.constraint);
    check_text("email", r.error.field);
    check_uint(1, rows_of(&r, &user_model));
    UserNew twice[] = {{.name = "Bob", .email = "bob@x"}, {.name = "Rob", .email = "bob@x"}};
    rig_forget(&r);
    check_null(rig_run(&r, &READ(CREATE, user, .rows = twice, .row_count = 2, .many = true)));
    check_error(&r.error, TOASTY_UNIQUE_VIOLATION);
    check_text("users_email_key", r.error.constraint);
    check_uint(0, r.jobs);
    toasty_free(ann);
    close_rig();
}

TOASTY_TEST(claims, an_update_by_key_reads_first_and_frees_what_the_row_had)
{
    rig_open(&r, "keyvalue:?claims=on");
    put_user(&r, 1);
    put_user(&r, 2);
    rig_forget(&r);
    check_int(1, rig_count(&r, &READ(UPDATE, user, BY_NUMBER(user, 1),
                                     CHANGES(SET(USER_EMAIL, toasty__text("new@x"))))));
    check_text("GET\n--\nUPDATE\nCLAIM\nUNCLAIM\n--\n", r.text);
    check_email(1, "new@x");
    check_no_email("1@x");
    check_int(-1, rig_count(&r, &READ(UPDATE, user, BY_NUMBER(user, 2),
                                      CHANGES(SET(USER_EMAIL, toasty__text("new@x"))))));
    check_error(&r.error, TOASTY_UNIQUE_VIOLATION);
    check_email(2, "2@x");
    rig_forget(&r);
    check_int(1, rig_count(&r, &READ(UPDATE, user, BY_NUMBER(user, 2),
                                     CHANGES(SET(USER_NAME, toasty__text("x"))))));
    check_int(1, rig_count(&r, &READ(UPDATE, user, BY_NUMBER(user, 2),
                                     CHANGES(SET(USER_EMAIL, toasty__text("2@x"))))));
    check_text("UPDATE\n--\nGET\n--\nUPDATE\n--\n", r.text);
    close_rig();
}

TOASTY_TEST(claims, a_delete_frees_the_values_of_all_that_goes)
{
    rig_open(&r, "keyvalue:?claims=on");
    put_user(&r, 1);
    put_profile(&r, 11, 1);
    rig_forget(&r);
    check_int(1, rig_count(&r, &READ(DELETE, user, BY_NUMBER(user, 1))));
    check_text("GET\n--\nQUERY\nQUERY\nQUERY\n--\nDELETE\nDELETE\nUNCLAIM\nUNCLAIM\n--\n", r.text);
    put_user(&r, 1);
    put_profile(&r, 12, 1);
    check_email(1, "1@x");
    close_rig();
}

TOASTY_TEST(claims, of_two_rows_are_swapped_in_a_batch)
{
    rig_open(&r, "keyvalue:?claims=on");
    put_user(&r, 1);
    put_user(&r, 2);
    rig_forget(&r);
    toasty__task_result results[2];
    check_int(0,
              BATCH(&r, results,
                    &READ(UPDATE, user, BY_NUMBER(user, 1), CHANGES(SET(USER_EMAIL, toasty__text("2@x")))),
                    &READ(UPDATE, user, BY_NUMBER(user, 2), CHANGES(SET(USER_EMAIL, toasty__text("1@x"))))));
    check_text("GET\nGET\n--\nUPDATE\nUPDATE\nCLAIM\nCLAIM\n--\n", r.text);
    check_email(1, "2@x");
    check_email(2, "1@x");
    close_rig();
}

TOASTY_TEST(claims, a_record_that_is_fresh_is_updated_in_one_round_trip)
{
    rig_open(&r, "keyvalue:?strict=on");
    put_user(&r, 1);
    User *user = get_user(1);
    check_int(1, rig_count(&r, &READ(UPDATE, user, .record = user,
                                     CHANGES(SET(USER_EMAIL, toasty__text("new@x"))))));
    check_text("UPDATE\nCLAIM\nUNCLAIM\n--\n", r.text);
    check_email(1, "new@x");
    check_no_email("1@x");
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(claims, a_record_that_is_stale_frees_what_the_row_has_now)
{
    rig_open(&r, "keyvalue:?strict=on");
    put_user(&r, 1);
    User *user = get_user(1);
    other_times = 1;
    other_value = toasty__text("1@x");
    r.before_job = move_email;
    check_int(1, rig_count(&r, &READ(UPDATE, user, .record = user,
                                     CHANGES(SET(USER_EMAIL, toasty__text("new@x"))))));
    r.before_job = NULL;
    check_text("UPDATE\nCLAIM\nUNCLAIM\n--\nUPDATE\nCLAIM\nUNCLAIM\n--\n", r.text);
    check_email(1, "new@x");
    check_no_email("1@x");
    check_no_email("other1@x");
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(claims, a_row_that_never_stands_still_is_given_up)
{
    rig_open(&r, "keyvalue:?strict=on");
    put_user(&r, 1);
    User *user = get_user(1);
    other_times = 100;
    other_value = toasty__text("1@x");
    r.before_job = move_email;
    check_int(-1, rig_count(&r, &READ(UPDATE, user, .record = user,
                                      CHANGES(SET(USER_EMAIL, toasty__text("new@x"))))));
    r.before_job = NULL;
    check_error(&r.error, TOASTY_SERIALIZATION_FAILURE);
    check_uint(6, r.jobs);
    check_text("1@x", user->email);
    check_no_email("new@x");
    toasty_free(user);
    close_rig();
}

TOASTY_TEST(claims, of_a_record_that_is_gone_are_nobodys)
{
    rig_open(&r, "keyvalue:?strict=on");
    put_user(&r, 1);
    User *user = get_user(1);
    check_int(1, rig_count(&r, &READ(DELETE, user, BY_NUMBER(user, 1))));
    check_int(-1, rig_count(&r, &READ(UPDATE, user, .record = user,
                                      CHANGES(SET(USER_EMAIL, toasty__text("new@x"))))));
    check_error(&r.error, TOASTY_NOT_FOUND);
    put_user(&r, 1);
    check_no_email("new@x");
    toasty_free(user);
    close_rig();
}
