/* The text form of a schema. */
#include "schema/texts.h"
#include <stdlib.h>

TOASTY_TEST(schema, what_is_printed_is_what_was_read)
{
    toasty__schema schema = texts_parse(SHOP);
    check_text(SHOP, texts_print(&schema));
}

TOASTY_TEST(schema, lines_in_any_order_and_form_print_the_same)
{
    toasty__schema schema = texts_parse("\xef\xbb\xbftoasty schema 1\r\n\r\nmapping 1\r\ntable b\r\n  key "
                                        "x\r\n column x i8\r\n\n\n\ntable \"a\" \n"
                                        "  unique a_y_key  y \n  index a_x_idx x\n  column y text\n  column "
                                        "x u8 null\n  key y\nenum z \"q\"");
    check_text(HEAD "\nenum z q\n\ntable a\n  column x u8 null\n  column y text\n  index a_x_idx x\n  key y\n"
                    "  unique a_y_key y\n\ntable b\n  column x i8\n  key x\n",
               texts_print(&schema));
}

TOASTY_TEST(schema, names_of_any_bytes_come_back)
{
    static const char text[] = HEAD "\n"
                                    "enum \"a b\" \"\" \"\\\"x\\\\\" \"\\x0a\\x09\" \"\xc3\xa9\"\n"
                                    "\n"
                                    "table \"->\" model=\"a=b\"\n"
                                    "  column \"null\\x0d\" enum=\"a b\" null\n"
                                    "  key \"null\\x0d\"\n";
    toasty__schema schema = texts_parse(text);
    check_text("\"x\\", schema.enums.items[0].labels.items[1]);
    check_text("\n\t", schema.enums.items[0].labels.items[2]);
    check_text("null\r", schema.tables.items[0].columns.items[0].name);
    check_text(text, texts_print(&schema));
}

TOASTY_TEST(schema, what_is_not_known_was_written_by_a_newer_toasty)
{
    check_contains(texts_refused("toasty schema 2\n"),
                   "written by a newer toasty (schema 2); this one reads schema 1");
    check_contains(texts_refused(HEAD "view x\n"), "line 3: `view x` is not known here");
    check_contains(texts_refused(HEAD "table t\n  column a u128\n"), "line 4: `u128` is not known here");
    check_contains(texts_refused(HEAD "table t\n  column a u8 stored\n"),
                   "line 4: `stored` is not known here");
    check_contains(texts_refused("toasty schema 1\nmapping 7\n"), "mapping 7: this toasty has mapping 1");
}

TOASTY_TEST(schema, what_stands_twice_or_refers_to_nothing_is_refused)
{
    check_contains(texts_refused(HEAD "table t\n  column a u8\n  column a i8\n  key a\n"), "column a twice");
    check_contains(
        texts_refused(HEAD "table t\n column a u8\n key a\ntable s\n column a u8\n key a\ntable t\n"),
        "line 9: the table t stands twice");
    check_contains(texts_refused(HEAD "enum e a\nenum e b\n"), "the enum e stands twice");
    check_contains(texts_refused(HEAD "table t\n  column a u8\n  key a\n  key a\n"), "two keys");
    check_contains(texts_refused(HEAD "table t\n  column a u8\n"), "table t has no key");
    check_contains(texts_refused(HEAD "table t\n  column a u8\n  key b\n"), "does not have the column b");
    check_contains(texts_refused(HEAD "table t\n  column a enum=e\n  key a\n"), "there is no enum e");
    check_contains(
        texts_refused(HEAD "table t\n  column a u8\n  key a\n  foreign f a -> s on_delete=cascade\n"),
        "has 1 columns and refers to 0");
}

TOASTY_TEST(schema, a_text_that_ends_anywhere_is_read_or_refused)
{
    size_t length = strlen(SHOP);
    for (size_t end = 0; end < length; end++) {
        toasty_error err = {0};
        toasty__room room;
        toasty__room_init(&room);
        char *text = strndup(SHOP, end);
        toasty__schema schema = {.room = &room};
        if (toasty__schema_parse(&schema, text, &err) < 0)
            check_that(*err.message);
        free(text);
        toasty__room_done(&room);
    }
}

TOASTY_TEST(schema, ten_thousand_tables_are_read_at_once)
{
    toasty__buffer text;
    toasty__buffer_init(&text);
    toasty__buffer_text(&text, HEAD);
    for (int i = 0; i < 10000; i++)
        toasty__buffer_printf(&text, "\ntable t%05d\n  column id u64 auto\n  key id\n", i);
    toasty__schema schema = texts_parse(text.bytes);
    check_uint(10000, schema.tables.count);
    check_text(text.bytes, texts_print(&schema));
    toasty__buffer_done(&text);
}
