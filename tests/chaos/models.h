/* What the chaos writes. Each row says which operation wrote it and which part of it the row is, so that the
 * audit can tell what is missing, and what is there twice. */
#pragma once
#include <toasty/model.h>

/* With a key that the client makes: a graph of rows is one round trip. */
toasty_model(Deed) {
    toasty(key, auto)            toasty_uuid  id;
                                 int64_t      operation;
                                 int32_t      part;
    toasty_has_many(Detail, details);
};

toasty_model(Detail) {
    toasty(key, auto)            toasty_uuid  id;
    toasty(index)                toasty_uuid  deed_id;
    toasty_belongs_to(Deed, deed);
                                 int64_t      operation;
                                 int32_t      part;
};

/* With a key that the database counts: a graph is two round trips, and a second try would be a second row. */
toasty_model(Entry) {
    toasty(key, auto)            uint64_t     id;
                                 int64_t      operation;
                                 int32_t      part;
    toasty_has_many(Line, lines);
};

toasty_model(Line) {
    toasty(key, auto)            uint64_t     id;
    toasty(index)                uint64_t     entry_id;
    toasty_belongs_to(Entry, entry);
                                 int64_t      operation;
                                 int32_t      part;
};

/* Counts operations that leave no row. */
toasty_model(Counter) {
    toasty(key)                  int64_t      id;
                                 int64_t      value;
};

/* Is never written: an answer that is another's shows. */
toasty_model(Fact) {
    toasty(key)                  int64_t      id;
                                 const char  *text;
};
