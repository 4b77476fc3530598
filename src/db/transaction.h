/* Handles that have a connection of their own, and what is begun on them. */
#ifndef TOASTY_DB_TRANSACTION_H
#define TOASTY_DB_TRANSACTION_H

#include "db/handle.h"

/* Ends a transaction, a savepoint or a dedicated handle that is freed without: rolls back, and gives the
 * connection back. Touches no error. */
void toasty__transaction_abandon(toasty_db *db);

#endif
