/* Whom an error is about: constraints and columns by their whole names. */
#include "base/error.h"
#include "driver/blame.h"
#include "support/test.h"

#include <string.h>

/* items (old_item_code unique, code unique, size uint8_t, owner_id -> items on delete cascade), and parts,
 * which refer to items. */
enum { OLD_CODE, CODE, SIZE, OWNER };
static const toasty_model item_model, part_model;
static const toasty_field item_fields[] = {
    [OLD_CODE] = {.name = "oldItemCode", .column = "old_item_code", .type = TOASTY_TYPE_TEXT},
    [CODE] = {.name = "code", .column = "code", .type = TOASTY_TYPE_TEXT},
    [SIZE] = {.name = "size", .column = "size", .type = TOASTY_TYPE_U8},
    [OWNER] = {.name = "owner_id", .column = "owner_id", .type = TOASTY_TYPE_I64},
};
static const uint16_t old_code[] = {OLD_CODE}, code[] = {CODE}, both[] = {OLD_CODE, CODE}, owner[] = {OWNER};
static const toasty_index item_indexes[] = {
    {.name = "items_pkey", .fields = owner, .field_count = 1, .primary = true, .unique = true},
    {.name = "items_code_key", .fields = code, .field_count = 1, .unique = true},
    {.name = "items_old_item_code_key", .fields = old_code, .field_count = 1, .unique = true},
    {.name = "items_old_item_code_code_key", .fields = both, .field_count = 2, .unique = true},
};
static const toasty_relation item_relations[2], part_relations[1];
static const toasty_relation item_relations[2] = {
    {.name = "parts",
     .owner = &item_model,
     .target = &part_model,
     .pair = &part_relations[0],
     .kind = TOASTY_HAS_MANY,
     .own_fields = owner,
     .their_fields = owner,
     .field_count = 1,
     .on_delete = TOASTY_ON_DELETE_RESTRICT},
    {.name = "owner",
     .owner = &item_model,
     .target = &item_model,
     .kind = TOASTY_BELONGS_TO,
     .own_fields = owner,
     .their_fields = owner,
     .field_count = 1,
     .constraint = "items_owner_id_fkey"},
};
static const toasty_relation part_relations[1] = {{.name = "item",
                                                   .owner = &part_model,
                                                   .target = &item_model,
                                                   .pair = &item_relations[0],
                                                   .kind = TOASTY_BELONGS_TO,
                                                   .own_fields = owner,
                                                   .their_fields = owner,
                                                   .field_count = 1,
                                                   .constraint = "parts_owner_id_fkey"}};
static const toasty_model item_model = {.name = "Item",
                                        .table = "items",
                                        .fields = item_fields,
                                        .field_count = 4,
                                        .indexes = item_indexes,
                                        .index_count = 4,
                                        .relations = item_relations,
                                        .relation_count = 2};
static const toasty_model part_model = {.name = "Part",
                                        .table = "parts",
                                        .fields = item_fields,
                                        .field_count = 4,
                                        .relations = part_relations,
                                        .relation_count = 1};

static toasty_error blame(const char *table, const char *operation, toasty_code code_, toasty__named named)
{
    toasty_error err;
    toasty_statement statement = {.table = table, .operation = operation, .model = &item_model};
    toasty__fail(&err, code_, "the server's words");
    toasty__error_set(&err, server_code, "23505");
    toasty__blame(&statement, &named, &err);
    check_text("23505", err.server_code);
    return err;
}

static toasty_error unique(const char *table, const char *constraint)
{
    return blame(table, "INSERT", TOASTY_UNIQUE_VIOLATION, (toasty__named){.constraint = constraint});
}

TOASTY_TEST(driver, a_constraint_is_found_by_its_whole_name)
{
    check_text("code", unique("items", "items_code_key").field);
    check_text("oldItemCode", unique("items", "items_old_item_code_key").field);
    check_text("oldItemCode, code", unique("items", "items_old_item_code_code_key").field);
    check_text("items.code: another row has this value", unique("items", "items_code_key").message);
    check_text("items.oldItemCode, code: another row has these values",
               unique("items", "items_old_item_code_code_key").message);
}

TOASTY_TEST(driver, a_constraint_that_only_ends_like_one_is_not_it)
{
    toasty_error err = unique("items", "old_items_code_key");
    check_text("", err.field);
    check_text("old_items_code_key", err.constraint);
    check_text("the server's words", err.message);
}

TOASTY_TEST(driver, behind_a_prefix_the_names_are_those_of_the_prefixed_table)
{
    toasty_error err = unique("old_items", "old_items_code_key");
    check_text("code", err.field);
    check_text("old_items", err.table);
    check_text("", unique("old_items", "items_code_key").field);
}

TOASTY_TEST(driver, a_reference_that_others_have_is_found_in_their_table)
{
    toasty__named named = {.table = "parts", .constraint = "parts_owner_id_fkey"};
    toasty_error err = blame("items", "DELETE", TOASTY_FOREIGN_KEY_VIOLATION, named);
    check_text("parts", err.table);
    check_text("owner_id", err.field);
    check_text("parts.owner_id: a row still refers to the one that was to go", err.message);
    named = (toasty__named){.table = "items", .constraint = "items_owner_id_fkey"};
    err = blame("items", "INSERT", TOASTY_FOREIGN_KEY_VIOLATION, named);
    check_text("items.owner_id: refers to a row that does not exist", err.message);
}

TOASTY_TEST(driver, a_check_of_the_c_type_is_a_wrong_value_and_one_of_the_users_stays_a_check)
{
    toasty__named named = {.table = "items", .constraint = "items_size_check"};
    toasty_error err = blame("items", "UPDATE", TOASTY_CHECK_VIOLATION, named);
    check_error(&err, TOASTY_INVALID_VALUE);
    check_text("items.size: out of the range of uint8_t", err.message);
    check_text("items_size_check", err.constraint);
    named.constraint = "items_code_check";
    err = blame("items", "UPDATE", TOASTY_CHECK_VIOLATION, named);
    check_error(&err, TOASTY_CHECK_VIOLATION);
    check_text("items_code_check", err.constraint);
}

TOASTY_TEST(driver, a_column_becomes_its_field)
{
    toasty__named named = {.table = "items", .column = "old_item_code"};
    toasty_error err = blame("items", "INSERT", TOASTY_NOT_NULL_VIOLATION, named);
    check_text("items.oldItemCode: NULL, which it cannot hold", err.message);
    named.column = "added_by_hand";
    err = blame("items", "INSERT", TOASTY_NOT_NULL_VIOLATION, named);
    check_text("added_by_hand", err.field);
    check_text("the server's words", err.message);
}

TOASTY_TEST(driver, a_sum_is_blamed_on_the_only_field_that_can_outgrow_its_type)
{
    toasty_error err = {.code = TOASTY_INVALID_VALUE};
    toasty_parameter parameters[] = {{.field = &item_fields[SIZE]}, {.field = &item_fields[CODE]}};
    toasty_statement statement = {
        .table = "items", .model = &item_model, .parameters = parameters, .parameter_count = 2};
    toasty__blame_sum(&statement, &err);
    check_text("items.size: out of the range of uint8_t", err.message);
    parameters[1].field = &item_fields[OWNER];
    err = (toasty_error){.code = TOASTY_INVALID_VALUE, .message = "a number"};
    toasty__blame_sum(&statement, &err);
    check_text("a number", err.message);
    check_text("items", err.table);
}
