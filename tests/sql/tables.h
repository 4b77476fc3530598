/* The statements that make tables, and the tables of handwritten.h as text. */
#ifndef TESTS_SQL_TABLES_H
#define TESTS_SQL_TABLES_H

#include "schema/texts.h"
#include "sql/ddl.h"

/* What models would have derived; columns in the order of the structs comes from the models. */
#define HANDWRITTEN                                                                                          \
    HEAD "\nenum mood low \"it's high\"\n"                                                                   \
         "table persons\n"                                                                                   \
         "  column id u64 auto\n  column name text\n  column email text\n  column age i32 null\n"            \
         "  column mood enum=mood\n  column boss_id u64 null\n"                                              \
         "  foreign persons_boss_id_fkey boss_id -> persons id on_delete=set_null\n"                         \
         "  index persons_age_name_idx age name\n  key id\n  unique persons_email_key email\n"               \
         "table tasks\n"                                                                                     \
         "  column id uuid\n  column person_id u64\n  column title text\n"                                   \
         "  foreign tasks_person_id_fkey person_id -> persons id on_delete=restrict\n"                       \
         "  index tasks_person_id_idx person_id\n  key id\n"                                                 \
         "table samples\n"                                                                                   \
         "  column id i64\n  column BOOL bool null\n  column I8 i8 null\n  column I16 i16 null\n"            \
         "  column I32 i32 null\n  column I64 i64 null\n  column U8 u8 null\n  column U16 u16 null\n"        \
         "  column U32 u32 null\n  column U64 u64 null\n  column F32 f32 null\n  column F64 f64 null\n"      \
         "  column ENUM enum=mood null\n  column TEXT text null\n  column BYTES bytes null\n"                \
         "  column UUID uuid null\n  column TIMESTAMP timestamp null\n  column DATE date null\n"             \
         "  column TIME time null\n  column DATETIME datetime null\n  key id\n"

/* All statements that make a schema where there is nothing. */
static inline toasty__texts tables_statements(const toasty__sql_schema *dialect, const char *text,
                                              const char *prefix)
{
    toasty_error err = {0};
    toasty__store nothing = {.room = texts_room()};
    toasty__store wanted = texts_store(text, &dialect->mapping, prefix);
    toasty__change_list changes = {0};
    toasty__texts statements = {0};
    toasty__buffer out;
    toasty__buffer_init(&out);
    toasty__store_diff(texts_room(), &nothing, &wanted, &changes);
    for (size_t i = 0; i < changes.count; i++) {
        toasty__buffer_clear(&out);
        int written = toasty__ddl_change(dialect, &changes.items[i], &out, &err);
        check_text("", err.message);
        if (written)
            TOASTY__PUSH(texts_room(), &statements, toasty__room_text(texts_room(), out.bytes, out.length));
    }
    toasty__buffer_done(&out);
    return statements;
}

#endif
