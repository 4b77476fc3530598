/* Memory: every allocation of the library goes through these, so that an application can bring its own
 * allocator and a test can make the n-th one fail.
 *
 * Any of them may return NULL; nobody aborts. Sizes that overflow fail like an exhausted heap. */
#ifndef TOASTY_BASE_ALLOC_H
#define TOASTY_BASE_ALLOC_H

#include <stddef.h>

void *toasty__malloc(size_t size);
void *toasty__calloc(size_t count, size_t size);
void *toasty__realloc(void *memory, size_t size);
void toasty__free(void *memory); /* NULL is fine */
char *toasty__strdup(const char *text);
char *toasty__strndup(const char *text, size_t length);

/* Grows an array so that it has room for at least `needed` items: doubles, never shrinks. 0, or -1 when out
 * of memory (the array is as it was). */
int toasty__grow(void **items, size_t *capacity, size_t needed, size_t item_size);

#endif
