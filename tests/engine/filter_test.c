/* Conditions that no index serves, on a store that evaluates them: they travel with the query or the scan.
 * What a store cannot be asked, about the key that it goes by or beside a whole key, the engine evaluates.
 * The store looks at two rows for each answer, so pieces are empty where nothing matches. */
#include "engine/seeds.h"

#include "core/roots.h"
#include <stdio.h>

static rig r;

static void open_rig(const char *url)
{
    rig_open(&r, url);
    for (unsigned user = 1; user <= 2; user++) {
        put_user(&r, user);
        put_profile(&r, 10 + user, user);
        for (int number = 0; number < 8; number++)
            put_todo(&r, user, number, number % 2 ? 20 : 0);
    }
    put_category(&r, 20);
    rig_forget(&r);
}

static void close_rig(void)
{
    rig_close(&r);
    check_uint(0, toasty__root_count());
}

static toasty_condition is(uint16_t field, toasty_operator op, toasty_value operand)
{
    toasty_condition made;
    toasty__compare(&made, field, op, operand);
    return made;
}

static toasty_condition test(uint16_t field, toasty_operator op)
{
    toasty_condition made;
    toasty__test(&made, field, op);
    return made;
}

static toasty_condition both(toasty_operator op, toasty_condition left, toasty_condition right)
{
    const toasty_condition list[] = {left, right, {.last = 1}};
    return toasty__joined(op, list, sizeof *list);
}

static toasty_value numbers(const int32_t *items, uint32_t count)
{
    return (toasty_value){
        .kind = TOASTY_VALUE_LIST, .element = TOASTY_TYPE_I32, .len = count, .as.list = items};
}

/* The numbers of the todos that a read gives: "1 3". */
static const char *found(const toasty_request *request)
{
    static char text[256];
    char *end = text;
    *end = '\0';
    list *todos = rig_run(&r, request);
    if (!todos)
        return r.error.message;
    for (size_t i = 0; i < todos->len; i++)
        end += sprintf(end, i ? " %d" : "%d", ((Todo *)todos->items)[i].number);
    toasty_free(todos);
    return text;
}

#define OF_USER(number) BY(todo, 0, 1, toasty__uuid(uuid_of(number)))
#define WHERE(condition) .where = &(const toasty_condition[]){condition}[0]

TOASTY_TEST(filter, travels_with_a_query_and_is_evaluated_by_the_store)
{
    open_rig("keyvalue:?filter=on&page=0");
    check_text("1 3 5 7", found(&READ(ALL, todo, OF_USER(1),
                                      .find = {WHERE(test(TODO_CATEGORY_ID, TOASTY_IS_NOT_NULL))})));
    check_text("QUERY\n--\n", r.text);
    check_text("", found(&READ(ALL, todo, OF_USER(1),
                               .find = {WHERE(is(TODO_TITLE, TOASTY_EQ, toasty__text("weed")))})));
    close_rig();
}

TOASTY_TEST(filter, of_a_scan_reads_the_whole_table_in_pieces)
{
    open_rig("keyvalue:?filter=on&page=2");
    toasty_condition condition = both(TOASTY_AND, is(TODO_NUMBER, TOASTY_GE, toasty__int(6)),
                                      is(TODO_USER_ID, TOASTY_EQ, toasty__uuid(uuid_of(2))));
    check_text("6 7", found(&READ(ALL, todo, .scan = true, .find = {.where = &condition})));
    check_text("QUERY\n--\n", r.text); /* a key that is named is used */
    rig_forget(&r);
    condition = is(TODO_NUMBER, TOASTY_GE, toasty__int(6));
    check_text("6 7 6 7", found(&READ(ALL, todo, .scan = true, .find = {.where = &condition})));
    check_uint(8, r.jobs);
    close_rig();
}

TOASTY_TEST(filter, a_limit_counts_rows_that_match)
{
    open_rig("keyvalue:?filter=on&page=2");
    toasty_condition condition = test(TODO_CATEGORY_ID, TOASTY_IS_NOT_NULL);
    check_text("1 3 5", found(&READ(ALL, todo, OF_USER(1), .find = {.where = &condition, .limit = 3})));
    check_uint(3, r.jobs); /* of four that the whole partition takes */
    Todo *first = rig_run(&r, &READ(FIRST, todo, OF_USER(2), .find = {.where = &condition}));
    check_int(1, first->number);
    toasty_free(first);
    close_rig();
}

TOASTY_TEST(filter, is_counted_and_looked_for_in_all_pieces)
{
    open_rig("keyvalue:?filter=on&page=2");
    toasty_condition some = is(TODO_CATEGORY_ID, TOASTY_EQ, toasty__uuid(uuid_of(20))),
                     none = is(TODO_TITLE, TOASTY_NE, toasty__text("dig"));
    check_int(4, rig_count(&r, &READ(COUNT, todo, OF_USER(1), .find = {.where = &some})));
    check_int(0, rig_count(&r, &READ(COUNT, todo, OF_USER(1), .find = {.where = &none})));
    check_int(1, rig_count(&r, &READ(EXISTS, todo, OF_USER(1), .find = {.where = &some})));
    check_int(0, rig_count(&r, &READ(EXISTS, todo, OF_USER(1), .find = {.where = &none})));
    close_rig();
}

typedef struct page {
    Todo *items;
    size_t len;
    bool loaded, has_next, has_prev;
} page;

TOASTY_TEST(filter, pages_are_of_rows_that_match_and_go_both_ways)
{
    open_rig("keyvalue:?filter=on&page=2");
    toasty_condition condition = test(TODO_CATEGORY_ID, TOASTY_IS_NOT_NULL);
    page *first = rig_run(&r, &READ(PAGE, todo, OF_USER(1), .find = {.where = &condition, .limit = 3}));
    check_that(first->len == 3 && first->has_next && first->items[2].number == 5);
    page *second = rig_run(&r, &READ(PAGE, todo, OF_USER(1), .after = &first->items[2],
                                     .find = {.where = &condition, .limit = 3}));
    check_that(second->len == 1 && !second->has_next && second->items[0].number == 7);
    page *back = rig_run(&r, &READ(PAGE, todo, OF_USER(1), .after = &second->items[0], .backwards = true,
                                   .find = {.where = &condition, .limit = 2}));
    check_that(back->len == 2 && back->has_prev && back->items[0].number == 3);
    toasty_free(first);
    toasty_free(second);
    toasty_free(back);
    close_rig();
}

TOASTY_TEST(filter, of_an_include_is_asked_for_each_parent_and_limited_for_each)
{
    open_rig("keyvalue:?filter=on&page=2");
    toasty_condition condition = test(TODO_CATEGORY_ID, TOASTY_IS_NOT_NULL);
    list *users =
        rig_run(&r, &READ(ALL, user, .scan = true,
                          .find = {INCLUDE(WITH(user, USER_TODOS, .where = &condition, .limit = 3))}));
    check_uint(2, users->len);
    for (size_t u = 0; u < 2; u++) {
        User *user = &((User *)users->items)[u];
        check_uint(3, user->todos.len);
        for (int t = 0; t < 3; t++)
            check_int(2 * t + 1, user->todos.items[t].number);
    }
    toasty_free(users);
    close_rig();
}

/* --- what the engine evaluates --- */

TOASTY_TEST(filter, on_the_key_of_a_query_is_evaluated_by_the_engine)
{
    open_rig("keyvalue:?filter=on&page=2");
    check_text("0 1 2 4 5 6 7", found(&READ(ALL, todo, OF_USER(1),
                                            .find = {WHERE(is(TODO_NUMBER, TOASTY_NE, toasty__int(3)))})));
    toasty_condition ends = both(TOASTY_OR, is(TODO_NUMBER, TOASTY_LT, toasty__int(2)),
                                 is(TODO_NUMBER, TOASTY_GT, toasty__int(5)));
    check_text("0 1 6 7", found(&READ(ALL, todo, OF_USER(1), .find = {.where = &ends})));
    toasty_condition mixed = both(TOASTY_AND, ends, test(TODO_CATEGORY_ID, TOASTY_IS_NOT_NULL));
    check_text("1 7", found(&READ(ALL, todo, OF_USER(1), .find = {.where = &mixed})));
    close_rig();
}

TOASTY_TEST(filter, on_the_key_is_limited_counted_and_paged_by_the_engine)
{
    open_rig("keyvalue:?filter=on&page=2");
    toasty_condition odd = both(TOASTY_OR, is(TODO_NUMBER, TOASTY_EQ, toasty__int(1)),
                                is(TODO_NUMBER, TOASTY_GE, toasty__int(3)));
    check_text("1 3", found(&READ(ALL, todo, OF_USER(1), .find = {.where = &odd, .limit = 2})));
    check_uint(2, r.jobs); /* enough were found, so the rest was not asked for */
    check_int(6, rig_count(&r, &READ(COUNT, todo, OF_USER(1), .find = {.where = &odd})));
    check_int(1, rig_count(&r, &READ(EXISTS, todo, OF_USER(1), .find = {.where = &odd})));
    Todo *first = rig_run(&r, &READ(FIRST, todo, OF_USER(2), .find = {.where = &odd}));
    check_int(1, first->number);
    check_null(rig_run(&r, &READ(GET, todo, OF_USER(2), .find = {.where = &odd})));
    check_error(&r.error, TOASTY_TOO_MANY_ROWS);
    page *next =
        rig_run(&r, &READ(PAGE, todo, OF_USER(2), .after = first, .find = {.where = &odd, .limit = 4}));
    check_that(next->len == 4 && next->has_next && next->items[0].number == 3 && next->items[3].number == 6);
    toasty_free(next);
    toasty_free(first);
    close_rig();
}

TOASTY_TEST(filter, on_the_key_of_an_include_is_limited_for_each_parent)
{
    open_rig("keyvalue:?filter=on&page=3");
    toasty_condition condition = is(TODO_NUMBER, TOASTY_NE, toasty__int(0));
    list *users =
        rig_run(&r, &READ(ALL, user, .scan = true,
                          .find = {INCLUDE(WITH(user, USER_TODOS, .where = &condition, .limit = 2))}));
    for (size_t u = 0; u < 2; u++) {
        User *user = &((User *)users->items)[u];
        check_uint(2, user->todos.len);
        check_that(user->todos.items[0].number == 1 && user->todos.items[1].number == 2);
    }
    toasty_free(users);
    close_rig();
}

TOASTY_TEST(filter, beside_a_whole_key_is_evaluated_by_the_engine)
{
    open_rig("keyvalue:?filter=on");
    toasty_condition other = is(TODO_TITLE, TOASTY_NE, toasty__text("dig"));
    check_null(rig_run(&r, &READ(GET, todo, BY(todo, 0, 2, toasty__uuid(uuid_of(1)), toasty__int(3)),
                                 .find = {.where = &other})));
    check_error(&r.error, TOASTY_NOT_FOUND);
    toasty_condition label = is(CATEGORY_LABEL, TOASTY_NE, toasty__text("c20"));
    list *todos = rig_run(
        &r, &READ(ALL, todo, OF_USER(1), .find = {INCLUDE(WITH(todo, TODO_CATEGORY, .where = &label))}));
    for (size_t t = 0; t < todos->len; t++) {
        Todo *todo = &((Todo *)todos->items)[t];
        check_that(todo->category_loaded && !todo->category);
    }
    toasty_free(todos);
    close_rig();
}

TOASTY_TEST(filter, a_list_for_the_end_of_a_key_is_a_get_of_all_of_them)
{
    open_rig("keyvalue:?filter=on&page=0");
    const int32_t wanted[] = {6, 2, 2, 40};
    toasty_condition condition = is(TODO_NUMBER, TOASTY_IN, numbers(wanted, 4));
    check_text("6 2", found(&READ(ALL, todo, OF_USER(1), .find = {.where = &condition})));
    check_text("GET\n--\n", r.text);
    rig_forget(&r); /* what comes first in a list is not what comes first by the key */
    check_text("2", found(&READ(ALL, todo, OF_USER(1), .find = {.where = &condition, .limit = 1})));
    check_text("QUERY\n--\n", r.text);
    close_rig();
}

/* --- what is refused --- */

TOASTY_TEST(filter, of_more_terms_than_the_store_takes_is_refused_before_it_is_asked)
{
    open_rig("keyvalue:?filter=on&max_terms=3");
    toasty_condition one = is(TODO_TITLE, TOASTY_NE, toasty__text("x"));
    toasty_condition two = both(TOASTY_OR, one, test(TODO_CATEGORY_ID, TOASTY_IS_NULL));
    check_text("0 1 2 3 4 5 6 7", found(&READ(ALL, todo, OF_USER(1), .find = {.where = &one})));
    rig_forget(&r);
    check_null(rig_run(&r, &READ(ALL, todo, OF_USER(1), .find = {.where = &two})));
    check_error(&r.error, TOASTY_INVALID_STATEMENT);
    check_contains(r.error.message, "keyvalue takes at most 3");
    check_uint(0, r.jobs);
    close_rig();
}

TOASTY_TEST(filter, with_a_pattern_is_refused_where_there_are_none)
{
    open_rig("keyvalue:?filter=on");
    toasty_condition like = is(TODO_TITLE, TOASTY_LIKE, toasty__text("d%"));
    check_null(rig_run(&r, &READ(ALL, todo, OF_USER(1), .find = {.where = &like})));
    check_error(&r.error, TOASTY_UNSUPPORTED);
    check_uint(0, r.jobs);
    toasty_condition begins = is(TODO_TITLE, TOASTY_STARTS_WITH, toasty__text("d")),
                     holds = is(TODO_TITLE, TOASTY_CONTAINS, toasty__text("ig"));
    check_int(8, rig_count(&r, &READ(COUNT, todo, OF_USER(1), .find = {.where = &begins})));
    check_int(8, rig_count(&r, &READ(COUNT, todo, OF_USER(1), .find = {.where = &holds})));
    close_rig();
}

/* --- changes --- */

/* How many of the todos of user 1 that match were given a title. */
static int64_t rename_todos(const toasty_condition *where, const char *title)
{
    const User owner = {.id = uuid_of(1)};
    return rig_count(&r, &READ(UPDATE, todo, .owner = &owner, .relation = &user_model.relations[USER_TODOS],
                               CHANGES(SET(TODO_TITLE, toasty__text(title))), .find = {.where = where}));
}

static int64_t count_titled(const char *title)
{
    toasty_condition condition = is(TODO_TITLE, TOASTY_EQ, toasty__text(title));
    return rig_count(&r, &READ(COUNT, todo, OF_USER(1), .find = {.where = &condition}));
}

TOASTY_TEST(filter, of_a_change_decides_which_rows_it_changes)
{
    static const char *const urls[] = {"keyvalue:?filter=on&page=3", "keyvalue:?strict=on&page=3"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        open_rig(urls[i]);
        toasty_condition some = test(TODO_CATEGORY_ID, TOASTY_IS_NOT_NULL),
                         late = is(TODO_NUMBER, TOASTY_GT, toasty__int(5)),
                         others = is(TODO_NUMBER, TOASTY_NE, toasty__int(0)),
                         both_of = both(TOASTY_AND, others, is(TODO_TITLE, TOASTY_NE, toasty__text("late")));
        check_int(4, rename_todos(&some, "some"));
        check_int(4, count_titled("some"));
        check_int(2, rename_todos(&late, "late"));
        check_int(2, count_titled("late"));
        check_int(5, rename_todos(&both_of, "both"));
        check_int(5, count_titled("both"));
        check_int(2, count_titled("late"));
        check_int(1, count_titled("dig"));
        const int32_t wanted[] = {0, 7, 70};
        toasty_condition listed = is(TODO_NUMBER, TOASTY_IN, numbers(wanted, 3));
        check_int(2, rename_todos(&listed, "listed"));
        check_int(2, count_titled("listed"));
        close_rig();
    }
}

/* Another changes a row after it was read and before it is written. */
static const toasty__session_calls *calls;

static void submit_late(toasty__session *session, toasty_job *job, unsigned needs)
{
    const toasty_value key[] = {toasty__uuid(uuid_of(1)), toasty__int(7)}, title = toasty__text("gone");
    static const uint16_t field = TODO_TITLE;
    static const uint8_t kind = TOASTY_CHANGE_SET;
    toasty_operation update = {.kind = TOASTY_OPERATION_UPDATE,
                               .model = &todo_model,
                               .fields = &field,
                               .values = &title,
                               .changes = &kind,
                               .value_count = 1,
                               .key = {.values = key, .key_count = 1}};
    if (job->operations[0].kind == TOASTY_OPERATION_UPDATE)
        rig_do(&r, &update);
    calls->submit(session, job, needs);
}

TOASTY_TEST(filter, of_a_change_is_checked_once_more_in_the_write)
{
    open_rig("keyvalue:?filter=on&expect=on&page=0");
    toasty_condition dig = is(TODO_TITLE, TOASTY_NE, toasty__text("gone")),
                     late = both(TOASTY_AND, dig, is(TODO_NUMBER, TOASTY_GT, toasty__int(5)));
    calls = r.session.calls;
    r.session.calls =
        &(const toasty__session_calls){submit_late, calls->cancel, calls->roll_back, NULL, NULL};
    check_int(1, rename_todos(&late, "late"));
    check_int(1, count_titled("gone"));
    check_int(1, count_titled("late"));
    close_rig();
}
