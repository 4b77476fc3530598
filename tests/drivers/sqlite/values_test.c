/* Values on their way into SQLite and back. */
#include "drivers/sqlite/connection.h"
#include "drivers/sqlite/fixture.h"

#include <float.h>
#include <math.h>

/* Inserts one Sample whose column of the field has this value, and reads it back. */
static Sample round_trip(fixture *f, uint16_t field, toasty_value value)
{
    toasty_value values[SAMPLE_FIELDS];
    for (int i = 0; i < SAMPLE_FIELDS; i++)
        values[i] = toasty__null();
    values[0] = toasty__int(1);
    values[field] = value;
    check_int(TOASTY_OK, run_text(f, "DELETE FROM samples"));
    toasty_statement insert = insert_statement(f, &sample_model, 1, false),
                     select = select_statement(f, &sample_model);
    rows rows;
    rows_of(f, &rows, &sample_model, 1);
    toasty_operation operations[] = {
        {.kind = TOASTY_OPERATION_SQL, .statement = &insert, .values = values, .value_count = SAMPLE_FIELDS},
        {.kind = TOASTY_OPERATION_SQL, .statement = &select, .sink = &rows.sink},
    };
    check_int(TOASTY_OK, run_job(f, operations, 2, true));
    check_int(1, rows.count);
    return *(Sample *)(void *)rows.bytes;
}

static toasty_code refused(fixture *f, uint16_t field, toasty_value value)
{
    toasty_value values[SAMPLE_FIELDS];
    for (int i = 0; i < SAMPLE_FIELDS; i++)
        values[i] = toasty__null();
    values[0] = toasty__int(1);
    values[field] = value;
    toasty_statement insert = insert_statement(f, &sample_model, 1, false);
    toasty_operation operation = {
        .kind = TOASTY_OPERATION_SQL, .statement = &insert, .values = values, .value_count = SAMPLE_FIELDS};
    return run_job(f, &operation, 1, false);
}

#define CHECK_INTEGER(TYPE, c_type, number)                                                                  \
    do {                                                                                                     \
        Sample sample = round_trip(&f, SAMPLE_OF(TYPE), toasty__int((int64_t)(number)));                     \
        check_that(sample.TYPE.set);                                                                         \
        check_that(sample.TYPE.value == (c_type)(number));                                                   \
    } while (0)

TOASTY_TEST(sqlite, integers_keep_their_limits)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    CHECK_INTEGER(BOOL, bool, 0);
    CHECK_INTEGER(BOOL, bool, 1);
    CHECK_INTEGER(I8, int8_t, INT8_MIN);
    CHECK_INTEGER(I8, int8_t, INT8_MAX);
    CHECK_INTEGER(I16, int16_t, INT16_MIN);
    CHECK_INTEGER(I16, int16_t, INT16_MAX);
    CHECK_INTEGER(I32, int32_t, INT32_MIN);
    CHECK_INTEGER(I32, int32_t, INT32_MAX);
    CHECK_INTEGER(I64, int64_t, INT64_MIN);
    CHECK_INTEGER(I64, int64_t, INT64_MAX);
    CHECK_INTEGER(U8, uint8_t, UINT8_MAX);
    CHECK_INTEGER(U16, uint16_t, UINT16_MAX);
    CHECK_INTEGER(U32, uint32_t, UINT32_MAX);
    CHECK_INTEGER(U64, uint64_t, INT64_MAX);
    CHECK_INTEGER(ENUM, int, MOOD_HIGH);
    close_fixture(&f);
}

TOASTY_TEST(sqlite, reals_keep_their_limits)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    static const double doubles[] = {0, -0.5, 0.1, DBL_MAX, DBL_MIN, 5e-324, INFINITY, -INFINITY};
    static const float floats[] = {0, 0.1f, FLT_MAX, -FLT_MAX, FLT_MIN, INFINITY};
    for (size_t i = 0; i < sizeof doubles / sizeof *doubles; i++)
        check_that(round_trip(&f, SAMPLE_OF(F64), toasty__real(doubles[i])).F64.value == doubles[i]);
    for (size_t i = 0; i < sizeof floats / sizeof *floats; i++)
        check_that(round_trip(&f, SAMPLE_OF(F32), toasty__real((double)floats[i])).F32.value == floats[i]);
    close_fixture(&f);
}

TOASTY_TEST(sqlite, text_and_bytes_come_back_whole)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    check_text("", round_trip(&f, SAMPLE_OF(TEXT), toasty__text("")).TEXT.value);
    check_text("naïve 日本 \xF0\x9F\x8D\x9E \" '",
               round_trip(&f, SAMPLE_OF(TEXT), toasty__text("naïve 日本 \xF0\x9F\x8D\x9E \" '")).TEXT.value);
    toasty_bytes bytes =
        round_trip(&f, SAMPLE_OF(BYTES), toasty__bytes((toasty_bytes){"\0\xFF\0", 3})).BYTES.value;
    check_int(3, bytes.len);
    check_bytes("\0\xFF\0", bytes.data, 3);
    Sample empty = round_trip(&f, SAMPLE_OF(BYTES), toasty__bytes((toasty_bytes){"", 0}));
    check_that(empty.BYTES.set && empty.BYTES.value.data && empty.BYTES.value.len == 0);
    toasty_uuid uuid = {{1, 2, 3, 0, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255}};
    Sample sample = round_trip(&f, SAMPLE_OF(UUID), toasty__uuid(uuid));
    check_bytes(&uuid, &sample.UUID.value, 16);
    close_fixture(&f);
}

TOASTY_TEST(sqlite, times_keep_microseconds_and_all_years)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    static const int64_t instants[] = {INT64_C(-62135596800000000), -1, 0, INT64_C(1700000000123456),
                                       INT64_C(253402300799999999)};
    for (size_t i = 0; i < sizeof instants / sizeof *instants; i++)
        check_int(instants[i],
                  round_trip(&f, SAMPLE_OF(TIMESTAMP), toasty__int(instants[i])).TIMESTAMP.value.us);
    toasty_datetime noon = {{2024, 2, 29}, {12, 34, 56, 7}};
    toasty_datetime back = round_trip(&f, SAMPLE_OF(DATETIME), toasty__datetime(noon)).DATETIME.value;
    check_that(back.date.year == 2024 && back.date.month == 2 && back.date.day == 29 &&
               back.time.hour == 12 && back.time.minute == 34 && back.time.second == 56 &&
               back.time.microsecond == 7);
    toasty_date date = round_trip(&f, SAMPLE_OF(DATE), toasty__date((toasty_date){1, 1, 1})).DATE.value;
    check_that(date.year == 1 && date.month == 1 && date.day == 1);
    toasty_time time =
        round_trip(&f, SAMPLE_OF(TIME), toasty__time((toasty_time){23, 59, 59, 999999})).TIME.value;
    check_that(time.hour == 23 && time.minute == 59 && time.second == 59 && time.microsecond == 999999);
    close_fixture(&f);
}

TOASTY_TEST(sqlite, null_comes_back_as_absent)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    Sample sample = round_trip(&f, SAMPLE_OF(TEXT), toasty__null());
#define CHECK_ABSENT(NAME, c_type, name, CLASS) check_that(!sample.NAME.set);
    TOASTY_TYPES(CHECK_ABSENT)
#undef CHECK_ABSENT
    close_fixture(&f);
}

TOASTY_TEST(sqlite, a_value_that_cannot_be_kept_is_refused_with_its_field)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    toasty_value nul = {.kind = TOASTY_VALUE_TEXT, .len = 3, .as.text = "a\0b"};
    check_int(TOASTY_INVALID_VALUE, refused(&f, SAMPLE_OF(U64), toasty__uint(UINT64_MAX)));
    check_text("U64", f.error.field);
    check_text("samples", f.error.table);
    check_int(TOASTY_INVALID_VALUE, refused(&f, SAMPLE_OF(TEXT), toasty__text("\xFF")));
    check_text("TEXT", f.error.field);
    check_int(TOASTY_INVALID_VALUE, refused(&f, SAMPLE_OF(TEXT), nul));
    check_int(TOASTY_INVALID_VALUE, refused(&f, SAMPLE_OF(F64), toasty__real((double)NAN)));
    check_int(TOASTY_INVALID_VALUE, refused(&f, SAMPLE_OF(ENUM), toasty__int(3)));
    check_int(TOASTY_INVALID_VALUE, refused(&f, SAMPLE_OF(DATE), toasty__int(INT64_MAX)));
    check_int(TOASTY_INVALID_VALUE, refused(&f, SAMPLE_OF(TIMESTAMP), toasty__int(INT64_MAX)));
    check_int(0, count_rows(&f, "samples"));
    close_fixture(&f);
}

/* Reads the one row of samples after `sql` changed it. */
static toasty_code read_after(fixture *f, const char *sql)
{
    toasty_statement select = select_statement(f, &sample_model);
    rows rows;
    rows_of(f, &rows, &sample_model, 1);
    toasty_operation operation = {.kind = TOASTY_OPERATION_SQL, .statement = &select, .sink = &rows.sink};
    check_int(TOASTY_OK, run_text(f, sql));
    return run_job(f, &operation, 1, false);
}

TOASTY_TEST(sqlite, a_cell_that_the_field_cannot_hold_is_an_error_with_table_and_column)
{
    fixture f = open_fixture("sqlite::memory:");
    check_int(TOASTY_OK,
              run_text(&f, "CREATE TABLE samples (id, BOOL, I8, I16, I32, I64, U8, U16, U32, U64, F32, F64, "
                           "ENUM, TEXT, BYTES, UUID, TIMESTAMP, DATE, TIME, DATETIME)"));
    static const struct {
        const char *column, *cell;
    } cells[] = {
        {"BOOL", "2"},
        {"I8", "128"},
        {"U8", "-1"},
        {"U8", "256"},
        {"U64", "-1"},
        {"I64", "1.5"},
        {"I64", "'1'"},
        {"F32", "1e300"},
        {"F64", "'x'"},
        {"F64", "9007199254740993"},
        {"ENUM", "'unknown'"},
        {"ENUM", "1"},
        {"TEXT", "x'00'"},
        {"TEXT", "1"},
        {"TEXT", "CAST(x'FF' AS TEXT)"},
        {"TEXT", "char(0)"},
        {"BYTES", "'text'"},
        {"UUID", "x'0102'"},
        {"UUID", "'x'"},
        {"TIMESTAMP", "'yesterday'"},
        {"TIMESTAMP", "1"},
        {"DATE", "'2023-02-29'"},
        {"TIME", "'25:00'"},
        {"DATETIME", "''"},
    };
    check_int(TOASTY_OK, run_text(&f, "INSERT INTO samples (id) VALUES (1)"));
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        char sql[128], name[64];
        snprintf(sql, sizeof sql, "UPDATE samples SET %s = %s", cells[i].column, cells[i].cell);
        snprintf(name, sizeof name, "samples.%s", cells[i].column);
        ck_assert_msg(read_after(&f, sql) == TOASTY_INVALID_VALUE, "%s = %s was read", cells[i].column,
                      cells[i].cell);
        check_contains(f.error.message, name);
        check_text(cells[i].column, f.error.field);
        snprintf(sql, sizeof sql, "UPDATE samples SET %s = NULL", cells[i].column);
        check_int(TOASTY_OK, read_after(&f, sql));
    }
    check_int(TOASTY_INVALID_VALUE, read_after(&f, "UPDATE samples SET id = NULL"));
    close_fixture(&f);
}

TOASTY_TEST(sqlite, a_number_that_grows_beyond_64_bits_is_an_error)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    check_int(TOASTY_OK, run_text(&f, "INSERT INTO samples (id, I64) VALUES (1, 9223372036854775807)"));
    check_int(TOASTY_INVALID_VALUE, run_text(&f, "UPDATE samples SET I64 = I64 + 1"));
    check_text("I64", f.error.field);
    close_fixture(&f);
}

/* --- lists --- */

static toasty_code code_of_list(fixture *f, uint16_t field, toasty_value list, uint32_t list_size)
{
    toasty_parameter parameter = {.field = &sample_fields[field],
                                  .type = sample_fields[field].type,
                                  .list = true,
                                  .list_size = list_size};
    const toasty__source *table = table_of(&sample_model);
    toasty__stmt stmt = {.tag = TOASTY__STMT_UPDATE,
                         .model = &sample_model,
                         .parameters = &parameter,
                         .parameter_count = 1,
                         .where = BOTH(IN, column_of(table, field), parameter_of(0))};
    toasty__assignment assignment = {.field = SAMPLE_OF(I8), .value = column_of(table, SAMPLE_OF(I8))};
    stmt.update.assignments = &assignment;
    stmt.update.assignment_count = 1;
    toasty_statement statement;
    check_int(0, toasty__sql_prepare(&toasty__dialect_sqlite, &stmt, "", &f->arena, &statement, &f->error));
    toasty_operation operation = {
        .kind = TOASTY_OPERATION_SQL, .statement = &statement, .values = &list, .value_count = 1};
    return run_job(f, &operation, 1, false);
}

static int64_t count_in(fixture *f, uint16_t field, toasty_value list, uint32_t list_size)
{
    check_int(TOASTY_OK, code_of_list(f, field, list, list_size));
    return f->count;
}

TOASTY_TEST(sqlite, a_list_is_placeholders_or_one_table)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    check_int(TOASTY_OK,
              run_text(&f, "INSERT INTO samples (id, I32, TEXT, ENUM, TIMESTAMP, F64, BYTES, UUID) VALUES "
                           "(1, 7, 'a\"\\b\n', 'low', '1970-01-01 00:00:00.000001', 0.1, x'0062', "
                           "x'000102030405060708090a0b0c0d0e0f'), "
                           "(2, 8, 'plain', 'it''s high', '1970-01-01 00:00:00.000002', 2, NULL, NULL)"));
    static const int32_t numbers[] = {7, 9, 10};
    static const char *const texts[] = {"a\"\\b\n", "plain", "no"};
    static const int moods[] = {MOOD_LOW};
    static const toasty_timestamp times[] = {{1}};
    static const double reals[] = {0.1, 2};
    static const toasty_bytes bytes[] = {{"\0b", 2}, {"", 0}};
    static const toasty_uuid uuids[] = {{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}}};
    for (uint32_t size = 0; size <= 4; size += 4) {
        check_int(1, count_in(&f, SAMPLE_OF(I32), toasty__list(TOASTY_TYPE_I32, numbers, 3), size));
        check_int(2, count_in(&f, SAMPLE_OF(TEXT), toasty__list(TOASTY_TYPE_TEXT, texts, 3), size));
        check_int(1, count_in(&f, SAMPLE_OF(ENUM), toasty__list(TOASTY_TYPE_ENUM, moods, 1), size));
        check_int(1, count_in(&f, SAMPLE_OF(TIMESTAMP), toasty__list(TOASTY_TYPE_TIMESTAMP, times, 1), size));
        check_int(2, count_in(&f, SAMPLE_OF(F64), toasty__list(TOASTY_TYPE_F64, reals, 2), size));
        check_int(1, count_in(&f, SAMPLE_OF(UUID), toasty__list(TOASTY_TYPE_UUID, uuids, 1), size));
        check_int(1, count_in(&f, SAMPLE_OF(BYTES), toasty__list(TOASTY_TYPE_BYTES, bytes, 2), size));
    }
    close_fixture(&f);
}

TOASTY_TEST(sqlite, an_item_of_a_list_is_checked_like_any_value)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    static const char *const texts[] = {"a", "\xff"};
    static const int moods[] = {MOOD_LOW, 99};
    for (uint32_t size = 0; size <= 2; size += 2) {
        check_int(TOASTY_INVALID_VALUE,
                  code_of_list(&f, SAMPLE_OF(TEXT), toasty__list(TOASTY_TYPE_TEXT, texts, 2), size));
        check_text("samples.TEXT: text that is not UTF-8", f.error.message);
        check_int(TOASTY_INVALID_VALUE,
                  code_of_list(&f, SAMPLE_OF(ENUM), toasty__list(TOASTY_TYPE_ENUM, moods, 2), size));
        check_text("samples.ENUM: not a value of its enum", f.error.message);
    }
    close_fixture(&f);
}

TOASTY_TEST(sqlite, without_a_list_the_table_of_lists_is_empty)
{
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    check_int(TOASTY_OK, run_text(&f, "INSERT INTO samples (id) SELECT value FROM toasty_list('forged')"));
    check_int(0, count_rows(&f, "samples"));
    check_int(TOASTY_DATABASE_ERROR, run_text(&f, "DELETE FROM samples WHERE id IN toasty_list"));
    close_fixture(&f);
}

static int count_step(void *steps)
{
    ++*(uint64_t *)steps;
    return 0;
}

/* How many instructions of SQLite's machine a list of UUIDs costs. */
static uint64_t steps_of(fixture *f, const toasty_uuid *uuids, uint32_t count)
{
    uint64_t steps = 0;
    sqlite3_progress_handler(((toasty__sqlite_connection *)f->connection)->db, 1, count_step, &steps);
    check_int(1, count_in(f, SAMPLE_OF(UUID), toasty__list(TOASTY_TYPE_UUID, uuids, count), 0));
    return steps;
}

TOASTY_TEST(sqlite, the_work_for_a_list_grows_as_the_list_does)
{
    enum { MANY = 40000 };
    static toasty_uuid uuids[MANY];
    fixture f = open_fixture("sqlite::memory:");
    create_tables(&f);
    for (uint32_t i = 0; i < MANY; i++)
        memcpy(uuids[i].bytes, &i, sizeof i);
    check_int(TOASTY_OK, run_text(&f, "INSERT INTO samples (id, UUID) VALUES (1, zeroblob(16))"));
    uint64_t few = steps_of(&f, uuids, MANY / 10), many = steps_of(&f, uuids, MANY);
    check_that(few > MANY / 10 && many < 11 * few);
    close_fixture(&f);
}
