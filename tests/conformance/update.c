/* Updates of records: only what is named is written, the struct follows, and its new text lives as long as
 * its block. */
#include "suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TOASTY_TEST(update, only_named_columns_are_written)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) mine = suite_person(db, "Ann", 0);
    toasty_auto(Person) theirs = person_get_by_id(db, mine->id);
    check_some(theirs);
    check_done(person_update(db, theirs, person_bio_set("theirs")));
    check_done(person_update(db, mine, person_name_set("Anna")));
    toasty_auto(Person) read = person_get_by_id(db, mine->id);
    check_some(read);
    check_text("Anna", read->name);
    check_text("theirs", read->bio);
}

TOASTY_TEST(update, the_record_follows)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    int64_t updated = ann->updated_at.us;
    check_done(toasty_sleep(2));
    suite_clear_log();
    check_done(person_update(db, ann, person_name_set("Anna"), person_age_set(31), person_bio_set("tea"),
                             person_mood_set(MOOD_HAPPY)));
    check_text("Anna", ann->name);
    check_that(ann->age.set && ann->age.value == 31);
    check_text("tea", ann->bio);
    check_int(MOOD_HAPPY, ann->mood);
    check_that(ann->updated_at.us > updated);
    check_uint(1, suite_log_count());
}

/* The second update of a form takes another way to its plan than the first. */
TOASTY_TEST(update, an_update_that_comes_again_does_what_the_first_one_did)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    int64_t updated = ann->updated_at.us;
    for (int i = 0; i < 4; i++) {
        char name[16];
        snprintf(name, sizeof name, "Ann %d", i);
        const char *bio = i % 2 ? NULL : name;
        check_done(toasty_sleep(2));
        check_done(person_update(db, ann, person_name_set(name), person_bio_set(bio), person_age_set(i),
                                 person_visits_add(i), person_mood_set(i % 2 ? MOOD_HAPPY : MOOD_CALM)));
        toasty_auto(Person) read = person_get_by_id(db, ann->id);
        check_some(read);
        check_text(name, read->name);
        check_text(bio, read->bio);
        check_int(i, read->age.value);
        check_int(i * (i + 1) / 2, read->visits);
        check_int(i % 2 ? MOOD_HAPPY : MOOD_CALM, read->mood);
        check_int(ann->visits, read->visits);
        check_int(ann->updated_at.us, read->updated_at.us);
        check_that(read->updated_at.us > updated);
        updated = read->updated_at.us;
        check_text(bio, ann->bio);
    }
}

TOASTY_TEST(update, what_is_refused_is_refused_each_time)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    for (int i = 0; i < 2; i++) {
        check_done(person_update(db, ann, person_mood_set(MOOD_CALM)));
        check_int(-1, person_update(db, ann, person_mood_set((Mood)99)));
        check_last_error(TOASTY_INVALID_VALUE);
        check_done(person_update(db, ann, person_bio_set("tea")));
        check_done(person_update(db, ann, person_bio_set(NULL)));
        check_done(person_update(db, ann, person_name_set("Anna")));
        check_int(-1, person_update(db, ann, person_name_set("A"), person_name_set("B")));
        check_last_error(TOASTY_INVALID_STATEMENT);
    }
    check_text("Anna", ann->name);
}

TOASTY_TEST(update, additions_happen_in_the_database_and_the_record_learns_the_result)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) mine = suite_person(db, "Ann", 0);
    toasty_auto(Person) theirs = person_get_by_id(db, mine->id);
    check_some(theirs);
    check_done(person_update(db, theirs, person_visits_add(10)));
    check_done(person_update(db, mine, person_visits_add(3)));
    check_int(13, mine->visits);
    check_done(person_update(db, mine, person_visits_subtract(20)));
    check_int(-7, mine->visits);
    toasty_auto(Person) read = person_get_by_id(db, mine->id);
    check_some(read);
    check_int(-7, read->visits);
}

TOASTY_TEST(update, null_is_set_in_both_spellings)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_done(person_update(db, ann, person_bio_set("tea"), person_age_set(3)));
    check_done(person_update(db, ann, person_bio_set(NULL), person_age_set_null()));
    check_null(ann->bio);
    check_that(!ann->age.set);
    check_done(person_update(db, ann, person_bio_set("milk")));
    check_done(person_update(db, ann, person_bio_set_null()));
    check_null(ann->bio);
    toasty_auto(Person) read = person_get_by_id(db, ann->id);
    check_some(read);
    check_null(read->bio);
    check_that(!read->age.set);
}

TOASTY_TEST(update, a_change_that_is_absent_is_not_there_and_those_after_it_are)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    const char *name = NULL;
    check_done(person_update(db, ann, toasty_when(name, person_name_set(name)), person_bio_set("tea")));
    check_text("Ann", ann->name);
    check_text("tea", ann->bio);
}

TOASTY_TEST(update, an_update_without_any_change_sends_nothing)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    const char *name = NULL;
    suite_clear_log();
    check_done(person_update(db, ann, toasty_when(name, person_name_set(name))));
    check_uint(0, suite_log_count());
}

static person_change grown_up(int years)
{
    return person_age_set(years);
}

TOASTY_TEST(update, changes_are_values_that_are_returned_copied_and_used_twice)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    person_change change = person_bio_set("inner");
    if (ann) {
        char text[] = "changed in a block";
        change = person_bio_set(text);
        check_done(person_update(db, ann, change, grown_up(20)));
        check_done(person_update(db, bob, change, grown_up(30)));
        memset(text, 'x', sizeof text - 1);
    }
    check_text("changed in a block", ann->bio);
    check_text("changed in a block", bob->bio);
    check_int(30, bob->age.value);
}

TOASTY_TEST(update, a_list_of_changes_is_built_in_a_loop_and_copies_its_text)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(PersonChanges) changes = person_changes_new();
    check_some(changes);
    for (int i = 0; i < 2; i++) {
        char text[16];
        snprintf(text, sizeof text, "text %d", i);
        check_done(person_changes_add(changes, i ? person_bio_set(text) : person_name_set(text)));
    }
    check_done(person_changes_add(changes, person_visits_add(4)));
    check_done(person_update(db, ann, person_changes(changes), person_age_set(5)));
    check_text("text 0", ann->name);
    check_text("text 1", ann->bio);
    check_int(4, ann->visits);
    check_int(5, ann->age.value);
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    check_done(person_update(db, bob, person_changes(changes)));
    check_text("text 1", bob->bio);
}

TOASTY_TEST(update, a_field_that_is_changed_twice_in_one_update_is_an_error)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_int(-1, person_update(db, ann, person_bio_set("a"), person_bio_set("b")));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_contains(toasty_last_error()->message, "bio");
    check_uint(0, suite_log_count());
}

TOASTY_TEST(update, a_failed_update_leaves_the_record_as_it_was)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    const char *name = bob->name, *email = bob->email;
    int64_t updated = bob->updated_at.us;
    check_int(-1, person_update(db, bob, person_name_set("Bobby"), person_email_set("ann@example.com")));
    check_that(bob->name == name && bob->email == email);
    check_int(updated, bob->updated_at.us);
}

TOASTY_TEST(update, a_record_that_is_gone_is_not_found)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_done(person_delete_by_id(db, ann->id));
    check_int(-1, person_update(db, ann, person_name_set("Anna")));
    check_last_error(TOASTY_NOT_FOUND);
    check_text("Ann", ann->name);
}

/* --- ownership --- */

TOASTY_TEST(update, every_item_of_a_list_may_be_updated_twice)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 20);
    toasty_auto(TaskList) tasks = person_tasks(db, ann);
    check_some(tasks);
    for (int round = 0; round < 2; round++)
        toasty_each(task, tasks) {
            char title[32];
            snprintf(title, sizeof title, "%d of round %d", task->position, round);
            check_done(task_update(db, task, task_title_set(title)));
        }
    toasty_each(task, tasks) {
        char title[32];
        snprintf(title, sizeof title, "%d of round 1", task->position);
        check_text(title, task->title);
    }
}

TOASTY_TEST(update, an_item_of_an_include_may_be_updated)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) made = suite_person(db, "Ann", 3);
    toasty_auto(Person) ann = person_get_by_id(db, made->id, .include = {person_with_tasks()});
    check_some(ann);
    check_done(
        task_update(db, &ann->tasks.items[1], task_title_set("a longer title than the one before it")));
    check_text("a longer title than the one before it", ann->tasks.items[1].title);
    toasty_auto(Task) read = task_get_by_id(db, ann->tasks.items[1].id);
    check_some(read);
    check_text("a longer title than the one before it", read->title);
}

TOASTY_TEST(update, a_record_in_a_variable_of_the_programs_own_follows_too)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    Person own = *ann;
    check_done(person_update(db, &own, person_name_set("Anna")));
    check_text("Anna", own.name);
    check_text("Ann", ann->name);
}

static void check_sum_refused(int64_t status, const char *field, const char *message)
{
    check_int(-1, status);
    check_last_error(TOASTY_INVALID_VALUE);
    check_text(message, toasty_last_error()->message);
    check_text("blanks", toasty_last_error()->table);
    check_text(field, toasty_last_error()->field);
}

TOASTY_TEST(update, a_sum_that_outgrows_its_field_is_refused_in_the_same_words_everywhere)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Blank) blank =
        blank_create(db, .i8 = toasty_some(INT8_MAX), .i16 = toasty_some(INT16_MAX),
                     .i32 = toasty_some(INT32_MIN), .i64 = toasty_some(INT64_MAX), .u8 = toasty_some(0),
                     .u16 = toasty_some(UINT16_MAX), .u32 = toasty_some(UINT32_MAX), .u64 = toasty_some(0));
    check_some(blank);
    check_sum_refused(blank_update(db, blank, blank_i8_add(1)), "i8",
                      "blanks.i8: out of the range of int8_t");
    check_sum_refused(blank_update(db, blank, blank_i16_add(1)), "i16",
                      "blanks.i16: out of the range of int16_t");
    check_sum_refused(blank_update(db, blank, blank_i32_subtract(1)), "i32",
                      "blanks.i32: out of the range of int32_t");
    check_sum_refused(blank_update(db, blank, blank_i64_add(1)), "i64",
                      "blanks.i64: out of the range of int64_t");
    check_sum_refused(blank_update(db, blank, blank_u8_subtract(1)), "u8",
                      "blanks.u8: out of the range of uint8_t");
    check_sum_refused(blank_update(db, blank, blank_u16_add(1)), "u16",
                      "blanks.u16: out of the range of uint16_t");
    check_sum_refused(blank_update(db, blank, blank_u32_add(1)), "u32",
                      "blanks.u32: out of the range of uint32_t");
    check_sum_refused(blank_update(db, blank, blank_u64_subtract(1)), "u64",
                      "blanks.u64: out of the range of uint64_t");
}

TOASTY_TEST(update, a_text_that_is_not_utf8_is_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_int(-1, person_update(db, ann, person_name_set("\xff")));
    check_last_error(TOASTY_INVALID_VALUE);
    check_contains(toasty_last_error()->message, "name");
    check_text("Ann", ann->name);
}

TOASTY_TEST(update, text_in_a_record_of_the_programs_own_is_freed_when_it_says_so)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    for (int i = 0; i < 3; i++) {
        Person *own = malloc(sizeof *own);
        check_some(own);
        *own = *ann;
        check_done(
            person_update(db, own, person_name_set(i % 2 ? "a name that is odd" : "a name that is even")));
        check_text(i % 2 ? "a name that is odd" : "a name that is even", own->name);
        toasty_forget(own);
        free(own);
    }
    toasty_forget((Person *)NULL);
}

TOASTY_TEST(update, several_sums_of_one_field_add_up)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Blank) blank =
        blank_create(db, .i32 = toasty_some(10), .u64 = toasty_some(1), .f64 = toasty_some(0.5));
    check_some(blank);
    for (int i = 0; i < 2; i++) { /* the second time there is a plan */
        check_int(1, blank_update(db, blank, blank_i32_add(5), blank_u64_add(2), blank_i32_subtract(2),
                                  blank_f64_add(1.25), blank_i32_add(7), blank_f64_subtract(0.25),
                                  blank_i64_add(1), blank_i64_add(1)));
        check_int(20 + 10 * i, blank->i32.value);
        check_uint(3 + 2 * (uint64_t)i, blank->u64.value);
        check_that(blank->f64.value == 1.5 + i && !blank->i64.set);
    }
    check_int(1, blank_update_by_id(db, blank->id, blank_i32_subtract(1), blank_i32_subtract(2)));
    toasty_auto(Blank) read = blank_get_by_id(db, blank->id);
    check_some(read);
    check_int(27, read->i32.value);
    check_uint(5, read->u64.value);
    check_that(read->f64.value == 2.5);
}

TOASTY_TEST(update, a_list_holds_more_sums_than_the_model_has_fields)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) topic = topic_create(db, .label = "c", .weight = 1);
    toasty_auto(TopicChanges) changes = topic_changes_new();
    check_some(changes);
    for (int i = 0; i < 40; i++)
        check_done(topic_changes_add(changes, topic_weight_add(i)));
    check_done(topic_update(db, topic, topic_changes(changes)));
    check_int(781, topic->weight);
    check_done(topic_update_by_label(db, "c", topic_changes(changes), topic_weight_subtract(1)));
    toasty_auto(Topic) read = topic_get_by_label(db, "c");
    check_some(read);
    check_int(1560, read->weight);
}

TOASTY_TEST(update, of_one_field_by_a_value_and_a_sum_is_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) topic = topic_create(db, .label = "c", .weight = 1);
    check_some(topic);
    suite_clear_log();
    check_int(-1, topic_update(db, topic, topic_weight_set(5), topic_weight_add(1)));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_int(-1, topic_update(db, topic, topic_weight_add(1), topic_weight_set(5)));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_int(-1, topic_update(db, topic, topic_weight_set(4), topic_weight_set(5)));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_uint(0, suite_log_count());
    check_int(1, topic->weight);
}
