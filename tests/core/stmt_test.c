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
