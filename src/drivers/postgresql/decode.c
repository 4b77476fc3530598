/* Rows of an answer into structs: the type of each column says how its bytes are read, the field of the sink
 * whether it can hold them. Cells in text format, the answers to statements of the user, are text. */
#include "postgresql.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/utf8.h"
#include "core/decode.h"
#include "wire.h"

#include <stdlib.h>

/* A cell that is not NULL. */
typedef struct cell {
    const toasty_sink *sink;
    void *row;
    const toasty_field *field;
    const char *bytes;
    int length;
} cell;

typedef int reader(const cell *cell, toasty_error *err);

static int mismatch(const cell *cell, const char *what, toasty_error *err)
{
    return toasty__store_mismatch(cell->sink, cell->field, what, err);
}

static int store_int(const cell *cell, int64_t value, toasty_error *err)
{
    return toasty__store_int(cell->sink, cell->row, cell->field, value, err);
}

static int read_bool(const cell *cell, toasty_error *err)
{
    return store_int(cell, cell->bytes[0] != 0, err);
}

static int read_int2(const cell *cell, toasty_error *err)
{
    return store_int(cell, pg_get16(cell->bytes), err);
}

static int read_int4(const cell *cell, toasty_error *err)
{
    return store_int(cell, pg_get32(cell->bytes), err);
}

static int read_int8(const cell *cell, toasty_error *err)
{
    return store_int(cell, pg_get64(cell->bytes), err);
}

static int read_float4(const cell *cell, toasty_error *err)
{
    int32_t bits = pg_get32(cell->bytes);
    float value;
    memcpy(&value, &bits, sizeof value);
    return toasty__store_real(cell->sink, cell->row, cell->field, (double)value, err);
}

static int read_float8(const cell *cell, toasty_error *err)
{
    int64_t bits = pg_get64(cell->bytes);
    double value;
    memcpy(&value, &bits, sizeof value);
    return toasty__store_real(cell->sink, cell->row, cell->field, value, err);
}

static int read_text(const cell *cell, toasty_error *err)
{
    return toasty__store_text(cell->sink, cell->row, cell->field, cell->bytes, (size_t)cell->length, err);
}

static int read_unchecked_text(const cell *cell, toasty_error *err)
{
    if (!toasty__utf8_valid(cell->bytes, (size_t)cell->length))
        return mismatch(cell, "text that is not UTF-8", err);
    return read_text(cell, err);
}

static int read_bytes(const cell *cell, toasty_error *err)
{
    return toasty__store_bytes(cell->sink, cell->row, cell->field, cell->bytes, (size_t)cell->length, err);
}

static int read_uuid(const cell *cell, toasty_error *err)
{
    return toasty__store_uuid(cell->sink, cell->row, cell->field, (const uint8_t *)cell->bytes, err);
}

static int store_time(const cell *cell, toasty_type type, const char *what, int64_t value, toasty_error *err)
{
    if (cell->field->type != type)
        return mismatch(cell, what, err);
    return toasty__store_time(cell->sink, cell->row, cell->field, value, err);
}

static int read_date(const cell *cell, toasty_error *err)
{
    int32_t days = pg_get32(cell->bytes);
    if (days == INT32_MAX || days == INT32_MIN)
        return mismatch(cell, "infinity", err);
    return store_time(cell, TOASTY_TYPE_DATE, "a date", days + PG_EPOCH_DAYS, err);
}

static int read_time(const cell *cell, toasty_error *err)
{
    return store_time(cell, TOASTY_TYPE_TIME, "a time of day", pg_get64(cell->bytes), err);
}

static int read_instant(const cell *cell, toasty_type type, const char *what, toasty_error *err)
{
    int64_t us = pg_get64(cell->bytes);
    if (us == INT64_MIN || __builtin_add_overflow(us, PG_EPOCH_US, &us))
        return mismatch(cell, "infinity", err);
    return store_time(cell, type, what, us, err);
}

static int read_timestamp(const cell *cell, toasty_error *err)
{
    return read_instant(cell, TOASTY_TYPE_DATETIME, "a timestamp without time zone", err);
}

static int read_timestamptz(const cell *cell, toasty_error *err)
{
    return read_instant(cell, TOASTY_TYPE_TIMESTAMP, "a timestamp with time zone", err);
}

static int read_unknown(const cell *cell, toasty_error *err)
{
    return mismatch(cell, "a value of a type that is not known here", err);
}

static reader *reader_of(const PGresult *result, int column, bool checks_text)
{
    reader *text = checks_text ? read_unchecked_text : read_text;
    if (!PQfformat(result, column))
        return text;
    switch (PQftype(result, column)) {
    case PG_BOOL:
        return read_bool;
    case PG_INT2:
        return read_int2;
    case PG_INT4:
        return read_int4;
    case PG_INT8:
        return read_int8;
    case PG_FLOAT4:
        return read_float4;
    case PG_FLOAT8:
        return read_float8;
    case PG_BYTEA:
        return read_bytes;
    case PG_UUID:
        return read_uuid;
    case PG_DATE:
        return read_date;
    case PG_TIME:
        return read_time;
    case PG_TIMESTAMP:
        return read_timestamp;
    case PG_TIMESTAMPTZ:
        return read_timestamptz;
    case PG_TEXT:
    case PG_VARCHAR:
    case PG_BPCHAR:
    case PG_NAME:
    case PG_JSON:
    case PG_UNKNOWN:
        return text;
    default: /* an enum's label travels as it is */
        return PQftype(result, column) >= PG_FIRST_USER_TYPE ? text : read_unknown;
    }
}

static int decode_row(const PGresult *result, int i, const toasty_sink *sink, void *row,
                      reader *const *readers, toasty_error *err)
{
    for (int column = 0; column < sink->column_count; column++) {
        const toasty_field *field = sink->columns[column];
        int status;
        if (PQgetisnull(result, i, column))
            status = toasty__store_null(sink, row, field, err);
        else
            status = readers[column](
                &(cell){sink, row, field, PQgetvalue(result, i, column), PQgetlength(result, i, column)},
                err);
        if (status < 0)
            return -1;
    }
    return 0;
}

static int decode_rows(const PGresult *result, toasty_sink *sink, reader **readers, bool checks_text,
                       toasty_error *err)
{
    int rows = PQntuples(result);
    for (int column = 0; column < sink->column_count; column++)
        readers[column] = reader_of(result, column, checks_text);
    if (sink->expect)
        sink->expect(sink, (size_t)rows);
    for (int i = 0; i < rows; i++) {
        void *row = toasty_sink_row(sink);
        if (!row)
            return toasty__fail_memory(err);
        if (decode_row(result, i, sink, row, readers, err) < 0)
            return -1;
    }
    return 0;
}

/* Tells the sink what the columns of a statement of the user are called. */
static int describe(const PGresult *result, toasty_sink *sink, toasty_error *err)
{
    size_t count = (size_t)PQnfields(result);
    const char **names = toasty__calloc(count + 1, sizeof *names);
    if (!names)
        return toasty__fail_memory(err);
    for (size_t i = 0; i < count; i++)
        names[i] = PQfname(result, (int)i);
    int status = sink->describe(sink, names, count, err);
    toasty__free(names);
    return status;
}

enum { USUAL_COLUMNS = 64 };

int toasty__pg_decode(const PGresult *result, toasty_operation *operation, bool checks_text,
                      toasty_error *err)
{
    toasty_sink *sink = operation->sink;
    reader *usual[USUAL_COLUMNS], **readers = usual;
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        operation->count = strtoll(PQcmdTuples((PGresult *)result), NULL, 10);
        return 0;
    }
    operation->count = PQntuples(result);
    if (!sink)
        return 0;
    if (sink->describe && describe(result, sink, err) < 0)
        return -1;
    if (PQnfields(result) != sink->column_count)
        return toasty__fail(err, TOASTY_DATABASE_ERROR, "an answer of %d columns where %d were asked for",
                            PQnfields(result), sink->column_count);
    if (sink->column_count > USUAL_COLUMNS) {
        readers = toasty__calloc(sink->column_count, sizeof(reader *));
        if (!readers)
            return toasty__fail_memory(err);
    }
    int status = decode_rows(result, sink, readers, checks_text, err);
    if (readers != usual)
        toasty__free(readers);
    return status;
}
