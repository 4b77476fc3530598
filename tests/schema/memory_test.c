/* Schemas without memory: every allocation may fail, and the failure is told. */
#include "schema/texts.h"
#include "sql/ddl.h"
#include <stdlib.h>
#include <toasty/memory.h>

static size_t left; /* allocations until one fails */

static void *allocate(size_t size)
{
    return left-- ? malloc(size) : (left = 0, NULL);
}

static void *reallocate(void *memory, size_t size)
{
    return left-- ? realloc(memory, size) : (left = 0, NULL);
}

/* From two texts to the statements that make the second of the first. 0, or -1. */
static int work(const toasty__sql_schema *dialect, toasty__room *room, toasty__buffer *out)
{
    toasty_error err = {0};
    toasty__schema there = {.room = room}, wanted = {.room = room};
    toasty__store before = {.room = room}, after = {.room = room};
    toasty__change_list changes = {0};
    if (toasty__schema_parse(&there, HEAD "table persons\n column id u8\n column age text\n key id\n", &err) <
            0 ||
        toasty__schema_parse(&wanted, SHOP, &err) < 0 ||
        toasty__store_from_schema(&before, &dialect->mapping, &texts_can, &there, "p_", &err) < 0 ||
        toasty__store_from_schema(&after, &dialect->mapping, &texts_can, &wanted, "p_", &err) < 0) {
        check_int(TOASTY_OUT_OF_MEMORY, err.code);
        return -1;
    }
    toasty__store_diff(room, &before, &after, &changes);
    toasty__store_drop(room, &before, &changes);
    if (room->failed)
        return -1;
    toasty__schema_print(&wanted, out);
    for (size_t i = 0; i < changes.count; i++) {
        toasty__change_describe(&changes.items[i], out);
        if (changes.items[i].additive && toasty__ddl_change(dialect, &changes.items[i], out, &err) < 0)
            check_int(TOASTY_OUT_OF_MEMORY, err.code);
    }
    return out->failed || room->failed ? -1 : 0;
}

static void fail_each(const toasty__sql_schema *dialect)
{
    const toasty_allocator limited = {allocate, reallocate, free};
    int status = -1;
    for (size_t n = 0; status < 0; n++) {
        toasty__room room;
        toasty__buffer out;
        toasty__room_init(&room);
        toasty__buffer_init(&out);
        left = n;
        check_done(toasty_set_allocator(&limited));
        status = work(dialect, &room, &out);
        toasty__buffer_done(&out);
        toasty__room_done(&room);
        check_done(toasty_set_allocator(NULL));
    }
}

TOASTY_TEST(schema, every_allocation_may_fail)
{
    fail_each(&toasty__sql_schema_sqlite);
    fail_each(&toasty__sql_schema_postgresql);
}
