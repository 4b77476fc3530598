/* The table of the order of a server's packets. */
#include "order.h"

enum { WORDS = 4 /* at one place, at most */ };

/* What the first byte from one to another says; what is not there is nonsense. 0xfb, where a result may be,
 * asks for a file of this machine: it stands in no row. */
static const struct {
    uint8_t from, to, word;
} order[MY_PLACES][WORDS] = {
    [MY_PREPARED] = {{0x00, 0x00, MY_OK}, {0xff, 0xff, MY_NO}},
    [MY_RESULT] = {{0x00, 0x00, MY_OK}, {0x01, 0xfa, MY_COUNT}, {0xfc, 0xfc, MY_COUNT}, {0xff, 0xff, MY_NO}},
    [MY_DONE] = {{0x00, 0x00, MY_OK}, {0xff, 0xff, MY_NO}},
    [MY_PARAMETERS] = {{0x01, 0xfa, MY_DEFINITION}},
    [MY_COLUMNS] = {{0x01, 0xfa, MY_DEFINITION}},
    [MY_ROWS] = {{0x00, 0x00, MY_ROW}, {0xfe, 0xfe, MY_END}, {0xff, 0xff, MY_NO}},
    /* A row whose first cell is so long that 0xfe says so is told from the end by its length. */
    [MY_TEXT_ROWS] = {{0x00, 0xfd, MY_ROW}, {0xfe, 0xfe, MY_END}, {0xff, 0xff, MY_NO}},
};

my_word toasty__my_word(my_place place, const my_packet *packet)
{
    if (!packet->length)
        return MY_NONSENSE;
    uint8_t first = (uint8_t)*packet->body;
    for (size_t i = 0; i < WORDS && order[place][i].word != MY_NONSENSE; i++) {
        if (first < order[place][i].from || first > order[place][i].to)
            continue;
        if (order[place][i].word == MY_END && packet->length >= MY_LARGEST_PIECE)
            return place == MY_TEXT_ROWS ? MY_ROW : MY_NONSENSE;
        return (my_word)order[place][i].word;
    }
    return MY_NONSENSE;
}
