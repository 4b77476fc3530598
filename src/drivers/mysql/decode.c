/* Rows of an answer into structs: what a column is and the field of the sink choose how its cells are read.
 *
 * What a column is comes with the answer itself, or is what it was when its statement was prepared: a table
 * may have changed since. A row is taken straight from the in-buffer, and every length is compared with the
 * packet that it stands in. */
#include "mysql.h"

#include "base/alloc.h"
#include "base/error.h"
#include "core/decode.h"

void toasty__my_columns_done(my_columns *columns)
{
    toasty__free(columns->items);
    toasty__buffer_done(&columns->names);
    toasty__buffer_done(&columns->described);
    *columns = (my_columns){.items = NULL};
}

int toasty__my_columns_expect(my_columns *columns, size_t count)
{
    size_t known = columns->lost ? 0 : columns->count;
    columns->lost =
        toasty__grow((void **)&columns->items, &columns->capacity, count + 1, sizeof *columns->items) < 0;
    columns->all_described &= columns->count == count && !columns->lost;
    columns->count = count;
    toasty__buffer_clear(&columns->names);
    if (columns->lost)
        return -1;
    for (size_t i = known; i < count; i++)
        columns->items[i] = (my_column){0};
    return 0;
}

enum { NAMES_BEFORE = 4 /* catalog, database, table, its own name */, CHARSET_NONE = 63, FLAG_UNSIGNED = 32 };

/* Keeps the packet as it came, behind those of the columns before it. */
static void remember(my_columns *columns, const my_packet *packet, size_t at)
{
    if (at == 0)
        toasty__buffer_clear(&columns->described);
    if (packet->next == (uint8_t)(packet->first + 1))
        toasty__buffer_add(&columns->described, packet->body - MY_HEADER, MY_HEADER + packet->length);
    else
        columns->described.failed = true; /* it came in several pieces */
    columns->all_described = at + 1 == columns->count && !columns->described.failed;
}

bool toasty__my_columns_again(const my_columns *columns, toasty__input *input)
{
    size_t size = columns->described.length;
    if (!columns->all_described || input->end - input->start < size ||
        memcmp(input->bytes + input->start, columns->described.bytes, size) != 0)
        return false;
    input->start += size;
    return true;
}

bool toasty__my_columns_add(my_columns *columns, const my_packet *packet, size_t at, bool named)
{
    my_reader reader = my_read(packet);
    size_t ignored, length;
    for (int i = 0; i < NAMES_BEFORE; i++)
        my_take_counted(&reader, &ignored);
    const char *name = my_take_counted(&reader, &length);
    my_take_counted(&reader, &ignored);
    my_take_length(&reader); /* of what follows */
    uint16_t charset = my_take16(&reader);
    my_take32(&reader); /* width */
    uint8_t type = my_take8(&reader);
    uint16_t flags = my_take16(&reader);
    my_take(&reader, 3); /* digits, and nothing */
    if (reader.failed || at >= columns->count)
        return false;
    if (columns->lost)
        return true;
    if (named) {
        toasty__buffer_add(&columns->names, name, strnlen(name, length));
        toasty__buffer_char(&columns->names, '\0');
    }
    my_column new = {
        .type = type, .is_unsigned = flags & FLAG_UNSIGNED, .is_binary = charset == CHARSET_NONE};
    my_column *column = &columns->items[at];
    if (column->type != new.type || column->is_unsigned != new.is_unsigned ||
        column->is_binary != new.is_binary)
        *column = new;
    remember(columns, packet, at);
    return true;
}

int toasty__my_columns_fit(my_columns *columns, const toasty_sink *sink, bool as_text, bool in_text,
                           bool checks_text, toasty_error *err)
{
    if (columns->lost)
        return toasty__fail_memory(err);
    if (columns->count != sink->column_count)
        return toasty__fail(err, TOASTY_DATABASE_ERROR, "an answer of %zu columns where %d were asked for",
                            columns->count, sink->column_count);
    for (size_t i = 0; i < columns->count; i++) {
        my_column *column = &columns->items[i];
        if (column->read && column->field == sink->columns[i])
            continue;
        column->field = sink->columns[i];
        column->read = toasty__my_reader_of(column, column->field, as_text, in_text, checks_text);
    }
    return 0;
}

/* --- rows --- */

/* A cell that is not all there shows in the reader, at the latest at the end of the row. */
static inline int decode_cell(const my_column *column, const toasty_sink *sink, void *row, bool null,
                              my_reader *cells, toasty_error *err)
{
    return null ? toasty__store_null(sink, row, column->field, err)
                : column->read(sink, row, column->field, cells, err);
}

/* A zero, which columns are NULL by bits of which the first two are free, and the cells of the others. */
static int decode_binary(const my_columns *columns, const toasty_sink *sink, void *row, my_reader *cells,
                         toasty_error *err)
{
    enum { FREE_BITS = 2 };
    const uint8_t *nulls = (const uint8_t *)my_take(cells, 1 + (columns->count + FREE_BITS + 7) / 8);
    if (!nulls)
        return 0;
    nulls++;
    const my_column *column = columns->items, *end = column + columns->count;
    int status = 0;
    for (unsigned bit = 1 << FREE_BITS; column != end && status == 0; column++, bit <<= 1) {
        if (bit > 0x80) {
            bit = 1;
            nulls++;
        }
        status = decode_cell(column, sink, row, *nulls & bit, cells, err);
    }
    return status;
}

static int decode_text(const my_columns *columns, const toasty_sink *sink, void *row, my_reader *cells,
                       toasty_error *err)
{
    int status = 0;
    for (size_t i = 0; i < columns->count && status == 0; i++) {
        bool null = my_left(cells) && (uint8_t)*cells->at == MY_NULL_CELL;
        if (null)
            my_take8(cells);
        status = decode_cell(&columns->items[i], sink, row, null, cells, err);
    }
    return status;
}

int toasty__my_decode_row(const my_columns *columns, toasty_sink *sink, const my_packet *packet, bool in_text,
                          toasty_error *err)
{
    my_reader cells = my_read(packet);
    void *row = toasty_sink_row(sink);
    if (!row)
        return toasty__fail_memory(err);
    int status = in_text ? decode_text(columns, sink, row, &cells, err)
                         : decode_binary(columns, sink, row, &cells, err);
    return cells.failed ? 1 : status ? status : my_left(&cells) != 0;
}
