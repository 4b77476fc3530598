/* Annotations of storage: names of tables and columns, NULL, enums. */
#include "derive/model/annotate.h"

#include <string.h>

static void apply_null(const derive_place *p, const derive_word *word)
{
    p->member->null |= toasty__derive_takes_no_value(p, word);
}

static void apply_column(const derive_place *p, const derive_word *word)
{
    if (word->value && strchr(word->value, ',')) {
        toasty__derive_complain(
            p, word, "the type of a column is not supported yet; write only its name: column = \"name\"");
        return;
    }
    p->member->column = toasty__derive_needs_name(p, word, "column = \"name\"");
}

/* The C type of the enum decides the integer type; its constants stay what the column may hold. */
static void apply_integer(const derive_place *p, const derive_word *word)
{
    static const toasty_type types[2][5] = {
        {[1] = TOASTY_TYPE_U8, [2] = TOASTY_TYPE_U16, [4] = TOASTY_TYPE_U32},
        {[1] = TOASTY_TYPE_I8, [2] = TOASTY_TYPE_I16, [4] = TOASTY_TYPE_I32},
    };
    derive_member *m = p->member;
    if (!toasty__derive_takes_no_value(p, word))
        return;
    if (!m->labels)
        toasty__derive_complain(
            p, word, "`integer` is for enums, which are stored as their labels otherwise; remove it");
    else if (m->labels->size > 4)
        toasty__derive_complain(
            p, word,
            "an enum of 64 bits, which is not standard C, is stored as its label only; remove `integer`");
    else
        m->type = types[m->labels->is_signed][m->labels->size];
}

static void apply_table(const derive_place *p, const derive_word *word)
{
    p->model->table = toasty__derive_needs_name(p, word, "table = \"names\"");
}

static void apply_label(const derive_place *p, const derive_word *word)
{
    const char *name = toasty__derive_needs_name(p, word, "label = \"low\"");
    if (name)
        *p->label = name;
}

static const derive_annotation words[] = {
    {"null", DERIVE_ON_FIELD | DERIVE_ON_MEMBER, "null",
     "the column may be NULL (pointers and toasty_bytes; values use toasty_opt(T))", apply_null},
    {"column", DERIVE_ON_FIELD | DERIVE_ON_EMBED, "column = \"name\"",
     "name of the column; of an embedded struct: prefix of its columns", apply_column},
    {"integer", DERIVE_ON_FIELD, "integer", "an enum is stored as its value, not as its label",
     apply_integer},
    {"table", DERIVE_ON_MODEL, "table = \"names\"", "name of the table; default: plural of the model's name",
     apply_table},
    {"label", DERIVE_ON_CONSTANT, "label = \"low\"",
     "the text that is stored; default: the constant's name without what all of them start with",
     apply_label},
};
DERIVE_TOPIC(columns, words);
