/* What queries do elsewhere, on the rows that a key or an index finds: first, count, pages, ranges, lists. */
#include "suite.h"
#include <stdio.h>
#include <string.h>

/* Journal "ship" with entries 1 … count, "shop" with one. */
static toasty_db *open_entries(int count)
{
    toasty_db *db = suite_open();
    for (int i = count; i > 0; i--) {
        toasty_auto(Entry) entry = entry_create(db, .journal = "ship", .number = i, .text = "x");
        check_some(entry);
    }
    toasty_auto(Entry) other = entry_create(db, .journal = "shop", .number = 1, .text = "y");
    check_some(other);
    suite_clear_log();
    return db;
}

/* "1 2 3": the numbers, in the order that came. */
static const char *numbers(const EntryList *list)
{
    static char text[128];
    check_some(list);
    text[0] = '\0';
    for (size_t i = 0; i < list->len; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), i ? " %d" : "%d",
                 (int)list->items[i].number);
    return text;
}

TOASTY_TEST(partitions, rows_are_counted_and_asked_for_over_the_pages_of_the_store)
{
    toasty_auto(toasty_db) db = open_entries(8);
    check_int(8, entry_count_by_journal(db, "ship"));
    check_int(0, entry_count_by_journal(db, "shipping"));
    check_int(1, entry_exists_by_journal(db, "shop"));
    check_int(0, entry_exists_by_journal(db, "none"));
    toasty_auto(Person) ann = suite_person(db, "Ann", 5);
    check_int(5, person_tasks_count(db, ann));
    check_int(1, person_tasks_exists(db, ann));
    check_int(0, person_reviews_exists(db, ann));
}

TOASTY_TEST(partitions, the_first_row_is_the_first_in_the_order_of_the_key)
{
    toasty_auto(toasty_db) db = open_entries(5);
    toasty_auto(Entry) first = entry_first_by_journal(db, "ship");
    check_some(first);
    check_int(1, first->number);
    check_null(entry_first_by_journal(db, "none"));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(partitions, pages_cover_a_partition_once_forward_and_back)
{
    toasty_auto(toasty_db) db = open_entries(10);
    int64_t expected = 1;
    EntryPage *page = entry_page_by_journal(db, "ship", .per_page = 4);
    check_some(page);
    check_that(!page->has_prev);
    for (;;) {
        toasty_each(entry, page)
            check_int(expected++, entry->number);
        EntryPage *next = entry_page_next(db, page);
        if (!next)
            break;
        toasty_free(page);
        page = next;
    }
    check_int(11, expected);
    check_that(!page->has_next && page->has_prev);
    toasty_auto(EntryPage) back = entry_page_previous(db, page);
    check_some(back);
    check_uint(4, back->len);
    check_int(5, back->items[0].number);
    check_that(back->has_next && back->has_prev);
    toasty_free(page);
}

TOASTY_TEST(partitions, pages_of_an_index_go_on_where_equal_rows_ended)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 7);
    toasty_auto(Person) bob = suite_person(db, "Bob", 2);
    check_some(bob);
    int seen[7] = {0};
    size_t pages = 0;
    TaskPage *page = task_page_by_person_id(db, ann->id, .per_page = 3);
    while (page) {
        toasty_each(task, page)
            seen[task->position]++;
        TaskPage *next = task_page_next(db, page);
        toasty_free(page);
        page = next;
        pages++;
    }
    check_that(!toasty_failed());
    check_uint(3, pages);
    for (int i = 0; i < 7; i++)
        check_int(1, seen[i]);
}

TOASTY_TEST(partitions, a_page_goes_on_where_its_last_row_is_gone)
{
    toasty_auto(toasty_db) db = open_entries(6);
    toasty_auto(EntryPage) page = entry_page_by_journal(db, "ship", .per_page = 2);
    check_some(page);
    check_int(1, entry_delete_by_journal_and_number(db, "ship", 2));
    toasty_auto(EntryPage) next = entry_page_next(db, page);
    check_some(next);
    check_int(3, next->items[0].number);
}

TOASTY_TEST(partitions, ranges_of_the_field_that_sorts_are_one_query)
{
    toasty_auto(toasty_db) db = open_entries(6);
    toasty_auto(EntryList) less = entry_by_journal_and_number_lt(db, "ship", 3);
    check_text("1 2", numbers(less));
    toasty_auto(EntryList) most = entry_by_journal_and_number_le(db, "ship", 3);
    check_text("1 2 3", numbers(most));
    toasty_auto(EntryList) more = entry_by_journal_and_number_gt(db, "ship", 4);
    check_text("5 6", numbers(more));
    toasty_auto(EntryList) least = entry_by_journal_and_number_ge(db, "ship", 4, .limit = 2);
    check_text("4 5", numbers(least));
    suite_clear_log();
    toasty_auto(EntryList) between = entry_by_journal_and_number_between(db, "ship", 2, 4);
    check_text("2 3 4", numbers(between));
    check_contains(suite_log(), "query entries");
    check_null(strstr(suite_log(), "scan"));
    toasty_auto(EntryList) none = entry_by_journal_and_number_between(db, "ship", 4, 2);
    check_text("", numbers(none));
}

TOASTY_TEST(partitions, a_range_of_text_starts_with_a_text)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(SeatList) seats =
        seat_create_many(db, {.hall = "A", .line = 1, .number = 1, .code = "a11", .price = 10},
                         {.hall = "A", .line = 1, .number = 2, .code = "a12", .price = 20},
                         {.hall = "A", .line = 2, .number = 1, .code = "b21", .price = 30},
                         {.hall = "B", .line = 1, .number = 1, .code = "a11", .price = 10});
    check_some(seats);
    toasty_auto(SeatList) found = seat_by_hall_and_code_starts_with(db, "A", "a");
    check_some(found);
    check_uint(2, found->len);
    check_text("a11", found->items[0].code);
    check_text("a12", found->items[1].code);
    toasty_auto(SeatList) cheap = seat_by_hall_and_price_le(db, "A", 20);
    check_some(cheap);
    check_uint(2, cheap->len);
}

TOASTY_TEST(partitions, any_of_several_values_is_looked_up_once_each)
{
    toasty_auto(toasty_db) db = open_entries(2);
    toasty_auto(EntryList) both =
        entry_by_journal_in(db, ((const char *[]){"ship", "shop", "ship", "none"}), 4);
    check_some(both);
    check_uint(3, both->len);
    toasty_auto(EntryList) nothing = entry_by_journal_in(db, NULL, 0);
    check_some(nothing);
    check_uint(0, nothing->len);

    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    toasty_auto(Person) bob = suite_person(db, "Bob", 1);
    suite_clear_log();
    toasty_auto(PersonList) people = person_by_id_in(db, ((toasty_uuid[]){bob->id, ann->id, bob->id}), 3,
                                                     .include = {person_with_tasks()});
    check_some(people);
    check_uint(2, people->len);
    check_uint(3, people->items[0].tasks.len + people->items[1].tasks.len);
    check_contains(suite_log(), "get people");
}

TOASTY_TEST(partitions, rows_of_an_index_and_of_a_relation_are_updated_and_deleted)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 4);
    toasty_auto(Person) bob = suite_person(db, "Bob", 1);
    check_int(4, task_update_by_person_id(db, ann->id, task_done_set(true)));
    check_int(1, person_tasks_update(db, bob, .set = {task_title_set("other")}));
    toasty_auto(Task) other = person_tasks_get(db, bob);
    check_some(other);
    check_text("other", other->title);
    check_that(!other->done);
    check_int(1, task_delete_by_person_id(db, bob->id));
    check_int(4, person_tasks_delete(db, ann));
    check_int(0, person_tasks_count(db, ann));
}

TOASTY_TEST(partitions, a_prefix_stands_before_the_name_of_every_table)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) plain = topic_create(db, .label = "a", .weight = 1);
    check_some(plain);
    toasty_auto(toasty_db) other = suite_open_with(&(toasty_open_options){.table_prefix = "app_"});
    toasty_auto(Topic) prefixed = topic_create(other, .label = "a", .weight = 2);
    check_some(prefixed);
    check_contains(suite_log(), "app_topics");
    toasty_auto(toasty_db) again = suite_open_again();
    toasty_auto(Topic) read = topic_get_by_label(again, "a");
    check_some(read);
    check_int(1, read->weight);
    check_int(1, topic_delete_by_label(other, "a"));
}

/* As databases do that have constraints, whoever finds it out: the store, or the engine for it. */
TOASTY_TEST(partitions, errors_name_constraints_and_tables_behind_their_prefix)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.table_prefix = "pre_"});
    toasty_auto(Person) ann = person_create(db, .name = "Ann", .email = "ann@pre");
    check_some(ann);
    check_null(person_create(db, .name = "Bob", .email = "ann@pre"));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_text("pre_people_email_key", toasty_last_error()->constraint);
    check_text("pre_people", toasty_last_error()->table);
    toasty_auto(PersonList) twins =
        person_create_many(db, {.name = "Bob", .email = "bob@pre"}, {.name = "Rob", .email = "bob@pre"});
    check_null(twins);
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_text("pre_people.email: another row has this value", toasty_last_error()->message);
    check_text("pre_people_email_key", toasty_last_error()->constraint);

    toasty_auto(Passport) passport = person_passport_create(db, ann, .number = "P1");
    toasty_auto(Visa) visa = passport_visas_create(db, passport, .country = "NZ");
    check_some(visa);
    check_int(-1, passport_delete(db, passport));
    check_last_error(TOASTY_FOREIGN_KEY_VIOLATION);
    check_text("pre_visas.passport_id: a row still refers to the one that was to go",
               toasty_last_error()->message);
    check_text("pre_visas_passport_id_fkey", toasty_last_error()->constraint);
    check_text("pre_visas", toasty_last_error()->table);
}

TOASTY_TEST(partitions, a_range_and_a_list_are_started_with_a_callback)
{
    toasty_auto(toasty_db) db = open_entries(4);
    toasty_auto(EntryList) range = NULL;
    toasty_auto(EntryList) list = NULL;
    int64_t count = 0;
    toasty_auto(toasty_ops) ops = toasty_ops_new();
    {
        char journal[] = "ship";
        const char *journals[] = {journal, "shop"};
        check_done(toasty_ops_add(ops, entry_by_journal_and_number_between_op(&range, journal, 2, 3)));
        check_done(toasty_ops_add(ops, entry_by_journal_in_op(&list, journals, 2)));
        check_done(toasty_ops_add(ops, entry_count_by_journal_op(&count, journal)));
        journal[0] = 'x'; /* copied by the list */
    }
    check_done(toasty_batch_ops(db, ops));
    check_text("2 3", numbers(range));
    check_uint(5, list->len);
    check_int(4, count);
}

TOASTY_TEST(partitions, an_index_has_a_partition_of_two_fields_and_sorts_by_a_third)
{
    toasty_auto(toasty_db) db = suite_open();
    static const char *const targets[] = {"Rome", "Rome", "Oslo", "Rome"};
    for (int i = 3; i >= 0; i--) {
        toasty_auto(Flight) made = flight_create(db, .origin = "Bern", .target = targets[i], .leaves_at = i);
        check_some(made);
    }
    suite_clear_log();
    toasty_auto(FlightList) all = flight_by_origin_and_target(db, "Bern", "Rome");
    check_some(all);
    check_uint(3, all->len);
    check_that(all->items[0].leaves_at == 0 && all->items[1].leaves_at == 1 && all->items[2].leaves_at == 3);
    check_text("query flights", suite_log());
    toasty_auto(FlightList) late = flight_by_origin_and_target_and_leaves_at_ge(db, "Bern", "Rome", 1);
    check_some(late);
    check_uint(2, late->len);
    check_int(1, flight_count_by_origin_and_target(db, "Bern", "Oslo"));
}
