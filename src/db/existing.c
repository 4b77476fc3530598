/* Comparing what is there with what the models say. Names and types are compared as text, exactly as the
 * dialect shows them. */
#include "existing.h"

#include "base/alloc.h"
#include "base/error.h"
#include "db/raw.h"

#include <string.h>

enum { NAME_SIZE = 256 };

static const char *cell(const toasty_rows *rows, size_t row, size_t column)
{
    const char *text = toasty_cell(rows, row, column);
    return text ? text : "";
}

static void prefixed(char out[NAME_SIZE], const char *prefix, const char *name)
{
    toasty__error_text(out, NAME_SIZE, prefix);
    size_t length = strlen(out);
    toasty__error_text(out + length, NAME_SIZE - length, name);
}

/* --- reading --- */

static int read_rows(toasty_db *db, const char *query, toasty_rows **rows, toasty_error *err)
{
    int64_t ignored;
    return query ? toasty__raw_run(db, query, NULL, 0, &ignored, rows, err) : 0;
}

int toasty__existing_read(toasty__existing *existing, toasty_db *db, const toasty__dialect *dialect,
                          toasty_error *err)
{
    *existing = (toasty__existing){0};
    if (read_rows(db, dialect->describe_columns, &existing->columns, err) == 0 &&
        read_rows(db, dialect->describe_indexes, &existing->indexes, err) == 0 &&
        read_rows(db, dialect->describe_types, &existing->types, err) == 0 &&
        read_rows(db, dialect->describe_constraints, &existing->constraints, err) == 0)
        return 0;
    toasty__existing_done(existing);
    return -1;
}

void toasty__existing_done(toasty__existing *existing)
{
    toasty__auto_free(&existing->columns);
    toasty__auto_free(&existing->indexes);
    toasty__auto_free(&existing->types);
    toasty__auto_free(&existing->constraints);
}

/* --- tables --- */

/* The row of a table's column (any column when NULL), or -1. */
static ptrdiff_t find_column(const toasty__existing *existing, const char *table, const char *column)
{
    for (size_t i = 0; i < existing->columns->len; i++)
        if (strcmp(cell(existing->columns, i, 0), table) == 0 &&
            (!column || strcmp(cell(existing->columns, i, 1), column) == 0))
            return (ptrdiff_t)i;
    return -1;
}

bool toasty__existing_has_table(const toasty__existing *existing, const char *table)
{
    return find_column(existing, table, NULL) >= 0;
}

static int differs(toasty_error *err, const char *table, const toasty_field *field)
{
    err->code = TOASTY_INVALID_SCHEMA;
    toasty__error_set(err, table, table);
    if (field)
        toasty__error_set(err, field, field->name);
    return -1;
}

static int compare_field(const toasty__existing *existing, const char *table, const toasty_field *field,
                         const char *prefix, const toasty__dialect *dialect, toasty_error *err)
{
    ptrdiff_t row = find_column(existing, table, field->column);
    if (row < 0) {
        toasty__fail(err, TOASTY_INVALID_SCHEMA, "table %s has no column %s, which its model has", table,
                     field->column);
        return differs(err, table, field);
    }
    toasty__buffer type;
    toasty__buffer_init(&type);
    dialect->column_type(field, prefix, &type);
    const char *there = cell(existing->columns, (size_t)row, 2);
    bool nullable = field->flags & (TOASTY_FIELD_NULLABLE | TOASTY_FIELD_NULL_COLUMN);
    bool nullable_there = strcmp(cell(existing->columns, (size_t)row, 3), "t") != 0;
    int status = 0;
    if (type.failed)
        status = toasty__fail_memory(err);
    else if (strcmp(there, type.bytes ? type.bytes : "") != 0)
        status = toasty__fail(err, TOASTY_INVALID_SCHEMA, "column %s.%s is %s, its model says %s", table,
                              field->column, there, type.bytes);
    else if (nullable != nullable_there)
        status = toasty__fail(err, TOASTY_INVALID_SCHEMA, "column %s.%s %s NULL, its model says that it %s",
                              table, field->column, nullable_there ? "may be" : "is never",
                              nullable ? "may" : "never is");
    toasty__buffer_done(&type);
    return status < 0 && err->code == TOASTY_INVALID_SCHEMA ? differs(err, table, field) : status;
}

static bool has_field(const toasty_model *model, const char *column)
{
    for (uint16_t i = 0; i < model->field_count; i++)
        if (strcmp(model->fields[i].column, column) == 0)
            return true;
    return false;
}

/* "a,b": the columns of an index, as a dialect lists them. */
static void list_columns(const toasty_model *model, const toasty_index *index, toasty__buffer *out)
{
    for (uint8_t i = 0; i < index->field_count; i++) {
        if (i)
            toasty__buffer_char(out, ',');
        toasty__buffer_text(out, model->fields[index->fields[i]].column);
    }
}

/* Compares one index with the rows of what is there: by its name, or any unique one of the table when name is
 * NULL. 1, 0 when there is none of the name, -1 with err. */
static int find_index(const toasty__existing *existing, const toasty_model *model, const char *table,
                      const toasty_index *index, const char *name, toasty_error *err)
{
    toasty__buffer columns;
    toasty__buffer_init(&columns);
    list_columns(model, index, &columns);
    int found = columns.failed ? toasty__fail_memory(err) : 0;
    for (size_t i = 0; i < existing->indexes->len && found == 0; i++) {
        bool unique = strcmp(cell(existing->indexes, i, 2), "t") == 0;
        bool same = unique == index->unique && strcmp(cell(existing->indexes, i, 3), columns.bytes) == 0;
        if (strcmp(cell(existing->indexes, i, 0), table) != 0)
            continue;
        if (name && strcmp(cell(existing->indexes, i, 1), name) == 0)
            found = same ? 1
                         : toasty__fail(err, TOASTY_INVALID_SCHEMA,
                                        "index %s of table %s is %s(%s), its model says %s(%s)", name, table,
                                        unique ? "unique " : "", cell(existing->indexes, i, 3),
                                        index->unique ? "unique " : "", columns.bytes);
        else if (!name && unique && strcmp(cell(existing->indexes, i, 3), columns.bytes) == 0)
            found = 1;
    }
    toasty__buffer_done(&columns);
    return found < 0 && err->code == TOASTY_INVALID_SCHEMA ? differs(err, table, NULL) : found;
}

static bool has_constraint(const toasty__existing *existing, const char *table, const char *name)
{
    for (size_t i = 0; i < existing->constraints->len; i++)
        if (strcmp(cell(existing->constraints, i, 0), table) == 0 &&
            strcmp(cell(existing->constraints, i, 1), name) == 0)
            return true;
    return false;
}

/* Whether the checks and foreign keys of a table are there; what they say is not looked at. */
static int compare_constraints(const toasty__existing *existing, const toasty_model *model, const char *table,
                               const char *prefix, const toasty__dialect *dialect, toasty_error *err)
{
    toasty__ddl_object wanted;
    for (size_t n = 0; dialect->constraint(model, prefix, n, &wanted); n++) {
        if (has_constraint(existing, table, wanted.name))
            continue;
        toasty__fail(err, TOASTY_INVALID_SCHEMA, "table %s has no %s %s, which its model has", table,
                     wanted.kind == TOASTY__DDL_FOREIGN_KEY ? "foreign key" : "check", wanted.name);
        toasty__error_set(err, constraint, wanted.name);
        return differs(err, table, NULL);
    }
    return 0;
}

static int compare_table(const toasty__existing *existing, const toasty_model *model, const char *prefix,
                         const toasty__dialect *dialect, toasty_error *err)
{
    char table[NAME_SIZE];
    prefixed(table, prefix, model->table);
    if (!toasty__existing_has_table(existing, table))
        return 0;
    for (uint16_t i = 0; i < model->field_count; i++)
        if (compare_field(existing, table, &model->fields[i], prefix, dialect, err) < 0)
            return -1;
    for (size_t i = 0; i < existing->columns->len; i++) {
        if (strcmp(cell(existing->columns, i, 0), table) != 0 ||
            has_field(model, cell(existing->columns, i, 1)))
            continue;
        toasty__fail(err, TOASTY_INVALID_SCHEMA, "table %s has a column %s, which its model has not", table,
                     cell(existing->columns, i, 1));
        return differs(err, table, NULL);
    }
    int key = find_index(existing, model, table, &model->indexes[0], NULL, err);
    if (key != 0)
        return key < 0 ? -1 : compare_constraints(existing, model, table, prefix, dialect, err);
    toasty__fail(err, TOASTY_INVALID_SCHEMA, "the primary key of table %s is not the one of its model",
                 table);
    return differs(err, table, NULL);
}

int toasty__existing_compare(const toasty__existing *existing, const toasty_schema *schema,
                             const char *prefix, const toasty__dialect *dialect, toasty_error *err)
{
    for (size_t i = 0; i < schema->model_count; i++)
        if (compare_table(existing, schema->models[i], prefix, dialect, err) < 0)
            return -1;
    return 0;
}

/* --- single objects --- */

static const toasty_enum *find_enum(const toasty_schema *schema, const char *prefix, const char *name)
{
    char named[NAME_SIZE];
    for (size_t i = 0; i < schema->model_count; i++) {
        const toasty_model *model = schema->models[i];
        for (uint16_t j = 0; j < model->field_count; j++) {
            const toasty_enum *labels = model->fields[j].labels;
            if (!labels)
                continue;
            prefixed(named, prefix, labels->name);
            if (strcmp(named, name) == 0 || strcmp(labels->name, name) == 0)
                return labels;
        }
    }
    return NULL;
}

static int has_type(const toasty__existing *existing, const toasty_enum *labels, const char *name,
                    toasty_error *err)
{
    for (size_t i = 0; existing->types && i < existing->types->len; i++) {
        if (strcmp(cell(existing->types, i, 0), name) != 0)
            continue;
        toasty__buffer list;
        toasty__buffer_init(&list);
        for (uint16_t j = 0; labels && j < labels->count; j++) {
            toasty__buffer_text(&list, j ? "," : "");
            toasty__buffer_text(&list, labels->labels[j]);
        }
        int status = 1;
        if (list.failed)
            status = toasty__fail_memory(err);
        else if (labels && strcmp(list.bytes, cell(existing->types, i, 1)) != 0)
            status = toasty__fail(err, TOASTY_INVALID_SCHEMA, "type %s has the labels %s, the models say %s",
                                  name, cell(existing->types, i, 1), list.bytes);
        toasty__buffer_done(&list);
        return status;
    }
    return 0;
}

static int has_index(const toasty__existing *existing, const toasty_model *model, const char *prefix,
                     const char *name, toasty_error *err)
{
    char table[NAME_SIZE], named[NAME_SIZE];
    prefixed(table, prefix, model->table);
    for (uint16_t i = 0; i < model->index_count; i++) {
        prefixed(named, prefix, model->indexes[i].name);
        if (strcmp(named, name) == 0 || strcmp(model->indexes[i].name, name) == 0)
            return find_index(existing, model, table, &model->indexes[i], name, err);
    }
    return 0;
}

int toasty__existing_has(const toasty__existing *existing, const toasty_schema *schema, const char *prefix,
                         const toasty__ddl_object *object, toasty_error *err)
{
    char table[NAME_SIZE];
    switch (object->kind) {
    case TOASTY__DDL_TYPE:
        return has_type(existing, find_enum(schema, prefix, object->name), object->name, err);
    case TOASTY__DDL_INDEX:
        return has_index(existing, object->model, prefix, object->name, err);
    default:
        prefixed(table, prefix, object->model->table);
        return toasty__existing_has_table(existing, table);
    }
}
