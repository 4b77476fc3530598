/* The statement of one change of a schema: see ddl.h. */
#include "sql/ddl.h"

#include "base/error.h"
#include "sql/writer.h"

#include <string.h>

typedef struct ddl {
    toasty__sql_writer w;
    const toasty__sql_schema *dialect;
    const toasty__change *change;
} ddl;

static void write_names(ddl *d, const toasty__texts *names)
{
    for (size_t i = 0; i < names->count; i++) {
        toasty__sql_text(&d->w, i ? ", " : "");
        toasty__sql_name(&d->w, names->items[i]);
    }
}

/* --- tables --- */

static void write_column(ddl *d, const toasty__store_column *column)
{
    toasty__sql_name(&d->w, column->name);
    toasty__sql_text(&d->w, " ");
    if (column->own_type)
        toasty__sql_name(&d->w, column->type);
    else
        toasty__sql_text(&d->w, column->type);
    if (column->collation &&
        (!d->dialect->collation || strcmp(column->collation, d->dialect->collation) != 0)) {
        toasty__sql_text(&d->w, " COLLATE ");
        toasty__sql_name(&d->w, column->collation);
    }
    toasty__sql_text(&d->w, column->null ? "" : " NOT NULL");
    toasty__sql_text(&d->w, column->counts ? d->dialect->counts : "");
}

static bool says_its_key(const ddl *d, const toasty__store_table *table)
{
    for (size_t i = 0; i < table->columns.count && d->dialect->mapping.counts_whole_keys; i++)
        if (table->columns.items[i].counts)
            return true;
    return false;
}

static void write_parts(ddl *d, const toasty__store_index *index)
{
    for (size_t i = 0; i < index->parts.count; i++) {
        const toasty__store_part *part = &index->parts.items[i];
        toasty__sql_text(&d->w, i ? ", " : " (");
        toasty__sql_name(&d->w, part->column);
        toasty__sql_text(&d->w, part->descending ? " DESC" : "");
        toasty__sql_text(&d->w, part->nulls_first ? " NULLS FIRST" : "");
    }
    toasty__sql_text(&d->w, ")");
}

static void write_constraint(ddl *d, const char *name)
{
    toasty__sql_text(&d->w, "CONSTRAINT ");
    toasty__sql_name(&d->w, name);
}

static void write_foreign(ddl *d, const toasty__store_foreign *foreign)
{
    write_constraint(d, foreign->name);
    toasty__sql_text(&d->w, " FOREIGN KEY (");
    write_names(d, &foreign->columns);
    toasty__sql_text(&d->w, ") REFERENCES ");
    toasty__sql_name(&d->w, foreign->table);
    toasty__sql_text(&d->w, " (");
    write_names(d, &foreign->references);
    toasty__sql_text(&d->w, ") ON DELETE ");
    toasty__sql_text(&d->w, foreign->on_delete);
}

static const toasty__sql_index_words *words_inside(const ddl *d, const toasty__store_index *index)
{
    return index->unique ? &d->dialect->unique_inside : &d->dialect->index_inside;
}

static void write_indexes(ddl *d, const toasty__store_table *table)
{
    for (size_t i = 0; i < table->indexes.count; i++) {
        const toasty__store_index *index = &table->indexes.items[i];
        const toasty__sql_index_words *words = words_inside(d, index);
        if (!words->before)
            continue;
        toasty__sql_text(&d->w, ",\n    ");
        toasty__sql_text(&d->w, words->before);
        toasty__sql_name(&d->w, index->name);
        toasty__sql_text(&d->w, words->after);
        write_parts(d, index);
    }
}

static int create_table(ddl *d)
{
    const toasty__store_table *table = d->change->table;
    toasty__sql_text(&d->w, "CREATE TABLE ");
    toasty__sql_name(&d->w, table->name);
    for (size_t i = 0; i < table->columns.count; i++) {
        toasty__sql_text(&d->w, i ? ",\n    " : " (\n    ");
        write_column(d, &table->columns.items[i]);
    }
    if (!says_its_key(d, table)) {
        toasty__sql_text(&d->w, ",\n    ");
        write_constraint(d, table->key.name);
        toasty__sql_text(&d->w, " PRIMARY KEY");
        write_parts(d, &table->key);
    }
    write_indexes(d, table);
    for (size_t i = 0; i < table->checks.count; i++) {
        toasty__sql_text(&d->w, ",\n    ");
        write_constraint(d, table->checks.items[i].name);
        toasty__sql_text(&d->w, " CHECK (");
        toasty__sql_text(&d->w, table->checks.items[i].expression);
        toasty__sql_text(&d->w, ")");
    }
    for (size_t i = 0; i < table->foreigns.count && d->dialect->foreign_keys_inside; i++) {
        toasty__sql_text(&d->w, ",\n    ");
        write_foreign(d, &table->foreigns.items[i]);
    }
    toasty__sql_text(&d->w, "\n)");
    toasty__sql_text(&d->w, d->dialect->table_end);
    return 1;
}

static int drop_table(ddl *d)
{
    toasty__sql_text(&d->w, "DROP TABLE IF EXISTS ");
    toasty__sql_name(&d->w, d->change->table->name);
    toasty__sql_text(&d->w, d->dialect->drop_end);
    return 1;
}

/* --- beside tables --- */

static int add_index(ddl *d)
{
    toasty__sql_text(&d->w, d->change->index->unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
    toasty__sql_name(&d->w, d->change->index->name);
    toasty__sql_text(&d->w, " ON ");
    toasty__sql_name(&d->w, d->change->table->name);
    write_parts(d, d->change->index);
    return 1;
}

static int create_index(ddl *d)
{
    return words_inside(d, d->change->index)->before ? 0 : add_index(d);
}

static int create_foreign(ddl *d)
{
    if (d->dialect->foreign_keys_inside)
        return 0;
    toasty__sql_text(&d->w, "ALTER TABLE ");
    toasty__sql_name(&d->w, d->change->table->name);
    toasty__sql_text(&d->w, " ADD ");
    write_foreign(d, d->change->foreign);
    return 1;
}

static void write_literal(ddl *d, const char *text)
{
    if (!d->dialect->escape || !strchr(text, '\\')) {
        toasty__sql_literal(&d->w, text);
        return;
    }
    toasty__buffer doubled;
    toasty__buffer_init(&doubled);
    for (const char *at = text; *at; at++) {
        toasty__buffer_char(&doubled, *at);
        if (*at == '\\')
            toasty__buffer_char(&doubled, *at);
    }
    toasty__sql_text(&d->w, d->dialect->escape);
    toasty__sql_literal(&d->w, doubled.failed ? "" : doubled.bytes);
    d->w.out->failed |= doubled.failed;
    toasty__buffer_done(&doubled);
}

static int create_enum(ddl *d)
{
    const toasty__texts *labels = &d->change->labels->labels;
    toasty__sql_text(&d->w, "CREATE TYPE ");
    toasty__sql_name(&d->w, d->change->name);
    toasty__sql_text(&d->w, " AS ENUM (");
    for (size_t i = 0; i < labels->count; i++) {
        toasty__sql_text(&d->w, i ? ", " : "");
        write_literal(d, labels->items[i]);
    }
    toasty__sql_text(&d->w, ")");
    return 1;
}

static int drop_enum(ddl *d)
{
    toasty__sql_text(&d->w, "DROP TYPE IF EXISTS ");
    toasty__sql_name(&d->w, d->change->name);
    return 1;
}

/* --- all --- */

static int (*const writers[])(ddl *d) = {
    [TOASTY__CHANGE_CREATE_ENUM] = create_enum,       [TOASTY__CHANGE_CREATE_TABLE] = create_table,
    [TOASTY__CHANGE_ADD_INDEX] = add_index,           [TOASTY__CHANGE_CREATE_INDEX] = create_index,
    [TOASTY__CHANGE_CREATE_FOREIGN] = create_foreign, [TOASTY__CHANGE_DROP_TABLE] = drop_table,
    [TOASTY__CHANGE_DROP_ENUM] = drop_enum,
};

int toasty__ddl_change(const toasty__sql_schema *dialect, const toasty__change *change, toasty__buffer *out,
                       toasty_error *err)
{
    ddl d = {.w = {.out = out, .quote = dialect->mapping.quote, .prefix = ""},
             .dialect = dialect,
             .change = change};
    if (change->kind >= sizeof writers / sizeof *writers || !writers[change->kind])
        return toasty__fail(err, TOASTY_UNSUPPORTED, "no statement is written for this: %s", change->name);
    int written = writers[change->kind](&d);
    return out->failed ? toasty__fail_memory(err) : written;
}

const toasty__sql_schema *const toasty__sql_schemas[] = {&toasty__sql_schema_sqlite,
                                                         &toasty__sql_schema_postgresql, NULL};
