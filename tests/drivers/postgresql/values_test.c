/* Values there and back: every type, its limits, NULL, lists and bulk inserts; and what does not fit. */
#include "client.h"

#include <math.h>

enum { COLUMNS = SAMPLE_FIELDS };

static toasty_value integer(int64_t value)
{
    return (toasty_value){.kind = TOASTY_VALUE_INT, .as.integer = value};
}

static toasty_value real(double value)
{
    return (toasty_value){.kind = TOASTY_VALUE_FLOAT, .as.real = value};
}

static toasty_value text(const char *value)
{
    return (toasty_value){.kind = TOASTY_VALUE_TEXT, .len = (uint32_t)strlen(value), .as.text = value};
}

static toasty_value bytes(const void *value, uint32_t length)
{
    return (toasty_value){.kind = TOASTY_VALUE_BYTES, .len = length, .as.bytes = value};
}

static toasty_value uuid(uint8_t fill)
{
    toasty_value value = {.kind = TOASTY_VALUE_UUID};
    memset(value.as.uuid, fill, sizeof value.as.uuid);
    return value;
}

/* The smallest and the largest that each type holds. */
static void limits(toasty_value *low, toasty_value *high)
{
    static const struct {
        int64_t low, high;
    } integers[] = {
        [TOASTY_TYPE_BOOL] = {0, 1},
        [TOASTY_TYPE_I8] = {INT8_MIN, INT8_MAX},
        [TOASTY_TYPE_I16] = {INT16_MIN, INT16_MAX},
        [TOASTY_TYPE_I32] = {INT32_MIN, INT32_MAX},
        [TOASTY_TYPE_I64] = {INT64_MIN, INT64_MAX},
        [TOASTY_TYPE_U8] = {0, UINT8_MAX},
        [TOASTY_TYPE_U16] = {0, UINT16_MAX},
        [TOASTY_TYPE_U32] = {0, UINT32_MAX},
        [TOASTY_TYPE_U64] = {0, INT64_MAX},
        [TOASTY_TYPE_ENUM] = {MOOD_LOW, MOOD_HIGH},
        [TOASTY_TYPE_TIMESTAMP] = {INT64_C(-62135596800000000), INT64_C(253402300799999999)},
        [TOASTY_TYPE_DATE] = {-719162, 2932896},
        [TOASTY_TYPE_TIME] = {0, INT64_C(86399999999)},
        [TOASTY_TYPE_DATETIME] = {INT64_C(-62135596800000000), INT64_C(253402300799999999)},
    };
    for (size_t i = 0; i < sizeof integers / sizeof *integers; i++) {
        low[1 + i] = integer(integers[i].low);
        high[1 + i] = integer(integers[i].high);
    }
    low[SAMPLE_OF(F32)] = real((double)-3.4028235e38f);
    high[SAMPLE_OF(F32)] = real(HUGE_VAL);
    low[SAMPLE_OF(F64)] = real(5e-324);
    high[SAMPLE_OF(F64)] = real(1.7976931348623157e308);
    low[SAMPLE_OF(TEXT)] = text("");
    high[SAMPLE_OF(TEXT)] = text("\x01 {\"a\", \\N} \xf0\x9f\x9a\x80");
    low[SAMPLE_OF(BYTES)] = bytes(NULL, 0);
    high[SAMPLE_OF(BYTES)] = bytes("\0\xff\\", 3);
    low[SAMPLE_OF(UUID)] = uuid(0);
    high[SAMPLE_OF(UUID)] = uuid(0xff);
}

/* --- statements over all columns of samples --- */

static toasty_parameter parameters[COLUMNS];
static const toasty_field *columns[COLUMNS];
static char insert_sql[2048], select_sql[2048], bulk_sql[4096];
static toasty_statement insert, bulk, select_all;

static void prepare_statements(void)
{
    char names[1024] = "", places[256] = "", lists[512] = "";
    for (size_t i = 0; i < COLUMNS; i++) {
        const char *comma = i ? ", " : "";
        columns[i] = &sample_fields[i];
        parameters[i] = (toasty_parameter){.field = columns[i], .type = columns[i]->type};
        sprintf(names + strlen(names), "%s\"%s\"", comma, columns[i]->column);
        sprintf(places + strlen(places), "%s$%zu", comma, i + 1);
        sprintf(lists + strlen(lists), "%s$%zu%s", comma, i + 1,
                columns[i]->type == TOASTY_TYPE_ENUM ? "::mood[]" : "");
    }
    sprintf(insert_sql, "INSERT INTO samples (%s) VALUES (%s)", names, places);
    sprintf(select_sql, "SELECT %s FROM samples ORDER BY id", names);
    sprintf(bulk_sql, "INSERT INTO samples (%s) SELECT * FROM unnest(%s)", names, lists);
    insert = (toasty_statement){.id = 11,
                                .sql = insert_sql,
                                .parameters = parameters,
                                .parameter_count = COLUMNS,
                                .table = "samples",
                                .model = &sample_model,
                                .writes = true};
    bulk = insert;
    bulk.id = 12;
    bulk.sql = bulk_sql;
    bulk.bulk_columns = COLUMNS;
    select_all = (toasty_statement){.id = 13, .sql = select_sql, .table = "samples", .model = &sample_model};
}

static void start(client *client, bool on_loop)
{
    prepare_statements();
    client_start(client, on_loop);
    client_push(client);
}

static void insert_row(client *client, const toasty_value *values, toasty_code code)
{
    call call;
    call_init(&call, client);
    call_add_sql(&call, &insert, values);
    call_run(&call);
    call_check(&call, code);
}

static void read_all(client *client, call *call, toasty_code code)
{
    call_init(call, client);
    call_add_sql(call, &select_all, NULL);
    call_want(call, &sample_model, columns, COLUMNS);
    call_run(call);
    call_check(call, code);
}

static void check_value(const toasty_value *expected, const toasty_value *actual)
{
    check_int(expected->kind, actual->kind);
    switch (expected->kind) {
    case TOASTY_VALUE_NULL:
        break;
    case TOASTY_VALUE_FLOAT:
        check_that(expected->as.real == actual->as.real);
        break;
    case TOASTY_VALUE_TEXT:
        check_text(expected->as.text, actual->as.text);
        break;
    case TOASTY_VALUE_BYTES:
        check_uint(expected->len, actual->len);
        check_that(!expected->len || !memcmp(expected->as.bytes, actual->as.bytes, expected->len));
        break;
    case TOASTY_VALUE_UUID:
        check_bytes(expected->as.uuid, actual->as.uuid, 16);
        break;
    default:
        check_int(expected->as.integer, actual->as.integer);
    }
}

static void check_row(const rows *rows, size_t row, const toasty_value *expected)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        const toasty_field *field = columns[i];
        toasty_value actual =
            toasty__load(field, rows->items + row * rows->size, field->offset, field->set_offset);
        check_value(&expected[i], &actual);
    }
}

/* Three rows: the smallest, the largest, nothing. */
static void fill(toasty_value *values)
{
    memset(values, 0, 3 * COLUMNS * sizeof *values);
    limits(values, values + COLUMNS);
    for (int i = 0; i < 3; i++)
        values[i * COLUMNS] = integer(i);
}

TOASTY_TEST(postgresql, every_type_comes_back_as_it_went, NEEDS(SERVER))
{
    client client;
    call call;
    toasty_value values[3 * COLUMNS];
    start(&client, true);
    fill(values);
    for (int i = 0; i < 3; i++)
        insert_row(&client, values + i * COLUMNS, TOASTY_OK);
    read_all(&client, &call, TOASTY_OK);
    check_uint(3, call.rows.count);
    for (size_t i = 0; i < 3; i++)
        check_row(&call.rows, i, values + i * COLUMNS);
    call_finish(&call);
    client_stop(&client);
}

TOASTY_TEST(postgresql, a_bulk_insert_sends_every_type_as_columns, NEEDS(SERVER))
{
    client client;
    call call;
    toasty_value values[3 * COLUMNS];
    start(&client, false);
    fill(values);
    call_init(&call, &client);
    toasty_operation *operation = call_add_sql(&call, &bulk, values);
    operation->row_count = 3;
    operation->value_count = 3 * COLUMNS;
    call_run(&call);
    call_check(&call, TOASTY_OK);
    check_int(3, call.operations[0].count);
    read_all(&client, &call, TOASTY_OK);
    check_uint(3, call.rows.count);
    for (size_t i = 0; i < 3; i++)
        check_row(&call.rows, i, values + i * COLUMNS);
    call_finish(&call);
    client_stop(&client);
}

/* --- lists --- */

static int64_t count_in(client *client, size_t column, const void *items, uint32_t len, toasty_code code)
{
    char sql[256];
    const toasty_field *field = columns[column];
    sprintf(sql, "SELECT count(*) FROM samples WHERE \"%s\" = ANY($1%s)", field->column,
            field->type == TOASTY_TYPE_ENUM ? "::mood[]" : "");
    toasty_parameter parameter = {.field = field, .type = field->type, .list = true};
    toasty_statement statement = {.sql = sql, .parameters = &parameter, .parameter_count = 1};
    toasty_value list = {.kind = TOASTY_VALUE_LIST, .element = field->type, .len = len, .as.list = items};
    call call;
    call_init(&call, client);
    call_add_sql(&call, &statement, &list);
    call_want(&call, &number_model, number_columns, 1);
    call_run(&call);
    call_check(&call, code);
    int64_t count = call.rows.count ? ((Number *)call.rows.items)->value : -1;
    call_finish(&call);
    return count;
}

TOASTY_TEST(postgresql, a_list_of_any_length_is_one_parameter, NEEDS(SERVER))
{
    client client;
    toasty_value values[3 * COLUMNS];
    static int64_t many[100000];
    start(&client, true);
    fill(values);
    for (int i = 0; i < 3; i++)
        insert_row(&client, values + i * COLUMNS, TOASTY_OK);
    for (int i = 0; i < 100000; i++)
        many[i] = i + 1;
    check_int(2, count_in(&client, 0, many, 100000, TOASTY_OK));
    check_int(0, count_in(&client, 0, many, 0, TOASTY_OK));
    check_int(1, count_in(&client, SAMPLE_OF(TEXT), (const char *[]){"x", "", "y"}, 3, TOASTY_OK));
    check_int(1, count_in(&client, SAMPLE_OF(ENUM), (int[]){MOOD_HIGH}, 1, TOASTY_OK));
    check_int(0, count_in(&client, SAMPLE_OF(ENUM), NULL, 0, TOASTY_OK));
    check_int(1, count_in(&client, SAMPLE_OF(U16), (uint16_t[]){UINT16_MAX, 3}, 2, TOASTY_OK));
    check_int(1, count_in(&client, SAMPLE_OF(BOOL), (bool[]){true}, 1, TOASTY_OK));
    check_int(1, count_in(&client, SAMPLE_OF(BYTES), (toasty_bytes[]){{"\0\xff\\", 3}}, 1, TOASTY_OK));
    check_int(1, count_in(&client, SAMPLE_OF(DATE), (toasty_date[]){{1, 1, 1}}, 1, TOASTY_OK));
    check_int(-1, count_in(&client, SAMPLE_OF(ENUM), (int[]){77}, 1, TOASTY_INVALID_VALUE));
    check_int(-1, count_in(&client, SAMPLE_OF(TEXT), (const char *[]){"\xff"}, 1, TOASTY_INVALID_VALUE));
    client_stop(&client);
}

/* --- what cannot be sent --- */

static void check_refused(client *client, size_t column, toasty_value value, const char *why)
{
    call call;
    toasty_value values[COLUMNS] = {integer(1)};
    values[column] = value;
    uint64_t bursts = client->connection->bursts;
    call_init(&call, client);
    call_add_sql(&call, &insert, values);
    call_run(&call);
    call_check(&call, TOASTY_INVALID_VALUE);
    check_text(columns[column]->name, call.job.error.field);
    check_text("samples", call.job.error.table);
    check_contains(call.job.error.message, why);
    check_uint(bursts, client->connection->bursts);
}

TOASTY_TEST(postgresql, a_value_that_the_column_cannot_hold_is_refused_before_it_is_sent, NEEDS(SERVER))
{
    client client;
    start(&client, true);
    check_refused(&client, SAMPLE_OF(U64),
                  (toasty_value){.kind = TOASTY_VALUE_UINT, .as.unsigned_integer = UINT64_MAX}, "above");
    check_refused(&client, SAMPLE_OF(TEXT),
                  (toasty_value){.kind = TOASTY_VALUE_TEXT, .len = 3, .as.text = "a\0b"}, "NUL");
    check_refused(&client, SAMPLE_OF(TEXT), text("\xc3("), "UTF-8");
    check_refused(&client, SAMPLE_OF(I16), integer(40000), "range");
    check_refused(&client, SAMPLE_OF(F32), real(1e300), "range");
    check_refused(&client, SAMPLE_OF(ENUM), integer(3), "enum");
    check_refused(&client, SAMPLE_OF(DATE),
                  (toasty_value){.kind = TOASTY_VALUE_INVALID, .as.text = "no valid date"}, "no valid date");
    check_refused(&client, SAMPLE_OF(UUID), integer(3), "type");
    client_stop(&client);
}

TOASTY_TEST(postgresql, more_parameters_than_the_protocol_can_count_are_refused, NEEDS(SERVER))
{
    enum { MANY = 65536 };
    client client;
    call call;
    toasty_parameter *many = calloc(MANY, sizeof *many);
    toasty_value *values = calloc(MANY, sizeof *values);
    toasty_statement statement = {.sql = "SELECT 1", .parameters = many, .parameter_count = MANY};
    start(&client, true);
    call_init(&call, &client);
    call_add_sql(&call, &statement, values);
    call_run(&call);
    call_check(&call, TOASTY_INVALID_STATEMENT);
    client_stop(&client);
    free(many);
    free(values);
}

/* --- what comes and does not fit --- */

static void check_unreadable(client *client, const char *sql, size_t column)
{
    call call;
    const toasty_field *const field[] = {columns[column]};
    call_init(&call, client);
    call_add_sql(&call, TEXT(sql), NULL);
    call_want(&call, &sample_model, field, 1);
    call_run(&call);
    call_check(&call, TOASTY_INVALID_VALUE);
    check_contains(call.job.error.message, "samples.");
    check_text(field[0]->name, call.job.error.field);
    call_finish(&call);
}

TOASTY_TEST(postgresql, a_cell_that_the_field_cannot_hold_is_an_error_that_names_it, NEEDS(SERVER))
{
    client client;
    start(&client, true);
    check_unreadable(&client, "SELECT 'infinity'::timestamptz", SAMPLE_OF(TIMESTAMP));
    check_unreadable(&client, "SELECT '-infinity'::timestamp", SAMPLE_OF(DATETIME));
    check_unreadable(&client, "SELECT 'infinity'::date", SAMPLE_OF(DATE));
    check_unreadable(&client, "SELECT '0044-03-15 BC'::date", SAMPLE_OF(DATE));
    check_unreadable(&client, "SELECT '24:00'::time", SAMPLE_OF(TIME));
    check_unreadable(&client, "SELECT '2020-01-01'::date", SAMPLE_OF(TIMESTAMP));
    check_unreadable(&client, "SELECT 300::bigint", SAMPLE_OF(U8));
    check_unreadable(&client, "SELECT -1", SAMPLE_OF(U32));
    check_unreadable(&client, "SELECT NULL::bigint", 0);
    check_unreadable(&client, "SELECT 'middling'::text", SAMPLE_OF(ENUM));
    check_unreadable(&client, "SELECT 1.5::numeric", SAMPLE_OF(F64));
    check_unreadable(&client, "SELECT 'x'::text", SAMPLE_OF(I64));
    check_int(7, client_number(&client, "SELECT 7::smallint"));
    check_int(1, client_number(&client, "SELECT true"));
    client_stop(&client);
}
