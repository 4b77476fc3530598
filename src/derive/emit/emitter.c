/* What all emitters share: text, comments, macros, functions, calls and keys. See emitter.h. */
#include "derive/emit/emitter.h"

#include "core/types.h"
#include "derive/base/text.h"
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

/* Starts a line; that of an empty one ends where its text would begin. */
static size_t start_line(toasty__buffer *out, const char *indent, const char *text)
{
    size_t length = strlen(indent);
    while (*text == '\n' && length && indent[length - 1] == ' ')
        length--;
    toasty__buffer_char(out, '\n');
    toasty__buffer_add(out, indent, length);
    return length;
}

void toasty__emit_wrapped(toasty__buffer *out, size_t used, const char *indent, const char *text)
{
    for (size_t column = used; *text; text += *text == ' ') {
        size_t word = strcspn(text, " \n");
        if (column > used && column + 1 + word > DERIVE_WIDTH) {
            column = used = start_line(out, indent, text);
        } else if (column > used) {
            toasty__buffer_char(out, ' ');
            column++;
        }
        toasty__buffer_add(out, text, word);
        column += word;
        text += word;
        for (; *text == '\n'; text++)
            column = used = start_line(out, indent, text + 1);
    }
}

void toasty__emit_comment(derive_emitter *e, const char *text)
{
    toasty__emit_h(e, "/* ");
    toasty__emit_wrapped(
        &e->h, 3, " * ",
        toasty__derive_format(e->memory, "%s */", toasty__derive_expanded(e->memory, e->scope, text)));
    toasty__emit_h(e, "\n");
}

static void note_name(derive_emitter *e, const char *name, bool is_type)
{
    derive_generated generated = {.name = toasty__derive_expanded(e->memory, e->scope, name),
                                  .at = e->at,
                                  .origin = e->origin,
                                  .is_type = is_type};
    DERIVE_PUSH(e->memory, e->names, generated);
}

void toasty__emit_name(derive_emitter *e, const char *name)
{
    note_name(e, name, false);
}

void toasty__emit_type(derive_emitter *e, const char *name)
{
    note_name(e, name, true);
}

/* The length of what fits into a line, up to a comma, and is not in a literal; 0: nothing does. */
static size_t fitting(const char *text, size_t room)
{
    size_t length = strcspn(text, "\"");
    for (length = length < room ? length : room; length; length--)
        if (text[length - 1] == ',' && text[length] == ' ')
            return length;
    return 0;
}

/* A part of a macro, on more lines where it would be too wide. `used`: of the first line; `more`: another
 * part follows on the last. */
static void put_folded(toasty__buffer *out, const char *text, size_t used, size_t more)
{
    const char *fold = " \\\n        ";
    size_t length;
    for (; used + strlen(text) + more > DERIVE_WIDTH; text += length + 1) {
        if (!(length = fitting(text, DERIVE_WIDTH - used - strlen(" \\"))))
            break;
        toasty__buffer_printf(out, "%.*s%s", (int)length, text, fold);
        used = strlen(fold) - strlen(" \\\n");
    }
    toasty__buffer_text(out, text);
}

/* One line, or more when it would be too wide; the comment stands behind it, or before it. */
static void emit_define(derive_emitter *e, toasty__buffer *out, const char *head, const char *expression,
                        const char *comment)
{
    const char *note = comment ? toasty__derive_format(e->memory, "/* %s */", comment) : "";
    const char *fold = " \\\n    ";
    head = toasty__derive_format(e->memory, "#define %s", toasty__derive_expanded(e->memory, e->scope, head));
    expression = toasty__derive_expanded(e->memory, e->scope, expression);
    size_t width = strlen(head) + 1 + strlen(expression);
    bool before = comment && width + 1 + strlen(note) > DERIVE_WIDTH;
    if (before)
        toasty__buffer_printf(out, "%s\n", note);
    if (width <= DERIVE_WIDTH) {
        toasty__buffer_printf(out, "%s %s", head, expression);
    } else {
        put_folded(out, head, 0, strlen(" \\"));
        toasty__buffer_text(out, fold);
        put_folded(out, expression, strlen("    "), 0);
    }
    if (comment && !before)
        toasty__buffer_printf(out, " %s", note);
    toasty__buffer_char(out, '\n');
}

/* True the first time that the model needs this. */
static bool is_new(derive_emitter *e, const char *name)
{
    const char *expanded = toasty__derive_expanded(e->memory, e->scope, name);
    for (size_t i = 0; i < e->plumbed.count; i++)
        if (strcmp(e->plumbed.items[i], expanded) == 0)
            return false;
    DERIVE_PUSH(e->memory, &e->plumbed, expanded);
    toasty__emit_name(e, name);
    return true;
}

void toasty__emit_plumbing(derive_emitter *e, const char *name, const char *parameters,
                           const char *expression)
{
    if (is_new(e, name))
        emit_define(e, &e->plumbing, toasty__derive_format(e->memory, "%s(%s)", name, parameters), expression,
                    NULL);
}

const char *toasty__emit_before_name(derive_memory *memory, const char *c_type)
{
    size_t length = strlen(c_type);
    return length && c_type[length - 1] == '*' ? c_type : toasty__derive_format(memory, "%s ", c_type);
}

/* --- values --- */

const char *toasty__emit_type_name(toasty_type type)
{
    static const char *const names[] = {
#define TYPE_NAME(NAME, c_type, name, CLASS) [TOASTY_TYPE_##NAME] = #NAME,
        TOASTY_TYPES(TYPE_NAME)
#undef TYPE_NAME
    };
    return names[type];
}

/* The library's own spelling of a type. */
static const char *library_type(toasty_type type)
{
    static const char *const spellings[] = {
#define TYPE_SPELLING(NAME, c_type, name, CLASS) [TOASTY_TYPE_##NAME] = #c_type,
        TOASTY_TYPES(TYPE_SPELLING)
#undef TYPE_SPELLING
    };
    return spellings[type];
}

/* Has the type a name of its own, as an enum and a typedef do? */
static bool has_own_name(const derive_member *member)
{
    return strcmp(library_type(member->type), member->c_type) != 0;
}

/* The function that makes a value of a scalar, whose argument is spelled as the C type, which checks it. */
static const char *scalar_function(toasty_type type)
{
    if (toasty__class_of((uint8_t)type) == TOASTY_CLASS_REAL)
        return "toasty__real";
    return type == TOASTY_TYPE_U64 ? "toasty__uint" : "toasty__int";
}

/* Is it an integer for the compiler, which an enum is not: it may tell one enum from another. */
static bool is_integer(const derive_member *member)
{
    toasty_type_class class = toasty__class_of((uint8_t)member->type);
    return (class == TOASTY_CLASS_INTEGER || class == TOASTY_CLASS_BOOL) && !member->labels;
}

/* "Todo__of_priority": what is made for the type of one column. */
static const char *own_name(derive_emitter *e, const derive_column *column, const char *what)
{
    const char *name = toasty__derive_format(e->memory, "${Model}__%s_%s", what, column->ident);
    return toasty__derive_expanded(e->memory, e->scope, name);
}

/* What makes a value of a type of the library's. */
static const char *maker_of(derive_emitter *e, toasty_type type, bool may_be_null)
{
    switch (toasty__class_of((uint8_t)type)) {
    case TOASTY_CLASS_TEXT:
        return may_be_null ? "toasty__text" : "toasty__given";
    case TOASTY_CLASS_BYTES:
    case TOASTY_CLASS_ID:
    case TOASTY_CLASS_TIME: /* toasty_uuid by toasty__uuid */
        return toasty__derive_format(e->memory, "toasty_%s", library_type(type) + strlen("toasty"));
    default:
        return NULL;
    }
}

/* A function, which takes values of the newtype and of nothing else. */
static const char *newtype_maker(derive_emitter *e, const derive_column *column)
{
    const derive_member *member = column->member;
    const char *name = own_name(e, column, "of"), *maker = maker_of(e, member->type, true);
    if (is_new(e, name))
        toasty__buffer_printf(&e->plumbing, "TOASTY__NEWTYPE(%s, %s, %s)\n", name, member->c_type,
                              maker ? maker : scalar_function(member->type));
    return name;
}

const char *toasty__emit_maker(derive_emitter *e, const derive_column *column, bool may_be_null)
{
    const derive_member *member = column->member;
    if (member->newtype)
        return newtype_maker(e, column);
    const char *maker = maker_of(e, member->type, may_be_null);
    if (maker)
        return maker;
    if (!has_own_name(member))
        return toasty__derive_format(e->memory, "TOASTY__%s", toasty__emit_type_name(member->type));
    const char *name = own_name(e, column, "of");
    const char *value = is_integer(member) ? "TOASTY__INTEGER(%s, value_)" : "(%s){value_}";
    value = toasty__derive_format(e->memory, value, member->c_type);
    toasty__emit_plumbing(e, name, "value_",
                          toasty__derive_format(e->memory, "%s(%s)", scalar_function(member->type), value));
    return name;
}

const char *toasty__emit_list_maker(derive_emitter *e, const derive_column *column)
{
    const derive_member *member = column->member;
    const char *type = toasty__emit_type_name(member->type);
    if (!has_own_name(member))
        return toasty__derive_format(e->memory, "toasty__list_%s", type);
    const char *name = own_name(e, column, "list_of");
    if (is_new(e, name))
        toasty__buffer_printf(&e->plumbing, "TOASTY__LIST(%s, %s, %s)\n", name, type, member->c_type);
    return name;
}

/* --- keys --- */

/* What takes the values of keys, while it is put together: TOASTY__BY(…, values). */
typedef struct taker {
    const char *parameters, *values;
} taker;

static void take(derive_emitter *e, derive_keys *keys, taker *taker, const derive_column *column,
                 const char *name)
{
    char letter = (char)('a' + keys->argument_count);
    keys->arguments[keys->argument_count++] =
        (derive_argument){.type = toasty__emit_before_name(e->memory, column->member->c_type), .name = name};
    taker->parameters = toasty__derive_format(e->memory, "%s%c_, ", taker->parameters, letter);
    taker->values = toasty__derive_format(e->memory, "%s, %s(%c_)", taker->values,
                                          toasty__emit_maker(e, column, false), letter);
}

static derive_keys take_fields(derive_emitter *e, const derive_index *index, size_t count, taker *taker)
{
    derive_keys keys = {.name = ""};
    for (size_t i = 0; i < count; i++) {
        const char *ident = index->columns.items[i]->ident;
        keys.name = toasty__derive_format(e->memory, "%s%s%s", keys.name, i ? "_and_" : "", ident);
        take(e, &keys, taker, index->columns.items[i], ident);
    }
    return keys;
}

static void emit_taker(derive_emitter *e, const derive_keys *keys, const taker *taker, const char *what)
{
    toasty__emit_plumbing(e, toasty__derive_format(e->memory, "${Model}__by_%s", keys->taker),
                          toasty__derive_format(e->memory, "%s...", taker->parameters),
                          toasty__derive_format(e->memory, "%s%s)", what, taker->values));
}

derive_keys toasty__emit_keys(derive_emitter *e, const derive_index *index, size_t count)
{
    taker taker = {"", ""};
    derive_keys keys = take_fields(e, index, count, &taker);
    keys.taker = toasty__derive_format(e->memory, "%zu_%zu", index->number, count);
    emit_taker(e, &keys, &taker,
               toasty__derive_format(e->memory, "TOASTY__BY(${Model}, %zu, %zu", index->number, count));
    return keys;
}

derive_keys toasty__emit_range_keys(derive_emitter *e, const derive_index *index, size_t count,
                                    const char *range, bool two)
{
    taker taker = {"", ""};
    const derive_column *sort = index->columns.items[count];
    derive_keys keys = take_fields(e, index, count, &taker);
    keys.name =
        toasty__derive_format(e->memory, "%s%s%s_%s", keys.name, count ? "_and_" : "", sort->ident, range);
    take(e, &keys, &taker, sort, two ? "low" : sort->ident);
    if (two)
        take(e, &keys, &taker, sort, "high");
    keys.taker = toasty__derive_format(e->memory, "%zu_%zu_%s", index->number, count, range);
    emit_taker(e, &keys, &taker,
               toasty__derive_format(e->memory, "TOASTY__BY_RANGE(${Model}, %zu, %zu, %s", index->number,
                                     count, toasty__derive_upper(e->memory, range)));
    return keys;
}

/* --- macros and functions --- */

/* Notes it for the description of what is generated. Templates. */
static void note_function(derive_emitter *e, const char *result, const char *name, const char *arguments,
                          const char *comment)
{
    derive_function function = {
        .model = e->model,
        .name = toasty__derive_expanded(e->memory, e->scope, name),
        .result = result ? toasty__derive_expanded(e->memory, e->scope, result) : NULL,
        .arguments = toasty__derive_expanded(e->memory, e->scope, arguments),
        .comment = comment ? toasty__derive_expanded(e->memory, e->scope, comment) : NULL};
    DERIVE_PUSH(e->memory, &e->schema->functions, function);
}

void toasty__emit_macro(derive_emitter *e, const derive_macro *macro)
{
    toasty__emit_name(e, macro->name);
    note_function(e, NULL, macro->name, macro->parameters, macro->comment);
    emit_define(e, &e->h, toasty__derive_format(e->memory, "%s(%s)", macro->name, macro->parameters),
                macro->expression, macro->comment);
}

/* --- the table of contents --- */

void toasty__emit_chapter(derive_emitter *e, const char *title, const char *prefix)
{
    derive_chapter chapter = {.title = title, .prefix = toasty__derive_expanded(e->memory, e->scope, prefix)};
    DERIVE_PUSH(e->memory, &e->chapters, chapter);
    e->arguments = "";
}

/* "user_update_by_id_returning" after "user_update_by_id" is one entry: update_by_id[_returning]. */
static void note_call(derive_emitter *e, const char *name)
{
    derive_chapter *chapter = &e->chapters.items[e->chapters.count - 1];
    const char *full = toasty__derive_expanded(e->memory, e->scope, name), *ending = "_returning";
    size_t prefix = strlen(chapter->prefix), length = strlen(full), cut = strlen(ending);
    const char *entry = strncmp(full, chapter->prefix, prefix) == 0 ? full + prefix : full;
    if (length > cut && strcmp(full + length - cut, ending) == 0) {
        const char **before = &chapter->calls.items[chapter->calls.count - 1];
        *before = toasty__derive_format(e->memory, "%s[%s]", *before, ending);
    } else {
        DERIVE_PUSH(e->memory, &chapter->calls, entry);
    }
}

/* --- calls --- */

/* How results are spelled, and what runs a request that gives them. */
static const struct {
    const char *result, *entry;
} results[] = {
    [DERIVE_GIVES_RECORD] = {"${Of} *", "${Of}__one("},
    [DERIVE_GIVES_LIST] = {"${Of}List *", "${Of}__list("},
    [DERIVE_GIVES_PAGE] = {"${Of}Page *", "${Of}__page("},
    [DERIVE_GIVES_COUNT] = {"int64_t ", "toasty__run_count("},
    [DERIVE_GIVES_STATUS] = {"int ", "toasty__run_status("},
};

/* Parameters of the macro end with an underscore, which no member of a struct does. */
static const char *parameter(derive_emitter *e, const char *name)
{
    return toasty__derive_format(e->memory, strcmp(name, "end") == 0 ? "%s_value_" : "%s_", name);
}

/* "User *user_get_by_email(db, const char *email, .UserGet)" and what it does, for the reader. Arguments that
 * are those of the call before are `…`. */
static void emit_signature(derive_emitter *e, const char *result, const char *name, const char *arguments,
                           const char *comment)
{
    note_function(e, result, name, arguments, comment);
    arguments = toasty__derive_expanded(e->memory, e->scope, arguments);
    bool same = strcmp(arguments, e->arguments) == 0;
    e->arguments = arguments;
    toasty__emit_h(e, "\n");
    toasty__emit_comment(
        e, toasty__derive_format(e->memory, "%s%s(%s)\n%s", result, name, same ? "…" : arguments, comment));
}

static const char *arguments_of(derive_emitter *e, const derive_call *call)
{
    const char *list = "db";
    for (size_t i = 0; i < call->argument_count; i++)
        list = toasty__derive_format(e->memory, "%s, %s%s", list, call->arguments[i].type,
                                     call->arguments[i].name);
    static const char *const trailing[] = {[DERIVE_NOTHING] = "",
                                           [DERIVE_OPTIONS] = ", .${options}",
                                           [DERIVE_ARRAY] = ", ${options}, ...",
                                           [DERIVE_ANY_ARRAY] = ", ${options}, ..."};
    return toasty__derive_format(e->memory, "%s%s", list, trailing[call->trailing]);
}

static void emit_twin(derive_emitter *e, const char *name, const char *expression)
{
    const char *op = toasty__derive_format(e->memory, "%s_op", name);
    toasty__emit_name(e, op);
    emit_define(e, &e->twins, toasty__derive_format(e->memory, "%s(...)", op), expression, NULL);
}

void toasty__emit_function(derive_emitter *e, const char *result, const char *name, const char *parameters,
                           const char *comment, const char *twin)
{
    toasty__emit_name(e, name);
    note_call(e, name);
    emit_signature(e, result, name, parameters, comment);
    if (twin)
        emit_twin(e, name, twin);
}

/* The call: its parameters have names, for editors. With options, of which there may be none, the argument
 * before them is among the `...`. */
static void emit_spelling(derive_emitter *e, const derive_call *call)
{
    bool options = call->trailing == DERIVE_OPTIONS || call->trailing == DERIVE_ANY_ARRAY;
    const char *names = options && call->argument_count == 0 ? "" : "db";
    for (size_t i = 0; i + options < call->argument_count; i++)
        names = toasty__derive_format(e->memory, "%s, %s", names, parameter(e, call->arguments[i].name));
    const char *comma = *names ? ", " : "", *parameters = names, *args = names;
    if (call->trailing != DERIVE_NOTHING) {
        parameters = toasty__derive_format(e->memory, "%s%s...", names, comma);
        args = toasty__derive_format(e->memory, "%s%s__VA_ARGS__", names, comma);
    }
    derive_variable variables[] = {{"args", args}, {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    toasty__emit_name(e, "${name}");
    const char *expression = call->expression;
    if (!expression)
        expression = toasty__derive_format(e->memory, "%s%s)", results[call->gives].entry, call->request);
    emit_define(e, &e->h, toasty__derive_format(e->memory, "${name}(%s)", parameters), expression, NULL);
    e->scope = scope.outer;
}

void toasty__emit_call(derive_emitter *e, const derive_call *call)
{
    derive_variable variables[] = {{"name", call->name},
                                   {"Of", call->Of ? call->Of : "${Model}"},
                                   {"options", call->options ? call->options : ""},
                                   {NULL, NULL}};
    derive_scope scope = {.outer = e->scope, .variables = variables};
    e->scope = &scope;
    note_call(e, "${name}");
    emit_signature(e, results[call->gives].result, call->name, arguments_of(e, call), call->comment);
    emit_spelling(e, call);
    emit_twin(e, "${name}", call->twin ? call->twin : "TOASTY__OP(${name}(__VA_ARGS__))");
    e->scope = scope.outer;
}
