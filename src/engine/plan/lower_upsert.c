/* Lowering upserts.
 *
 * Where the database has a word for it, an upsert is one insert, which gives the row back or is followed by a
 * read of it. Where it has none, the same is said by an update, an insert unless the row is there, and the
 * read, all in one group: that is right as long as one transaction writes at a time. Stores that only know
 * keys have one step, which says what is assigned to a row that is found.
 *
 * Values of the shape come first, those of the insert's columns after them; the key is among these. */
#include "core/access.h"
#include "engine/plan/assign.h"
#include "engine/plan/lower.h"

static toasty__step *new_step(toasty__lowering *l, const toasty_request *request, toasty__stmt_tag tag,
                              toasty__stmt **stmt)
{
    toasty__step *step = toasty__lower_step(l, request->model);
    *stmt = step ? toasty__lower_stmt(l, tag, request->model) : NULL;
    return *stmt ? step : NULL;
}

static uint16_t number_of(const toasty__lowering *l, const toasty__step *step)
{
    return (uint16_t)(step - l->plan->steps);
}

/* Whether a row is the one that the upsert is about. */
static toasty__expr *lower_key(toasty__lowering *l, const toasty_request *request)
{
    const toasty_model *model = request->model;
    const toasty_index *by = request->by;
    toasty__expr *equal[TOASTY_MAX_KEYS];
    for (uint8_t i = 0; i < by->field_count; i++)
        equal[i] = toasty__lower_node(
            l, TOASTY__EXPR_EQ, toasty__lower_column(l, by->fields[i]),
            toasty__lower_parameter(l, &model->fields[by->fields[i]], TOASTY__BIND_VALUE,
                                    l->first_incoming + toasty__insert_column(model, by->fields[i])));
    return toasty__lower_join(l, TOASTY__EXPR_AND, equal, by->field_count);
}

/* What comes back of an insert that settles its conflicts: the row, and, where the database does not tell it
 * otherwise, whether it is new. The latter goes behind the record. */
static int lower_row_back(toasty__lowering *l, toasty__step *step, toasty__stmt *stmt)
{
    const toasty_model *model = step->model;
    uint16_t count = model->field_count;
    const toasty_field **columns = toasty__lower_alloc(l, (count + (size_t)1) * sizeof(*columns));
    toasty__item *items = toasty__lower_alloc(l, (count + (size_t)1) * sizeof(*items));
    toasty_field *created = toasty__lower_alloc(l, sizeof(*created));
    if (l->failed || toasty__lower_columns(l, step, stmt, NULL, count) < 0)
        return -1;
    if (l->engine->driver->capability->tells_created)
        return 0;
    for (uint16_t i = 0; i < count; i++) {
        items[i] = stmt->items[i];
        columns[i] = step->columns[i];
    }
    *created = (toasty_field){.name = "created",
                              .column = "created",
                              .type = TOASTY_TYPE_BOOL,
                              .embed = TOASTY_NO_EMBED,
                              .offset = (uint32_t)model->size,
                              .set_offset = TOASTY_NO_OFFSET,
                              .new_offset = TOASTY_NO_OFFSET,
                              .new_set_offset = TOASTY_NO_OFFSET};
    columns[count] = created;
    items[count] = (toasty__item){toasty__lower_expr(l, TOASTY__EXPR_CREATED, 0, NULL), created};
    stmt->items = items;
    step->columns = columns;
    stmt->item_count = step->column_count = count + 1u;
    return l->failed ? -1 : 0;
}

/* The key that the database counts up, where the insert gives it back. */
static int lower_key_back(toasty__lowering *l, toasty__step *step, toasty__stmt *stmt)
{
    const toasty_capability *can = l->engine->driver->capability;
    const toasty_field *sequence = toasty__sequence_field(step->model);
    if (!sequence || !can->returning || can->returning_costs)
        return 0;
    uint16_t number = (uint16_t)(sequence - step->model->fields);
    return toasty__lower_columns(l, step, stmt, &number, 1);
}

/* INSERT … ON CONFLICT …; *answers: it gives the row back. */
static int lower_insert(toasty__lowering *l, const toasty_request *request, bool creates, bool *answers)
{
    toasty__stmt *stmt;
    toasty__step *step = new_step(l, request, TOASTY__STMT_INSERT, &stmt);
    toasty__conflict *conflict = toasty__lower_alloc(l, sizeof(*conflict));
    if (!step || !conflict)
        return -1;
    toasty__lower_insert_columns(l, stmt, false, l->first_incoming);
    stmt->insert.row_count = 1;
    stmt->insert.conflict = conflict;
    conflict->index = request->by;
    if (!creates) {
        uint16_t count = 0;
        conflict->assignments = toasty__lower_assignments(l, request, &count);
        conflict->assignment_count = count;
    }
    *answers = conflict->assignment_count && l->engine->driver->capability->returning;
    if ((*answers && lower_row_back(l, step, stmt) < 0) || (creates && lower_key_back(l, step, stmt) < 0))
        return -1;
    l->plan->change = number_of(l, step);
    toasty__lower_finish(l, step, stmt);
    return l->failed ? -1 : 0;
}

/* INSERT … SELECT … WHERE NOT EXISTS … */
static int lower_insert_unless(toasty__lowering *l, const toasty_request *request)
{
    toasty__stmt *stmt;
    toasty__step *step = new_step(l, request, TOASTY__STMT_INSERT, &stmt);
    if (!step)
        return -1;
    toasty__lower_insert_columns(l, stmt, false, l->first_incoming);
    stmt->insert.row_count = 1;
    toasty__source *target = l->source;
    toasty__stmt *inner = toasty__lower_inner(l, target, request->model);
    toasty__expr *exists = toasty__lower_expr(l, TOASTY__EXPR_EXISTS, 0, NULL);
    if (!inner || !exists)
        return -1;
    inner->where = lower_key(l, request);
    exists->select = inner;
    l->source = target;
    stmt->where = toasty__lower_node(l, TOASTY__EXPR_NOT, exists, NULL);
    l->plan->change = number_of(l, step);
    toasty__lower_finish(l, step, stmt);
    return l->failed ? -1 : 0;
}

/* The change of a row that is there; where the store only knows keys, all that it is asked. */
static int lower_update(toasty__lowering *l, const toasty_request *request, bool creates)
{
    toasty__stmt *stmt;
    toasty__step *step = new_step(l, request, TOASTY__STMT_UPDATE, &stmt);
    if (!step)
        return -1;
    if (!creates) {
        uint16_t count = 0;
        stmt->update.assignments = toasty__lower_assignments(l, request, &count);
        stmt->update.assignment_count = count;
    }
    bool sql = l->engine->driver->capability->sql;
    if (!sql && toasty__lower_columns(l, step, stmt, NULL, request->model->field_count) < 0)
        return -1;
    if (sql && !stmt->update.assignment_count) {
        l->plan->step_count--; /* nothing is changed */
        return l->failed ? -1 : 0;
    }
    stmt->where = lower_key(l, request);
    toasty__lower_finish(l, step, stmt);
    return l->failed ? -1 : 0;
}

static int lower_read(toasty__lowering *l, const toasty_request *request)
{
    toasty__stmt *stmt;
    toasty__step *step = new_step(l, request, TOASTY__STMT_SELECT, &stmt);
    if (!step || toasty__lower_columns(l, step, stmt, NULL, request->model->field_count) < 0)
        return -1;
    stmt->where = lower_key(l, request);
    /* What another transaction has made may be younger than what this one sees. */
    stmt->select.lock = l->engine->driver->capability->returning ? TOASTY_NO_ROW_LOCK : TOASTY_FOR_UPDATE;
    l->plan->answer = number_of(l, step);
    toasty__lower_finish(l, step, stmt);
    return l->failed ? -1 : 0;
}

int toasty__lower_upsert(toasty__lowering *l, const toasty_request *request, bool creates)
{
    const toasty_capability *can = l->engine->driver->capability;
    uint32_t end = l->first_incoming;
    bool answers = false;
    l->plan->depth = 1;
    l->plan->writes = true;
    l->next_value = request->key_count;
    if ((!can->upserts && lower_update(l, request, creates) < 0) ||
        (can->upserts && lower_insert(l, request, creates, &answers) < 0) ||
        (can->sql && !can->upserts && lower_insert_unless(l, request) < 0) ||
        (can->sql && !creates && !answers && lower_read(l, request) < 0))
        return -1;
    l->next_value = end;
    return 0;
}

/* One insert of all the rows: their values come first, those of the changes after them. */
static int lower_insert_rows(toasty__lowering *l, const toasty_request *request, uint32_t row_count)
{
    toasty__stmt *stmt;
    toasty__step *step = new_step(l, request, TOASTY__STMT_INSERT, &stmt);
    toasty__conflict *conflict = toasty__lower_alloc(l, sizeof(*conflict));
    if (!step || !conflict)
        return -1;
    toasty__lower_insert_columns(l, stmt, false, 0);
    stmt->insert.row_count = row_count;
    stmt->insert.conflict = conflict;
    conflict->index = request->by;
    uint16_t count = 0;
    conflict->assignments = toasty__lower_assignments(l, request, &count);
    conflict->assignment_count = count;
    toasty__lower_finish(l, step, stmt);
    return l->failed ? -1 : 0;
}

int toasty__lower_upsert_array(toasty__lowering *l, const toasty_request *request, uint32_t row_count)
{
    l->plan->depth = 1;
    l->plan->writes = true;
    if (l->engine->driver->capability->upserts)
        return lower_insert_rows(l, request, row_count);
    int changes = toasty__count_assigns(request, l->arena, l->err);
    if (changes < 0)
        return -1;
    l->first_incoming += (uint32_t)changes; /* the values of a row stand behind those of the changes */
    return lower_update(l, request, false) < 0 ? -1 : lower_insert_unless(l, request);
}
