/* Stacks of fibers: mapped, with a guard below, and kept by the thread for the next fiber. */
#ifndef TOASTY_FIBER_STACK_H
#define TOASTY_FIBER_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <toasty/error.h>

enum {
    TOASTY__STACK_DEFAULT = 64 * 1024,
    TOASTY__STACK_GUARD = 64 * 1024, /* at least: no memory, only addresses */
    TOASTY__STACK_SMALLEST = 16 * 1024,
    TOASTY__STACK_LARGEST = 1024 * 1024 * 1024,
};

typedef struct toasty__stack {
    char *low; /* above the guard */
    size_t size;
    unsigned valgrind; /* its number there */
} toasty__stack;

/* size 0 is the default. 0, or -1 with err. What the stack holds is undefined. */
int toasty__stack_take(size_t size, toasty__stack *stack, toasty_error *err);
void toasty__stack_give(toasty__stack stack);
/* Whether the address lies in the stack's guard. May be called in a handler of a signal. */
bool toasty__stack_guards(const toasty__stack *stack, const void *address);

#endif
