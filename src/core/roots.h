/* The table of roots: every address that toasty_free may be given, and how what is behind it is destroyed.
 *
 * Thread-safe, and cheap enough to be asked twice in every call. An address that is not in the table is never
 * read. The table keeps nothing reachable: a leak checker reports a root that the program has lost. */
#ifndef TOASTY_CORE_ROOTS_H
#define TOASTY_CORE_ROOTS_H

#include <stdbool.h>
#include <stddef.h>

typedef void (*toasty__destroy)(void *object);

/* The root is not in the table yet. 0, or -1 when out of memory. */
int toasty__root_add(const void *root, toasty__destroy destroy, void *object);
/* Takes a root out; false when it was not there. */
bool toasty__root_take(const void *root, toasty__destroy *destroy, void **object);
/* The object of a root that is destroyed by `destroy`; NULL when there is none. */
void *toasty__root_find(const void *root, toasty__destroy destroy);
/* Calls visit for the object of each root that is destroyed by `destroy`. It must not use the table. */
void toasty__root_visit(toasty__destroy destroy, void (*visit)(void *object, void *arg), void *arg);
/* How many roots live: what a test for leaks asks. */
size_t toasty__root_count(void);

#endif
