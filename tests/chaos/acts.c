/* The acts and how often each is chosen. */
#include "acts.h"
#include "target.h"

const act acts[] = {
    {"create", act_create, 30},
    {"create_counted", act_create_counted, 20},
    {"create_nested", act_create_nested, 20},
    {"create_nested_counted", act_create_nested_counted, 15},
    {"create_several", act_create_several, 15},
    {"count", act_count, 25},
    {"batch", act_batch, 20},
    {"list", act_list, 15},
    {"start", act_start, 25},
    {"take_back", act_take_back, 10},
    {"read", act_read, 30},
    {"read_several", act_read_several, 10},
    {"transaction", act_transaction, 50},
    {"transact", act_transact, 25},
    {"dedicated", act_dedicated, 10},
    {"raw_end", act_raw_end, 6},
    {"write_outside", act_write_outside, 6},
    {"end_outside", act_end_outside, 6},
    {"siblings", act_siblings, 6},
    {"begin_on_raw", act_begin_on_raw, 6},
    {"raw_insert", act_raw_insert, 15},
    {"raw_insert_two", act_raw_insert_two, 10},
    {"raw_transaction", act_raw_transaction, 20},
    {"raw_given_up", act_raw_given_up, 15},
    {"raw_left_open", act_raw_left_open, 4},
    {"leave", act_leave, 6},
    {"look", act_look, 15},
    {"slow", act_slow, 3},
    {"procedure", act_procedure, 4},
};
const size_t acts_len = sizeof acts / sizeof *acts;

/* Those that the run and the target have. */
static unsigned weight_of(const ledger *ledger, size_t n)
{
    bool possible = acts[n].run != act_procedure || target.commit_and_die;
    return possible && (ledger->chosen >> n & 1) ? acts[n].weight : 0;
}

static size_t choose(actor *actor)
{
    uint64_t all = 0;
    for (size_t n = 0; n < acts_len; n++)
        all += weight_of(actor->ledger, n);
    uint64_t left = pick(actor, all);
    size_t n = 0;
    while (left >= weight_of(actor->ledger, n))
        left -= weight_of(actor->ledger, n++);
    return n;
}

void act_once(actor *actor)
{
    ledger *ledger = actor->ledger;
    actor->act = (uint8_t)choose(actor);
    atomic_store(&ledger->doing[actor->number], (unsigned char)(actor->act + 1));
    acts[actor->act].run(actor);
    atomic_store(&ledger->doing[actor->number], 0);
    atomic_fetch_add(&ledger->tried[actor->act], 1);
    atomic_fetch_add(&ledger->progress, 1);
}
