/* The worker: a process of 64 fibers on one loop and 4 plain threads that share one handle, with a pool that
 * is far smaller, and not the same in each round. It works until the ledger's progress has reached its
 * target, and may be killed before. */
#ifndef TESTS_CHAOS_CROWD_H
#define TESTS_CHAOS_CROWD_H

#include "ledger.h"

enum { FIBERS = 64, THREADS = 4, ROUNDS = 4 };

/* Makes the tables anew, with the rows that nobody writes. 0, or 1 with a reason on stdout. */
int crowd_prepare(const char *url);
/* Works. The exit status of the process. */
int crowd_work(ledger *ledger, const char *url);

#endif
