/* Schemas in the text form, and what becomes of them. */
#ifndef TESTS_SCHEMA_TEXTS_H
#define TESTS_SCHEMA_TEXTS_H

#include "base/buffer.h"
#include "schema/diff.h"
#include "schema/mapping.h"
#include "test.h"
#include <stdio.h>

#define HEAD "toasty schema 1\nmapping 1\n"

/* Two tables that refer to each other, in all words of the text form. */
#define SHOP                                                                                                 \
    HEAD "targets postgresql sqlite\n"                                                                       \
         "\n"                                                                                                \
         "enum mood low \"it's high\"\n"                                                                     \
         "\n"                                                                                                \
         "table persons model=Person\n"                                                                      \
         "  column age i32 null\n"                                                                           \
         "  column boss_id u64 null\n"                                                                       \
         "  column email text\n"                                                                             \
         "  column id u64 auto\n"                                                                            \
         "  column mood enum=mood\n"                                                                         \
         "  column rank i32 in=0,10,-3\n"                                                                    \
         "  foreign persons_boss_id_fkey boss_id -> persons id on_delete=set_null\n"                         \
         "  index persons_age_email_idx age email\n"                                                         \
         "  key id\n"                                                                                        \
         "  unique persons_email_key email\n"                                                                \
         "\n"                                                                                                \
         "table tasks model=Task\n"                                                                          \
         "  column id uuid\n"                                                                                \
         "  column person_id u64\n"                                                                          \
         "  column size u8\n"                                                                                \
         "  foreign tasks_person_id_fkey person_id -> persons id on_delete=restrict\n"                       \
         "  index tasks_person_id_idx person_id\n"                                                           \
         "  key id size partition=2\n"

/* All that a test makes lives here until the next test. */
static inline toasty__room *texts_room(void)
{
    static toasty__room room;
    static bool made;
    if (!made)
        toasty__room_init(&room);
    made = true;
    return &room;
}

static inline toasty__schema texts_parse(const char *text)
{
    toasty_error err = {0};
    toasty__schema schema = {.room = texts_room()};
    toasty__schema_parse(&schema, text, &err);
    check_text("", err.message);
    return schema;
}

static inline const char *texts_print(const toasty__schema *schema)
{
    toasty__buffer out;
    toasty__buffer_init(&out);
    toasty__schema_print(schema, &out);
    check_that(!out.failed);
    const char *text = toasty__room_text(texts_room(), out.bytes ? out.bytes : "", out.length);
    toasty__buffer_done(&out);
    return text;
}

/* The message with which a text is refused. */
static inline const char *texts_refused(const char *text)
{
    static toasty_error err;
    toasty__schema schema = {.room = texts_room()};
    err.message[0] = '\0';
    check_int(-1, toasty__schema_parse(&schema, text, &err));
    return err.message;
}

/* Of a database with the usual comforts. */
__attribute__((unused)) static const toasty_capability texts_can = {.target = "usual", .foreign_keys = true};

static inline toasty__store texts_store(const char *text, const toasty__mapping *mapping, const char *prefix)
{
    toasty_error err = {0};
    toasty__schema schema = texts_parse(text);
    toasty__store store = {.room = texts_room()};
    toasty__store_from_schema(&store, mapping, &texts_can, &schema, prefix, &err);
    check_text("", err.message);
    return store;
}

#endif
