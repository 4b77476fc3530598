/* Memory of one run of derive: an arena that lives as long as the run, and lists in it.
 *
 * derive is a short-lived tool: when memory runs out it says so and exits, so that no caller has to check. */
#ifndef TOASTY_DERIVE_MEMORY_H
#define TOASTY_DERIVE_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

struct toasty__arena;
typedef struct toasty__arena derive_memory;

void *toasty__derive_alloc(derive_memory *memory, size_t size); /* zeroed */
char *toasty__derive_text(derive_memory *memory, const char *text, size_t length);
char *toasty__derive_format(derive_memory *memory, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *toasty__derive_vformat(derive_memory *memory, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
/* What every caller does with a buffer that failed or an arena that is empty. Does not return. */
void toasty__derive_out_of_memory(void) __attribute__((noreturn));

/* A list of items of one type; growing moves them, so lists of what others point to hold pointers. */
#define DERIVE_LIST(type)                                                                                    \
    struct {                                                                                                 \
        type *items;                                                                                         \
        size_t count, capacity;                                                                              \
    }

/* Appends `item` to a DERIVE_LIST. */
#define DERIVE_PUSH(memory, list, item)                                                                      \
    ((list)->items = toasty__derive_grow(memory, (list)->items, (list)->count, &(list)->capacity,            \
                                         sizeof *(list)->items),                                             \
     (list)->items[(list)->count++] = (item))

/* Room for one more item; used by DERIVE_PUSH. */
void *toasty__derive_grow(derive_memory *memory, void *items, size_t count, size_t *capacity,
                          size_t item_size);

#endif
