/* The machine part of a fiber: where it stands on its stack, and changing from one to another.
 *
 * What a switch keeps is what a call keeps: the callee-saved registers and the modes of floating point.
 * Signal masks belong to the thread. Assembly on x86-64 and aarch64; ucontext elsewhere, or when
 * TOASTY_FIBER_UCONTEXT is defined. */
#ifndef TOASTY_FIBER_SWITCH_H
#define TOASTY_FIBER_SWITCH_H

#include <stddef.h>

#if !defined(TOASTY_FIBER_UCONTEXT) && defined(__ELF__) && defined(__x86_64__) && defined(__LP64__)
#define TOASTY__SWITCH_X86_64
#elif !defined(TOASTY_FIBER_UCONTEXT) && defined(__ELF__) && defined(__aarch64__) && defined(__LP64__)
#define TOASTY__SWITCH_AARCH64
#else
#define TOASTY__SWITCH_UCONTEXT
#include <ucontext.h>
#endif

typedef struct toasty__machine {
#ifdef TOASTY__SWITCH_UCONTEXT
    ucontext_t context;
    void (*entry)(void *arg);
    void *arg;
#else
    void *stack; /* the stack pointer; the registers lie there, in the order that the assembly gives */
#endif
} toasty__machine;

/* The next switch to `machine` calls entry(arg), which never returns, on the stack [low, high). */
void toasty__machine_init(toasty__machine *machine, void *low, void *high, void (*entry)(void *arg),
                          void *arg);

/* Continues `to`; returns when somebody switches to `from`. */
void toasty__machine_switch(toasty__machine *from, toasty__machine *to);

#endif
