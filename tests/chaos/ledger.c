/* The ledger's memory, and what is written down there of broken promises. */
#include "ledger.h"
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

const char *promise_sentence(promise promise)
{
    static const char *const sentences[] = {
#define CHAOS_PROMISE(NAME, sentence) sentence,
        CHAOS_PROMISES(CHAOS_PROMISE)
#undef CHAOS_PROMISE
    };
    return sentences[promise];
}

ledger *ledger_open(int descriptor)
{
    void *memory = mmap(NULL, sizeof(ledger), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

ledger *ledger_new(int *descriptor)
{
    *descriptor = memfd_create("ledger", 0);
    if (*descriptor < 0 || ftruncate(*descriptor, sizeof(ledger)) < 0)
        return NULL;
    return ledger_open(*descriptor);
}

uint64_t ledger_add(ledger *ledger, uint8_t act)
{
    uint64_t operation = atomic_fetch_add(&ledger->next, 1) + 1;
    if (operation >= ENTRIES)
        return 0;
    ledger_entry(ledger, operation)->act = act;
    return operation;
}

void ledger_break(ledger *ledger, promise promise, const char *format, ...)
{
    uint64_t number = atomic_fetch_add(&ledger->broken[promise], 1);
    if (number >= SHOWN)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(ledger->broken_text[promise][number], sizeof ledger->broken_text[0][0], format, arguments);
    va_end(arguments);
}

/* splitmix64 */
uint64_t chance(uint64_t *state, uint64_t below)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (z ^ z >> 31) % below;
}
