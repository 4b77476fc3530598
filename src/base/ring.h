/* A ring: a list in both directions whose links are members of what it lists, closed by a head that is not.
 *
 * Adding and removing know no special case. Nothing is allocated; a member stands in one ring at a time by
 * each of its links. */
#ifndef TOASTY_BASE_RING_H
#define TOASTY_BASE_RING_H

#include "base/container.h"

#include <stdbool.h>

typedef struct toasty__ring {
    struct toasty__ring *next, *previous;
} toasty__ring;

/* An empty ring. */
static inline void toasty__ring_init(toasty__ring *head)
{
    head->next = head->previous = head;
}

static inline bool toasty__ring_is_empty(const toasty__ring *head)
{
    return head->next == head;
}

/* After a member, or after the head: as the first. */
static inline void toasty__ring_add_after(toasty__ring *at, toasty__ring *link)
{
    link->next = at->next;
    link->previous = at;
    at->next->previous = link;
    at->next = link;
}

/* As the last. */
static inline void toasty__ring_add_last(toasty__ring *head, toasty__ring *link)
{
    toasty__ring_add_after(head->previous, link);
}

static inline void toasty__ring_remove(toasty__ring *link)
{
    link->previous->next = link->next;
    link->next->previous = link->previous;
}

/* The first of a ring of `type`, linked by `member`; NULL when it is empty. */
#define toasty__ring_first(head, type, member)                                                               \
    (toasty__ring_is_empty(head) ? NULL : toasty__container((head)->next, type, member))

/* for (each of them): `at` must not be removed meanwhile. */
#define toasty__ring_each(type, at, head, member)                                                            \
    for (type *at = toasty__container((head)->next, type, member); &at->member != (head);                    \
         at = toasty__container(at->member.next, type, member))

#endif
