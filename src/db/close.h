/* Closing a database. */
#ifndef TOASTY_DB_CLOSE_H
#define TOASTY_DB_CLOSE_H

#include <toasty/toasty.h>

/* Closes the pool of a root handle and waits until no connection is left, where this thread can wait for it.
 */
void toasty__close_quietly(toasty_db *db);

#endif
