/* Each call to run later as an operation: of a record, of a draft, of a relation, of a page. */
#include "suite.h"
#include <uv.h>

TOASTY_TEST(operations, records_are_updated_and_deleted_in_a_batch)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    int64_t updated = 0, deleted = 0;
    check_done(toasty_batch(db,
                            person_update_op(&updated, ann, person_name_set("Anna"), person_visits_add(2)),
                            person_delete_op(&deleted, bob)));
    check_int(1, updated);
    check_int(1, deleted);
    check_text("Anna", ann->name);
    check_int(2, ann->visits);
    check_null(person_get_by_id(db, bob->id));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(operations, a_draft_is_created_in_a_batch)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(TopicDraft) draft = topic_draft_new();
    check_some(draft);
    check_done(topic_draft_set(draft, .label = "a", .weight = 4));
    toasty_auto(Topic) topic = NULL;
    check_done(toasty_batch(db, topic_create_draft_op(&topic, draft)));
    check_some(topic);
    check_int(4, topic->weight);
}

TOASTY_TEST(operations, what_is_in_a_relation_is_read_and_written_in_a_batch)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    toasty_auto(Passport) old = person_passport_create(db, ann, .number = "A1");
    check_some(old);
    toasty_auto(TaskList) tasks = NULL;
    toasty_auto(Task) task = NULL;
    toasty_auto(Passport) passport = NULL;
    int64_t linked = 0;
    check_done(toasty_batch(db, person_tasks_create_op(&task, ann, .title = "new"),
                            person_reviews_link_op(&linked, ann, &ann->tasks.items[0]),
                            person_passport_replace_op(&passport, ann, .number = "A2"),
                            person_tasks_op(&tasks, ann)));
    check_text("new", task->title);
    check_int(1, linked);
    check_that(ann->tasks.items[0].reviewer_id.set);
    check_text("A2", passport->number);
    check_null(passport_get_by_id(db, old->id));
    check_some(tasks);
    check_that(tasks->len >= 2);
}

typedef struct call {
    bool done;
    toasty_code code;
} call;

static void finished(const toasty_error *error, void *arg)
{
    call *c = arg;
    c->done = true;
    c->code = error ? error->code : TOASTY_OK;
}

TOASTY_TEST(operations, the_record_follows_an_update_that_was_started)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    uv_loop_t loop;
    uv_loop_init(&loop);
    call c = {0};
    char name[] = "Anna";
    check_some(toasty_start(&loop, db, person_update_op(NULL, ann, person_name_set(name)), finished, &c));
    name[0] = 'x'; /* copied by the start */
    uv_run(&loop, UV_RUN_DEFAULT);
    check_that(c.done);
    check_int(TOASTY_OK, c.code);
    check_text("Anna", ann->name);
    check_int(0, uv_loop_close(&loop));
}

TOASTY_TEST(operations, a_replacement_is_started_as_one_operation)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Desk) first = person_desk_create(db, ann, .room = "1");
    check_some(first);
    uv_loop_t loop;
    uv_loop_init(&loop);
    call c = {0};
    toasty_auto(Desk) second = NULL;
    check_some(toasty_start(&loop, db, person_desk_replace_op(&second, ann, .room = "2"), finished, &c));
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(TOASTY_OK, c.code);
    check_text("2", second->room);
    check_int(0, uv_loop_close(&loop));
    toasty_auto(Desk) old = desk_get_by_id(db, first->id);
    check_some(old);
    check_that(!old->person_id.set);
}

TOASTY_TEST(operations, what_was_started_is_cancelled_and_calls_back_once, THREADS)
{
    enum { COUNT = 50 };
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 2});
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    uv_loop_t loop;
    uv_loop_init(&loop);
    call calls[COUNT] = {0};
    toasty_started *started[COUNT];
    for (int i = 0; i < COUNT; i++) {
        started[i] = toasty_start(&loop, db, person_update_by_id_op(NULL, ann->id, person_visits_add(1)),
                                  finished, &calls[i]);
        check_some(started[i]);
    }
    for (int i = 0; i < COUNT; i += 2)
        toasty_cancel_started(started[i]);
    uv_run(&loop, UV_RUN_DEFAULT);
    int64_t done = 0;
    for (int i = 0; i < COUNT; i++) {
        check_that(calls[i].done);
        check_that(calls[i].code == TOASTY_OK || (i % 2 == 0 && calls[i].code != TOASTY_OK));
        done += calls[i].code == TOASTY_OK;
    }
    check_int(0, uv_loop_close(&loop));
    toasty_auto(Person) read = person_get_by_id(db, ann->id);
    check_some(read);
    check_that(read->visits >= done && read->visits <= COUNT);
}
