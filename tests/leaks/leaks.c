/* A program that ends with a result somewhere: what a leak checker says about it is the test.
 *
 *     leaks forgotten|global|fiber|freed|dangling|nested */
#include "models.toasty.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

static toasty_db *db;
static Note *kept;

/* The frames of the calls are gone from the stack, and with them what they left behind. */
static __attribute__((noinline)) void overwrite_the_stack(void)
{
    volatile char room[16384];
    memset((char *)room, 1, sizeof room);
}

static __attribute__((noinline)) Note *make(void)
{
    return note_create(db,
                       .text = "a text that is longer than what fits beside the record, if anything does");
}

static void hold_and_wait(void *arg)
{
    Note *volatile held = make();
    (void)arg;
    toasty_sleep(60000);
    toasty_free(held);
}

static __attribute__((noinline)) void forget(void)
{
    if (!make())
        exit(1);
}

static void park_a_fiber(void)
{
    uv_loop_t *loop = uv_default_loop();
    if (!toasty_spawn(loop, hold_and_wait, NULL))
        exit(1);
    for (int turn = 0; turn < 20; turn++)
        uv_run(loop, UV_RUN_NOWAIT);
}

/* The rows of the shelves end with the turn that they are written in. */
static void nest_in_a_loop(void)
{
    ShelfNew shelves[2];
    for (int i = 0; i < 2; i++)
        shelves[i] = (ShelfNew){.name = "a", .books = book_new({.title = "b"})};
    toasty_free(shelf_create_array(db, shelves, 2));
}

static void nest_in_the_call(void)
{
    toasty_free(shelf_create(db, .name = "a", .books = book_new({.title = "b"}, {.title = "c"})));
}

int main(int argc, char **argv)
{
    const char *where = argc > 1 ? argv[1] : "";
    db = toasty_open("sqlite::memory:", &models_schema);
    if (!db || toasty_push_schema(db) < 0)
        return 1;
    if (strcmp(where, "forgotten") == 0)
        forget();
    else if (strcmp(where, "fiber") == 0)
        park_a_fiber();
    else if (strcmp(where, "dangling") == 0)
        nest_in_a_loop();
    else if (strcmp(where, "nested") == 0)
        nest_in_the_call();
    else
        kept = make();
    if (strcmp(where, "freed") == 0)
        toasty_free(kept);
    if (strcmp(where, "fiber") != 0)
        toasty_free(db);
    overwrite_the_stack();
    return 0;
}
