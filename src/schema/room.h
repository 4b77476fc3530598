/* Where the data of a schema lives: an arena, lists and texts in it.
 *
 * Sticky: after a failed allocation `failed` stays true and what should have been added is missing, so that
 * whoever fills a room checks once, at the end. Nothing in it is freed by itself. */
#ifndef TOASTY_SCHEMA_ROOM_H
#define TOASTY_SCHEMA_ROOM_H

#include "base/arena.h"

#include <stdarg.h>

typedef struct toasty__room {
    toasty__arena arena;
    bool failed;
} toasty__room;

/* A list of items of one type. Growing moves the items, so nothing points into a list that still grows. */
#define TOASTY__LIST(type)                                                                                   \
    struct {                                                                                                 \
        type *items;                                                                                         \
        size_t count, capacity;                                                                              \
    }

/* Appends an item to a TOASTY__LIST; without memory it is lost and the room has failed. */
#define TOASTY__PUSH(room, list, ...)                                                                        \
    ((list)->items =                                                                                         \
         toasty__room_grow((room), (list)->items, (list)->count, &(list)->capacity, sizeof *(list)->items),  \
     (list)->count < (list)->capacity ? (void)((list)->items[(list)->count++] = __VA_ARGS__) : (void)0)

typedef TOASTY__LIST(const char *) toasty__texts;

void toasty__room_init(toasty__room *room);
void toasty__room_done(toasty__room *room);

/* Used by TOASTY__PUSH: `items` with room for one more, or as they were. */
void *toasty__room_grow(toasty__room *room, void *items, size_t count, size_t *capacity, size_t item_size);

/* Copies of text; "" when the room has failed. */
const char *toasty__room_text(toasty__room *room, const char *text, size_t length);
const char *toasty__room_strdup(toasty__room *room, const char *text); /* NULL stays NULL */
const char *toasty__room_printf(toasty__room *room, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

bool toasty__texts_equal(const toasty__texts *a, const toasty__texts *b);
bool toasty__texts_have(const toasty__texts *texts, const char *text);
/* "a, b" */
const char *toasty__texts_join(toasty__room *room, const toasty__texts *texts);

#endif
