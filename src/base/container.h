/* From a member of a struct to the struct. */
#ifndef TOASTY_BASE_CONTAINER_H
#define TOASTY_BASE_CONTAINER_H

#include <stddef.h>

/* The `type` whose member `member` the pointer points to. */
#define toasty__container(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

#endif
