/* How what a database can do decides what its tables look like. */
#include "schema/texts.h"

static const toasty__mapping mapping = {
    .database = "Strange",
    .types = {[TOASTY_TYPE_U8] = "TINYINT",
              [TOASTY_TYPE_I64] = "BIGINT",
              [TOASTY_TYPE_TEXT] = "LONGTEXT",
              [TOASTY_TYPE_BYTES] = "LONGBLOB",
              [TOASTY_TYPE_UUID] = "BINARY(16)"},
    .key_text = "VARCHAR(%u)",
    .key_blob = "VARBINARY(%u)",
    .table_options = "",
    .quote = '`',
    .checks = true,
};

#define TABLE                                                                                                \
    HEAD "\ntable t\n  column age u8\n  column bio text\n  column hash bytes\n  column id uuid\n"            \
         "  column name text\n  column owner i64\n  column slug text\n"                                      \
         "  foreign t_owner_fkey owner -> t id on_delete=cascade\n"                                          \
         "  index t_name_slug_idx name slug\n  key id name\n  unique t_hash_key hash\n"

static toasty__store_table table_of(toasty_capability can)
{
    toasty_error err = {0};
    toasty__schema schema = texts_parse(TABLE);
    toasty__store store = {.room = texts_room()};
    toasty__store_from_schema(&store, &mapping, &can, &schema, "", &err);
    check_text("", err.message);
    return store.tables.items[0];
}

static const char *type_in(toasty__store_table table, const char *column)
{
    return toasty__store_find_column(&table, column)->type;
}

TOASTY_TEST(schema, a_column_as_wide_as_its_c_type_needs_no_check)
{
    check_uint(1, table_of((toasty_capability){.integer_ranges = false}).checks.count);
    check_uint(0, table_of((toasty_capability){.integer_ranges = true}).checks.count);
}

TOASTY_TEST(schema, references_are_kept_by_databases_that_can)
{
    check_uint(0, table_of((toasty_capability){.foreign_keys = false}).foreigns.count);
    check_uint(1, table_of((toasty_capability){.foreign_keys = true}).foreigns.count);
}

TOASTY_TEST(schema, text_in_an_index_has_the_length_that_fits_in_all_of_them)
{
    toasty__store_table table = table_of((toasty_capability){.key_bytes = 3072});
    check_text("VARCHAR(384)", type_in(table, "name")); /* of 3072 bytes, shared with slug */
    check_text("VARCHAR(384)", type_in(table, "slug"));
    check_text("VARBINARY(3072)", type_in(table, "hash"));
    check_text("LONGTEXT", type_in(table, "bio"));
    table = table_of((toasty_capability){.key_bytes = 0});
    check_text("LONGTEXT", type_in(table, "name"));
}

TOASTY_TEST(schema, an_index_without_room_for_its_text_is_unsupported)
{
    toasty_error err = {0};
    toasty_capability can = {.key_bytes = 18};
    toasty__schema schema = texts_parse(TABLE);
    toasty__store store = {.room = texts_room()};
    check_int(-1, toasty__store_from_schema(&store, &mapping, &can, &schema, "", &err));
    check_error(&err, TOASTY_UNSUPPORTED);
    check_contains(err.message, "leave no room for text");
}
