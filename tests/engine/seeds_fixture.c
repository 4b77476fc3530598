/* Rows for the tests, put straight into the store. See seeds.h. */
#include "engine/seeds.h"

#include <stdio.h>
#include <string.h>

toasty_uuid uuid_of(unsigned number)
{
    toasty_uuid uuid = {{0}};
    memcpy(uuid.bytes + 12,
           (uint8_t[]){(uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8),
                       (uint8_t)number},
           4);
    return uuid;
}

unsigned number_of(const toasty_uuid *uuid)
{
    return (unsigned)uuid->bytes[12] << 24 | (unsigned)uuid->bytes[13] << 16 |
           (unsigned)uuid->bytes[14] << 8 | uuid->bytes[15];
}

/* Claims the unique values of a row, where the store keeps them so. */
static void claim(rig *rig, const toasty_model *model, const toasty_value *row)
{
    toasty_value values[4], key[4];
    for (uint8_t f = 0; f < model->indexes[0].field_count; f++)
        key[f] = row[model->indexes[0].fields[f]];
    for (uint16_t i = 1; rig->engine.driver->capability->claims && i < model->index_count; i++) {
        const toasty_index *index = &model->indexes[i];
        toasty_operation operation = {.kind = TOASTY_OPERATION_CLAIM,
                                      .model = model,
                                      .key = {.index = index, .values = values, .owner = key}};
        bool claims = index->unique;
        for (uint8_t f = 0; f < index->field_count; f++) {
            values[f] = row[index->fields[f]];
            claims = claims && values[f].kind != TOASTY_VALUE_NULL;
        }
        if (claims)
            rig_do(rig, &operation);
    }
}

/* Puts items straight into the store. */
static void put(rig *rig, const toasty_model *model, const toasty_value *values, size_t rows)
{
    static uint16_t fields[16];
    for (uint16_t f = 0; f < model->field_count; f++)
        fields[f] = f;
    for (size_t i = 0; i < rows; i++) {
        toasty_operation operation = {.kind = TOASTY_OPERATION_INSERT,
                                      .model = model,
                                      .fields = fields,
                                      .values = values + i * model->field_count,
                                      .value_count = model->field_count};
        rig_do(rig, &operation);
        claim(rig, model, operation.values);
    }
}

void put_user(rig *rig, unsigned number)
{
    char name[16], email[16];
    snprintf(name, sizeof(name), "user %u", number % 7);
    snprintf(email, sizeof(email), "%u@x", number);
    const toasty_value values[USER_FIELDS] = {
        [USER_ID] = toasty__uuid(uuid_of(number)), [USER_NAME] = toasty__text(name),
        [USER_EMAIL] = toasty__text(email),        [USER_AGE] = number % 2 ? toasty__int(30) : toasty__null(),
        [USER_LOGINS] = toasty__int(number),       [USER_CREATED_AT] = toasty__int(1),
        [USER_UPDATED_AT] = toasty__int(1),
    };
    put(rig, &user_model, values, 1);
}

void put_todo(rig *rig, unsigned user, int number, unsigned category)
{
    const toasty_value values[TODO_FIELDS] = {
        [TODO_USER_ID] = toasty__uuid(uuid_of(user)),
        [TODO_NUMBER] = toasty__int(number),
        [TODO_CATEGORY_ID] = category ? toasty__uuid(uuid_of(category)) : toasty__null(),
        [TODO_TITLE] = toasty__text("dig"),
        [TODO_PRIORITY] = toasty__int(PRIORITY_HIGH),
    };
    put(rig, &todo_model, values, 1);
}

void put_category(rig *rig, unsigned number)
{
    char label[16];
    snprintf(label, sizeof(label), "c%u", number);
    put(rig, &category_model, (toasty_value[]){toasty__uuid(uuid_of(number)), toasty__text(label)}, 1);
}

void put_profile(rig *rig, unsigned number, unsigned user)
{
    put(rig, &profile_model,
        (toasty_value[]){toasty__uuid(uuid_of(number)), toasty__uuid(uuid_of(user)), toasty__text("p"),
                         toasty__uint(UINT64_MAX)},
        1);
}

void put_invoice(rig *rig, unsigned number, unsigned user)
{
    put(rig, &invoice_model, (toasty_value[]){toasty__uuid(uuid_of(number)), toasty__uuid(uuid_of(user))}, 1);
}

void put_node(rig *rig, unsigned number, unsigned parent)
{
    put(rig, &node_model,
        (toasty_value[]){toasty__uuid(uuid_of(number)), toasty__text("n"),
                         parent ? toasty__uuid(uuid_of(parent)) : toasty__null()},
        1);
}

size_t rows_of(rig *rig, const toasty_model *model)
{
    toasty_operation scan = {.kind = TOASTY_OPERATION_SCAN, .model = model};
    rig_do(rig, &scan);
    return (size_t)scan.count;
}
