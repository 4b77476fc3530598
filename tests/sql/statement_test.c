/* Whole statements as text, and what a driver is told beside it. */
#include "sql/texts.h"

static const uint16_t id_name[] = {PERSON_ID, PERSON_NAME};
static const toasty_parameter numbers[8];

TOASTY_TEST(sql, a_select_names_its_columns_and_nothing_else)
{
    toasty__stmt stmt = select_persons(id_name, 2);
    check_either("SELECT \"id\", \"name\" FROM \"persons\"", "SELECT \"id\", \"name\" FROM \"persons\"",
                 &stmt);
    check_text("SELECT \"id\", \"name\" FROM \"app_persons\"",
               text_of(&toasty__dialect_sqlite, &stmt, "app_"));
}

TOASTY_TEST(sql, the_same_statement_has_the_same_text)
{
    toasty__stmt stmt = select_persons(id_name, 2);
    stmt.where = BOTH(EQ, column(PERSON_NAME), parameter_of(0));
    stmt.parameters = numbers;
    stmt.parameter_count = 1;
    char first[128];
    strcpy(first, text_of(&toasty__dialect_postgresql, &stmt, ""));
    for (int i = 0; i < 10; i++)
        check_postgresql(first, &stmt);
}

TOASTY_TEST(sql, identifiers_are_quoted_whatever_they_are)
{
    static const toasty_field fields[] = {{.name = "a", .column = "select"},
                                          {.name = "b", .column = "quote\"d"},
                                          {.name = "c", .column = "größe 日本"}};
    static const toasty_model odd = {
        .name = "Odd", .table = "or\"der; --", .fields = fields, .field_count = 3};
    static const uint16_t all[] = {0, 1, 2};
    toasty__stmt stmt = select_persons(all, 3);
    stmt.model = &odd;
    stmt.from = table_of(&odd);
    stmt.items = items_of(stmt.from, all, 3);
    const char *text = "SELECT \"select\", \"quote\"\"d\", \"größe 日本\" FROM \"or\"\"der; --\"";
    check_either(text, text, &stmt);
}

TOASTY_TEST(sql, nulls_are_first_going_up_and_last_going_down)
{
    const toasty__order orders[] = {{.value = column(PERSON_AGE)},
                                    {.value = column(PERSON_BOSS_ID), .descending = true},
                                    {.value = column(PERSON_NAME)},
                                    {.value = column(PERSON_ID), .descending = true}};
    toasty__stmt stmt = select_persons(id_name, 2);
    stmt.select.orders = orders;
    stmt.select.order_count = 4;
    check_either(
        "SELECT \"id\", \"name\" FROM \"persons\" ORDER BY \"age\", \"boss_id\" DESC, \"name\", \"id\" DESC",
        "SELECT \"id\", \"name\" FROM \"persons\" ORDER BY \"age\" NULLS FIRST, \"boss_id\" DESC NULLS LAST, "
        "\"name\", \"id\" DESC",
        &stmt);
}

TOASTY_TEST(sql, limit_and_offset_are_parameters)
{
    toasty__stmt stmt = select_persons(id_name, 2);
    stmt.parameters = numbers;
    stmt.parameter_count = 2;
    stmt.select.offset = 0;
    check_either("SELECT \"id\", \"name\" FROM \"persons\" LIMIT -1 OFFSET ?",
                 "SELECT \"id\", \"name\" FROM \"persons\" OFFSET $1", &stmt);
    stmt.select.limit = 1;
    check_either("SELECT \"id\", \"name\" FROM \"persons\" LIMIT ? OFFSET ?",
                 "SELECT \"id\", \"name\" FROM \"persons\" LIMIT $2 OFFSET $1", &stmt);
}

/* The one item of a select. */
static const toasty__item *only(toasty__expr *value)
{
    static toasty__item items[8];
    static size_t count;
    toasty__item *item = &items[count++];
    item->value = value;
    return item;
}

static toasty__expr *call(toasty__function function, toasty__expr *argument)
{
    toasty__expr *expr = node(TOASTY__EXPR_CALL, argument != NULL, argument, NULL);
    expr->function = (uint8_t)function;
    return expr;
}

static toasty__expr *of_select(toasty__expr_tag tag, const toasty__stmt *select)
{
    toasty__expr *expr = node(tag, 0, NULL, NULL);
    expr->select = select;
    return expr;
}

TOASTY_TEST(sql, counting_is_a_call_and_existing_answers_an_integer_too)
{
    toasty__stmt stmt = select_persons(NULL, 0);
    stmt.items = only(call(TOASTY__FUNCTION_COUNT, NULL));
    stmt.item_count = 1;
    check_sqlite("SELECT count(*) FROM \"persons\"", &stmt);
    toasty__stmt rows = select_persons(NULL, 0);
    rows.where = ONE(IS_NULL, column(PERSON_AGE));
    stmt.items = only(of_select(TOASTY__EXPR_EXISTS, &rows));
    stmt.from = NULL;
    check_either(
        "SELECT EXISTS (SELECT 1 FROM \"persons\" WHERE \"age\" IS NULL)",
        "SELECT CAST(CAST(EXISTS (SELECT 1 FROM \"persons\" WHERE \"age\" IS NULL) AS integer) AS bigint)",
        &stmt);
}

TOASTY_TEST(sql, rows_of_a_select_are_counted_from_outside)
{
    toasty__stmt stmt = select_persons(NULL, 0), rows = select_persons(NULL, 0);
    rows.select.limit = 0;
    stmt.parameters = numbers;
    stmt.parameter_count = 1;
    stmt.items = only(call(TOASTY__FUNCTION_COUNT, NULL));
    stmt.item_count = 1;
    stmt.from = &(toasty__source){.select = &rows, .number = 1};
    check_either("SELECT count(*) FROM (SELECT 1 FROM \"persons\" LIMIT ?) AS \"t1\"",
                 "SELECT count(*) FROM (SELECT 1 FROM \"persons\" LIMIT $1) AS \"t1\"", &stmt);
}

TOASTY_TEST(sql, so_many_rows_of_each_group_are_numbered_inside)
{
    toasty__expr *boss = column(PERSON_BOSS_ID);
    const toasty__order orders[] = {{.value = boss}, {.value = column(PERSON_NAME)}};
    toasty__stmt stmt = select_persons(id_name, 2);
    stmt.select.partition = &boss;
    stmt.select.partition_count = 1;
    stmt.select.orders = orders;
    stmt.select.order_count = 2;
    stmt.select.each = 0;
    stmt.parameters = numbers;
    stmt.parameter_count = 1;
    check_sqlite(
        "SELECT \"id\", \"name\" FROM (SELECT \"id\", \"name\", \"boss_id\", row_number() OVER "
        "(PARTITION BY \"boss_id\" ORDER BY \"boss_id\", \"name\") AS \"row number\" FROM \"persons\") AS "
        "\"numbered\" WHERE \"row number\" <= ? ORDER BY \"boss_id\", \"name\"",
        &stmt);
}

/* --- writes --- */

static const uint16_t name_mood[] = {PERSON_NAME, PERSON_MOOD};
static const toasty_parameter two[] = {{.field = &person_fields[PERSON_NAME], .type = TOASTY_TYPE_TEXT},
                                       {.field = &person_fields[PERSON_MOOD], .type = TOASTY_TYPE_ENUM}};

static toasty__stmt insert_persons(uint32_t row_count)
{
    return (toasty__stmt){.tag = TOASTY__STMT_INSERT,
                          .model = &person_model,
                          .parameters = two,
                          .parameter_count = 2,
                          .insert = {.fields = name_mood, .field_count = 2, .row_count = row_count}};
}

TOASTY_TEST(sql, an_insert_has_as_many_rows_as_it_is_made_for)
{
    toasty__stmt stmt = insert_persons(1);
    check_either("INSERT INTO \"persons\" (\"name\", \"mood\") VALUES (?, ?)",
                 "INSERT INTO \"persons\" (\"name\", \"mood\") VALUES ($1, $2)", &stmt);
    stmt = insert_persons(3);
    stmt.items = items_of(&persons, id_name, 1);
    stmt.item_count = 1;
    check_sqlite(
        "INSERT INTO \"persons\" (\"name\", \"mood\") VALUES (?, ?), (?, ?), (?, ?) RETURNING \"id\"", &stmt);
}

TOASTY_TEST(sql, an_insert_of_nothing_but_a_key_works_for_any_number_of_rows)
{
    toasty__stmt stmt = insert_persons(1);
    stmt.insert.field_count = 0;
    check_either("INSERT INTO \"persons\" DEFAULT VALUES", "INSERT INTO \"persons\" DEFAULT VALUES", &stmt);
    stmt.insert.row_count = 2;
    check_either("INSERT INTO \"persons\" (\"id\") VALUES (NULL), (NULL)",
                 "INSERT INTO \"persons\" (\"id\") VALUES (DEFAULT), (DEFAULT)", &stmt);
}

TOASTY_TEST(sql, an_insert_of_lists_unnests_them)
{
    toasty__stmt stmt = insert_persons(0);
    check_either("unsupported",
                 "INSERT INTO \"persons\" (\"name\", \"mood\") SELECT \"name\", \"mood\" FROM unnest($1, "
                 "$2::\"mood\"[]) AS \"input\" (\"name\", \"mood\")",
                 &stmt);
}

TOASTY_TEST(sql, keys_are_drawn_from_the_sequence_of_their_column)
{
    static const toasty_parameter count[] = {{.type = TOASTY_TYPE_I64}};
    toasty__stmt stmt = {.tag = TOASTY__STMT_DRAW,
                         .model = &person_model,
                         .parameters = count,
                         .parameter_count = 1,
                         .items = items_of(&persons, id_name, 1),
                         .item_count = 1};
    check_either(
        "unsupported",
        "SELECT nextval((SELECT pg_get_serial_sequence('\"persons\"', 'id')::regclass))::bigint FROM "
        "generate_series(1, $1)",
        &stmt);
}

TOASTY_TEST(sql, an_insert_of_lists_draws_its_keys_in_the_order_of_the_rows)
{
    toasty__stmt stmt = insert_persons(0);
    stmt.items = items_of(&persons, id_name, 2);
    stmt.item_count = 2;
    check_postgresql(
        "WITH \"input\" AS MATERIALIZED (SELECT nextval((SELECT pg_get_serial_sequence('\"persons\"', "
        "'id')::regclass))::bigint AS \"id\", \"name\", \"mood\", \"row number\" FROM unnest($1, "
        "$2::\"mood\"[]) WITH "
        "ORDINALITY AS \"input\" (\"name\", \"mood\", \"row number\")), \"inserted\" AS (INSERT INTO "
        "\"persons\" "
        "(\"id\", \"name\", \"mood\") SELECT \"id\", \"name\", \"mood\" FROM \"input\") SELECT \"id\", "
        "\"name\" FROM "
        "\"input\" ORDER BY \"row number\"",
        &stmt);
}

TOASTY_TEST(sql, rows_with_columns_that_only_the_database_knows_are_joined_to_the_input)
{
    static const uint16_t all[] = {PERSON_ID, PERSON_AGE};
    toasty__stmt stmt = insert_persons(0);
    stmt.items = items_of(&persons, all, 2);
    stmt.item_count = 2;
    check_contains(
        text_of(&toasty__dialect_postgresql, &stmt, ""),
        "FROM \"input\" RETURNING *) SELECT \"inserted\".\"id\", \"inserted\".\"age\" FROM \"inserted\" JOIN "
        "\"input\" USING (\"id\") ORDER BY \"row number\"");
}

TOASTY_TEST(sql, an_update_assigns_and_a_delete_deletes)
{
    toasty__assignment assignments[] = {{PERSON_NAME, parameter_of(1)},
                                        {PERSON_AGE, BOTH(ADD, column(PERSON_AGE), parameter_of(2))}};
    toasty__stmt stmt = {.tag = TOASTY__STMT_UPDATE,
                         .model = &person_model,
                         .parameters = numbers,
                         .parameter_count = 3,
                         .where = BOTH(EQ, column(PERSON_ID), parameter_of(0)),
                         .update = {assignments, 2}};
    check_either("UPDATE \"persons\" SET \"name\" = ?, \"age\" = \"age\" + ? WHERE \"id\" = ?",
                 "UPDATE \"persons\" SET \"name\" = $2, \"age\" = \"age\" + $3 WHERE \"id\" = $1", &stmt);
    stmt.tag = TOASTY__STMT_DELETE;
    stmt.items = items_of(&persons, id_name, 2);
    stmt.item_count = 2;
    check_sqlite("DELETE FROM \"persons\" WHERE \"id\" = ? RETURNING \"id\", \"name\"", &stmt);
}

TOASTY_TEST(sql, a_prepared_statement_tells_what_a_driver_needs)
{
    toasty__arena arena;
    toasty_statement first, second;
    toasty_error err;
    toasty__arena_init(&arena, 0);
    toasty__stmt stmt = insert_persons(3);
    check_int(0, toasty__sql_prepare(&toasty__dialect_sqlite, &stmt, "x_", &arena, &first, &err));
    check_text("INSERT", first.operation);
    check_text("x_persons", first.table);
    check_that(first.writes && !first.returns_rows && first.model == &person_model);
    check_uint(2, first.bulk_columns);
    check_uint(2, first.parameter_count);
    stmt = select_persons(id_name, 2);
    check_int(0, toasty__sql_prepare(&toasty__dialect_sqlite, &stmt, "", &arena, &second, &err));
    check_that(!second.writes && second.returns_rows && second.bulk_columns == 0);
    check_that(first.id && second.id > first.id);
    toasty__arena_done(&arena);
}
