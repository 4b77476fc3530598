/* The claims of a table: a map from the values of an index to the key of their owner. A value that was given
 * up keeps its place in the map, without an owner. */
#include "drivers/keyvalue/claims.h"

#include "base/alloc.h"
#include "base/error.h"
#include "core/evaluate.h"
#include "core/value_bytes.h"
#include "drivers/keyvalue/value.h"

#include <string.h>

struct toasty__kv_claim {
    toasty_value *owner; /* a full primary key; NULL: nobody has the values */
    size_t length;
    char name[]; /* the index and its values, in bytes */
};

/* --- names --- */

/* A claim without an owner that nobody knows yet; NULL when out of memory. number: of the index. */
static toasty__kv_claim *claim_new(const toasty_index *index, uint16_t number, const toasty_value *values)
{
    size_t size, length = sizeof(number);
    for (uint8_t i = 0; i < index->field_count; i++, length += 1 + sizeof(size) + size)
        toasty__value_bytes(&values[i], &size);
    toasty__kv_claim *made = toasty__calloc(1, sizeof(*made) + length);
    if (!made)
        return NULL;
    made->length = length;
    char *at = made->name;
    memcpy(at, &number, sizeof(number));
    at += sizeof(number);
    for (uint8_t i = 0; i < index->field_count; i++) {
        const void *bytes = toasty__value_bytes(&values[i], &size);
        *at++ = (char)values[i].kind;
        memcpy(at, &size, sizeof(size));
        memcpy(at + sizeof(size), bytes, size);
        at += sizeof(size) + size;
    }
    return made;
}

/* --- owners --- */

static const toasty_index *primary_of(const toasty__kv_table *table)
{
    return table->indexes[0].described;
}

static void owner_free(const toasty__kv_table *table, toasty_value *owner)
{
    for (uint8_t i = 0; owner && i < primary_of(table)->field_count; i++)
        toasty__kv_value_free(&owner[i]);
    toasty__free(owner);
}

static toasty_value *owner_copy(const toasty__kv_table *table, const toasty_value *key)
{
    uint8_t count = primary_of(table)->field_count;
    toasty_value *copy = toasty__calloc(count, sizeof(*copy));
    for (uint8_t i = 0; copy && i < count; i++)
        if (toasty__kv_value_copy(&copy[i], &key[i]) < 0) {
            owner_free(table, copy);
            return NULL;
        }
    return copy;
}

/* Both may be NULL, which is nobody. */
static bool same_owner(const toasty__kv_table *table, const toasty_value *a, const toasty_value *b)
{
    const toasty_index *primary = primary_of(table);
    bool same = !a == !b;
    for (uint8_t i = 0; same && a && i < primary->field_count; i++)
        same = toasty__compare_values(&table->model->fields[primary->fields[i]], &a[i], &b[i]) == 0;
    return same;
}

/* --- changes --- */

/* The claim of an operation's values, which the table has from now on; NULL with err. */
static toasty__kv_claim *claim_of(toasty__kv_table *table, const toasty_operation *operation,
                                  toasty_error *err)
{
    const toasty_index *index = operation->key.index;
    toasty__kv_claim *made =
        claim_new(index, (uint16_t)(index - operation->model->indexes), operation->key.values);
    toasty__kv_claim *known = made ? toasty__map_get(&table->claims, made->name, made->length) : NULL;
    if (made && !known && toasty__map_set(&table->claims, made->name, made->length, made) == 0)
        return made;
    toasty__free(made);
    if (!known)
        toasty__fail_memory(err);
    return known;
}

/* Gives a claim another owner, or none. */
static int give(toasty__kv_log *log, toasty__kv_table *table, toasty__kv_claim *claim,
                const toasty_value *owner, toasty_error *err)
{
    void *claims = log->claims;
    int grown = toasty__grow(&claims, &log->claim_capacity, log->claim_count + 1, sizeof(*log->claims));
    log->claims = claims;
    toasty_value *copy = owner && grown == 0 ? owner_copy(table, owner) : NULL;
    if (grown < 0 || (owner && !copy))
        return toasty__fail_memory(err);
    log->claims[log->claim_count++] = (struct toasty__kv_given){table, claim, claim->owner};
    claim->owner = copy;
    return 0;
}

int toasty__kv_claims_take(toasty__kv_log *log, toasty__kv_table *table, toasty_operation *operation,
                           toasty_error *err)
{
    toasty__kv_claim *claim = claim_of(table, operation, err);
    if (!claim)
        return -1;
    operation->count = 1;
    return same_owner(table, claim->owner, operation->key.was_owner)
               ? give(log, table, claim, operation->key.owner, err)
               : toasty__kv_refuse(table, operation->key.index, err);
}

int toasty__kv_claims_give_up(toasty__kv_log *log, toasty__kv_table *table, toasty_operation *operation,
                              toasty_error *err)
{
    toasty__kv_claim *claim = claim_of(table, operation, err);
    if (!claim)
        return -1;
    operation->count = claim->owner != NULL;
    if (!claim->owner || same_owner(table, claim->owner, operation->key.owner))
        return give(log, table, claim, NULL, err);
    return toasty__fail(err, TOASTY_CONDITION_FAILED, "the values of %s are another row's",
                        operation->key.index->name);
}

void toasty__kv_claims_keep(toasty__kv_log *log)
{
    for (size_t i = 0; i < log->claim_count; i++)
        owner_free(log->claims[i].table, log->claims[i].before);
    toasty__free(log->claims);
    log->claims = NULL;
    log->claim_count = log->claim_capacity = 0;
}

void toasty__kv_claims_take_back(toasty__kv_log *log)
{
    for (size_t i = log->claim_count; i-- > 0;) {
        struct toasty__kv_given *given = &log->claims[i];
        toasty_value *owner = given->claim->owner;
        given->claim->owner = given->before;
        given->before = owner;
    }
    toasty__kv_claims_keep(log);
}

void toasty__kv_claims_free(toasty__kv_table *table)
{
    const toasty__map_entry *entry;
    for (size_t i = 0; (entry = toasty__map_next(&table->claims, &i));) {
        toasty__kv_claim *claim = entry->value;
        owner_free(table, claim->owner);
        toasty__free(claim);
    }
    toasty__map_done(&table->claims);
}

/* --- reading --- */

static bool still_has(const toasty__kv_table *table, const toasty_index *index, const toasty__kv_item *item,
                      const toasty_value *values)
{
    bool has = item != NULL;
    for (uint8_t i = 0; has && i < index->field_count; i++) {
        uint16_t field = index->fields[i];
        has = toasty__compare_values(&table->model->fields[field], &item->values[field], &values[i]) == 0;
    }
    return has;
}

int toasty__kv_claimed(const toasty__kv_table *table, uint16_t number, const toasty_value *values,
                       toasty__kv_item **item, toasty_error *err)
{
    const toasty_index *index = table->indexes[number].described;
    toasty__kv_claim *asked = claim_new(index, number, values);
    if (!asked)
        return toasty__fail_memory(err);
    const toasty__kv_claim *claim = toasty__map_get(&table->claims, asked->name, asked->length);
    toasty__free(asked);
    *item = claim && claim->owner ? toasty__kv_find(table, claim->owner) : NULL;
    if (!still_has(table, index, *item, values))
        *item = NULL;
    return 0;
}
