/* The rows of a raw statement on their way into a block: as text, or as the records of a model.
 *
 * Only the database knows which columns come, so both are told of them by the driver before the first row. A
 * record's columns are found by their names, in any order; others are passed over. */
#ifndef TOASTY_DB_RAW_ROWS_H
#define TOASTY_DB_RAW_ROWS_H

#include "core/block.h"
#include <toasty/driver/driver.h>

typedef struct toasty__raw_rows {
    toasty_sink sink; /* first: the driver hands it back */
    toasty__block *block;
    char *rows;
    size_t stride, count, capacity;
    bool any_text; /* of rows as text: their reader minds what is not UTF-8 */
} toasty__raw_rows;

/* model: of the records; NULL: rows are text. 0, or -1 with err. */
int toasty__raw_rows_init(toasty__raw_rows *rows, const toasty_model *model, toasty_error *err);
/* All rows are there: the root, a toasty_rows or a list, is known to toasty_free. NULL with err. */
void *toasty__raw_rows_publish(toasty__raw_rows *rows, toasty_error *err);
/* Nobody wants them. */
void toasty__raw_rows_drop(toasty__raw_rows *rows);

#endif
