/* A view: its types, conditions and orders of its members, and its reads. What it shows is in its tables. */
#include "derive/emit/emitter.h"

#include <toasty/codegen.h>

static void emit_options(derive_emitter *e)
{
    toasty__emit_h(e, "/* Options. */\n"
                      "struct ${Model}Find {\n"
                      "    ${model}_expr where;\n");
    toasty__emit_h(
        e, toasty__derive_format(e->memory, "    ${model}_order_by order_by[%d];\n", TOASTY_MAX_ORDERS + 1));
    toasty__emit_h(e, "    int64_t limit, offset; /* a limit of 0 is none: toasty_at_most(n) */\n"
                      "    char end_;\n"
                      "};\n"
                      "struct ${Model}Match {\n"
                      "    ${model}_expr where;\n"
                      "    char end_;\n"
                      "};\n");
}

static void emit_condition_of(derive_emitter *e, const derive_model *view)
{
    derive_variable variables[] = {{"of", view->of->prefix},
                                   {"count", toasty__derive_format(e->memory, "%zu", view->columns.count)},
                                   {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_h(e, "\n/* A condition of the model that it is of. */\n");
    toasty__emit_macro(
        e, &(derive_macro){.name = "${model}_of",
                           .parameters = "condition_",
                           .expression = "TOASTY__CONDITION_OF(${model}, ${count}, ${of}, condition_)"});
    e->scope = scope.outer;
}

void toasty__emit_view(derive_emitter *e, const derive_model *view)
{
    static const char *const names[] = {
        "${model}_expr", "${model}_condition", "${model}_order_by", "${model}_ordering", "${Model}List",
        "${Model}Find",  "${Model}Match",      "${Model}__one",     "${Model}__list",    "${Model}__model"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        toasty__emit_type(e, names[i]);
    toasty__emit_h(e, "TOASTY__VIEW_TYPES(${Model}, ${model})\n\n");
    emit_options(e);
    toasty__emit_view_tables(e, view);
    toasty__emit_fields(e, view);
    emit_condition_of(e, view);
    toasty__emit_chapter(e, "read", "${model}_");
    toasty__emit_queries(e, view);
}
