/* Loops over all rows where rows are found by keys: over a table, and over a partition. */
#include "suite.h"
#include <stdio.h>

TOASTY_TEST(each_batch, a_scan_comes_in_batches)
{
    toasty_auto(toasty_db) db = suite_open();
    int seen[10] = {0};
    size_t turns = 0;
    for (int i = 0; i < 10; i++) {
        char label[24];
        snprintf(label, sizeof label, "topic %02d", i);
        toasty_auto(Topic) topic = topic_create(db, .label = label, .weight = i);
        check_some(topic);
    }
    topic_scan_each_batch(db, topics, 4) {
        check_that(topics->len <= 4);
        toasty_each(topic, topics)
            seen[topic->weight]++;
        turns++;
    }
    check_that(!toasty_failed());
    check_that(turns >= 3);
    for (int i = 0; i < 10; i++)
        check_int(1, seen[i]);
}

TOASTY_TEST(each_batch, a_partition_comes_in_batches_in_its_order)
{
    toasty_auto(toasty_db) db = suite_open();
    for (int i = 9; i > 0; i--) {
        toasty_auto(Entry) entry = entry_create(db, .journal = "ship", .number = i, .text = "x");
        check_some(entry);
    }
    toasty_auto(Entry) other = entry_create(db, .journal = "shop", .number = 1, .text = "y");
    check_some(other);
    int64_t expected = 1;
    entry_each_batch_by_journal(db, entries, 4, "ship", .include = {entry_with_remarks()}) {
        toasty_each(entry, entries) {
            check_int(expected++, entry->number);
            check_that(entry->remarks.loaded);
        }
    }
    check_that(!toasty_failed());
    check_int(10, expected);
    entry_each_batch_by_journal(db, entries, 4, "none")
        expected++;
    check_that(!toasty_failed());
    check_int(10, expected);
}

TOASTY_TEST(each_batch, a_partition_of_two_fields_comes_in_batches)
{
    toasty_auto(toasty_db) db = suite_open();
    int64_t next = 1;
    for (int i = 1; i <= 5; i++) {
        toasty_auto(Flight) flight = flight_create(db, .origin = "here", .target = "there", .leaves_at = i);
        check_some(flight);
    }
    flight_each_batch_by_origin_and_target(db, flights, 2, "here", "there")
        toasty_each(flight, flights)
            check_int(next++, flight->leaves_at);
    check_that(!toasty_failed());
    check_int(6, next);
}
