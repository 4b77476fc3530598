/* A store that does as DynamoDB does: what its strictness asks of the engine, seen from an application. */
#include "suite.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static toasty_db *open_strict(const char *more)
{
    char url[64];
    snprintf(url, sizeof url, "keyvalue:?strict=on&page=0%s", more);
    toasty_db *db = toasty_open(url, &models_schema);
    check_some(db);
    suite_watch(db);
    return db;
}

TOASTY_TEST(strict, a_row_without_a_value_claims_nothing)
{
    toasty_auto(toasty_db) db = open_strict("");
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Desk) empty = desk_create(db, .room = "12");
    toasty_auto(Desk) other = desk_create(db, .room = "13");
    check_some(empty);
    check_some(other);
    check_int(1, desk_update(db, empty, desk_person_id_set(ann->id)));
    check_int(-1, desk_update(db, other, desk_person_id_set(ann->id)));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_text("desks_person_id_key", toasty_last_error()->constraint);
    check_int(1, desk_update(db, empty, desk_person_id_set_null()));
    check_int(1, desk_update(db, other, desk_person_id_set(ann->id)));
    toasty_auto(Desk) read = person_desk(db, ann);
    check_some(read);
    check_text("13", read->room);
}

TOASTY_TEST(strict, one_row_loses_two_references_at_once)
{
    toasty_auto(toasty_db) db = open_strict("");
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    toasty_auto(Topic) topic = topic_create(db, .label = "home");
    toasty_auto(Task) task = person_tasks_create(db, ann, .title = "dig", .reviewer = bob, .topic = topic);
    check_some(task);
    check_done(toasty_batch(db, person_delete_op(NULL, bob), topic_delete_by_label_op(NULL, "home")));
    toasty_auto(Task) read = task_get_by_id(db, task->id);
    check_some(read);
    check_that(!read->reviewer_id.set);
    check_null(read->topic_label);
}

TOASTY_TEST(strict, a_has_one_changes_hands_with_its_unique_value)
{
    toasty_auto(toasty_db) db = open_strict("");
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Passport) first = person_passport_create(db, ann, .number = "P1");
    check_some(first);
    toasty_auto(Passport) second = person_passport_replace(db, ann, .number = "P2");
    check_some(second);
    toasty_auto(Passport) read = person_passport(db, ann);
    check_some(read);
    check_text("P2", read->number);
    check_null(passport_get_by_id(db, first->id));
}

TOASTY_TEST(strict, thousands_of_rows_are_created_and_go_with_what_they_belong_to)
{
    enum { ROWS = 2000 };
    static TaskNew rows[ROWS];
    toasty_auto(toasty_db) db = open_strict("");
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    for (int i = 0; i < ROWS; i++)
        rows[i] = (TaskNew){.person = ann, .title = "t", .position = i};
    toasty_auto(TaskList) made = task_create_array(db, rows, ROWS);
    check_some(made);
    check_uint(ROWS, made->len);
    check_int(1, person_delete(db, ann));
    toasty_auto(TaskList) left = task_by_person_id(db, ann->id);
    check_some(left);
    check_uint(0, left->len);
}

enum { CREATORS = 8, ROUNDS = 20 };

typedef struct creator {
    toasty_db *db;
    int made, refused;
} creator;

static void *create_all(void *arg)
{
    creator *of = arg;
    for (int i = 0; i < ROUNDS; i++) {
        char email[16];
        snprintf(email, sizeof email, "%d@x", i);
        Person *person = person_create(of->db, .name = "Ann", .email = email);
        of->made += person != NULL;
        of->refused += !person && toasty_last_error()->code == TOASTY_UNIQUE_VIOLATION;
        toasty_free(person);
    }
    return NULL;
}

TOASTY_TEST(strict, one_of_many_creators_gets_a_unique_value, THREADS)
{
    toasty_auto(toasty_db) db = open_strict("&lose=3");
    pthread_t threads[CREATORS];
    creator creators[CREATORS];
    int made = 0, refused = 0;
    for (int i = 0; i < CREATORS; i++) {
        creators[i] = (creator){.db = db};
        check_int(0, pthread_create(&threads[i], NULL, create_all, &creators[i]));
    }
    for (int i = 0; i < CREATORS; i++) {
        pthread_join(threads[i], NULL);
        made += creators[i].made;
        refused += creators[i].refused;
    }
    check_int(ROUNDS, made);
    check_int(ROUNDS * (CREATORS - 1), refused);
    toasty_auto(PersonList) people = person_scan(db);
    check_uint(ROUNDS, people->len);
}
