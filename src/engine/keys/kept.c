/* Keeping the rows that match: see kept.h. */
#include "engine/keys/kept.h"
#include "core/evaluate.h"
#include <string.h>

void toasty__keep_matching(toasty__loaded *loaded)
{
    toasty_sink *sink = &loaded->sink;
    toasty__keeping *keeping = loaded->keeping;
    char *end = sink->next, *to = loaded->rows;
    if (!keeping || !loaded->rows)
        return;
    to += keeping->looked * sink->stride;
    for (const char *row = to; row < end; row += sink->stride) {
        toasty__row as_values = toasty__row_of_record(loaded->step->table, row);
        if (toasty__evaluate(loaded->step->kept, &as_values, keeping->parameters) != TOASTY__TRUE)
            continue;
        memmove(to, row, sink->stride);
        to += sink->stride;
    }
    keeping->looked = (size_t)(to - loaded->rows) / sink->stride;
    sink->next = sink->end = to; /* what comes next is zeroed again */
}
