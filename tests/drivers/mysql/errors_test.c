/* What a server complains of, word for word as MySQL 8.0 and MariaDB 10.11 say it: its kind, and what it
 * names; never a value. */
#include "drivers/mysql/mysql.h"
#include "sql/handwritten.h"
#include "test.h"

static toasty_error error_of(uint16_t number, const char *message)
{
    toasty_error error;
    my_complaint complaint = {number, message, strlen(message)};
    static const toasty_statement statement = {.sql = "", .table = "persons", .model = &person_model};
    const toasty_operation operation = {.kind = TOASTY_OPERATION_SQL, .statement = &statement};
    toasty__my_error_of_complaint(&complaint, &operation, &error);
    check_that(!strstr(error.message, "secret"));
    return error;
}

TOASTY_TEST(mysql, a_duplicate_names_its_index_and_its_field)
{
    toasty_error error = error_of(1062, "Duplicate entry 'secret' for key 'persons.persons_email_key'");
    check_error(&error, TOASTY_UNIQUE_VIOLATION);
    check_text("persons_email_key", error.constraint);
    check_text("persons", error.table);
    check_text("email", error.field);
    check_text("1062", error.server_code);
    error = error_of(1062, "Duplicate entry 'secret' for key 'persons_email_key'");
    check_text("persons_email_key", error.constraint);
    check_text("persons", error.table);
}

TOASTY_TEST(mysql, a_duplicate_of_a_value_that_looks_like_a_message_names_the_right_index)
{
    toasty_error error =
        error_of(1062, "Duplicate entry 'secret' for key 'x.y' for key 'persons.persons_email_key'");
    check_text("persons_email_key", error.constraint);
    error = error_of(1062, "Duplicate entry 'secret' for key 'x.y' for key 'persons_email_key'");
    check_text("persons_email_key", error.constraint);
}

TOASTY_TEST(mysql, a_duplicate_of_the_primary_key_names_the_key_of_the_model)
{
    toasty_error error = error_of(1062, "Duplicate entry '7' for key 'persons.PRIMARY'");
    check_text(person_model.indexes[0].name, error.constraint);
    check_text("id", error.field);
}

TOASTY_TEST(mysql, a_foreign_key_is_named_with_the_table_that_refers)
{
    static const char message[] =
        "Cannot add or update a child row: a foreign key constraint fails (`app`.`persons`, CONSTRAINT "
        "`persons_boss_id_fkey` FOREIGN KEY (`boss_id`) REFERENCES `persons` (`id`) ON DELETE SET NULL)";
    toasty_error error = error_of(1452, message);
    check_error(&error, TOASTY_FOREIGN_KEY_VIOLATION);
    check_text("persons_boss_id_fkey", error.constraint);
    check_text("persons", error.table);
    check_text("boss_id", error.field);
}

TOASTY_TEST(mysql, a_check_is_named_as_either_server_says_it)
{
    toasty_error error = error_of(3819, "Check constraint 'persons_own_check' is violated.");
    check_error(&error, TOASTY_CHECK_VIOLATION);
    check_text("persons_own_check", error.constraint);
    error = error_of(4025, "CONSTRAINT `persons_own_check` failed for `app`.`persons`");
    check_error(&error, TOASTY_CHECK_VIOLATION);
    check_text("persons_own_check", error.constraint);
    check_text("persons", error.table);
}

TOASTY_TEST(mysql, a_value_that_does_not_fit_names_its_column)
{
    toasty_error error = error_of(1264, "Out of range value for column 'age' at row 1");
    check_error(&error, TOASTY_INVALID_VALUE);
    check_text("age", error.field);
    check_text("persons", error.table);
    error = error_of(1366, "Incorrect string value: 'secret' for column `app`.`persons`.`name` at row 1");
    check_text("name", error.field);
    check_text("persons", error.table);
    error = error_of(1690, "BIGINT UNSIGNED value is out of range in '(`app`.`persons`.`age` - 2)'");
    check_text("age", error.field);
}

TOASTY_TEST(mysql, a_column_without_a_value_is_named)
{
    toasty_error error = error_of(1048, "Column 'email' cannot be null");
    check_error(&error, TOASTY_NOT_NULL_VIOLATION);
    check_text("email", error.field);
    error = error_of(1364, "Field 'email' doesn't have a default value");
    check_text("email", error.field);
}

TOASTY_TEST(mysql, messages_that_end_in_the_middle_name_nothing_that_is_not_there)
{
    static const uint16_t numbers[] = {1062, 1452, 3819, 4025, 1264, 1690, 1048};
    static const char *const cut[] = {"",     "for column ", " for key '",       "'",
                                      "`",    "(`a`",        ", CONSTRAINT `",   "CONSTRAINT ` failed for `",
                                      "`a`.", "`a`.`",       " for column `a`.`"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        for (size_t j = 0; j < sizeof cut / sizeof *cut; j++)
            check_that(error_of(numbers[i], cut[j]).code != TOASTY_OK);
}

TOASTY_TEST(mysql, the_kinds_of_failure_are_those_to_branch_on)
{
    static const struct {
        uint16_t number;
        toasty_code code;
    } kinds[] = {{1213, TOASTY_SERIALIZATION_FAILURE},
                 {1205, TOASTY_LOCK_TIMEOUT},
                 {3572, TOASTY_LOCK_TIMEOUT},
                 {1317, TOASTY_CANCELLED},
                 {3024, TOASTY_TIMEOUT},
                 {1969, TOASTY_TIMEOUT},
                 {1053, TOASTY_CONNECTION_LOST},
                 {4031, TOASTY_CONNECTION_LOST},
                 {1114, TOASTY_DISK_FULL},
                 {1064, TOASTY_DATABASE_ERROR}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        check_int(kinds[i].code, error_of(kinds[i].number, "any").code);
}
