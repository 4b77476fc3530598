/* A statement's tree as text: a line for each part of a statement, an expression as a list in parentheses
 * that begins with its name.
 *
 *     (select tasks
 *       from tasks as 1
 *       (left join people as 2
 *         on (= 2.id 1.person_id))
 *       item 1.title
 *       order by 2.name descending) */
#include "base/buffer.h"
#include "core/stmt.h"

typedef struct dump {
    toasty__buffer *out;
    const toasty_model *target; /* of a change, whose assignments name its fields */
    uint32_t open;              /* parentheses; what has nodes below it has one */
    bool begun;                 /* the last node was a statement: what follows is its first source */
    bool listing;               /* it was an item with nothing below it: the next one stands on its line */
} dump;

/* May there be nodes below it? */
static bool is_list(const toasty__visited *visited)
{
    const toasty__expr *expr = visited->expr;
    if (visited->source)
        return !visited->source->model || visited->source->on;
    return visited->stmt || expr->count || expr->tag == TOASTY__EXPR_EXISTS ||
           expr->tag == TOASTY__EXPR_SELECT;
}

static void close_to(dump *d, uint32_t depth)
{
    for (; d->open > depth; d->open--)
        toasty__buffer_char(d->out, ')');
}

static void put_parameter(dump *d, const char *name, uint32_t parameter)
{
    if (parameter != TOASTY__NO_PARAMETER)
        toasty__buffer_printf(d->out, " %s ?%u", name, (unsigned)parameter);
}

static void put_stmt(dump *d, const toasty__stmt *stmt)
{
    static const char *const names[] = {
#define NAME_OF(NAME, name) name,
        TOASTY__STMTS(NAME_OF)
#undef NAME_OF
    };
    static const char *const locks[] = {"", " for update", " for share"}, *const waits[] = {"", " or fail",
                                                                                            " or skip"};
    bool select = stmt->tag == TOASTY__STMT_SELECT;
    toasty__buffer_text(d->out, names[stmt->tag]);
    if (select && stmt->select.distinct)
        toasty__buffer_text(d->out, " distinct");
    if (stmt->model)
        toasty__buffer_printf(d->out, " %s", stmt->model->table);
    for (uint16_t i = 0; i < stmt->insert.field_count; i++)
        toasty__buffer_printf(d->out, "%s%s", i ? ", " : " of ",
                              stmt->model->fields[stmt->insert.fields[i]].column);
    if (stmt->tag == TOASTY__STMT_INSERT)
        toasty__buffer_printf(d->out, stmt->insert.row_count ? " rows %u" : " of lists",
                              (unsigned)stmt->insert.row_count);
    if (stmt->insert.conflict)
        toasty__buffer_printf(d->out, " unless in %s", stmt->insert.conflict->index->name);
    if (!select)
        return;
    put_parameter(d, "each", stmt->select.each);
    put_parameter(d, "limit", stmt->select.limit);
    put_parameter(d, "offset", stmt->select.offset);
    toasty__buffer_printf(d->out, "%s%s", locks[stmt->select.lock], waits[stmt->select.lock_wait]);
}

static void put_source(dump *d, const toasty__source *source, bool first)
{
    static const char *const joins[] = {"join ", "left join ", "cross join "};
    toasty__buffer_text(d->out, first ? "from " : joins[source->join]);
    toasty__buffer_text(d->out, source->model ? source->model->table : source->select ? "select" : "lists");
    if (source->number)
        toasty__buffer_printf(d->out, " as %u", (unsigned)source->number);
}

static void put_column(dump *d, const toasty__expr *column)
{
    const toasty__source *source = column->source;
    if (source->number)
        toasty__buffer_printf(d->out, "%u.", (unsigned)source->number);
    if (source->model)
        toasty__buffer_text(d->out, source->model->fields[column->field].column);
    else
        toasty__buffer_printf(d->out, "item %u", (unsigned)column->field);
}

static void put_expr(dump *d, const toasty__expr *expr)
{
    switch ((toasty__expr_tag)expr->tag) {
    case TOASTY__EXPR_COLUMN:
        put_column(d, expr);
        break;
    case TOASTY__EXPR_INCOMING:
        toasty__buffer_printf(d->out, "incoming.%s", d->target->fields[expr->field].column);
        break;
    case TOASTY__EXPR_PARAMETER:
        toasty__buffer_printf(d->out, "?%u", (unsigned)expr->parameter);
        break;
    case TOASTY__EXPR_CALL:
        toasty__buffer_printf(d->out, "%s%s", toasty__function_name((toasty__function)expr->function),
                              expr->count ? "" : "()");
        break;
    case TOASTY__EXPR_CUT:
        toasty__buffer_printf(d->out, "cut to %s", toasty__unit_name(expr->unit));
        break;
    case TOASTY__EXPR_RAW:
        toasty__buffer_printf(d->out, "raw '%s'", expr->texts[0]);
        break;
    default:
        toasty__buffer_text(d->out, toasty__expr_name((toasty__expr_tag)expr->tag));
    }
}

static void put_order(dump *d, const toasty__order *order)
{
    toasty__buffer_text(d->out, order->descending ? "descending " : "");
    if (order->nulls_turned)
        toasty__buffer_text(d->out, order->descending ? "nulls first " : "nulls last ");
}

/* The line that a part of a statement begins, and what part it is. */
static void put_role(dump *d, const toasty__visited *visited)
{
    static const char *const names[] = {
#define NAME_OF(NAME, name) name,
        TOASTY__ROLES(NAME_OF)
#undef NAME_OF
    };
    if (visited->role == TOASTY__ROLE_ROOT)
        return;
    if (visited->role == TOASTY__ROLE_OPERAND && visited->expr) {
        toasty__buffer_char(d->out, ' ');
        return;
    }
    if (visited->role == TOASTY__ROLE_ITEM && d->listing)
        toasty__buffer_text(d->out, ", ");
    else
        toasty__buffer_printf(d->out, "\n%*s", (int)(2 * visited->depth), "");
    if (visited->expr && !(visited->role == TOASTY__ROLE_ITEM && d->listing))
        toasty__buffer_printf(d->out, "%s ", names[visited->role]);
    if (visited->role == TOASTY__ROLE_SET || visited->role == TOASTY__ROLE_CONFLICT)
        toasty__buffer_printf(d->out, "%s = ", d->target->fields[visited->field].column);
    if (visited->order)
        put_order(d, visited->order);
}

static toasty__visit_next put(const toasty__visited *visited, void *arg)
{
    dump *d = arg;
    close_to(d, visited->depth);
    put_role(d, visited);
    if (is_list(visited)) {
        toasty__buffer_char(d->out, '(');
        d->open++;
    }
    if (visited->stmt)
        put_stmt(d, visited->stmt);
    else if (visited->source)
        put_source(d, visited->source, d->begun);
    else
        put_expr(d, visited->expr);
    d->begun = visited->stmt != NULL;
    d->listing = visited->role == TOASTY__ROLE_ITEM && !is_list(visited);
    return TOASTY__VISIT_CONTINUE;
}

void toasty__dump_stmt(const toasty__stmt *stmt, toasty__buffer *out)
{
    dump d = {.out = out, .target = stmt->model};
    if (toasty__visit_stmt(stmt, put, &d) < 0)
        out->failed = true;
    close_to(&d, 0);
    toasty__buffer_char(out, '\n');
}
