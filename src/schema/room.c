/* Lists and texts in an arena: see room.h. */
#include "schema/room.h"

#include "base/buffer.h"

#include <stdio.h>

void toasty__room_init(toasty__room *room)
{
    toasty__arena_init(&room->arena, 4096);
    room->failed = false;
}

void toasty__room_done(toasty__room *room)
{
    toasty__arena_done(&room->arena);
}

void *toasty__room_grow(toasty__room *room, void *items, size_t count, size_t *capacity, size_t item_size)
{
    if (count < *capacity)
        return items;
    size_t wanted = *capacity ? *capacity * 2 : 4;
    void *grown = room->failed ? NULL : toasty__arena_calloc(&room->arena, wanted, item_size);
    if (!grown) {
        room->failed = true;
        return items;
    }
    if (count)
        memcpy(grown, items, count * item_size);
    *capacity = wanted;
    return grown;
}

static const char *text_or_failed(toasty__room *room, const char *text)
{
    if (text)
        return text;
    room->failed = true;
    return "";
}

const char *toasty__room_text(toasty__room *room, const char *text, size_t length)
{
    return text_or_failed(room, room->failed ? NULL : toasty__arena_text(&room->arena, text, length));
}

const char *toasty__room_strdup(toasty__room *room, const char *text)
{
    return text ? toasty__room_text(room, text, strlen(text)) : NULL;
}

const char *toasty__room_printf(toasty__room *room, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    char *text =
        length < 0 || room->failed ? NULL : toasty__arena_alloc_aligned(&room->arena, (size_t)length + 1, 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(arguments);
    return text_or_failed(room, text);
}

bool toasty__texts_equal(const toasty__texts *a, const toasty__texts *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = strcmp(a->items[i], b->items[i]) == 0;
    return same;
}

bool toasty__texts_have(const toasty__texts *texts, const char *text)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->items[i], text) == 0)
            return true;
    return false;
}

const char *toasty__texts_join(toasty__room *room, const toasty__texts *texts)
{
    toasty__buffer out;
    toasty__buffer_init(&out);
    for (size_t i = 0; i < texts->count; i++)
        toasty__buffer_printf(&out, "%s%s", i ? ", " : "", texts->items[i]);
    const char *joined =
        out.failed ? text_or_failed(room, NULL) : toasty__room_text(room, out.bytes, out.length);
    toasty__buffer_done(&out);
    return joined;
}
