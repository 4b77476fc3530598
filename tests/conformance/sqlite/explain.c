/* Plans of SQLite, which are the same each time; and an explanation that runs out of memory. */
#include "books.toasty.h"
#include "suite.h"
#include <stdlib.h>
#include <toasty/memory.h>

TOASTY_TEST(explain, what_is_done_within_stands_below_it)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(const char) plan = toasty_explain(
        db, chapter_all_op(NULL, .where = chapter_book_is(book_author_is(author_name_eq("Ann")))));
    check_contains(plan, "\n    SCAN t1\n"
                         "    CORRELATED SCALAR SUBQUERY 2\n"
                         "      SEARCH t2 USING INTEGER PRIMARY KEY (rowid=?)\n"
                         "      CORRELATED SCALAR SUBQUERY 1\n"
                         "        SEARCH t3 USING INTEGER PRIMARY KEY (rowid=?)\n");
}

static long left = -1; /* allocations that still work; below zero: all do */
static bool failed;

static bool fails(void)
{
    left -= left > 0;
    failed = failed || left == 0;
    return left == 0;
}

static void *allocate(size_t size)
{
    return fails() ? NULL : malloc(size);
}

static void *reallocate(void *memory, size_t size)
{
    return fails() ? NULL : realloc(memory, size);
}

TOASTY_TEST(explain, without_memory_it_fails_and_works_the_next_time, ALONE, TIMEOUT(60))
{
    const toasty_allocator allocator = {allocate, reallocate, free};
    check_done(toasty_set_allocator(&allocator));
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    check_some(ann);
    failed = true;
    for (long n = 1; failed; n++) {
        failed = false;
        left = n;
        toasty_auto(const char) read = toasty_explain(
            db, person_all_op(NULL, .where = person_age_lt((int32_t)n), .include = {person_with_tasks()}));
        toasty_auto(const char) write =
            toasty_statements(db, person_update_op(NULL, ann, person_name_set("Eve")));
        left = -1;
        check_that(failed || (read && write));
        if (!write)
            check_last_error(TOASTY_OUT_OF_MEMORY);
        check_text("Ann", ann->name);
        check_that(n < 10000);
    }
}
