/* What differs between two stores, and how it is told. */
#include "schema/texts.h"

static const toasty__mapping plain = {
    .database = "Plain",
    .types = {[TOASTY_TYPE_I32] = "INTEGER",
              [TOASTY_TYPE_I64] = "INTEGER",
              [TOASTY_TYPE_U8] = "INTEGER",
              [TOASTY_TYPE_U64] = "INTEGER",
              [TOASTY_TYPE_TEXT] = "TEXT",
              [TOASTY_TYPE_UUID] = "BLOB",
              [TOASTY_TYPE_ENUM] = "TEXT",
              [TOASTY_TYPE_I8] = "INTEGER"},
    .text_collation = "BINARY",
    .table_options = "",
    .quote = '"',
    .checks = true,
};

static const toasty__mapping typed = {
    .database = "Typed",
    .types = {[TOASTY_TYPE_I32] = "integer",
              [TOASTY_TYPE_U64] = "bigint",
              [TOASTY_TYPE_TEXT] = "text",
              [TOASTY_TYPE_UUID] = "uuid",
              [TOASTY_TYPE_U8] = "smallint"},
    .table_options = "",
    .quote = '"',
    .checks = true,
    .integer_widths = true,
    .nulls_are_largest = true,
};

/* SHOP with one part of it replaced. */
static const char *with(const char *part, const char *other)
{
    const char *at = strstr(SHOP, part);
    check_some(at);
    return toasty__room_printf(texts_room(), "%.*s%s%s", (int)(at - SHOP), SHOP, other, at + strlen(part));
}

/* All that differs, a line each; * before what a push may do. */
static const char *diff(const toasty__mapping *mapping, const char *there, const char *wanted,
                        const char *prefix)
{
    toasty__store before = texts_store(there, mapping, prefix), after = texts_store(wanted, mapping, prefix);
    toasty__change_list changes = {0};
    toasty__buffer out;
    toasty__buffer_init(&out);
    toasty__store_diff(texts_room(), &before, &after, &changes);
    for (size_t i = 0; i < changes.count; i++) {
        toasty__buffer_text(&out, changes.items[i].additive ? "* " : "");
        toasty__change_describe(&changes.items[i], &out);
        toasty__buffer_char(&out, '\n');
    }
    const char *told = toasty__room_text(texts_room(), out.bytes ? out.bytes : "", out.length);
    toasty__buffer_done(&out);
    return told;
}

static void check_told(const char *part, const char *other, const char *told)
{
    check_text(told, diff(&plain, SHOP, with(part, other), ""));
}

TOASTY_TEST(schema, what_is_equal_has_no_differences_with_any_prefix)
{
    check_text("", diff(&plain, SHOP, SHOP, ""));
    check_text("", diff(&typed, SHOP, SHOP, "pre_"));
    check_text("", diff(&typed, SHOP, SHOP, "a_prefix_so_long_that_every_name_is_cut_"));
}

TOASTY_TEST(schema, nothing_becomes_a_schema_by_additions_in_an_order_that_works)
{
    check_text("* the type mood is missing\n"
               "* the table persons is missing\n"
               "* the table tasks is missing\n"
               "* the index persons_age_email_idx of the new table persons is missing\n"
               "* the index persons_email_key of the new table persons is missing\n"
               "* the index tasks_person_id_idx of the new table tasks is missing\n"
               "* the foreign key persons_boss_id_fkey of the new table persons is missing\n"
               "* the foreign key tasks_person_id_fkey of the new table tasks is missing\n",
               diff(&typed, HEAD, SHOP, ""));
}

TOASTY_TEST(schema, columns_are_told_with_what_to_do)
{
    check_told("  column size u8\n", "  column size u8\n  column more text\n",
               "table tasks does not have the column more of its model: add the column (TEXT COLLATE "
               "\"BINARY\" NOT NULL, with a default where there are rows), or remove the field\n");
    check_told("  column size u8\n", "  column size u8\n  column more i32 null\n",
               "table tasks does not have the column more of its model: add the column (INTEGER), or remove "
               "the field\n"
               "table tasks does not have the check tasks_more_check (\"more\" BETWEEN -2147483648 AND "
               "2147483647) of its model: add it\n");
    check_told("  column age i32 null\n", "  column age text null\n",
               "column persons.age is INTEGER, its model says TEXT: alter the column, or the field's type\n"
               "check persons_age_check of table persons (\"age\" BETWEEN -2147483648 AND 2147483647) is not "
               "of its model: drop it; it was of another type of its field\n");
    check_told("  column email text\n", "  column email text null\n",
               "column persons.email may not be NULL, its model says that it may: alter the column, or the "
               "field\n");
    check_told("  column id u64 auto\n", "  column id u64\n",
               "column persons.id counts up, its model says that it does not count up: make the column anew\n"
               "table persons does not have the check persons_id_check (\"id\" >= 0) of its model: add it\n");
}

TOASTY_TEST(schema, the_width_of_an_integer_is_in_its_check)
{
    check_told("  column size u8\n", "  column size i8\n",
               "check tasks_size_check of table tasks is (\"size\" BETWEEN 0 AND 255), its model says "
               "(\"size\" BETWEEN -128 AND 127): change it, or the field's type, labels or values\n");
    check_told("  column age i32 null\n", "  column age i64 null\n",
               "check persons_age_check of table persons (\"age\" BETWEEN -2147483648 AND 2147483647) is not "
               "of its model: drop it; it was of another type of its field\n");
}

TOASTY_TEST(schema, labels_and_values_of_enums_are_told)
{
    check_told("enum mood low ", "enum mood low middle ",
               "check persons_mood_check of table persons is (\"mood\" IN ('low', 'it''s high')), its model "
               "says (\"mood\" IN ('low', 'middle', 'it''s high')): change it, or the field's type, labels "
               "or values\n");
    check_text(
        "the type mood has the labels low, it's high, the models say low, middle, it's high: alter the "
        "type, or the labels\n",
        diff(&typed, SHOP, with("enum mood low ", "enum mood low middle "), ""));
    check_told("in=0,10,-3", "in=0,11",
               "check persons_rank_check of table persons is (\"rank\" IN (0, 10, -3)), its model says "
               "(\"rank\" IN (0, 11)): change it, or the field's type, labels or values\n");
}

TOASTY_TEST(schema, keys_and_indexes_are_told)
{
    check_told(
        "  key id size partition=2\n", "  key size id\n",
        "the primary key of table tasks is (id, size), its model says (size, id): make the table anew, "
        "or change the key\n");
    check_told("  unique persons_email_key email\n", "  index persons_email_idx email\n",
               "unique index persons_email_key on persons (email) refuses what the model allows: drop it, or "
               "make the fields unique\n"
               "* the index persons_email_idx of table persons is missing\n");
    check_told(
        "  index persons_age_email_idx age email\n", "  index persons_age_email_idx email age\n",
        "index persons_age_email_idx of table persons is (age, email), its model says (email, age): drop "
        "it, and the next push makes it\n");
    check_told("  index tasks_person_id_idx person_id\n", "", "");
}

TOASTY_TEST(schema, foreign_keys_are_told)
{
    check_told(
        "persons id on_delete=restrict", "persons id on_delete=cascade",
        "foreign key tasks_person_id_fkey of table tasks is (person_id -> persons id ON DELETE RESTRICT), "
        "its model says (person_id -> persons id ON DELETE CASCADE): change it, or the model\n");
    check_told(
        "persons id on_delete=restrict", "persons boss_id on_delete=restrict",
        "foreign key tasks_person_id_fkey of table tasks is (person_id -> persons id ON DELETE RESTRICT), "
        "its model says (person_id -> persons boss_id ON DELETE RESTRICT): change it, or the model\n");
    check_told(
        "  foreign tasks_person_id_fkey person_id -> persons id on_delete=restrict\n", "",
        "table tasks does not have the check tasks_person_id_check (\"person_id\" >= 0) of its model: "
        "add it\n"
        "foreign key tasks_person_id_fkey of table tasks (person_id -> persons id ON DELETE RESTRICT) is "
        "not of its model: drop it\n");
}

TOASTY_TEST(schema, several_differences_are_told_at_once)
{
    const char *other = with("  column size u8\n", "  column size text null\n  column more uuid\n");
    const char *told = diff(&typed, SHOP, other, "x_");
    check_contains(told, "column x_tasks.size is smallint, its model says text");
    check_contains(told, "column x_tasks.size may not be NULL");
    check_contains(told, "does not have the column more");
    check_contains(told, "check x_tasks_size_check");
}

TOASTY_TEST(schema, what_another_named_is_nobodys_business)
{
    toasty__store there = texts_store(SHOP, &plain, ""), wanted = texts_store(SHOP, &plain, "");
    toasty__store_table *table = toasty__store_find_table(&there, "tasks");
    toasty__store_part size = {.column = "size"};
    toasty__store_index index = {.name = "quick", .unique = true};
    TOASTY__PUSH(texts_room(), &index.parts, size);
    TOASTY__PUSH(texts_room(), &table->indexes, index);
    TOASTY__PUSH(texts_room(), &table->checks, (toasty__store_check){"at_least_three", "size > 3"});
    TOASTY__PUSH(texts_room(), &table->checks, (toasty__store_check){NULL, "size > 4"});
    toasty__change_list changes = {0};
    toasty__store_diff(texts_room(), &there, &wanted, &changes);
    check_uint(0, changes.count);
}

TOASTY_TEST(schema, what_nobody_named_is_known_by_what_it_says)
{
    toasty__store there = texts_store(SHOP, &plain, ""), wanted = texts_store(SHOP, &plain, "");
    for (size_t t = 0; t < there.tables.count; t++) {
        toasty__store_table *table = &there.tables.items[t];
        for (size_t i = 0; i < table->indexes.count; i++)
            table->indexes.items[i].name = NULL;
        for (size_t i = 0; i < table->checks.count; i++)
            table->checks.items[i].name = NULL;
        for (size_t i = 0; i < table->foreigns.count; i++) {
            table->foreigns.items[i].name = NULL;
            table->foreigns.items[i].references.count = 0;
        }
    }
    toasty__store_find_table(&there, "tasks")->foreigns.items[0].references.count = 1;
    toasty__change_list changes = {0};
    toasty__store_diff(texts_room(), &there, &wanted, &changes);
    check_uint(0, changes.count);
}

TOASTY_TEST(schema, whoever_refers_to_a_table_goes_before_it_and_a_circle_ends)
{
    toasty__store store = texts_store(with("  foreign persons_boss_id_fkey boss_id -> persons id",
                                           "  foreign p boss_id -> tasks person_id"),
                                      &typed, "");
    toasty__change_list changes = {0};
    toasty__store_drop(texts_room(), &store, &changes);
    check_uint(3, changes.count);
    store = texts_store(SHOP, &typed, "");
    changes = (toasty__change_list){0};
    toasty__store_drop(texts_room(), &store, &changes);
    check_text("tasks", changes.items[0].name);
    check_text("persons", changes.items[1].name);
    check_text("mood", changes.items[2].name);
}

TOASTY_TEST(schema, a_name_too_long_with_its_prefix_is_refused)
{
    toasty_error err = {0};
    toasty__schema schema = texts_parse(SHOP);
    toasty__store store = {.room = texts_room()};
    char prefix[64];
    memset(prefix, 'p', 60);
    prefix[60] = '\0';
    check_int(-1, toasty__store_from_schema(&store, &plain, &texts_can, &schema, prefix, &err));
    check_contains(err.message, "more than 63 bytes");
}

TOASTY_TEST(schema, a_column_that_cannot_count_alone_is_unsupported)
{
    toasty_error err = {0};
    toasty__mapping whole = plain;
    whole.counts_whole_keys = true;
    toasty__schema schema = texts_parse(with("  key id\n", "  key email id\n"));
    toasty__store store = {.room = texts_room()};
    check_int(-1, toasty__store_from_schema(&store, &whole, &texts_can, &schema, "", &err));
    check_contains(err.message, "Plain does not support an integer that counts up");
}
