/* Packets in a row of bytes: lengths of all sizes, packets longer than one may be, and what ends too early.
 */
#include "base/alloc.h"
#include "drivers/mysql/order.h"
#include "drivers/mysql/wire.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

TOASTY_TEST(mysql, a_length_comes_back_in_as_few_bytes_as_it_takes)
{
    static const struct {
        uint64_t length;
        size_t size;
    } lengths[] = {{0, 1},       {250, 1},      {251, 3},       {0xffff, 3},
                   {0x10000, 4}, {0xffffff, 4}, {0x1000000, 9}, {UINT64_MAX, 9}};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        toasty__buffer out;
        toasty__buffer_init(&out);
        my_put_length(&out, lengths[i].length);
        check_uint(lengths[i].size, out.length);
        my_reader reader = {out.bytes, out.bytes + out.length, false};
        check_uint(lengths[i].length, my_take_length(&reader));
        check_that(!reader.failed);
        check_uint(0, my_left(&reader));
        toasty__buffer_done(&out);
    }
}

TOASTY_TEST(mysql, what_is_not_in_a_packet_is_not_read)
{
    static const char cut[] = {(char)0xfd, 1, 2};
    my_reader reader = {cut, cut + sizeof cut, false};
    check_uint(0, my_take_length(&reader));
    check_that(reader.failed);
    size_t length;
    static const char longer[] = {5, 'a', 'b'};
    reader = (my_reader){longer, longer + sizeof longer, false};
    check_that(!my_take_counted(&reader, &length));
    check_uint(0, length);
    check_that(reader.failed);
    static const char without_nul[] = {'a', 'b'};
    reader = (my_reader){without_nul, without_nul + sizeof without_nul, false};
    check_text("", my_take_text(&reader));
    check_that(reader.failed);
}

/* --- packets that are longer than one may be --- */

/* A packet of that many bytes, each of which tells its place. */
static uint8_t put(toasty__buffer *out, size_t length)
{
    size_t start = my_begin(out);
    char *at = my_extend(out, length);
    check_that(at);
    for (size_t i = 0; i < length; i++)
        at[i] = (char)(i % 251);
    return toasty__my_end(out, start, 0);
}

static void check_body(const my_packet *packet, size_t length)
{
    check_uint(length, packet->length);
    for (size_t i = 0; i < length; i++)
        if (packet->body[i] != (char)(i % 251))
            ck_abort_msg("byte %zu is another", i);
}

TOASTY_TEST(mysql, a_packet_of_any_length_comes_back_whole)
{
    static const struct {
        size_t length;
        unsigned pieces;
    } packets[] = {{0, 1},
                   {1, 1},
                   {MY_LARGEST_PIECE - 1, 1},
                   {MY_LARGEST_PIECE, 2},
                   {MY_LARGEST_PIECE + 1, 2},
                   {2 * (size_t)MY_LARGEST_PIECE, 3},
                   {2 * (size_t)MY_LARGEST_PIECE + 12345, 3}};
    for (size_t i = 0; i < sizeof packets / sizeof *packets; i++) {
        toasty__buffer out;
        my_packet packet;
        toasty__buffer_init(&out);
        check_uint(packets[i].pieces, put(&out, packets[i].length));
        check_uint(packets[i].length + (size_t)packets[i].pieces * MY_HEADER, out.length);
        toasty__input input = {out.bytes, 0, out.length - 1};
        if (packets[i].length)
            check_int(0, toasty__my_next(&input, &packet));
        input.end = out.length;
        check_int(1, toasty__my_next(&input, &packet));
        check_body(&packet, packets[i].length);
        check_uint(0, packet.first);
        check_uint(packets[i].pieces, packet.next);
        check_uint(out.length, input.start);
        check_int(0, toasty__my_next(&input, &packet));
        toasty__buffer_done(&out);
    }
}

TOASTY_TEST(mysql, pieces_whose_numbers_do_not_follow_each_other_are_no_packet)
{
    toasty__buffer out;
    my_packet packet;
    toasty__buffer_init(&out);
    put(&out, MY_LARGEST_PIECE + (size_t)1);
    out.bytes[MY_HEADER + (size_t)MY_LARGEST_PIECE + 3] = 7;
    toasty__input input = {out.bytes, 0, out.length};
    check_int(-1, toasty__my_next(&input, &packet));
    toasty__buffer_done(&out);
}

/* --- what a packet is --- */

static my_word word(my_place place, uint8_t first, uint32_t length)
{
    char *body = calloc(1, length + 1);
    body[0] = (char)first;
    my_packet packet = {body, length, 0, 1};
    my_word word = toasty__my_word(place, &packet);
    free(body);
    return word;
}

TOASTY_TEST(mysql, a_packet_is_what_its_first_byte_says_in_its_place)
{
    check_int(MY_OK, word(MY_RESULT, 0x00, 7));
    check_int(MY_COUNT, word(MY_RESULT, 0x03, 1));
    check_int(MY_NO, word(MY_RESULT, 0xff, 9));
    check_int(MY_ROW, word(MY_ROWS, 0x00, 9));
    check_int(MY_END, word(MY_ROWS, 0xfe, 7));
    check_int(MY_ROW, word(MY_TEXT_ROWS, 0x00, 1));
    check_int(MY_END, word(MY_TEXT_ROWS, 0xfe, 7));
    check_int(MY_DEFINITION, word(MY_COLUMNS, 0x03, 30));
    /* a cell of text that is longer than a packet may be */
    check_int(MY_ROW, word(MY_TEXT_ROWS, 0xfe, MY_LARGEST_PIECE));
}

TOASTY_TEST(mysql, a_packet_that_cannot_come_is_nonsense)
{
    check_int(MY_NONSENSE, word(MY_RESULT, 0xfb, 9)); /* it asks for a file of ours */
    check_int(MY_NONSENSE, word(MY_RESULT, 0xfe, 7));
    check_int(MY_NONSENSE, word(MY_RESULT, 0x00, 0));
    check_int(MY_NONSENSE, word(MY_DONE, 0x03, 1));
    check_int(MY_NONSENSE, word(MY_ROWS, 0x03, 9));
    check_int(MY_NONSENSE, word(MY_PREPARED, 0x03, 9));
    check_int(MY_NONSENSE, word(MY_NOWHERE, 0x00, 7));
}
