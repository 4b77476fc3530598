/* Blocks: one allocation holds the root, the header and the arena's first room. The root is first, since a
 * leak checker takes only a pointer to the start of an allocation for sure.
 *
 * The arena of a block never owns that first chunk: it only has its cursor there. */
#include "block.h"

#include "base/alloc.h"
#include "core/patch.h"

#include <string.h>

enum { DEFAULT_ROOM = 256, ALIGNMENT = 16 };

static size_t aligned(size_t size)
{
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

toasty__block *toasty__block_new(const toasty_model *model, size_t root_size, size_t room)
{
    const size_t header = aligned(sizeof(toasty__block));
    const size_t limit = SIZE_MAX / 4;
    if (root_size > limit || room > limit)
        return NULL;
    const size_t fixed = aligned(root_size) + header;
    const size_t size = fixed + DEFAULT_ROOM + aligned(room);
    char *memory = toasty__malloc(size);
    if (!memory)
        return NULL;
    memset(memory, 0, fixed);
    toasty__block *block = (toasty__block *)(memory + aligned(root_size));
    block->root = memory;
    block->model = model;
    block->size = size;
    toasty__arena_init_with(&block->arena, memory + fixed, size - fixed, 0);
    return block;
}

void toasty__block_free(toasty__block *block)
{
    if (!block)
        return;
    if (toasty__patch_any()) {
        toasty__patch_release(block->root, block->size);
        for (const toasty__chunk *chunk = block->arena.chunks; chunk; chunk = chunk->next)
            toasty__patch_release(chunk + 1, chunk->size);
    }
    toasty__arena_done(&block->arena);
    toasty__free(block->root);
}

static void destroy(void *object)
{
    toasty__block_free(object);
}

int toasty__block_publish(toasty__block *block)
{
    return toasty__root_add(block->root, destroy, block);
}

toasty__block *toasty__block_of(const void *root)
{
    return toasty__root_find(root, destroy);
}

void toasty__block_visit(void (*visit)(void *block, void *arg), void *arg)
{
    toasty__root_visit(destroy, visit, arg);
}
