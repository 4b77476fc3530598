/* Texts as MySQL and MariaDB have them: lists as JSON, changes by a join, what a key may hold. */
#include "sql/tables.h"
#include "sql/texts.h"

static const char *mysql_text(const toasty__stmt *stmt)
{
    return text_of(&toasty__dialect_mysql, stmt, "");
}

static const char *mariadb_text(const toasty__stmt *stmt)
{
    return text_of(&toasty__dialect_mariadb, stmt, "");
}

static toasty__stmt select_where(const toasty__item *items, const toasty_parameter *list, toasty__expr *where)
{
    toasty__stmt stmt = {.tag = TOASTY__STMT_SELECT,
                         .model = &person_model,
                         .from = &persons,
                         .items = items,
                         .item_count = 1,
                         .parameters = list,
                         .parameter_count = 1,
                         .where = where};
    stmt.select.limit = stmt.select.offset = stmt.select.each = TOASTY__NO_PARAMETER;
    return stmt;
}

TOASTY_TEST(sql, a_list_is_placeholders_or_rows_of_json_on_mysql)
{
    const toasty__item id[] = {{.value = column(PERSON_ID)}};
    toasty_parameter list[] = {{.list = true, .type = TOASTY_TYPE_U64, .list_size = 2}};
    toasty__stmt stmt = select_where(id, list, BOTH(IN, column(PERSON_ID), parameter_of(0)));
    check_text("SELECT `id` FROM `persons` WHERE `id` IN (?, ?)", mysql_text(&stmt));
    list[0].list_size = 0;
    check_text("SELECT `id` FROM `persons` WHERE `id` IN (SELECT `list 0`.v AS `item 0` FROM "
               "JSON_TABLE(?, '$[*]' COLUMNS (n FOR ORDINALITY, v BIGINT UNSIGNED PATH '$')) AS `list 0`)",
               mysql_text(&stmt));
}

/* Cut to a width, an item could be equal to what it is not. */
TOASTY_TEST(sql, an_item_of_text_is_as_long_as_it_comes_and_compared_as_columns_are)
{
    const toasty__item id[] = {{.value = column(PERSON_ID)}};
    toasty_parameter list[] = {{.list = true, .type = TOASTY_TYPE_TEXT}};
    toasty__stmt stmt = select_where(id, list, BOTH(IN, column(PERSON_NAME), parameter_of(0)));
    check_contains(mysql_text(&stmt), "v LONGTEXT COLLATE utf8mb4_0900_bin PATH '$'");
    check_contains(mariadb_text(&stmt), "v LONGTEXT COLLATE utf8mb4_nopad_bin PATH '$'");
    list[0].type = TOASTY_TYPE_UUID;
    check_contains(mysql_text(&stmt), "SELECT UNHEX(`list 0`.v) AS `item 0`");
}

TOASTY_TEST(sql, a_change_of_the_rows_in_a_long_list_is_one_of_a_join_on_mysql)
{
    toasty_parameter list[] = {{.list = true, .type = TOASTY_TYPE_TEXT}, {.type = TOASTY_TYPE_I32}};
    toasty__expr *in = BOTH(IN, column(PERSON_NAME), parameter_of(0));
    toasty__stmt stmt = {.tag = TOASTY__STMT_DELETE,
                         .model = &person_model,
                         .from = &persons,
                         .parameters = list,
                         .parameter_count = 2,
                         .where = BOTH(AND, in, BOTH(GT, column(PERSON_AGE), parameter_of(1)))};
    const char *text = mysql_text(&stmt);
    check_contains(text,
                   "DELETE `persons` FROM `persons` JOIN (SELECT `t2`.`id` AS `item 0` FROM (SELECT `id` "
                   "FROM `persons` JOIN (SELECT `list 0`.v AS `item 0` FROM JSON_TABLE(?, ");
    check_contains(text, " AS `t1` ON `name` = `t1`.`item 0` WHERE `age` > ?) AS `t2`) AS `keys` ON "
                         "`keys`.`item 0` = `persons`.`id`");
    const toasty__assignment age[] = {{PERSON_AGE, parameter_of(1)}};
    stmt.tag = TOASTY__STMT_UPDATE;
    stmt.update.assignments = age;
    stmt.update.assignment_count = 1;
    stmt.where = in;
    text = mysql_text(&stmt);
    check_contains(text, "UPDATE `persons` JOIN (SELECT `t2`.`id` AS `item 0` FROM ");
    check_contains(text, " ON `keys`.`item 0` = `persons`.`id` SET `age` = ?");
    list[0].list_size = 2;
    check_text("UPDATE `persons` SET `age` = ? WHERE `name` IN (?, ?)", mysql_text(&stmt));
}

TOASTY_TEST(sql, a_table_of_mysql_has_lengths_in_its_keys_and_labels_in_its_types)
{
    toasty__texts statements = tables_statements(&toasty__sql_schema_mysql, HANDWRITTEN, "");
    const char *persons_made = statements.items[0];
    check_contains(persons_made, "`id` bigint unsigned NOT NULL AUTO_INCREMENT");
    check_contains(persons_made, "`email` varchar(768) NOT NULL");
    check_contains(persons_made, "`mood` enum('low','it''s high') NOT NULL");
    check_contains(persons_made, ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_bin");
    bool seen = false;
    for (size_t i = 0; i < statements.count; i++)
        if (strstr(statements.items[i], "CREATE TABLE `samples`")) {
            seen = true;
            check_contains(statements.items[i], "`TEXT` longtext");
            check_contains(statements.items[i], "`U64` bigint unsigned");
            check_contains(statements.items[i], "`BOOL` tinyint(1)");
            check_that(!strstr(statements.items[i], "CHECK"));
        }
    check_that(seen);
}

static const char shared[] = HEAD "\ntable notes\n"
                                  "  column a text\n  column b text\n  column c i64\n  column d bytes\n"
                                  "  index notes_a_b_c_idx a b c\n  index notes_b_idx b\n  key d\n";

TOASTY_TEST(sql, texts_in_one_index_share_what_it_holds)
{
    toasty__texts statements = tables_statements(&toasty__sql_schema_mariadb, shared, "");
    check_contains(statements.items[0], "`a` varchar(383)"); /* (3072 - 8) / 2 / 4 */
    check_contains(statements.items[0], "`d` varbinary(3072)");
    check_contains(statements.items[0], "COLLATE=utf8mb4_nopad_bin");
}

TOASTY_TEST(sql, a_label_of_mysql_may_hold_a_quote_and_a_backslash)
{
    static const char labels[] = HEAD "\nenum odd \"it's\" \"a\\\\b\"\n"
                                      "table odds\n  column id i64\n  column o enum=odd\n  key id\n";
    toasty__texts statements = tables_statements(&toasty__sql_schema_mysql, labels, "");
    check_contains(statements.items[0], "enum('it''s','a\\\\b')");
}
