/* Reads all rows, by operation, and judges each operation by its verdict.
 *
 *     verdict     its parts are there        other rows of it
 *     happened    all, once                  none
 *     may have    all or none, once          none
 *     not         none                       none
 *
 * A counter is judged by the operations that have happened: where an operation has rows, they tell whether it
 * has; only those without leave the counter some room. */
#include "audit.h"
#include "acts.h"
#include <stdio.h>
#include <stdlib.h>

/* What is there of one operation. */
typedef struct found {
    unsigned parts, twice, astray;
} found;

typedef struct tables {
    ledger *ledger;
    found *found; /* by operation */
    uint64_t operations;
} tables;

static void take_row(const audit_row *row, void *arg)
{
    tables *tables = arg;
    if (row->operation < 1 || (uint64_t)row->operation > tables->operations || row->part < 0 ||
        row->part > 31) {
        ledger_break(tables->ledger, PROMISE_DENIED, "a row of nobody: operation %lld, part %lld",
                     (long long)row->operation, (long long)row->part);
        return;
    }
    found *found = &tables->found[row->operation];
    unsigned part = 1u << row->part;
    found->twice |= found->parts & part;
    found->parts |= part;
    found->astray |= row->astray ? part : 0;
}

/* --- operations --- */

static void tell(const tables *tables, uint64_t operation, promise promise)
{
    static const char *const verdicts[] = {"has not happened", "may have happened", "has happened"};
    const entry *entry = ledger_entry(tables->ledger, operation);
    const found *found = &tables->found[operation];
    ledger_break(tables->ledger, promise, "operation %llu, a %s, %s (%s): of its parts %#x there are %#x%s%s",
                 (unsigned long long)operation, acts[entry->act].name, verdicts[entry->verdict],
                 toasty_code_name(entry->code), entry->parts, found->parts, found->twice ? ", twice" : "",
                 found->astray ? ", astray" : "");
}

static void judge(const tables *tables, uint64_t operation)
{
    const entry *entry = ledger_entry(tables->ledger, operation);
    const found *found = &tables->found[operation];
    unsigned due = entry->verdict == HAPPENED_NOT ? 0 : entry->parts, there = found->parts & due;
    if (found->twice)
        tell(tables, operation, PROMISE_DOUBLED);
    if (found->astray)
        tell(tables, operation, PROMISE_LEFT);
    if (found->parts & ~due)
        tell(tables, operation, entry->code == TOASTY_CONNECTION_LOST ? PROMISE_CUT_OFF : PROMISE_DENIED);
    if (there && there != due)
        tell(tables, operation, PROMISE_HALVED);
    else if (entry->verdict == HAPPENED && due && !there)
        tell(tables, operation, PROMISE_LOST);
}

/* --- counters --- */

typedef struct range {
    int64_t least, most;
} range;

/* What an operation may have added to its counter. */
static range addition_of(const tables *tables, uint64_t operation)
{
    const entry *entry = ledger_entry(tables->ledger, operation);
    int64_t added = entry->added;
    bool there = entry->parts & tables->found[operation].parts;
    if (entry->parts)
        return there ? (range){added, added} : (range){0, 0};
    return (range){entry->verdict == HAPPENED ? added : 0, entry->verdict == HAPPENED_NOT ? 0 : added};
}

static void judge_counters(const tables *tables, judge_connection *connection)
{
    range due[COUNTERS] = {{0, 0}};
    int64_t values[COUNTERS];
    if (!target.counters(connection, values)) {
        ledger_break(tables->ledger, PROMISE_SOUND, "the counters cannot be read");
        return;
    }
    for (uint64_t operation = 1; operation <= tables->operations; operation++) {
        unsigned counter = ledger_entry(tables->ledger, operation)->counter;
        range addition = addition_of(tables, operation);
        if (counter) {
            due[counter - 1].least += addition.least;
            due[counter - 1].most += addition.most;
        }
    }
    for (int i = 0; i < COUNTERS; i++)
        if (values[i] < due[i].least || values[i] > due[i].most)
            ledger_break(tables->ledger, PROMISE_COUNTED, "counter %d is %lld, not %lld to %lld", i,
                         (long long)values[i], (long long)due[i].least, (long long)due[i].most);
}

void audit(ledger *ledger, judge_connection *connection)
{
    tables tables = {.ledger = ledger, .operations = atomic_load(&ledger->next)};
    const char *unsound = target.unsound(connection);
    if (unsound)
        ledger_break(ledger, PROMISE_SOUND, "%s", unsound);
    tables.found = calloc(tables.operations + 1, sizeof *tables.found);
    if (tables.found && target.rows(connection, take_row, &tables)) {
        for (uint64_t operation = 1; operation <= tables.operations; operation++)
            judge(&tables, operation);
        judge_counters(&tables, connection);
    } else {
        ledger_break(ledger, PROMISE_SOUND, "the rows cannot be read");
    }
    free(tables.found);
}
