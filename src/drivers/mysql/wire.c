/* Packets that are longer than one may be: taken apart on their way out, put together on their way in. */
#include "wire.h"

static void set_header(char *at, size_t length, uint8_t sequence)
{
    my_set24(at, (uint32_t)length);
    at[3] = (char)sequence;
}

/* --- out --- */

/* Makes room for a header before each piece but the first, from the last one on. */
static void take_apart(toasty__buffer *out, size_t start, size_t length, size_t further)
{
    char *body = out->bytes + start + MY_HEADER;
    for (size_t piece = further; piece > 0; piece--) {
        size_t from = piece * MY_LARGEST_PIECE;
        size_t size = length - from < MY_LARGEST_PIECE ? length - from : (size_t)MY_LARGEST_PIECE;
        memmove(body + from + piece * MY_HEADER, body + from, size);
    }
}

uint8_t toasty__my_end(toasty__buffer *out, size_t start, uint8_t sequence)
{
    if (out->failed)
        return 0;
    size_t length = out->length - start - MY_HEADER, further = length / MY_LARGEST_PIECE;
    if (further && !my_extend(out, further * MY_HEADER))
        return 0;
    take_apart(out, start, length, further);
    for (size_t piece = 0; piece <= further; piece++) {
        size_t size = piece < further ? (size_t)MY_LARGEST_PIECE : length % MY_LARGEST_PIECE;
        set_header(out->bytes + start + piece * (MY_LARGEST_PIECE + (size_t)MY_HEADER), size, sequence++);
    }
    return sequence;
}

/* --- in --- */

/* How long the packet at the start is, with all of its headers; 0: it is not whole. *length: of its body. */
static size_t measure(const toasty__input *input, size_t *length)
{
    size_t at = input->start;
    *length = 0;
    for (uint32_t piece = MY_LARGEST_PIECE; piece == MY_LARGEST_PIECE;) {
        if (input->end - at < MY_HEADER)
            return 0;
        piece = my_get24(input->bytes + at);
        at += MY_HEADER;
        *length += piece;
        if (*length > MY_MAX_MESSAGE || piece > input->end - at)
            return 0;
        at += piece;
    }
    return at - input->start;
}

/* The pieces of a body side by side. False when their numbers do not follow each other. */
static bool put_together(char *at, size_t length, uint8_t *sequence)
{
    char *body = at + MY_HEADER;
    for (size_t done = MY_LARGEST_PIECE; done <= length; done += MY_LARGEST_PIECE) {
        const char *header = at + done + done / MY_LARGEST_PIECE * MY_HEADER;
        size_t size = length - done < MY_LARGEST_PIECE ? length - done : (size_t)MY_LARGEST_PIECE;
        if ((uint8_t)header[3] != (uint8_t)(*sequence + 1))
            return false;
        ++*sequence;
        memmove(body + done, header + MY_HEADER, size);
    }
    return true;
}

int toasty__my_next_of_pieces(toasty__input *input, my_packet *packet)
{
    size_t length, size = measure(input, &length);
    if (!size)
        return length > MY_MAX_MESSAGE ? -1 : 0;
    char *at = input->bytes + input->start;
    uint8_t last = (uint8_t)at[3];
    *packet = (my_packet){at + MY_HEADER, (uint32_t)length, last, 0};
    if (length >= MY_LARGEST_PIECE && !put_together(at, length, &last))
        return -1;
    packet->next = (uint8_t)(last + 1);
    input->start += size;
    return 1;
}
