/* The resolver of views: what each member shows, and whether its type can hold that. Runs when models and
 * their relations are resolved. */
#include "derive/model/resolve.h"

#include "core/types.h"
#include "derive/base/text.h"
#include <string.h>

static void complain(const derive_schema *schema, const derive_member *member, const char *what)
{
    toasty__derive_error(schema->diagnostics, member->at, "`%s`: %s", member->name, what);
}

/* What the type of a member has to be. */
typedef struct wanted {
    toasty_type type;
    const derive_enum *labels;
    const char *c_type, *newtype;
    bool null; /* it may be absent */
} wanted;

/* --- where a member's value comes from --- */

/* "day" of "day(sold_at)"; the path is what is in the parentheses. */
static toasty_unit cut_of(derive_memory *memory, const char **path)
{
    static const char *const names[] = {"",
#define NAME_OF(NAME, name, digits) name "(",
                                        TOASTY_UNITS(NAME_OF)
#undef NAME_OF
    };
    size_t length = strlen(*path);
    for (unsigned unit = 1; unit < TOASTY_UNIT_COUNT; unit++) {
        size_t before = strlen(names[unit]);
        if (strncmp(*path, names[unit], before) != 0 || (*path)[length - 1] != ')')
            continue;
        *path = toasty__derive_text(memory, *path + before, length - before - 1);
        return (toasty_unit)unit;
    }
    return TOASTY_UNIT_NONE;
}

/* A time of day has hours; nothing else than times can be cut. */
static bool can_cut(const derive_column *column)
{
    toasty_type type = column->source->member->type;
    return toasty__class_of((uint8_t)type) == TOASTY_CLASS_TIME &&
           (type != TOASTY_TYPE_TIME || column->unit == TOASTY_UNIT_HOUR) &&
           (type != TOASTY_TYPE_DATE || column->unit != TOASTY_UNIT_HOUR);
}

/* Where the relations at the beginning of a path lead. */
typedef struct end {
    const derive_model *model;
    const derive_relation *many; /* the last one is a has_many; NULL: all are to one */
    const char *rest;            /* of the path: a field of the model, or "" */
    bool null;                   /* there may be no such row */
} end;

static end walk(const derive_schema *schema, const derive_model *model, derive_column *column,
                const char *path)
{
    end at = {.model = model, .rest = path};
    while (*at.rest && !at.many) {
        size_t length = strcspn(at.rest, ".");
        const derive_relation *step = toasty__derive_find_relation(at.model, at.rest, length);
        if (!step)
            break;
        DERIVE_PUSH(schema->memory, &column->path, step);
        if (step->via_path)
            toasty__derive_error(schema->diagnostics, column->member->at,
                                 "`%s`: %s goes via others, which a view does not show; name these: %s",
                                 column->member->name, step->name, step->via_path);
        if (step->kind == TOASTY_HAS_MANY)
            at.many = step;
        at.null = at.null || step->kind == TOASTY_HAS_ONE || !step->required;
        at.model = step->target;
        at.rest += length + (at.rest[length] == '.');
    }
    return at;
}

static const derive_column *field_at(const derive_schema *schema, const derive_member *member, const end *at)
{
    if (at->many) {
        toasty__derive_error(
            schema->diagnostics, member->at,
            "`%s`: %s has many; a path goes through relations to one, and `count`, `sum` and "
            "the like are for many",
            member->name, at->many->name);
        return NULL;
    }
    const derive_column *source = toasty__derive_find_column(at->model, at->rest);
    const char *nearest = source ? NULL : toasty__derive_nearest_column(schema->memory, at->model, at->rest);
    if (nearest)
        toasty__derive_error(schema->diagnostics, member->at,
                             "`%s`: %s does not have a field %s; did you mean `%s`?", member->name,
                             at->model->name, at->rest, nearest);
    else if (!source)
        toasty__derive_error(
            schema->diagnostics, member->at,
            "`%s`: %s does not have a field %s; name one: toasty(path = …), toasty(count = …)", member->name,
            at->model->name, at->rest);
    return source;
}

/* The rows that are counted are those of a has_many, or of the group. */
static const derive_column *rows_at(const derive_schema *schema, const derive_member *member, const end *at)
{
    bool exists = member->viewed.viewed == TOASTY_VIEWED_EXISTS;
    if (*at->rest && at->many)
        complain(schema, member,
                 exists ? "`exists` is of records: toasty(exists = todos)"
                        : "`count` counts records: toasty(count = todos)");
    else
        return at->model->columns.items[0];
    return NULL;
}

/* What is made of many values: of the rows of a has_many, or of those of a group. */
static const derive_column *values_at(const derive_schema *schema, const derive_model *view,
                                      const derive_member *member, const end *at)
{
    bool counts = member->viewed.viewed == TOASTY_VIEWED_COUNT;
    bool exists = member->viewed.viewed == TOASTY_VIEWED_EXISTS;
    bool of_group = view->group_names.count && !exists && (counts ? !member->viewed.path : !at->many);
    const char *path = member->viewed.path ? member->viewed.path : "";
    if (at->many && view->group_names.count) {
        complain(schema, member,
                 "a view of groups shows what the rows of a group come to, not their has_many");
        return NULL;
    }
    if (!at->many && !of_group) {
        if (*path)
            toasty__derive_error(schema->diagnostics, member->at, "`%s`: %s does not have a has_many %.*s",
                                 member->name, *at->rest ? at->model->name : view->of->name,
                                 (int)strcspn(*at->rest ? at->rest : path, "."), *at->rest ? at->rest : path);
        else
            complain(schema, member,
                     "name a has_many: toasty(count = todos); rows are counted in a view with group_by");
        return NULL;
    }
    if (counts || exists)
        return rows_at(schema, member, at);
    const derive_column *source = toasty__derive_find_column(at->model, at->rest);
    if (!source && at->many)
        toasty__derive_error(schema->diagnostics, member->at, "`%s`: name a field of %s: %s.field",
                             member->name, at->model->name, at->many->name);
    else if (!source)
        toasty__derive_error(schema->diagnostics, member->at, "`%s`: %s does not have a field %s",
                             member->name, at->model->name, at->rest);
    return source;
}

/* --- its type --- */

static bool compares_times(uint8_t viewed)
{
    return viewed == TOASTY_VIEWED_MIN || viewed == TOASTY_VIEWED_MAX;
}

static wanted type_of(const derive_schema *schema, const derive_column *column, const end *at)
{
    const derive_member *source = column->source->member, *member = column->member;
    toasty_type_class class = toasty__class_of((uint8_t)source->type);
    bool number = toasty__is_number((uint8_t)source->type, source->labels);
    bool compares = number || class == TOASTY_CLASS_TIME;
    wanted same = {source->type, source->labels, source->c_type, source->newtype,
                   at->null || column->source->null_column};
    wanted none = {TOASTY_TYPE_COUNT, NULL, NULL, NULL, false};
    switch ((toasty_viewed)member->viewed.viewed) {
    case TOASTY_VIEWED_COUNT:
    case TOASTY_VIEWED_COUNT_DISTINCT:
        return (wanted){TOASTY_TYPE_I64, NULL, "int64_t", NULL, false};
    case TOASTY_VIEWED_EXISTS:
        return (wanted){TOASTY_TYPE_BOOL, NULL, "bool", NULL, false};
    case TOASTY_VIEWED_SUM:
        if (number && class == TOASTY_CLASS_INTEGER)
            return (wanted){TOASTY_TYPE_I64, NULL, "int64_t", NULL, true};
        if (number)
            return (wanted){TOASTY_TYPE_F64, NULL, "double", NULL, true};
        break;
    case TOASTY_VIEWED_AVERAGE:
        if (number)
            return (wanted){TOASTY_TYPE_F64, NULL, "double", NULL, true};
        break;
    case TOASTY_VIEWED_MIN:
    case TOASTY_VIEWED_MAX:
        same.null = true;
        if (compares)
            return same;
        break;
    default:
        if (!column->unit || can_cut(column))
            return same;
        toasty__derive_error(schema->diagnostics, member->at,
                             "`%s`: %s of %s is not a time that has this unit", member->name,
                             column->source->name, at->model->name);
        return none;
    }
    toasty__derive_error(schema->diagnostics, member->at, "`%s`: %s of %s is not a number%s", member->name,
                         column->source->name, at->model->name,
                         compares_times(member->viewed.viewed) ? " or a time" : "");
    return none;
}

static void check_type(const derive_schema *schema, const derive_column *column, const end *at)
{
    const derive_member *member = column->member;
    wanted wanted = type_of(schema, column, at);
    if (!wanted.c_type)
        return;
    if (member->type != wanted.type || member->labels != wanted.labels ||
        !toasty__derive_same_newtype(member->newtype, wanted.newtype))
        toasty__derive_error(schema->diagnostics, member->at, "`%s` shows what is %s, and is %s",
                             member->name, wanted.c_type, member->c_type);
    else if (wanted.null && !column->nullable)
        toasty__derive_error(schema->diagnostics, member->at,
                             wanted.type == TOASTY_TYPE_TEXT || wanted.type == TOASTY_TYPE_BYTES
                                 ? "`%s` may be absent; write toasty(null) before %s"
                                 : "`%s` may be absent; write toasty_opt(%s)",
                             member->name, member->c_type);
}

/* --- groups --- */

static bool same_value(const derive_column *a, const derive_column *b)
{
    bool same = a->source == b->source && a->unit == b->unit && a->path.count == b->path.count;
    for (size_t i = 0; same && i < a->path.count; i++)
        same = a->path.items[i] == b->path.items[i];
    return same;
}

/* A field that rows of a group have in common, as if it were a member of that name. */
static void add_group(derive_schema *schema, derive_model *view, const char *name)
{
    derive_column *column = toasty__derive_alloc(schema->memory, sizeof *column);
    derive_member *member = toasty__derive_alloc(schema->memory, sizeof *member);
    *member = (derive_member){.name = "group_by", .at = view->at};
    *column = (derive_column){.member = member, .number = view->groups.count};
    column->unit = cut_of(schema->memory, &name);
    end at = walk(schema, view->of, column, name);
    column->source = field_at(schema, member, &at);
    if (!column->source)
        return;
    if (column->unit && !can_cut(column))
        toasty__derive_error(schema->diagnostics, view->at, "`%s`: %s of %s is not a time that has this unit",
                             view->name, column->source->name, at.model->name);
    DERIVE_PUSH(schema->memory, &view->groups, column);
}

/* Only what all rows of a group have in common can be shown of it. */
static void check_grouped(const derive_schema *schema, const derive_model *view, const derive_column *column)
{
    const derive_member *member = column->member;
    if (member->viewed.viewed != TOASTY_VIEWED_FIELD)
        return;
    for (size_t i = 0; i < view->groups.count; i++)
        if (same_value(view->groups.items[i], column))
            return;
    complain(schema, member,
             "rows of a group may differ there: name it in group_by, or show its max or the like");
}

static void resolve_groups(derive_schema *schema, derive_model *view)
{
    for (size_t i = 0; i < view->group_names.count; i++)
        add_group(schema, view, view->group_names.items[i]);
    for (size_t i = 0; view->group_names.count && i < view->columns.count; i++)
        check_grouped(schema, view, view->columns.items[i]);
    if (!view->distinct)
        return;
    if (view->group_names.count)
        toasty__derive_error(schema->diagnostics, view->at,
                             "`%s`: groups are distinct already; remove `distinct`", view->name);
    for (size_t i = 0; i < view->columns.count; i++) {
        derive_column *column = view->columns.items[i];
        if (column->member->viewed.viewed != TOASTY_VIEWED_FIELD)
            complain(schema, column->member, "a `distinct` view shows fields; count in one with group_by");
        DERIVE_PUSH(schema->memory, &view->groups, column);
    }
}

/* --- all --- */

static void resolve_member(derive_schema *schema, derive_model *view, derive_member *member)
{
    derive_column *column = toasty__derive_alloc(schema->memory, sizeof *column);
    bool is_field = member->viewed.viewed == TOASTY_VIEWED_FIELD;
    const char *path = member->viewed.path ? member->viewed.path : is_field ? member->name : "";
    if (member->kind != DERIVE_COLUMN) {
        complain(schema, member,
                 "a member of a view is a value; structs and relations in views are not supported yet");
        return;
    }
    *column = (derive_column){.member = member,
                              .name = member->name,
                              .ident = member->name,
                              .column = member->name,
                              .access = member->name,
                              .number = view->columns.count,
                              .embed = -1,
                              .nullable = member->null || member->optional,
                              .null_column = member->null || member->optional};
    if (is_field)
        column->unit = cut_of(schema->memory, &path);
    end at = walk(schema, view->of, column, path);
    column->source = is_field ? field_at(schema, member, &at) : values_at(schema, view, member, &at);
    if (!column->source)
        return;
    check_type(schema, column, &at);
    DERIVE_PUSH(schema->memory, &view->columns, column);
}

static void resolve_view(derive_schema *schema, derive_model *view)
{
    view->of = view->of_name ? toasty__derive_find_model(schema, view->of_name) : NULL;
    if (!view->of) {
        toasty__derive_error(schema->diagnostics, view->at,
                             "`%s`: a view is of a model of these headers: toasty_view(%s, of = Model)",
                             view->name, view->name);
        return;
    }
    if (!schema->can.aggregate) {
        toasty__derive_error(schema->diagnostics, view->at,
                             "`%s`: views need a database with SQL; read %s itself where there is none",
                             view->name, view->of->name);
        return;
    }
    view->table = view->of->table;
    for (size_t i = 0; i < view->body->members.count; i++)
        resolve_member(schema, view, view->body->members.items[i]);
    resolve_groups(schema, view);
    if (!view->columns.count)
        toasty__derive_error(schema->diagnostics, view->at, "`%s`: a view shows at least one field",
                             view->name);
}

void toasty__derive_resolve_views(derive_schema *schema)
{
    for (size_t i = 0; i < schema->views.count; i++)
        resolve_view(schema, schema->views.items[i]);
}
