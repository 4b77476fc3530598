/* The models of the programs that the checkers of memory look at. */
#pragma once
#include <toasty/model.h>

toasty_model(Note) {
    toasty(key, auto)    int64_t      id;
                         const char  *text;
};

toasty_model(Shelf) {
    toasty(key, auto)    int64_t      id;
                         const char  *name;
    toasty_has_many(Book, books);
};

toasty_model(Book) {
    toasty(key, auto)    int64_t      id;
                         int64_t      shelf_id;
    toasty_belongs_to(Shelf, shelf);
                         const char  *title;
};
