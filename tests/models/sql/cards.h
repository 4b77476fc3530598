/* Views of models that stand in other headers. */
#pragma once
#include "books.h"
#include "people.h"
#include <toasty/model.h>

/* A book with its author and what its chapters come to. */
toasty_view(BookCard, of = Book) {
                                     uint32_t     id;
                                     const char  *title;
                                     Shelf        shelf;
                                     toasty_opt(int32_t) rating;
    toasty(path = author.name)       const char  *author;
    toasty(path = author.paid_every) Interval     paid;
    toasty(count = chapters)         int64_t      chapter_count;
    toasty(sum = chapters.number)    toasty_opt(int64_t) numbers;
    toasty(avg = chapters.number)    toasty_opt(double) average;
    toasty(max = chapters.number)    toasty_opt(int32_t) last;
};

/* What the books of an author come to. */
toasty_view(AuthorCard, of = Author) {
                                     const char  *name;
    toasty(count = books)            int64_t      books;
    toasty(sum = books.pages)        toasty_opt(int64_t) pages;
    toasty(avg = books.rating)       toasty_opt(double) rating;
    toasty(min = books.year)         toasty_opt(int32_t) since;
};

/* Through two relations of which one may be missing, and two steps. */
toasty_view(ChapterCard, of = Chapter) {
    toasty(path = title)             const char  *heading;
    toasty(path = book.title)        const char  *book;
    toasty(path = book.author.name)  const char  *author;
};

toasty_view(TaskCard, of = Task) {
                                     const char  *title;
    toasty(path = person.name)       const char  *person;
    toasty(path = reviewer.name, null) const char *reviewer;
    toasty(path = reviewer.age)      toasty_opt(int32_t) reviewer_age;
    toasty(path = person.passport.number, null) const char *passport;
};
