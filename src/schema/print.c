/* A schema as text.
 *
 *     toasty schema 1
 *     mapping 1
 *     targets postgresql sqlite
 *
 *     enum mood calm happy
 *
 *     table tasks model=Task
 *       column id uuid
 *       column mood enum=mood
 *       column person_id u64
 *       column place_city text null together=place_street
 *       column place_floor text null needs=place_street
 *       column place_street text null
 *       column volume i32 in=0,10
 *       foreign tasks_person_id_fkey person_id -> people id on_delete=cascade
 *       index tasks_person_id_idx person_id
 *       key id
 *
 * One fact a line, tables and lines sorted by word and name: order is not a fact about a schema, and what two
 * branches add rarely meets. What is not said has its default. A name that is not of letters, digits and _
 * stands in quotes, as in C. */
#include "schema/schema.h"

#include "base/buffer.h"

#include <stdlib.h>

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

static void print_name(toasty__buffer *out, const char *name)
{
    if (*name && name[strspn(name, LETTERS)] == '\0') {
        toasty__buffer_text(out, name);
        return;
    }
    toasty__buffer_char(out, '"');
    for (; *name; name++)
        if (*name == '"' || *name == '\\')
            toasty__buffer_printf(out, "\\%c", *name);
        else if ((unsigned char)*name < 0x20 || *name == 0x7f)
            toasty__buffer_printf(out, "\\x%02x", (unsigned)*name);
        else
            toasty__buffer_char(out, *name);
    toasty__buffer_char(out, '"');
}

static void print_names(toasty__buffer *out, const toasty__texts *names)
{
    for (size_t i = 0; i < names->count; i++) {
        toasty__buffer_char(out, ' ');
        print_name(out, names->items[i]);
    }
}

/* --- lines of a table --- */

static void print_column(toasty__buffer *out, const void *item)
{
    const toasty__schema_column *column = item;
    toasty__buffer_text(out, "  column ");
    print_name(out, column->name);
    if (column->type == TOASTY_TYPE_ENUM) {
        toasty__buffer_text(out, " enum=");
        print_name(out, column->labels ? column->labels : "");
    } else
        toasty__buffer_printf(out, " %s", toasty__schema_type_name(column->type));
    for (size_t i = 0; i < column->values.count; i++) {
        toasty__buffer_text(out, i ? "," : " in=");
        toasty__buffer_integer(out, column->values.items[i]);
    }
    if (column->null)
        toasty__buffer_text(out, " null");
    if (column->counts)
        toasty__buffer_text(out, " auto");
    if (column->needs) {
        toasty__buffer_text(out, column->together ? " together=" : " needs=");
        print_name(out, column->needs);
    }
    toasty__buffer_char(out, '\n');
}

static void print_index(toasty__buffer *out, const void *item)
{
    const toasty__schema_index *index = item;
    toasty__buffer_text(out, !index->name ? "  key" : index->unique ? "  unique " : "  index ");
    if (index->name)
        print_name(out, index->name);
    print_names(out, &index->columns);
    if (index->partition != 1)
        toasty__buffer_printf(out, " partition=%u", index->partition);
    toasty__buffer_char(out, '\n');
}

static void print_foreign(toasty__buffer *out, const void *item)
{
    const toasty__schema_foreign *foreign = item;
    toasty__buffer_text(out, "  foreign ");
    print_name(out, foreign->name);
    print_names(out, &foreign->columns);
    toasty__buffer_text(out, " -> ");
    print_name(out, foreign->table);
    print_names(out, &foreign->references);
    toasty__buffer_printf(out, " on_delete=%s\n", toasty__schema_rule_name(foreign->on_delete));
}

/* --- sorting --- */

/* Something with a name that is printed in its place. */
typedef struct entry {
    const char *name;
    const void *item;
    void (*print)(toasty__buffer *out, const void *item);
} entry;

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const entry *)a)->name, ((const entry *)b)->name);
}

static void print_sorted(toasty__buffer *out, entry *entries, size_t count)
{
    if (count)
        qsort(entries, count, sizeof *entries, compare_entries);
    for (size_t i = 0; i < count; i++)
        entries[i].print(out, entries[i].item);
}

/* Room for the sorting of as many things. Gone with the schema's room. */
static entry *entries_of(toasty__buffer *out, const toasty__schema *schema, size_t count)
{
    entry *entries = toasty__arena_calloc(&schema->room->arena, count + 1, sizeof *entries);
    out->failed |= !entries;
    return entries;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

#define PRINT_ALL(out, entries, list, print_item, is_meant)                                                  \
    do {                                                                                                     \
        size_t count_ = 0;                                                                                   \
        for (size_t i = 0; i < (list).count; i++)                                                            \
            if ((list).items[i].is_meant)                                                                    \
                entries[count_++] = (entry){(list).items[i].name, &(list).items[i], print_item};             \
        print_sorted(out, entries, count_);                                                                  \
    } while (0)

typedef struct table_entry {
    const toasty__schema *schema;
    const toasty__schema_table *table;
} table_entry;

static void print_table(toasty__buffer *out, const void *item)
{
    const table_entry *of = item;
    const toasty__schema_table *table = of->table;
    size_t most = larger(larger(table->columns.count, table->indexes.count), table->foreigns.count);
    entry *entries = entries_of(out, of->schema, most);
    if (!entries)
        return;
    toasty__buffer_text(out, "\ntable ");
    print_name(out, table->name);
    if (table->model) {
        toasty__buffer_text(out, " model=");
        print_name(out, table->model);
    }
    toasty__buffer_char(out, '\n');
    PRINT_ALL(out, entries, table->columns, print_column, name);
    PRINT_ALL(out, entries, table->foreigns, print_foreign, name);
    PRINT_ALL(out, entries, table->indexes, print_index, unique == false);
    if (table->key.columns.count)
        print_index(out, &table->key);
    PRINT_ALL(out, entries, table->indexes, print_index, unique);
}

static void print_enum(toasty__buffer *out, const void *item)
{
    const toasty__schema_enum *labels = item;
    toasty__buffer_text(out, "enum ");
    print_name(out, labels->name);
    print_names(out, &labels->labels);
    toasty__buffer_char(out, '\n');
}

static void print_target(toasty__buffer *out, const void *item)
{
    toasty__buffer_char(out, ' ');
    print_name(out, item);
}

void toasty__schema_print(const toasty__schema *schema, toasty__buffer *out)
{
    size_t count = schema->tables.count;
    size_t most = larger(larger(count, schema->enums.count), schema->targets.count);
    entry *entries = entries_of(out, schema, most);
    table_entry *tables = toasty__arena_calloc(&schema->room->arena, count + 1, sizeof *tables);
    out->failed |= !tables;
    if (out->failed)
        return;
    toasty__buffer_printf(out, "toasty schema %d\nmapping %u\n", TOASTY__SCHEMA_FORMAT, schema->mapping);
    if (schema->targets.count) {
        toasty__buffer_text(out, "targets");
        for (size_t i = 0; i < schema->targets.count; i++)
            entries[i] = (entry){schema->targets.items[i], schema->targets.items[i], print_target};
        print_sorted(out, entries, schema->targets.count);
        toasty__buffer_char(out, '\n');
    }
    toasty__buffer_text(out, schema->enums.count ? "\n" : "");
    PRINT_ALL(out, entries, schema->enums, print_enum, name);
    for (size_t i = 0; i < count; i++) {
        tables[i] = (table_entry){schema, &schema->tables.items[i]};
        entries[i] = (entry){schema->tables.items[i].name, &tables[i], print_table};
    }
    print_sorted(out, entries, count);
}
