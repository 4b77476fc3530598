/* Upserts by the key: what every target has. */
#include "suite.h"

TOASTY_TEST(upsert, by_the_key_creates_the_row_and_then_changes_it)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) made = topic_upsert_by_label(db, "c", topic_weight_set(3));
    check_some(made);
    check_that(toasty_created(made));
    check_text("c", made->label);
    check_int(3, made->weight);
    toasty_auto(Topic) found = topic_upsert_by_label(db, "c", topic_weight_set(5));
    check_some(found);
    check_that(!toasty_created(found));
    check_int(5, found->weight);
    toasty_auto(Topic) read = topic_get_by_label(db, "c");
    check_some(read);
    check_int(5, read->weight);
    check_that(!toasty_created(read));
}

TOASTY_TEST(upsert, has_changes_of_its_own_for_a_new_row_and_for_one_that_is_there)
{
    toasty_auto(toasty_db) db = suite_open();
    for (int times = 1; times <= 3; times++) {
        toasty_auto(Topic) topic = topic_upsert_by_label(db, "c", topic_on_create(topic_weight_set(100)),
                                                         topic_on_update(topic_weight_add(1)));
        check_some(topic);
        check_int(99 + times, topic->weight);
        check_int(times == 1, toasty_created(topic));
    }
}

TOASTY_TEST(upsert, a_sum_begins_with_the_default_of_a_new_row)
{
    toasty_auto(toasty_db) db = suite_open();
    for (int times = 1; times <= 2; times++) {
        toasty_auto(Topic) topic = topic_upsert_by_label(db, "c", topic_weight_add(2));
        check_some(topic);
        check_int(2 * times, topic->weight);
    }
}

TOASTY_TEST(upsert, without_a_change_for_it_leaves_a_row_alone_and_gives_it)
{
    toasty_auto(toasty_db) db = suite_open();
    for (int times = 1; times <= 2; times++) {
        toasty_auto(Topic) topic = topic_upsert_by_label(db, "c", topic_on_create(topic_weight_set(times)));
        check_some(topic);
        check_int(1, topic->weight);
        check_int(times == 1, toasty_created(topic));
    }
}

TOASTY_TEST(upsert, takes_what_the_row_would_have_had)
{
    toasty_auto(toasty_db) db = suite_open();
    for (int times = 1; times <= 3; times++) {
        toasty_auto(Topic) topic = topic_upsert_by_label(db, "c", topic_on_create(topic_weight_set(times)),
                                                         topic_on_update(topic_weight_add_incoming()));
        check_some(topic);
        check_int(times == 1 ? 1 : times == 2 ? 3 : 6, topic->weight);
    }
    toasty_auto(Topic) topic = topic_upsert_by_label(db, "c", topic_on_create(topic_weight_set(9)),
                                                     topic_on_update(topic_weight_incoming()));
    check_some(topic);
    check_int(9, topic->weight);
}

TOASTY_TEST(upsert, by_a_key_of_several_fields)
{
    toasty_auto(toasty_db) db = suite_open();
    for (int times = 1; times <= 2; times++) {
        toasty_auto(Entry) entry = entry_upsert_by_journal_and_number(
            db, "ship", 7, entry_text_set(times == 1 ? "left" : "arrived"));
        check_some(entry);
        check_text(times == 1 ? "left" : "arrived", entry->text);
        check_int(7, entry->number);
        check_int(times == 1, toasty_created(entry));
    }
}

TOASTY_TEST(upsert, a_create_that_ignores_what_is_there_gives_no_record_then)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) made = topic_create_or_ignore_by_label(db, .label = "c", .weight = 1);
    check_some(made);
    check_int(1, made->weight);
    check_that(toasty_created(made));
    check_null(topic_create_or_ignore_by_label(db, .label = "c", .weight = 2));
    check_that(!toasty_failed());
    toasty_auto(Topic) read = topic_get_by_label(db, "c");
    check_some(read);
    check_int(1, read->weight);
}

TOASTY_TEST(upsert, refuses_a_sum_that_its_field_cannot_hold)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) made = topic_upsert_by_label(db, "c", topic_weight_set(INT32_MAX));
    check_some(made);
    check_null(topic_upsert_by_label(db, "c", topic_weight_add(1)));
    check_last_error(TOASTY_INVALID_VALUE);
    toasty_auto(Topic) read = topic_get_by_label(db, "c");
    check_some(read);
    check_int(INT32_MAX, read->weight);
}

TOASTY_TEST(upsert, names_all_that_a_new_row_lacks_before_anything_is_sent)
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(entry_upsert_by_journal_and_number(db, "ship", 7, entry_on_update(entry_text_set("x"))));
    check_last_error(TOASTY_MISSING_FIELD);
    check_contains(toasty_last_error()->message, "text");
    check_uint(0, suite_log_count());
}

TOASTY_TEST(upsert, what_is_incoming_or_on_create_is_refused_elsewhere)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) topic = topic_create(db, .label = "c", .weight = 1);
    check_some(topic);
    suite_clear_log();
    check_int(-1, topic_update(db, topic, topic_weight_incoming()));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_int(-1, topic_update(db, topic, topic_on_create(topic_weight_set(2))));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_null(topic_upsert_by_label(db, "c", topic_weight_incoming()));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_null(topic_upsert_by_label(db, "c", topic_on_create(topic_on_update(topic_weight_set(2)))));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_uint(0, suite_log_count());
    check_int(1, topic->weight);
}

TOASTY_TEST(upsert, stands_in_a_batch_and_outlives_what_it_was_given)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) one = NULL;
    toasty_auto(Topic) two = NULL;
    check_done(toasty_batch(db, topic_upsert_by_label_op(&one, "a", topic_weight_set(1)),
                            topic_upsert_by_label_op(&two, "b", topic_on_create(topic_weight_set(2)))));
    check_some(one);
    check_some(two);
    check_that(toasty_created(one) && toasty_created(two));
    toasty_auto(toasty_ops) ops = toasty_ops_new();
    check_some(ops);
    char label[] = "a";
    toasty_auto(Topic) later = NULL;
    check_done(
        toasty_ops_add(ops, topic_upsert_by_label_op(&later, label, topic_on_create(topic_weight_set(8)),
                                                     topic_on_update(topic_weight_add(4)))));
    label[0] = 'x';
    check_done(toasty_batch_ops(db, ops));
    check_some(later);
    check_text("a", later->label);
    check_int(5, later->weight);
    check_that(!toasty_created(later));
}

TOASTY_TEST(upsert, several_sums_add_up_in_a_new_row_and_in_one_that_is_there)
{
    toasty_auto(toasty_db) db = suite_open();
    for (int times = 1; times <= 2; times++) {
        toasty_auto(Topic) topic = topic_upsert_by_label(db, "c", topic_weight_add(2), topic_weight_add(5),
                                                         topic_weight_subtract(1));
        check_some(topic);
        check_int(6 * times, topic->weight);
    }
    toasty_auto(Topic) topic =
        topic_upsert_by_label(db, "c", topic_on_create(topic_weight_set(100)),
                              topic_on_update(topic_weight_add_incoming(), topic_weight_add(3)));
    check_some(topic);
    check_int(115, topic->weight);
    check_null(topic_upsert_by_label(db, "d", topic_weight_add(INT32_MAX), topic_weight_add(1)));
    check_last_error(TOASTY_INVALID_VALUE);
    check_null(topic_get_by_label(db, "d"));
}
