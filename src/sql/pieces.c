/* The stack of pieces: see pieces.h. */
#include "sql/pieces.h"
#include "base/alloc.h"

void toasty__sql_add(toasty__sql_pieces *pieces, toasty__sql_piece piece)
{
    if (toasty__grow((void **)&pieces->items, &pieces->capacity, pieces->count + 1, sizeof piece) < 0)
        pieces->w->out->failed = true;
    else
        pieces->items[pieces->count++] = piece;
}

void toasty__sql_add_text(toasty__sql_pieces *pieces, const char *text)
{
    toasty__sql_add(pieces, (toasty__sql_piece){.text = text});
}

void toasty__sql_add_expr(toasty__sql_pieces *pieces, const toasty__expr *expr, int level)
{
    toasty__sql_add(pieces, (toasty__sql_piece){.expr = expr, .level = level});
}

void toasty__sql_add_exprs(toasty__sql_pieces *pieces, toasty__expr *const *exprs, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            toasty__sql_add_text(pieces, ", ");
        toasty__sql_add_expr(pieces, exprs[i], LEVEL_ANY);
    }
}

void toasty__sql_add_write(toasty__sql_pieces *pieces,
                           void (*write)(toasty__sql_writer *w, const void *of, uint32_t number),
                           const void *of, uint32_t number)
{
    toasty__sql_add(pieces, (toasty__sql_piece){.write = write, .of = of, .number = number});
}

static void expand(toasty__sql_pieces *pieces, const toasty__sql_piece *piece)
{
    if (piece->text)
        toasty__sql_text(pieces->w, piece->text);
    else if (piece->write)
        piece->write(pieces->w, piece->of, piece->number);
    else if (piece->chain)
        toasty__sql_expand_chain(pieces, piece);
    else if (piece->select)
        toasty__sql_expand_select(pieces, piece->select, piece->named);
    else
        toasty__sql_expand_expr(pieces, piece->expr, piece->level);
}

/* What was added is read in its order, and taken from the end. */
static void turn(toasty__sql_pieces *pieces, size_t from)
{
    for (size_t to = pieces->count; from + 1 < to; from++) {
        toasty__sql_piece first = pieces->items[from];
        pieces->items[from] = pieces->items[--to];
        pieces->items[to] = first;
    }
}

void toasty__sql_write(toasty__sql_writer *w, toasty__sql_piece piece)
{
    toasty__sql_pieces pieces = {.w = w};
    toasty__sql_add(&pieces, piece);
    while (pieces.count && !w->out->failed) {
        toasty__sql_piece next = pieces.items[--pieces.count];
        size_t from = pieces.count;
        expand(&pieces, &next);
        turn(&pieces, from);
    }
    toasty__free(pieces.items);
}
