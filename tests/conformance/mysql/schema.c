/* What a push says of tables that are not as their models: MySQL's and MariaDB's own ways to alter them. */
#include "courses.toasty.h"
#include "suite.h"

/* first: NULL: there is none. */
static void check_told_after(const char *first, const char *alter, const char *part)
{
    toasty_auto(toasty_db) db = suite_open();
    if (first)
        check_done((int)toasty_sql(db, first));
    check_done((int)toasty_sql(db, alter));
    check_int(-1, toasty_push_schema(db));
    check_last_error(TOASTY_INVALID_SCHEMA);
    check_contains(toasty_last_error()->details, part);
    check_done(toasty_reset_schema(db));
    check_done(toasty_push_schema(db));
}

static void check_told(const char *alter, const char *part)
{
    check_told_after(NULL, alter, part);
}

TOASTY_TEST(schema, types_labels_and_collations_are_differences)
{
    check_told("ALTER TABLE tasks MODIFY position bigint NOT NULL", "column tasks.position is bigint");
    check_told("ALTER TABLE samples MODIFY u8 tinyint NOT NULL", "column samples.u8 is tinyint");
    check_told("ALTER TABLE samples MODIFY mood enum('calm','happy') NOT NULL", "samples.mood is enum");
    check_told("ALTER TABLE samples MODIFY mood enum('happy','calm','very_grumpy') NOT NULL",
               "samples.mood is enum");
    check_told("ALTER TABLE folders MODIFY name varchar(300) COLLATE utf8mb4_general_ci NOT NULL",
               "folders.name");
    check_told("ALTER TABLE lessons MODIFY id bigint unsigned NOT NULL", "column lessons.id");
}

TOASTY_TEST(schema, indexes_and_foreign_keys_are_differences)
{
    check_told_after("ALTER TABLE passports DROP FOREIGN KEY passports_person_id_fkey",
                     "ALTER TABLE passports ADD CONSTRAINT passports_person_id_fkey FOREIGN KEY (person_id) "
                     "REFERENCES people (id) ON DELETE RESTRICT",
                     "foreign key passports_person_id_fkey of table passports");
    check_told("ALTER TABLE people DROP INDEX people_email_key, ADD INDEX people_email_key (email)",
               "people_email_key");
    check_told_after(
        "ALTER TABLE tasks DROP FOREIGN KEY tasks_reviewer_id_fkey",
        "ALTER TABLE tasks ADD CONSTRAINT tasks_reviewer_id_fkey FOREIGN KEY (person_id) REFERENCES "
        "people (id) ON DELETE CASCADE",
        "foreign key tasks_reviewer_id_fkey of table tasks");
}

TOASTY_TEST(schema, rows_that_are_in_the_way_of_a_unique_index_are_told)
{
    toasty_auto(toasty_db) db = suite_open();
    check_done((int)toasty_sql(db, "ALTER TABLE people DROP INDEX people_email_key"));
    toasty_auto(PersonList) two = person_create_many(db, {.name = "Ann", .email = "a@example.com"},
                                                     {.name = "Bob", .email = "a@example.com"});
    check_some(two);
    check_int(-1, toasty_push_schema(db));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_contains(toasty_last_error()->message, "rows of table people have equal values");
    check_text("people_email_key", toasty_last_error()->constraint);
    check_done((int)toasty_sql(db, "DELETE FROM people"));
    check_done(toasty_push_schema(db));
}
