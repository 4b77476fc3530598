/* Which foreign key was violated: SQLite says only that one was.
 *
 * On the error path alone: for a row that was to be written, each reference is looked up; the one without a
 * row is it. For a row that was to go, it is the one reference that forbids it. What cannot be told stays
 * empty. */
#include "drivers/sqlite/connection.h"

#include "base/error.h"
#include "driver/blame.h"
#include "sql/writer.h"

#include <stdio.h>
#include <string.h>

/* The prefix of table names that this statement has. */
static void prefix_of(const toasty_statement *statement, char *out, size_t size)
{
    size_t length = strlen(statement->table) - strlen(statement->model->table);
    snprintf(out, size, "%.*s", (int)length, statement->table);
}

/* --- a row that was to be written --- */

/* The value that a row gets in a field: of several for one field the last one is assigned, the others are
 * conditions. */
static const toasty_value *value_for(const toasty_operation *operation, uint32_t row,
                                     const toasty_field *field, const toasty_parameter **parameter)
{
    const toasty_statement *statement = operation->statement;
    for (uint32_t i = statement->parameter_count; i-- > 0;)
        if (statement->parameters[i].field == field && !statement->parameters[i].list) {
            *parameter = &statement->parameters[i];
            return &operation->values[row * statement->bulk_columns + i];
        }
    return NULL;
}

static sqlite3_stmt *prepare_lookup(sqlite3 *db, const toasty_statement *statement,
                                    const toasty_relation *relation)
{
    char prefix[128];
    sqlite3_stmt *stmt = NULL;
    toasty__buffer text;
    toasty__buffer_init(&text);
    prefix_of(statement, prefix, sizeof prefix);
    toasty__sql_writer w = {.out = &text, .quote = '"', .prefix = prefix};
    toasty__sql_text(&w, "SELECT 1 FROM ");
    toasty__sql_prefixed(&w, relation->target->table);
    for (uint8_t i = 0; i < relation->field_count; i++) {
        toasty__sql_text(&w, i ? " AND " : " WHERE ");
        toasty__sql_name(&w, relation->target->fields[relation->their_fields[i]].column);
        toasty__sql_text(&w, " = ?");
    }
    if (!text.failed)
        sqlite3_prepare_v2(db, text.bytes, -1, &stmt, NULL);
    toasty__buffer_done(&text);
    return stmt;
}

/* True when the row refers to something that is not there. */
static bool is_dangling(sqlite3_stmt *lookup, const toasty_operation *operation,
                        const toasty_relation *relation, uint32_t row)
{
    const toasty_model *model = operation->statement->model;
    toasty_error ignored;
    for (uint8_t i = 0; i < relation->field_count; i++) {
        const toasty_parameter *parameter;
        const toasty_value *value =
            value_for(operation, row, &model->fields[relation->own_fields[i]], &parameter);
        if (!value || value->kind == TOASTY_VALUE_NULL ||
            toasty__sqlite_bind_value(lookup, i + 1, parameter, value, operation->statement, &ignored) < 0)
            return false;
    }
    int code = sqlite3_step(lookup);
    sqlite3_reset(lookup);
    return code == SQLITE_DONE;
}

static void name_written(toasty__sqlite_connection *connection, const toasty_operation *operation,
                         toasty_error *err)
{
    const toasty_statement *statement = operation->statement;
    const toasty_model *model = statement->model;
    uint32_t rows = statement->bulk_columns ? operation->row_count : 1;
    for (uint16_t i = 0; i < model->relation_count; i++) {
        const toasty_relation *relation = &model->relations[i];
        if (relation->kind != TOASTY_BELONGS_TO)
            continue;
        sqlite3_stmt *lookup = prepare_lookup(connection->db, statement, relation);
        bool found = false;
        for (uint32_t row = 0; lookup && row < rows && !found; row++)
            found = is_dangling(lookup, operation, relation, row);
        sqlite3_finalize(lookup);
        if (found) {
            toasty__blame_reference(statement, model, relation, false, err);
            return;
        }
    }
}

/* --- a row that was to go --- */

/* The one reference that forbids it; found several times, it is not known which. */
static void name_removed(const toasty_operation *operation, toasty_error *err)
{
    const toasty_model *reached[TOASTY__MOST_REACHED];
    const toasty_relation *only = NULL;
    size_t count = toasty__blame_reach(operation->statement->model, reached, TOASTY__MOST_REACHED);
    for (size_t m = 0; m < count; m++)
        for (uint16_t i = 0; i < reached[m]->relation_count; i++) {
            const toasty_relation *relation = &reached[m]->relations[i];
            if (relation->kind == TOASTY_BELONGS_TO || !relation->pair ||
                relation->on_delete != TOASTY_ON_DELETE_RESTRICT)
                continue;
            if (only && only->pair != relation->pair)
                return;
            only = relation;
        }
    if (only)
        toasty__blame_reference(operation->statement, only->target, only->pair, true, err);
}

void toasty__sqlite_name_reference(toasty__sqlite_connection *connection, const toasty_operation *operation,
                                   toasty_error *err)
{
    const toasty_statement *statement = operation->statement;
    if (!statement || !statement->model)
        return;
    toasty__error_set(err, table, statement->table);
    if (!strcmp(statement->operation, "DELETE"))
        name_removed(operation, err);
    else
        name_written(connection, operation, err);
}
