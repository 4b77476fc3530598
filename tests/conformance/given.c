/* What is given is taken, or refused before anything is sent: nothing is dropped because two things were said
 * where there is room for one, or because a 0 looks like nothing. */
#include "suite.h"
#include <string.h>

/* The call failed like this, with these words, and nothing was sent. */
#define refuses(code, words, call)                                                                           \
    do {                                                                                                     \
        suite_clear_log();                                                                                   \
        check_that(!(call));                                                                                 \
        check_last_error(code);                                                                              \
        check_contains(toasty_last_error()->message, words);                                                 \
        check_uint(0, suite_log_count());                                                                    \
    } while (0)

/* --- what is missing --- */

TOASTY_TEST(given, a_missing_field_has_an_error_of_its_own_that_names_it)
{
    toasty_auto(toasty_db) db = suite_open();
    refuses(TOASTY_MISSING_FIELD, "name, email", person_create(db, .bio = "nobody"));
    check_text("people", toasty_last_error()->table);
    check_text("name", toasty_last_error()->field);
    refuses(TOASTY_MISSING_FIELD, "ledger", posting_create(db, .ledger_number = {0}));
    check_text("ledger", toasty_last_error()->field);
}

TOASTY_TEST(given, a_reference_of_zero_counts_where_the_field_can_say_so)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Ledger) zero = ledger_create(db, .number = 0, .name = "zero");
    toasty_auto(Entry) entry = entry_create(db, .journal = "ship", .number = 0, .text = "first");
    check_some(zero);
    check_some(entry);
    toasty_auto(Posting) posting = posting_create(db, .ledger_number = toasty_some(0));
    check_some(posting);
    check_int(0, posting->ledger_number);
    toasty_auto(Clipping) clipping = clipping_create(db, .journal = "ship", .number = toasty_some(0));
    check_some(clipping);
    check_that(clipping->number.set && clipping->number.value == 0);
}

TOASTY_TEST(given, a_plain_reference_of_zero_is_missing_and_the_message_says_what_helps)
{
    toasty_auto(toasty_db) db = suite_open();
    refuses(TOASTY_MISSING_FIELD, "ledger_number has toasty(explicit)",
            draftsheet_create(db, .ledger_number = 0));
    refuses(TOASTY_MISSING_FIELD, "number has toasty(explicit)",
            remark_create(db, .journal = "ship", .number = 0, .text = "zero"));
}

TOASTY_TEST(given, half_of_a_key_is_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    refuses(TOASTY_INVALID_STATEMENT, "only a part", clipping_create(db, .journal = "ship"));
    refuses(TOASTY_INVALID_STATEMENT, "only a part", clipping_create(db, .number = toasty_some(3)));
    toasty_auto(Clipping) none = clipping_create(db, .pinned = true);
    check_some(none);
}

TOASTY_TEST(given, half_of_a_key_is_not_set)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Entry) entry = entry_create(db, .journal = "ship", .number = 3, .text = "first");
    check_some(entry);
    toasty_auto(Clipping) none = clipping_create(db, .pinned = true);
    toasty_auto(Clipping) whole = clipping_create(db, .journal = "ship", .number = toasty_some(3));
    check_some(none);
    check_some(whole);
    for (int i = 0; i < 2; i++) { /* the second time there would be a plan */
        refuses(TOASTY_INVALID_STATEMENT, "only a part",
                clipping_update(db, none, clipping_number_set(3)) >= 0);
        refuses(TOASTY_INVALID_STATEMENT, "only a part",
                clipping_update(db, whole, clipping_journal_set(NULL)) >= 0);
        refuses(TOASTY_INVALID_STATEMENT, "only a part",
                clipping_update_by_id(db, whole->id, clipping_number_set_null()) >= 0);
        refuses(TOASTY_INVALID_STATEMENT, "only a part",
                clipping_update_by_id(db, whole->id, clipping_number_set(4)) >= 0);
        refuses(TOASTY_INVALID_STATEMENT, "only a part",
                clipping_update_by_id(db, whole->id, clipping_journal_set("ship"),
                                      clipping_number_set_null()) >= 0);
    }
    check_text("ship", whole->journal);
}

TOASTY_TEST(given, a_key_is_set_as_a_whole_and_by_a_part_where_the_record_has_the_rest)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(EntryList) entries = entry_create_many(db, {.journal = "ship", .number = 3, .text = "first"},
                                                       {.journal = "ship", .number = 4, .text = "second"});
    check_some(entries);
    toasty_auto(Clipping) clipping = clipping_create(db, .pinned = true);
    check_some(clipping);
    check_int(1,
              clipping_update_by_id(db, clipping->id, clipping_journal_set("ship"), clipping_number_set(3)));
    toasty_auto(Clipping) read = clipping_get_by_id(db, clipping->id);
    check_some(read);
    check_int(1, clipping_update(db, read, clipping_number_set(4)));
    check_int(4, read->number.value);
    check_int(1, clipping_update(db, read, clipping_journal_set(NULL), clipping_number_set_null()));
    check_null(read->journal);
}

/* --- what is given twice --- */

TOASTY_TEST(given, a_has_one_takes_one_row)
{
    toasty_auto(toasty_db) db = suite_open();
    refuses(TOASTY_INVALID_STATEMENT, "passport: 2 rows",
            person_create(db, .name = "Ann", .email = "a@x",
                          .passport = passport_new({.number = "P1"}, {.number = "P2"})));
    refuses(TOASTY_INVALID_STATEMENT, "person: 2 rows",
            task_create(db, .title = "x",
                        .new_person = person_new({.name = "A", .email = "a"}, {.name = "B", .email = "b"})));
    toasty_auto(PersonDraft) draft = person_draft_new();
    check_int(-1, person_draft_add_passport(draft, passport_new({.number = "P1"}, {.number = "P2"})));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_int(-1, person_draft_set(draft, .name = "Ann",
                                   .passport = passport_new({.number = "P1"}, {.number = "P2"})));
    check_last_error(TOASTY_INVALID_STATEMENT);
}

TOASTY_TEST(given, a_second_row_of_a_has_one_is_refused_later_too)
{
    toasty_auto(toasty_db) db = suite_open();
    Person *ann = NULL;
    check_int(
        -1, toasty_batch(db, person_create_op(&ann, .name = "Ann", .email = "a@x",
                                              .passport = passport_new({.number = "P1"}, {.number = "P2"}))));
    check_last_error(TOASTY_INVALID_STATEMENT);
    toasty_auto(toasty_ops) ops = toasty_ops_new();
    check_done(
        toasty_ops_add(ops, person_create_op(&ann, .name = "Ann", .email = "a@x",
                                             .passport = passport_new({.number = "P1"}, {.number = "P2"}))));
    check_int(-1, toasty_batch_ops(db, ops));
    check_last_error(TOASTY_INVALID_STATEMENT);
}

TOASTY_TEST(given, a_record_and_a_new_row_for_one_relation_are_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    refuses(TOASTY_INVALID_STATEMENT, "person is given twice",
            task_create(db, .title = "x", .person = ann,
                        .new_person = person_new({.name = "Bob", .email = "b@x"})));
}

TOASTY_TEST(given, a_record_and_another_key_are_refused_and_its_own_key_is_fine)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    refuses(TOASTY_INVALID_STATEMENT, "Task.person_id is given twice",
            task_create(db, .title = "x", .person = ann, .person_id = bob->id));
    check_text("person_id", toasty_last_error()->field);
    toasty_auto(Task) task = task_create(db, .title = "x", .person = ann, .person_id = ann->id);
    check_some(task);
}

TOASTY_TEST(given, a_new_row_and_another_key_are_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    refuses(TOASTY_INVALID_STATEMENT, "Task.person_id is given twice",
            task_create(db, .title = "x", .person_id = ann->id,
                        .new_person = person_new({.name = "Bob", .email = "b@x"})));
    refuses(TOASTY_INVALID_STATEMENT, "Task.topic_label is given twice",
            task_create(db, .title = "x", .person = ann, .topic_label = "sea",
                        .new_topic = topic_new({.label = "land"})));
    toasty_auto(Task) task = task_create(db, .title = "x", .person = ann, .topic_label = "sea",
                                         .new_topic = topic_new({.label = "sea"}));
    check_some(task);
}

TOASTY_TEST(given, an_owner_and_another_parent_are_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    refuses(TOASTY_INVALID_STATEMENT, "person_id is given twice",
            person_tasks_create(db, ann, .title = "x", .person = bob));
    refuses(TOASTY_INVALID_STATEMENT, "person_id is given twice",
            person_tasks_create(db, ann, .title = "x", .person_id = bob->id));
    refuses(TOASTY_INVALID_STATEMENT, "person is given twice",
            person_tasks_create(db, ann, .title = "x",
                                .new_person = person_new({.name = "Cyd", .email = "c@x"})));
    toasty_auto(Task) task = person_tasks_create(db, ann, .title = "x", .person = ann);
    check_some(task);
}

TOASTY_TEST(given, a_nested_row_has_no_other_parent)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    refuses(
        TOASTY_INVALID_STATEMENT, "person_id is given twice",
        person_create(db, .name = "Ann", .email = "a@x", .tasks = task_new({.title = "x", .person = bob})));
    refuses(TOASTY_INVALID_STATEMENT, "person_id is given twice",
            person_create(db, .name = "Ann", .email = "a@x",
                          .tasks = task_new({.title = "x", .person_id = bob->id})));
}

/* --- limits --- */

TOASTY_TEST(given, a_ninth_include_is_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    refuses(TOASTY_INVALID_ARGUMENT, "more than 8 includes",
            person_get_by_id(db, ann->id,
                             .include = {person_with_tasks(), person_with_tasks(), person_with_tasks(),
                                         person_with_tasks(), person_with_tasks(), person_with_tasks(),
                                         person_with_tasks(), person_with_tasks(), person_with_desk()}));
}

TOASTY_TEST(given, a_limit_of_zero_rows_gives_none)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Entry) one = entry_create(db, .journal = "ship", .number = 1, .text = "a");
    check_some(one);
    toasty_auto(EntryList) none = entry_by_journal(db, "ship", .limit = toasty_at_most(0));
    check_some(none);
    check_uint(0, none->len);
    toasty_auto(EntryList) all = entry_by_journal(db, "ship", .limit = toasty_at_most(3));
    check_uint(1, all->len);
    check_null(entry_by_journal(db, "ship", .limit = toasty_at_most(-1)));
    check_last_error(TOASTY_INVALID_ARGUMENT);
}

TOASTY_TEST(given, an_include_of_zero_rows_gives_none)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    toasty_auto(Person) found =
        person_get_by_id(db, ann->id, .include = {person_with_tasks(.limit = toasty_at_most(0))});
    check_some(found);
    check_that(found->tasks.loaded);
    check_uint(0, found->tasks.len);
}

/* --- drafts --- */

TOASTY_TEST(given, a_draft_takes_back_what_it_was_given)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(ClippingDraft) draft = clipping_draft_new();
    check_done(clipping_draft_set(draft, .pinned = true));
    check_done(clipping_draft_pinned_set(draft, false));
    check_done(clipping_draft_journal_set(draft, "ship"));
    check_done(clipping_draft_journal_set(draft, NULL));
    toasty_auto(Clipping) clipping = clipping_create_draft(db, draft);
    check_some(clipping);
    check_that(!clipping->pinned);
    check_null(clipping->journal);
}

TOASTY_TEST(given, a_draft_takes_the_zero_of_a_reference)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Ledger) zero = ledger_create(db, .number = 0, .name = "zero");
    check_some(zero);
    toasty_auto(PostingDraft) draft = posting_draft_new();
    check_done(posting_draft_ledger_number_set(draft, 0));
    toasty_auto(Posting) posting = posting_create_draft(db, draft);
    check_some(posting);
    check_int(0, posting->ledger_number);
}

TOASTY_TEST(given, two_operations_have_two_variables_for_their_results)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    Person *one = NULL;
    int64_t count = 0;
    refuses(TOASTY_INVALID_ARGUMENT, "same variable",
            toasty_batch(db, person_get_by_id_op(&one, ann->id), person_get_by_id_op(&one, ann->id)) == 0);
    check_null(one);
    refuses(TOASTY_INVALID_ARGUMENT, "same variable",
            toasty_batch(db, person_update_by_id_op(&count, ann->id, person_age_set(1)),
                         person_delete_by_id_op(&count, ann->id)) == 0);
    toasty_auto(toasty_ops) ops = toasty_ops_new();
    for (int i = 0; i < 40; i++)
        check_done(toasty_ops_add(ops, person_get_by_id_op(&one, ann->id)));
    refuses(TOASTY_INVALID_ARGUMENT, "same variable", toasty_batch_ops(db, ops) == 0);
    check_null(one);
    /* One that is absent has no result, and a count may be nobody's. */
    check_done(toasty_batch(db, person_get_by_id_op(&one, ann->id),
                            toasty_when(false, person_get_by_id_op(&one, ann->id)),
                            person_update_by_id_op(NULL, ann->id, person_age_set(1)),
                            person_update_by_id_op(NULL, ann->id, person_age_set(2))));
    check_some(one);
    toasty_free(one);
}
