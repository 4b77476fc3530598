/* Keys that the database counts up. */
#pragma once
#include <toasty/model.h>

typedef enum { SHELF_NEW, SHELF_LENT, SHELF_LOST } Shelf;

/* Named like a type that databases have already. */
typedef enum { INTERVAL_DAY, INTERVAL_WEEK } Interval;

toasty_model(Author) {
    toasty(key, auto)            uint64_t     id;
                                 const char  *name;
                                 Interval     paid_every;
    toasty_has_many(Book, books);
};

toasty_model(Book) {
    toasty(key, auto)            uint32_t     id;
                                 uint64_t     author_id;
    toasty_belongs_to(Author, author);
                                 const char  *title;
    toasty_opt(int32_t)                       rating;
                                 int64_t      pages;
                                 Shelf        shelf;
    toasty(index)                int32_t      year;
    toasty_has_many(Chapter, chapters);
};

toasty_model(Chapter, unique = (book_id, number)) {
    toasty(key, auto)            int64_t      id;
                                 uint32_t     book_id;
    toasty_belongs_to(Book, book);
                                 int32_t      number;
                                 const char  *title;
};

/* Nothing but its key. */
toasty_model(Ticket) {
    toasty(key, auto)            uint64_t     id;
};
