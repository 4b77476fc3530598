/* Deep copies of requests and of their parts: changes, includes, options. */
#include "request_copy.h"

#include "core/copy.h"
#include "core/query.h"
#include "core/types.h"

/* --- changes --- */

/* The embedded struct that a change copies from: its fields lie at their offsets in the record, less `base`.
 */
static int copy_embedded(toasty__arena *arena, const toasty_model *model, toasty_change *change)
{
    const toasty_field *fields = model->fields + change->field;
    size_t size = 0;
    for (uint16_t i = 0; i < change->field_count; i++) {
        size_t end = fields[i].offset - change->base + toasty__type_size(fields[i].type, fields[i].labels);
        size = end > size ? end : size;
        if (fields[i].set_offset != TOASTY_NO_OFFSET && fields[i].set_offset - change->base >= size)
            size = fields[i].set_offset - change->base + 1;
    }
    for (uint16_t i = 0; i < model->embed_count; i++) {
        const toasty_embed *embed = &model->embeds[i];
        bool inside = embed->first_field >= change->field && embed->set_offset >= change->base &&
                      embed->first_field + embed->field_count <= change->field + change->field_count;
        if (inside && embed->set_offset - change->base >= size)
            size = embed->set_offset - change->base + 1;
    }
    char *copy = toasty__arena_copy(arena, change->operand.as.bytes, size);
    if (!copy)
        return -1;
    change->operand.as.bytes = copy;
    for (uint16_t i = 0; i < change->field_count; i++) {
        char *at = copy + (fields[i].offset - change->base);
        const char **text = (const char **)at;
        toasty_bytes *bytes = (toasty_bytes *)at;
        if (fields[i].type == TOASTY_TYPE_TEXT && *text && !(*text = toasty__arena_strdup(arena, *text)))
            return -1;
        if (fields[i].type == TOASTY_TYPE_BYTES && bytes->data &&
            !(bytes->data = toasty__arena_copy(arena, bytes->data, bytes->len)))
            return -1;
    }
    return 0;
}

static toasty_change *copy_changes(toasty__arena *arena, const toasty_model *model, const toasty_change *list,
                                   size_t max, size_t *count);

static int copy_condition(toasty__arena *arena, const void **condition)
{
    toasty_condition *copy = toasty__arena_copy(arena, *condition, sizeof *copy);
    if (!copy || toasty__copy_condition(arena, copy) < 0)
        return -1;
    *condition = copy;
    return 0;
}

int toasty__copy_change(toasty__arena *arena, const toasty_model *model, toasty_change *change)
{
    const void **pointed = &change->operand.as.bytes;
    if (change->kind == TOASTY_CHANGE_ON_CREATE || change->kind == TOASTY_CHANGE_ON_UPDATE) {
        size_t count;
        *pointed = copy_changes(arena, model, *pointed, SIZE_MAX, &count);
        return *pointed ? 0 : -1;
    }
    if (change->kind == TOASTY_CHANGE_ONLY_IF)
        return copy_condition(arena, pointed);
    if (change->kind == TOASTY_CHANGE_EMBED)
        return *pointed ? copy_embedded(arena, model, change) : 0;
    if (change->kind != TOASTY_CHANGE_LINK)
        return toasty__copy_values(arena, &change->operand, 1);
    if (*pointed &&
        !(*pointed = toasty__copy_record(arena, model->relations[change->field].target, *pointed)))
        return -1;
    return 0;
}

/* Copies an array of changes that ends with TOASTY_CHANGE_END or after `max`, without its absent ones; the
 * copy ends with TOASTY_CHANGE_END. */
static toasty_change *copy_changes(toasty__arena *arena, const toasty_model *model, const toasty_change *list,
                                   size_t max, size_t *count)
{
    size_t room = 1;
    for (size_t i = 0; i < max && list[i].kind != TOASTY_CHANGE_END; i++)
        room += list[i].kind != TOASTY_CHANGE_LIST ? 1
                : list[i].operand.as.bytes         ? ((const toasty_changes *)list[i].operand.as.bytes)->count
                                                   : 0;
    toasty_change *copy =
        room <= SIZE_MAX / sizeof *copy ? toasty__arena_alloc(arena, room * sizeof *copy) : NULL;
    if (!copy)
        return NULL;
    toasty_change *at = copy;
    for (size_t i = 0; i < max && list[i].kind != TOASTY_CHANGE_END; i++) {
        const toasty_changes *owned =
            list[i].kind == TOASTY_CHANGE_LIST ? (const toasty_changes *)list[i].operand.as.bytes : NULL;
        if (owned) {
            memcpy(at, owned->items, owned->count * sizeof *at);
            at += owned->count;
        } else if (list[i].kind != TOASTY_CHANGE_LIST && list[i].kind != TOASTY_CHANGE_ABSENT) {
            *at++ = list[i];
        }
    }
    *count = (size_t)(at - copy);
    *at = (toasty_change){.kind = TOASTY_CHANGE_END};
    for (size_t i = 0; i < *count; i++)
        if (toasty__copy_change(arena, model, &copy[i]) < 0)
            return NULL;
    return copy;
}

/* --- options --- */

int toasty__copy_include(toasty__arena *arena, toasty_include *include)
{
    toasty_find *find = toasty__arena_alloc(arena, sizeof *find);
    if (!find)
        return -1;
    *find = toasty__include_find(include);
    include->options = NULL;
    include->find = find;
    return toasty__copy_find(arena, include->relation->target, find);
}

static int copy_includes(toasty__arena *arena, toasty_find *find)
{
    toasty_include *copy = toasty__arena_alloc(arena, find->include_max * sizeof *copy);
    if (!copy)
        return -1;
    uint8_t count = 0;
    for (uint8_t i = 0; i < find->include_max; i++) {
        if (!find->include[i].relation)
            continue;
        copy[count] = find->include[i];
        if (toasty__copy_include(arena, &copy[count++]) < 0)
            return -1;
    }
    find->include = copy;
    find->include_max = count;
    return 0;
}

int toasty__copy_query(toasty__arena *arena, toasty_query *query, const toasty_query *from)
{
    query->nodes = toasty__arena_copy(arena, from->nodes, from->node_count * sizeof *from->nodes);
    query->operands = toasty__arena_copy(arena, from->operands, from->operand_count * sizeof *from->operands);
    query->orders = toasty__arena_copy(arena, from->orders, from->order_count * sizeof *from->orders);
    query->includes = toasty__arena_copy(arena, from->includes, from->include_count * sizeof *from->includes);
    if (!query->nodes || !query->operands || !query->orders || !query->includes)
        return -1;
    query->node_count = query->node_capacity = from->node_count;
    query->operand_count = query->operand_capacity = from->operand_count;
    query->order_count = query->order_capacity = from->order_count;
    query->include_count = query->include_capacity = from->include_count;
    query->limit = from->limit;
    query->offset = from->offset;
    if (toasty__copy_values(arena, query->operands, query->operand_count) < 0)
        return -1;
    for (size_t i = 0; i < query->include_count; i++)
        if (toasty__copy_include(arena, &query->includes[i]) < 0)
            return -1;
    return 0;
}

static toasty_query *query_of_find(toasty__arena *arena, const toasty_query *query)
{
    toasty_query *copy = toasty__arena_alloc(arena, sizeof *copy);
    if (!copy)
        return NULL;
    *copy = (toasty_query){.model = query->model};
    return toasty__copy_query(arena, copy, query) == 0 ? copy : NULL;
}

int toasty__copy_find(toasty__arena *arena, const toasty_model *model, toasty_find *find)
{
    if (find->where) {
        const void *where = find->where;
        if (copy_condition(arena, &where) < 0)
            return -1;
        find->where = where;
    }
    if (find->order_by && !(find->order_by = toasty__arena_copy(arena, find->order_by,
                                                                find->order_max * sizeof *find->order_by)))
        return -1;
    if (find->include && copy_includes(arena, find) < 0)
        return -1;
    if (find->query && !(find->query = query_of_find(arena, find->query)))
        return -1;
    if (find->set_max) {
        size_t count;
        if (!(find->set = copy_changes(arena, model, find->set, find->set_max, &count)))
            return -1;
        if (count > UINT16_MAX)
            return -1;
        find->set_max = (uint16_t)count;
    }
    return 0;
}

/* --- requests --- */

static int copy_parts(toasty__arena *arena, toasty_request *request)
{
    const toasty_model *model = request->model;
    size_t count;
    if (request->owner && request->relation &&
        !(request->owner = toasty__copy_record(arena, request->relation->owner, request->owner)))
        return -1;
    if (request->after && !(request->after = toasty__copy_record(arena, model, request->after)))
        return -1;
    if (request->kind == TOASTY_REQUEST_PAGE && request->find.cursor &&
        !(request->find.cursor = toasty__arena_strdup(arena, request->find.cursor)))
        return -1;
    if (request->changes &&
        !(request->changes = copy_changes(arena, model, request->changes, SIZE_MAX, &count)))
        return -1;
    if (toasty__takes_rows(request) && request->rows) {
        if (request->until_end)
            request->row_count = toasty__count_rows(model, request->rows);
        request->until_end = false;
        if (!(request->rows = toasty__copy_rows(arena, model, request->rows, request->row_count)))
            return -1;
    }
    if (toasty__copy_values(arena, request->keys, toasty__key_values(request)) < 0)
        return -1;
    return toasty__copy_find(arena, model, &request->find);
}

toasty_request *toasty__request_copy(toasty__arena *arena, const toasty_request *request)
{
    toasty_request *copy = toasty__arena_copy(arena, request, sizeof *request);
    return copy && copy_parts(arena, copy) == 0 ? copy : NULL;
}
