/* A store whose reads may be late: what follows from a read does not build on one that is. */
#include "suite.h"

static toasty_db *open_late(void)
{
    toasty_db *db = toasty_open("keyvalue:?reads=eventual&page=0", &models_schema);
    check_some(db);
    suite_watch(db);
    return db;
}

TOASTY_TEST(late, a_read_misses_what_was_just_made)
{
    toasty_auto(toasty_db) db = open_late();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_null(person_get_by_id(db, ann->id));
    check_last_error(TOASTY_NOT_FOUND);
    toasty_auto(Person) read = person_get_by_id(db, ann->id);
    check_some(read);
}

TOASTY_TEST(late, a_change_of_rows_that_an_index_finds_reads_what_is_current)
{
    toasty_auto(toasty_db) db = open_late();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_int(1, person_update_by_email(db, "ann@example.com", person_name_set("Anna")));
    check_int(1, person_delete_by_email(db, "ann@example.com"));
}

TOASTY_TEST(late, a_delete_takes_along_what_was_just_made)
{
    toasty_auto(toasty_db) db = open_late();
    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    check_done(person_delete(db, ann));
    check_null(task_get_by_id(db, ann->tasks.len ? ann->tasks.items[0].id : (toasty_uuid){{0}}));
    toasty_auto(TaskList) left = task_scan(db);
    check_some(left);
    check_uint(0, left->len);
}

TOASTY_TEST(late, an_upsert_gives_the_row_that_it_made)
{
    toasty_auto(toasty_db) db = open_late();
    toasty_auto(Topic) topic = topic_upsert_by_label(db, "a", topic_weight_set(3));
    check_some(topic);
    check_int(3, topic->weight);
}

TOASTY_TEST(late, an_option_of_another_name_is_refused)
{
    check_null(toasty_open("keyvalue:?reads=now", &models_schema));
    check_last_error(TOASTY_INVALID_URL);
}
