/* Enums: as labels that the constants name themselves, and as integers. */
#include "suite.h"

TOASTY_TEST(enums, integers_and_renamed_labels_come_back)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Speaker) made = speaker_create(db, .name_of = VOLUME_MOST, .volume = VOLUME_LOUD,
                                               .night = toasty_some(VOLUME_OFF), .mood = MOOD_VERY_GRUMPY);
    check_some(made);
    toasty_auto(Speaker) read = speaker_get_by_id(db, made->id);
    check_some(read);
    check_int(VOLUME_MAXIMUM, read->name_of);
    check_int(VOLUME_LOUD, read->volume);
    check_that(read->night.set);
    check_int(VOLUME_OFF, read->night.value);
    check_int(VOLUME_LOUD, read->limit);
    check_int(MOOD_VERY_GRUMPY, read->mood);
}

TOASTY_TEST(enums, a_label_of_quotes_and_of_what_is_no_letter_comes_back)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Speaker) made = speaker_create(db, .name_of = VOLUME_CRACK, .volume = VOLUME_CRACK);
    check_some(made);
    toasty_auto(Speaker) read = speaker_get_by_id(db, made->id);
    check_some(read);
    check_int(VOLUME_CRACK, read->name_of);
    check_int(VOLUME_CRACK, read->volume);
}

TOASTY_TEST(enums, an_integer_is_updated_and_removed)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Speaker) speaker = speaker_create(db, .night = toasty_some(VOLUME_LOUD));
    check_some(speaker);
    check_int(VOLUME_OFF, speaker->volume);
    check_int(1, speaker_update(db, speaker, speaker_volume_set(VOLUME_MOST), speaker_night_set_null()));
    toasty_auto(Speaker) read = speaker_get_by_id(db, speaker->id);
    check_some(read);
    check_int(VOLUME_MOST, read->volume);
    check_that(!read->night.set);
    toasty_auto(SpeakerList) loud = speaker_by_volume(db, VOLUME_MOST);
    check_some(loud);
    check_uint(1, loud->len);
}

TOASTY_TEST(enums, an_integer_that_names_no_constant_is_refused_before_it_is_sent)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Speaker) speaker = speaker_create(db, .volume = VOLUME_LOUD);
    check_some(speaker);
    suite_clear_log();
    check_null(speaker_create(db, .volume = (Volume)5));
    check_last_error(TOASTY_INVALID_VALUE);
    check_int(-1, speaker_update(db, speaker, speaker_volume_set((Volume)5)));
    check_last_error(TOASTY_INVALID_VALUE);
    check_contains(toasty_last_error()->message, "volume");
    check_int(VOLUME_LOUD, speaker->volume);
    check_uint(0, suite_log_count());
}

TOASTY_TEST(enums, a_label_and_its_value_are_found_from_each_other)
{
    Mood mood = MOOD_CALM;
    check_text("happy", person_mood_name(MOOD_HAPPY));
    check_null(person_mood_name((Mood)99));
    check_that(person_mood_from("happy", &mood));
    check_int(MOOD_HAPPY, mood);
    check_that(!person_mood_from("glad", &mood) && !person_mood_from(NULL, &mood));
    check_int(MOOD_HAPPY, mood);
}

TOASTY_TEST(enums, an_optional_member_is_given_and_taken_away)
{
    PersonNew row = {.name = "Ann", .email = "a@x"};
    toasty_set(row.age, 42);
    check_that(row.age.set && row.age.value == 42);
    toasty_unset(row.age);
    check_that(!row.age.set);
}
