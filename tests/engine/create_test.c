/* Creates on a store that only knows keys: what is filled in, what is refused, what reaches the store. */
#include "engine/rig.h"

#include "core/roots.h"

#include <stdio.h>
#include <string.h>

static rig r;

static void open_rig(void)
{
    rig_open(&r, "keyvalue:");
}

static void close_rig(void)
{
    rig_close(&r);
    check_uint(0, toasty__root_count());
}

#define CREATE(model_, rows_, count_, ...)                                                                   \
    (toasty_request)                                                                                         \
    {                                                                                                        \
        .kind = TOASTY_REQUEST_CREATE, .model = &model_, .rows = rows_, .row_count = count_, __VA_ARGS__     \
    }

TOASTY_TEST(create, gives_the_whole_record_back)
{
    open_rig();
    UserNew row = {.name = "Ann", .email = "ann@x", .age = {true, 33}, .address = {true, {"Elm St", 7, 2}}};
    User *ann = rig_run(&r, &CREATE(user_model, &row, 1, .many = false));
    check_that(ann != NULL);
    check_text("Ann", ann->name);
    check_that(ann->name != row.name);
    check_null(ann->bio);
    check_that(ann->age.set && ann->age.value == 33);
    check_int(5, ann->logins);
    check_that(ann->address.set && ann->address.value.number == 7);
    check_that(ann->created_at.us > 0 && ann->created_at.us == ann->updated_at.us);
    check_int(7, ann->id.bytes[6] >> 4);
    check_that(!ann->todos.loaded && !ann->profile_loaded);
    check_text("INSERT\n--\n", r.text);
    toasty_free(ann);
    close_rig();
}

TOASTY_TEST(create, names_everything_that_is_missing_in_one_error)
{
    open_rig();
    TodoNew todos[] = {{.title = NULL}, {.end_ = 1}};
    UserNew row = {.address = {true, {NULL, 1, 0}}, .todos = todos};
    check_null(rig_run(&r, &CREATE(user_model, &row, 1, .many = false)));
    check_error(&r.error, TOASTY_MISSING_FIELD);
    check_text("a new User needs: name, email, address.street", r.error.message);
    check_uint(0, r.jobs);
    close_rig();
}

TOASTY_TEST(create, names_a_field_whose_name_is_part_of_another)
{
    open_rig();
    InvoiceNew row = {.user = NULL};
    check_null(rig_run(&r, &CREATE(invoice_model, &row, 1, .many = false)));
    check_text("a new Invoice needs: user", r.error.message);
    close_rig();
}

TOASTY_TEST(create, nests_to_any_depth_in_one_atomic_job)
{
    open_rig();
    CategoryNew category[] = {{.label = "garden"}, {.end_ = 1}};
    TodoNew todos[] = {{.number = {true, 2}, .title = "dig", .new_category = category},
                       {.number = {true, 1}, .title = "sow"},
                       {.end_ = 1}};
    ProfileNew profile[] = {{.picture = "p.png", .views = UINT64_MAX}, {.end_ = 1}};
    UserNew row = {.name = "Ann", .email = "ann@x", .todos = todos, .profile = profile};
    User *ann = rig_run(&r, &CREATE(user_model, &row, 1, .many = false));
    check_text("", r.error.message);
    check_that(ann != NULL);
    check_that(ann->todos.loaded && ann->todos.len == 2);
    check_text("dig", ann->todos.items[0].title);
    check_text("sow", ann->todos.items[1].title);
    check_bytes(&ann->id, &ann->todos.items[1].user_id, 16);
    check_text("garden", ann->todos.items[0].category->label);
    check_that(ann->todos.items[0].category_loaded && ann->todos.items[0].category_id.set);
    check_bytes(&ann->todos.items[0].category->id, &ann->todos.items[0].category_id.value, 16);
    check_that(!ann->todos.items[1].category_id.set);
    check_that(ann->profile_loaded && ann->profile->views == UINT64_MAX);
    check_bytes(&ann->id, &ann->profile->user_id, 16);
    check_uint(1, r.jobs);
    check_uint(5, r.operations);
    check_uint(1, r.atomic_jobs);
    toasty_free(ann);
    close_rig();
}

TOASTY_TEST(create, in_a_relation_fills_the_key)
{
    open_rig();
    UserNew row = {.name = "Ann", .email = "ann@x"};
    User *ann = rig_run(&r, &CREATE(user_model, &row, 1, .many = false));
    TodoNew todo = {.number = {true, 0}, .title = "dig"};
    Todo *dig = rig_run(
        &r, &CREATE(todo_model, &todo, 1, .owner = ann, .relation = &user_model.relations[USER_TODOS]));
    check_text("", r.error.message);
    check_bytes(&ann->id, &dig->user_id, 16);
    ProfileNew profile[] = {{.picture = "p"}, {.end_ = 1}};
    Profile *made = rig_run(&r, &CREATE(profile_model, &profile, 1, .owner = ann,
                                        .relation = &user_model.relations[USER_PROFILE]));
    check_text("", r.error.message);
    check_bytes(&ann->id, &made->user_id, 16);
    toasty_free(made);
    toasty_free(dig);
    toasty_free(ann);
    close_rig();
}

TOASTY_TEST(create, by_a_named_record_takes_its_key)
{
    open_rig();
    UserNew row = {.name = "Ann", .email = "ann@x"};
    User *ann = rig_run(&r, &CREATE(user_model, &row, 1, .many = false));
    TodoNew todo = {.number = {true, 3}, .title = "dig", .user = ann};
    Todo *dig = rig_run(&r, &CREATE(todo_model, &todo, 1, .many = false));
    check_text("", r.error.message);
    check_bytes(&ann->id, &dig->user_id, 16);
    toasty_free(dig);
    toasty_free(ann);
    close_rig();
}

TOASTY_TEST(create, a_second_row_with_a_unique_value_is_refused)
{
    open_rig();
    UserNew rows[] = {{.name = "Ann", .email = "ann@x"}, {.name = "Bob", .email = "ann@x"}};
    check_null(rig_run(&r, &CREATE(user_model, rows, 2, .many = true)));
    check_error(&r.error, TOASTY_UNIQUE_VIOLATION);
    check_text("users_email_key", r.error.constraint);
    check_text("users", r.error.table);
    check_text("email", r.error.field);
    toasty_request scan = {.kind = TOASTY_REQUEST_ALL, .model = &user_model, .scan = true};
    struct {
        User *items;
        size_t len;
    } *all = rig_run(&r, &scan);
    check_uint(0, all->len);
    toasty_free(all);
    close_rig();
}

TOASTY_TEST(create, of_many_gives_the_rows_in_their_order)
{
    open_rig();
    CategoryNew rows[25] = {{.label = NULL}};
    char labels[25][8];
    for (int i = 0; i < 25; i++) {
        snprintf(labels[i], sizeof(labels[i]), "%d", 99 - i);
        rows[i].label = labels[i];
    }
    struct {
        Category *items;
        size_t len;
    } *all = rig_run(&r, &CREATE(category_model, rows, 25, .many = true));
    check_uint(25, all->len);
    for (int i = 0; i < 25; i++)
        check_text(labels[i], all->items[i].label);
    check_uint(1, r.jobs);
    toasty_free(all);
    close_rig();
}

TOASTY_TEST(create, nested_beyond_what_a_group_takes_is_refused_before_anything_is_sent)
{
    open_rig();
    TodoNew todos[26] = {{.title = NULL}};
    for (int i = 0; i < 25; i++)
        todos[i] = (TodoNew){.number = {true, i}, .title = "x"};
    todos[25].end_ = 1;
    UserNew row = {.name = "Ann", .email = "ann@x", .todos = todos};
    check_null(rig_run(&r, &CREATE(user_model, &row, 1, .many = false)));
    check_error(&r.error, TOASTY_INVALID_STATEMENT);
    check_text("26 changes in one atomic group: keyvalue allows 25", r.error.message);
    check_uint(0, r.jobs);
    close_rig();
}

TOASTY_TEST(create, of_no_rows_is_an_empty_list_and_no_job)
{
    open_rig();
    CategoryNew rows[] = {{.end_ = 1}};
    struct {
        Category *items;
        size_t len;
        bool loaded;
    } *all = rig_run(&r, &CREATE(category_model, rows, 0, .until_end = true, .many = true));
    check_that(all && all->len == 0 && all->loaded);
    check_uint(0, r.jobs);
    toasty_free(all);
    close_rig();
}
