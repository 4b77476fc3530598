/* The front's view of structs and types: from C's fields to members. Says for each type that no column can
 * hold what to write instead. */
#include "derive/base/text.h"
#include "derive/front/clang.h"
#include "derive/model/annotations.h"

#include <string.h>

/* --- enums --- */

static enum CXChildVisitResult visit_constant(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    front *f = data;
    if (clang_getCursorKind(cursor) == CXCursor_EnumConstantDecl) {
        derive_constant constant = {.name = toasty__front_string(f, clang_getCursorSpelling(cursor)),
                                    .value = clang_getEnumConstantDeclValue(cursor)};
        DERIVE_PUSH(f->schema->memory, &f->schema->constants, constant);
    }
    return CXChildVisit_Continue;
}

void toasty__front_constants(front *f, CXCursor cursor)
{
    clang_visitChildren(cursor, visit_constant, f);
}

/* Adds the words of toasty(...) on a declaration. */
static void add_words(front *f, derive_words *words, const front_notes *notes)
{
    for (size_t i = 0; i < notes->list.count; i++)
        if (strcmp(notes->list.items[i].kind, "field") == 0)
            toasty__derive_split(f->schema->memory, notes->list.items[i].text, notes->list.items[i].at,
                                 words);
}

typedef struct enum_reading {
    front *front;
    derive_enum *labels;
    DERIVE_LIST(int64_t) values;
    DERIVE_LIST(derive_words) words; /* of each constant that is a label */
} enum_reading;

/* Constants in the order of declaration; a second name of the same value is no label. */
static enum CXChildVisitResult visit_label(CXCursor cursor, CXCursor parent, CXClientData data)
{
    (void)parent;
    enum_reading *r = data;
    derive_memory *memory = r->front->schema->memory;
    if (clang_getCursorKind(cursor) != CXCursor_EnumConstantDecl)
        return CXChildVisit_Continue;
    int64_t value = clang_getEnumConstantDeclValue(cursor);
    front_notes notes = toasty__front_notes(r->front, cursor);
    derive_words words = {0};
    add_words(r->front, &words, &notes);
    for (size_t i = 0; i < r->values.count; i++) {
        if (r->values.items[i] != value)
            continue;
        if (words.count)
            toasty__derive_error(r->front->schema->diagnostics, words.items[0].at,
                                 "this is another name of `%s`; write the words behind that constant",
                                 r->labels->constants.items[i]);
        return CXChildVisit_Continue;
    }
    r->labels->ascending &= !r->values.count || value > r->values.items[r->values.count - 1];
    DERIVE_PUSH(memory, &r->values, value);
    DERIVE_PUSH(memory, &r->words, words);
    DERIVE_PUSH(memory, &r->labels->constants,
                toasty__front_string(r->front, clang_getCursorSpelling(cursor)));
    return CXChildVisit_Continue;
}

/* The length of what all labels start with, up to and with an underscore, so that something remains of each.
 */
static size_t shared_prefix(const derive_names *labels, const char *type_name)
{
    size_t type_length = strlen(type_name), shared = 0;
    if (labels->count == 1) {
        const char *only = labels->items[0];
        return strncmp(only, type_name, type_length) == 0 && only[type_length] == '_' && only[type_length + 1]
                   ? type_length + 1
                   : 0;
    }
    for (size_t i = 0; labels->count > 1 && labels->items[0][i]; i++) {
        for (size_t j = 1; j < labels->count; j++)
            if (labels->items[j][i] != labels->items[0][i])
                return shared;
        if (labels->items[0][i] == '_') {
            for (size_t j = 0; j < labels->count; j++)
                if (!labels->items[j][i + 1])
                    return shared;
            shared = i + 1;
        }
    }
    return shared;
}

/* The labels: what the words say, or the names of the constants without what all of them start with. */
static void name_labels(front *f, enum_reading *reading)
{
    derive_schema *schema = f->schema;
    derive_enum *labels = reading->labels;
    for (size_t i = 0; i < labels->constants.count; i++)
        DERIVE_PUSH(schema->memory, &labels->labels,
                    (const char *)toasty__derive_snake(schema->memory, labels->constants.items[i]));
    size_t prefix = shared_prefix(&labels->labels, labels->name);
    for (size_t i = 0; i < labels->labels.count; i++) {
        labels->labels.items[i] += prefix;
        toasty__derive_annotate_constant(schema, &reading->words.items[i], &labels->labels.items[i]);
    }
    for (size_t i = 0; i < labels->labels.count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(labels->labels.items[i], labels->labels.items[j]) == 0)
                toasty__derive_error(schema->diagnostics, labels->at,
                                     "`%s` and `%s` have the same label, \"%s\"; write toasty(label = \"…\") "
                                     "behind one of them",
                                     labels->constants.items[j], labels->constants.items[i],
                                     labels->labels.items[i]);
}

static derive_enum *read_enum(front *f, CXType type)
{
    derive_schema *schema = f->schema;
    CXCursor declaration = clang_getTypeDeclaration(type);
    const char *spelling = toasty__front_string(f, clang_getTypeSpelling(clang_getCanonicalType(type)));
    for (size_t i = 0; i < schema->enums.count; i++)
        if (strcmp(schema->enums.items[i]->spelling, spelling) == 0)
            return schema->enums.items[i];
    derive_enum *labels = toasty__derive_alloc(schema->memory, sizeof *labels);
    enum_reading reading = {.front = f, .labels = labels};
    CXType integer = clang_getEnumDeclIntegerType(declaration);
    labels->at = toasty__front_location(f, declaration);
    labels->spelling = spelling;
    labels->name =
        toasty__derive_snake(schema->memory, strncmp(spelling, "enum ", 5) == 0 ? spelling + 5 : spelling);
    labels->size = (uint8_t)clang_Type_getSizeOf(integer);
    switch (clang_getCanonicalType(integer).kind) {
    case CXType_UChar:
    case CXType_UShort:
    case CXType_UInt:
    case CXType_ULong:
    case CXType_ULongLong:
        labels->is_signed = false;
        break;
    default:
        labels->is_signed = true;
    }
    labels->ascending = true;
    clang_visitChildren(declaration, visit_label, &reading);
    name_labels(f, &reading);
    DERIVE_PUSH(schema->memory, &schema->enums, labels);
    return labels;
}

/* --- types --- */

/* The type as the user's header spells it, without qualifiers of its own. */
static const char *spelling_of(front *f, CXType type)
{
    const char *spelling = toasty__front_string(f, clang_getTypeSpelling(type));
    if (strcmp(spelling, "_Bool") == 0)
        return "bool";
    return spelling;
}

static bool is_unnamed(const char *spelling)
{
    return strchr(spelling, '(') != NULL;
}

static bool integer_type(CXType type, bool is_signed, toasty_type *result)
{
    switch (clang_Type_getSizeOf(type)) {
    case 1:
        *result = is_signed ? TOASTY_TYPE_I8 : TOASTY_TYPE_U8;
        return true;
    case 2:
        *result = is_signed ? TOASTY_TYPE_I16 : TOASTY_TYPE_U16;
        return true;
    case 4:
        *result = is_signed ? TOASTY_TYPE_I32 : TOASTY_TYPE_U32;
        return true;
    case 8:
        *result = is_signed ? TOASTY_TYPE_I64 : TOASTY_TYPE_U64;
        return true;
    default:
        return false;
    }
}

static bool scalar_type(CXType canonical, toasty_type *result)
{
    switch (canonical.kind) {
    case CXType_Bool:
        *result = TOASTY_TYPE_BOOL;
        return true;
    case CXType_SChar:
    case CXType_Short:
    case CXType_Int:
    case CXType_Long:
    case CXType_LongLong:
        return integer_type(canonical, true, result);
    case CXType_UChar:
    case CXType_UShort:
    case CXType_UInt:
    case CXType_ULong:
    case CXType_ULongLong:
        return integer_type(canonical, false, result);
    case CXType_Float:
        *result = TOASTY_TYPE_F32;
        return true;
    case CXType_Double:
        *result = TOASTY_TYPE_F64;
        return true;
    default:
        return false;
    }
}

/* toasty_uuid and its like, also behind a typedef of the user's. */
static bool library_type(const char *canonical, toasty_type *result)
{
    static const struct {
        const char *name;
        toasty_type type;
    } types[] = {
        {"toasty_bytes", TOASTY_TYPE_BYTES},         {"toasty_uuid", TOASTY_TYPE_UUID},
        {"toasty_timestamp", TOASTY_TYPE_TIMESTAMP}, {"toasty_date", TOASTY_TYPE_DATE},
        {"toasty_time", TOASTY_TYPE_TIME},           {"toasty_datetime", TOASTY_TYPE_DATETIME},
    };
    if (strncmp(canonical, "struct ", 7) == 0)
        canonical += 7;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(canonical, types[i].name) == 0) {
            *result = types[i].type;
            return true;
        }
    }
    return false;
}

static void complain(front *f, const derive_member *member, const char *what)
{
    toasty__derive_error(f->schema->diagnostics, member->at, "`%s`: %s", member->name, what);
}

static bool is_char(CXType type)
{
    return type.kind == CXType_Char_S || type.kind == CXType_Char_U;
}

static bool is_model(front *f, CXType type)
{
    front_notes notes = toasty__front_notes(f, clang_getTypeDeclaration(type));
    return toasty__front_note(&notes, "model") != NULL;
}

static enum CXVisitorResult visit_for_union(CXCursor field, CXClientData data)
{
    CXType type = clang_getCanonicalType(clang_getCursorType(field));
    CXCursor declaration = clang_getTypeDeclaration(type);
    *(bool *)data |= clang_getCursorKind(declaration) == CXCursor_UnionDecl;
    return CXVisit_Continue;
}

static bool struct_type(front *f, derive_member *member, CXType type, CXType canonical)
{
    bool has_union = clang_getCursorKind(clang_getTypeDeclaration(canonical)) == CXCursor_UnionDecl;
    if (!has_union)
        clang_Type_visitFields(canonical, visit_for_union, &has_union);
    if (has_union) {
        complain(f, member,
                 "tagged unions are not supported yet; use an enum and one optional struct for each case");
    } else if (is_model(f, canonical)) {
        complain(
            f, member,
            "a model is not stored inside another; relate them with toasty_belongs_to or toasty_has_many");
    } else if (is_unnamed(member->c_type)) {
        complain(f, member, "the struct needs a name, so that values of it can be passed on; use a typedef");
    } else {
        member->kind = DERIVE_EMBED;
        member->embed = toasty__front_struct(f, type, NULL);
        return true;
    }
    return false;
}

static bool pointer_type(front *f, derive_member *member, CXType canonical)
{
    CXType pointee = clang_getCanonicalType(clang_getPointeeType(canonical));
    if (is_char(pointee) && clang_isConstQualifiedType(pointee)) {
        member->type = TOASTY_TYPE_TEXT;
        return true;
    }
    if (is_char(pointee))
        complain(f, member, "text is `const char *`: what a record points to belongs to its result");
    else if (pointee.kind == CXType_Record && is_model(f, pointee))
        complain(f, member,
                 "a pointer to a model is not a column; write toasty_belongs_to, toasty_has_one or "
                 "toasty_has_many");
    else
        complain(
            f, member,
            "no column can hold a pointer of this type; text is `const char *`, raw bytes are toasty_bytes");
    return false;
}

static bool is_newtype(front *f, CXType canonical)
{
    front_notes notes = toasty__front_notes(f, clang_getTypeDeclaration(canonical));
    return toasty__front_note(&notes, "newtype") != NULL;
}

static enum CXVisitorResult visit_value(CXCursor field, CXClientData data)
{
    CXType *value = data;
    CXString name = clang_getCursorSpelling(field);
    if (strcmp(clang_getCString(name), "value") == 0)
        *value = clang_getCursorType(field);
    clang_disposeString(name);
    return CXVisit_Continue;
}

static bool read_type(front *f, derive_member *member, CXType type);

/* A column of the type inside of it. */
static bool newtype(front *f, derive_member *member, CXType canonical)
{
    const char *own_name = member->c_type;
    CXType inner = canonical;
    clang_Type_visitFields(canonical, visit_value, &inner);
    CXType kind = clang_getCanonicalType(inner);
    if (kind.kind == CXType_Enum || is_newtype(f, kind)) {
        complain(f, member, "a toasty_newtype of a type that has a name of its own already; use that type");
        return false;
    }
    if (!read_type(f, member, inner))
        return false;
    if (member->kind != DERIVE_COLUMN) {
        complain(f, member, "a toasty_newtype holds one value; embed the struct itself");
        return false;
    }
    member->newtype = toasty__front_string(f, clang_getTypeSpelling(canonical));
    member->inside = member->c_type;
    member->c_type = own_name;
    return true;
}

/* Fills in what the type says. False when no column can hold it; that has been reported. */
static bool read_type(front *f, derive_member *member, CXType type)
{
    CXType canonical = clang_getCanonicalType(type);
    member->c_type = spelling_of(f, type);
    if (clang_isConstQualifiedType(canonical)) {
        complain(f, member, "a const field cannot be filled; remove the const");
        return false;
    }
    if (scalar_type(canonical, &member->type))
        return true;
    if (canonical.kind == CXType_Pointer)
        return pointer_type(f, member, canonical);
    if (canonical.kind == CXType_Enum) {
        if (is_unnamed(toasty__front_string(f, clang_getTypeSpelling(canonical)))) {
            complain(f, member, "the enum needs a name; use typedef enum { … } Name;");
            return false;
        }
        member->type = TOASTY_TYPE_ENUM;
        member->labels = read_enum(f, canonical);
        return true;
    }
    if (canonical.kind == CXType_Record) {
        if (library_type(toasty__front_string(f, clang_getTypeSpelling(canonical)), &member->type))
            return true;
        return is_newtype(f, canonical) ? newtype(f, member, canonical)
                                        : struct_type(f, member, type, canonical);
    }
    if (canonical.kind == CXType_ConstantArray && is_char(clang_getArrayElementType(canonical)))
        complain(f, member, "an array of char is not supported; text is `const char *`");
    else if (canonical.kind == CXType_ConstantArray)
        complain(f, member, "arrays are not supported yet; use a model of its own with toasty_has_many");
    else if (is_char(canonical))
        complain(f, member,
                 "plain char is neither a number nor a text; write int8_t, uint8_t or `const char *`");
    else
        toasty__derive_error(
            f->schema->diagnostics, member->at,
            "`%s`: no column can hold the type `%s`; use bool, an integer of stdint.h, float, double, "
            "const char *, an enum, a struct of these, or a type of toasty/types.h",
            member->name, member->c_type);
    return false;
}

/* --- members --- */

typedef struct struct_reading {
    front *front;
    derive_struct *result;
    derive_model *model; /* NULL: an embedded struct */
} struct_reading;

static const front_note *relation_note(const front_notes *notes, toasty_relation_kind *kind)
{
    static const char *const kinds[] = {
        [TOASTY_HAS_MANY] = "has_many", [TOASTY_HAS_ONE] = "has_one", [TOASTY_BELONGS_TO] = "belongs_to"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const front_note *note = toasty__front_note(notes, kinds[i]);
        if (note) {
            *kind = (toasty_relation_kind)i;
            return note;
        }
    }
    return NULL;
}

static void read_relation(struct_reading *r, derive_member *member, toasty_relation_kind kind,
                          const front_note *note, const front_notes *notes)
{
    derive_schema *schema = r->front->schema;
    const front_note *before = toasty__front_note(notes, "field");
    if (before)
        toasty__derive_error(
            schema->diagnostics, before->at,
            "`%s`: toasty(%s) stands before fields; words of a relation stand in its brackets, "
            "and a column has the name of the field that holds the key",
            member->name, before->text);
    if (!r->model) {
        complain(r->front, member, "a relation belongs in a model, not in an embedded struct");
        return;
    }
    derive_relation *relation = toasty__derive_alloc(schema->memory, sizeof *relation);
    toasty__derive_split(schema->memory, note->text, note->at, &relation->words);
    relation->target_name = relation->words.count ? relation->words.items[0].name : "";
    size_t leading = relation->words.count < 2 ? relation->words.count : 2; /* Model, name */
    relation->words.items += leading;
    relation->words.count -= leading;
    relation->words.capacity = relation->words.count;
    relation->at = note->at;
    relation->kind = kind;
    relation->name = member->name;
    relation->comment = member->comment;
    relation->owner = r->model;
    relation->number = r->model->relations.count;
    member->kind = DERIVE_RELATION;
    member->relation = relation;
    toasty__derive_annotate_relation(schema, relation);
    DERIVE_PUSH(schema->memory, &r->model->relations, relation);
    DERIVE_PUSH(schema->memory, &r->result->members, member);
}

/* The `bool name_loaded` that stands behind a relation to one. */
static bool is_loaded_flag(const derive_struct *s, const char *name)
{
    if (s->members.count == 0)
        return false;
    const derive_member *before = s->members.items[s->members.count - 1];
    size_t length = strlen(before->name);
    return before->kind == DERIVE_RELATION && before->relation->kind != TOASTY_HAS_MANY &&
           strncmp(name, before->name, length) == 0 && strcmp(name + length, "_loaded") == 0;
}

static void read_column(struct_reading *r, derive_member *member, CXType type, const front_notes *notes)
{
    front *f = r->front;
    if (toasty__front_note(notes, "vec")) {
        complain(f, member,
                 "toasty_vec(...) is not supported yet; use a model of its own with toasty_has_many");
        return;
    }
    if (toasty__front_note(notes, "deferred")) {
        complain(
            f, member,
            "toasty_deferred(...) is not supported yet; write the type itself, or put the field into a model "
            "of its own with toasty_has_one");
        return;
    }
    CXType outer = type;
    if (toasty__front_note(notes, "opt")) {
        member->optional = true;
        clang_Type_visitFields(clang_getCanonicalType(type), visit_value, &type);
    }
    if (!read_type(f, member, type))
        return;
    add_words(f, &member->words, notes);
    if (member->optional) { /* words between toasty_opt(T) and the name belong to the struct, as C sees it */
        front_notes behind = toasty__front_notes(f, clang_getTypeDeclaration(outer));
        add_words(f, &member->words, &behind);
    }
    toasty__derive_annotate_member(f->schema, member, r->model && r->model->is_view);
    DERIVE_PUSH(f->schema->memory, &r->result->members, member);
}

static enum CXVisitorResult visit_field(CXCursor cursor, CXClientData data)
{
    struct_reading *r = data;
    front *f = r->front;
    derive_member *member = toasty__derive_alloc(f->schema->memory, sizeof *member);
    member->name = toasty__front_string(f, clang_getCursorSpelling(cursor));
    member->at = toasty__front_location(f, cursor);
    if (is_loaded_flag(r->result, member->name))
        return CXVisit_Continue;
    member->comment = toasty__front_comment(f, cursor);
    if (!*member->name || clang_Cursor_isBitField(cursor)) {
        if (!*member->name)
            member->name = "(unnamed)";
        complain(
            f, member,
            "unnamed fields and bit-fields are not supported; give the field a name and a type of its own");
        return CXVisit_Continue;
    }
    front_notes notes = toasty__front_notes(f, cursor);
    toasty_relation_kind kind;
    const front_note *relation = relation_note(&notes, &kind);
    if (relation)
        read_relation(r, member, kind, relation, &notes);
    else
        read_column(r, member, clang_getCursorType(cursor), &notes);
    return CXVisit_Continue;
}

/* --- layout --- */

/* The members of a struct, laid out as C does by itself. */
typedef struct layout {
    long long end, alignment; /* in bytes */
    CXCursor misplaced;       /* the first member that lies elsewhere; null: none */
    bool has_bits;            /* which are refused elsewhere, and end in no byte of their own */
} layout;

static layout layout_of(CXType record);

/* Of the type itself, without what a typedef or an attribute asks for. */
static long long natural_alignment(CXType type)
{
    CXType canonical = clang_getCanonicalType(type);
    if (canonical.kind == CXType_ConstantArray)
        return natural_alignment(clang_getArrayElementType(canonical));
    bool unnamed = canonical.kind == CXType_Record && /* as toasty_opt has it; others are looked at alone */
                   clang_Cursor_isAnonymous(clang_getTypeDeclaration(canonical));
    return unnamed ? layout_of(canonical).alignment : clang_Type_getAlignOf(canonical);
}

static long long align(long long end, long long alignment)
{
    return alignment > 0 ? (end + alignment - 1) / alignment * alignment : end;
}

static enum CXVisitorResult place_field(CXCursor field, CXClientData data)
{
    layout *all = data;
    CXType type = clang_getCursorType(field);
    long long alignment = natural_alignment(type), offset = clang_Cursor_getOffsetOfField(field) / 8;
    all->has_bits = all->has_bits || clang_Cursor_isBitField(field);
    if (offset != align(all->end, alignment) && clang_Cursor_isNull(all->misplaced))
        all->misplaced = field;
    all->end = offset + clang_Type_getSizeOf(type);
    all->alignment = alignment > all->alignment ? alignment : all->alignment;
    return CXVisit_Continue;
}

static layout layout_of(CXType record)
{
    layout all = {.alignment = 1, .misplaced = clang_getNullCursor()};
    clang_Type_visitFields(record, place_field, &all);
    return all;
}

/* Records lie side by side in results, and code outside points into them: both need C's own layout. */
static void check_layout(front *f, const derive_struct *result, CXType record)
{
    CXCursor declaration = clang_getTypeDeclaration(record);
    layout all = layout_of(record);
    bool is_aligned = clang_Type_getAlignOf(record) == all.alignment &&
                      clang_Type_getSizeOf(record) == align(all.end, all.alignment);
    if (all.has_bits || clang_getCursorKind(declaration) != CXCursor_StructDecl ||
        (is_aligned && clang_Cursor_isNull(all.misplaced)))
        return;
    bool member = !clang_Cursor_isNull(all.misplaced);
    toasty__derive_error(
        f->schema->diagnostics, member ? toasty__front_location(f, all.misplaced) : result->at,
        "`%s`: a struct that is packed or aligned by hand is not supported; remove packed, "
        "aligned, _Alignas or #pragma pack",
        member ? toasty__front_string(f, clang_getCursorSpelling(all.misplaced)) : result->spelling);
}

derive_struct *toasty__front_struct(front *f, CXType type, derive_model *model)
{
    const char *spelling = spelling_of(f, type);
    for (size_t i = 0; !model && i < f->structs.count; i++)
        if (strcmp(f->structs.items[i]->spelling, spelling) == 0)
            return f->structs.items[i];
    derive_struct *result = toasty__derive_alloc(f->schema->memory, sizeof *result);
    struct_reading reading = {.front = f, .result = result, .model = model};
    result->spelling = spelling;
    result->at = toasty__front_location(f, clang_getTypeDeclaration(type));
    clang_Type_visitFields(clang_getCanonicalType(type), visit_field, &reading);
    check_layout(f, result, clang_getCanonicalType(type));
    if (!model)
        DERIVE_PUSH(f->schema->memory, &f->structs, result);
    return result;
}
