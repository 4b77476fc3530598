/* A change of the rows in a long list, where the database reads every row to find out which are in it; and
 * one whose condition reads the table that is changed, which some databases refuse.
 *
 *     DELETE FROM t WHERE c IN (list) AND a
 *     DELETE FROM t WHERE id IN (SELECT t2.id
 *                                FROM (SELECT id FROM t JOIN (list) AS t1 ON c = t1.item WHERE a) AS t2)
 *
 * The select that reads the table which is changed stands inside of another, which some databases insist on.
 * A list that has a placeholder for each item stays what it is, and so does one that is not a condition for
 * itself. */
#include "sql/pieces.h"

#include <string.h>

typedef struct joining {
    toasty__arena *arena;
    bool failed;
} joining;

static void *make(joining *j, size_t size)
{
    void *made = toasty__arena_calloc(j->arena, 1, size);
    j->failed = j->failed || !made;
    return made;
}

static toasty__expr *make_expr(joining *j, toasty__expr_tag tag, toasty__expr *const *items, uint32_t count)
{
    toasty__expr *expr = make(j, sizeof(*expr) + count * sizeof(*items));
    if (!expr)
        return NULL;
    expr->tag = (uint8_t)tag;
    expr->count = count;
    expr->items = count ? memcpy(expr + 1, items, count * sizeof(*items)) : NULL;
    return expr;
}

static toasty__expr *make_column(joining *j, const toasty__source *source, uint16_t field)
{
    toasty__expr *column = make_expr(j, TOASTY__EXPR_COLUMN, NULL, 0);
    if (column) {
        column->source = source;
        column->field = field;
    }
    return column;
}

/* --- the condition --- */

static bool is_long_list(const toasty__sql_writer *w, const toasty__expr *expr)
{
    const toasty__expr *list = expr->count ? expr->items[expr->count - 1] : NULL;
    return (expr->tag == TOASTY__EXPR_IN || expr->tag == TOASTY__EXPR_TUPLE_IN) &&
           list->tag == TOASTY__EXPR_PARAMETER && !w->stmt->parameters[list->parameter].list_size;
}

/* The long list among the conditions that must all hold; *others: an and of the rest. NULL: there is none. */
static const toasty__expr *find_list(const toasty__sql_writer *w, joining *j, toasty__expr *where,
                                     toasty__expr **others)
{
    *others = NULL;
    if (!where || is_long_list(w, where))
        return where;
    if (where->tag != TOASTY__EXPR_AND)
        return NULL;
    for (uint32_t i = 0; i < where->count; i++) {
        if (!is_long_list(w, where->items[i]))
            continue;
        toasty__expr **rest = make(j, where->count * sizeof(*rest));
        if (!rest)
            return NULL;
        memcpy(rest, where->items, i * sizeof(*rest));
        memcpy(rest + i, where->items + i + 1, (where->count - i - 1) * sizeof(*rest));
        *others = make_expr(j, TOASTY__EXPR_AND, rest, where->count - 1);
        return where->items[i];
    }
    return NULL;
}

static toasty__visit_next see_number(const toasty__visited *visited, void *highest)
{
    if (visited->source && visited->source->number > *(uint16_t *)highest)
        *(uint16_t *)highest = visited->source->number;
    return TOASTY__VISIT_CONTINUE;
}

/* Does a condition read the table that is changed? */
static toasty__visit_next see_target(const toasty__visited *visited, void *model)
{
    return visited->source && visited->source->model == model ? TOASTY__VISIT_STOP : TOASTY__VISIT_CONTINUE;
}

/* --- the selects --- */

static toasty__stmt *make_select(joining *j, const toasty__source *from, const toasty_model *model)
{
    const toasty_index *key = &model->indexes[0];
    toasty__stmt *select = make(j, sizeof(*select));
    toasty__item *items = make(j, key->field_count * sizeof(*items));
    if (j->failed)
        return NULL;
    for (uint8_t i = 0; i < key->field_count; i++)
        items[i].value = make_column(j, from, from->model ? key->fields[i] : i);
    *select = (toasty__stmt){.tag = TOASTY__STMT_SELECT,
                             .model = model,
                             .from = from,
                             .items = items,
                             .item_count = key->field_count};
    select->select.limit = select->select.offset = select->select.each = TOASTY__NO_PARAMETER;
    return select;
}

/* The keys of the rows in the list. */
static toasty__stmt *select_in_list(joining *j, const toasty_model *model, const toasty__expr *in,
                                    uint16_t number)
{
    uint32_t width = in->tag == TOASTY__EXPR_IN ? 1 : in->count / 2;
    toasty__source *table = make(j, sizeof(*table)), *list = make(j, sizeof(*list));
    toasty__expr **equal = make(j, width * sizeof(*equal));
    if (j->failed)
        return NULL;
    table->model = model;
    table->next = list;
    list->lists = in->items + width;
    list->list_count = width;
    list->number = number;
    for (uint32_t i = 0; i < width; i++)
        equal[i] = make_expr(j, TOASTY__EXPR_EQ,
                             (toasty__expr *[]){in->items[i], make_column(j, list, (uint16_t)i)}, 2);
    list->on = make_expr(j, TOASTY__EXPR_AND, equal, width);
    return make_select(j, table, model);
}

/* The keys of the rows that are meant, found by a select of their own. */
static toasty__stmt *select_meant(joining *j, const toasty__stmt *change)
{
    toasty__source *table = make(j, sizeof(*table));
    toasty__stmt *select = table ? make_select(j, table, change->model) : NULL;
    if (!select)
        return NULL;
    *table = (toasty__source){.model = change->model, .qualified = change->from->qualified};
    return select;
}

/* The key of the changed table is one that the select answers. */
static toasty__expr *key_in(joining *j, const toasty__source *table, const toasty__stmt *select)
{
    const toasty_index *key = &table->model->indexes[0];
    toasty__expr **items = make(j, (key->field_count + 1u) * sizeof(*items));
    for (uint8_t i = 0; items && i < key->field_count; i++)
        items[i] = make_column(j, table, key->fields[i]);
    if (!items)
        return NULL;
    items[key->field_count] = make_expr(j, TOASTY__EXPR_SELECT, NULL, 0);
    if (j->failed)
        return NULL;
    items[key->field_count]->select = select;
    return make_expr(j, key->field_count == 1 ? TOASTY__EXPR_IN : TOASTY__EXPR_TUPLE_IN, items,
                     key->field_count + 1u);
}

const toasty__stmt *toasty__sql_join_list(toasty__sql_writer *w, const toasty__stmt *change)
{
    joining j = {.arena = &w->scratch};
    toasty__expr *others;
    uint16_t highest = 0;
    const toasty__expr *in = find_list(w, &j, change->where, &others);
    int beside = in ? 0 : toasty__visit_expr(change->where, see_target, (void *)change->model);
    if (j.failed || beside < 0)
        return NULL;
    if (!in && !beside)
        return change;
    if (toasty__visit_stmt(change, see_number, &highest) < 0)
        return NULL;
    toasty__stmt *joined = make(&j, sizeof(*joined));
    toasty__source *found = make(&j, sizeof(*found));
    toasty__stmt *inner = in ? select_in_list(&j, change->model, in, highest + 1) : select_meant(&j, change);
    if (j.failed)
        return NULL;
    inner->where = in ? others : change->where;
    found->select = inner;
    found->number = highest + 2;
    *joined = *change;
    joined->where = key_in(&j, change->from, make_select(&j, found, change->model));
    return j.failed ? NULL : joined;
}
