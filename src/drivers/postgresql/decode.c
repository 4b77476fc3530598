/* Rows of an answer into structs: the type of each column says how its bytes are read, the field of the sink
 * whether it can hold them. Cells in text format, the answers to statements of the user, are text.
 *
 * What a column is was said once, when its statement was prepared; how it is read is chosen once for a
 * statement and its fields. A row is then taken straight from the in-buffer. Every length is compared with
 * the message that it stands in. */
#include "postgresql.h"

#include "base/alloc.h"
#include "base/error.h"
#include "core/decode.h"

/* --- one cell --- */

static int read_bool(const toasty_sink *sink, void *row, const toasty_field *field, const char *bytes,
                     size_t length, toasty_error *err)
{
    (void)length;
    return toasty__store_int(sink, row, field, bytes[0] != 0, err);
}

static int read_int2(const toasty_sink *sink, void *row, const toasty_field *field, const char *bytes,
                     size_t length, toasty_error *err)
{
    (void)length;
    return toasty__store_int(sink, row, field, pg_get16(bytes), err);
}

static int read_int4(const toasty_sink *sink, void *row, const toasty_field *field, const char *bytes,
                     size_t length, toasty_error *err)
{
    (void)length;
    return toasty__store_int(sink, row, field, pg_get32(bytes), err);
}

static int read_int8(const toasty_sink *sink, void *row, const toasty_field *field, const char *bytes,
                     size_t length, toasty_error *err)
{
    (void)length;
    return toasty__store_int(sink, row, field, pg_get64(bytes), err);
}

static int read_float4(const toasty_sink *sink, void *row, const toasty_field *field, const char *bytes,
                       size_t length, toasty_error *err)
{
    int32_t bits = pg_get32(bytes);
    float value;
    (void)length;
    memcpy(&value, &bits, sizeof value);
    return toasty__store_real(sink, row, field, (double)value, err);
}

static int read_float8(const toasty_sink *sink, void *row, const toasty_field *field, const char *bytes,
                       size_t length, toasty_error *err)
{
    int64_t bits = pg_get64(bytes);
    double value;
    (void)length;
    memcpy(&value, &bits, sizeof value);
    return toasty__store_real(sink, row, field, value, err);
}

static int read_text(const toasty_sink *sink, void *row, const toasty_field *field, const char *bytes,
                     size_t length, toasty_error *err)
{
    return toasty__store_text(sink, row, field, bytes, length, err);
}

static int read_doubtful_text(const toasty_sink *sink, void *row, const toasty_field *field,
                              const char *bytes, size_t length, toasty_error *err)
{
    return toasty__store_doubtful_text(sink, row, field, bytes, length, err);
}

static int read_bytes(const toasty_sink *sink, void *row, const toasty_field *field, const char *bytes,
                      size_t length, toasty_error *err)
{
    return toasty__store_bytes(sink, row, field, bytes, length, err);
}

static int read_uuid(const toasty_sink *sink, void *row, const toasty_field *field, const char *bytes,
                     size_t length, toasty_error *err)
{
    (void)length;
    return toasty__store_uuid(sink, row, field, (const uint8_t *)bytes, err);
}

static int store_time(const toasty_sink *sink, void *row, const toasty_field *field, toasty_type type,
                      const char *what, int64_t value, toasty_error *err)
{
    if (field->type != type)
        return toasty__store_mismatch(sink, field, what, err);
    return toasty__store_time(sink, row, field, value, err);
}

static int read_date(const toasty_sink *sink, void *row, const toasty_field *field, const char *bytes,
                     size_t length, toasty_error *err)
{
    int32_t days = pg_get32(bytes);
    (void)length;
    if (days == INT32_MAX || days == INT32_MIN)
        return toasty__store_mismatch(sink, field, "infinity", err);
    return store_time(sink, row, field, TOASTY_TYPE_DATE, "a date", days + PG_EPOCH_DAYS, err);
}

static int read_time(const toasty_sink *sink, void *row, const toasty_field *field, const char *bytes,
                     size_t length, toasty_error *err)
{
    (void)length;
    return store_time(sink, row, field, TOASTY_TYPE_TIME, "a time of day", pg_get64(bytes), err);
}

static int store_instant(const toasty_sink *sink, void *row, const toasty_field *field, toasty_type type,
                         const char *what, const char *bytes, toasty_error *err)
{
    int64_t us = pg_get64(bytes);
    if (us == INT64_MIN || __builtin_add_overflow(us, PG_EPOCH_US, &us))
        return toasty__store_mismatch(sink, field, "infinity", err);
    return store_time(sink, row, field, type, what, us, err);
}

static int read_timestamp(const toasty_sink *sink, void *row, const toasty_field *field, const char *bytes,
                          size_t length, toasty_error *err)
{
    (void)length;
    return store_instant(sink, row, field, TOASTY_TYPE_DATETIME, "a timestamp without time zone", bytes, err);
}

static int read_timestamptz(const toasty_sink *sink, void *row, const toasty_field *field, const char *bytes,
                            size_t length, toasty_error *err)
{
    (void)length;
    return store_instant(sink, row, field, TOASTY_TYPE_TIMESTAMP, "a timestamp with time zone", bytes, err);
}

static int read_unknown(const toasty_sink *sink, void *row, const toasty_field *field, const char *bytes,
                        size_t length, toasty_error *err)
{
    (void)row;
    (void)bytes;
    (void)length;
    return toasty__store_mismatch(sink, field, "a value of an unknown type", err);
}

/* --- columns --- */

static const struct {
    uint32_t type, size;
    pg_reader *read;
} readers[] = {
    {PG_INT8, 8, read_int8},           {PG_TEXT, 0, read_text},     {PG_INT4, 4, read_int4},
    {PG_BOOL, 1, read_bool},           {PG_UUID, 16, read_uuid},    {PG_TIMESTAMPTZ, 8, read_timestamptz},
    {PG_INT2, 2, read_int2},           {PG_FLOAT4, 4, read_float4}, {PG_FLOAT8, 8, read_float8},
    {PG_BYTEA, 0, read_bytes},         {PG_DATE, 4, read_date},     {PG_TIME, 8, read_time},
    {PG_TIMESTAMP, 8, read_timestamp}, {PG_VARCHAR, 0, read_text},  {PG_BPCHAR, 0, read_text},
    {PG_NAME, 0, read_text},           {PG_JSON, 0, read_text},     {PG_UNKNOWN, 0, read_text},
};

static void choose_reader(pg_column *column, bool as_text, bool checks_text)
{
    column->size = 0;
    /* An enum's label travels as it is. */
    column->read = as_text || column->type >= PG_FIRST_USER_TYPE ? read_text : read_unknown;
    for (size_t i = 0; !as_text && i < sizeof readers / sizeof *readers; i++)
        if (readers[i].type == column->type) {
            column->size = readers[i].size;
            column->read = readers[i].read;
            break;
        }
    if (checks_text && column->read == read_text)
        column->read = read_doubtful_text;
}

static void choose_shortcut(pg_column *column)
{
    const toasty_field *field = column->field;
    bool required = field->set_offset == TOASTY_NO_OFFSET && field->embed == TOASTY_NO_EMBED;
    column->shortcut = PG_NO_SHORTCUT;
    if (required && column->read == read_text && field->type == TOASTY_TYPE_TEXT)
        column->shortcut = PG_TEXT_TO_TEXT;
    else if (required && column->read == read_int8 && field->type == TOASTY_TYPE_I64)
        column->shortcut = PG_INT8_TO_I64;
    else if (required && column->read == read_int8 && field->type == TOASTY_TYPE_U64)
        column->shortcut = PG_INT8_TO_U64;
}

void toasty__pg_columns_done(pg_columns *columns)
{
    toasty__free(columns->items);
    *columns = (pg_columns){NULL, 0, 0};
}

int toasty__pg_columns_fit(pg_columns *columns, const toasty_sink *sink, bool as_text, bool checks_text,
                           toasty_error *err)
{
    if (columns->count != sink->column_count)
        return toasty__fail(err, TOASTY_DATABASE_ERROR, "the answer has %zu columns; %d were expected",
                            columns->count, sink->column_count);
    for (size_t i = 0; i < columns->count; i++) {
        pg_column *column = &columns->items[i];
        if (column->read && column->field == sink->columns[i])
            continue;
        column->field = sink->columns[i];
        choose_reader(column, as_text, checks_text);
        choose_shortcut(column);
    }
    return 0;
}

/* What stands behind a column's name: its table and place there, its type and what goes with that, its
 * format. */
enum { COLUMN_BYTES = 18, COLUMN_TYPE = 6 };

int toasty__pg_columns_read(pg_columns *columns, const pg_message *message, const char ***names,
                            toasty_error *err)
{
    const char *at = message->body, *end = at + message->length;
    columns->count = 0;
    int count = message->length < 2 ? -1 : pg_get16(at);
    if (count < 0)
        return 1;
    const char **found = names ? toasty__calloc((size_t)count + 1, sizeof *found) : NULL;
    if (names)
        *names = found;
    if ((names && !found) || toasty__grow((void **)&columns->items, &columns->capacity, (size_t)count + 1,
                                          sizeof *columns->items) < 0)
        return toasty__fail_memory(err);
    at += 2;
    for (int i = 0; i < count; i++) {
        const char *name_end = memchr(at, '\0', (size_t)(end - at));
        if (!name_end || end - name_end - 1 < COLUMN_BYTES)
            return 1;
        if (found)
            found[i] = at;
        at = name_end + 1;
        columns->items[i] = (pg_column){.type = (uint32_t)pg_get32(at + COLUMN_TYPE)};
        at += COLUMN_BYTES;
    }
    columns->count = (size_t)count;
    return at != end;
}

/* --- rows --- */

/* 0; -1 with err: the field cannot hold it; 1: it is not a cell of its column. */
static inline int store(const pg_column *column, const toasty_sink *sink, void *row, const char *bytes,
                        size_t length, toasty_error *err)
{
    switch (column->shortcut) {
    case PG_TEXT_TO_TEXT: {
        const char *copy = toasty__arena_text(sink->arena, bytes, length);
        *(const char **)toasty__place(row, column->field) = copy;
        return copy ? 0 : toasty__fail_memory(err);
    }
    case PG_INT8_TO_I64:
    case PG_INT8_TO_U64:
        if (length != 8)
            return 1;
        if (column->shortcut == PG_INT8_TO_U64 && pg_get64(bytes) < 0)
            break;
        *(int64_t *)toasty__place(row, column->field) = pg_get64(bytes);
        return 0;
    case PG_NO_SHORTCUT:
        if (column->size && column->size != length)
            return 1;
        break;
    }
    return column->read(sink, row, column->field, bytes, length, err);
}

/* Apart from the loop over rows, for the sake of registers. */
__attribute__((noinline)) static int decode_row(const pg_columns *columns, toasty_sink *sink,
                                                const pg_message *message, toasty_error *err)
{
    const char *at = message->body, *end = at + message->length;
    if (message->length < 2 || (uint16_t)pg_get16(at) != columns->count)
        return 1;
    void *row = toasty_sink_row(sink);
    if (!row)
        return toasty__fail_memory(err);
    at += 2;
    for (const pg_column *column = columns->items, *last = column + columns->count; column < last; column++) {
        int status;
        if (end - at < 4)
            return 1;
        uint32_t length = (uint32_t)pg_get32(at); /* no message is as long as a negative one would be */
        at += 4;
        if (length == PG_NULL)
            status = toasty__store_null(sink, row, column->field, err);
        else if (length > (size_t)(end - at))
            return 1;
        else {
            status = store(column, sink, row, at, length, err);
            at += length;
        }
        if (status)
            return status;
    }
    return at != end;
}

int toasty__pg_decode_rows(const pg_columns *columns, toasty_sink *sink, toasty__input *input,
                           const pg_message *first, uint64_t *rows, toasty_error *err)
{
    pg_message message = *first;
    int status;
    do {
        status = decode_row(columns, sink, &message, err);
        ++*rows;
    } while (status == 0 && pg_next_of(input, 'D', &message));
    return status;
}
