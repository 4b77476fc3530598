/* Reading, changing and deleting by keys, unique values and indexes, whole and by their first fields. */
#include "suite.h"
#include <string.h>

static void add_entries(toasty_db *db)
{
    toasty_auto(EntryList) entries = entry_create_many(
        db, {.journal = "ship", .number = 3, .text = "c"}, {.journal = "ship", .number = 1, .text = "a"},
        {.journal = "ship", .number = 2, .text = "b"}, {.journal = "shop", .number = 1, .text = "z"});
    check_some(entries);
}

static void add_seats(toasty_db *db)
{
    toasty_auto(SeatList) seats =
        seat_create_many(db, {.hall = "A", .line = 1, .number = 1, .code = "a11", .price = 10},
                         {.hall = "A", .line = 1, .number = 2, .code = "a12", .price = 20},
                         {.hall = "A", .line = 2, .number = 1, .code = "a21", .price = 10},
                         {.hall = "B", .line = 1, .number = 1, .code = "a11", .price = 10});
    check_some(seats);
}

TOASTY_TEST(keys, a_record_is_read_by_its_key)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Person) read = person_get_by_id(db, ann->id);
    check_some(read);
    check_text("Ann", read->name);
    check_uint(1, suite_log_count());
}

TOASTY_TEST(keys, a_key_that_no_row_has_is_not_found)
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(person_get_by_id(db, (toasty_uuid){{9}}));
    check_last_error(TOASTY_NOT_FOUND);
    check_contains(toasty_last_error()->message, "people");
}

TOASTY_TEST(keys, a_record_is_read_by_a_unique_value)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Person) read = person_get_by_email(db, "ann@example.com");
    check_some(read);
    check_that(suite_same_uuid(ann->id, read->id));
    check_null(person_get_by_email(db, "ANN@example.com"));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(keys, a_text_is_a_key)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) made = topic_create(db, .label = "it's \"home\"", .weight = 2);
    check_some(made);
    toasty_auto(Topic) read = topic_get_by_label(db, "it's \"home\"");
    check_some(read);
    check_int(2, read->weight);
}

TOASTY_TEST(keys, a_record_is_read_by_a_key_of_several_fields)
{
    toasty_auto(toasty_db) db = suite_open();
    add_seats(db);
    toasty_auto(Seat) seat = seat_get_by_hall_and_line_and_number(db, "A", 1, 2);
    check_some(seat);
    check_text("a12", seat->code);
    check_null(seat_get_by_hall_and_line_and_number(db, "A", 2, 2));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(keys, records_are_read_by_the_first_field_of_their_key)
{
    toasty_auto(toasty_db) db = suite_open();
    add_entries(db);
    toasty_auto(EntryList) ship = entry_by_journal(db, "ship");
    check_some(ship);
    check_uint(3, ship->len);
    for (size_t i = 0; i < 3; i++)
        check_text("ship", ship->items[i].journal);
    toasty_auto(EntryList) none = entry_by_journal(db, "shipping");
    check_some(none);
    check_uint(0, none->len);
}

TOASTY_TEST(keys, a_composite_unique_value_finds_one_record)
{
    toasty_auto(toasty_db) db = suite_open();
    add_seats(db);
    toasty_auto(Seat) seat = seat_get_by_hall_and_code(db, "B", "a11");
    check_some(seat);
    check_text("B", seat->hall);
    check_int(10, seat->price);
}

TOASTY_TEST(keys, a_composite_index_finds_several_records)
{
    toasty_auto(toasty_db) db = suite_open();
    add_seats(db);
    toasty_auto(SeatList) seats = seat_by_hall_and_price(db, "A", 10);
    check_some(seats);
    check_uint(2, seats->len);
    check_int(10, seats->items[0].price);
    check_int(10, seats->items[1].price);
}

TOASTY_TEST(keys, getting_by_an_index_is_an_error_when_several_match)
{
    toasty_auto(toasty_db) db = suite_open();
    add_seats(db);
    check_null(seat_get_by_hall_and_price(db, "A", 10));
    check_last_error(TOASTY_TOO_MANY_ROWS);
    toasty_auto(Seat) only = seat_get_by_hall_and_price(db, "A", 20);
    check_some(only);
}

TOASTY_TEST(keys, an_index_on_a_field_inside_of_a_struct_finds_records)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(PersonList) people = person_create_many(
        db, {.name = "A", .email = "a@x", .address = toasty_some({.street = "1", .city = "Rome"})},
        {.name = "B", .email = "b@x", .address = toasty_some({.street = "2", .city = "Oslo"})},
        {.name = "C", .email = "c@x"});
    check_some(people);
    toasty_auto(PersonList) romans = person_by_address_city(db, "Rome");
    check_some(romans);
    check_uint(1, romans->len);
    check_text("A", romans->items[0].name);
}

TOASTY_TEST(keys, foreign_keys_are_indexed_by_themselves)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    toasty_auto(TaskList) tasks = task_by_person_id(db, ann->id);
    check_some(tasks);
    check_uint(2, tasks->len);
    check_uint(1, suite_log_count());
    bool indexed = false;
    for (size_t m = 0; m < models_schema.model_count; m++) {
        const toasty_model *model = models_schema.models[m];
        for (size_t i = 0; strcmp(model->table, "visas") == 0 && i < model->index_count; i++)
            indexed |= strcmp(model->indexes[i].name, "visas_passport_id_idx") == 0;
    }
    check_that(indexed);
}

TOASTY_TEST(keys, a_record_is_updated_by_its_key_without_being_read)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_int(1, person_update_by_id(db, ann->id, person_name_set("Anna")));
    toasty_auto(Person) read = person_get_by_id(db, ann->id);
    check_some(read);
    check_text("Anna", read->name);
    check_int(-1, person_update_by_id(db, (toasty_uuid){{9}}, person_name_set("Nobody")));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(keys, a_record_is_updated_by_a_unique_value)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_int(1,
              person_update_by_email(db, "ann@example.com", person_visits_add(2), person_email_set("a@x")));
    toasty_auto(Person) read = person_get_by_email(db, "a@x");
    check_some(read);
    check_int(2, read->visits);
    check_int(-1, person_update_by_email(db, "ann@example.com", person_visits_add(2)));
    check_last_error(TOASTY_NOT_FOUND);
}

TOASTY_TEST(keys, a_record_is_deleted_by_its_key)
{
    toasty_auto(toasty_db) db = suite_open();
    add_seats(db);
    check_int(1, seat_delete_by_hall_and_line_and_number(db, "A", 1, 2));
    check_null(seat_get_by_hall_and_line_and_number(db, "A", 1, 2));
    check_int(-1, seat_delete_by_hall_and_line_and_number(db, "A", 1, 2));
    check_last_error(TOASTY_NOT_FOUND);
    toasty_auto(Seat) other = seat_get_by_hall_and_line_and_number(db, "A", 1, 1);
    check_some(other);
}

TOASTY_TEST(keys, a_record_is_deleted_by_a_unique_value)
{
    toasty_auto(toasty_db) db = suite_open();
    add_seats(db);
    check_int(1, seat_delete_by_hall_and_code(db, "A", "a11"));
    check_null(seat_get_by_hall_and_code(db, "A", "a11"));
    toasty_auto(Seat) other = seat_get_by_hall_and_code(db, "B", "a11");
    check_some(other);
}

TOASTY_TEST(keys, two_new_records_with_the_same_values_name_the_constraint_and_all_of_its_fields)
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(seat_create_many(db, {.hall = "A", .line = 1, .number = 1, .code = "a"},
                                {.hall = "A", .line = 1, .number = 2, .code = "a"}));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_text("seats_hall_code_key", toasty_last_error()->constraint);
    check_text("hall, code", toasty_last_error()->field);
    check_text("seats.hall, code: another row has these values", toasty_last_error()->message);
    check_null(seat_create_many(db, {.hall = "A", .line = 1, .number = 1, .code = "a"},
                                {.hall = "A", .line = 1, .number = 1, .code = "b"}));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_text("seats_pkey", toasty_last_error()->constraint);
    check_text("hall, line, number", toasty_last_error()->field);
}

TOASTY_TEST(keys, a_duplicate_key_names_the_constraint_and_the_field)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Topic) first = topic_create(db, .label = "home");
    check_some(first);
    check_null(topic_create(db, .label = "home"));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_text("topics", toasty_last_error()->table);
    check_text("label", toasty_last_error()->field);
    check_text("topics_pkey", toasty_last_error()->constraint);
}

TOASTY_TEST(keys, a_duplicate_unique_value_names_the_constraint_and_the_field)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_null(person_create(db, .name = "Twin", .email = "ann@example.com"));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_text("people", toasty_last_error()->table);
    check_text("email", toasty_last_error()->field);
    check_text("people_email_key", toasty_last_error()->constraint);
    check_text("people.email: another row has this value", toasty_last_error()->message);
}

TOASTY_TEST(keys, an_update_to_a_unique_value_of_another_record_is_refused)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    toasty_auto(Person) bob = suite_person(db, "Bob", 0);
    check_int(-1, person_update(db, bob, person_email_set("ann@example.com")));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_text("bob@example.com", bob->email);
}

TOASTY_TEST(keys, a_key_that_no_row_can_have_is_refused_like_any_value)
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(topic_get_by_label(db, "caf\xe9"));
    check_last_error(TOASTY_INVALID_VALUE);
    check_text("topics.label: text that is not UTF-8", toasty_last_error()->message);
    check_int(-1, topic_delete_by_label(db, "caf\xe9"));
    check_last_error(TOASTY_INVALID_VALUE);
    check_int(-1, topic_update_by_label(db, "caf\xe9", topic_weight_set(1)));
    check_text("topics.label: text that is not UTF-8", toasty_last_error()->message);
}
