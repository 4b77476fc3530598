/* Nodes of statements that read several tables, call functions, or change what is there: their texts in every
 * dialect. */
#include "sql/texts.h"

#define check_plain(expected, stmt) check_text((expected), text_of(&toasty__dialect_plain, (stmt), ""))
#define check_three(expected_sqlite, expected_postgresql, expected_plain, stmt)                              \
    do {                                                                                                     \
        check_either(expected_sqlite, expected_postgresql, stmt);                                            \
        check_plain(expected_plain, stmt);                                                                   \
    } while (0)

static const toasty_parameter numbers[8];

static toasty__expr *call(toasty__function function, toasty__expr *first, toasty__expr *second)
{
    toasty__expr *expr = node(TOASTY__EXPR_CALL, (first != NULL) + (second != NULL), first, second);
    expr->function = (uint8_t)function;
    return expr;
}

static toasty__expr *of_select(toasty__expr_tag tag, const toasty__stmt *select)
{
    toasty__expr *expr = node(tag, 0, NULL, NULL);
    expr->select = select;
    return expr;
}

static toasty__expr *incoming(uint16_t field)
{
    toasty__expr *expr = node(TOASTY__EXPR_INCOMING, 0, NULL, NULL);
    expr->field = field;
    return expr;
}

static toasty__stmt select_from(const toasty__source *from, const toasty__item *items, uint16_t count)
{
    toasty__stmt stmt = select_persons(NULL, 0);
    stmt.from = from;
    stmt.items = items;
    stmt.item_count = count;
    stmt.parameters = numbers;
    stmt.parameter_count = 1;
    return stmt;
}

/* --- sources --- */

TOASTY_TEST(sql, tables_that_are_joined_have_names_and_every_column_says_its_own)
{
    toasty__source boss = {.model = &person_model, .number = 2, .join = TOASTY__JOIN_LEFT};
    toasty__source first = {.model = &person_model, .number = 1, .next = &boss};
    boss.on = BOTH(EQ, column_of(&boss, PERSON_ID), column_of(&first, PERSON_BOSS_ID));
    toasty__item items[] = {{column_of(&first, PERSON_ID), NULL}, {column_of(&boss, PERSON_NAME), NULL}};
    const toasty__order by = {.value = column_of(&boss, PERSON_NAME), .nulls_turned = true};
    toasty__stmt stmt = select_from(&first, items, 2);
    stmt.where = BOTH(GT, column_of(&first, PERSON_AGE), parameter_of(0));
    stmt.select.orders = &by;
    stmt.select.order_count = 1;
    check_three("SELECT \"t1\".\"id\", \"t2\".\"name\" FROM \"persons\" AS \"t1\" LEFT JOIN \"persons\" AS "
                "\"t2\" ON \"t2\".\"id\" = \"t1\".\"boss_id\" WHERE \"t1\".\"age\" > ? "
                "ORDER BY \"t2\".\"name\" NULLS LAST",
                "SELECT \"t1\".\"id\", \"t2\".\"name\" FROM \"persons\" AS \"t1\" LEFT JOIN \"persons\" AS "
                "\"t2\" ON \"t2\".\"id\" = \"t1\".\"boss_id\" WHERE \"t1\".\"age\" > $1 "
                "ORDER BY \"t2\".\"name\"",
                "SELECT `t1`.`id`, `t2`.`name` FROM `persons` AS `t1` LEFT JOIN `persons` AS `t2` ON "
                "`t2`.`id` = `t1`.`boss_id` WHERE `t1`.`age` > ? ORDER BY `t2`.`name` IS NULL, `t2`.`name`",
                &stmt);
    boss.join = TOASTY__JOIN_CROSS;
    boss.on = NULL;
    check_contains(text_of(&toasty__dialect_sqlite, &stmt, ""), "AS \"t1\" CROSS JOIN \"persons\" AS \"t2\"");
}

TOASTY_TEST(sql, a_select_is_a_source_and_its_items_are_columns)
{
    toasty__item inner_items[] = {{column(PERSON_BOSS_ID), NULL},
                                  {call(TOASTY__FUNCTION_MAX, column(PERSON_AGE), NULL), NULL}};
    toasty__expr *group = column(PERSON_BOSS_ID);
    toasty__stmt inner = select_from(&persons, inner_items, 2);
    inner.select.group = &group;
    inner.select.group_count = 1;
    toasty__source source = {.select = &inner, .number = 1};
    toasty__item items[] = {{column_of(&source, 0), NULL}, {column_of(&source, 1), NULL}};
    toasty__stmt stmt = select_from(&source, items, 2);
    stmt.where = BOTH(GT, column_of(&source, 1), parameter_of(0));
    check_three(
        "SELECT \"t1\".\"boss_id\", \"t1\".\"item 1\" FROM (SELECT \"boss_id\", max(\"age\") AS \"item "
        "1\" FROM \"persons\" GROUP BY \"boss_id\") AS \"t1\" WHERE \"t1\".\"item 1\" > ?",
        "SELECT \"t1\".\"boss_id\", \"t1\".\"item 1\" FROM (SELECT \"boss_id\", max(\"age\") AS \"item "
        "1\" FROM \"persons\" GROUP BY \"boss_id\") AS \"t1\" WHERE \"t1\".\"item 1\" > $1",
        "SELECT `t1`.`boss_id`, `t1`.`item 1` FROM (SELECT `boss_id`, max(`age`) AS `item 1` FROM "
        "`persons` GROUP BY `boss_id`) AS `t1` WHERE `t1`.`item 1` > ?",
        &stmt);
}

TOASTY_TEST(sql, so_many_rows_of_each_may_be_ordered_through_another_table)
{
    toasty__source boss = {.model = &person_model, .number = 2};
    toasty__source first = {.model = &person_model, .number = 1, .next = &boss};
    boss.on = BOTH(EQ, column_of(&boss, PERSON_ID), column_of(&first, PERSON_BOSS_ID));
    toasty__item items[] = {{column_of(&first, PERSON_ID), NULL}};
    toasty__expr *partition = column_of(&first, PERSON_MOOD);
    const toasty__order by[] = {{.value = column_of(&boss, PERSON_NAME)},
                                {.value = column_of(&first, PERSON_ID), .descending = true}};
    toasty__stmt stmt = select_from(&first, items, 1);
    stmt.select.partition = &partition;
    stmt.select.partition_count = 1;
    stmt.select.each = 0;
    stmt.select.orders = by;
    stmt.select.order_count = 2;
    check_sqlite(
        "SELECT \"item 0\" FROM (SELECT \"t1\".\"id\" AS \"item 0\", \"t2\".\"name\" AS \"order 0\", "
        "row_number() OVER (PARTITION BY \"t1\".\"mood\" ORDER BY \"t2\".\"name\", \"t1\".\"id\" DESC) "
        "AS \"row number\" FROM \"persons\" AS \"t1\" JOIN \"persons\" AS \"t2\" ON \"t2\".\"id\" = "
        "\"t1\".\"boss_id\") AS \"numbered\" WHERE \"row number\" <= ? ORDER BY \"order 0\", "
        "\"item 0\" DESC",
        &stmt);
}

TOASTY_TEST(sql, lists_side_by_side_are_a_source)
{
    toasty__expr *two[] = {parameter_of(0), parameter_of(1)};
    toasty_parameter lists[] = {{.list = true}, {.list = true}};
    toasty__source list = {.lists = two, .list_count = 2, .number = 1};
    toasty__item items[] = {{column_of(&list, 1), NULL}};
    toasty__stmt stmt = select_from(&list, items, 1);
    stmt.parameters = lists;
    stmt.parameter_count = 2;
    check_either(
        "SELECT \"t1\".\"item 1\" FROM (WITH \"list 0\" AS MATERIALIZED (SELECT \"key\", \"value\" FROM "
        "toasty_list(?)), \"list 1\" AS MATERIALIZED (SELECT \"key\", \"value\" FROM toasty_list(?)) "
        "SELECT \"list 0\".\"value\" AS \"item 0\", \"list 1\".\"value\" AS \"item 1\" FROM \"list 0\" "
        "JOIN \"list 1\" USING (\"key\")) AS \"t1\"",
        "SELECT \"t1\".\"item 1\" FROM (SELECT * FROM unnest($1, $2) AS \"lists\" (\"item 0\", \"item "
        "1\")) AS \"t1\"",
        &stmt);
}

TOASTY_TEST(sql, a_change_of_the_rows_in_a_long_list_joins_it_where_that_must_be)
{
    toasty_parameter list[] = {{.list = true}, {.type = TOASTY_TYPE_I32}};
    toasty__expr *in = BOTH(IN, column(PERSON_NAME), parameter_of(0));
    toasty__stmt stmt = {.tag = TOASTY__STMT_DELETE,
                         .model = &person_model,
                         .from = &persons,
                         .parameters = list,
                         .parameter_count = 2,
                         .where = BOTH(AND, in, BOTH(GT, column(PERSON_AGE), parameter_of(1)))};
    check_plain(
        "DELETE FROM `persons` WHERE `id` IN (SELECT `t2`.`id` FROM (SELECT `id` FROM `persons` JOIN (WITH "
        "`list 0` AS MATERIALIZED (SELECT `key`, `value` FROM toasty_list(?)) SELECT `list 0`.`value` AS "
        "`item "
        "0` FROM `list 0`) AS `t1` ON `name` = `t1`.`item 0` WHERE `age` > ?) AS `t2`)",
        &stmt);
    check_sqlite(
        "DELETE FROM \"persons\" WHERE \"name\" IN (SELECT \"value\" FROM toasty_list(?)) AND \"age\" > ?",
        &stmt);
    stmt.where = in;
    check_contains(text_of(&toasty__dialect_plain, &stmt, ""), "ON `name` = `t1`.`item 0`) AS `t2`)");
    list[0].list_size = 2;
    check_plain("DELETE FROM `persons` WHERE `name` IN (?, ?)", &stmt);
}

/* --- selects inside of expressions --- */

TOASTY_TEST(sql, what_exists_may_depend_on_the_row_around_it)
{
    toasty__source outer = {.model = &person_model, .number = 1}, inner = {.model = &task_model, .number = 2};
    toasty__item items[] = {{column_of(&outer, PERSON_ID), NULL}};
    toasty__stmt stmt = select_from(&outer, items, 1), rows = select_from(&inner, NULL, 0);
    rows.where = BOTH(EQ, column_of(&inner, TASK_PERSON_ID), column_of(&outer, PERSON_ID));
    stmt.where = ONE(NOT, of_select(TOASTY__EXPR_EXISTS, &rows));
    check_three(
        "SELECT \"t1\".\"id\" FROM \"persons\" AS \"t1\" WHERE NOT EXISTS (SELECT 1 FROM \"tasks\" AS "
        "\"t2\" WHERE \"t2\".\"person_id\" = \"t1\".\"id\")",
        "SELECT \"t1\".\"id\" FROM \"persons\" AS \"t1\" WHERE NOT EXISTS (SELECT 1 FROM \"tasks\" AS "
        "\"t2\" WHERE \"t2\".\"person_id\" = \"t1\".\"id\")",
        "SELECT `t1`.`id` FROM `persons` AS `t1` WHERE NOT EXISTS (SELECT 1 FROM `tasks` AS `t2` WHERE "
        "`t2`.`person_id` = `t1`.`id`)",
        &stmt);
}

TOASTY_TEST(sql, a_select_is_a_value_or_a_list)
{
    toasty__stmt all =
        select_from(table_of(&task_model), items_of(&tasks, (uint16_t[]){TASK_PERSON_ID}, 1), 1);
    toasty__stmt stmt = select_persons((uint16_t[]){PERSON_ID}, 1);
    stmt.where = BOTH(IN, column(PERSON_ID), of_select(TOASTY__EXPR_SELECT, &all));
    check_three("SELECT \"id\" FROM \"persons\" WHERE \"id\" IN (SELECT \"person_id\" FROM \"tasks\")",
                "SELECT \"id\" FROM \"persons\" WHERE \"id\" IN (SELECT \"person_id\" FROM \"tasks\")",
                "SELECT `id` FROM `persons` WHERE `id` IN (SELECT `person_id` FROM `tasks`)", &stmt);
    stmt.where = BOTH(GE, column(PERSON_ID), of_select(TOASTY__EXPR_SELECT, &all));
    check_plain("SELECT `id` FROM `persons` WHERE `id` >= (SELECT `person_id` FROM `tasks`)", &stmt);
    toasty__expr *three[] = {column(PERSON_ID), column(PERSON_BOSS_ID), of_select(TOASTY__EXPR_SELECT, &all)};
    stmt.where = &(toasty__expr){.tag = TOASTY__EXPR_TUPLE_IN, .count = 3, .items = three};
    check_sqlite(
        "SELECT \"id\" FROM \"persons\" WHERE (\"id\", \"boss_id\") IN (SELECT \"person_id\" FROM \"tasks\")",
        &stmt);
}

TOASTY_TEST(sql, selects_nest_as_deep_as_they_like)
{
    enum { DEPTH = 20000 };
    static toasty__stmt stmts[DEPTH + 1];
    stmts[0] = select_persons((uint16_t[]){PERSON_ID}, 1);
    for (int i = 1; i <= DEPTH; i++) {
        stmts[i] = select_persons((uint16_t[]){PERSON_ID}, 1);
        stmts[i].where = BOTH(IN, column(PERSON_ID), of_select(TOASTY__EXPR_SELECT, &stmts[i - 1]));
    }
    check_that(strlen(text_of(&toasty__dialect_sqlite, &stmts[DEPTH], "")) > (size_t)DEPTH * 40);
}

/* --- calls, groups, raw text --- */

TOASTY_TEST(sql, groups_are_counted_and_chosen)
{
    toasty__expr *group = column(PERSON_MOOD), *count = call(TOASTY__FUNCTION_COUNT, NULL, NULL);
    toasty__item items[] = {{group, NULL}, {count, NULL}};
    toasty__stmt stmt = select_from(&persons, items, 2);
    stmt.select.group = &group;
    stmt.select.group_count = 1;
    stmt.select.having = BOTH(GT, count, parameter_of(0));
    stmt.where = ONE(IS_NOT_NULL, column(PERSON_AGE));
    check_three(
        "SELECT \"mood\", count(*) FROM \"persons\" WHERE \"age\" IS NOT NULL GROUP BY \"mood\" HAVING "
        "count(*) > ?",
        "SELECT \"mood\", count(*) FROM \"persons\" WHERE \"age\" IS NOT NULL GROUP BY \"mood\" HAVING "
        "count(*) > $1",
        "SELECT `mood`, count(*) FROM `persons` WHERE `age` IS NOT NULL GROUP BY `mood` HAVING count(*) > "
        "?",
        &stmt);
}

TOASTY_TEST(sql, sums_and_averages_are_what_each_dialect_has_for_exact_ones)
{
    toasty__item items[] = {{call(TOASTY__FUNCTION_AVERAGE, column(PERSON_AGE), NULL), NULL},
                            {call(TOASTY__FUNCTION_SUM_REALS, column(PERSON_AGE), NULL), NULL},
                            {call(TOASTY__FUNCTION_AVERAGE_REALS, column(PERSON_AGE), NULL), NULL},
                            {call(TOASTY__FUNCTION_MAX, column(PERSON_AGE), NULL), NULL}};
    toasty__stmt stmt = select_from(&persons, items, 4);
    check_three(
        "SELECT toasty_average(\"age\"), toasty_total(\"age\"), toasty_average(\"age\"), max(\"age\") FROM "
        "\"persons\"",
        "SELECT (CAST(sum(\"age\") AS double precision) / count(\"age\")), sum(CAST(\"age\" AS double "
        "precision)), "
        "(sum(CAST(\"age\" AS double precision)) / count(\"age\")), max(\"age\") FROM \"persons\"",
        "SELECT toasty_average(`age`), toasty_total(`age`), toasty_average(`age`), max(`age`) FROM `persons`",
        &stmt);
}

static toasty__expr *cut(toasty_unit unit, toasty_type type)
{
    toasty__expr *expr = node(TOASTY__EXPR_CUT, 1, column(PERSON_AGE), NULL);
    expr->unit = (uint8_t)unit;
    expr->type = (uint8_t)type;
    return expr;
}

TOASTY_TEST(sql, times_are_cut_to_what_their_type_has)
{
    toasty__item items[] = {{cut(TOASTY_UNIT_DAY, TOASTY_TYPE_TIMESTAMP), NULL},
                            {cut(TOASTY_UNIT_YEAR, TOASTY_TYPE_DATE), NULL},
                            {cut(TOASTY_UNIT_HOUR, TOASTY_TYPE_TIME), NULL},
                            {call(TOASTY__FUNCTION_COUNT_DISTINCT, column(PERSON_AGE), NULL), NULL}};
    toasty__stmt stmt = select_from(&persons, items, 4);
    check_three("SELECT (substr(\"age\", 1, 10) || ' 00:00:00.000000'), (substr(\"age\", 1, 4) || '-01-01'), "
                "(substr(\"age\", 1, 2) || ':00:00.000000'), count(DISTINCT \"age\") FROM \"persons\"",
                "SELECT (date_trunc('day', \"age\" AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'), "
                "CAST(date_trunc('year', CAST(\"age\" AS timestamp)) AS date), "
                "CAST(date_trunc('hour', \"age\") AS time), count(DISTINCT \"age\") FROM \"persons\"",
                "SELECT (substr(`age`, 1, 10) || ' 00:00:00.000000'), (substr(`age`, 1, 4) || '-01-01'), "
                "(substr(`age`, 1, 2) || ':00:00.000000'), count(DISTINCT `age`) FROM `persons`",
                &stmt);
    check_text(
        "SELECT CAST(concat(left(`age`, 10), ' 00:00:00.000000') AS DATETIME(6)), "
        "CAST(concat(left(`age`, 4), '-01-01') AS DATE), "
        "CAST(concat(left(`age`, 2), ':00:00.000000') AS TIME(6)), count(DISTINCT `age`) FROM `persons`",
        text_of(&toasty__dialect_mysql, &stmt, ""));
}

TOASTY_TEST(sql, functions_have_the_names_of_their_dialect)
{
    toasty__item items[] = {
        {call(TOASTY__FUNCTION_POSITION, column(PERSON_NAME), parameter_of(0)), NULL},
        {call(TOASTY__FUNCTION_COALESCE, column(PERSON_AGE), parameter_of(0)), NULL},
        {call(TOASTY__FUNCTION_SUM, BOTH(ADD, column(PERSON_AGE), column(PERSON_ID)), NULL), NULL},
        {call(TOASTY__FUNCTION_COUNT, column(PERSON_AGE), NULL), NULL},
        {ONE(IS_NULL, column(PERSON_AGE)), NULL}};
    toasty__stmt stmt = select_from(&persons, items, 5);
    stmt.select.distinct = true;
    check_three(
        "SELECT DISTINCT instr(\"name\", ?), coalesce(\"age\", ?), toasty_total(\"age\" + \"id\"), "
        "count(\"age\"), \"age\" IS NULL FROM \"persons\"",
        "SELECT DISTINCT strpos(\"name\", $1), coalesce(\"age\", $1), CAST(sum(\"age\" + \"id\") AS bigint), "
        "count(\"age\"), CAST(CAST(\"age\" IS NULL AS integer) AS bigint) FROM \"persons\"",
        "SELECT DISTINCT instr(`name`, ?), coalesce(`age`, ?), toasty_total(`age` + `id`), count(`age`), "
        "CAST(`age` IS NULL AS SIGNED) FROM `persons`",
        &stmt);
}

TOASTY_TEST(sql, raw_text_has_expressions_in_it)
{
    static const char *const texts[] = {"json_valid(", ", ", ")"};
    toasty__expr *raw = BOTH(RAW, column(PERSON_NAME), parameter_of(0));
    raw->texts = texts;
    toasty__stmt stmt = select_from(&persons, items_of(&persons, NULL, 1), 1);
    stmt.where = ONE(NOT, raw);
    check_three("SELECT \"id\" FROM \"persons\" WHERE NOT (json_valid(\"name\", ?))",
                "SELECT \"id\" FROM \"persons\" WHERE NOT (json_valid(\"name\", $1))",
                "SELECT `id` FROM `persons` WHERE NOT (json_valid(`name`, ?))", &stmt);
}

/* --- locks and conflicts --- */

TOASTY_TEST(sql, rows_are_locked_where_the_whole_database_is_not)
{
    toasty__stmt stmt = select_from(&persons, items_of(&persons, NULL, 1), 1);
    stmt.select.lock = TOASTY_FOR_UPDATE;
    stmt.select.lock_wait = TOASTY_SKIP_LOCKED;
    stmt.select.limit = 0;
    check_either("SELECT \"id\" FROM \"persons\" LIMIT ?",
                 "SELECT \"id\" FROM \"persons\" LIMIT $1 FOR UPDATE SKIP LOCKED", &stmt);
    stmt.select.lock = TOASTY_FOR_SHARE;
    stmt.select.lock_wait = TOASTY_NO_WAIT;
    check_postgresql("SELECT \"id\" FROM \"persons\" LIMIT $1 FOR SHARE NOWAIT", &stmt);
}

TOASTY_TEST(sql, an_insert_may_change_the_row_that_is_there)
{
    static const uint16_t fields[] = {PERSON_NAME, PERSON_EMAIL};
    const toasty__assignment assignments[] = {
        {PERSON_NAME, incoming(PERSON_NAME)},
        {PERSON_AGE, BOTH(ADD, column(PERSON_AGE), parameter_of(2))},
    };
    toasty__conflict conflict = {&person_indexes[1], assignments, 2};
    toasty__stmt stmt = {.tag = TOASTY__STMT_INSERT,
                         .model = &person_model,
                         .from = &persons,
                         .parameters = numbers,
                         .parameter_count = 3,
                         .insert = {fields, 2, 2, &conflict}};
    check_three(
        "INSERT INTO \"persons\" (\"name\", \"email\") VALUES (?, ?), (?, ?) ON CONFLICT (\"email\") "
        "DO UPDATE SET \"name\" = excluded.\"name\", \"age\" = \"persons\".\"age\" + ?",
        "INSERT INTO \"persons\" (\"name\", \"email\") VALUES ($1, $2), ($3, $4) ON CONFLICT (\"email\") "
        "DO UPDATE SET \"name\" = excluded.\"name\", \"age\" = \"persons\".\"age\" + $5",
        "unsupported", &stmt);
    conflict.assignment_count = 0;
    stmt.insert.row_count = 1;
    check_sqlite("INSERT INTO \"persons\" (\"name\", \"email\") VALUES (?, ?) ON CONFLICT (\"email\") DO "
                 "NOTHING",
                 &stmt);
}

/* --- values by their place --- */

static toasty_statement plain_statement(const toasty__stmt *stmt)
{
    static toasty__arena arena;
    toasty_statement statement;
    toasty_error err;
    check_int(0, toasty__sql_prepare(&toasty__dialect_plain, stmt, "", &arena, &statement, &err));
    return statement;
}

static void check_places(const toasty_statement *statement, const toasty_place *places, uint32_t count)
{
    check_uint(count, statement->place_count);
    for (uint32_t i = 0; i < count; i++) {
        check_uint(places[i].value, statement->places[i].value);
        check_uint(places[i].item, statement->places[i].item);
    }
}

TOASTY_TEST(sql, without_numbers_the_statement_tells_which_value_stands_where)
{
    toasty__assignment set = {PERSON_AGE, BOTH(ADD, column(PERSON_AGE), parameter_of(1))};
    toasty__stmt stmt = {.tag = TOASTY__STMT_UPDATE,
                         .model = &person_model,
                         .from = &persons,
                         .parameters = numbers,
                         .parameter_count = 2,
                         .where = BOTH(ENDS_WITH, column(PERSON_NAME), parameter_of(0)),
                         .update = {&set, 1}};
    toasty_statement statement = plain_statement(&stmt);
    check_text(
        "UPDATE `persons` SET `age` = `age` + ? WHERE substr(`name`, length(`name`) - length(?) + 1) = ?",
        statement.sql);
    check_places(&statement, (toasty_place[]){{1, 0}, {0, 0}, {0, 0}}, 3);
}

TOASTY_TEST(sql, without_numbers_lists_side_by_side_are_told_item_by_item)
{
    toasty__expr *items[] = {column(PERSON_AGE), column(PERSON_NAME), parameter_of(0), parameter_of(1)};
    toasty__expr pairs = {.tag = TOASTY__EXPR_TUPLE_IN, .count = 4, .items = items};
    toasty_parameter lists[] = {{.list = true, .list_size = 2}, {.list = true, .list_size = 2}};
    toasty__stmt stmt = select_persons((uint16_t[]){PERSON_ID}, 1);
    stmt.where = &pairs;
    stmt.parameters = lists;
    stmt.parameter_count = 2;
    toasty_statement statement = plain_statement(&stmt);
    check_text("SELECT `id` FROM `persons` WHERE (`age`, `name`) IN (VALUES (?, ?), (?, ?))", statement.sql);
    check_places(&statement, (toasty_place[]){{0, 0}, {1, 0}, {0, 1}, {1, 1}}, 4);
}

TOASTY_TEST(sql, values_that_stand_in_their_own_order_need_no_places)
{
    toasty_parameter lists[] = {{.list = true, .list_size = 3}, {.type = TOASTY_TYPE_I64}};
    toasty__stmt stmt = select_persons((uint16_t[]){PERSON_ID}, 1);
    stmt.where = BOTH(AND, BOTH(IN, column(PERSON_AGE), parameter_of(0)),
                      BOTH(EQ, column(PERSON_ID), parameter_of(1)));
    stmt.parameters = lists;
    stmt.parameter_count = 2;
    toasty_statement statement = plain_statement(&stmt);
    check_text("SELECT `id` FROM `persons` WHERE `age` IN (?, ?, ?) AND `id` = ?", statement.sql);
    check_uint(0, statement.place_count);
    check_null(statement.places);
}

TOASTY_TEST(sql, the_plain_dialect_says_what_it_can_and_refuses_the_rest)
{
    static const uint16_t name[] = {PERSON_NAME};
    toasty__stmt stmt = select_persons((uint16_t[]){PERSON_ID}, 1);
    const toasty__order by = {.value = column(PERSON_AGE), .descending = true, .nulls_turned = true};
    stmt.parameters = numbers;
    stmt.parameter_count = 1;
    stmt.select.orders = &by;
    stmt.select.order_count = 1;
    stmt.select.offset = 0;
    check_plain("SELECT `id` FROM `persons` ORDER BY `age` IS NOT NULL, `age` DESC LIMIT 9223372036854775807 "
                "OFFSET ?",
                &stmt);
    toasty__stmt insert = {.tag = TOASTY__STMT_INSERT, .model = &person_model, .from = &persons};
    insert.insert.row_count = 1;
    check_plain("INSERT INTO `persons` (`id`) VALUES (NULL)", &insert);
    insert.insert.fields = name;
    insert.insert.field_count = 1;
    insert.parameters = numbers;
    insert.parameter_count = 1;
    insert.items = items_of(&persons, NULL, 1);
    insert.item_count = 1;
    check_plain("unsupported", &insert);
    toasty_operation begin = {.kind = TOASTY_OPERATION_RELEASE, .level = 3};
    char text[TOASTY__CONTROL_TEXT];
    toasty__sql_control(&toasty__dialect_plain, &begin, text, sizeof text);
    check_text("RELEASE SAVEPOINT toasty_3", text);
}

TOASTY_TEST(sql, transactions_begin_with_the_words_of_their_dialect)
{
    const toasty_operation begins[] = {
        {.kind = TOASTY_OPERATION_BEGIN},
        {.kind = TOASTY_OPERATION_BEGIN, .read_only = true},
        {.kind = TOASTY_OPERATION_BEGIN, .isolation = 3, .lock = 3},
    };
    const char *const sqlite[] = {"BEGIN IMMEDIATE", "BEGIN", "BEGIN EXCLUSIVE"};
    const char *const postgresql[] = {"BEGIN", "BEGIN READ ONLY", "BEGIN ISOLATION LEVEL SERIALIZABLE"};
    for (int i = 0; i < 3; i++) {
        char text[TOASTY__CONTROL_TEXT];
        toasty__sql_control(&toasty__dialect_sqlite, &begins[i], text, sizeof text);
        check_text(sqlite[i], text);
        toasty__sql_control(&toasty__dialect_postgresql, &begins[i], text, sizeof text);
        check_text(postgresql[i], text);
    }
}
