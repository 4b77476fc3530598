/* Names in the databases: see stored_names.h. */
#include "derive/model/stored_names.h"

#include "base/map.h"
#include "core/names.h"
#include "derive/base/text.h"
#include "drivers/targets.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

size_t toasty__derive_name_limit(const derive_schema *schema)
{
    size_t limit = schema->can.max_identifier;
    return limit && limit < TOASTY__NAME_LIMIT ? limit : TOASTY__NAME_LIMIT;
}

static bool has(const char *const *names, const char *name)
{
    for (; names && *names; names++)
        if (strcasecmp(*names, name) == 0)
            return true;
    return false;
}

/* --- types --- */

/* Independent of the targets of this run, so that adding one renames nothing. */
static bool is_taken_type(const char *name)
{
    for (size_t i = 0; toasty__targets[i]; i++)
        if (has(toasty__targets[i]->type_names, name))
            return true;
    return false;
}

void toasty__derive_name_types(derive_schema *schema)
{
    for (size_t i = 0; i < schema->enums.count; i++) {
        derive_enum *labels = schema->enums.items[i];
        char *name = toasty__derive_alloc(schema->memory, TOASTY__NAME_LIMIT + 1);
        if (is_taken_type(labels->name))
            labels->name = toasty__derive_format(schema->memory, "%s_enum", labels->name);
        labels->name = toasty__name_index(name, TOASTY__NAME_LIMIT, TOASTY__NAME_TYPE, labels->name, NULL, 0);
    }
}

/* --- what meets --- */

/* A name, and what it is of. */
typedef struct stored {
    derive_location at;
    const char *of; /* "the table of `User`" */
} stored;

typedef struct names {
    derive_schema *schema;
    toasty__map map; /* lower case → stored */
} names;

static const char *lower(derive_memory *memory, const char *name)
{
    char *copy = toasty__derive_format(memory, "%s", name);
    for (char *at = copy; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return copy;
}

/* Takes a name, or reports who has it. */
static void take(names *all, const char *name, derive_location at, const char *of)
{
    derive_memory *memory = all->schema->memory;
    const char *key = lower(memory, name);
    const stored *before = toasty__map_get(&all->map, key, strlen(key));
    stored *taken = toasty__derive_alloc(memory, sizeof *taken);
    *taken = (stored){at, of};
    if (before)
        toasty__derive_error(
            all->schema->diagnostics, at,
            "%s and %s are both named `%s` in the database; rename a column with toasty(column = "
            "\"…\"), or a table with toasty_model(…, table = \"…\")",
            before->of, of, name);
    else if (toasty__map_set(&all->map, key, strlen(key), taken) < 0)
        toasty__derive_out_of_memory();
}

static const char *columns_of(derive_memory *memory, const derive_columns *columns)
{
    const char *text = "";
    for (size_t i = 0; i < columns->count; i++)
        text = toasty__derive_format(memory, "%s%s%s", text, i ? ", " : "", columns->items[i]->name);
    return text;
}

static void take_indexes(names *all, const derive_model *model)
{
    derive_memory *memory = all->schema->memory;
    for (size_t i = 0; i < model->indexes.count; i++) {
        const derive_index *index = model->indexes.items[i];
        take(all, index->name, index->at,
             toasty__derive_format(memory, "the index of `%s` on (%s)", model->name,
                                   columns_of(memory, &index->columns)));
    }
}

/* Whether enums are types of their own on one of the targets, which share a room with tables. */
static bool has_types(const derive_schema *schema)
{
    for (size_t i = 0; i < schema->targets.count; i++)
        if (schema->targets.items[i]->type_names)
            return true;
    return false;
}

static bool is_stored_as_label(const derive_schema *schema, const derive_enum *labels)
{
    for (size_t m = 0; m < schema->models.count; m++)
        for (size_t c = 0; c < schema->models.items[m]->columns.count; c++) {
            const derive_member *member = schema->models.items[m]->columns.items[c]->member;
            if (member->labels == labels && member->type == TOASTY_TYPE_ENUM)
                return true;
        }
    return false;
}

/* An earlier enum of the same name. */
static const derive_enum *namesake(const derive_schema *schema, size_t number)
{
    for (size_t i = 0; i < number; i++)
        if (strcmp(schema->enums.items[i]->name, schema->enums.items[number]->name) == 0)
            return schema->enums.items[i];
    return NULL;
}

static void take_types(names *all)
{
    derive_schema *schema = all->schema;
    for (size_t i = 0; i < schema->enums.count && has_types(schema); i++)
        if (is_stored_as_label(schema, schema->enums.items[i]) && !namesake(schema, i))
            take(all, schema->enums.items[i]->name, schema->enums.items[i]->at,
                 toasty__derive_format(schema->memory, "the type of `%s`", schema->enums.items[i]->spelling));
}

/* --- one by one --- */

/* Tables of enums in the generated code have their name too, whatever the target. */
static void check_enums(derive_schema *schema)
{
    for (size_t i = 0; i < schema->enums.count; i++) {
        const derive_enum *labels = schema->enums.items[i], *before = namesake(schema, i);
        if (before)
            toasty__derive_error(schema->diagnostics, labels->at,
                                 "`%s` and `%s` are both type `%s` in the database; rename one of the two",
                                 before->spelling, labels->spelling, labels->name);
    }
}

static void check_labels(derive_schema *schema, const derive_enum *labels)
{
    size_t limit = toasty__derive_name_limit(schema);
    for (size_t i = 0; i < labels->labels.count && has_types(schema); i++)
        if (strlen(labels->labels.items[i]) > limit)
            toasty__derive_error(
                schema->diagnostics, labels->at,
                "the label of `%s` has more than %zu bytes; shorten it with toasty(label = \"…\")",
                labels->constants.items[i], limit);
}

/* A character beyond that would be kept as another one, and two names could become one. */
static void check_letters(derive_schema *schema, derive_location at, const char *of, const char *name)
{
    enum { LAST_OF_THREE_BYTES = 0xffff, FIRST_OF_FOUR = 0xf0 /* in UTF-8 */ };
    bool has_wide = false;
    for (const char *letter = name; *letter; letter++)
        has_wide |= (uint8_t)*letter >= FIRST_OF_FOUR;
    for (size_t i = 0; i < schema->targets.count; i++) {
        const toasty_capability *can = schema->targets.items[i];
        if (has_wide && can->last_letter == LAST_OF_THREE_BYTES)
            toasty__derive_error(schema->diagnostics, at,
                                 "`%s`: %s has no names with characters beyond U+%04X, as in `%s`", of,
                                 can->target, (unsigned)can->last_letter, name);
    }
}

static void check_columns(derive_schema *schema, const derive_model *model)
{
    for (size_t i = 0; i < model->columns.count; i++) {
        const derive_column *column = model->columns.items[i];
        check_letters(schema, column->member->at, column->name, column->column);
        for (size_t t = 0; t < schema->targets.count; t++)
            if (has(schema->targets.items[t]->column_names, column->column))
                toasty__derive_error(schema->diagnostics, column->member->at,
                                     "`%s`: in %s every table has a column `%s` already; name this one with "
                                     "toasty(column = \"…\")",
                                     column->name, schema->targets.items[t]->target, column->column);
        for (size_t j = 0; j < i; j++)
            if (strcasecmp(column->column, model->columns.items[j]->column) == 0)
                toasty__derive_error(
                    schema->diagnostics, column->member->at,
                    "`%s` and `%s` are both column `%s` of `%s`; rename one with toasty(column = "
                    "\"…\")",
                    model->columns.items[j]->name, column->name, column->column, model->table);
    }
}

static void check_foreign_keys(derive_schema *schema, const derive_model *model)
{
    names own = {.schema = schema};
    toasty__map_init(&own.map);
    for (size_t i = 0; i < model->relations.count; i++) {
        const derive_relation *relation = model->relations.items[i];
        if (relation->kind == TOASTY_BELONGS_TO && relation->constraint)
            take(&own, relation->constraint, relation->at,
                 toasty__derive_format(schema->memory, "the foreign key of `%s`", relation->name));
    }
    toasty__map_done(&own.map);
}

static void check_table(derive_schema *schema, const derive_model *model)
{
    check_letters(schema, model->at, model->name, model->table);
    for (size_t t = 0; t < schema->targets.count; t++) {
        const toasty_capability *can = schema->targets.items[t];
        if (can->name_prefix && strncasecmp(model->table, can->name_prefix, strlen(can->name_prefix)) == 0)
            toasty__derive_error(schema->diagnostics, model->at,
                                 "`%s`: names that begin with %s are those of %s itself; name the table: "
                                 "toasty_model(%s, table = \"…\")",
                                 model->name, can->name_prefix, can->target, model->name);
    }
}

/* Not the table of another model, which the resolver has reported. */
static bool has_own_table(const derive_schema *schema, const derive_model *model)
{
    for (size_t i = 0; i < model->number; i++)
        if (strcasecmp(schema->models.items[i]->table, model->table) == 0)
            return false;
    return true;
}

void toasty__derive_check_stored_names(derive_schema *schema)
{
    names all = {.schema = schema};
    toasty__map_init(&all.map);
    check_enums(schema);
    for (size_t i = 0; i < schema->enums.count; i++)
        check_labels(schema, schema->enums.items[i]);
    for (size_t i = 0; i < schema->models.count; i++) {
        const derive_model *model = schema->models.items[i];
        check_columns(schema, model);
        check_table(schema, model);
        check_foreign_keys(schema, model);
        if (has_own_table(schema, model))
            take(&all, model->table, model->at,
                 toasty__derive_format(schema->memory, "the table of `%s`", model->name));
    }
    for (size_t i = 0; i < schema->models.count; i++)
        if (has_own_table(schema, schema->models.items[i]))
            take_indexes(&all, schema->models.items[i]);
    take_types(&all);
    toasty__map_done(&all.map);
}
