/* Keys of several fields, a model related to itself, and structs in columns. */
#pragma once
#include "common/units.h"
#include <toasty/model.h>

/* A tree. */
toasty_model(Folder) {
    toasty(key, auto)            toasty_uuid  id;
                                 const char  *name;
    toasty_opt(toasty_uuid)                   parent_id;
    toasty_belongs_to(Folder, parent);
    toasty_has_many(Folder, children, pair = parent);
};

/* The key finds a journal and sorts inside of it. */
toasty_model(Entry) {
    toasty(key, partition)       const char  *journal;
    toasty(key, local)           int64_t      number;
                                 const char  *text;
    toasty_has_many(Remark, remarks);
};

/* Refers to a key of two fields. */
toasty_model(Remark) {
    toasty(key, auto)            toasty_uuid  id;
                                 const char  *journal;
                                 int64_t      number;
    toasty_belongs_to(Entry, entry, key = (journal, number));
                                 const char  *text;
};

/* A key and a unique pair of fields, an index of two. */
toasty_model(Seat, key = (hall, line, number), unique = (hall, code), index = (hall, price)) {
                                 const char  *hall;
                                 int32_t      line;
                                 int32_t      number;
                                 const char  *code;
                                 int64_t      price;
};

/* An index whose partition takes two fields, and which sorts by a third. */
toasty_model(Flight, index(partition = (origin, target), local = (leaves_at))) {
    toasty(key, auto)            toasty_uuid  id;
                                 const char  *origin;
                                 const char  *target;
                                 int64_t      leaves_at;
};

/* Structs: required, optional, nested; columns with names of their own. */
toasty_model(Shop) {
    toasty(key, auto)            toasty_uuid  id;
    toasty(column = "title")     const char  *name;
                                 Address      address;
    toasty(column = "post")      toasty_opt(Address) postal;
};

/* An optional reference of two fields. */
toasty_model(Clipping) {
    toasty(key, auto)            toasty_uuid  id;
    toasty(null)                 const char  *journal;
    toasty_opt(int64_t)                       number;
    toasty_belongs_to(Entry, entry, key = (journal, number));
                                 bool         pinned;
};

/* Numbers of which 0 is one, and what refers to them: with and without a way to say so. */
toasty_model(Ledger) {
    toasty(key)                  int32_t      number;
                                 const char  *name;
    toasty_has_many(Posting, postings);
};

toasty_model(Posting) {
    toasty(key, auto)            toasty_uuid  id;
    toasty(explicit)             int32_t      ledger_number;
    toasty_belongs_to(Ledger, ledger);
};

toasty_model(Draftsheet) {
    toasty(key, auto)            toasty_uuid  id;
                                 int32_t      ledger_number;
    toasty_belongs_to(Ledger, ledger);
};
