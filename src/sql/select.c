/* Selects, also inside of other statements.
 *
 * A table that is the only one of its statement has its own name and so have its columns; where several are
 * read each has a name of its own, "t1", and every column says which it is of. What a select inside of
 * another answers is called as its column is, or by its number. */
#include "sql/pieces.h"

/* --- names --- */

void toasty__sql_source_name(toasty__sql_writer *w, const toasty__source *source)
{
    toasty__sql_named(w, "t%u", source->number);
}

static void write_source_name(toasty__sql_writer *w, const void *source, uint32_t unused)
{
    (void)unused;
    toasty__sql_source_name(w, source);
}

static void write_table(toasty__sql_writer *w, const void *model, uint32_t unused)
{
    (void)unused;
    toasty__sql_prefixed(w, ((const toasty_model *)model)->table);
}

static void write_parameter(toasty__sql_writer *w, const void *unused, uint32_t parameter)
{
    (void)unused;
    toasty__sql_parameter(w, parameter, 0);
}

static void write_name(toasty__sql_writer *w, const void *name, uint32_t unused)
{
    (void)unused;
    toasty__sql_name(w, name);
}

static void add_name(toasty__sql_pieces *pieces, const char *name)
{
    toasty__sql_add_write(pieces, write_name, name, 0);
}

static void add_parameter(toasty__sql_pieces *pieces, uint32_t parameter)
{
    toasty__sql_add_write(pieces, write_parameter, NULL, parameter);
}

/* --- what is answered --- */

/* A column whose name is clear without a table's. */
static bool is_plain(const toasty__expr *value)
{
    return value->tag == TOASTY__EXPR_COLUMN && !value->source->number;
}

/* The name of a value outside of its select: its column's, or by its number. */
static void write_outer_name(toasty__sql_writer *w, const toasty__expr *value, const char *kind,
                             uint32_t number)
{
    if (is_plain(value) && value->source->model)
        toasty__sql_name(w, value->source->model->fields[value->field].column);
    else if (is_plain(value))
        toasty__sql_expr(w, value);
    else
        toasty__sql_named(w, kind, number);
}

void toasty__sql_item_name(toasty__sql_writer *w, const toasty__stmt *select, uint32_t item)
{
    write_outer_name(w, select->items[item].value, TOASTY__SQL_ITEM, item);
}

static void write_item_name(toasty__sql_writer *w, const void *select, uint32_t item)
{
    toasty__sql_item_name(w, select, item);
}

static bool is_same_column(const toasty__expr *a, const toasty__expr *b)
{
    return a->tag == TOASTY__EXPR_COLUMN && b->tag == TOASTY__EXPR_COLUMN && a->source == b->source &&
           a->field == b->field;
}

/* The item that has the same value as an order; item_count: none has. */
static uint16_t item_of_order(const toasty__stmt *select, uint16_t order)
{
    uint16_t item = 0;
    while (item < select->item_count &&
           !is_same_column(select->items[item].value, select->select.orders[order].value))
        item++;
    return item;
}

static void write_order_name(toasty__sql_writer *w, const void *of, uint32_t order)
{
    const toasty__stmt *select = of;
    uint16_t item = item_of_order(select, (uint16_t)order);
    if (item < select->item_count)
        toasty__sql_item_name(w, select, item);
    else
        write_outer_name(w, select->select.orders[order].value, "order %u", order);
}

/* What is true or false is answered as an integer of 64 bits, like a count. */
static void add_value(toasty__sql_pieces *pieces, const toasty__expr *value)
{
    bool truth = toasty__is_condition(value);
    const toasty__sql_rules *rules = pieces->w->rules;
    if (truth)
        toasty__sql_add_text(pieces, rules->before_truth);
    toasty__sql_add_expr(pieces, value, LEVEL_ANY);
    if (truth)
        toasty__sql_add_text(pieces, rules->after_truth);
}

static void add_item(toasty__sql_pieces *pieces, const toasty__stmt *select, uint16_t item, bool named)
{
    toasty__sql_add_text(pieces, item ? ", " : "");
    add_value(pieces, select->items[item].value);
    if (named && !is_plain(select->items[item].value)) {
        toasty__sql_add_text(pieces, " AS ");
        toasty__sql_add_write(pieces, write_item_name, select, item);
    }
}

static void add_items(toasty__sql_pieces *pieces, const toasty__stmt *select, bool named)
{
    toasty__sql_add_text(pieces, select->select.distinct ? "DISTINCT " : "");
    if (!select->item_count)
        toasty__sql_add_text(pieces, "1");
    for (uint16_t i = 0; i < select->item_count; i++)
        add_item(pieces, select, i, named);
}

/* --- what is read --- */

static void write_lists(toasty__sql_writer *w, const void *source, uint32_t unused)
{
    (void)unused;
    toasty__sql_text(w, "(");
    w->rules->lists(w, ((const toasty__source *)source)->lists, ((const toasty__source *)source)->list_count);
    toasty__sql_text(w, ")");
}

static void add_source(toasty__sql_pieces *pieces, const toasty__source *source)
{
    if (source->model)
        toasty__sql_add_write(pieces, write_table, source->model, 0);
    else if (source->lists)
        toasty__sql_add_write(pieces, write_lists, source, 0);
    else {
        toasty__sql_add_text(pieces, "(");
        toasty__sql_add(pieces, (toasty__sql_piece){.select = source->select, .named = true});
        toasty__sql_add_text(pieces, ")");
    }
    if (!source->number)
        return;
    toasty__sql_add_text(pieces, " AS ");
    toasty__sql_add_write(pieces, write_source_name, source, 0);
}

static void add_from(toasty__sql_pieces *pieces, const toasty__stmt *select)
{
    static const char *const joins[] = {" JOIN ", " LEFT JOIN ", " CROSS JOIN "};
    for (const toasty__source *source = select->from; source; source = source->next) {
        toasty__sql_add_text(pieces, source == select->from ? " FROM " : joins[source->join]);
        add_source(pieces, source);
        if (source->on) {
            toasty__sql_add_text(pieces, " ON ");
            toasty__sql_add_expr(pieces, source->on, LEVEL_ANY);
        }
    }
}

static void add_clause(toasty__sql_pieces *pieces, const char *word, const toasty__expr *expr)
{
    if (!expr)
        return;
    toasty__sql_add_text(pieces, word);
    toasty__sql_add_expr(pieces, expr, LEVEL_ANY);
}

static void add_rows(toasty__sql_pieces *pieces, const toasty__stmt *select)
{
    add_from(pieces, select);
    add_clause(pieces, " WHERE ", select->where);
    if (select->select.group_count) {
        toasty__sql_add_text(pieces, " GROUP BY ");
        toasty__sql_add_exprs(pieces, select->select.group, select->select.group_count);
    }
    add_clause(pieces, " HAVING ", select->select.having);
}

/* --- orders and limits --- */

/* outside: the orders of a select around this one, which knows its values by their names. */
static void add_order_value(toasty__sql_pieces *pieces, const toasty__stmt *select, uint16_t order,
                            bool outside)
{
    if (outside)
        toasty__sql_add_write(pieces, write_order_name, select, order);
    else
        toasty__sql_add_expr(pieces, select->select.orders[order].value, LEVEL_COMPARISON);
}

static void add_order(toasty__sql_pieces *pieces, const toasty__stmt *select, uint16_t i, bool outside)
{
    const toasty__order *order = &select->select.orders[i];
    const toasty__sql_rules *rules = pieces->w->rules;
    bool first = toasty__nulls_come_first(order->descending, order->nulls_turned);
    bool said = first != (rules->nulls_are_largest == order->descending) && toasty__may_be_null(order->value);
    if (said && !rules->says_nulls) {
        add_order_value(pieces, select, i, outside);
        toasty__sql_add_text(pieces, first ? " IS NOT NULL, " : " IS NULL, ");
    }
    add_order_value(pieces, select, i, outside);
    toasty__sql_add_text(pieces, order->descending ? " DESC" : "");
    if (said && rules->says_nulls)
        toasty__sql_add_text(pieces, first ? " NULLS FIRST" : " NULLS LAST");
}

static void add_orders(toasty__sql_pieces *pieces, const toasty__stmt *select, bool outside)
{
    for (uint16_t i = 0; i < select->select.order_count; i++) {
        toasty__sql_add_text(pieces, i ? ", " : " ORDER BY ");
        add_order(pieces, select, i, outside);
    }
}

static void add_limit(toasty__sql_pieces *pieces, const toasty__stmt *select)
{
    bool limited = select->select.limit != TOASTY__NO_PARAMETER;
    if (limited) {
        toasty__sql_add_text(pieces, " LIMIT ");
        add_parameter(pieces, select->select.limit);
    }
    if (select->select.offset == TOASTY__NO_PARAMETER)
        return;
    toasty__sql_add_text(pieces, limited ? "" : pieces->w->rules->no_limit);
    toasty__sql_add_text(pieces, " OFFSET ");
    add_parameter(pieces, select->select.offset);
}

static void add_lock(toasty__sql_pieces *pieces, const toasty__stmt *select)
{
    const toasty__sql_rules *rules = pieces->w->rules;
    if (!select->select.lock)
        return;
    toasty__sql_add_text(pieces, rules->locks[select->select.lock]);
    toasty__sql_add_text(pieces, rules->lock_waits[select->select.lock_wait]);
}

/* --- a limit for each --- */

/* What the outer select orders by and does not answer. */
static void add_hidden_orders(toasty__sql_pieces *pieces, const toasty__stmt *select)
{
    for (uint16_t i = 0; i < select->select.order_count; i++) {
        const toasty__expr *value = select->select.orders[i].value;
        if (item_of_order(select, i) < select->item_count)
            continue;
        toasty__sql_add_text(pieces, ", ");
        toasty__sql_add_expr(pieces, value, LEVEL_ANY);
        if (is_plain(value))
            continue;
        toasty__sql_add_text(pieces, " AS ");
        toasty__sql_add_write(pieces, write_order_name, select, i);
    }
}

/* The rows of each partition are numbered inside, and chosen outside. */
static void add_each(toasty__sql_pieces *pieces, const toasty__stmt *select)
{
    for (uint16_t i = 0; i < select->item_count; i++) {
        toasty__sql_add_text(pieces, i ? ", " : "");
        toasty__sql_add_write(pieces, write_item_name, select, i);
    }
    toasty__sql_add_text(pieces, " FROM (SELECT ");
    add_items(pieces, select, true);
    add_hidden_orders(pieces, select);
    toasty__sql_add_text(pieces, ", row_number() OVER (PARTITION BY ");
    toasty__sql_add_exprs(pieces, select->select.partition, select->select.partition_count);
    add_orders(pieces, select, false);
    toasty__sql_add_text(pieces, ") AS ");
    add_name(pieces, TOASTY__SQL_ROW_NUMBER);
    add_rows(pieces, select);
    toasty__sql_add_text(pieces, ") AS ");
    add_name(pieces, "numbered");
    toasty__sql_add_text(pieces, " WHERE ");
    add_name(pieces, TOASTY__SQL_ROW_NUMBER);
    toasty__sql_add_text(pieces, " <= ");
    add_parameter(pieces, select->select.each);
    add_orders(pieces, select, true);
}

/* --- whole --- */

void toasty__sql_expand_select(toasty__sql_pieces *pieces, const toasty__stmt *select, bool named)
{
    toasty__sql_add_text(pieces, "SELECT ");
    if (select->select.each != TOASTY__NO_PARAMETER)
        add_each(pieces, select);
    else {
        add_items(pieces, select, named);
        add_rows(pieces, select);
        add_orders(pieces, select, false);
    }
    add_limit(pieces, select);
    add_lock(pieces, select);
}
