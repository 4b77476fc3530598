/* The front: walks the declarations of the headers; see front.h. Types of fields are in
 * types.c. */
#include "derive/front/front.h"

#include "base/buffer.h"
#include "derive/base/text.h"
#include "derive/front/clang.h"
#include "derive/model/annotations.h"
#include <stdlib.h>
#include <string.h>

/* --- declarations --- */

/* The number of the header that declares the cursor, or the number of headers when none of them does. */
static size_t header_of(front *f, CXCursor cursor)
{
    CXFile file;
    clang_getExpansionLocation(clang_getCursorLocation(cursor), &file, NULL, NULL, NULL);
    size_t i = 0;
    while (i < f->schema->headers.count && !(file && clang_File_isEqual(file, f->header_files[i])))
        i++;
    return i;
}

static void read_model(front *f, CXCursor cursor, const front_note *note, bool is_view)
{
    derive_schema *schema = f->schema;
    derive_model *model = toasty__derive_alloc(schema->memory, sizeof *model);
    model->is_view = is_view;
    model->name = toasty__front_string(f, clang_getCursorSpelling(cursor));
    model->at = toasty__front_location(f, cursor);
    model->prefix = toasty__derive_snake(schema->memory, model->name);
    model->comment = toasty__front_comment(f, cursor);
    model->header = header_of(f, cursor);
    if (model->header == schema->headers.count) {
        if (!is_view)
            DERIVE_PUSH(schema->memory, &schema->foreign, model);
        return;
    }
    toasty__derive_split(schema->memory, note->text, note->at, &model->words);
    if (model->words.count) /* the first word is the model's own name */
        model->words.items++, model->words.count--, model->words.capacity = model->words.count;
    model->body = toasty__front_struct(f, clang_getCursorType(cursor), model);
    toasty__derive_annotate_model(schema, model);
    if (is_view) {
        DERIVE_PUSH(schema->memory, &schema->views, model);
        return;
    }
    model->number = schema->models.count;
    DERIVE_PUSH(schema->memory, &schema->models, model);
}

static void note_declared(front *f, CXCursor cursor)
{
    if (clang_Location_isInSystemHeader(clang_getCursorLocation(cursor)))
        return;
    derive_declared declared = {.name = toasty__front_string(f, clang_getCursorSpelling(cursor)),
                                .at = toasty__front_location(f, cursor)};
    if (*declared.name)
        DERIVE_PUSH(f->schema->memory, &f->schema->declared, declared);
}

/* Words on a type would be read by nobody. */
static void refuse_words(front *f, CXCursor cursor, const front_notes *notes)
{
    const front_note *note = toasty__front_note(notes, "field");
    if (note && header_of(f, cursor) < f->schema->headers.count)
        toasty__derive_error(f->schema->diagnostics, note->at,
                             "toasty(%s) says nothing about a type; write it before the field of a model",
                             note->text);
}

static enum CXChildVisitResult visit_declaration(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    front *f = data;
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    note_declared(f, cursor);
    if (kind == CXCursor_EnumDecl)
        toasty__front_constants(f, cursor);
    if (kind != CXCursor_EnumDecl && kind != CXCursor_StructDecl && kind != CXCursor_UnionDecl &&
        kind != CXCursor_TypedefDecl)
        return CXChildVisit_Continue;
    front_notes notes = toasty__front_notes(f, cursor);
    refuse_words(f, cursor, &notes);
    if (kind != CXCursor_StructDecl || !clang_isCursorDefinition(cursor))
        return CXChildVisit_Continue;
    const front_note *model = toasty__front_note(&notes, "model"), *view = toasty__front_note(&notes, "view");
    if (model || view)
        read_model(f, cursor, model ? model : view, !model);
    return CXChildVisit_Continue;
}

/* --- the translation unit --- */

static void visit_inclusion(CXFile file, CXSourceLocation *stack, unsigned depth, CXClientData data)
{
    (void)stack;
    front *f = data;
    if (depth > 0)
        DERIVE_PUSH(f->schema->memory, &f->schema->dependencies, toasty__front_file(f, file));
}

/* Prints what the compiler says. Returns the number of errors. */
static int show_compiler_errors(const front *f)
{
    int errors = 0;
    for (unsigned i = 0; i < clang_getNumDiagnostics(f->unit); i++) {
        CXDiagnostic diagnostic = clang_getDiagnostic(f->unit, i);
        if (clang_getDiagnosticSeverity(diagnostic) >= CXDiagnostic_Error) {
            CXString text = clang_formatDiagnostic(diagnostic, CXDiagnostic_DisplaySourceLocation |
                                                                   CXDiagnostic_DisplayColumn);
            const char *line = clang_getCString(text);
            fprintf(stderr, "%s\n", strncmp(line, "./", 2) == 0 ? line + 2 : line);
            clang_disposeString(text);
            errors++;
        }
        clang_disposeDiagnostic(diagnostic);
    }
    return errors;
}

/* A source in memory that includes every header, so that one reading sees the relations between them. */
static enum CXErrorCode parse(front *f, CXIndex index, const char *const *arguments, size_t argument_count)
{
    static const char *const ours[] = {"-xc", "-std=gnu11", "-DTOASTY_DERIVE", "-w", "-ferror-limit=0"};
    enum { OURS = sizeof ours / sizeof *ours };
    derive_schema *schema = f->schema;
    const char **all = toasty__derive_alloc(schema->memory, (OURS + argument_count) * sizeof *all);
    memcpy(all, ours, sizeof ours);
    if (argument_count)
        memcpy(all + OURS, arguments, argument_count * sizeof *all);

    toasty__buffer source;
    toasty__buffer_init(&source);
    for (size_t i = 0; i < schema->headers.count; i++)
        toasty__buffer_printf(&source, "#include \"%s\"\n", schema->headers.items[i].path);
    if (source.failed)
        toasty__derive_out_of_memory();
    struct CXUnsavedFile main_file = {"toasty-derive.c", source.bytes, (unsigned long)source.length};
    enum CXErrorCode code = clang_parseTranslationUnit2(
        index, main_file.Filename, all, (int)(OURS + argument_count), &main_file, 1,
        CXTranslationUnit_SkipFunctionBodies | CXTranslationUnit_KeepGoing, &f->unit);
    toasty__buffer_done(&source);
    return code;
}

static int read_unit(front *f)
{
    derive_schema *schema = f->schema;
    if (show_compiler_errors(f))
        return -1;
    f->header_files = toasty__derive_alloc(schema->memory, schema->headers.count * sizeof *f->header_files);
    for (size_t i = 0; i < schema->headers.count; i++)
        f->header_files[i] = clang_getFile(f->unit, schema->headers.items[i].path);
    clang_getInclusions(f->unit, visit_inclusion, f);
    clang_visitChildren(clang_getTranslationUnitCursor(f->unit), visit_declaration, f);
    return 0;
}

int toasty__derive_read(derive_schema *schema, const char *const *arguments, size_t argument_count)
{
    front f = {.schema = schema};
    CXIndex index = clang_createIndex(0, 0);
    int result = -1;
    if (index && parse(&f, index, arguments, argument_count) == CXError_Success)
        result = read_unit(&f);
    else
        fputs("toasty: error: libclang could not read the headers; check the compiler arguments after `--`\n",
              stderr);
    if (f.unit)
        clang_disposeTranslationUnit(f.unit);
    if (index)
        clang_disposeIndex(index);
    return result;
}
