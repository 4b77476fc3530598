/* What programs of the unison change: rows that refer to each other in each manner, with unique values of each form.
 * Keys are given, so that the same program makes the same rows everywhere. */
#pragma once
#include <toasty/model.h>

typedef enum { COLOUR_RED, COLOUR_GREEN = 5, COLOUR_BLUE } Colour;

toasty_model(Owner) {
    toasty(key)                  int64_t      id;
    toasty(unique)               const char  *email;
    toasty(unique, null)         const char  *nick;
    toasty_opt(int32_t)                       age;
                                 int64_t      visits;
                                 double       weight;
    toasty(null)                 toasty_bytes token;
                                 Colour       colour;
    toasty_has_many(Item, items, pair = owner);
    toasty_has_many(Item, reviews, pair = reviewer);
    toasty_has_one(Card, card);
};

/* Goes with its owner, stays without its reviewer. */
toasty_model(Item, unique = (owner_id, title)) {
    toasty(key)                  int64_t      id;
    toasty(index)                int64_t      owner_id;
    toasty_belongs_to(Owner, owner);
    toasty_opt(int64_t)                       reviewer_id;
    toasty_belongs_to(Owner, reviewer);
                                 const char  *title;
                                 uint64_t     rank;
    toasty(version)              int64_t      version;
    toasty_has_many(Note, notes);
};

/* At most one an owner, who does not go while it is there. */
toasty_model(Card) {
    toasty(key)                  int64_t      id;
    toasty(unique)               int64_t      owner_id;
    toasty_belongs_to(Owner, owner, on_delete = restrict);
                                 const char  *text;
};

/* Two steps from an owner; its key has two fields. */
toasty_model(Note) {
    toasty(key, partition)       int64_t      item_id;
    toasty(key, local)           int32_t      number;
    toasty_belongs_to(Item, item);
    toasty(null)                 const char  *text;
};
