/* The byte string: growing, stickiness of failure, taking. */
#include "base/alloc.h"
#include "base/buffer.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <toasty/memory.h>

TOASTY_TEST(buffer, text_is_appended_and_terminated)
{
    toasty__buffer buffer;
    toasty__buffer_init(&buffer);
    check_text("", buffer.bytes);
    toasty__buffer_text(&buffer, "select ");
    toasty__buffer_char(&buffer, '$');
    toasty__buffer_printf(&buffer, "%d, %s", 12, "x");
    toasty__buffer_printf(&buffer, "%s", "");
    toasty__buffer_add(&buffer, "\0y", 2);
    check_uint(15, buffer.length);
    check_bytes("select $12, x\0y", buffer.bytes, 15);
    toasty__buffer_done(&buffer);
}

TOASTY_TEST(buffer, it_grows_to_any_length)
{
    toasty__buffer buffer;
    toasty__buffer_init(&buffer);
    for (int i = 0; i < 10000; i++)
        toasty__buffer_printf(&buffer, "%04d", i);
    check_uint(40000, buffer.length);
    check_uint(40000, strlen(buffer.bytes));
    check_text("9999", buffer.bytes + 39996);
    char *text = toasty__buffer_take(&buffer);
    check_uint(0, buffer.length);
    check_uint(40000, strlen(text));
    toasty__free(text);
}

TOASTY_TEST(buffer, clearing_keeps_the_memory)
{
    toasty__buffer buffer;
    toasty__buffer_init(&buffer);
    toasty__buffer_clear(&buffer);
    toasty__buffer_text(&buffer, "abc");
    char *bytes = buffer.bytes;
    toasty__buffer_clear(&buffer);
    check_text("", buffer.bytes);
    toasty__buffer_text(&buffer, "d");
    check_that(buffer.bytes == bytes);
    check_text("d", buffer.bytes);
    toasty__buffer_done(&buffer);
}

TOASTY_TEST(buffer, taking_from_an_empty_buffer_gives_an_empty_text)
{
    toasty__buffer buffer;
    toasty__buffer_init(&buffer);
    char *text = toasty__buffer_take(&buffer);
    check_text("", text);
    toasty__free(text);
}

static void *no_reallocate(void *memory, size_t size)
{
    (void)memory, (void)size;
    return NULL;
}

TOASTY_TEST(buffer, a_failure_sticks_until_it_is_cleared, ALONE)
{
    toasty__buffer buffer;
    toasty__buffer_init(&buffer);
    toasty__buffer_text(&buffer, "before");
    check_done(toasty_set_allocator(&(toasty_allocator){malloc, no_reallocate, free}));
    check_int(-1, toasty__buffer_reserve(&buffer, 10000));
    toasty__buffer_text(&buffer, "x");
    check_that(buffer.failed);
    check_uint(6, buffer.length);
    toasty__buffer_clear(&buffer);
    toasty__buffer_text(&buffer, "after");
    check_text("after", buffer.bytes);
    check_int(-1, toasty__buffer_reserve(&buffer, SIZE_MAX));
    check_null(toasty__buffer_take(&buffer));
    check_text("", buffer.bytes);
}
