/* Acts of single calls: what is generated, what is started, what is read. Each has one call that decides. */
#include "acts.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- creates --- */

void act_create(actor *actor)
{
    toasty_auto(toasty_db) with = hasty(actor);
    uint64_t operation = operation_new(actor);
    intend(actor, operation, PART(0));
    toasty_auto(Deed) deed = deed_create(with ? with : actor->db, .operation = (int64_t)operation);
    settle(actor, operation, AT_CALL, deed != NULL);
}

void act_create_counted(actor *actor)
{
    toasty_auto(toasty_db) with = hasty(actor);
    uint64_t operation = operation_new(actor);
    intend(actor, operation, PART(0));
    toasty_auto(Entry) entry = entry_create(with ? with : actor->db, .operation = (int64_t)operation);
    settle(actor, operation, AT_CALL, entry != NULL);
}

void act_create_nested(actor *actor)
{
    toasty_auto(toasty_db) with = hasty(actor);
    uint64_t operation = operation_new(actor);
    int64_t number = (int64_t)operation;
    intend(actor, operation, PART(0) | PART(1) | PART(2) | PART(3));
    toasty_auto(Deed) deed =
        deed_create(with ? with : actor->db, .operation = number,
                    .details = detail_new({.operation = number, .part = 1}, {.operation = number, .part = 2},
                                          {.operation = number, .part = 3}));
    settle(actor, operation, AT_CALL, deed != NULL);
}

void act_create_nested_counted(actor *actor)
{
    toasty_auto(toasty_db) with = hasty(actor);
    uint64_t operation = operation_new(actor);
    int64_t number = (int64_t)operation;
    intend(actor, operation, PART(0) | PART(1) | PART(2));
    toasty_auto(Entry) entry =
        entry_create(with ? with : actor->db, .operation = number,
                     .lines = line_new({.operation = number, .part = 1}, {.operation = number, .part = 2}));
    settle(actor, operation, AT_CALL, entry != NULL);
}

void act_create_several(actor *actor)
{
    enum { ROWS = 8 };
    EntryNew rows[ROWS] = {0};
    uint64_t operation = operation_new(actor);
    for (int32_t i = 0; i < ROWS; i++)
        rows[i] = (EntryNew){.operation = (int64_t)operation, .part = i};
    intend(actor, operation, PART(ROWS) - 1);
    toasty_auto(EntryList) entries = entry_create_array(actor->db, rows, ROWS);
    settle(actor, operation, AT_CALL, entries != NULL);
}

/* --- counters and deletes --- */

void act_count(actor *actor)
{
    toasty_auto(toasty_db) with = hasty(actor);
    uint64_t operation = operation_new(actor);
    int64_t counter = (int64_t)pick(actor, COUNTERS);
    intend_count(actor, operation, counter, 1);
    intend(actor, operation, 0);
    settle(actor, operation, AT_CALL,
           counter_update_by_id(with ? with : actor->db, counter, counter_value_add(1)) == 1);
}

/* The operation of a row that was deleted again has left nothing. */
void act_take_back(actor *actor)
{
    uint64_t operation = operation_new(actor);
    intend(actor, operation, PART(0));
    toasty_auto(Deed) deed = deed_create(actor->db, .operation = (int64_t)operation);
    if (!settle(actor, operation, AT_CALL, deed != NULL))
        return;
    uint64_t deletion = operation_new(actor);
    intend(actor, deletion, 0);
    set_verdict(actor, operation, MAY_HAVE_HAPPENED);
    int64_t count = deed_delete_by_id(actor->db, deed->id);
    settle(actor, deletion, AT_CALL, count == 1);
    if (count == 0)
        ledger_break(actor->ledger, PROMISE_LOST, "operation %llu: its delete did not find it",
                     (unsigned long long)operation);
    switch (atomic_load(&ledger_entry(actor->ledger, deletion)->verdict)) {
    case HAPPENED:
        atomic_store(&ledger_entry(actor->ledger, operation)->parts, 0);
        break;
    case HAPPENED_NOT:
        set_verdict(actor, operation, HAPPENED);
        break;
    default:
        break;
    }
}

/* --- all or nothing --- */

void act_batch(actor *actor)
{
    toasty_auto(toasty_db) with = hasty(actor);
    toasty_auto(Deed) deed = NULL;
    toasty_auto(Entry) entry = NULL;
    uint64_t operation = operation_new(actor);
    int64_t number = (int64_t)operation, counter = (int64_t)pick(actor, COUNTERS), counted = 0;
    intend_count(actor, operation, counter, 2);
    intend(actor, operation, PART(0) | PART(1) | PART(2));
    int status = toasty_batch(with ? with : actor->db, deed_create_op(&deed, .operation = number, .part = 0),
                              counter_update_by_id_op(&counted, counter, counter_value_add(2)),
                              entry_create_op(&entry, .operation = number, .part = 1,
                                              .lines = line_new({.operation = number, .part = 2})));
    settle(actor, operation, AT_CALL, status == 0);
}

void act_list(actor *actor)
{
    Deed *deeds[MOST_PARTS] = {NULL};
    toasty_auto(toasty_ops) ops = toasty_ops_new();
    uint64_t operation = operation_new(actor);
    unsigned count = 1 + (unsigned)pick(actor, 12);
    for (unsigned i = 0; ops && i < count; i++)
        toasty_ignore(toasty_ops_add(
            ops, deed_create_op(&deeds[i], .operation = (int64_t)operation, .part = (int32_t)i)));
    intend(actor, operation, PART(count) - 1);
    settle(actor, operation, AT_CALL, toasty_batch_ops(actor->db, ops) == 0);
    for (unsigned i = 0; i < count; i++)
        toasty_free(deeds[i]);
}

/* --- what is started --- */

/* Of the callback and of the act: who comes last frees it. */
typedef struct started {
    actor *actor;
    uint64_t operation;
    Deed *deed;
    int64_t counted;
    toasty_started *handle;
    int holds;
} started;

static void let_go(started *started)
{
    if (--started->holds > 0)
        return;
    toasty_free(started->deed);
    free(started);
}

static void start_ended(const toasty_error *error, void *arg)
{
    started *started = arg;
    settle_with(started->actor, started->operation, AT_CALL, error, false);
    started->handle = NULL;
    let_go(started);
}

static toasty_started *start_count(actor *actor, started *started)
{
    int64_t counter = (int64_t)pick(actor, COUNTERS);
    intend_count(actor, started->operation, counter, 1);
    intend(actor, started->operation, 0);
    return toasty_start(actor->loop, actor->db,
                        counter_update_by_id_op(&started->counted, counter, counter_value_add(1)),
                        start_ended, started);
}

static toasty_started *start_list(actor *actor, started *started)
{
    int64_t number = (int64_t)started->operation, counter = (int64_t)pick(actor, COUNTERS);
    toasty_auto(toasty_ops) ops = toasty_ops_new();
    if (!ops || toasty_ops_add(ops, deed_create_op(&started->deed, .operation = number)) < 0 ||
        toasty_ops_add(ops, counter_update_by_id_op(&started->counted, counter, counter_value_add(1))) < 0)
        return NULL;
    intend_count(actor, started->operation, counter, 1);
    intend(actor, started->operation, PART(0));
    return toasty_start_ops(actor->loop, actor->db, ops, start_ended, started);
}

static toasty_started *start_nested(actor *actor, started *started)
{
    int64_t number = (int64_t)started->operation;
    intend(actor, started->operation, PART(0) | PART(1));
    return toasty_start(actor->loop, actor->db,
                        deed_create_op(&started->deed, .operation = number,
                                       .details = detail_new({.operation = number, .part = 1})),
                        start_ended, started);
}

/* Only a loop calls back; a plain thread does the same without. */
void act_start(actor *actor)
{
    started *started = actor->loop ? calloc(1, sizeof *started) : NULL;
    if (!started) {
        act_create(actor);
        return;
    }
    started->actor = actor;
    started->operation = operation_new(actor);
    started->holds = 1;
    static toasty_started *(*const starts[])(struct actor *, struct started *) = {start_count, start_list,
                                                                                  start_nested};
    started->handle = starts[pick(actor, 3)](actor, started);
    if (!started->handle) {
        settle(actor, started->operation, AT_CALL, false);
        let_go(started);
        return;
    }
    started->holds++;
    bool gives_up = pick(actor, 4) == 0;
    explain(actor, toasty_sleep(pick(actor, 3)) == 0);
    if (gives_up)
        toasty_cancel_started(started->handle);
    let_go(started);
}

/* --- reads --- */

/* The text of a fact, of many lengths. */
static void expect_fact(actor *actor, const Fact *fact, int64_t id)
{
    char text[300];
    snprintf(text, sizeof text, "fact %lld%*s", (long long)id, (int)(id * 4), ".");
    if (fact->id != id || strcmp(fact->text, text) != 0)
        ledger_break(actor->ledger, PROMISE_READ, "%s: asked for fact %lld and got %lld, '%.40s'",
                     acts[actor->act].name, (long long)id, (long long)fact->id, fact->text);
}

/* A fact that is not there was not looked for where it is. */
static void expect_found(actor *actor, bool found)
{
    if (!found && toasty_last_error()->code == TOASTY_NOT_FOUND)
        ledger_break(actor->ledger, PROMISE_READ, "%s: a fact was not found", acts[actor->act].name);
    else
        explain(actor, found);
}

void act_read(actor *actor)
{
    toasty_auto(toasty_db) with = hasty(actor);
    int64_t id = (int64_t)pick(actor, FACTS);
    toasty_auto(Fact) fact = fact_get_by_id(with ? with : actor->db, id);
    expect_found(actor, fact != NULL);
    if (fact)
        expect_fact(actor, fact, id);
}

void act_read_several(actor *actor)
{
    int64_t from = (int64_t)pick(actor, FACTS / 2), count = 1 + (int64_t)pick(actor, FACTS / 2);
    toasty_auto(FactList) facts =
        fact_all(actor->db, .where = fact_and(fact_id_ge(from), fact_id_lt(from + count)),
                 .order_by = {fact_id_asc()});
    if (!explain(actor, facts != NULL))
        return;
    if (facts->len != (size_t)count)
        ledger_break(actor->ledger, PROMISE_READ, "asked for %lld facts and got %zu", (long long)count,
                     facts->len);
    for (size_t i = 0; i < facts->len; i++)
        expect_fact(actor, &facts->items[i], from + (int64_t)i);
}
