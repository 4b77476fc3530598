/* What no call may be given: NULL in each place where the header wants a record, a row or an owner, and
 * numbers at their ends. Refused in words that say which, before anything is sent; never a crash, and never
 * the rows of others instead. */
#include "suite.h"
#include <stdint.h>
#include <string.h>
#include <uv.h>

/* Each line passes NULL where the compiler would refuse it, and a sanitizer too. */
#ifdef __clang__
#pragma clang attribute push(__attribute__((no_sanitize("nonnull-attribute"))), apply_to = function)
#endif

static volatile uintptr_t nothing; /* which the compiler does not know */
#define NOTHING(type) ((type *)nothing)

static void check_refusal(int line, const char *call, bool failed, toasty_code code, const char *part)
{
    const toasty_error *error = toasty_last_error();
    ck_assert_msg(failed, "line %d: %s worked", line, call);
    ck_assert_msg(error->code == code, "line %d: %s is %s: %s", line, call, toasty_code_name(error->code),
                  error->message);
    ck_assert_msg(strstr(error->message, part), "line %d: %s: \"%s\" is not in \"%s\"", line, call, part,
                  error->message);
}

/* The call gives no pointer, or -1, and its message says which argument it is. */
#define refuses_pointer(call, part)                                                                          \
    check_refusal(__LINE__, #call, (call) == NULL, TOASTY_INVALID_ARGUMENT, part)
#define refuses(call, part) check_refusal(__LINE__, #call, (call) < 0, TOASTY_INVALID_ARGUMENT, part)

static void never_called(const toasty_error *error, void *arg)
{
    (void)error, (void)arg;
    ck_abort_msg("what was refused has called back");
}

/* An operation is refused wherever it may go. */
static void check_op(int line, const char *call, toasty_db *db, toasty_op op, const char *part)
{
    uv_loop_t loop;
    check_int(0, uv_loop_init(&loop));
    toasty_auto(toasty_ops) ops = toasty_ops_new();
    check_refusal(line, call, toasty_batch(db, op) < 0, TOASTY_INVALID_ARGUMENT, part);
    check_refusal(line, call, toasty_ops_add(ops, op) < 0, TOASTY_INVALID_ARGUMENT, part);
    check_int(0, toasty_batch_ops(db, ops));
    check_refusal(line, call, !toasty_start(&loop, db, op, never_called, NULL), TOASTY_INVALID_ARGUMENT,
                  part);
    check_int(0, uv_run(&loop, UV_RUN_DEFAULT));
    check_int(0, uv_loop_close(&loop));
}
#define refuses_op(op, part) check_op(__LINE__, #op, db, op, part)

/* --- rows --- */

TOASTY_TEST(arguments, rows_that_are_null_are_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    Person *one;
    PersonList *list;
    suite_clear_log();
    refuses_pointer(person_create_row(db, NOTHING(PersonNew)), "row");
    refuses_pointer(person_create_array(db, NOTHING(PersonNew), 1), "row");
    refuses_pointer(person_create_array(db, NOTHING(PersonNew), 1000000), "row");
    refuses_pointer(person_create_draft(db, NOTHING(PersonDraft)), "row");
    refuses_op(person_create_row_op(&one, NOTHING(PersonNew)), "row");
    refuses_op(person_create_array_op(&list, NOTHING(PersonNew), 2), "row");
    refuses_op(person_create_draft_op(&one, NOTHING(PersonDraft)), "row");
    check_text("", suite_log());
    toasty_auto(PersonList) none = person_create_array(db, NOTHING(PersonNew), 0);
    check_some(none);
    check_int(0, none->len);
}

TOASTY_TEST(arguments, a_number_of_rows_that_no_memory_holds_is_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    PersonList *list;
    const PersonNew row = {.name = "Ann", .email = "ann@example.com"};
    const size_t counts[] = {SIZE_MAX,
                             SIZE_MAX - 1,
                             SIZE_MAX / 2,
                             (size_t)INT64_MAX,
                             PTRDIFF_MAX,
                             (size_t)INT64_MIN,
                             SIZE_MAX / sizeof row + 1};
    suite_clear_log();
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        refuses_pointer(person_create_array(db, &row, counts[i]), "rows");
        refuses_op(person_create_array_op(&list, &row, counts[i]), "rows");
    }
    check_text("", suite_log());
}

/* --- records --- */

TOASTY_TEST(arguments, records_that_are_null_are_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    int64_t count;
    suite_clear_log();
    refuses(person_update(db, NOTHING(Person), person_visits_add(1)), "Person");
    refuses(person_delete(db, NOTHING(Person)), "Person");
    refuses_pointer(person_copy(NOTHING(Person)), "record");
    refuses_op(person_update_op(&count, NOTHING(Person), person_visits_add(1)), "Person");
    refuses_op(person_delete_op(&count, NOTHING(Person)), "Person");
    check_text("", suite_log());
}

TOASTY_TEST(arguments, the_rows_of_an_owner_that_is_null_are_nobodys)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    Task *task;
    TaskList *tasks;
    Desk *desk;
    int64_t count;
    const Person *none = NOTHING(Person);
    suite_clear_log();
    refuses_pointer(person_tasks(db, none), "Person.tasks");
    refuses_pointer(person_tasks_first(db, none), "Person.tasks");
    refuses_pointer(person_tasks_get(db, none), "Person.tasks");
    refuses(person_tasks_count(db, none), "Person.tasks");
    refuses(person_tasks_exists(db, none), "Person.tasks");
    refuses_pointer(person_tasks_create(db, none, .title = "t"), "Person.tasks");
    refuses(person_tasks_update(db, none, .set = {task_done_set(true)}), "Person.tasks");
    refuses(person_tasks_delete(db, none), "Person.tasks");
    refuses_pointer(person_desk(db, none), "Person.desk");
    refuses_pointer(person_desk_create(db, none, .room = "r"), "Person.desk");
    refuses_pointer(person_desk_replace(db, none, .room = "r"), "Person.desk");
    refuses(person_desk_update(db, none, desk_room_set("r")), "Person.desk");
    refuses(person_desk_delete(db, none), "Person.desk");
    refuses(person_desk_unlink(db, none), "Person.desk");
    refuses_pointer(task_person(db, NOTHING(Task)), "Task.person");
    refuses_op(person_tasks_op(&tasks, none), "Person.tasks");
    refuses_op(person_tasks_first_op(&task, none), "Person.tasks");
    refuses_op(person_tasks_count_op(&count, none), "Person.tasks");
    refuses_op(person_tasks_create_op(&task, none, .title = "t"), "Person.tasks");
    refuses_op(person_tasks_update_op(&count, none, .set = {task_done_set(true)}), "Person.tasks");
    refuses_op(person_tasks_delete_op(&count, none), "Person.tasks");
    refuses_op(person_desk_replace_op(&desk, none, .room = "r"), "Person.desk");
    refuses_op(person_desk_unlink_op(&count, none), "Person.desk");
    check_text("", suite_log());
    check_int(2, person_tasks_count(db, ann));
}

TOASTY_TEST(arguments, links_to_and_of_nothing_are_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    toasty_auto(Task) task = person_tasks_first(db, ann);
    toasty_auto(Desk) desk = person_desk_create(db, ann, .room = "12");
    int64_t count;
    check_done(person_reviews_link(db, ann, task));
    suite_clear_log();
    refuses(person_tasks_link(db, NOTHING(Person), task), "Task.person");
    refuses(person_tasks_link(db, ann, NOTHING(Task)), "Task");
    refuses(person_reviews_link(db, NOTHING(Person), task), "Task.reviewer");
    refuses(person_reviews_unlink(db, NOTHING(Person), task), "Person.reviews");
    refuses(person_reviews_unlink(db, ann, NOTHING(Task)), "Task");
    refuses(person_desk_link(db, NOTHING(Person), desk), "Desk.person");
    refuses(person_desk_link(db, ann, NOTHING(Desk)), "Desk");
    refuses_op(person_reviews_link_op(&count, NOTHING(Person), task), "Task.reviewer");
    refuses_op(person_reviews_link_op(&count, ann, NOTHING(Task)), "Task");
    refuses_op(person_reviews_unlink_op(&count, ann, NOTHING(Task)), "Task");
    refuses_op(person_desk_link_op(&count, NOTHING(Person), desk), "Desk.person");
    check_text("", suite_log());
    check_int(1, person_reviews_count(db, ann));
    toasty_auto(Desk) still = person_desk(db, ann);
    check_some(still);
}

TOASTY_TEST(arguments, a_change_to_no_record_unlinks_where_the_header_says_so)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 1);
    toasty_auto(Task) task = person_tasks_first(db, ann);
    check_done(person_reviews_link(db, ann, task));
    check_int(1, task_update(db, task, task_reviewer_set(NOTHING(Person))));
    check_int(0, person_reviews_count(db, ann));
}

/* --- keys and values --- */

TOASTY_TEST(arguments, a_key_that_is_null_finds_nothing)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 1);
    for (int i = 0; i < 2; i++) { /* a second time, when there is a plan */
        check_null(person_get_by_email(db, NOTHING(char)));
        check_last_error(TOASTY_NOT_FOUND);
        toasty_auto(TaskList) none = task_by_topic_label(db, NOTHING(char));
        check_some(none);
        check_int(0, none->len);
        check_int(-1, person_update_by_email(db, NOTHING(char), person_visits_add(1)));
        check_last_error(TOASTY_NOT_FOUND);
        check_int(-1, person_delete_by_email(db, NOTHING(char)));
        check_last_error(TOASTY_NOT_FOUND);
    }
    check_int(1, person_tasks_count(db, ann));
}

TOASTY_TEST(arguments, values_that_are_null_are_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    suite_clear_log();
    check_int(-1, person_update(db, ann, person_name_set(NOTHING(char))));
    check_contains(toasty_last_error()->message, "name");
    check_null(person_create(db, .name = NOTHING(char), .email = "x"));
    check_contains(toasty_last_error()->message, "name");
    check_text("", suite_log());
    check_text("Ann", ann->name);
}

/* --- handles, operations, owners --- */

TOASTY_TEST(arguments, a_handle_that_is_null_is_refused_by_every_call)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_db *none = NOTHING(toasty_db);
    uv_loop_t loop;
    int64_t count;
    check_int(0, uv_loop_init(&loop));
    toasty_auto(toasty_ops) ops = toasty_ops_new();
    refuses_pointer(person_get_by_email(none, "x"), "handle");
    refuses_pointer(person_create(none, .name = "x", .email = "y"), "handle");
    refuses_pointer(person_desk_replace(none, ann, .room = "x"), "handle");
    refuses(person_update(none, ann, person_visits_add(1)), "handle");
    refuses(person_delete(none, ann), "handle");
    refuses_pointer(person_page_next(none, NOTHING(PersonPage)), "handle");
    refuses(toasty_batch(none, person_delete_op(&count, ann)), "handle");
    refuses(toasty_batch_ops(none, ops), "handle");
    refuses_pointer(toasty_start(&loop, none, person_delete_op(&count, ann), never_called, NULL), "handle");
    refuses_pointer(toasty_start_ops(&loop, none, ops, never_called, NULL), "handle");
    refuses_pointer(toasty_with(none, .timeout_ms = 1), "handle");
    refuses_pointer(toasty_begin(none), "handle");
    refuses(toasty_transact(none, NULL, NULL), "handle");
    refuses(toasty_push_schema(none), "handle");
    refuses(toasty_reset_schema(none), "handle");
    refuses(toasty_close(none), "handle");
    refuses(toasty_commit(none), "handle");
    refuses(toasty_rollback(none), "handle");
    toasty_on_event(none, NULL, NULL);
    toasty_free(none);
    check_uint(0, toasty_count(none).operations);
    check_uint(0, toasty_pool(none).open);
    check_int(0, uv_loop_close(&loop));
}

TOASTY_TEST(arguments, operations_without_their_parts_are_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(toasty_ops) ops = toasty_ops_new();
    uv_loop_t loop;
    Person *copy;
    check_int(0, uv_loop_init(&loop));
    suite_clear_log();
    refuses(toasty_batch_(db, NOTHING(toasty_op), 1), "operations");
    refuses(toasty_batch_(db, NOTHING(toasty_op), SIZE_MAX), "operations");
    refuses(toasty_batch_ops(db, NOTHING(toasty_ops)), "list");
    refuses(toasty_ops_add(NOTHING(toasty_ops), person_get_by_email_op(&copy, "x")), "list");
    refuses(toasty_batch(db, person_get_by_email_op(NOTHING(Person *), "x")), "variable");
    refuses_pointer(
        toasty_start(NOTHING(uv_loop_t), db, person_get_by_email_op(&copy, "x"), never_called, NULL), "loop");
    refuses_pointer(toasty_start(&loop, db, person_get_by_email_op(&copy, "x"), NULL, NULL), "callback");
    refuses_pointer(
        toasty_start(&loop, db, person_get_by_email_op(NOTHING(Person *), "x"), never_called, NULL),
        "variable");
    refuses_pointer(toasty_start_ops(&loop, db, NOTHING(toasty_ops), never_called, NULL), "list");
    refuses_pointer(toasty_start_ops(NOTHING(uv_loop_t), db, ops, never_called, NULL), "loop");
    refuses_pointer(person_page_next(db, NOTHING(PersonPage)), "page");
    refuses_pointer(person_page_previous(db, NOTHING(PersonPage)), "page");
    toasty_cancel_started(NOTHING(toasty_started));
    check_int(0, toasty_batch_(db, NOTHING(toasty_op), 0));
    check_text("", suite_log());
    check_int(0, uv_loop_close(&loop));
}

TOASTY_TEST(arguments, owners_that_are_null_are_refused)
{
    const PersonNew row = {.name = "x"};
    const Person person = {.name = "x"};
    refuses_pointer(person_query_clone(NOTHING(PersonQuery)), "query");
    refuses(person_query_limit(NOTHING(PersonQuery), 1), "query");
    refuses(person_query_include(NOTHING(PersonQuery), person_with_desk()), "query");
    refuses(person_changes_add(NOTHING(PersonChanges), person_visits_add(1)), "list");
    refuses(person_draft_set(NOTHING(PersonDraft), .name = "x"), "draft");
    refuses(person_draft_add_desk(NOTHING(PersonDraft), desk_new({.room = "1"})), "draft");
    refuses(toasty__draft_set(NOTHING(toasty_draft), &row), "draft");
    refuses(toasty__changes_add(NOTHING(toasty_changes), NULL), "list");
    refuses(toasty__query_where(NOTHING(toasty_query), NULL), "query");
    refuses(toasty__query_or_where(NOTHING(toasty_query), NULL), "query");
    refuses(toasty__query_offset(NOTHING(toasty_query), 1), "query");
    refuses(toasty__query_order_by(NOTHING(toasty_query), (toasty_order){.direction = 1}), "query");
    toasty__query_clear_where(NOTHING(toasty_query));
    toasty__query_clear_order(NOTHING(toasty_query));
    check_null(toasty__draft_row(NOTHING(toasty_draft)));
    refuses_pointer(toasty__copy(NOTHING(toasty_model), &person), "record");
}

TOASTY_TEST(arguments, parts_of_owners_that_are_null_are_refused)
{
    toasty_auto(PersonQuery) query = person_query_new();
    toasty_auto(PersonDraft) draft = person_draft_new();
    toasty_auto(PersonChanges) changes = person_changes_new();
    toasty_query *inner = (toasty_query *)query;
    refuses(toasty__query_where(inner, NOTHING(toasty_condition)), "condition");
    refuses(toasty__query_or_where(inner, NOTHING(toasty_condition)), "condition");
    refuses(toasty__changes_add((toasty_changes *)changes, NOTHING(toasty_change)), "change");
    refuses(toasty__draft_set((toasty_draft *)draft, NOTHING(PersonNew)), "row");
    refuses(toasty__draft_add((toasty_draft *)draft, NOTHING(toasty_relation), NULL), "draft");
    check_int(0, person_draft_add_tasks(draft, NOTHING(TaskRows)));
    check_int(0, person_draft_add_passport(draft, NOTHING(PassportRows)));
}

/* --- numbers --- */

static const int64_t below_zero[] = {-1, INT64_MIN, INT64_MIN + 1, INT32_MIN};
static const int64_t large[] = {
    INT64_MAX,        INT64_MAX - 1,          INT64_C(1) << 62, (INT64_C(1) << 32) - 1,
    INT64_C(1) << 32, (INT64_C(1) << 32) + 1, INT32_MAX};
enum { BELOW = sizeof below_zero / sizeof *below_zero, LARGE = sizeof large / sizeof *large };

/* The targets spell it differently. */
static TaskPage *page_of(toasty_db *db, const Person *person, int64_t size)
{
    const toasty_request request = {.kind = TOASTY_REQUEST_PAGE,
                                    .model = &Task__model,
                                    .by = &Task__indexes[1],
                                    .key_count = 1,
                                    .keys = {toasty__uuid(person->id)},
                                    .find = {.limit = size}};
    return toasty__run(db, &request);
}

TOASTY_TEST(arguments, pages_of_any_size_are_pages)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 3);
    for (int i = 0; i < BELOW; i++) {
        check_null(page_of(db, ann, below_zero[i]));
        check_last_error(TOASTY_INVALID_ARGUMENT);
    }
    check_null(page_of(db, ann, 0));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    for (int i = 0; i < LARGE; i++) {
        toasty_auto(TaskPage) page = page_of(db, ann, large[i]);
        check_some(page);
        check_int(3, page->len);
        check_that(!page->has_next);
        check_null(task_page_next(db, page));
        check_that(!toasty_failed());
    }
}

TOASTY_TEST(arguments, limits_of_any_size_are_limits)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 3);
    for (int i = 0; i < BELOW; i++) {
        check_null(person_tasks(db, ann, .limit = below_zero[i]));
        check_null(
            person_get_by_email(db, ann->email, .include = {person_with_tasks(.limit = below_zero[i])}));
    }
    for (int i = 0; i < LARGE; i++) {
        toasty_auto(TaskList) tasks = person_tasks(db, ann, .limit = large[i]);
        check_some(tasks);
        check_int(3, tasks->len);
        toasty_auto(Person) read =
            person_get_by_email(db, ann->email, .include = {person_with_tasks(.limit = large[i])});
        check_some(read);
        check_int(3, read->tasks.len);
    }
}

TOASTY_TEST(arguments, limits_of_queries_are_refused_below_zero)
{
    toasty_auto(PersonQuery) query = person_query_new();
    for (int i = 0; i < BELOW; i++)
        refuses(person_query_limit(query, below_zero[i]), "negative");
    for (int i = 0; i < LARGE; i++)
        check_done(person_query_limit(query, large[i]));
}

TOASTY_TEST(arguments, lists_of_nothing_find_nothing_and_lists_without_items_are_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_value none = toasty__list(TOASTY_TYPE_I64, NOTHING(void), 0);
    check_int(TOASTY_VALUE_LIST, none.kind);
    for (int i = 0; i < LARGE; i++) {
        toasty_value value = toasty__list(TOASTY_TYPE_I64, NOTHING(void), (size_t)large[i]);
        check_int(TOASTY_VALUE_INVALID, value.kind);
    }
    check_int(TOASTY_VALUE_INVALID, toasty__list(TOASTY_TYPE_I64, &none, SIZE_MAX).kind);
}

TOASTY_TEST(arguments, options_of_a_handle_may_be_as_large_as_they_can)
{
    static const char *const options[] = {"max_pool_size=4294967295",      "plan_cache_size=4294967295",
                                          "min_idle=4294967295",           "wait_timeout_ms=4294967295",
                                          "connect_timeout_ms=4294967295", "max_lifetime_ms=4294967295",
                                          "idle_timeout_ms=4294967295",    "ping_after_ms=4294967295"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        toasty_auto(toasty_db) db = toasty_open(suite_url_with(options[i]), &models_schema);
        check_some(db);
        suite_watch(db);
        toasty_auto(toasty_db) timed = toasty_with(db, .timeout_ms = UINT32_MAX);
        check_some(timed);
        check_null(topic_get_by_label(timed, "none"));
        check_last_error(TOASTY_NOT_FOUND);
    }
}

#ifdef __clang__
#pragma clang attribute pop
#endif
