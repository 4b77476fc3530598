/* Enums in conditions and orders, and what the table holds of them. */
#include "books.toasty.h"
#include "suite.h"
#include <string.h>

static void add_speakers(toasty_db *db)
{
    toasty_auto(SpeakerList) made = speaker_create_many(db, {.volume = VOLUME_MOST, .mood = MOOD_CALM},
                                                        {.volume = VOLUME_OFF, .mood = MOOD_HAPPY},
                                                        {.volume = VOLUME_LOUD, .name_of = VOLUME_MOST});
    check_some(made);
}

TOASTY_TEST(enums, integers_compare_and_order_as_they_are_declared, REQUIRES(filter, order))
{
    toasty_auto(toasty_db) db = suite_open();
    add_speakers(db);
    toasty_auto(SpeakerList) all = speaker_all(db, .order_by = {speaker_volume_desc()});
    check_some(all);
    check_int(VOLUME_MOST, all->items[0].volume);
    check_int(VOLUME_LOUD, all->items[1].volume);
    check_int(VOLUME_OFF, all->items[2].volume);
    check_int(2, speaker_count(db, .where = speaker_volume_ge(VOLUME_LOUD)));
    check_int(2, speaker_count(db, .where = speaker_volume_between(VOLUME_OFF, VOLUME_LOUD)));
    Volume two[] = {VOLUME_OFF, VOLUME_MOST};
    check_int(2, speaker_count(db, .where = speaker_volume_in(two, 2)));
    check_int(1, speaker_count(db, .where = speaker_name_of_eq(VOLUME_MAXIMUM)));
}

TOASTY_TEST(enums, the_table_holds_the_integers_and_the_renamed_labels, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    add_speakers(db);
    toasty_auto(toasty_rows) rows =
        toasty_sql_rows(db, "SELECT volume, name_of FROM speakers ORDER BY volume");
    check_some(rows);
    check_text("0", toasty_cell(rows, 0, 0));
    check_text("10", toasty_cell(rows, 1, 0));
    check_text("11", toasty_cell(rows, 2, 0));
    check_text("silent", toasty_cell(rows, 0, 1));
    check_text("deafening loud", toasty_cell(rows, 1, 1));
}

TOASTY_TEST(enums, the_table_holds_a_label_with_its_quotes, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Speaker) made = speaker_create(db, .name_of = VOLUME_CRACK);
    check_some(made);
    toasty_auto(toasty_rows) rows = toasty_sql_rows(db, "SELECT name_of FROM speakers");
    check_some(rows);
    check_text("o'clock \\ `tick` \"tock\" 😀", toasty_cell(rows, 0, 0));
    Volume two[] = {VOLUME_CRACK, VOLUME_OFF};
    check_int(1, speaker_count(db, .where = speaker_name_of_in(two, 2)));
    check_int(1, speaker_update_all(db, .where = speaker_name_of_eq(VOLUME_CRACK),
                                    .set = {speaker_name_of_set(VOLUME_OFF)}));
}

TOASTY_TEST(enums, an_integer_that_no_constant_has_is_kept_out_of_the_table, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    add_speakers(db);
    check_int(-1, toasty_sql(db, "UPDATE speakers SET volume = 5"));
    check_last_error(TOASTY_CHECK_VIOLATION);
    check_that(strstr(toasty_last_error()->constraint, "volume") != NULL);
}

TOASTY_TEST(enums, an_unknown_integer_in_the_table_is_an_error_that_names_the_column, REQUIRES(raw_sql))
{
    toasty_auto(toasty_db) db = suite_open();
    add_speakers(db);
    check_done(toasty_sql(db, "ALTER TABLE speakers RENAME TO old_speakers"));
    check_done(toasty_sql(db, "CREATE TABLE speakers AS SELECT * FROM old_speakers"));
    check_done(toasty_sql(db, "UPDATE speakers SET volume = 5"));
    toasty_auto(SpeakerList) all = speaker_all(db);
    check_null(all);
    check_last_error(TOASTY_INVALID_VALUE);
    check_contains(toasty_last_error()->message, "speakers.volume");
    check_done(toasty_sql(db, "DROP TABLE speakers"));
    check_done(toasty_sql(db, "DROP TABLE old_speakers"));
}

TOASTY_TEST(enums, an_enum_may_be_named_like_a_type_of_the_database)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Author) author = author_create(db, .name = "A", .paid_every = INTERVAL_WEEK);
    check_some(author);
    toasty_auto(AuthorList) weekly = author_all(db, .where = author_paid_every_eq(INTERVAL_WEEK));
    check_some(weekly);
    check_uint(1, weekly->len);
    check_int(INTERVAL_WEEK, weekly->items[0].paid_every);
}
