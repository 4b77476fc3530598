/* Statements for all databases: what stands in braces, in the words of each. */
#include "sql/template.h"
#include "sql/texts.h"
#include <toasty/codegen.h>

static const toasty_model *const models[] = {&person_model, &task_model};
static const toasty_schema schema = {.name = "models", .models = models, .model_count = 2};

/* The text in a dialect; the message when it is refused. */
static const char *written(const toasty__dialect *dialect, const char *template, size_t places)
{
    static toasty__buffer out;
    static toasty_error err;
    size_t found;
    if (!out.bytes)
        toasty__buffer_init(&out);
    toasty__buffer_clear(&out);
    if (toasty__sql_template(dialect, &schema, "app_", template, &out, &found, &err) < 0) {
        check_error(&err, TOASTY_INVALID_STATEMENT);
        return err.message;
    }
    check_uint(places, found);
    return out.bytes;
}

#define check_written(expected, dialect, template, places)                                                   \
    check_text(expected, written(&toasty__dialect_##dialect, template, places))

TOASTY_TEST(template, a_place_is_a_placeholder_of_the_database)
{
    const char *text = "SELECT {}, ({})+{}";
    check_written("SELECT ?, (?)+?", sqlite, text, 3);
    check_written("SELECT $1, ($2)+$3", postgresql, text, 3);
    check_written("SELECT ?, (?)+?", mysql, text, 3);
}

TOASTY_TEST(template, a_model_is_its_table_and_a_field_its_column)
{
    const char *text = "UPDATE {Person} AS p SET {Person.name} = p.{Person.email}";
    check_written("UPDATE \"app_persons\" AS p SET \"name\" = p.\"email\"", postgresql, text, 0);
    check_written("UPDATE `app_persons` AS p SET `name` = p.`email`", mysql, text, 0);
}

TOASTY_TEST(template, a_name_that_the_schema_does_not_have_is_refused)
{
    check_contains(written(&toasty__dialect_sqlite, "SELECT 1 FROM {Nobody}", 0), "no model `Nobody`");
    check_contains(written(&toasty__dialect_sqlite, "SELECT {Person.nick}", 0), "Person has no field `nick`");
    check_contains(written(&toasty__dialect_sqlite, "SELECT {person}", 0), "no model `person`");
}

TOASTY_TEST(template, braces_around_anything_else_stay)
{
    static const char *const texts[] = {"SELECT { }",
                                        "SELECT {1}",
                                        "SELECT {Person.}",
                                        "SELECT {.name}",
                                        "SELECT {d '2020-01-01'}",
                                        "SELECT {",
                                        "SELECT }",
                                        "SELECT {Person",
                                        ""};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_written(texts[i], mysql, texts[i], 0);
}

TOASTY_TEST(template, quotes_and_comments_are_not_looked_into)
{
    static const char *const texts[] = {
        "SELECT '{}', 'it''s {Person}'",       "SELECT \"{}\"", "SELECT `{Person}`", "SELECT 1 -- {}",
        "SELECT /* {} /* {Person} */ {} */ 1", "SELECT '{}",    "SELECT \"{}",       "SELECT /* {}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        check_written(texts[i], sqlite, texts[i], 0);
        check_written(texts[i], postgresql, texts[i], 0);
        check_written(texts[i], mysql, texts[i], 0);
    }
    check_written("SELECT '{}' || ?, '' || ?", sqlite, "SELECT '{}' || {}, '' || {}", 2);
    check_written("SELECT 1 -- {}\n + ?", sqlite, "SELECT 1 -- {}\n + {}", 1);
}

TOASTY_TEST(template, backslashes_escape_where_the_database_has_them)
{
    const char *text = "SELECT 'a\\' || {}";
    check_written("SELECT 'a\\' || ?", sqlite, text, 1);
    check_written("SELECT 'a\\' || $1", postgresql, text, 1);
    check_written(text, mysql, text, 0); /* the quote is still open */
    check_written("SELECT E'a\\' {}', $1", postgresql, "SELECT E'a\\' {}', {}", 1);
    check_written("SELECT name'a\\', $1", postgresql, "SELECT name'a\\', {}", 1);
}

TOASTY_TEST(template, text_between_dollars_is_quoted)
{
    check_written("SELECT $$ {} $$, $a$ {} $$ {} $a$, $1", postgresql,
                  "SELECT $$ {} $$, $a$ {} $$ {} $a$, {}", 1);
    check_written("SELECT a$b, $1, $2", postgresql, "SELECT a$b, {}, {}", 2);
}

TOASTY_TEST(template, a_statement_takes_as_many_values_as_its_highest_number)
{
    const toasty__dialect *numbered = &toasty__dialect_postgresql;
    check_that(toasty__sql_takes(numbered, "SELECT $1, $2", 2));
    check_that(toasty__sql_takes(numbered, "SELECT $2", 2));
    check_that(!toasty__sql_takes(numbered, "SELECT $1", 2));
    check_that(!toasty__sql_takes(numbered, "SELECT 1", 1));
    check_that(toasty__sql_takes(numbered, "SELECT 1", 0));
    check_that(!toasty__sql_takes(numbered, "SELECT '$1', \"$1\", a$1, $$ $1 $$ -- $1\n /* $1 */", 1));
    check_that(toasty__sql_takes(numbered, "SELECT $99999999999999999999", 2));
    check_that(toasty__sql_takes(&toasty__dialect_sqlite, "SELECT 1", 1)); /* it counts by itself */
}
