/* The table of the order of a server's messages. */
#include "order.h"

#define PARSE_COMPLETE '1'
#define BIND_COMPLETE '2'
#define CLOSE_COMPLETE '3'
#define PARAMETER_DESCRIPTION 't'
#define ROW_DESCRIPTION 'T'
#define NO_DATA 'n'
#define DATA_ROW 'D'
#define COMMAND_COMPLETE 'C'
#define EMPTY_QUERY_RESPONSE 'I'
#define COPY_IN_RESPONSE 'G'
#define COPY_OUT_RESPONSE 'H'
#define READY_FOR_QUERY 'Z'

const uint8_t toasty__pg_order[PG_PLACES][UINT8_MAX + 1] = {
    [PG_CLOSE] = {[CLOSE_COMPLETE] = PG_NEXT},
    /* To be kept: it is described by its name, and so before it is bound. */
    [PG_KEEP] = {[PARSE_COMPLETE] = PG_KEEP_TYPES},
    [PG_KEEP_TYPES] = {[PARAMETER_DESCRIPTION] = PG_KEEP_COLUMNS},
    [PG_KEEP_COLUMNS] = {[ROW_DESCRIPTION] = PG_QUERY, [NO_DATA] = PG_CHANGE},
    [PG_QUERY] = {[BIND_COMPLETE] = PG_ROWS},
    [PG_CHANGE] = {[BIND_COMPLETE] = PG_NO_ROWS},
    /* By its text. */
    [PG_UNSHOWN] = {[PARSE_COMPLETE] = PG_QUERY},
    [PG_SHOWN] = {[PARSE_COMPLETE] = PG_SHOWN_BIND},
    [PG_SHOWN_BIND] = {[BIND_COMPLETE] = PG_SHOWN_COLUMNS},
    [PG_SHOWN_COLUMNS] = {[ROW_DESCRIPTION] = PG_ROWS, [NO_DATA] = PG_NO_ROWS},
    /* The user's text, which may be empty, or a COPY. */
    [PG_RAW] = {[PARSE_COMPLETE] = PG_RAW_BIND},
    [PG_RAW_BIND] = {[BIND_COMPLETE] = PG_RAW_ROWS},
    [PG_RAW_SHOWN] = {[PARSE_COMPLETE] = PG_RAW_SHOWN_BIND},
    [PG_RAW_SHOWN_BIND] = {[BIND_COMPLETE] = PG_RAW_SHOWN_COLUMNS},
    [PG_RAW_SHOWN_COLUMNS] = {[ROW_DESCRIPTION] = PG_ROWS, [NO_DATA] = PG_RAW_NO_ROWS},
    /* Texts of our own. */
    [PG_CONTROL] = {[PARSE_COMPLETE] = PG_CHANGE},
    [PG_PING] = {[PARSE_COMPLETE] = PG_PING_BIND},
    [PG_PING_BIND] = {[BIND_COMPLETE] = PG_NOTHING},
    /* What an Execute answers. */
    [PG_ROWS] = {[DATA_ROW] = PG_ROWS, [COMMAND_COMPLETE] = PG_NEXT},
    [PG_NO_ROWS] = {[COMMAND_COMPLETE] = PG_NEXT},
    [PG_RAW_ROWS] = {[DATA_ROW] = PG_ROWS,
                     [COMMAND_COMPLETE] = PG_NEXT,
                     [EMPTY_QUERY_RESPONSE] = PG_NEXT,
                     [COPY_IN_RESPONSE] = PG_SKIPPED,
                     [COPY_OUT_RESPONSE] = PG_SKIPPED},
    [PG_RAW_NO_ROWS] = {[COMMAND_COMPLETE] = PG_NEXT,
                        [EMPTY_QUERY_RESPONSE] = PG_NEXT,
                        [COPY_IN_RESPONSE] = PG_SKIPPED,
                        [COPY_OUT_RESPONSE] = PG_SKIPPED},
    [PG_NOTHING] = {[EMPTY_QUERY_RESPONSE] = PG_NEXT},
    /* The end of all of it. */
    [PG_SYNC] = {[READY_FOR_QUERY] = PG_NEXT},
    [PG_SKIPPED] = {[READY_FOR_QUERY] = PG_NEXT},
};
