/* Gathering keys and linking children: see relate.h.
 *
 * Almost every key is one field of a fixed size, an integer or a UUID: it is compared where it lies. */
#include "engine/run/relate.h"
#include "base/error.h"
#include "core/access.h"
#include "core/evaluate.h"
#include "core/presence.h"
#include "core/types.h"
#include "engine/run/run.h"
#include <string.h>

/* A placeholder in the map for a parent's key whose child is not there (yet). */
static char nobody;

/* --- keys --- */

/* The bytes of one field: 1, or 0 when it is NULL. */
static int bytes_of(const toasty_model *model, const toasty_field *field, const char *record,
                    const void **bytes, size_t *length)
{
    const char *at = record + field->offset;
    if ((field->set_offset != TOASTY_NO_OFFSET && !*(const bool *)(record + field->set_offset)) ||
        !toasty__is_there(model, field, TOASTY__IN_RECORD, record))
        return 0;
    if (field->type == TOASTY_TYPE_TEXT) {
        const char *text;
        memcpy(&text, at, sizeof(text));
        *bytes = text;
        *length = text ? strlen(text) + 1 : 0;
    } else if (field->type == TOASTY_TYPE_BYTES) {
        toasty_bytes value;
        memcpy(&value, at, sizeof(value));
        *bytes = value.data;
        *length = value.len;
    } else {
        *bytes = at;
        *length = toasty__field_size(field);
    }
    return *bytes != NULL;
}

/* Several fields: the length and the bytes of each. */
static int join_key(const toasty_model *model, const uint16_t *fields, uint32_t count, const char *record,
                    toasty__arena *arena, const void **key, size_t *length)
{
    const void *bytes;
    size_t size, total = 0;
    for (uint32_t i = 0; i < count; i++, total += sizeof(size) + size)
        if (!bytes_of(model, &model->fields[fields[i]], record, &bytes, &size))
            return 0;
    char *joined = toasty__arena_alloc(arena, total), *at = joined;
    if (!joined)
        return -1;
    for (uint32_t i = 0; i < count; i++) {
        bytes_of(model, &model->fields[fields[i]], record, &bytes, &size);
        memcpy(at, &size, sizeof(size));
        memcpy(at + sizeof(size), bytes, size);
        at += sizeof(size) + size;
    }
    *key = joined;
    *length = total;
    return 1;
}

int toasty__key_of(const toasty_model *model, const uint16_t *fields, uint32_t count, const char *record,
                   toasty__arena *arena, const void **key, size_t *length)
{
    return count == 1 ? bytes_of(model, &model->fields[fields[0]], record, key, length)
                      : join_key(model, fields, count, record, arena, key, length);
}

/* How the keys of one side of a relation are read. */
typedef struct key_reader {
    const toasty_model *model;
    const uint16_t *fields;
    uint32_t count;
    const toasty_field *only; /* a key of one field of a fixed size; NULL: it takes toasty__key_of */
    size_t size;              /* of that */
    toasty__arena *arena;
} key_reader;

static key_reader reader_of(const toasty_model *model, const uint16_t *fields, uint32_t count,
                            toasty__arena *arena)
{
    const toasty_field *first = &model->fields[fields[0]];
    bool fixed = count == 1 && first->embed == TOASTY_NO_EMBED && first->type != TOASTY_TYPE_TEXT &&
                 first->type != TOASTY_TYPE_BYTES;
    return (key_reader){model, fields, count, fixed ? first : NULL, fixed ? toasty__field_size(first) : 0,
                        arena};
}

static key_reader reader_of_parents(const toasty__loaded *child, const toasty__loaded *parent)
{
    const toasty_relation *relation = child->step->relation;
    return reader_of(parent->step->model, relation->own_fields, relation->field_count,
                     &child->run->execution->arena);
}

static key_reader reader_of_children(const toasty__loaded *child)
{
    const toasty_relation *relation = child->step->relation;
    return reader_of(child->step->model, relation->their_fields, relation->field_count,
                     &child->run->execution->arena);
}

/* As toasty__key_of. */
static inline int read_key(const key_reader *reader, const char *record, const void **key, size_t *length)
{
    const toasty_field *only = reader->only;
    if (!only)
        return toasty__key_of(reader->model, reader->fields, reader->count, record, reader->arena, key,
                              length);
    *key = record + only->offset;
    *length = reader->size;
    return only->set_offset == TOASTY_NO_OFFSET || *(const bool *)(record + only->set_offset);
}

static inline bool same_key(const void *a, size_t a_length, const void *b, size_t b_length)
{
    uint64_t x, y;
    if (a_length != b_length)
        return false;
    if (a_length != sizeof(x))
        return memcmp(a, b, a_length) == 0;
    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    return x == y;
}

/* --- gathering --- */

/* An item of a list of keys: as the field has it, but enums as int, which is what lists of enums hold. */
static void copy_item(char *list, size_t i, const toasty_model *model, const toasty_field *field,
                      const char *record)
{
    size_t size = toasty__type_size(field->type, NULL);
    if (field->type == TOASTY_TYPE_ENUM)
        ((int *)list)[i] = (int)toasty__get(model, record, field).as.integer;
    else
        memcpy(list + i * size, record + field->offset, size);
}

static int make_lists(toasty__loaded *child, const toasty__loaded *parent, char **lists)
{
    const toasty_relation *relation = child->step->relation;
    for (uint32_t f = 0; f < relation->field_count; f++) {
        const toasty_field *field = &parent->step->model->fields[relation->own_fields[f]];
        size_t size = toasty__type_size(field->type, NULL);
        if (parent->count >= SIZE_MAX / size)
            return -1;
        lists[f] = toasty__arena_alloc(&child->run->execution->arena, parent->count * size + 1);
        if (!lists[f])
            return -1;
    }
    return 0;
}

/* 1 when the record's key is new, 0 when it has none or it is there, -1 when out of memory. */
static int enter_parent(toasty__gathered *gathered, const key_reader *reader, const toasty_relation *relation,
                        char *record)
{
    const void *key;
    size_t length;
    int there = read_key(reader, record, &key, &length);
    /* has_many, has_one: the parent itself; belongs_to: its row will take the place. */
    void *value = relation->kind == TOASTY_BELONGS_TO ? (void *)&nobody : record;
    return there > 0 ? toasty__map_add(&gathered->by_key, key, length, value) : there;
}

int toasty__gather_keys(toasty__loaded *child, const toasty__loaded *parent, toasty_error *err)
{
    const toasty_relation *relation = child->step->relation;
    const toasty_model *model = parent->step->model;
    const key_reader reader = reader_of_parents(child, parent);
    char *lists[TOASTY_MAX_KEYS];
    toasty__gathered *gathered = toasty__arena_calloc(&child->run->execution->arena, 1, sizeof(*gathered));
    child->gathered = gathered;
    if (!gathered || make_lists(child, parent, lists) < 0 ||
        toasty__map_reserve(&gathered->by_key, parent->count) < 0)
        return toasty__fail_memory(err);
    for (size_t i = 0; i < parent->count; i++) {
        char *record = parent->rows + i * parent->sink.stride;
        int added = enter_parent(gathered, &reader, relation, record);
        if (added < 0)
            return toasty__fail_memory(err);
        for (uint32_t f = 0; added && f < relation->field_count; f++)
            copy_item(lists[f], gathered->key_count, model, &model->fields[relation->own_fields[f]], record);
        gathered->key_count += (size_t)added;
    }
    for (uint32_t f = 0; f < relation->field_count; f++)
        gathered->keys[f] = (toasty_value){.kind = TOASTY_VALUE_LIST,
                                           .element = model->fields[relation->own_fields[f]].type,
                                           .len = (uint32_t)gathered->key_count,
                                           .as.list = lists[f]};
    return 0;
}

/* --- to one --- */

static int enter_children(toasty__loaded *child, toasty_error *err)
{
    const key_reader reader = reader_of_children(child);
    for (size_t i = 0; i < child->count; i++) {
        char *row = child->rows + i * child->sink.stride;
        const void *key;
        size_t length;
        int there = read_key(&reader, row, &key, &length);
        if (there < 0 || (there && toasty__map_set(&child->gathered->by_key, key, length, row) < 0))
            return toasty__fail_memory(err);
    }
    return 0;
}

/* *row: what the key of a parent leads to; NULL: nothing, or it has none. -1 with err: out of memory. */
static inline int find_row(const toasty__loaded *child, const key_reader *reader, const char *record,
                           char **row, toasty_error *err)
{
    const void *key;
    size_t length;
    int there = read_key(reader, record, &key, &length);
    *row = there > 0 ? toasty__map_get(&child->gathered->by_key, key, length) : NULL;
    return there < 0 ? toasty__fail_memory(err) : 0;
}

static int relate_to_one(toasty__loaded *child, toasty__loaded *parent, toasty_error *err)
{
    const toasty_relation *relation = child->step->relation;
    const key_reader reader = reader_of_parents(child, parent);
    const char *end = child->count ? child->rows + child->count * child->sink.stride : NULL;
    if (enter_children(child, err) < 0)
        return -1;
    for (size_t i = 0; i < parent->count; i++) {
        char *record = parent->rows + i * parent->sink.stride, *row;
        if (find_row(child, &reader, record, &row, err) < 0)
            return -1;
        /* What is still in the map from the gathering is not a child. */
        if (!child->count || row < child->rows || row >= end)
            row = NULL;
        memcpy(record + relation->offset, &row, sizeof(row));
        *(bool *)(record + relation->loaded_offset) = true;
    }
    return 0;
}

/* --- to many --- */

/* Finds the list that a row belongs to, with the key of the row before it remembered. */
typedef struct list_finder {
    const toasty__map *by_key;
    key_reader reader;
    uint32_t offset; /* of the list in a parent */
    const void *last;
    size_t last_length;
    toasty__slice *slice;
} list_finder;

static list_finder finder_of(const toasty__loaded *child)
{
    return (list_finder){.by_key = &child->gathered->by_key,
                         .reader = reader_of_children(child),
                         .offset = child->step->relation->offset};
}

/* *slice NULL: the row is nobody's. -1: out of memory. */
static inline int find_list(list_finder *finder, const char *row, toasty__slice **slice)
{
    const void *key;
    size_t length;
    int there = read_key(&finder->reader, row, &key, &length);
    if (there > 0 && !(finder->last && same_key(key, length, finder->last, finder->last_length))) {
        char *record = toasty__map_get(finder->by_key, key, length);
        finder->slice = record ? (toasty__slice *)(record + finder->offset) : NULL;
        finder->last = key;
        finder->last_length = length;
    }
    *slice = there > 0 ? finder->slice : NULL;
    return there < 0 ? -1 : 0;
}

/* Rows of one parent came apart, because answers came in pieces: moves them together, in the order in which
 * they came. The lists know their lengths. */
static int gather_lists(toasty__loaded *child, toasty__loaded *parent, toasty_error *err)
{
    size_t size = child->sink.stride, count = 0;
    const char *rows = toasty__arena_copy(&child->run->execution->arena, child->rows, child->count * size);
    if (!rows)
        return toasty__fail_memory(err);
    for (size_t i = 0; i < parent->count; i++) {
        toasty__slice *slice =
            (toasty__slice *)(parent->rows + i * parent->sink.stride + child->step->relation->offset);
        slice->items = slice->len ? child->rows + count * size : NULL;
        count += slice->len;
        slice->len = 0;
    }
    list_finder finder = finder_of(child);
    for (size_t i = 0; i < child->count; i++) {
        toasty__slice *slice;
        if (find_list(&finder, rows + i * size, &slice) < 0)
            return toasty__fail_memory(err);
        if (slice)
            memcpy((char *)slice->items + slice->len++ * size, rows + i * size, size);
    }
    child->count = count;
    return 0;
}

static int relate_to_many(toasty__loaded *child, toasty__loaded *parent, toasty_error *err)
{
    const toasty_relation *relation = child->step->relation;
    for (size_t i = 0; i < parent->count; i++)
        *(toasty__slice *)(parent->rows + i * parent->sink.stride + relation->offset) =
            (toasty__slice){.loaded = true};
    list_finder finder = finder_of(child);
    toasty__slice *last = NULL, *slice;
    bool apart = false;
    size_t size = child->sink.stride;
    char *row = child->rows;
    for (size_t left = child->count; left > 0; left--, row += size) {
        if (find_list(&finder, row, &slice) < 0)
            return toasty__fail_memory(err);
        if (slice && !slice->len++)
            slice->items = row;
        else if (slice != last)
            apart = true;
        last = slice;
    }
    return apart ? gather_lists(child, parent, err) : 0;
}

/* --- via others --- */

static bool same_record(const toasty_model *model, const char *a, const char *b)
{
    const toasty_index *key = &model->indexes[0];
    for (uint8_t i = 0; i < key->field_count; i++) {
        const toasty_field *field = &model->fields[key->fields[i]];
        toasty_value one = toasty__get(model, a, field), other = toasty__get(model, b, field);
        if (toasty__compare_values(field, &one, &other) != 0)
            return false;
    }
    return true;
}

/* Moves the rows to where they are what the program takes them for, without the keys behind them, each once
 * a list: what is found twice stands side by side. */
static int narrow_lists(toasty__loaded *child, toasty__loaded *parent, toasty_error *err)
{
    const toasty_model *model = child->sink.model;
    size_t wide = child->sink.stride, count = 0;
    char *rows = toasty__arena_alloc(child->sink.arena, child->count * model->size + 1);
    if (!rows)
        return toasty__fail_memory(err);
    for (size_t i = 0; i < parent->count; i++) {
        toasty__slice *slice =
            (toasty__slice *)(parent->rows + i * parent->sink.stride + child->step->relation->offset);
        const char *row = slice->items, *before = NULL;
        char *items = rows + count * model->size;
        size_t kept = 0;
        for (size_t left = slice->len; left > 0; left--, row += wide) {
            if (before && same_record(model, before, row))
                continue;
            before = memcpy(items + kept++ * model->size, row, model->size);
        }
        slice->items = kept ? items : NULL;
        slice->len = kept;
        count += kept;
    }
    child->rows = rows;
    child->count = count;
    child->sink.stride = model->size;
    return 0;
}

/* --- all --- */

/* Records that are there several times, since they were found via several others, have one list. */
static int share_lists(const toasty__loaded *child, toasty__loaded *parent, toasty_error *err)
{
    const key_reader reader = reader_of_parents(child, parent);
    uint32_t offset = child->step->relation->offset;
    for (size_t i = 0; i < parent->count; i++) {
        char *record = parent->rows + i * parent->sink.stride, *first;
        if (find_row(child, &reader, record, &first, err) < 0)
            return -1;
        if (first && first != record)
            memcpy(record + offset, first + offset, sizeof(toasty__slice));
    }
    return 0;
}

int toasty__relate(toasty__loaded *child, toasty__loaded *parent, toasty_error *err)
{
    const toasty_relation *relation = child->step->relation;
    if (relation->kind != TOASTY_HAS_MANY)
        return relate_to_one(child, parent, err);
    if (relate_to_many(child, parent, err) < 0 || (relation->via && narrow_lists(child, parent, err) < 0))
        return -1;
    return child->gathered->key_count < parent->count ? share_lists(child, parent, err) : 0;
}
