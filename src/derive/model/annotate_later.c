/* Annotations that are known and not supported yet, each with what to do instead. */
#include "derive/model/annotate.h"

static const derive_annotation words[] = {
    {"document", DERIVE_ON_FIELD | DERIVE_ON_EMBED, NULL,
     "leave the word out: the struct is stored in columns of its own", NULL},
    {"deferred", DERIVE_ON_FIELD | DERIVE_ON_EMBED, NULL,
     "put the field into a model of its own, with toasty_has_one", NULL},
    {"collation", DERIVE_ON_FIELD, NULL, "leave the word out; text compares by bytes", NULL},
};
DERIVE_TOPIC(later, words);
