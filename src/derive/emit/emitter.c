/* What all emitters share: functions, calls and their macros, and the frame of a pair of files. See emit.h.
 */
#include "derive/emit/emitter.h"

#include "derive/text.h"
#include <string.h>

/* --- text --- */

void toasty__emit_h(derive_emitter *e, const char *text)
{
    toasty__derive_expand(&e->h, e->scope, text);
}

void toasty__emit_c(derive_emitter *e, const char *text)
{
    toasty__derive_expand(&e->c, e->scope, text);
}

void toasty__emit_h_format(derive_emitter *e, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    toasty__buffer_text(&e->h, toasty__derive_vformat(e->memory, format, arguments));
    va_end(arguments);
}

void toasty__emit_c_format(derive_emitter *e, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    toasty__buffer_text(&e->c, toasty__derive_vformat(e->memory, format, arguments));
    va_end(arguments);
}

void toasty__emit_name(derive_emitter *e, const char *name)
{
    derive_generated generated = {
        .name = toasty__derive_expanded(e->memory, e->scope, name), .at = e->at, .origin = e->origin};
    DERIVE_PUSH(e->memory, e->names, generated);
}

const char *toasty__emit_before_name(derive_memory *memory, const char *c_type)
{
    size_t length = strlen(c_type);
    return length && c_type[length - 1] == '*' ? c_type : toasty__derive_format(memory, "%s ", c_type);
}

const char *toasty__emit_value(derive_memory *memory, const derive_member *member, const char *argument,
                               bool may_be_null)
{
    switch (member->type) {
    case TOASTY_TYPE_U64:
        return toasty__derive_format(memory, "toasty__uint((%s){%s})", member->c_type, argument);
    case TOASTY_TYPE_F32:
    case TOASTY_TYPE_F64:
        return toasty__derive_format(memory, "toasty__real((%s){%s})", member->c_type, argument);
    case TOASTY_TYPE_TEXT:
        return toasty__derive_format(memory, may_be_null ? "toasty__text(%s)" : "toasty__given(%s)",
                                     argument);
    case TOASTY_TYPE_BYTES:
        return toasty__derive_format(memory, "toasty__bytes(%s)", argument);
    case TOASTY_TYPE_UUID:
        return toasty__derive_format(memory, "toasty__uuid(%s)", argument);
    case TOASTY_TYPE_TIMESTAMP:
        return toasty__derive_format(memory, "toasty__timestamp(%s)", argument);
    case TOASTY_TYPE_DATE:
        return toasty__derive_format(memory, "toasty__date(%s)", argument);
    case TOASTY_TYPE_TIME:
        return toasty__derive_format(memory, "toasty__time(%s)", argument);
    case TOASTY_TYPE_DATETIME:
        return toasty__derive_format(memory, "toasty__datetime(%s)", argument);
    default:
        return toasty__derive_format(memory, "toasty__int((%s){%s})", member->c_type, argument);
    }
}

const char *toasty__emit_type_name(toasty_type type)
{
    static const char *const names[] = {
#define TYPE_NAME(NAME, c_type, name) [TOASTY_TYPE_##NAME] = #NAME,
        TOASTY_TYPES(TYPE_NAME)
#undef TYPE_NAME
    };
    return names[type];
}

derive_keys toasty__emit_keys(derive_emitter *e, const derive_index *index, size_t count)
{
    derive_keys keys = {.name = "", .argument_count = count};
    const char *values = "";
    for (size_t i = 0; i < count; i++) {
        const derive_column *column = index->columns.items[i];
        const char *argument = toasty__derive_format(e->memory, "${arg%zu}", i);
        keys.arguments[i] = (derive_argument){
            .type = toasty__emit_before_name(e->memory, column->member->c_type), .name = column->ident};
        keys.name = toasty__derive_format(e->memory, "%s%s%s", keys.name, i ? "_and_" : "", column->ident);
        values = toasty__derive_format(e->memory, "%s, %s", values,
                                       toasty__emit_value(e->memory, column->member, argument, false));
    }
    keys.values = values;
    keys.by = toasty__derive_format(e->memory, "TOASTY__BY(${model}_indexes_[%zu], %zu%s)", index->number,
                                    count, values);
    return keys;
}

/* --- functions --- */

void toasty__emit_function(derive_emitter *e, const derive_function *f)
{
    derive_variable variables[] = {{"result", f->result},
                                   {"name", f->name},
                                   {"parameters", f->parameters},
                                   {"attributes", f->attributes ? f->attributes : ""},
                                   {"comment", f->comment ? f->comment : ""},
                                   {"body", f->body},
                                   {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    toasty__emit_name(e, f->name);
    e->scope = &scope;
    toasty__emit_h(e, "${result}${name}(${parameters})");
    toasty__emit_h(e, f->attributes ? " __attribute__((${attributes}));" : ";");
    toasty__emit_h(e, f->comment ? " /* ${comment} */\n" : "\n");
    toasty__emit_c(e, "\n${result}${name}(${parameters})\n{\n${body}}\n");
    e->scope = scope.outer;
}

/* --- macros --- */

void toasty__emit_macro(derive_emitter *e, const derive_macro *macro)
{
    toasty__emit_name(e, macro->name);
    toasty__emit_h(e, "#define ");
    toasty__emit_h(e, macro->name);
    toasty__emit_h(e, "(");
    toasty__emit_h(e, macro->parameters);
    toasty__emit_h(e, ") ");
    toasty__emit_h(e, macro->expression);
    if (macro->comment) {
        toasty__emit_h(e, " /* ");
        toasty__emit_h(e, macro->comment);
        toasty__emit_h(e, " */");
    }
    toasty__emit_h(e, "\n");
}

/* --- calls --- */

/* How results are spelled, and what runs a request that gives them. */
static const struct {
    const char *result, *out, *entry;
} results[] = {
    [DERIVE_GIVES_RECORD] = {"${Of} *", "(${Of} **)", "${of}_one_"},
    [DERIVE_GIVES_LIST] = {"${Of}List *", "(${Of}List **)", "${of}_list_"},
    [DERIVE_GIVES_PAGE] = {"${Of}Page *", "(${Of}Page **)", "${of}_page_"},
    [DERIVE_GIVES_COUNT] = {"int64_t ", "(int64_t *)", "toasty__run_count"},
    [DERIVE_GIVES_CHECK] = {"int64_t ", "(int64_t *)", "toasty__run_check"},
    [DERIVE_GIVES_STATUS] = {"int ", "(int64_t *)", "toasty__run_status"},
};

/* Parameters of the macro end with an underscore, which no member of a struct does. */
static const char *parameter(derive_emitter *e, const char *name)
{
    return toasty__derive_format(e->memory, strcmp(name, "end") == 0 ? "%s_value_" : "%s_", name);
}

/* "user_get_by_email(db, const char *email, members of UserGet)", for the reader. */
static void emit_signature(derive_emitter *e, const derive_call *call)
{
    toasty__emit_h(e, "\n/* ");
    toasty__emit_h(e, results[call->gives].result);
    toasty__emit_h(e, call->name);
    toasty__emit_h(e, "(db");
    for (size_t i = 0; i < call->argument_count; i++) {
        toasty__emit_h(e, ", ");
        toasty__emit_h(e, call->arguments[i].type);
        toasty__emit_h(e, call->arguments[i].name);
    }
    if (call->trailing == DERIVE_OPTIONS)
        toasty__emit_h(e, ", members of ${options}");
    else if (call->trailing == DERIVE_ARRAY)
        toasty__emit_h(e, ", ${options}, ...");
    toasty__emit_h(e, ")\n * ");
    toasty__emit_h(e, call->comment);
    toasty__emit_h(e, " */\n");
}

/* One macro of a call: `first` is its first parameter, the handle or where the result goes. */
static void emit_spelling(derive_emitter *e, const derive_call *call, const char *first, bool operation)
{
    static const char *const argument_names[DERIVE_MAX_KEYS] = {"arg0", "arg1", "arg2", "arg3"};
    static const char head[] = "TOASTY__HEAD(__VA_ARGS__, )";
    static const char *const rests[] = {
        [DERIVE_NOTHING] = "",
        [DERIVE_OPTIONS] = "&(const ${options}){TOASTY__TAIL(__VA_ARGS__, .end_ = 0)}",
        [DERIVE_ARRAY] = "&((const ${options}[]){__VA_ARGS__, ${sentinel}})[0]",
    };
    bool takes_last = call->trailing == DERIVE_OPTIONS; /* since there may be no options */
    size_t count = call->argument_count;
    derive_variable variables[DERIVE_MAX_KEYS + 3] = {{"first", takes_last && count == 0 ? head : first},
                                                      {"rest", rests[call->trailing]}};
    for (size_t i = 0; i < count; i++)
        variables[2 + i] = (derive_variable){
            argument_names[i], takes_last && i + 1 == count ? head : parameter(e, call->arguments[i].name)};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_name(e, operation ? "${name}_op" : "${name}");
    toasty__emit_h(e, operation ? "#define ${name}_op(" : "#define ${name}(");
    size_t named = takes_last ? count : count + 1; /* the first one too */
    for (size_t i = 0; i < named; i++) {
        toasty__emit_h(e, i ? ", " : "");
        toasty__emit_h(e, i ? parameter(e, call->arguments[i - 1].name) : first);
    }
    if (call->trailing != DERIVE_NOTHING)
        toasty__emit_h(e, named ? ", ..." : "...");
    toasty__emit_h(e, ") \\\n    ");
    if (operation) {
        toasty__emit_h(e, "TOASTY__OP(${kind}, ${of}_model_, ");
        toasty__emit_h(e, results[call->gives].out);
        toasty__emit_h(e, "{${first}}, ");
    } else {
        toasty__emit_h(e, results[call->gives].entry);
        toasty__emit_h(e, "(${first}, TOASTY__REQUEST(${kind}, ${of}_model_, ");
    }
    toasty__emit_h(e, call->members);
    toasty__emit_h(e, operation ? ")\n" : "))\n");
    e->scope = scope.outer;
}

void toasty__emit_call(derive_emitter *e, const derive_call *call)
{
    derive_variable variables[] = {{"name", call->name},
                                   {"Of", call->Of ? call->Of : "${Model}"},
                                   {"of", call->of ? call->of : "${model}"},
                                   {"options", call->options ? call->options : ""},
                                   {"sentinel", call->sentinel ? call->sentinel : ""},
                                   {"kind", call->kind},
                                   {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    emit_signature(e, call);
    emit_spelling(e, call, "db", false);
    if (call->operation)
        emit_spelling(e, call, "out", true);
    e->scope = scope.outer;
}

/* --- the frame of a pair of files --- */

/* What follows from a capability that some target lacks. */
static const struct {
    size_t offset;
    const char *consequence;
} consequences[] = {
    {offsetof(toasty_capability, filter), "no `.where` and no conditions"},
    {offsetof(toasty_capability, order), "no `.order_by` and no orders"},
    {offsetof(toasty_capability, offset), "no `.offset`"},
    {offsetof(toasty_capability, scan_is_query), "reading a whole table is spelled `…_scan`, and there is no "
                                                 "`…_all`; what a key or an index finds is counted, "
                                                 "paged\n *   and limited to a range by calls of its own: "
                                                 "`…_count_by_…`, `…_page_by_…`, `…_by_…_and_…_ge`"},
    {offsetof(toasty_capability, count), "no `…_count` of a whole table"},
    {offsetof(toasty_capability, ilike), "no `…_ilike`"},
    {offsetof(toasty_capability, update_where), "no `…_update_all` and no `…_delete_all`"},
    {offsetof(toasty_capability, returning), "no `…_returning`"},
};

static void emit_left_out(derive_emitter *e)
{
    const derive_schema *schema = e->schema;
    bool any = false;
    for (size_t i = 0; i < sizeof consequences / sizeof *consequences; i++) {
        toasty__buffer lacking;
        toasty__buffer_init(&lacking);
        for (size_t t = 0; t < schema->targets.count; t++)
            if (!*(const bool *)((const char *)schema->targets.items[t] + consequences[i].offset))
                toasty__buffer_printf(&lacking, "%s%s", lacking.length ? ", " : "",
                                      schema->targets.items[t]->target);
        if (lacking.length && !any)
            toasty__buffer_text(&e->h, " *\n * Left out, because a target cannot do it:\n");
        if (lacking.length) {
            toasty__buffer_printf(&e->h, " * - %s: %s\n", lacking.bytes, consequences[i].consequence);
            any = true;
        }
        toasty__buffer_done(&lacking);
    }
}

static bool includes_models_of(const derive_emitter *e, size_t other)
{
    for (size_t i = 0; i < e->schema->models.count; i++) {
        const derive_model *model = e->schema->models.items[i];
        for (size_t j = 0; model->header == e->header && j < model->relations.count; j++)
            if (model->relations.items[j]->target->header == other)
                return true;
    }
    return false;
}

static void emit_frame_start(derive_emitter *e)
{
    const derive_schema *schema = e->schema;
    toasty__emit_h(e, "/* The typed API of the models of ${file}, generated by `toasty derive` for ");
    for (size_t t = 0; t < schema->targets.count; t++)
        toasty__buffer_printf(&e->h, "%s%s",
                              t == 0                          ? ""
                              : t + 1 < schema->targets.count ? ", "
                                                              : " and ",
                              schema->targets.items[t]->target);
    toasty__emit_h(e, ". Do not edit.\n"
                      " *\n"
                      " * A call that takes a handle goes to the database and suspends in a fiber. It "
                      "returns its result, or NULL or\n"
                      " * -1; then toasty_last_error() tells. A result is one block for toasty_free. Options "
                      "are members of the struct\n"
                      " * that the call names, as in user_all(db, .limit = 3).\n"
                      " *\n"
                      " * Conditions, orders and changes are values. `in` takes an array and its length, "
                      "`between` includes both ends,\n"
                      " * `like` takes % and _, which a backslash escapes, text is compared by bytes, `add` "
                      "and `subtract` happen in the database.\n");
    emit_left_out(e);
    toasty__emit_h(e, " */\n"
                      "#ifndef ${GUARD}\n"
                      "#define ${GUARD}\n\n"
                      "#include <toasty/codegen.h>\n"
                      "#include \"${file}\"\n\n"
                      "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
                      "/* What toasty_open takes. */\n"
                      "extern const toasty_schema ${schema}_schema;\n");
    toasty__emit_c(
        e,
        "/* Tables and thin calls for the models of ${file}, generated by `toasty derive`. Do not edit. */\n"
        "#include \"${stem}.toasty.h\"\n\n"
        "#include <stddef.h>\n");
}

static void emit_forward(derive_emitter *e, const derive_model *model)
{
    derive_variable variables[] = {{"Model", model->name}, {"model", model->prefix}, {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_h(e, "typedef struct ${Model} ${Model};\n"
                      "typedef struct ${Model}New ${Model}New;\n"
                      "typedef struct ${Model}Find ${Model}Find;\n"
                      "typedef struct ${Model}Get ${Model}Get;\n"
                      "typedef struct ${Model}Match ${Model}Match;\n"
                      "typedef struct ${Model}UpdateAll ${Model}UpdateAll;\n"
                      "typedef struct ${Model}DeleteAll ${Model}DeleteAll;\n"
                      "typedef struct ${Model}List ${Model}List;\n"
                      "extern const toasty_model ${model}_model_;\n"
                      "extern const toasty_index ${model}_indexes_[];\n"
                      "extern const toasty_relation ${model}_relations_[];\n");
    e->scope = scope.outer;
}

/* True when a model of this header needs the names of `model`. */
static bool mentions(const derive_emitter *e, const derive_model *model)
{
    if (model->header == e->header)
        return true;
    for (size_t i = 0; i < model->relations.count; i++)
        if (model->relations.items[i]->target->header == e->header)
            return true;
    for (size_t i = 0; i < e->schema->models.count; i++) {
        const derive_model *own = e->schema->models.items[i];
        for (size_t j = 0; own->header == e->header && j < own->relations.count; j++)
            if (own->relations.items[j]->target == model)
                return true;
    }
    return false;
}

static void emit_model(derive_emitter *e, const derive_model *model)
{
    derive_variable variables[] = {{"Model", model->name},
                                   {"model", model->prefix},
                                   {"MODEL", toasty__derive_upper(e->memory, model->prefix)},
                                   {"table", model->table},
                                   {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    e->at = model->at;
    e->origin = toasty__derive_format(e->memory, "model `%s`", model->name);
    toasty__emit_types(e, model);
    toasty__emit_tables(e, model);
    toasty__emit_fields(e, model);
    toasty__emit_owners(e, model);
    toasty__emit_reads(e, model);
    toasty__emit_writes(e, model);
    toasty__emit_relations(e, model);
    e->scope = scope.outer;
}

static void emit_frame_end(derive_emitter *e)
{
    const derive_schema *schema = e->schema;
    toasty__emit_h(e, "\n#ifdef __cplusplus\n}\n#endif\n");
    for (size_t i = 0; i < schema->headers.count; i++)
        if (i != e->header && includes_models_of(e, i))
            toasty__buffer_printf(&e->h, "\n#include \"%s.toasty.h\"\n", schema->headers.items[i].stem);
    toasty__emit_h(e, "\n#endif\n");
    if (e->header == 0)
        toasty__emit_schema(e);
}

void toasty__derive_emit(derive_schema *schema, size_t header, derive_generated_names *names,
                         toasty__buffer *h, toasty__buffer *c)
{
    const derive_header *file = &schema->headers.items[header];
    derive_memory *memory = schema->memory;
    char *guard = toasty__derive_format(memory, "%s%s_TOASTY_H", strchr("0123456789", *file->stem) ? "_" : "",
                                        toasty__derive_upper(memory, file->stem));
    for (char *g = guard; *g; g++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", *g))
            *g = '_';
    derive_variable variables[] = {
        {"file", file->name}, {"stem", file->stem}, {"GUARD", guard}, {"schema", schema->name}, {NULL, NULL}};
    derive_scope scope = {.variables = variables};
    derive_emitter e = {
        .schema = schema, .memory = memory, .header = header, .scope = &scope, .names = names};
    toasty__buffer_init(&e.h);
    toasty__buffer_init(&e.c);

    emit_frame_start(&e);
    toasty__emit_h(&e, "\n");
    toasty__emit_c(&e, "\n");
    for (size_t i = 0; i < schema->models.count; i++)
        if (mentions(&e, schema->models.items[i]))
            emit_forward(&e, schema->models.items[i]);
    for (size_t i = 0; i < schema->models.count; i++)
        if (schema->models.items[i]->header == header)
            emit_model(&e, schema->models.items[i]);
    emit_frame_end(&e);
    if (e.h.failed || e.c.failed)
        toasty__derive_out_of_memory();
    *h = e.h;
    *c = e.c;
}
