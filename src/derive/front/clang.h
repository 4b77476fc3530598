/* What the files of the front share: a reading in progress, and libclang's values as ours. */
#ifndef TOASTY_DERIVE_CLANG_H
#define TOASTY_DERIVE_CLANG_H

#include "derive/model/model.h"
#include <clang-c/Index.h>

typedef struct front {
    derive_schema *schema;
    CXTranslationUnit unit;
    CXFile *header_files;                 /* one for each of schema->headers */
    derive_names files;                   /* names that locations share */
    DERIVE_LIST(derive_struct *) structs; /* read already, found by their spelling */
} front;

/* One `toasty:` annotation: its kind ("field", "model", "opt", …) and the text after it. */
typedef struct front_note {
    const char *kind, *text;
    derive_location at;
} front_note;

typedef struct front_notes {
    front *front;
    DERIVE_LIST(front_note) list;
} front_notes;

/* --- clang.c --- */

const char *toasty__front_string(front *f, CXString string); /* copied; the CXString is disposed of */
/* One copy of each file name, so that locations of one file are equal by pointer. "./models.h" is "models.h";
 * no file is NULL. */
const char *toasty__front_file(front *f, CXFile file);
derive_location toasty__front_location(front *f, CXCursor cursor);
const char *toasty__front_comment(front *f, CXCursor cursor);
front_notes toasty__front_notes(front *f, CXCursor cursor);
const front_note *toasty__front_note(const front_notes *notes, const char *kind);

/* --- types.c --- */

/* The members of a struct; each struct is read once. `model`: its relations are collected there; NULL for
 * embedded ones. */
derive_struct *toasty__front_struct(front *f, CXType type, derive_model *model);
/* Notes the constants of an enum for `default = CONSTANT`. */
void toasty__front_constants(front *f, CXCursor cursor);

#endif
