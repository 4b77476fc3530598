/* The skip list behind an index. Places are compared with as many leading fields as they have. */
#include "drivers/keyvalue/index.h"

#include "base/alloc.h"
#include "base/error.h"
#include "core/evaluate.h"

#include <string.h>

int toasty__kv_index_init(toasty__kv_index *index, const toasty_model *model, const toasty_index *described,
                          toasty_error *err)
{
    const toasty_index *primary = &model->indexes[0];
    size_t count = (size_t)described->field_count + (described == primary ? 0 : primary->field_count);
    if (count > TOASTY__KV_MAX_FIELDS)
        return toasty__fail(err, TOASTY_UNSUPPORTED, "%s: an index with more fields than the store takes",
                            described->name);
    *index = (toasty__kv_index){
        .model = model, .field_count = (uint8_t)count, .described = described, .random = 1};
    memcpy(index->fields, described->fields, described->field_count * sizeof(*index->fields));
    if (described != primary)
        memcpy(index->fields + described->field_count, primary->fields,
               primary->field_count * sizeof(*index->fields));
    return 0;
}

/* Half of the nodes have height 1, a quarter 2, and so on. */
static uint8_t random_height(toasty__kv_index *index)
{
    index->random = index->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    uint8_t height = 1;
    for (uint64_t bits = index->random >> 40; bits & 1 && height < TOASTY__KV_MAX_HEIGHT; bits >>= 1)
        height++;
    return height;
}

toasty__kv_node *toasty__kv_node_new(toasty__kv_index *index, toasty__kv_item *item)
{
    uint8_t height = random_height(index);
    toasty__kv_node *node = toasty__calloc(1, sizeof(*node) + height * sizeof(node));
    if (!node)
        return NULL;
    node->item = item;
    node->height = height;
    return node;
}

int toasty__kv_compare_place(const toasty__kv_index *index, const toasty__kv_item *item,
                             toasty__kv_place place)
{
    int order = 0;
    for (uint8_t i = 0; i < place.count && order == 0; i++) {
        uint16_t field = index->fields[i];
        order = toasty__compare_values(&index->model->fields[field], &item->values[field], &place.values[i]);
    }
    return order;
}

static int compare_items(const toasty__kv_index *index, const toasty__kv_item *a, const toasty__kv_item *b)
{
    int order = 0;
    for (uint8_t i = 0; i < index->field_count && order == 0; i++) {
        uint16_t field = index->fields[i];
        order = toasty__compare_values(&index->model->fields[field], &a->values[field], &b->values[field]);
    }
    return order;
}

toasty__kv_node *toasty__kv_seek(const toasty__kv_index *index, toasty__kv_place place, bool past)
{
    toasty__kv_node *const *links = index->first;
    for (int level = TOASTY__KV_MAX_HEIGHT - 1;; level--) {
        while (links[level] && toasty__kv_compare_place(index, links[level]->item, place) < (past ? 1 : 0))
            links = links[level]->next;
        if (level == 0)
            return links[0];
    }
}

/* The links that lead to the first node which is not before this one, at each level. */
static void find_links(toasty__kv_index *index, const toasty__kv_node *node,
                       toasty__kv_node **links[TOASTY__KV_MAX_HEIGHT])
{
    toasty__kv_node **at = index->first;
    for (int level = TOASTY__KV_MAX_HEIGHT - 1; level >= 0; level--) {
        while (at[level] && compare_items(index, at[level]->item, node->item) < 0)
            at = at[level]->next;
        links[level] = &at[level];
    }
}

void toasty__kv_link(toasty__kv_index *index, toasty__kv_node *node)
{
    toasty__kv_node **links[TOASTY__KV_MAX_HEIGHT];
    find_links(index, node, links);
    toasty__kv_node *after = *links[0];
    node->previous = after ? after->previous : index->last;
    *(after ? &after->previous : &index->last) = node;
    for (uint8_t level = 0; level < node->height; level++) {
        node->next[level] = *links[level];
        *links[level] = node;
    }
}

void toasty__kv_unlink(toasty__kv_index *index, toasty__kv_node *node)
{
    toasty__kv_node **links[TOASTY__KV_MAX_HEIGHT];
    find_links(index, node, links);
    *(node->next[0] ? &node->next[0]->previous : &index->last) = node->previous;
    for (uint8_t level = 0; level < node->height; level++)
        *links[level] = node->next[level];
}
