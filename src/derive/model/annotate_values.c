/* Annotations of values: what a field is given when nobody gives it, and who may see it. */
#include "derive/model/annotate.h"

#include <string.h>

static void apply_auto(const derive_place *p, const derive_word *word)
{
    derive_member *m = p->member;
    m->automatic = true;
    if (m->type == TOASTY_TYPE_UUID && m->kind == DERIVE_COLUMN) {
        bool v4 = word->value && strcmp(word->value, "v4") == 0;
        m->on_create.source = v4 ? TOASTY_SOURCE_UUID_V4 : TOASTY_SOURCE_UUID_V7;
        if (word->value && !v4 && strcmp(word->value, "v7") != 0)
            toasty__derive_complain(p, word, "a uuid is made by `auto`, `auto = v7` or `auto = v4`");
    } else {
        toasty__derive_takes_no_value(p, word);
    }
}

static void apply_default(const derive_place *p, const derive_word *word)
{
    if (toasty__derive_needs_value(p, word, "default = 5"))
        p->member->on_create = (derive_default){.source = TOASTY_SOURCE_VALUE, .expression = word->value};
}

static void apply_on_update(const derive_place *p, const derive_word *word)
{
    if (toasty__derive_needs_value(p, word, "on_update = now"))
        p->member->on_update = (derive_default){.source = TOASTY_SOURCE_VALUE, .expression = word->value};
}

static void apply_explicit(const derive_place *p, const derive_word *word)
{
    p->member->explicit_given |= toasty__derive_takes_no_value(p, word);
}

static void apply_sensitive(const derive_place *p, const derive_word *word)
{
    p->member->sensitive |= toasty__derive_takes_no_value(p, word);
}

static void apply_version(const derive_place *p, const derive_word *word)
{
    p->member->version |= toasty__derive_takes_no_value(p, word);
}

static const derive_annotation words[] = {
    {"auto", DERIVE_ON_FIELD, "auto | auto = v4",
     "made by Toasty: integers count up, a uuid is a new v7 (or v4), created_at and updated_at hold the time",
     apply_auto},
    {"default", DERIVE_ON_FIELD, "default = CONSTANT | default = now",
     "what an absent value becomes in a create", apply_default},
    {"on_update", DERIVE_ON_FIELD, "on_update = CONSTANT | on_update = now",
     "what every write writes unless it says otherwise: updates, and creates where the field cannot be "
     "absent and has "
     "no default",
     apply_on_update},
    {"explicit", DERIVE_ON_FIELD, "explicit",
     "a scalar that must be given in a create, although C would take 0", apply_explicit},
    {"sensitive", DERIVE_ON_FIELD, "sensitive",
     "a secret: its values are not told to hooks and logs, not even where those of others are",
     apply_sensitive},
    {"version", DERIVE_ON_FIELD, "version",
     "counts the changes of a row, from 1 on: an update or a delete of a record that is not as the row is "
     "now "
     "fails with condition_failed",
     apply_version},
};
DERIVE_TOPIC(values, words);
