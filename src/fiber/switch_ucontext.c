/* The switch by swapcontext: portable, and some sixty times slower, since each one also sets the signal mask.
 */
#include "switch.h"

#ifdef TOASTY__SWITCH_UCONTEXT

#include <stdint.h>

/* makecontext passes ints: the pointer comes in two halves. */
static void toasty__machine_trampoline(unsigned high, unsigned low)
{
    toasty__machine *machine = (toasty__machine *)(uintptr_t)((uint64_t)high << 32 | low);
    machine->entry(machine->arg);
}

void toasty__machine_init(toasty__machine *machine, void *low, void *high, void (*entry)(void *arg),
                          void *arg)
{
    getcontext(&machine->context);
    machine->context.uc_stack.ss_sp = low;
    machine->context.uc_stack.ss_size = (size_t)((char *)high - (char *)low);
    machine->context.uc_link = NULL;
    machine->entry = entry;
    machine->arg = arg;
    uint64_t address = (uintptr_t)machine;
    makecontext(&machine->context, (void (*)(void))toasty__machine_trampoline, 2, (unsigned)(address >> 32),
                (unsigned)address);
}

void toasty__machine_switch(toasty__machine *from, toasty__machine *to)
{
    swapcontext(&from->context, &to->context);
}

#endif
