/* Statements that say at their end, in a comment, which trace they belong to: what a database's own log and
 * list of slow statements then show. */
#ifndef TOASTY_DB_TRACE_H
#define TOASTY_DB_TRACE_H

#include <toasty/driver/driver.h>

/* Gives the job's statements copies with comments. NULL when out of memory: then they go without, since
 * nobody loses anything but a comment. */
struct toasty__trace *toasty__trace_begin(toasty_job *job, const char *parent);
/* Gives the job its own statements back. NULL is fine. */
void toasty__trace_end(struct toasty__trace *trace, toasty_job *job);

#endif
