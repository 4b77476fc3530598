/* Whom an error is about: see blame.h. */
#include "driver/blame.h"

#include "base/error.h"
#include "core/names.h"
#include "core/types.h"
#include "driver/encode.h"

#include <stdio.h>
#include <string.h>

enum { MOST_COLUMNS = 32 };

/* --- where --- */

/* A table as the database has it. */
typedef struct place {
    const toasty_model *model;
    char table[256];
    bool prefixed;
} place;

static place place_behind(const char *prefix, size_t length, const toasty_model *model)
{
    place at = {.model = model, .prefixed = length > 0};
    snprintf(at.table, sizeof at.table, "%.*s%s", (int)length, prefix, model->table);
    return at;
}

/* The statement's table is its model's behind a prefix, and so is every other. */
static place place_of(const toasty_statement *statement, const toasty_model *model)
{
    return place_behind(statement->table, strlen(statement->table) - strlen(statement->model->table), model);
}

static bool is_among(const toasty_model *model, const toasty_model *const *reached, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (reached[i] == model)
            return true;
    return false;
}

size_t toasty__blame_reach(const toasty_model *model, const toasty_model **reached, size_t room)
{
    size_t count = 0;
    reached[count++] = model;
    for (size_t next = 0; next < count; next++)
        for (uint16_t i = 0; i < reached[next]->relation_count && count < room; i++) {
            const toasty_relation *relation = &reached[next]->relations[i];
            if (relation->kind != TOASTY_BELONGS_TO && relation->pair &&
                relation->on_delete == TOASTY_ON_DELETE_CASCADE &&
                !is_among(relation->target, reached, count))
                reached[count++] = relation->target;
        }
    return count;
}

/* The place that has this table; false when no model near the statement does. */
static bool find_place(const toasty_statement *statement, const char *table, place *at)
{
    const toasty_model *reached[TOASTY__MOST_REACHED];
    if (!statement || !statement->model)
        return false;
    *at = place_of(statement, statement->model);
    if (!table || strcmp(at->table, table) == 0)
        return true;
    size_t count = toasty__blame_reach(statement->model, reached, TOASTY__MOST_REACHED);
    for (size_t m = 0; m < count; m++)
        for (uint16_t i = 0; i < reached[m]->relation_count; i++) {
            *at = place_of(statement, reached[m]->relations[i].target);
            if (strcmp(at->table, table) == 0)
                return true;
        }
    return false;
}

/* --- names --- */

/* What stands beside the table is called as the models say, and behind a prefix as the prefixed table gives.
 */
static const char *name_of(const place *at, const char *given, toasty__name_kind kind, const uint16_t *fields,
                           size_t count, char out[TOASTY__NAME_LIMIT + 1])
{
    const char *columns[MOST_COLUMNS];
    if (given && !at->prefixed)
        return given;
    for (size_t i = 0; i < count && i < MOST_COLUMNS; i++)
        columns[i] = at->model->fields[fields[i]].column;
    return toasty__name_index(out, TOASTY__NAME_LIMIT, kind, at->table, columns,
                              count < MOST_COLUMNS ? count : MOST_COLUMNS);
}

static const char *name_of_index(const place *at, const toasty_index *index, char out[TOASTY__NAME_LIMIT + 1])
{
    toasty__name_kind kind = index->primary  ? TOASTY__NAME_PRIMARY
                             : index->unique ? TOASTY__NAME_UNIQUE
                                             : TOASTY__NAME_INDEX;
    return name_of(at, index->name, kind, index->fields, index->field_count, out);
}

static const char *name_of_reference(const place *at, const toasty_relation *relation,
                                     char out[TOASTY__NAME_LIMIT + 1])
{
    return name_of(at, relation->constraint, TOASTY__NAME_FOREIGN, relation->own_fields,
                   relation->field_count, out);
}

/* --- reporting --- */

/* Some fields of a place in an error, whose code stays. */
static void report(const place *at, const char *constraint, const uint16_t *fields, size_t count,
                   const char *why, toasty_error *err)
{
    char names[sizeof err->field] = "", server_code[sizeof err->server_code];
    size_t length = 0;
    for (size_t i = 0; i < count && length < sizeof names; i++)
        length += (size_t)snprintf(names + length, sizeof names - length, "%s%s", i ? ", " : "",
                                   at->model->fields[fields[i]].name);
    memcpy(server_code, err->server_code, sizeof server_code);
    toasty__fail(err, err->code, "%s.%s: %s", at->table, names, why);
    toasty__error_set(err, server_code, server_code);
    toasty__error_set(err, constraint, constraint);
    toasty__error_set(err, table, at->table);
    toasty__error_set(err, field, names);
}

static void report_index(const place *at, const toasty_index *index, toasty_error *err)
{
    char name[TOASTY__NAME_LIMIT + 1];
    report(at, name_of_index(at, index, name), index->fields, index->field_count,
           index->field_count == 1 ? "another row has this value" : "another row has these values", err);
}

static void report_reference(const place *at, const toasty_relation *relation, bool removed,
                             toasty_error *err)
{
    char name[TOASTY__NAME_LIMIT + 1];
    report(at, name_of_reference(at, relation, name), relation->own_fields, relation->field_count,
           removed ? "a row still refers to the one that was to go" : "refers to a row that does not exist",
           err);
}

/* --- finding --- */

static bool find_index(const place *at, const char *constraint, toasty_error *err)
{
    char name[TOASTY__NAME_LIMIT + 1];
    for (uint16_t i = 0; i < at->model->index_count; i++) {
        const toasty_index *index = &at->model->indexes[i];
        if (!index->unique || strcmp(name_of_index(at, index, name), constraint) != 0)
            continue;
        report_index(at, index, err);
        return true;
    }
    return false;
}

static bool find_reference(const place *at, const char *constraint, bool removed, toasty_error *err)
{
    char name[TOASTY__NAME_LIMIT + 1];
    for (uint16_t i = 0; i < at->model->relation_count; i++) {
        const toasty_relation *relation = &at->model->relations[i];
        if (relation->kind != TOASTY_BELONGS_TO ||
            strcmp(name_of_reference(at, relation, name), constraint) != 0)
            continue;
        report_reference(at, relation, removed, err);
        return true;
    }
    return false;
}

static bool find_check(const place *at, const char *constraint, toasty_error *err)
{
    char name[TOASTY__NAME_LIMIT + 1];
    for (uint16_t i = 0; i < at->model->field_count; i++) {
        const char *fault = toasty__encode_fault(&at->model->fields[i]);
        if (!fault || strcmp(name_of(at, NULL, TOASTY__NAME_CHECK, &i, 1, name), constraint) != 0)
            continue;
        err->code = TOASTY_INVALID_VALUE;
        report(at, constraint, &i, 1, fault, err);
        return true;
    }
    return false;
}

static bool is_delete(const toasty_statement *statement)
{
    return statement->operation && strcmp(statement->operation, "DELETE") == 0;
}

static bool find_constraint(const toasty_statement *statement, const place *at, const char *constraint,
                            toasty_error *err)
{
    switch (err->code) {
    case TOASTY_UNIQUE_VIOLATION:
        return find_index(at, constraint, err);
    case TOASTY_FOREIGN_KEY_VIOLATION:
        return find_reference(at, constraint, at->model != statement->model || is_delete(statement), err);
    case TOASTY_CHECK_VIOLATION:
        return find_check(at, constraint, err);
    default:
        return false;
    }
}

static bool find_column(const place *at, const char *column, toasty_error *err)
{
    for (uint16_t i = 0; i < at->model->field_count; i++) {
        const char *fault = err->code == TOASTY_NOT_NULL_VIOLATION ? "NULL, which it cannot hold"
                            : err->code == TOASTY_INVALID_VALUE ? toasty__encode_fault(&at->model->fields[i])
                                                                : NULL;
        if (strcmp(at->model->fields[i].column, column) != 0)
            continue;
        if (fault)
            report(at, NULL, &i, 1, fault, err);
        else
            toasty__error_set(err, field, at->model->fields[i].name);
        return true;
    }
    return false;
}

/* --- all --- */

void toasty__blame(const toasty_statement *statement, const toasty__named *named, toasty_error *err)
{
    place at;
    toasty__error_set(err, constraint, named->constraint);
    toasty__error_set(err, table, named->table);
    toasty__error_set(err, field, named->column);
    if (!find_place(statement, named->table, &at))
        return;
    toasty__error_set(err, table, at.table);
    if (named->column)
        find_column(&at, named->column, err);
    else if (named->constraint)
        find_constraint(statement, &at, named->constraint, err);
}

void toasty__blame_reference(const toasty_statement *statement, const toasty_model *model,
                             const toasty_relation *relation, bool removed, toasty_error *err)
{
    place at = place_of(statement, model);
    report_reference(&at, relation, removed, err);
}

void toasty__blame_index(const toasty_statement *statement, const toasty_index *index, toasty_error *err)
{
    place at = place_of(statement, statement->model);
    report_index(&at, index, err);
}

int toasty__refuse_index(const char *prefix, const toasty_model *model, const toasty_index *index,
                         toasty_error *err)
{
    place at = place_behind(prefix, strlen(prefix), model);
    toasty__fail(err, TOASTY_UNIQUE_VIOLATION, "%s", "");
    report_index(&at, index, err);
    return -1;
}

int toasty__refuse_removal(const char *prefix, const toasty_relation *relation, toasty_error *err)
{
    place at = place_behind(prefix, strlen(prefix), relation->owner);
    toasty__fail(err, TOASTY_FOREIGN_KEY_VIOLATION, "%s", "");
    report_reference(&at, relation, true, err);
    return -1;
}

void toasty__blame_sum(const toasty_statement *statement, toasty_error *err)
{
    uint16_t found = 0;
    size_t count = 0;
    if (!statement || !statement->model)
        return;
    place at = place_of(statement, statement->model);
    toasty__error_set(err, table, at.table);
    for (uint32_t i = 0; i < statement->parameter_count; i++) {
        const toasty_field *field = statement->parameters[i].field;
        ptrdiff_t number = field ? field - at.model->fields : -1;
        if (number < 0 || number >= at.model->field_count || (field->flags & TOASTY_FIELD_KEY) ||
            !toasty__encode_fault(field) || (count && number == found))
            continue;
        found = (uint16_t)number;
        count++;
    }
    if (count == 1)
        report(&at, NULL, &found, 1, toasty__encode_fault(&at.model->fields[found]), err);
}
