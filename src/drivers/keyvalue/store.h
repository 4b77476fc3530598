/* Stores, their tables and items, and changes that can be taken back.
 *
 * A store with a name is shared by all who open that name in the process, until the last of them closes it;
 * one without a name belongs to its handle. Everything but opening and closing is called with the store's
 * lock held. */
#ifndef TOASTY_KEYVALUE_STORE_H
#define TOASTY_KEYVALUE_STORE_H

#include "base/map.h"
#include "drivers/keyvalue/index.h"
#include <pthread.h>

typedef struct toasty__kv_claim toasty__kv_claim; /* claims.c */

typedef struct toasty__kv_table {
    char *name; /* with its prefix */
    const toasty_model *model;
    toasty__kv_index *indexes; /* as the model has them */
    toasty__map claims;        /* who has which unique value (claims.h) */
    struct toasty__kv_table *next;
} toasty__kv_table;

enum { TOASTY__KV_TOKENS = 64 }; /* how many groups a store remembers */

/* A group that was done, by its token, and what its operations answered. */
typedef struct toasty__kv_done {
    bool used;
    uint8_t token[16];
    uint32_t count;
    struct toasty__kv_answer {
        int64_t count;
        bool created;
    } * answers;
} toasty__kv_done;

void toasty__kv_done_end(toasty__kv_done *done);

typedef struct toasty__kv_store {
    pthread_mutex_t lock;
    toasty__kv_table *tables;
    toasty__kv_done done[TOASTY__KV_TOKENS];
    size_t next_done;
    bool lags; /* reads are late, but for those that ask for what is current */
    /* of the list of stores, under its own lock */
    char *name;
    unsigned references;
    struct toasty__kv_store *next;
} toasty__kv_store;

/* name "": a store of one's own. NULL with err. */
toasty__kv_store *toasty__kv_store_open(const char *name, toasty_error *err);
void toasty__kv_store_close(toasty__kv_store *store);

/* The table of a model, made when it is first asked for; prefix: of its name, NULL: none. NULL with err. */
toasty__kv_table *toasty__kv_table_of(toasty__kv_store *store, const char *prefix, const toasty_model *model,
                                      toasty_error *err);
/* The same, or NULL when there is none yet; and its end, with all its items. */
toasty__kv_table *toasty__kv_table_find(toasty__kv_store *store, const char *prefix,
                                        const toasty_model *model);
void toasty__kv_table_drop(toasty__kv_store *store, const char *prefix, const toasty_model *model);
/* The item with a full primary key; NULL when there is none. */
toasty__kv_item *toasty__kv_find(const toasty__kv_table *table, const toasty_value *key);

/* An item that stands in no index yet, with copies of the values, one a field. NULL when out of memory. */
toasty__kv_item *toasty__kv_item_new(toasty__kv_table *table, const toasty_value *values);
void toasty__kv_item_free(const toasty__kv_table *table, toasty__kv_item *item); /* NULL is fine */

/* Hands an item to a sink, which may be NULL. */
int toasty__kv_send(const toasty__kv_table *table, const toasty_operation *operation, toasty_sink *sink,
                    const toasty__kv_item *item, toasty_error *err);

/* The changes of one job, in order. Starts zeroed but for `by_claims` and `lags`. */
typedef struct toasty__kv_log {
    struct toasty__kv_change {
        toasty__kv_table *table;
        toasty__kv_item *before, *after;
    } * changes;
    size_t count, capacity;
    struct toasty__kv_given {
        toasty__kv_table *table;
        toasty__kv_claim *claim;
        toasty_value *before; /* its owner, or NULL */
    } * claims;
    size_t claim_count, claim_capacity;
    bool lags;      /* as the store does */
    bool by_claims; /* claims alone keep values unique, but for those of the primary key */
} toasty__kv_log;

/* Fails with unique_violation, naming the index; -1. */
int toasty__kv_refuse(const toasty__kv_table *table, const toasty_index *index, toasty_error *err);

/* Puts `after` in the place of `before`; one of them may be NULL. Takes `after` in any case. -1 with err, and
 * nothing changed: another item has one of its unique values. */
int toasty__kv_change(toasty__kv_log *log, toasty__kv_table *table, toasty__kv_item *before,
                      toasty__kv_item *after, toasty_error *err);
/* Both end the log: the changes stay, or everything is as it was before. */
void toasty__kv_log_keep(toasty__kv_log *log);
void toasty__kv_log_take_back(toasty__kv_log *log);

#endif
