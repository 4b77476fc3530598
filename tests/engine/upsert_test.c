/* The operation UPSERT on its way to a store: no call asks for it yet, so a kind of request of this test
 * does. */
#include "engine/seeds.h"

#include "core/roots.h"
#include "engine/keys/write_set.h"
#include "engine/run/run.h"

#include <string.h>

static rig r;

/* --- a request that upserts a todo, or a user, by its key --- */

static struct asked {
    const toasty_model *model;
    toasty_value key[2], update, create[3];
    const uint16_t *update_field, *create_fields;
    uint32_t create_count;
    bool created; /* the answer */
} asked[2];

static int issue(toasty__running *run, toasty_error *err)
{
    static const uint8_t set = TOASTY_CHANGE_SET;
    struct asked *upsert = &asked[run - run->execution->runs];
    (void)err;
    toasty_operation *operation = toasty__add_operation(run->execution, TOASTY_OPERATION_UPSERT);
    operation->model = upsert->model;
    operation->fields = upsert->update_field;
    operation->changes = &set;
    operation->values = &upsert->update;
    operation->value_count = 1;
    operation->key.values = upsert->key;
    operation->key.key_count = 1;
    operation->key.create_fields = upsert->create_fields;
    operation->key.create_values = upsert->create;
    operation->key.create_count = upsert->create_count;
    return 0;
}

static int absorb(toasty__running *run, toasty_error *err)
{
    const toasty_operation *operation = toasty__run_operations(run);
    (void)err;
    run->count = operation->count;
    asked[run - run->execution->runs].created = operation->created;
    run->stage++;
    return 0;
}

static void end(toasty__running *run, bool worked)
{
    (void)run, (void)worked;
}

static const toasty__kind upserting = {.issue = issue, .absorb = absorb, .end = end, .writes = true};

static void executed(toasty__execution *execution)
{
    (void)execution;
    r.done = true;
}

static toasty_code run_upserts(size_t count)
{
    static const toasty_request request = {.kind = TOASTY_REQUEST_UPDATE};
    toasty__execution execution;
    toasty__task_result results[2];
    memset(&execution, 0, sizeof(execution));
    r.done = false;
    memset(&r.error, 0, sizeof(r.error));
    execution.engine = &r.engine;
    execution.session = &r.session;
    execution.done = executed;
    execution.error = &r.error;
    execution.results = results;
    check_int(0, toasty__execution_prepare(&execution, count));
    for (size_t i = 0; i < count; i++) {
        execution.runs[i] =
            (toasty__running){.execution = &execution, .request = &request, .kind = &upserting, .stages = 1};
        execution.begun_runs = i + 1;
    }
    check_int(0, toasty__write_set_begin(&execution));
    toasty__execution_go(&execution);
    check_that(r.done);
    return r.error.code;
}

/* --- todos --- */

static void ask_for_todo(size_t i, int number, const char *title)
{
    static const uint16_t update = TODO_TITLE, create[] = {TODO_TITLE, TODO_PRIORITY};
    asked[i] = (struct asked){.model = &todo_model,
                              .key = {toasty__uuid(uuid_of(1)), toasty__int(number)},
                              .update = toasty__text(title),
                              .update_field = &update,
                              .create = {toasty__text("new"), toasty__int(PRIORITY_LOW)},
                              .create_fields = create,
                              .create_count = 2};
}

static void check_title(int number, const char *title)
{
    Todo *todo = rig_run(&r, &READ(GET, todo, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(number))));
    check_that(todo != NULL);
    check_text(title, todo->title);
    toasty_free(todo);
}

TOASTY_TEST(upsert, says_whether_the_row_was_created_alone_and_in_a_group)
{
    static const char *const urls[] = {"keyvalue:", "keyvalue:?strict=on", "keyvalue:?strict=on&lose=2"};
    for (size_t u = 0; u < 3; u++) {
        rig_open(&r, urls[u]);
        ask_for_todo(0, 1, "changed");
        check_int(TOASTY_OK, run_upserts(1));
        check_that(asked[0].created);
        check_title(1, "new");
        ask_for_todo(1, 2, "changed");
        check_int(TOASTY_OK, run_upserts(2));
        check_that(!asked[0].created);
        check_that(asked[1].created);
        check_title(1, "changed");
        check_title(2, "new");
        rig_close(&r);
        check_uint(0, toasty__root_count());
    }
}

TOASTY_TEST(upsert, twice_of_one_row_at_once_is_refused_before_anything_is_sent)
{
    rig_open(&r, "keyvalue:?strict=on");
    ask_for_todo(0, 1, "a");
    ask_for_todo(1, 1, "b");
    check_int(TOASTY_INVALID_STATEMENT, run_upserts(2));
    check_uint(0, r.jobs);
    rig_close(&r);
}

TOASTY_TEST(upsert, of_a_row_with_claims_is_refused_before_anything_is_sent)
{
    static const uint16_t label = CATEGORY_LABEL;
    rig_open(&r, "keyvalue:?strict=on");
    asked[0] = (struct asked){.model = &category_model,
                              .key = {toasty__uuid(uuid_of(1))},
                              .update = toasty__text("a"),
                              .update_field = &label,
                              .create = {toasty__text("a")},
                              .create_fields = &label,
                              .create_count = 1};
    check_int(TOASTY_UNSUPPORTED, run_upserts(1));
    check_uint(0, r.jobs);
    rig_close(&r);
}
