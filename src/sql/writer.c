/* Names, literals and parameters: the smallest parts of a statement's text. */
#include "sql/writer.h"

#include <string.h>

void toasty__sql_text(toasty__sql_writer *w, const char *text)
{
    toasty__buffer_text(w->out, text);
}

/* The bytes of a text, with each `quote` in it doubled. */
static void add_doubling(toasty__sql_writer *w, const char *text, char quote)
{
    for (const char *end; (end = strchr(text, quote)); text = end + 1) {
        toasty__buffer_add(w->out, text, (size_t)(end - text) + 1);
        toasty__buffer_char(w->out, quote);
    }
    toasty__buffer_text(w->out, text);
}

void toasty__sql_name(toasty__sql_writer *w, const char *name)
{
    toasty__buffer_char(w->out, '"');
    add_doubling(w, name, '"');
    toasty__buffer_char(w->out, '"');
}

void toasty__sql_literal(toasty__sql_writer *w, const char *text)
{
    toasty__buffer_char(w->out, '\'');
    add_doubling(w, text, '\'');
    toasty__buffer_char(w->out, '\'');
}

void toasty__sql_prefixed(toasty__sql_writer *w, const char *name)
{
    toasty__buffer_char(w->out, '"');
    add_doubling(w, w->prefix, '"');
    add_doubling(w, name, '"');
    toasty__buffer_char(w->out, '"');
}

void toasty__sql_column(toasty__sql_writer *w, uint16_t field)
{
    toasty__sql_name(w, w->stmt->model->fields[field].column);
}

void toasty__sql_columns(toasty__sql_writer *w, const uint16_t *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i)
            toasty__sql_text(w, ", ");
        toasty__sql_column(w, fields[i]);
    }
}

/* How many numbers a parameter takes. */
static uint32_t width_of(const toasty__sql_writer *w, const toasty_parameter *parameter)
{
    return !w->rules->one_parameter_a_list && parameter->list && parameter->list_size ? parameter->list_size
                                                                                      : 1;
}

void toasty__sql_parameter(toasty__sql_writer *w, uint32_t parameter, uint32_t item)
{
    uint32_t number = 1 + item;
    for (uint32_t i = 0; i < parameter; i++)
        number += width_of(w, &w->stmt->parameters[i]);
    toasty__buffer_printf(w->out, "%s%u", w->rules->parameter, number);
}

void toasty__sql_tuple(toasty__sql_writer *w, const toasty__expr *expr)
{
    for (uint32_t i = 0; i < expr->count / 2; i++) {
        toasty__sql_text(w, i ? ", " : "(");
        toasty__sql_expr(w, expr->items[i]);
    }
    toasty__sql_text(w, ")");
}
