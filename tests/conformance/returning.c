/* Rows that come back from updates and deletes by key and by index. */
#include "suite.h"

TOASTY_TEST(returning, an_updated_row_comes_back_by_its_key_and_by_a_unique_value, REQUIRES(rows_back))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    suite_clear_log();
    toasty_auto(Person) now = person_update_by_id_returning(db, ann->id, person_visits_add(2));
    check_some(now);
    check_text("Ann", now->name);
    check_int(2, now->visits);
    toasty_auto(Person) later = person_update_by_email_returning(db, "ann@example.com", person_visits_add(1),
                                                                 person_name_set("Anna"));
    check_some(later);
    check_int(3, later->visits);
    check_text("Anna", later->name);
    if (test_capability()->sql && test_capability()->returning)
        check_text("UPDATE people, UPDATE people", suite_log());
    else if (test_capability()->sql)
        check_text("UPDATE people, SELECT people, BEGIN, SELECT people, UPDATE people, SELECT people, COMMIT",
                   suite_log());
    check_null(person_update_by_email_returning(db, "nobody@example.com", person_visits_add(1)));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(returning, a_deleted_row_comes_back_by_its_key_and_by_a_unique_value, REQUIRES(rows_back))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    toasty_auto(Person) first = person_delete_by_id_returning(db, ann->id);
    check_some(first);
    check_text("Ann", first->name);
    toasty_auto(Person) second = person_delete_by_email_returning(db, "bob@example.com");
    check_some(second);
    check_that(suite_same_uuid(bob->id, second->id));
    check_null(person_delete_by_id_returning(db, ann->id));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(returning, rows_of_an_index_come_back_as_a_list, REQUIRES(rows_back))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    toasty_auto(Person) bob = suite_person(db, "Bob", 1);
    toasty_auto(TaskList) changed = task_update_by_person_id_returning(db, ann->id, task_done_set(true));
    check_some(changed);
    check_uint(2, changed->len);
    check_that(changed->items[0].done && changed->items[1].done);
    toasty_auto(TaskList) gone = task_delete_by_person_id_returning(db, bob->id);
    check_some(gone);
    check_uint(1, gone->len);
    toasty_auto(TaskList) none = task_delete_by_person_id_returning(db, bob->id);
    check_some(none);
    check_uint(0, none->len);
}

TOASTY_TEST(returning, a_row_that_comes_back_may_be_updated_and_freed_like_any_other, REQUIRES(rows_back))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Person) now = person_update_by_id_returning(db, ann->id, person_visits_add(2));
    check_some(now);
    check_int(1, person_update(db, now, person_name_set("Anna")));
    check_text("Anna", now->name);
}

TOASTY_TEST(returning, in_a_batch_a_row_that_is_not_there_is_null, REQUIRES(rows_back))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Person) changed = NULL;
    Person *nobody = ann;
    check_done(toasty_batch(db, person_update_by_id_returning_op(&changed, ann->id, person_visits_add(1)),
                            person_delete_by_email_returning_op(&nobody, "nobody@example.com")));
    check_some(changed);
    check_int(1, changed->visits);
    check_null(nobody);
}

TOASTY_TEST(returning, an_update_without_a_change_is_refused_before_anything_is_sent, REQUIRES(rows_back))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    suite_clear_log();
    check_null(person_update_by_id_returning(db, ann->id, toasty_when(false, person_visits_add(1))));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_uint(0, suite_log_count());
}
