/* What the topics of annotations share: where a word may stand, a row of a topic's table, and what handlers
 * ask of a word first. A new word is a row and a handler in the file of its topic; the handler notes what the
 * word says, and what follows from it is worked out by the resolver. */
#ifndef TOASTY_DERIVE_ANNOTATE_H
#define TOASTY_DERIVE_ANNOTATE_H

#include "derive/model/model.h"

/* Where a word may stand. */
enum {
    DERIVE_ON_FIELD = 1,
    DERIVE_ON_EMBED = 2, /* a field whose type is a struct */
    DERIVE_ON_MODEL = 4,
    DERIVE_ON_HAS = 8, /* has_many, has_one */
    DERIVE_ON_BELONGS_TO = 16,
    DERIVE_ON_CONSTANT = 32, /* of an enum */
    DERIVE_ON_VIEW = 64,
    DERIVE_ON_MEMBER = 128 /* of a view */
};

/* What a word stands on: one of these is there. */
typedef struct derive_place {
    derive_schema *schema;
    derive_member *member;
    derive_model *model;
    derive_relation *relation;
    const char **label;
} derive_place;

typedef struct derive_annotation {
    const char *name;
    unsigned where;
    const char *syntax;  /* NULL: not supported yet */
    const char *summary; /* of a word that is not supported yet: what to do instead */
    void (*apply)(const derive_place *place, const derive_word *word); /* NULL: not supported yet */
} derive_annotation;

/* A topic: the words that stand in one file. */
typedef struct derive_topic {
    const derive_annotation *annotations;
    size_t count;
} derive_topic;

extern const derive_topic toasty__derive_topic_keys;    /* keys and indexes */
extern const derive_topic toasty__derive_topic_values;  /* what a field is given by nobody, and who sees it */
extern const derive_topic toasty__derive_topic_rules;   /* what its values have to be */
extern const derive_topic toasty__derive_topic_columns; /* how models and fields are stored */
extern const derive_topic toasty__derive_topic_relations;
extern const derive_topic toasty__derive_topic_views; /* what a view shows */
extern const derive_topic toasty__derive_topic_later; /* not supported yet */

/* Defines a topic from its table. */
#define DERIVE_TOPIC(name, table)                                                                            \
    const derive_topic toasty__derive_topic_##name = {table, sizeof(table) / sizeof *(table)}

void toasty__derive_complain(const derive_place *place, const derive_word *word, const char *what);
/* False after an error. */
bool toasty__derive_takes_no_value(const derive_place *place, const derive_word *word);
bool toasty__derive_needs_value(const derive_place *place, const derive_word *word, const char *example);
/* The value that is a name or a "name", as C spells it between the quotes; NULL after an error. */
const char *toasty__derive_needs_name(const derive_place *place, const derive_word *word,
                                      const char *example);
/* Adds the names of `(a, b)`. */
void toasty__derive_name_list(derive_memory *memory, const derive_word *word, derive_names *names);

#endif
