/* The tree of a statement: what is known of its nodes, the walk over it, and how it is shown. */
#include "base/buffer.h"
#include "sql/nodes.h"
#include "support/test.h"

#include <string.h>

TOASTY_TEST(statement, a_node_has_as_many_items_as_it_takes)
{
    check_that(toasty__arity_holds(BOTH(EQ, column(PERSON_AGE), parameter_of(0))));
    check_that(!toasty__arity_holds(ONE(EQ, column(PERSON_AGE))));
    check_that(!toasty__arity_holds(BOTH(NOT, column(PERSON_AGE), parameter_of(0))));
    check_that(toasty__arity_holds(node(TOASTY__EXPR_AND, 0, NULL, NULL)));
    toasty__expr *call = ONE(CALL, column(PERSON_AGE));
    call->function = TOASTY__FUNCTION_SUM;
    check_that(toasty__arity_holds(call));
    call->function = TOASTY__FUNCTION_POSITION;
    check_that(!toasty__arity_holds(call));
}

TOASTY_TEST(statement, a_column_may_be_null_when_its_row_may_be_absent)
{
    const toasty__source left = {.model = &person_model, .join = TOASTY__JOIN_LEFT};
    check_that(toasty__may_be_null(column(PERSON_AGE)));
    check_that(!toasty__may_be_null(column(PERSON_NAME)));
    check_that(toasty__may_be_null(column_of(&left, PERSON_NAME)));
    check_that(toasty__may_be_null(parameter_of(0)));
}

/* select id, name from persons where age > ?0 and exists (select from tasks) order by name desc limit ?1 */
static toasty__stmt *some_stmt(void)
{
    static toasty__stmt rows, stmt;
    static toasty__order by;
    toasty__expr *exists = node(TOASTY__EXPR_EXISTS, 0, NULL, NULL);
    rows = (toasty__stmt){.tag = TOASTY__STMT_SELECT, .model = &task_model, .from = &tasks};
    rows.select.limit = rows.select.offset = rows.select.each = TOASTY__NO_PARAMETER;
    exists->select = &rows;
    by = (toasty__order){.value = column(PERSON_NAME), .descending = true};
    stmt = rows;
    stmt.model = &person_model;
    stmt.from = &persons;
    stmt.items = items_of(&persons, NULL, 2);
    stmt.item_count = 2;
    stmt.where = BOTH(AND, BOTH(GT, column(PERSON_AGE), parameter_of(0)), exists);
    stmt.select.orders = &by;
    stmt.select.order_count = 1;
    stmt.select.limit = 1;
    return &stmt;
}

TOASTY_TEST(statement, is_shown_with_a_line_for_each_part)
{
    toasty__buffer out;
    toasty__buffer_init(&out);
    toasty__dump_stmt(some_stmt(), &out);
    check_text("(select persons limit ?1\n"
               "  from persons\n"
               "  item id, name\n"
               "  where (and (> age ?0) (exists\n"
               "      (select tasks\n"
               "        from tasks)))\n"
               "  order by descending name)\n",
               out.bytes);
    toasty__buffer_done(&out);
}

typedef struct seen {
    char names[256];
    toasty__expr_tag skip, stop;
} seen;

static toasty__visit_next see(const toasty__visited *visited, void *arg)
{
    seen *all = arg;
    if (!visited->expr)
        return TOASTY__VISIT_CONTINUE;
    toasty__expr_tag tag = (toasty__expr_tag)visited->expr->tag;
    strcat(strcat(all->names, *all->names ? ", " : ""), toasty__expr_name(tag));
    return tag == all->stop   ? TOASTY__VISIT_STOP
           : tag == all->skip ? TOASTY__VISIT_SKIP
                              : TOASTY__VISIT_CONTINUE;
}

TOASTY_TEST(statement, is_walked_from_above_in_the_order_of_its_text)
{
    seen all = {.skip = TOASTY__EXPR_COUNT, .stop = TOASTY__EXPR_COUNT};
    check_int(0, toasty__visit_stmt(some_stmt(), see, &all));
    check_text("column, column, and, >, column, parameter, exists, column", all.names);
    seen part = {.skip = TOASTY__EXPR_GT, .stop = TOASTY__EXPR_EXISTS};
    check_int(1, toasty__visit_stmt(some_stmt(), see, &part));
    check_text("column, column, and, >, exists", part.names);
    check_int(0, toasty__visit_expr(NULL, see, &all));
}

static toasty__visit_next count(const toasty__visited *visited, void *arg)
{
    (void)visited;
    ++*(size_t *)arg;
    return TOASTY__VISIT_CONTINUE;
}

TOASTY_TEST(statement, any_depth_is_walked_without_a_deep_stack)
{
    enum { DEPTH = 100000 };
    size_t nodes = 0;
    toasty__expr *deep = column(PERSON_AGE);
    for (int i = 0; i < DEPTH; i++)
        deep = ONE(NOT, deep);
    check_int(0, toasty__visit_expr(deep, count, &nodes));
    check_uint(DEPTH + 1, nodes);
}

/* --- nothing is forgotten --- */

typedef struct found {
    uint32_t roles;          /* a bit each */
    unsigned parameters[64]; /* how often each was seen */
    unsigned statements;
} found;

static toasty__visit_next find(const toasty__visited *visited, void *arg)
{
    found *all = arg;
    all->roles |= UINT32_C(1) << visited->role;
    all->statements += visited->stmt != NULL;
    if (visited->expr && visited->expr->tag == TOASTY__EXPR_PARAMETER)
        all->parameters[visited->expr->parameter]++;
    return TOASTY__VISIT_CONTINUE;
}

/* Fails for a member that a test has left empty: one that is new has to be filled there, and then the walk
 * has to find it. */
static void check_filled(const void *of, size_t size)
{
    const uintptr_t *words = of;
    for (size_t i = 0; i < size / sizeof *words; i++)
        check_that(words[i] != 0);
}

static toasty__expr **one_of(toasty__expr *expr)
{
    return (toasty__expr **)node(TOASTY__EXPR_AND, 1, expr, NULL)->items;
}

TOASTY_TEST(statement, every_member_with_nodes_is_walked_once)
{
    enum { MARKS = 11 };
    toasty__stmt inside = {.tag = TOASTY__STMT_SELECT};
    toasty__source source = {.model = &person_model,
                             .select = &inside,
                             .lists = one_of(parameter_of(0)),
                             .list_count = 1,
                             .join = TOASTY__JOIN_LEFT,
                             .number = 1,
                             .target = true,
                             .on = parameter_of(1),
                             .next = (toasty__source *)&tasks};
    const uint16_t fields[] = {PERSON_NAME};
    const toasty_parameter about = {0};
    const toasty__item item = {.value = parameter_of(2)};
    const toasty__assignment set = {.field = PERSON_NAME, .value = parameter_of(3)},
                             other = {.field = PERSON_AGE, .value = parameter_of(4)};
    const toasty__conflict conflict = {
        .index = &person_model.indexes[0], .assignments = &other, .assignment_count = 1};
    const toasty__order order = {.value = parameter_of(5)};
    toasty__stmt whole = {.tag = TOASTY__STMT_UPDATE,
                          .model = &person_model,
                          .from = &source,
                          .parameters = &about,
                          .parameter_count = 1,
                          .items = &item,
                          .item_count = 1,
                          .where = parameter_of(6)};
    whole.select.distinct = true;
    whole.select.lock = TOASTY_FOR_UPDATE;
    whole.select.group = one_of(parameter_of(7));
    whole.select.having = parameter_of(8);
    whole.select.orders = &order;
    whole.select.partition = one_of(parameter_of(9));
    whole.select.group_count = whole.select.order_count = whole.select.partition_count = 1;
    whole.select.limit = whole.select.offset = whole.select.each = TOASTY__NO_PARAMETER;
    whole.insert.fields = fields;
    whole.insert.field_count = 1;
    whole.insert.conflict = &conflict;
    whole.update.assignments = &set;
    whole.update.assignment_count = 1;
    check_filled(&whole, sizeof whole);
    check_filled(&source, sizeof source);

    found all = {0};
    toasty__expr *exists = ONE(EXISTS, parameter_of(10)); /* no tag has both, and the walk does not ask */
    exists->select = &inside;
    order.value->items = (toasty__expr *const *)one_of(exists);
    order.value->count = 1;
    check_int(0, toasty__visit_stmt(&whole, find, &all));
    for (uint32_t i = 0; i < MARKS; i++)
        check_uint(1, all.parameters[i]);
    check_uint(3, all.statements); /* itself, the one of its source, the one of EXISTS */
#define BIT(NAME, name) | UINT32_C(1) << TOASTY__ROLE_##NAME
    check_uint(0 TOASTY__ROLES(BIT), all.roles);
#undef BIT
}

TOASTY_TEST(statement, what_is_below_a_node_of_any_tag_is_walked)
{
    for (int tag = 0; tag < TOASTY__EXPR_COUNT; tag++) {
        toasty__stmt inside = {.tag = TOASTY__STMT_SELECT, .where = parameter_of(2)};
        bool has_select = tag == TOASTY__EXPR_EXISTS || tag == TOASTY__EXPR_SELECT;
        toasty__expr *expr = node((toasty__expr_tag)tag, 2, parameter_of(0), parameter_of(1));
        expr->select = has_select ? &inside : NULL;
        expr->parameter = 3;
        found all = {0};
        check_int(0, toasty__visit_expr(expr, find, &all));
        check_uint(1, all.parameters[0]);
        check_uint(1, all.parameters[1]);
        check_uint(has_select, all.parameters[2]);
    }
}
