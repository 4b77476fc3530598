/* libclang's values as ours: texts, locations, comments and annotations. See clang.h. */
#include "derive/front/clang.h"

#include "derive/base/text.h"
#include <string.h>

const char *toasty__front_string(front *f, CXString string)
{
    const char *text = clang_getCString(string);
    char *copy = toasty__derive_text(f->schema->memory, text ? text : "", text ? strlen(text) : 0);
    clang_disposeString(string);
    return copy;
}

const char *toasty__front_file(front *f, CXFile file)
{
    if (!file)
        return NULL;
    const char *name = toasty__front_string(f, clang_getFileName(file));
    while (strncmp(name, "./", 2) == 0)
        name += 2;
    for (size_t i = 0; i < f->files.count; i++)
        if (strcmp(f->files.items[i], name) == 0)
            return f->files.items[i];
    DERIVE_PUSH(f->schema->memory, &f->files, name);
    return name;
}

derive_location toasty__front_location(front *f, CXCursor cursor)
{
    CXFile file;
    derive_location at = {0};
    clang_getExpansionLocation(clang_getCursorLocation(cursor), &file, &at.line, &at.column, NULL);
    at.file = toasty__front_file(f, file);
    return at;
}

const char *toasty__front_comment(front *f, CXCursor cursor)
{
    CXFile file;
    unsigned line;
    clang_getExpansionLocation(clang_getCursorLocation(cursor), &file, &line, NULL, NULL);
    size_t length = 0;
    const char *source = file ? clang_getFileContents(f->unit, file, &length) : NULL;
    const char *comment = source ? toasty__derive_comment(f->schema->memory, source, length, line) : NULL;
    return comment ? toasty__derive_in_comment(f->schema->memory, comment) : NULL;
}

/* --- annotations --- */

static enum CXChildVisitResult visit_attribute(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    front_notes *notes = data;
    if (clang_getCursorKind(cursor) == CXCursor_AnnotateAttr) {
        front *f = notes->front;
        const char *text = toasty__front_string(f, clang_getCursorSpelling(cursor));
        if (strncmp(text, "toasty:", 7) == 0) {
            text += 7;
            size_t length = strcspn(text, ", ");
            front_note note = {
                .kind = toasty__derive_text(f->schema->memory, text, length),
                .text = text + length + strspn(text + length, ", "),
                .at = toasty__front_location(f, cursor),
            };
            DERIVE_PUSH(f->schema->memory, &notes->list, note);
        }
    }
    return CXChildVisit_Continue;
}

front_notes toasty__front_notes(front *f, CXCursor cursor)
{
    front_notes notes = {.front = f};
    clang_visitChildren(cursor, visit_attribute, &notes);
    return notes;
}

const front_note *toasty__front_note(const front_notes *notes, const char *kind)
{
    for (size_t i = 0; i < notes->list.count; i++)
        if (strcmp(notes->list.items[i].kind, kind) == 0)
            return &notes->list.items[i];
    return NULL;
}
