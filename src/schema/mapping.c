/* From what the models say to what one database has: see mapping.h. */
#include "schema/mapping.h"

#include "base/buffer.h"
#include "base/error.h"
#include "core/key_room.h"
#include "core/names.h"

#include <inttypes.h>

typedef struct mapper {
    toasty__room *room;
    const toasty__mapping *mapping;
    const toasty_capability *can;
    const toasty__schema *schema;
    const char *prefix;
    const char *unsupported;
} mapper;

/* --- names --- */

static const char *prefixed(mapper *m, const char *name)
{
    return *m->prefix ? toasty__room_printf(m->room, "%s%s", m->prefix, name) : name;
}

static const char *derived(mapper *m, toasty__name_kind kind, const char *table, const toasty__texts *columns)
{
    char name[TOASTY__NAME_LIMIT + 1];
    return toasty__room_strdup(
        m->room, toasty__name_index(name, TOASTY__NAME_LIMIT, kind, table, columns->items, columns->count));
}

/* The name of something beside a table. With a prefix it is what the prefixed table gives, since a database
 * has such names in one room. */
static const char *beside(mapper *m, toasty__name_kind kind, const char *given,
                          const toasty__schema_table *table, const toasty__texts *columns)
{
    return given && !*m->prefix ? given : derived(m, kind, prefixed(m, table->name), columns);
}

/* --- literals --- */

static void write_quoted(const toasty__mapping *mapping, toasty__buffer *out, const char *text, char quote)
{
    bool escapes = mapping->backslash_escapes && quote == '\'';
    toasty__buffer_char(out, quote);
    for (; *text; text++) {
        if (*text == quote || (escapes && *text == '\\'))
            toasty__buffer_char(out, *text);
        toasty__buffer_char(out, *text);
    }
    toasty__buffer_char(out, quote);
}

/* enum('a','b') */
static const char *written_enum(mapper *m, const char *name)
{
    const toasty__schema_enum *labels = name ? toasty__schema_find_enum(m->schema, name) : NULL;
    toasty__buffer text;
    toasty__buffer_init(&text);
    for (size_t i = 0; labels && i < labels->labels.count; i++) {
        toasty__buffer_text(&text, i ? "," : "enum(");
        write_quoted(m->mapping, &text, labels->labels.items[i], '\'');
    }
    toasty__buffer_char(&text, ')');
    const char *type = text.failed ? NULL : toasty__room_text(m->room, text.bytes, text.length);
    m->room->failed |= text.failed;
    toasty__buffer_done(&text);
    return type;
}

/* --- columns --- */

static bool is_in_an_index(const toasty__schema_table *table, const char *column)
{
    if (toasty__texts_have(&table->key.columns, column))
        return true;
    for (size_t i = 0; i < table->indexes.count; i++)
        if (toasty__texts_have(&table->indexes.items[i].columns, column))
            return true;
    return false;
}

/* The bytes that each text in an index can have. */
static size_t share_of(mapper *m, const toasty__schema_table *table, const toasty__texts *columns)
{
    toasty__key_room room = {m->can->key_bytes, 0};
    for (size_t i = 0; i < columns->count; i++) {
        const toasty__schema_column *column = toasty__schema_find_column(table, columns->items[i]);
        if (column)
            toasty__key_room_add(&room, column->type);
    }
    return toasty__key_room_share(&room);
}

/* The type of text or bytes that must fit in every index it is part of. */
static const char *key_type(mapper *m, const toasty__schema_table *table, const toasty__schema_column *column)
{
    bool is_text = column->type == TOASTY_TYPE_TEXT;
    size_t most = m->can->key_bytes, share;
    if (toasty__texts_have(&table->key.columns, column->name))
        most = share_of(m, table, &table->key.columns);
    for (size_t i = 0; i < table->indexes.count; i++)
        if (toasty__texts_have(&table->indexes.items[i].columns, column->name) &&
            (share = share_of(m, table, &table->indexes.items[i].columns)) < most)
            most = share;
    size_t length = is_text ? most / TOASTY__BYTES_OF_CHARACTER : most;
    if (!length)
        m->unsupported = "an index whose other columns leave no room for text";
    return toasty__room_printf(m->room, is_text ? m->mapping->key_text : m->mapping->key_blob,
                               (unsigned)length);
}

static const char *type_of(mapper *m, const toasty__schema_table *table, const toasty__schema_column *column)
{
    if (column->type == TOASTY_TYPE_ENUM && m->mapping->labels_in_type)
        return written_enum(m, column->labels);
    const char *in_key = column->type == TOASTY_TYPE_TEXT    ? m->mapping->key_text
                         : column->type == TOASTY_TYPE_BYTES ? m->mapping->key_blob
                                                             : NULL;
    return in_key && m->can->key_bytes && is_in_an_index(table, column->name)
               ? key_type(m, table, column)
               : m->mapping->types[column->type];
}

static toasty__store_column column_of(mapper *m, const toasty__schema_table *table,
                                      const toasty__schema_column *column)
{
    const char *type = type_of(m, table, column);
    const toasty__texts *key = &table->key.columns;
    bool whole_key = key->count == 1 && strcmp(key->items[0], column->name) == 0;
    if (column->counts && m->mapping->counts_whole_keys && !whole_key)
        m->unsupported = "an integer that counts up and is not the whole primary key";
    return (toasty__store_column){
        .name = column->name,
        .type = type ? type : prefixed(m, column->labels ? column->labels : ""),
        .collation = column->type == TOASTY_TYPE_TEXT ? m->mapping->text_collation : NULL,
        .own_type = !type && !m->mapping->labels_in_type,
        .null = column->null || m->mapping->keys_only,
        .counts = column->counts,
    };
}

/* --- checks --- */

/* What a C integer holds, where its column holds more. False when the type says it all. */
static bool write_range(const mapper *m, toasty__buffer *out, uint8_t type)
{
    toasty__integer_range range = toasty__integer_range_of(type);
    bool has_width = m->mapping->integer_widths && (type == TOASTY_TYPE_I16 || type == TOASTY_TYPE_I32);
    if (m->can->integer_ranges || toasty__class_of(type) != TOASTY_CLASS_INTEGER || has_width ||
        type == TOASTY_TYPE_I64)
        return false;
    if (type == TOASTY_TYPE_U64)
        toasty__buffer_text(out, " >= 0");
    else
        toasty__buffer_printf(out, " BETWEEN %" PRId64 " AND %" PRIu64, range.low, range.high);
    return true;
}

static void write_values(toasty__buffer *out, const toasty__integers *values)
{
    for (size_t i = 0; i < values->count; i++) {
        toasty__buffer_text(out, i ? ", " : " IN (");
        toasty__buffer_integer(out, values->items[i]);
    }
    toasty__buffer_text(out, ")");
}

static void write_labels(mapper *m, toasty__buffer *out, const toasty__schema_column *column)
{
    const toasty__schema_enum *labels = toasty__schema_find_enum(m->schema, column->labels);
    for (size_t i = 0; labels && i < labels->labels.count; i++) {
        toasty__buffer_text(out, i ? ", " : " IN (");
        write_quoted(m->mapping, out, labels->labels.items[i], '\'');
    }
    toasty__buffer_text(out, ")");
}

/* The rest of the check behind the column's name. False when the column needs none. A key that is counted up,
 * and one that refers to it, hold nothing that a row did not have. */
static bool write_check(mapper *m, toasty__buffer *out, const toasty__schema_table *table,
                        const toasty__schema_column *column)
{
    bool is_key = column->counts || toasty__schema_is_reference(table, column->name);
    if (column->type == TOASTY_TYPE_ENUM && m->mapping->types[TOASTY_TYPE_ENUM] && column->labels)
        write_labels(m, out, column);
    else if (column->values.count)
        write_values(out, &column->values);
    else
        return !is_key && write_range(m, out, column->type);
    return true;
}

/* A part of an optional struct is NULL where the struct is, which another part says. */
static void write_needs(mapper *m, toasty__buffer *out, const toasty__schema_column *column)
{
    toasty__buffer_text(out, "(");
    write_quoted(m->mapping, out, column->name, m->mapping->quote);
    toasty__buffer_text(out, column->together ? " IS NULL) = (" : " IS NULL OR ");
    write_quoted(m->mapping, out, column->needs, m->mapping->quote);
    toasty__buffer_text(out, column->together ? " IS NULL)" : " IS NOT NULL)");
}

/* about: NULL, or a word in its name that tells it from the other check of the column. */
static void add_check(mapper *m, toasty__store_table *out, const toasty__schema_table *table,
                      const toasty__schema_column *column, const char *about, const toasty__buffer *text)
{
    toasty__texts columns = {0};
    TOASTY__PUSH(m->room, &columns, column->name);
    if (about)
        TOASTY__PUSH(m->room, &columns, about);
    m->room->failed |= text->failed;
    if (!m->room->failed)
        TOASTY__PUSH(
            m->room, &out->checks,
            (toasty__store_check){.name = beside(m, TOASTY__NAME_CHECK, NULL, table, &columns),
                                  .expression = toasty__room_text(m->room, text->bytes, text->length)});
}

static void map_checks(mapper *m, toasty__store_table *out, const toasty__schema_table *table,
                       const toasty__schema_column *column)
{
    toasty__buffer text;
    toasty__buffer_init(&text);
    write_quoted(m->mapping, &text, column->name, m->mapping->quote);
    if (write_check(m, &text, table, column))
        add_check(m, out, table, column, NULL, &text);
    toasty__buffer_clear(&text);
    if (column->needs) {
        write_needs(m, &text, column);
        add_check(m, out, table, column, "needs", &text);
    }
    toasty__buffer_done(&text);
}

/* --- indexes and foreign keys --- */

static toasty__store_index index_of(mapper *m, const toasty__schema_table *table,
                                    const toasty__schema_index *index)
{
    static const toasty__texts none = {0};
    toasty__name_kind kind = !index->name    ? TOASTY__NAME_PRIMARY
                             : index->unique ? TOASTY__NAME_UNIQUE
                                             : TOASTY__NAME_INDEX;
    toasty__store_index made = {
        .name = !index->name && m->mapping->key_name
                    ? m->mapping->key_name
                    : beside(m, kind, index->name, table, index->name ? &index->columns : &none),
        .partition = m->mapping->keys_only ? index->partition : 0,
        .unique = index->unique};
    for (size_t i = 0; i < index->columns.count; i++) {
        const toasty__schema_column *column = toasty__schema_find_column(table, index->columns.items[i]);
        toasty__store_part part = {.column = index->columns.items[i],
                                   .nulls_first = m->mapping->nulls_are_largest && column && column->null};
        TOASTY__PUSH(m->room, &made.parts, part);
    }
    return made;
}

static toasty__store_foreign foreign_of(mapper *m, const toasty__schema_table *table,
                                        const toasty__schema_foreign *foreign)
{
    static const char *const rules[] = {[TOASTY_ON_DELETE_CASCADE] = "CASCADE",
                                        [TOASTY_ON_DELETE_SET_NULL] = "SET NULL",
                                        [TOASTY_ON_DELETE_RESTRICT] = "RESTRICT"};
    return (toasty__store_foreign){
        .name = beside(m, TOASTY__NAME_FOREIGN, foreign->name, table, &foreign->columns),
        .table = prefixed(m, foreign->table),
        .columns = foreign->columns,
        .references = foreign->references,
        .on_delete = rules[foreign->on_delete]};
}

/* --- tables --- */

static int check_length(const char *what, const char *name, toasty_error *err)
{
    if (strlen(name) <= TOASTY__NAME_LIMIT)
        return 0;
    return toasty__fail(err, TOASTY_INVALID_SCHEMA,
                        "the name of %s %s with its prefix has more than %d bytes: choose a shorter prefix",
                        what, name, TOASTY__NAME_LIMIT);
}

static int map_table(mapper *m, toasty__store *store, const toasty__schema_table *table, toasty_error *err)
{
    toasty__store_table made = {.name = prefixed(m, table->name), .options = m->mapping->table_options};
    if (check_length("table", made.name, err) < 0)
        return -1;
    for (size_t i = 0; i < table->columns.count; i++) {
        const toasty__schema_column *column = &table->columns.items[i];
        if (m->mapping->keys_only && !is_in_an_index(table, column->name))
            continue;
        TOASTY__PUSH(m->room, &made.columns, column_of(m, table, column));
        if (m->mapping->checks)
            map_checks(m, &made, table, column);
    }
    made.key = index_of(m, table, &table->key);
    for (size_t i = 0; i < table->indexes.count; i++)
        TOASTY__PUSH(m->room, &made.indexes, index_of(m, table, &table->indexes.items[i]));
    for (size_t i = 0; i < table->foreigns.count && m->can->foreign_keys; i++)
        TOASTY__PUSH(m->room, &made.foreigns, foreign_of(m, table, &table->foreigns.items[i]));
    TOASTY__PUSH(m->room, &store->tables, made);
    return 0;
}

static bool is_used(const toasty__schema *schema, const char *labels)
{
    for (size_t t = 0; t < schema->tables.count; t++)
        for (size_t c = 0; c < schema->tables.items[t].columns.count; c++) {
            const toasty__schema_column *column = &schema->tables.items[t].columns.items[c];
            if (column->type == TOASTY_TYPE_ENUM && column->labels && strcmp(column->labels, labels) == 0)
                return true;
        }
    return false;
}

static int map_enums(mapper *m, toasty__store *store, toasty_error *err)
{
    for (size_t i = 0;
         i < m->schema->enums.count && !m->mapping->types[TOASTY_TYPE_ENUM] && !m->mapping->labels_in_type;
         i++) {
        const toasty__schema_enum *labels = &m->schema->enums.items[i];
        toasty__store_enum made = {.name = prefixed(m, labels->name), .labels = labels->labels};
        if (!is_used(m->schema, labels->name))
            continue;
        if (check_length("type", made.name, err) < 0)
            return -1;
        TOASTY__PUSH(m->room, &store->enums, made);
    }
    return 0;
}

int toasty__store_from_schema(toasty__store *store, const toasty__mapping *mapping,
                              const toasty_capability *can, const toasty__schema *schema, const char *prefix,
                              toasty_error *err)
{
    mapper m = {.room = store->room, .mapping = mapping, .can = can, .schema = schema, .prefix = prefix};
    *store = (toasty__store){.room = store->room};
    int status = map_enums(&m, store, err);
    for (size_t i = 0; status == 0 && i < schema->tables.count; i++)
        status = map_table(&m, store, &schema->tables.items[i], err);
    if (status < 0)
        return -1;
    if (m.unsupported)
        return toasty__fail(err, TOASTY_UNSUPPORTED, "%s does not support %s", mapping->database,
                            m.unsupported);
    return m.room->failed ? toasty__fail_memory(err) : 0;
}
