/* Names, literals and parameters: the smallest parts of a statement's text. */
#include "sql/writer.h"
#include "base/alloc.h"

#include <stdio.h>
#include <string.h>

void toasty__sql_text(toasty__sql_writer *w, const char *text)
{
    toasty__buffer_text(w->out, text);
}

/* --- names --- */

/* The bytes of a text, with each `quote` in it doubled. */
static void add_doubling(toasty__sql_writer *w, const char *text, char quote)
{
    for (const char *end; (end = strchr(text, quote)); text = end + 1) {
        toasty__buffer_add(w->out, text, (size_t)(end - text) + 1);
        toasty__buffer_char(w->out, quote);
    }
    toasty__buffer_text(w->out, text);
}

static void add_quoted(toasty__sql_writer *w, const char *first, const char *second, char quote)
{
    toasty__buffer_char(w->out, quote);
    add_doubling(w, first, quote);
    add_doubling(w, second, quote);
    toasty__buffer_char(w->out, quote);
}

void toasty__sql_name(toasty__sql_writer *w, const char *name)
{
    add_quoted(w, "", name, w->quote);
}

void toasty__sql_prefixed(toasty__sql_writer *w, const char *name)
{
    add_quoted(w, w->prefix, name, w->quote);
}

void toasty__sql_named(toasty__sql_writer *w, const char *format, uint32_t number)
{
    toasty__buffer_char(w->out, w->quote);
    toasty__buffer_printf(w->out, format, (unsigned)number);
    toasty__buffer_char(w->out, w->quote);
}

void toasty__sql_literal(toasty__sql_writer *w, const char *text)
{
    add_quoted(w, "", text, '\'');
}

void toasty__sql_field(toasty__sql_writer *w, uint16_t field)
{
    toasty__sql_name(w, w->stmt->model->fields[field].column);
}

void toasty__sql_fields(toasty__sql_writer *w, const uint16_t *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            toasty__sql_text(w, ", ");
        toasty__sql_field(w, fields[i]);
    }
}

void toasty__sql_column(toasty__sql_writer *w, const toasty__expr *column)
{
    const toasty__source *source = column->source;
    /* In a conflict a name alone may be that of what was brought. */
    bool qualified = source->qualified || w->stmt->insert.conflict;
    if (source->number)
        toasty__sql_source_name(w, source);
    else if (qualified)
        toasty__sql_prefixed(w, source->model->table);
    if (source->number || qualified)
        toasty__sql_text(w, ".");
    if (source->model)
        toasty__sql_name(w, source->model->fields[column->field].column);
    else if (source->lists)
        toasty__sql_named(w, TOASTY__SQL_ITEM, column->field);
    else
        toasty__sql_item_name(w, source->select, column->field);
}

void toasty__sql_incoming(toasty__sql_writer *w, uint16_t field)
{
    toasty__sql_text(w, w->rules->before_incoming);
    toasty__sql_field(w, field);
    toasty__sql_text(w, w->rules->after_incoming);
}

void toasty__sql_tuple(toasty__sql_writer *w, const toasty__expr *expr)
{
    for (uint32_t i = 0; i < expr->count / 2; i++) {
        toasty__sql_text(w, i ? ", " : "(");
        toasty__sql_expr(w, expr->items[i]);
    }
    toasty__sql_text(w, ")");
}

/* --- parameters --- */

/* How many placeholders a parameter takes. */
static uint32_t width_of(const toasty__sql_writer *w, const toasty_parameter *parameter)
{
    return !w->rules->one_parameter_a_list && parameter->list && parameter->list_size ? parameter->list_size
                                                                                      : 1;
}

/* number: of the placeholder, from 0, where they have one. */
static void add_placeholder(toasty__sql_writer *w, uint32_t number, toasty_place place)
{
    if (w->rules->numbered) {
        toasty__buffer_printf(w->out, "%s%u", w->rules->numbered, (unsigned)number + 1);
        return;
    }
    toasty__buffer_char(w->out, '?');
    if (toasty__grow((void **)&w->places, &w->place_capacity, w->place_count + 1, sizeof place) < 0)
        w->out->failed = true;
    else
        w->places[w->place_count++] = place;
}

/* Values of an insert's rows beyond those of the first: what comes after them is moved by their number. */
static uint32_t further_cells(const toasty__stmt *stmt, uint32_t parameter)
{
    return stmt->insert.row_count > 1 && parameter >= stmt->insert.field_count
               ? (stmt->insert.row_count - 1) * stmt->insert.field_count
               : 0;
}

void toasty__sql_parameter(toasty__sql_writer *w, uint32_t parameter, uint32_t item)
{
    uint32_t moved = further_cells(w->stmt, parameter), number = item + moved;
    for (uint32_t i = 0; i < parameter; i++)
        number += width_of(w, &w->stmt->parameters[i]);
    add_placeholder(w, number, (toasty_place){parameter + moved, item});
}

void toasty__sql_cell(toasty__sql_writer *w, uint32_t row, uint32_t column)
{
    uint32_t value = row * w->stmt->insert.field_count + column;
    add_placeholder(w, value, (toasty_place){value, 0});
}
