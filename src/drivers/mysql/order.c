/* The table of the order of a server's packets. */
#include "order.h"

/* The first bytes from one to another. 0xfb, where a result may be, asks for a file of this machine: it
 * stands in no row. */
static const struct {
    uint8_t place, from, to, word;
} order[] = {
    {MY_PREPARED, 0x00, 0x00, MY_OK},
    {MY_PREPARED, 0xff, 0xff, MY_NO},
    {MY_RESULT, 0x00, 0x00, MY_OK},
    {MY_RESULT, 0x01, 0xfa, MY_COUNT},
    {MY_RESULT, 0xfc, 0xfc, MY_COUNT},
    {MY_RESULT, 0xff, 0xff, MY_NO},
    {MY_DONE, 0x00, 0x00, MY_OK},
    {MY_DONE, 0xff, 0xff, MY_NO},
    {MY_PARAMETERS, 0x01, 0xfa, MY_DEFINITION},
    {MY_COLUMNS, 0x01, 0xfa, MY_DEFINITION},
    {MY_ROWS, 0x00, 0x00, MY_ROW},
    {MY_ROWS, 0xfe, 0xfe, MY_END},
    {MY_ROWS, 0xff, 0xff, MY_NO},
    {MY_TEXT_ROWS, 0x00, 0xfd, MY_ROW},
    {MY_TEXT_ROWS, 0xfe, 0xfe, MY_END}, /* a row whose first cell is so long is told by its length */
    {MY_TEXT_ROWS, 0xff, 0xff, MY_NO},
};

my_word toasty__my_word(my_place place, const my_packet *packet)
{
    if (!packet->length)
        return MY_NONSENSE;
    uint8_t first = (uint8_t)*packet->body;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (order[i].place != place || first < order[i].from || first > order[i].to)
            continue;
        if (order[i].word == MY_END && packet->length >= MY_LARGEST_PIECE)
            return place == MY_TEXT_ROWS ? MY_ROW : MY_NONSENSE;
        return (my_word)order[i].word;
    }
    return MY_NONSENSE;
}
