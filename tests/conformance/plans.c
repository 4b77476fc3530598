/* The plan cache: the shape of a call, not its values, finds its plan. */
#include "suite.h"
#include <stdio.h>

TOASTY_TEST(plans, the_second_call_of_a_shape_plans_and_builds_nothing)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    for (int round = 0; round < 2; round++) {
        toasty_counters before = toasty_count(db);
        for (int i = 0; i < 3; i++) {
            char name[16];
            snprintf(name, sizeof name, "name %d %d", round, i);
            toasty_auto(Person) read = person_get_by_id(db, ann->id, .include = {person_with_tasks()});
            check_some(read);
            check_done(person_update(db, read, person_name_set(name)));
            toasty_auto(Topic) topic = topic_create(db, .label = name);
            check_some(topic);
            check_done(topic_delete(db, topic));
        }
        toasty_counters after = toasty_count(db);
        if (round == 1) {
            check_uint(before.plans_made, after.plans_made);
            check_uint(before.statements_built, after.statements_built);
            check_uint(before.statements_prepared, after.statements_prepared);
            check_that(after.plans_found > before.plans_found);
        }
    }
}

TOASTY_TEST(plans, more_shapes_than_the_cache_holds_still_work)
{
    toasty_auto(toasty_db) db =
        suite_open_with(&(toasty_open_options){.max_pool_size = 1, .plan_cache_size = 2});
    toasty_auto(Person) ann = suite_person(db, "Ann", 1);
    for (int round = 0; round < 3; round++) {
        check_done(person_update(db, ann, person_name_set("a")));
        check_done(person_update(db, ann, person_bio_set("b")));
        check_done(person_update(db, ann, person_age_set(3), person_bio_set("c")));
        toasty_auto(Person) read = person_get_by_id(db, ann->id, .include = {person_with_tasks()});
        check_some(read);
        check_text("c", read->bio);
    }
}
