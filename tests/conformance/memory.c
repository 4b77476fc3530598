/* Blocks: one free each, and nothing to break by freeing the wrong thing. */
#include "suite.h"
#include <pthread.h>

TOASTY_TEST(memory, freeing_null_is_fine, ALONE)
{
    toasty_free(NULL);
    check_that(!toasty_failed());
}

TOASTY_TEST(memory, freeing_an_item_of_a_list_does_nothing_but_tell)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 3);
    toasty_auto(TaskList) tasks = person_tasks(db, ann);
    check_some(tasks);
    toasty_free(&tasks->items[1]);
    check_last_error(TOASTY_INVALID_ARGUMENT);
    toasty_free(tasks->items);
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_contains(tasks->items[1].title, "task");
}

TOASTY_TEST(memory, freeing_a_slice_of_an_include_does_nothing_but_tell)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) made = suite_person(db, "Ann", 3);
    toasty_auto(Person) ann = person_get_by_id(db, made->id, .include = {person_with_tasks()});
    check_some(ann);
    toasty_free(ann->tasks.items);
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_contains(ann->tasks.items[0].title, "task");
}

TOASTY_TEST(memory, freeing_twice_does_nothing_but_tell)
{
    toasty_auto(toasty_db) db = suite_open();
    Person *ann = suite_person(db, "Ann", 1);
    toasty_free(ann);
    toasty_free(ann);
    check_last_error(TOASTY_INVALID_ARGUMENT);
}

TOASTY_TEST(memory, the_end_of_a_scope_does_not_touch_the_error)
{
    toasty_auto(toasty_db) db = suite_open();
    {
        toasty_auto(Person) ann = suite_person(db, "Ann", 1);
        check_null(person_get_by_email(db, "nobody"));
        check_last_error(TOASTY_NOT_FOUND);
    }
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(memory, every_call_clears_the_error_of_the_one_before)
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(person_get_by_email(db, "nobody"));
    check_that(toasty_failed());
    toasty_auto(Topic) topic = topic_create(db, .label = "a");
    check_some(topic);
    check_that(!toasty_failed());
    check_last_error(TOASTY_OK);
}

TOASTY_TEST(memory, a_copy_of_one_item_outlives_its_list)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 3);
    TaskList *tasks = person_tasks(db, ann, .include = {task_with_person()});
    check_some(tasks);
    toasty_auto(Task) copy = task_copy(suite_find_task(tasks->items, tasks->len, "task 1"));
    check_some(copy);
    toasty_free(tasks);
    check_text("task 1", copy->title);
    check_that(!copy->person_loaded && !copy->person);
    check_done(task_update(db, copy, task_title_set("changed")));
    check_text("changed", copy->title);
}

typedef struct moved {
    toasty_db *db;
    TaskList *tasks;
    bool worked;
} moved;

static void *update_elsewhere(void *arg)
{
    moved *m = arg;
    m->worked = true;
    for (size_t i = 0; i < m->tasks->len; i++)
        m->worked &= task_update(m->db, &m->tasks->items[i], task_title_set("from another thread")) >= 0;
    toasty_free(m->tasks);
    return NULL;
}

TOASTY_TEST(memory, a_list_moves_to_another_thread_and_is_updated_and_freed_there, THREADS)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 5);
    moved m = {.db = db, .tasks = person_tasks(db, ann)};
    check_some(m.tasks);
    check_done(task_update(db, &m.tasks->items[0], task_title_set("from here")));
    pthread_t thread;
    check_int(0, pthread_create(&thread, NULL, update_elsewhere, &m));
    pthread_join(thread, NULL);
    check_that(m.worked);
    toasty_auto(Task) read = task_get_by_id(db, ann->tasks.items[3].id);
    check_some(read);
    check_text("from another thread", read->title);
}

TOASTY_TEST(memory, a_null_handle_is_an_error_and_no_crash)
{
    toasty_db *none = NULL;
    check_int(-1, toasty_push_schema(none));
    check_last_error(TOASTY_INVALID_ARGUMENT);
}
