/* Answers in any order: of a job's gets, which are one request, and of jobs that are under way together. */
#include "drivers/keyvalue/fixture.h"

#include "core/gets.h"

static toasty_operation get_todos(const toasty_value *keys, uint32_t count, rows *rows)
{
    return (toasty_operation){.kind = TOASTY_OPERATION_GET,
                              .model = &todo_model,
                              .key = {.values = keys, .key_count = count},
                              .sink = &rows->sink};
}

TOASTY_TEST(keyvalue, gets_of_a_job_are_one_request_that_names_each_key_once)
{
    store s;
    static rows one, two;
    open_store(&s, "keyvalue:?unordered=on&page=2");
    expect_rows(&one, &todo_model);
    expect_rows(&two, &todo_model);
    for (int i = 1; i <= 4; i++)
        put_todo(&s, 7, i, true);
    toasty_value keys[8];
    for (int i = 0; i < 4; i++) {
        keys[2 * i] = toasty__uuid(uuid(7));
        keys[2 * i + 1] = toasty__int(i < 3 ? i + 1 : 1); /* 1 2 3 1 */
    }
    toasty_operation gets[] = {get_todos(keys, 4, &one), get_todos(keys + 2, 1, &two),
                               get_todos(keys, 1, &two)};
    uint64_t requests = s.connection->bursts;
    check_int(TOASTY_OK, run(&s, gets, 3, false));
    check_uint(1, s.connection->bursts - requests);
    check_uint(3, one.count);
    for (int i = 0; i < 3; i++)
        check_int(3 - i, TODO_AT(&one, i)->number);
    check_int(1, gets[1].count);
    check_int(1, gets[2].count);
    check_uint(2, two.count);
    check_that(TODO_AT(&two, 0)->number == 2 && TODO_AT(&two, 1)->number == 1);
    toasty__arena_done(&one.arena);
    toasty__arena_done(&two.arena);
    close_store(&s);
}

TOASTY_TEST(keyvalue, keys_of_other_lengths_and_models_are_other_keys)
{
    store s;
    open_store(&s, "keyvalue:?unordered=on");
    const toasty_value ids[] = {toasty__uuid(uuid(1))};
    toasty_operation gets[] = {
        {.kind = TOASTY_OPERATION_GET, .model = &user_model, .key = {.values = ids, .key_count = 1}},
        {.kind = TOASTY_OPERATION_GET, .model = &category_model, .key = {.values = ids, .key_count = 1}},
    };
    toasty_job job = {.operations = gets, .count = 2};
    toasty__arena arena;
    toasty__gets gathered;
    toasty__arena_init(&arena, 0);
    check_int(0, toasty__gather_gets(&job, &arena, &gathered));
    check_uint(2, gathered.count);
    check_that(gathered.items[0].model == &user_model && gathered.items[1].model == &category_model);
    toasty__arena_done(&arena);
    close_store(&s);
}

typedef struct numbered {
    toasty_job job; /* first */
    toasty_operation ping;
    int number, *next;
} numbered;

static void take_number(toasty_job *job)
{
    ((numbered *)job)->number = (*((numbered *)job)->next)++;
}

TOASTY_TEST(keyvalue, jobs_that_are_under_way_together_are_answered_in_order_or_not)
{
    static const char *const urls[] = {"keyvalue:?latency_turns=2",
                                       "keyvalue:?latency_turns=2&pipeline=on&unordered=on"};
    for (int unordered = 0; unordered < 2; unordered++) {
        store s;
        int next = 0;
        open_store(&s, urls[unordered]);
        numbered jobs[3];
        for (int i = 0; i < 3; i++) {
            jobs[i] = (numbered){.ping = {.kind = TOASTY_OPERATION_PING}, .number = -1, .next = &next};
            jobs[i].job = (toasty_job){.operations = &jobs[i].ping, .count = 1, .done = take_number};
            toasty_keyvalue_driver.submit(s.connection, &jobs[i].job);
        }
        while (next < 3)
            check_int(0, toasty__reactor_turn(s.reactor));
        for (int i = 0; i < 3; i++)
            check_int(unordered ? 2 - i : i, jobs[i].number);
        close_store(&s);
    }
}
