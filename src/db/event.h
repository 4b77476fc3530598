/* Telling the hook of a handle about the operations of a job. Never any value of a row or a parameter. */
#ifndef TOASTY_DB_EVENT_H
#define TOASTY_DB_EVENT_H

#include "db/handle.h"

/* Microseconds. */
uint64_t toasty__event_clock(void);
/* Tells about a job that was answered: started_us is when it was sent, `connection` the number of its
 * connection. */
void toasty__event_emit(const toasty_db *db, const toasty_job *job, uint64_t started_us, uint64_t connection);

#endif
