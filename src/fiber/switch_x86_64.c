/* The switch on x86-64 (System V): six registers, mxcsr and the x87 control word.
 *
 * It ends with pop and jmp: a ret would be predicted to return where this stack's last call came from, and
 * miss. The frame information holds at every instruction, on either stack, and ends at the trampoline, so
 * that a debugger's backtrace ends there too. */
#include "switch.h"

#ifdef TOASTY__SWITCH_X86_64

#include <stdint.h>

/* A stack that does not run, from the saved stack pointer up. */
struct saved {
    uint32_t mxcsr, x87;
    uint64_t r15, r14, r13, r12, rbx, rbp, rip;
};

__asm__(".text\n"
        ".p2align 4\n"
        ".globl toasty__machine_switch\n"
        ".hidden toasty__machine_switch\n"
        ".type toasty__machine_switch, @function\n"
        "toasty__machine_switch:\n"
        "    .cfi_startproc\n"
        "    endbr64\n"
        "    pushq %rbp\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    .cfi_rel_offset %rbp, 0\n"
        "    pushq %rbx\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    .cfi_rel_offset %rbx, 0\n"
        "    pushq %r12\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    .cfi_rel_offset %r12, 0\n"
        "    pushq %r13\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    .cfi_rel_offset %r13, 0\n"
        "    pushq %r14\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    .cfi_rel_offset %r14, 0\n"
        "    pushq %r15\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    .cfi_rel_offset %r15, 0\n"
        "    subq $8, %rsp\n"
        "    .cfi_adjust_cfa_offset 8\n"
        "    stmxcsr (%rsp)\n"
        "    fnstcw 4(%rsp)\n"
        "    movq %rsp, (%rdi)\n"
        "    movq (%rsi), %rsp\n"
        "    ldmxcsr (%rsp)\n"
        "    fldcw 4(%rsp)\n"
        "    addq $8, %rsp\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    popq %r15\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    .cfi_restore %r15\n"
        "    popq %r14\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    .cfi_restore %r14\n"
        "    popq %r13\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    .cfi_restore %r13\n"
        "    popq %r12\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    .cfi_restore %r12\n"
        "    popq %rbx\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    .cfi_restore %rbx\n"
        "    popq %rbp\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    .cfi_restore %rbp\n"
        "    popq %rcx\n"
        "    .cfi_adjust_cfa_offset -8\n"
        "    .cfi_register %rip, %rcx\n"
        "    notrack jmpq *%rcx\n"
        "    .cfi_endproc\n"
        ".size toasty__machine_switch, . - toasty__machine_switch\n"

        ".p2align 4\n"
        ".type toasty__machine_trampoline, @function\n"
        ".globl toasty__machine_trampoline\n"
        ".hidden toasty__machine_trampoline\n"
        "toasty__machine_trampoline:\n"
        "    .cfi_startproc\n"
        "    .cfi_undefined %rip\n"
        "    endbr64\n"
        "    movq %r13, %rdi\n"
        "    xorl %ebp, %ebp\n"
        "    callq *%r12\n"
        "    ud2\n"
        "    .cfi_endproc\n"
        ".size toasty__machine_trampoline, . - toasty__machine_trampoline\n");

void toasty__machine_trampoline(void);

void toasty__machine_init(toasty__machine *machine, void *low, void *high, void (*entry)(void *arg),
                          void *arg)
{
    (void)low;
    /* A call wants the stack aligned to 16 bytes before it: the trampoline's, right above what is saved. */
    struct saved *saved = (struct saved *)((uintptr_t)high & ~(uintptr_t)15) - 1;
    *saved = (struct saved){
        .r12 = (uintptr_t)entry, .r13 = (uintptr_t)arg, .rip = (uintptr_t)toasty__machine_trampoline};
    __asm__("stmxcsr %0\n\tfnstcw %1" : "=m"(saved->mxcsr), "+m"(saved->x87)); /* the creator's modes */
    machine->stack = saved;
}

#endif
