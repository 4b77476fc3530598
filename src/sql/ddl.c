/* Tables, indexes, foreign keys and types of a schema: see ddl.h.
 *
 * A step is found by walking the schema and counting, so nothing is kept between calls. Types come first,
 * then tables, indexes, and foreign keys, which may point in circles. */
#include "sql/ddl.h"

#include "base/alloc.h"
#include "base/error.h"
#include "core/names.h"

#include <stdio.h>
#include <string.h>

typedef struct ddl {
    toasty__sql_writer w;
    const toasty__ddl_rules *rules;
    const toasty_schema *schema;
    size_t left; /* steps before the one that is wanted */
    toasty__ddl_object *object;
} ddl;

/* True when this statement is the one that is wanted. */
static bool wanted(ddl *d)
{
    return d->left-- == 0;
}

/* --- names --- */

static void set_object(ddl *d, int kind, const toasty_model *model, const char *prefix, const char *name)
{
    d->object->kind = kind;
    d->object->model = model;
    snprintf(d->object->name, sizeof d->object->name, "%s%s", prefix, name);
}

/* The name of something beside a table: `name`, or with a prefix the one that the prefixed table gives. */
static void set_beside(ddl *d, int kind, const toasty_model *model, toasty__name_kind name_kind,
                       const char *name, const uint16_t *fields, size_t count)
{
    if (name && !*d->w.prefix) {
        set_object(d, kind, model, "", name);
        return;
    }
    enum { MOST_COLUMNS = 32 };
    const char *columns[MOST_COLUMNS];
    char table[2 * sizeof d->object->name], out[TOASTY__NAME_LIMIT + 1];
    if (count > MOST_COLUMNS)
        count = MOST_COLUMNS;
    for (size_t i = 0; i < count; i++)
        columns[i] = model->fields[fields[i]].column;
    snprintf(table, sizeof table, "%s%s", d->w.prefix, model->table);
    set_object(d, kind, model, "",
               toasty__name_index(out, TOASTY__NAME_LIMIT, name_kind, table, columns, count));
}

static void write_columns(ddl *d, const toasty_model *model, const uint16_t *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        toasty__sql_text(&d->w, i ? ", " : "");
        toasty__sql_name(&d->w, model->fields[fields[i]].column);
    }
}

static void write_labels(ddl *d, const toasty_enum *labels, bool as_values)
{
    for (uint16_t i = 0; i < labels->count; i++) {
        toasty__sql_text(&d->w, i ? ", " : "(");
        if (as_values)
            toasty__buffer_printf(d->w.out, "%lld", (long long)labels->values[i]);
        else
            toasty__sql_literal(&d->w, labels->labels[i]);
    }
    toasty__sql_text(&d->w, ")");
}

/* --- foreign keys --- */

static void name_foreign_key(ddl *d, const toasty_model *model, const toasty_relation *relation)
{
    set_beside(d, TOASTY__DDL_FOREIGN_KEY, model, TOASTY__NAME_FOREIGN, relation->constraint,
               relation->own_fields, relation->field_count);
}

static void write_foreign_key(ddl *d, const toasty_model *model, const toasty_relation *relation)
{
    static const char *const rules[] = {[TOASTY_ON_DELETE_CASCADE] = "CASCADE",
                                        [TOASTY_ON_DELETE_SET_NULL] = "SET NULL",
                                        [TOASTY_ON_DELETE_RESTRICT] = "RESTRICT"};
    name_foreign_key(d, model, relation);
    toasty__sql_text(&d->w, "CONSTRAINT ");
    toasty__sql_name(&d->w, d->object->name);
    toasty__sql_text(&d->w, " FOREIGN KEY (");
    write_columns(d, model, relation->own_fields, relation->field_count);
    toasty__sql_text(&d->w, ") REFERENCES ");
    toasty__sql_prefixed(&d->w, relation->target->table);
    toasty__sql_text(&d->w, " (");
    write_columns(d, relation->target, relation->their_fields, relation->field_count);
    toasty__sql_text(&d->w, ") ON DELETE ");
    toasty__sql_text(&d->w, rules[relation->on_delete]);
}

static bool create_foreign_keys(ddl *d, const toasty_model *model)
{
    for (uint16_t i = 0; i < model->relation_count; i++)
        if (model->relations[i].kind == TOASTY_BELONGS_TO && wanted(d)) {
            toasty__sql_text(&d->w, "ALTER TABLE ");
            toasty__sql_prefixed(&d->w, model->table);
            toasty__sql_text(&d->w, " ADD ");
            write_foreign_key(d, model, &model->relations[i]);
            return true;
        }
    return false;
}

/* --- tables --- */

static bool counts_up(const toasty_field *field)
{
    return field->on_create == TOASTY_SOURCE_SEQUENCE;
}

static void write_column(ddl *d, const toasty_model *model, const toasty_field *field)
{
    const toasty_index *key = &model->indexes[0];
    toasty__sql_name(&d->w, field->column);
    toasty__sql_text(&d->w, " ");
    d->rules->column_type(&d->w, field);
    if (!(field->flags & TOASTY_FIELD_NULL_COLUMN))
        toasty__sql_text(&d->w, " NOT NULL");
    if (!counts_up(field))
        return;
    if (d->rules->sequence_is_primary && (key->field_count != 1 || &model->fields[key->fields[0]] != field))
        d->w.unsupported = "an integer that counts up and is not the whole primary key";
    toasty__sql_text(&d->w, d->rules->sequence);
}

static void write_primary_key(ddl *d, const toasty_model *model)
{
    const toasty_index *key = &model->indexes[0];
    if (d->rules->sequence_is_primary && counts_up(&model->fields[key->fields[0]]))
        return; /* its column has said so */
    set_beside(d, TOASTY__DDL_INDEX, model, TOASTY__NAME_PRIMARY, key->name, NULL, 0);
    toasty__sql_text(&d->w, ", CONSTRAINT ");
    toasty__sql_name(&d->w, d->object->name);
    toasty__sql_text(&d->w, " PRIMARY KEY (");
    write_columns(d, model, key->fields, key->field_count);
    toasty__sql_text(&d->w, ")");
}

/* What a C integer holds and its column does not know: the column is wider. NULL when the type says it all.
 */
static const char *integer_range(const ddl *d, const toasty_field *field)
{
    /* A key that is counted up, and one that refers to it, hold nothing that a row did not have. */
    if (counts_up(field) || field->flags & TOASTY_FIELD_REFERENCE)
        return NULL;
    switch ((toasty_type)field->type) {
    case TOASTY_TYPE_I8:
        return "BETWEEN -128 AND 127";
    case TOASTY_TYPE_I16:
        return d->rules->integer_widths ? NULL : "BETWEEN -32768 AND 32767";
    case TOASTY_TYPE_I32:
        return d->rules->integer_widths ? NULL : "BETWEEN -2147483648 AND 2147483647";
    case TOASTY_TYPE_U8:
        return "BETWEEN 0 AND 255";
    case TOASTY_TYPE_U16:
        return "BETWEEN 0 AND 65535";
    case TOASTY_TYPE_U32:
        return "BETWEEN 0 AND 4294967295";
    case TOASTY_TYPE_U64:
        return ">= 0";
    default:
        return NULL;
    }
}

/* An enum's column holds its labels, or its values when the field is an integer. A type of the database's own
 * holds no others by itself. */
static bool checks_values(const ddl *d, const toasty_field *field)
{
    return field->labels && !(field->type == TOASTY_TYPE_ENUM && d->rules->enum_types);
}

static const char *checked_range(const ddl *d, const toasty_field *field)
{
    return field->labels ? NULL : integer_range(d, field);
}

static bool has_check(const ddl *d, const toasty_field *field)
{
    return checks_values(d, field) || checked_range(d, field);
}

static void name_check(ddl *d, const toasty_model *model, uint16_t field)
{
    set_beside(d, TOASTY__DDL_TABLE, model, TOASTY__NAME_CHECK, NULL, &field, 1);
}

static void write_check(ddl *d, const toasty_model *model, uint16_t number)
{
    const toasty_field *field = &model->fields[number];
    if (!has_check(d, field))
        return;
    name_check(d, model, number);
    toasty__sql_text(&d->w, ", CONSTRAINT ");
    toasty__sql_name(&d->w, d->object->name);
    toasty__sql_text(&d->w, " CHECK (");
    toasty__sql_name(&d->w, field->column);
    if (checks_values(d, field)) {
        toasty__sql_text(&d->w, " IN ");
        write_labels(d, field->labels, field->type != TOASTY_TYPE_ENUM);
    } else {
        toasty__sql_text(&d->w, " ");
        toasty__sql_text(&d->w, checked_range(d, field));
    }
    toasty__sql_text(&d->w, ")");
}

static bool create_table(ddl *d, const toasty_model *model)
{
    if (!wanted(d))
        return false;
    toasty__sql_text(&d->w, "CREATE TABLE ");
    toasty__sql_prefixed(&d->w, model->table);
    for (uint16_t i = 0; i < model->field_count; i++) {
        toasty__sql_text(&d->w, i ? ", " : " (");
        write_column(d, model, &model->fields[i]);
    }
    write_primary_key(d, model);
    for (uint16_t i = 0; i < model->field_count; i++)
        write_check(d, model, i);
    for (uint16_t i = 0; i < model->relation_count && d->rules->foreign_keys_inside; i++)
        if (model->relations[i].kind == TOASTY_BELONGS_TO) {
            toasty__sql_text(&d->w, ", ");
            write_foreign_key(d, model, &model->relations[i]);
        }
    toasty__sql_text(&d->w, ")");
    toasty__sql_text(&d->w, d->rules->table_end);
    set_object(d, TOASTY__DDL_TABLE, model, d->w.prefix, model->table);
    return true;
}

static void write_index(ddl *d, const toasty_model *model, const toasty_index *index)
{
    set_beside(d, TOASTY__DDL_INDEX, model, index->unique ? TOASTY__NAME_UNIQUE : TOASTY__NAME_INDEX,
               index->name, index->fields, index->field_count);
    toasty__sql_text(&d->w, index->unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
    toasty__sql_name(&d->w, d->object->name);
    toasty__sql_text(&d->w, " ON ");
    toasty__sql_prefixed(&d->w, model->table);
    for (uint8_t i = 0; i < index->field_count; i++) {
        const toasty_field *field = &model->fields[index->fields[i]];
        toasty__sql_text(&d->w, i ? ", " : " (");
        toasty__sql_name(&d->w, field->column);
        if (d->rules->nulls_are_largest && field->flags & TOASTY_FIELD_NULL_COLUMN)
            toasty__sql_text(&d->w, " NULLS FIRST");
    }
    toasty__sql_text(&d->w, ")");
}

static bool create_indexes(ddl *d, const toasty_model *model)
{
    for (uint16_t i = 0; i < model->index_count; i++)
        if (!model->indexes[i].primary && wanted(d)) {
            write_index(d, model, &model->indexes[i]);
            return true;
        }
    return false;
}

/* --- types --- */

/* True when no column before this one has the same type. */
static bool is_first_use(const toasty_schema *schema, size_t model, uint16_t field)
{
    const char *name = schema->models[model]->fields[field].labels->name;
    for (size_t m = 0; m <= model; m++)
        for (uint16_t f = 0; f < (m < model ? schema->models[m]->field_count : field); f++) {
            const toasty_field *before = &schema->models[m]->fields[f];
            if (before->type == TOASTY_TYPE_ENUM && !strcmp(before->labels->name, name))
                return false;
        }
    return true;
}

/* The next type that is wanted, or NULL. */
static const toasty_enum *wanted_type(ddl *d)
{
    for (size_t m = 0; m < d->schema->model_count && d->rules->enum_types; m++)
        for (uint16_t f = 0; f < d->schema->models[m]->field_count; f++) {
            const toasty_field *field = &d->schema->models[m]->fields[f];
            if (field->type == TOASTY_TYPE_ENUM && is_first_use(d->schema, m, f) && wanted(d))
                return field->labels;
        }
    return NULL;
}

static bool create_type(ddl *d)
{
    const toasty_enum *labels = wanted_type(d);
    if (!labels)
        return false;
    toasty__sql_text(&d->w, "CREATE TYPE ");
    toasty__sql_prefixed(&d->w, labels->name);
    toasty__sql_text(&d->w, " AS ENUM ");
    write_labels(d, labels, false);
    set_object(d, TOASTY__DDL_TYPE, NULL, d->w.prefix, labels->name);
    return true;
}

/* --- steps --- */

static bool each_model(ddl *d, bool (*create)(ddl *d, const toasty_model *model))
{
    for (size_t m = 0; m < d->schema->model_count; m++)
        if (create(d, d->schema->models[m]))
            return true;
    return false;
}

static int finish(const ddl *d, bool found, toasty_error *err)
{
    if (d->w.unsupported)
        return toasty__fail(err, TOASTY_UNSUPPORTED, "%s cannot do %s", d->rules->target, d->w.unsupported);
    return d->w.out->failed ? toasty__fail_memory(err) : found;
}

int toasty__ddl_create(const toasty__ddl_rules *rules, const toasty_schema *schema, const char *prefix,
                       size_t step, toasty__ddl_object *object, toasty__buffer *out, toasty_error *err)
{
    toasty__ddl_object unasked;
    ddl d = {.w = {.out = out, .rules = rules->words, .prefix = prefix},
             .rules = rules,
             .schema = schema,
             .left = step,
             .object = object ? object : &unasked};
    bool found = create_type(&d) || each_model(&d, create_table) || each_model(&d, create_indexes) ||
                 (!rules->foreign_keys_inside && each_model(&d, create_foreign_keys));
    return finish(&d, found, err);
}

bool toasty__ddl_constraint(const toasty__ddl_rules *rules, const toasty_model *model, const char *prefix,
                            size_t n, toasty__ddl_object *object)
{
    ddl d = {.w = {.rules = rules->words, .prefix = prefix}, .rules = rules, .left = n, .object = object};
    for (uint16_t i = 0; i < model->field_count; i++)
        if (has_check(&d, &model->fields[i]) && wanted(&d)) {
            name_check(&d, model, i);
            return true;
        }
    for (uint16_t i = 0; i < model->relation_count; i++)
        if (model->relations[i].kind == TOASTY_BELONGS_TO && wanted(&d)) {
            name_foreign_key(&d, model, &model->relations[i]);
            return true;
        }
    return false;
}

/* Models in `order` so that whoever refers to a table stands before it, as far as there is no circle. */
static void visit(const toasty_model *model, bool *seen, const toasty_model **order, size_t *count)
{
    if (seen[model->ordinal])
        return;
    seen[model->ordinal] = true;
    for (uint16_t i = 0; i < model->relation_count; i++)
        if (model->relations[i].kind == TOASTY_BELONGS_TO)
            visit(model->relations[i].target, seen, order, count);
    order[--*count] = model;
}

static const toasty_model *nth_to_drop(const toasty_schema *schema, size_t n, toasty_error *err)
{
    bool *seen = toasty__calloc(schema->model_count, sizeof *seen);
    const toasty_model **order = toasty__calloc(schema->model_count, sizeof *order);
    const toasty_model *found = NULL;
    size_t count = schema->model_count;
    for (size_t i = 0; i < schema->model_count && seen && order; i++)
        visit(schema->models[i], seen, order, &count);
    if (seen && order)
        found = order[n];
    else
        toasty__fail_memory(err);
    toasty__free(order);
    toasty__free(seen);
    return found;
}

int toasty__ddl_drop(const toasty__ddl_rules *rules, const toasty_schema *schema, const char *prefix,
                     size_t step, toasty__buffer *out, toasty_error *err)
{
    ddl d = {.w = {.out = out, .rules = rules->words, .prefix = prefix}, .rules = rules, .schema = schema};
    if (step < schema->model_count) {
        const toasty_model *model = nth_to_drop(schema, step, err);
        if (!model)
            return -1;
        toasty__sql_text(&d.w, "DROP TABLE IF EXISTS ");
        toasty__sql_prefixed(&d.w, model->table);
        toasty__sql_text(&d.w, rules->drop_end);
        return finish(&d, true, err);
    }
    d.left = step - schema->model_count;
    const toasty_enum *labels = wanted_type(&d);
    if (labels) {
        toasty__sql_text(&d.w, "DROP TYPE IF EXISTS ");
        toasty__sql_prefixed(&d.w, labels->name);
    }
    return finish(&d, labels != NULL, err);
}
