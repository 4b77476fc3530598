/* Text in the making, without recursion: a tree nests as deep as its maker likes, and the stack is a fiber's.
 *
 * What is still to be written waits as pieces, the next one last. Expanding a piece either writes at once, as
 * long as it has added nothing, or adds smaller pieces in the order in which they are read. */
#ifndef TOASTY_SQL_PIECES_H
#define TOASTY_SQL_PIECES_H

#include "sql/writer.h"

/* How tight an operator binds. */
enum { LEVEL_ANY = -1, LEVEL_OR, LEVEL_AND, LEVEL_NOT, LEVEL_COMPARISON, LEVEL_SUM, LEVEL_PRIMARY };

/* Of text, expr, chain, select and write one is set. */
typedef struct toasty__sql_piece {
    const char *text;
    const toasty__expr *expr; /* in parentheses unless it binds tighter than `level` */
    const toasty__expr *const *chain;
    uint32_t from, to; /* the items of the chain that are meant */
    int level;
    const toasty__stmt *select;
    bool named; /* its values have names, by which the statement around it knows them */
    void (*write)(toasty__sql_writer *w, const void *of, uint32_t number);
    const void *of;
    uint32_t number;
} toasty__sql_piece;

typedef struct toasty__sql_pieces {
    toasty__sql_writer *w;
    toasty__sql_piece *items;
    size_t count, capacity;
} toasty__sql_pieces;

void toasty__sql_add(toasty__sql_pieces *pieces, toasty__sql_piece piece);
void toasty__sql_add_text(toasty__sql_pieces *pieces, const char *text);
void toasty__sql_add_expr(toasty__sql_pieces *pieces, const toasty__expr *expr, int level);
void toasty__sql_add_exprs(toasty__sql_pieces *pieces, toasty__expr *const *exprs, uint32_t count);
void toasty__sql_add_write(toasty__sql_pieces *pieces,
                           void (*write)(toasty__sql_writer *w, const void *of, uint32_t number),
                           const void *of, uint32_t number);

/* Writes a piece and all that comes of it. */
void toasty__sql_write(toasty__sql_writer *w, toasty__sql_piece piece);

/* expr.c, select.c */
void toasty__sql_expand_expr(toasty__sql_pieces *pieces, const toasty__expr *expr, int level);
void toasty__sql_expand_chain(toasty__sql_pieces *pieces, const toasty__sql_piece *chain);
void toasty__sql_expand_select(toasty__sql_pieces *pieces, const toasty__stmt *select, bool named);

#endif
