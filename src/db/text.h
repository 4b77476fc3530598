/* What the text of a user's statement says at its beginning. */
#ifndef TOASTY_DB_TEXT_H
#define TOASTY_DB_TEXT_H

#include <stdbool.h>

/* What it does, for events: its first word, when it is one of the usual ones. */
const char *toasty__text_operation(const char *sql);

typedef enum toasty__text_end {
    TOASTY__TEXT_ENDS_NOTHING,
    TOASTY__TEXT_COMMITS, /* the transaction */
    TOASTY__TEXT_ROLLS_BACK
} toasty__text_end;

toasty__text_end toasty__text_ends(const char *sql);

/* Would the statement have the server read and send text in another encoding than UTF-8? */
bool toasty__text_sets_encoding(const char *sql);

#endif
