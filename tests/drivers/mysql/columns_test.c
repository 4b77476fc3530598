/* What the columns of an answer are, and when it need not be read again. */
#include "drivers/mysql/mysql.h"
#include "test.h"

enum { LONG = 3, LONGLONG = 8, COLUMNS = 2 };

static void put_column(toasty__buffer *out, const char *name, uint8_t type, uint8_t sequence)
{
    enum { TEXTS = 6, FIXED = 12 };
    size_t start = my_begin(out);
    for (int i = 0; i < TEXTS; i++)
        my_put_counted(out, name, strlen(name));
    my_put_length(out, FIXED);
    my_put16(out, 63); /* no character set */
    my_put32(out, 20); /* width */
    my_put8(out, type);
    my_put16(out, 0); /* flags */
    my_put(out, "\0\0", 3);
    toasty__my_end(out, start, sequence);
}

/* An answer's two columns, of which the second has that type. */
static void describe(toasty__buffer *out, uint8_t type)
{
    toasty__buffer_clear(out);
    put_column(out, "id", LONGLONG, 2);
    put_column(out, "size", type, 3);
}

/* Reads what was described, one by one. */
static void read_columns(my_columns *columns, toasty__buffer *out)
{
    toasty__input input = {out->bytes, 0, out->length};
    my_packet packet;
    check_int(0, toasty__my_columns_expect(columns, COLUMNS));
    for (size_t i = 0; i < COLUMNS; i++) {
        check_int(1, toasty__my_next(&input, &packet));
        check_that(toasty__my_columns_add(columns, &packet, i, false));
    }
}

static bool come_again(my_columns *columns, toasty__buffer *out, size_t arrived)
{
    toasty__input input = {out->bytes, 0, arrived};
    check_int(0, toasty__my_columns_expect(columns, COLUMNS));
    bool again = toasty__my_columns_again(columns, &input);
    check_uint(again ? arrived : 0, input.start);
    return again;
}

TOASTY_TEST(mysql, columns_that_are_described_as_before_are_taken_at_once)
{
    my_columns columns = {.items = NULL};
    toasty__buffer out;
    toasty__buffer_init(&out);
    describe(&out, LONG);
    check_that(!come_again(&columns, &out, out.length));
    read_columns(&columns, &out);
    check_that(come_again(&columns, &out, out.length));
    check_that(!come_again(&columns, &out, out.length - 1));
    check_uint(LONG, columns.items[1].type);
    toasty__buffer_done(&out);
    toasty__my_columns_done(&columns);
}

TOASTY_TEST(mysql, a_column_that_has_become_another_is_read_anew)
{
    my_columns columns = {.items = NULL};
    toasty__buffer out;
    toasty__buffer_init(&out);
    describe(&out, LONG);
    read_columns(&columns, &out);
    describe(&out, LONGLONG);
    check_that(!come_again(&columns, &out, out.length));
    read_columns(&columns, &out);
    check_uint(LONGLONG, columns.items[1].type);
    check_that(come_again(&columns, &out, out.length));
    check_int(0, toasty__my_columns_expect(&columns, 1));
    check_that(!toasty__my_columns_again(&columns, &(toasty__input){out.bytes, 0, out.length}));
    toasty__buffer_done(&out);
    toasty__my_columns_done(&columns);
}
