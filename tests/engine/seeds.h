/* Rows put straight into the store of a rig, and requests in short. Row number n has the uuid 0…n. */
#ifndef TESTS_ENGINE_SEEDS_H
#define TESTS_ENGINE_SEEDS_H

#include "engine/rig.h"

typedef struct list {
    void *items;
    size_t len;
    bool loaded;
} list;

toasty_uuid uuid_of(unsigned number);
unsigned number_of(const toasty_uuid *uuid);

/* "user n % 7", "n@x", logins n; of age 30 when n is odd. */
void put_user(rig *rig, unsigned number);
void put_todo(rig *rig, unsigned user, int number, unsigned category); /* category 0: none */
void put_category(rig *rig, unsigned number);                          /* "cn" */
void put_profile(rig *rig, unsigned number, unsigned user);
void put_invoice(rig *rig, unsigned number, unsigned user);
void put_node(rig *rig, unsigned number, unsigned parent); /* parent 0: none */
/* How many rows a table has. */
size_t rows_of(rig *rig, const toasty_model *model);

#define READ(kind_, model_, ...)                                                                             \
    (toasty_request)                                                                                         \
    {                                                                                                        \
        .kind = TOASTY_REQUEST_##kind_, .model = &model_##_model, __VA_ARGS__                                \
    }
#define BY(model_, index, count_, ...)                                                                       \
    .by = &model_##_model.indexes[index], .key_count = count_, .keys = {__VA_ARGS__}
#define INCLUDE(...)                                                                                         \
    .include = (const toasty_include[]){__VA_ARGS__},                                                        \
    .include_max = sizeof((const toasty_include[]){__VA_ARGS__}) / sizeof(toasty_include)
#define WITH(model_, relation_, ...)                                                                         \
    {                                                                                                        \
        .relation = &model_##_model.relations[relation_], .find = &(const toasty_find)                       \
        {                                                                                                    \
            __VA_ARGS__                                                                                      \
        }                                                                                                    \
    }

#define BY_NUMBER(model, number) BY(model, 0, 1, toasty__uuid(uuid_of(number)))
#define CHANGES(...)                                                                                         \
    .changes = (const toasty_change[])                                                                       \
    {                                                                                                        \
        __VA_ARGS__,                                                                                         \
        {                                                                                                    \
            .kind = TOASTY_CHANGE_END                                                                        \
        }                                                                                                    \
    }
#define SET(number, value)                                                                                   \
    {                                                                                                        \
        .kind = TOASTY_CHANGE_SET, .field = number, .operand = value                                         \
    }
#define ADD(number, value)                                                                                   \
    {                                                                                                        \
        .kind = TOASTY_CHANGE_ADD, .field = number, .operand = value                                         \
    }
#define BATCH(rig_, results, ...)                                                                            \
    rig_run_all(rig_, (const toasty_request *const[]){__VA_ARGS__},                                          \
                sizeof((const toasty_request *const[]){__VA_ARGS__}) / sizeof(toasty_request *), results)

#endif
