/* Stores, tables and items in memory, and the log by which changes are taken back: see store.h. */
#include "drivers/keyvalue/store.h"

#include "base/alloc.h"
#include "base/error.h"
#include "driver/blame.h"
#include "drivers/keyvalue/claims.h"
#include "drivers/keyvalue/value.h"

#include <stdio.h>
#include <string.h>

/* --- items --- */

void toasty__kv_item_free(const toasty__kv_table *table, toasty__kv_item *item)
{
    if (!item)
        return;
    for (uint16_t i = 0; item->values && i < table->model->field_count; i++)
        toasty__kv_value_free(&item->values[i]);
    for (uint16_t i = 0; item->nodes && i < table->model->index_count; i++)
        toasty__free(item->nodes[i]);
    toasty__free(item->values);
    toasty__free(item->nodes);
    toasty__free(item);
}

static int fill_item(toasty__kv_table *table, toasty__kv_item *item, const toasty_value *values)
{
    const toasty_model *model = table->model;
    item->values = toasty__calloc(model->field_count, sizeof(*item->values));
    item->nodes = toasty__calloc(model->index_count, sizeof(*item->nodes));
    if (!item->values || !item->nodes)
        return -1;
    for (uint16_t i = 0; i < model->field_count; i++)
        if (toasty__kv_value_copy(&item->values[i], &values[i]) < 0)
            return -1;
    for (uint16_t i = 0; i < model->index_count; i++)
        if (!(item->nodes[i] = toasty__kv_node_new(&table->indexes[i], item)))
            return -1;
    return 0;
}

toasty__kv_item *toasty__kv_item_new(toasty__kv_table *table, const toasty_value *values)
{
    toasty__kv_item *item = toasty__calloc(1, sizeof(*item));
    if (item && fill_item(table, item, values) == 0)
        return item;
    toasty__kv_item_free(table, item);
    return NULL;
}

int toasty__kv_send(const toasty__kv_table *table, const toasty_operation *operation, toasty_sink *sink,
                    const toasty__kv_item *item, toasty_error *err)
{
    if (!sink)
        return 0;
    void *row = toasty_sink_row(sink);
    if (!row)
        return toasty__fail_memory(err);
    for (uint16_t i = 0; i < sink->column_count; i++) {
        const toasty_field *field = sink->columns[i];
        ptrdiff_t number = field - operation->model->fields;
        if (number < 0 || number >= table->model->field_count)
            return toasty__fail(err, TOASTY_INVALID_STATEMENT,
                                "%s does not have a field for a column of the answer",
                                operation->model->table);
        if (toasty__kv_value_store(sink, row, field, &item->values[number], err) < 0)
            return -1;
    }
    return 0;
}

static void link_item(toasty__kv_table *table, toasty__kv_item *item)
{
    for (uint16_t i = 0; item && i < table->model->index_count; i++)
        toasty__kv_link(&table->indexes[i], item->nodes[i]);
}

static void unlink_item(toasty__kv_table *table, toasty__kv_item *item)
{
    for (uint16_t i = 0; item && i < table->model->index_count; i++)
        toasty__kv_unlink(&table->indexes[i], item->nodes[i]);
}

/* --- tables --- */

static void table_free(toasty__kv_table *table)
{
    if (table->indexes) {
        toasty__kv_node *node = table->indexes[0].first[0];
        while (node) {
            toasty__kv_item *item = node->item;
            node = node->next[0];
            toasty__kv_item_free(table, item);
        }
        toasty__kv_claims_free(table);
    }
    toasty__free(table->indexes);
    toasty__free(table->name);
    toasty__free(table);
}

static toasty__kv_table *table_new(const char *prefix, const toasty_model *model, toasty_error *err)
{
    toasty__kv_table *table = toasty__calloc(1, sizeof(*table));
    toasty__kv_index *indexes = toasty__calloc(model->index_count, sizeof(*indexes));
    size_t length = strlen(prefix), room = length + strlen(model->table) + 1;
    char *name = toasty__malloc(room);
    if (!table || !indexes || !name) {
        toasty__free(name);
        toasty__free(table);
        toasty__free(indexes);
        toasty__fail_memory(err);
        return NULL;
    }
    memcpy(name, prefix, length);
    memcpy(name + length, model->table, room - length);
    table->name = name;
    table->model = model;
    table->indexes = indexes;
    for (uint16_t i = 0; i < model->index_count; i++)
        if (toasty__kv_index_init(&indexes[i], model, &model->indexes[i], err) < 0) {
            table_free(table);
            return NULL;
        }
    return table;
}

static bool is_named(const toasty__kv_table *table, const char *prefix, const char *name)
{
    size_t length = strlen(prefix);
    return strncmp(table->name, prefix, length) == 0 && strcmp(table->name + length, name) == 0;
}

/* Where the table of a model hangs, or would. */
static toasty__kv_table **link_of(toasty__kv_store *store, const char *prefix, const toasty_model *model)
{
    toasty__kv_table **link = &store->tables;
    while (*link && !is_named(*link, prefix ? prefix : "", model->table))
        link = &(*link)->next;
    return link;
}

toasty__kv_table *toasty__kv_table_find(toasty__kv_store *store, const char *prefix,
                                        const toasty_model *model)
{
    return *link_of(store, prefix, model);
}

void toasty__kv_table_drop(toasty__kv_store *store, const char *prefix, const toasty_model *model)
{
    toasty__kv_table **link = link_of(store, prefix, model), *table = *link;
    if (!table)
        return;
    *link = table->next;
    table_free(table);
}

toasty__kv_table *toasty__kv_table_of(toasty__kv_store *store, const char *prefix, const toasty_model *model,
                                      toasty_error *err)
{
    toasty__kv_table *table = toasty__kv_table_find(store, prefix, model);
    if (!table) {
        if (!(table = table_new(prefix ? prefix : "", model, err)))
            return NULL;
        table->next = store->tables;
        store->tables = table;
    } else if (table->model->field_count != model->field_count ||
               table->model->index_count != model->index_count) {
        toasty__fail(err, TOASTY_INVALID_SCHEMA, "the store has another table `%s`", model->table);
        return NULL;
    }
    return table;
}

toasty__kv_item *toasty__kv_find(const toasty__kv_table *table, const toasty_value *key)
{
    const toasty__kv_index *primary = &table->indexes[0];
    toasty__kv_place place = {key, primary->described->field_count};
    toasty__kv_node *node = toasty__kv_seek(primary, place, false);
    return node && toasty__kv_compare_place(primary, node->item, place) == 0 ? node->item : NULL;
}

/* --- changes --- */

int toasty__kv_refuse(const toasty__kv_table *table, const toasty_index *index, toasty_error *err)
{
    char prefix[256];
    size_t length = strlen(table->name) - strlen(table->model->table);
    snprintf(prefix, sizeof prefix, "%.*s", (int)length, table->name);
    return toasty__refuse_index(prefix, table->model, index, err);
}

/* No item but `before` has the unique values of `after`. NULL is like no other NULL. */
static int check_unique(const toasty__kv_log *log, const toasty__kv_table *table,
                        const toasty__kv_item *before, const toasty__kv_item *after, toasty_error *err)
{
    for (uint16_t i = 0; after && i < table->model->index_count; i++) {
        const toasty__kv_index *index = &table->indexes[i];
        toasty_value values[TOASTY__KV_MAX_FIELDS];
        bool unique = index->described->unique && (i == 0 || !log->by_claims);
        uint8_t count = index->described->field_count;
        for (uint8_t f = 0; f < count; f++) {
            values[f] = after->values[index->fields[f]];
            unique = unique && values[f].kind != TOASTY_VALUE_NULL;
        }
        toasty__kv_place place = {values, count};
        const toasty__kv_node *node = unique ? toasty__kv_seek(index, place, false) : NULL;
        if (node && node->item == before)
            node = node->next[0];
        if (node && toasty__kv_compare_place(index, node->item, place) == 0)
            return toasty__kv_refuse(table, index->described, err);
    }
    return 0;
}

int toasty__kv_change(toasty__kv_log *log, toasty__kv_table *table, toasty__kv_item *before,
                      toasty__kv_item *after, toasty_error *err)
{
    void *changes = log->changes;
    int status = check_unique(log, table, before, after, err);
    if (status == 0 && toasty__grow(&changes, &log->capacity, log->count + 1, sizeof(*log->changes)) < 0)
        status = toasty__fail_memory(err);
    log->changes = changes;
    if (status < 0) {
        toasty__kv_item_free(table, after);
        return -1;
    }
    unlink_item(table, before);
    link_item(table, after);
    log->changes[log->count++] = (struct toasty__kv_change){table, before, after};
    return 0;
}

static void log_end(toasty__kv_log *log)
{
    toasty__free(log->changes);
    log->changes = NULL;
    log->count = log->capacity = 0;
}

void toasty__kv_log_keep(toasty__kv_log *log)
{
    for (size_t i = 0; i < log->count; i++) {
        const struct toasty__kv_change *change = &log->changes[i];
        if (log->lags && !change->before)
            change->after->late = true;
        toasty__kv_item_free(change->table, change->before);
    }
    toasty__kv_claims_keep(log);
    log_end(log);
}

void toasty__kv_log_take_back(toasty__kv_log *log)
{
    while (log->count) {
        struct toasty__kv_change *change = &log->changes[--log->count];
        unlink_item(change->table, change->after);
        link_item(change->table, change->before);
        toasty__kv_item_free(change->table, change->after);
    }
    toasty__kv_claims_take_back(log);
    log_end(log);
}

/* --- stores --- */

void toasty__kv_done_end(toasty__kv_done *done)
{
    toasty__free(done->answers);
    *done = (toasty__kv_done){.used = false};
}

static pthread_mutex_t stores_lock = PTHREAD_MUTEX_INITIALIZER;
static toasty__kv_store *stores;

static toasty__kv_store *store_new(const char *name)
{
    toasty__kv_store *store = toasty__calloc(1, sizeof(*store));
    if (!store || !(store->name = toasty__strdup(name)) || pthread_mutex_init(&store->lock, NULL) != 0) {
        if (store)
            toasty__free(store->name);
        toasty__free(store);
        return NULL;
    }
    return store;
}

static void store_free(toasty__kv_store *store)
{
    for (toasty__kv_table *table = store->tables, *next; table; table = next) {
        next = table->next;
        table_free(table);
    }
    for (size_t i = 0; i < TOASTY__KV_TOKENS; i++)
        toasty__kv_done_end(&store->done[i]);
    pthread_mutex_destroy(&store->lock);
    toasty__free(store->name);
    toasty__free(store);
}

toasty__kv_store *toasty__kv_store_open(const char *name, toasty_error *err)
{
    pthread_mutex_lock(&stores_lock);
    toasty__kv_store *store = *name ? stores : NULL;
    while (store && strcmp(store->name, name) != 0)
        store = store->next;
    if (!store && (store = store_new(name))) {
        store->next = stores;
        stores = store;
    }
    if (store)
        store->references++;
    else
        toasty__fail_memory(err);
    pthread_mutex_unlock(&stores_lock);
    return store;
}

void toasty__kv_store_close(toasty__kv_store *store)
{
    pthread_mutex_lock(&stores_lock);
    bool last = --store->references == 0;
    if (last) {
        toasty__kv_store **link = &stores;
        while (*link != store)
            link = &(*link)->next;
        *link = store->next;
    }
    pthread_mutex_unlock(&stores_lock);
    if (last)
        store_free(store);
}
