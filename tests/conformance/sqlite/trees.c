/* The trees of statements that the requests of the suite's models become, beside those that are expected
 * (trees.txt). With TOASTY_TEST_UPDATE in the environment the file is written instead. */
#include "base/buffer.h"
#include "engine/plan/lower.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const toasty_capability toasty__sqlite_capability, toasty__sqlite_plain_capability;

typedef struct trees {
    toasty__engine engine;
    toasty_driver driver;
    toasty__buffer out;
} trees;

static toasty__visit_next check_arity(const toasty__visited *visited, void *unused)
{
    (void)unused;
    check_that(!visited->expr || toasty__arity_holds(visited->expr));
    return TOASTY__VISIT_CONTINUE;
}

static void show_plan(trees *t, const char *title, const toasty__plan *plan)
{
    toasty__buffer_printf(&t->out, "-- %s\n", title);
    for (uint16_t i = 0; i < plan->step_count; i++) {
        check_int(0, toasty__visit_stmt(plan->steps[i].stmt, check_arity, NULL));
        toasty__dump_stmt(plan->steps[i].stmt, &t->out);
    }
}

static void show(trees *t, const char *title, toasty_request request)
{
    toasty_error err;
    toasty__lowering lowering;
    toasty__plan *plan = toasty__plan_new(&err);
    check_that(plan != NULL);
    toasty__lower_begin(&lowering, &t->engine, plan, &err);
    int lowered = request.kind == TOASTY_REQUEST_UPDATE   ? toasty__lower_update(&lowering, &request)
                  : request.kind == TOASTY_REQUEST_DELETE ? toasty__lower_delete(&lowering, &request)
                                                          : toasty__lower_read(&lowering, &request);
    check_int(0, lowered);
    show_plan(t, title, plan);
    toasty__plan_release(plan);
}

static void show_insert(trees *t, const char *title, const toasty_model *model, uint32_t rows,
                        toasty__key_source key)
{
    toasty_error err;
    toasty__lowering lowering;
    toasty__plan *plan = toasty__plan_new(&err);
    check_that(plan != NULL);
    toasty__lower_begin(&lowering, &t->engine, plan, &err);
    check_int(0, toasty__lower_insert(&lowering, model, rows, key));
    show_plan(t, title, plan);
    toasty__plan_release(plan);
}

#define ASK(KIND, ...) ((toasty_request){.kind = TOASTY_REQUEST_##KIND, .model = model, __VA_ARGS__})

static void show_reads(trees *t, const toasty_model *model)
{
    const toasty_order down = {.field = (uint16_t)(model->field_count - 1), .direction = TOASTY_DESCENDING};
    void *record = calloc(1, model->size);
    show(t, "first, ordered", ASK(FIRST, .find = {.order_by = &down, .order_max = 1}));
    show(t, "page after a row",
         ASK(PAGE, .after = record, .find = {.limit = 5, .order_by = &down, .order_max = 1}));
    show(t, "count", ASK(COUNT, .key_count = 0));
    show(t, "count of some", ASK(COUNT, .find = {.limit = 3}));
    show(t, "exists", ASK(EXISTS, .key_count = 0));
    free(record);
}

static void show_indexes(trees *t, const toasty_model *model)
{
    for (uint16_t i = 0; i < model->index_count; i++) {
        const toasty_index *by = &model->indexes[i];
        show(t, by->name, ASK(ALL, .by = by, .key_count = by->field_count));
        show(t, "of a list",
             ASK(ALL, .by = by, .key_count = 1,
                 .keys = {
                     {.kind = TOASTY_VALUE_LIST, .element = model->fields[by->fields[0]].type, .len = 3}}));
    }
}

static void show_relations(trees *t, const toasty_model *model)
{
    for (uint16_t i = 0; i < model->relation_count; i++) {
        const toasty_relation *relation = &model->relations[i];
        const toasty_find three = {.limit = relation->via && !relation->via_unique ? 0 : 3};
        const toasty_include include = {.relation = relation, .find = &three};
        const toasty_order through = {.field = 1, .direction = TOASTY_ASCENDING, .through = (uint8_t)(1 + i)};
        if (relation->kind == TOASTY_BELONGS_TO)
            show(t, relation->name, ASK(ALL, .find = {.order_by = &through, .order_max = 1}));
        else
            show(t, relation->name, ASK(ALL, .find = {.include = &include, .include_max = 1}));
        if (relation->via)
            show(
                t, "of its owner",
                (toasty_request){
                    .kind = TOASTY_REQUEST_ALL, .model = relation->target, .relation = relation, .owner = t});
    }
}

static void show_changes(trees *t, const toasty_model *model)
{
    const toasty_index *key = &model->indexes[0], *last = &model->indexes[model->index_count - 1];
    uint16_t field = (uint16_t)(model->field_count - 1);
    const toasty_change changes[] = {{.kind = TOASTY_CHANGE_SET, .field = field},
                                     {.kind = TOASTY_CHANGE_END}};
    show(t, "update by key",
         ASK(UPDATE, .by = key, .key_count = key->field_count, .changes = changes, .returning = true));
    show(t, "update by index",
         ASK(UPDATE, .by = last, .key_count = 1, .changes = changes, .returning = true));
    show(t, "delete by key", ASK(DELETE, .by = key, .key_count = key->field_count, .returning = true));
    show(t, "delete all", ASK(DELETE, .returning = true, .find = {.everything = true}));
}

static void show_all(trees *t, const char *name, const toasty_capability *can)
{
    t->driver = (toasty_driver){.name = name, .capability = can};
    t->engine = (toasty__engine){.schema = &models_schema, .driver = &t->driver, .prefix = ""};
    for (size_t m = 0; m < models_schema.model_count; m++) {
        const toasty_model *model = models_schema.models[m];
        toasty__buffer_printf(&t->out, "\n===== %s on %s\n", model->name, name);
        if (can->returning) {
            show_reads(t, model);
            show_indexes(t, model);
            show_relations(t, model);
            show_insert(t, "create", model, 1, TOASTY__KEY_RETURNED);
            show_insert(t, "create many", model, 3, TOASTY__KEY_MADE);
        }
        show_changes(t, model);
    }
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    check_that(file != NULL);
    char *text = calloc(1, 1 << 20);
    check_that(fread(text, 1, (1 << 20) - 1, file) > 0);
    fclose(file);
    return text;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    check_that(file != NULL);
    check_that(fputs(text, file) >= 0 && fclose(file) == 0);
}

/* Both line by line, so that a failure shows where they part. */
static void check_lines(char *expected, char *actual)
{
    char *rest[2] = {NULL, NULL};
    char *wanted = strtok_r(expected, "\n", &rest[0]), *line = strtok_r(actual, "\n", &rest[1]);
    for (; wanted || line; wanted = strtok_r(NULL, "\n", &rest[0]), line = strtok_r(NULL, "\n", &rest[1]))
        check_text(wanted, line);
}

TOASTY_TEST(trees, of_every_request_are_what_they_should_be)
{
    trees t;
    toasty__buffer_init(&t.out);
    show_all(&t, "sqlite", &toasty__sqlite_capability);
    show_all(&t, "plain", &toasty__sqlite_plain_capability);
    check_that(!t.out.failed);
    if (getenv("TOASTY_TEST_UPDATE"))
        write_file(TOASTY_TEST_TREES, t.out.bytes);
    else {
        char *expected = read_file(TOASTY_TEST_TREES);
        check_lines(expected, t.out.bytes);
        free(expected);
    }
    toasty__buffer_done(&t.out);
}
