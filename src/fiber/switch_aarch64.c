/* The switch on aarch64: x19 to x30 and the lower halves of v8 to v15.
 *
 * It ends with br, not ret, which would be predicted from this stack's calls. The frame information holds at
 * every instruction and ends at the trampoline. */
#include "switch.h"

#ifdef TOASTY__SWITCH_AARCH64

#include <stdint.h>

/* A stack that does not run, from the saved stack pointer up. */
struct saved {
    uint64_t x19_to_x28[10], x29, x30, d8_to_d15[8];
};

__asm__(".text\n"
        ".p2align 4\n"
        ".globl toasty__machine_switch\n"
        ".hidden toasty__machine_switch\n"
        ".type toasty__machine_switch, %function\n"
        "toasty__machine_switch:\n"
        "    .cfi_startproc\n"
        "    hint #34\n" /* bti c */
        "    sub sp, sp, #160\n"
        "    .cfi_adjust_cfa_offset 160\n"
        "    stp x19, x20, [sp, #0]\n"
        "    .cfi_rel_offset x19, 0\n"
        "    .cfi_rel_offset x20, 8\n"
        "    stp x21, x22, [sp, #16]\n"
        "    .cfi_rel_offset x21, 16\n"
        "    .cfi_rel_offset x22, 24\n"
        "    stp x23, x24, [sp, #32]\n"
        "    .cfi_rel_offset x23, 32\n"
        "    .cfi_rel_offset x24, 40\n"
        "    stp x25, x26, [sp, #48]\n"
        "    .cfi_rel_offset x25, 48\n"
        "    .cfi_rel_offset x26, 56\n"
        "    stp x27, x28, [sp, #64]\n"
        "    .cfi_rel_offset x27, 64\n"
        "    .cfi_rel_offset x28, 72\n"
        "    stp x29, x30, [sp, #80]\n"
        "    .cfi_rel_offset x29, 80\n"
        "    .cfi_rel_offset x30, 88\n"
        "    stp d8, d9, [sp, #96]\n"
        "    stp d10, d11, [sp, #112]\n"
        "    stp d12, d13, [sp, #128]\n"
        "    stp d14, d15, [sp, #144]\n"
        "    mov x9, sp\n"
        "    str x9, [x0]\n"
        "    ldr x9, [x1]\n"
        "    mov sp, x9\n"
        "    ldp d14, d15, [sp, #144]\n"
        "    ldp d12, d13, [sp, #128]\n"
        "    ldp d10, d11, [sp, #112]\n"
        "    ldp d8, d9, [sp, #96]\n"
        "    ldp x29, x30, [sp, #80]\n"
        "    .cfi_restore x29\n"
        "    .cfi_restore x30\n"
        "    ldp x27, x28, [sp, #64]\n"
        "    .cfi_restore x27\n"
        "    .cfi_restore x28\n"
        "    ldp x25, x26, [sp, #48]\n"
        "    .cfi_restore x25\n"
        "    .cfi_restore x26\n"
        "    ldp x23, x24, [sp, #32]\n"
        "    .cfi_restore x23\n"
        "    .cfi_restore x24\n"
        "    ldp x21, x22, [sp, #16]\n"
        "    .cfi_restore x21\n"
        "    .cfi_restore x22\n"
        "    ldp x19, x20, [sp, #0]\n"
        "    .cfi_restore x19\n"
        "    .cfi_restore x20\n"
        "    add sp, sp, #160\n"
        "    .cfi_adjust_cfa_offset -160\n"
        "    ret\n"
        "    .cfi_endproc\n"
        ".size toasty__machine_switch, . - toasty__machine_switch\n"

        ".p2align 4\n"
        ".globl toasty__machine_trampoline\n"
        ".hidden toasty__machine_trampoline\n"
        ".type toasty__machine_trampoline, %function\n"
        "toasty__machine_trampoline:\n"
        "    .cfi_startproc\n"
        "    .cfi_undefined x30\n"
        "    mov x0, x20\n"
        "    mov x29, xzr\n"
        "    blr x19\n"
        "    brk #0\n"
        "    .cfi_endproc\n"
        ".size toasty__machine_trampoline, . - toasty__machine_trampoline\n");

void toasty__machine_trampoline(void);

void toasty__machine_init(toasty__machine *machine, void *low, void *high, void (*entry)(void *arg),
                          void *arg)
{
    (void)low;
    struct saved *saved = (struct saved *)((uintptr_t)high & ~(uintptr_t)15) - 1;
    *saved = (struct saved){.x19_to_x28 = {(uintptr_t)entry, (uintptr_t)arg},
                            .x30 = (uintptr_t)toasty__machine_trampoline};
    machine->stack = saved;
}

#endif
