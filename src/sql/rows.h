/* Rows of text as the readers of catalogues see them. */
#ifndef TOASTY_SQL_ROWS_H
#define TOASTY_SQL_ROWS_H

#include <stdlib.h>
#include <string.h>
#include <toasty/toasty.h>

/* A cell; "" for NULL. */
static inline const char *toasty__rows_text(const toasty_rows *rows, size_t row, size_t column)
{
    const char *text = toasty_cell(rows, row, column);
    return text ? text : "";
}
/* "t", "true", "1": the ways in which databases say yes. */
static inline bool toasty__rows_true(const toasty_rows *rows, size_t row, size_t column)
{
    const char *text = toasty__rows_text(rows, row, column);
    return *text == 't' || *text == '1';
}

#endif
