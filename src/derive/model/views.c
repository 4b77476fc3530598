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

static const derive_relation *find_relation(const derive_model *model, const char *name, size_t length)
{
    for (size_t i = 0; i < model->relations.count; i++) {
        const derive_relation *relation = model->relations.items[i];
        if (strlen(relation->name) == length && memcmp(relation->name, name, length) == 0)
            return relation;
    }
    return NULL;
}

/* What the type of a member has to be. */
typedef struct wanted {
    toasty_type type;
    const derive_enum *labels;
    const char *c_type;
    bool null; /* it may be absent */
} wanted;

/* --- where a member's value comes from --- */

/* The field at the end of a path through relations to one; NULL after an error. */
static const derive_column *follow(const derive_schema *schema, const derive_model *model,
                                   derive_column *column, const char *path, bool *null)
{
    const derive_member *member = column->member;
    for (;;) {
        const char *dot = strchr(path, '.');
        const derive_relation *step = dot ? find_relation(model, path, (size_t)(dot - path)) : NULL;
        if (!step)
            break;
        if (step->kind == TOASTY_HAS_MANY) {
            toasty__derive_error(
                schema->diagnostics, member->at,
                "`%s`: %s has many; a path goes through relations to one, and `count`, `sum` and "
                "the like are for many",
                member->name, step->name);
            return NULL;
        }
        *null = *null || step->kind == TOASTY_HAS_ONE || !step->required;
        DERIVE_PUSH(schema->memory, &column->path, step);
        model = step->target;
        path = dot + 1;
    }
    const derive_column *source = toasty__derive_find_column(model, path);
    if (!source)
        toasty__derive_error(
            schema->diagnostics, member->at,
            "`%s`: %s does not have a field %s; name one: toasty(path = …), toasty(count = …)", member->name,
            model->name, path);
    return source;
}

/* "todos" of "todos.minutes", and the field behind it. */
static const derive_column *follow_many(const derive_schema *schema, const derive_model *model,
                                        derive_column *column, bool counts)
{
    const derive_member *member = column->member;
    const char *path = member->viewed.path, *dot = strchr(path, '.');
    const derive_relation *relation = find_relation(model, path, dot ? (size_t)(dot - path) : strlen(path));
    if (!relation || relation->kind != TOASTY_HAS_MANY) {
        toasty__derive_error(schema->diagnostics, member->at, "`%s`: %s does not have a has_many %.*s",
                             member->name, model->name, (int)strcspn(path, "."), path);
        return NULL;
    }
    DERIVE_PUSH(schema->memory, &column->path, relation);
    if (counts && dot) {
        complain(schema, member, "`count` counts records: toasty(count = todos)");
        return NULL;
    }
    if (counts)
        return relation->target->columns.items[0];
    const derive_column *source = dot ? toasty__derive_find_column(relation->target, dot + 1) : NULL;
    if (!source)
        toasty__derive_error(schema->diagnostics, member->at, "`%s`: name a field of %s: %s.field",
                             member->name, relation->target->name, relation->name);
    return source;
}

/* --- its type --- */

static wanted type_of(const derive_schema *schema, const derive_column *column, bool null)
{
    const derive_member *source = column->source->member, *member = column->member;
    toasty_type_class class = toasty__class_of((uint8_t)source->type);
    bool number = (class == TOASTY_CLASS_INTEGER || class == TOASTY_CLASS_REAL) && !source->labels;
    bool compares = number || class == TOASTY_CLASS_TIME;
    wanted same = {source->type, source->labels, source->c_type, null || column->source->null_column};
    wanted none = {TOASTY_TYPE_COUNT, NULL, NULL, false};
    switch ((toasty_viewed)member->viewed.viewed) {
    case TOASTY_VIEWED_COUNT:
        return (wanted){TOASTY_TYPE_I64, NULL, "int64_t", false};
    case TOASTY_VIEWED_SUM:
        if (number && class == TOASTY_CLASS_INTEGER)
            return (wanted){TOASTY_TYPE_I64, NULL, "int64_t", true};
        if (number)
            return (wanted){TOASTY_TYPE_F64, NULL, "double", true};
        break;
    case TOASTY_VIEWED_AVERAGE:
        if (number)
            return (wanted){TOASTY_TYPE_F64, NULL, "double", true};
        break;
    case TOASTY_VIEWED_MIN:
    case TOASTY_VIEWED_MAX:
        same.null = true;
        if (compares)
            return same;
        break;
    default:
        return same;
    }
    toasty__derive_error(schema->diagnostics, member->at, "`%s`: %s of %s is not a number%s", member->name,
                         column->source->name, column->path.items[0]->target->name,
                         member->viewed.viewed < TOASTY_VIEWED_MIN ? "" : " or a time");
    return none;
}

static void check_type(const derive_schema *schema, const derive_column *column, bool null)
{
    const derive_member *member = column->member;
    wanted wanted = type_of(schema, column, null);
    if (!wanted.c_type)
        return;
    if (member->type != wanted.type || member->labels != wanted.labels)
        toasty__derive_error(schema->diagnostics, member->at, "`%s` shows what is %s, and is %s",
                             member->name, wanted.c_type, member->c_type);
    else if (wanted.null && !column->nullable)
        toasty__derive_error(schema->diagnostics, member->at,
                             wanted.type == TOASTY_TYPE_TEXT || wanted.type == TOASTY_TYPE_BYTES
                                 ? "`%s` may be absent; write toasty(null) before %s"
                                 : "`%s` may be absent; write toasty_opt(%s)",
                             member->name, member->c_type);
}

/* --- all --- */

static void resolve_member(derive_schema *schema, derive_model *view, derive_member *member)
{
    derive_column *column = toasty__derive_alloc(schema->memory, sizeof *column);
    bool null = false, many = member->viewed.viewed != TOASTY_VIEWED_FIELD;
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
    column->source = many
                         ? follow_many(schema, view->of, column, member->viewed.viewed == TOASTY_VIEWED_COUNT)
                         : follow(schema, view->of, column,
                                  member->viewed.path ? member->viewed.path : member->name, &null);
    if (!column->source)
        return;
    check_type(schema, column, null);
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
    if (!view->columns.count)
        toasty__derive_error(schema->diagnostics, view->at, "`%s`: a view shows at least one field",
                             view->name);
}

void toasty__derive_resolve_views(derive_schema *schema)
{
    for (size_t i = 0; i < schema->views.count; i++)
        resolve_view(schema, schema->views.items[i]);
}
