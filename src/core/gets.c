/* Gathering the GETs of a job: see gets.h. Items are the same when the bytes of their names are: the model,
 * and of each value its kind, its length and its bytes. */
#include "core/gets.h"

#include "base/map.h"
#include "core/value_bytes.h"
#include <string.h>

/* --- names --- */

static char *name_of(const toasty_model *model, const toasty_value *key, toasty__arena *arena, size_t *length)
{
    uint8_t fields = model->indexes[0].field_count;
    size_t size;
    *length = sizeof(model);
    for (uint8_t i = 0; i < fields; i++) {
        toasty__value_bytes(&key[i], &size);
        *length += sizeof(key[i].kind) + sizeof(size) + size;
    }
    char *name = toasty__arena_alloc(arena, *length), *at = name;
    if (!name)
        return NULL;
    at = (char *)memcpy(at, &model, sizeof(model)) + sizeof(model);
    for (uint8_t i = 0; i < fields; i++) {
        const void *bytes = toasty__value_bytes(&key[i], &size);
        at = (char *)memcpy(at, &key[i].kind, sizeof(key[i].kind)) + sizeof(key[i].kind);
        at = (char *)memcpy(at, &size, sizeof(size)) + sizeof(size);
        at = (char *)memcpy(at, bytes, size) + size;
    }
    return name;
}

/* --- gathering --- */

static size_t keys_of(const toasty_operation *operation)
{
    return operation->kind == TOASTY_OPERATION_GET ? operation->key.key_count : 0;
}

/* An operation that names a key twice gets its row once. */
static int add_asker(toasty__get_item *item, toasty_operation *operation, toasty__arena *arena)
{
    if (item->last && item->last->operation == operation)
        return 0;
    toasty__asker *asker = toasty__arena_alloc(arena, sizeof(*asker));
    if (!asker)
        return -1;
    *asker = (toasty__asker){.operation = operation};
    *(item->last ? &item->last->next : &item->askers) = asker;
    item->last = asker;
    return 0;
}

static int add_item(toasty__gets *gets, toasty__map *seen, toasty_operation *operation,
                    const toasty_value *key, toasty__arena *arena)
{
    size_t length;
    const char *name = name_of(operation->model, key, arena, &length);
    toasty__get_item *item = name ? toasty__map_get(seen, name, length) : NULL;
    if (!name)
        return -1;
    if (!item) {
        item = &gets->items[gets->count++];
        *item = (toasty__get_item){.model = operation->model, .key = key};
        if (toasty__map_set(seen, name, length, item) < 0)
            return -1;
    }
    return add_asker(item, operation, arena);
}

int toasty__gather_gets(const toasty_job *job, toasty__arena *arena, toasty__gets *out)
{
    size_t most = 0;
    toasty__map seen;
    toasty__map_init(&seen);
    for (uint32_t i = 0; i < job->count; i++)
        most += keys_of(&job->operations[i]);
    *out = (toasty__gets){.items = toasty__arena_alloc(arena, most * sizeof(*out->items) + 1)};
    int status = out->items ? 0 : -1;
    for (uint32_t i = 0; i < job->count && status == 0; i++) {
        toasty_operation *operation = &job->operations[i];
        size_t fields = keys_of(operation) ? operation->model->indexes[0].field_count : 0;
        for (size_t k = 0; k < keys_of(operation) && status == 0; k++)
            status = add_item(out, &seen, operation, operation->key.values + k * fields, arena);
    }
    toasty__map_done(&seen);
    return status;
}
