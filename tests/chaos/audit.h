/* The audit: what is in the tables against what the ledger says, row by row. */
#ifndef TESTS_CHAOS_AUDIT_H
#define TESTS_CHAOS_AUDIT_H

#include "ledger.h"
#include "target.h"

/* Notes each promise that was broken. Nobody works on the database any more. */
void audit(ledger *ledger, judge_connection *connection);

#endif
