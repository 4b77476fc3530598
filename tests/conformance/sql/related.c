/* Conditions on related rows: any, none and every of many, is and is_not of one, nested, joined and negated,
 * with NULL wherever it can be; and what they are as statements. That these find rows by their indexes:
 * indexes.c. */
#include "books.toasty.h"
#include "suite.h"
#include <string.h>

/* Ann 10 "x": task a1, done, home, reviewed by Bob; task a2, open, no topic, no reviewer; a desk.
 * Bob NULL NULL: task b1, done, work, reviewed by Ann; a passport with visas for IT and FR.
 * Cid 30 "y": no task; a passport without visas.
 * Dan 40 NULL: task d1, open, work, reviewed by Dan. */
static toasty_db *open_people(void)
{
    toasty_db *db = suite_open();
    toasty_auto(TopicList) topics =
        topic_create_many(db, {.label = "home", .weight = 1}, {.label = "work", .weight = 5});
    toasty_auto(Person) ann = person_create(db, .name = "Ann", .email = "a@x", .age = toasty_some(10),
                                            .bio = "x", .desk = desk_new({.room = "1"}));
    toasty_auto(Person) bob = person_create(
        db, .name = "Bob", .email = "b@x",
        .passport = passport_new({.number = "B", .visas = visa_new({.country = "IT"}, {.country = "FR"})}));
    toasty_auto(Person) cid = person_create(db, .name = "Cid", .email = "c@x", .age = toasty_some(30),
                                            .bio = "y", .passport = passport_new({.number = "C"}));
    toasty_auto(Person) dan = person_create(db, .name = "Dan", .email = "d@x", .age = toasty_some(40));
    check_some(topics && ann && bob && cid && dan ? ann : NULL);
    toasty_auto(TaskList) tasks = task_create_many(
        db, {.title = "a1", .person = ann, .done = true, .topic_label = "home", .reviewer = bob},
        {.title = "a2", .person = ann, .position = 1},
        {.title = "b1", .person = bob, .done = true, .topic_label = "work", .reviewer = ann},
        {.title = "d1", .person = dan, .topic_label = "work", .reviewer = dan});
    check_some(tasks);
    suite_clear_log();
    return db;
}

/* The initials of all that match, in the order of their names; read by one statement. */
static const char *people(toasty_db *db, person_expr where)
{
    static char initials[16];
    suite_clear_log();
    toasty_auto(PersonList) found = person_all(db, .where = where, .order_by = {person_name_asc()});
    check_some(found);
    check_text("SELECT people", suite_log());
    size_t n = 0;
    toasty_each(person, found)
        initials[n++] = person->name[0];
    initials[n] = '\0';
    return initials;
}

static const char *tasks(toasty_db *db, task_expr where)
{
    static char titles[32];
    toasty_auto(TaskList) found = task_all(db, .where = where, .order_by = {task_title_asc()});
    check_some(found);
    titles[0] = '\0';
    toasty_each(task, found)
        strcat(titles, task->title);
    return titles;
}

TOASTY_TEST(related, any_none_and_every_ask_for_the_rows_of_a_has_many, REQUIRES(related))
{
    toasty_auto(toasty_db) db = open_people();
    check_text("AB", people(db, person_tasks_any(task_done_eq(true))));
    check_text("CD", people(db, person_tasks_none(task_done_eq(true))));
    check_text("BC", people(db, person_tasks_every(task_done_eq(true))));
    check_text("ABD", people(db, person_tasks_any()));
    check_text("C", people(db, person_tasks_none()));
    check_text("A", people(db, person_tasks_any(task_done_eq(true), task_title_starts_with("a"))));
}

TOASTY_TEST(related, is_and_is_not_ask_for_the_one_row_that_there_may_be, REQUIRES(related))
{
    toasty_auto(toasty_db) db = open_people();
    check_text("a1a2", tasks(db, task_person_is(person_name_eq("Ann"))));
    check_text("b1d1", tasks(db, task_person_is_not(person_name_eq("Ann"))));
    check_text("a1", tasks(db, task_reviewer_is(person_name_eq("Bob"))));
    check_text("a2b1d1", tasks(db, task_reviewer_is_not(person_name_eq("Bob"))));
    check_text("a1b1d1", tasks(db, task_reviewer_is()));
    check_text("a2", tasks(db, task_reviewer_is_not()));
    check_text("B", people(db, person_passport_is(passport_number_eq("B"))));
    check_text("ACD", people(db, person_passport_is_not(passport_number_eq("B"))));
    check_text("BC", people(db, person_passport_is()));
    check_text("A", people(db, person_desk_is(desk_room_eq("1"))));
}

TOASTY_TEST(related, what_is_unknown_of_a_row_is_not_true, REQUIRES(related))
{
    toasty_auto(toasty_db) db = open_people();
    /* a2 has no topic. */
    check_text("A", people(db, person_tasks_any(task_topic_label_eq("home"))));
    check_text("BCD", people(db, person_tasks_none(task_topic_label_eq("home"))));
    check_text("C", people(db, person_tasks_every(task_topic_label_eq("home"))));
    check_text("BCD", people(db, person_tasks_every(task_topic_label_ne("home"))));
    check_text("BCD", people(db, person_tasks_every(task_topic_label_eq("work"))));
    check_text("BCD", people(db, person_tasks_every(task_not(task_topic_label_eq("home")))));
    check_text("A", people(db, person_tasks_any(task_topic_label_eq(NULL))));
    /* Bob has no age: what he reviews is not reviewed by one of another age either. */
    check_text("b1d1", tasks(db, task_reviewer_is(person_age_ne(30))));
    check_text("a1a2", tasks(db, task_reviewer_is_not(person_age_ne(30))));
    check_text("a1a2", tasks(db, task_not(task_reviewer_is(person_age_ne(30)))));
}

TOASTY_TEST(related, they_nest_and_join_and_are_negated, REQUIRES(related))
{
    toasty_auto(toasty_db) db = open_people();
    check_text("BD", people(db, person_tasks_any(task_topic_is(topic_weight_gt(3)))));
    check_text("AC", people(db, person_not(person_tasks_any(task_topic_is(topic_weight_gt(3))))));
    check_text("ABC", people(db, person_or(person_tasks_any(task_done_eq(true)), person_tasks_none())));
    check_text("B", people(db, person_and(person_tasks_any(task_done_eq(true)), person_passport_is())));
    check_text("CD", people(db, person_not(person_or(person_tasks_any(task_done_eq(true)),
                                                     person_desk_is(desk_room_eq("1"))))));
    /* Three deep, and back to the model that it began with. */
    check_text("B", people(db, person_passport_is(passport_visas_any(visa_country_eq("IT")))));
    check_text("a1",
               tasks(db, task_reviewer_is(person_passport_is(passport_visas_any(visa_country_eq("IT"))))));
    check_text("a2b1d1", tasks(db, task_reviewer_is_not(
                                       person_passport_is(passport_visas_any(visa_country_eq("IT"))))));
    check_text("A", people(db, person_tasks_any(task_reviewer_is(person_tasks_every(task_done_eq(true))))));
    check_text("BCD", people(db, person_tasks_every(task_reviewer_is(person_tasks_none(
                                     task_topic_is(topic_label_eq("none")), task_done_eq(true))))));
    check_text("AB", people(db, person_reviews_any(task_person_is_not(
                                    person_tasks_any(task_done_eq(false), task_topic_is())))));
}

TOASTY_TEST(related, a_model_related_to_itself_is_asked_both_ways, REQUIRES(related))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Folder) root = folder_create(
        db, .name = "root",
        .children = folder_new({.name = "a", .children = folder_new({.name = "aa"})}, {.name = "b"}));
    check_some(root);
    toasty_auto(Folder) grandparent =
        folder_get(db, .where = folder_children_any(folder_children_any(folder_name_eq("aa"))));
    check_some(grandparent);
    check_text("root", grandparent->name);
    toasty_auto(Folder) grandchild =
        folder_get(db, .where = folder_parent_is(folder_parent_is(folder_name_eq("root"))));
    check_some(grandchild);
    check_text("aa", grandchild->name);
    check_int(2, folder_count(db, .where = folder_parent_is(folder_name_eq("root"), folder_children_any())));
    check_int(3, folder_count(db, .where = folder_parent_is()));
    check_int(1, folder_count(db, .where = folder_parent_is_not()));
}

TOASTY_TEST(related, a_key_of_two_fields_relates_as_a_whole, REQUIRES(related))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(EntryList) entries = entry_create_many(db, {.journal = "ship", .number = 1, .text = "x"},
                                                       {.journal = "ship", .number = 2, .text = "y"},
                                                       {.journal = "log", .number = 1, .text = "z"});
    toasty_auto(Remark) remark = remark_create(db, .journal = "ship", .number = 2, .text = "!");
    toasty_auto(ClippingList) clippings =
        clipping_create_many(db, {.journal = "log", .number = toasty_some(1)}, {.pinned = true});
    check_some(entries && remark && clippings ? entries : NULL);
    toasty_auto(Entry) remarked = entry_get(db, .where = entry_remarks_any(remark_text_eq("!")));
    check_some(remarked);
    check_text("y", remarked->text);
    check_int(2, entry_count(db, .where = entry_remarks_none()));
    check_int(1, clipping_count(db, .where = clipping_entry_is(entry_text_eq("z"))));
    check_int(1, clipping_count(db, .where = clipping_entry_is_not()));
}

TOASTY_TEST(related, rows_with_keys_that_the_database_counts_are_found, REQUIRES(related, sequence))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Author) ada =
        author_create(db, .name = "Ada", .books = book_new({.title = "a"}, {.title = "b"}));
    toasty_auto(Author) ben = author_create(db, .name = "Ben");
    check_some(ada && ben ? ada : NULL);
    check_int(2, book_count(db, .where = book_author_is(author_name_eq("Ada"))));
    check_int(2, book_count(db, .where = book_author_is_not(author_books_none())));
    check_int(1, author_count(db, .where = author_books_any(book_title_eq("b"))));
    check_int(1, author_count(db, .where = author_books_none()));
    check_int(1, author_count(db, .where = author_books_every(book_title_starts_with("a"))));
}

TOASTY_TEST(related, absent_conditions_are_not_there, REQUIRES(related))
{
    toasty_auto(toasty_db) db = open_people();
    bool no = false;
    check_text("ABD", people(db, person_tasks_any(toasty_when(no, task_done_eq(true)))));
    check_text("ABCD", people(db, person_tasks_every(toasty_when(no, task_done_eq(true)))));
    check_int(-1, person_delete_all(db, .where = person_tasks_every(toasty_when(no, task_done_eq(true)))));
    check_int(TOASTY_INVALID_STATEMENT, toasty_last_error()->code);
    check_int(4, person_count(db));
}

TOASTY_TEST(related, every_read_takes_them, REQUIRES(related))
{
    toasty_auto(toasty_db) db = open_people();
    person_expr has_open = person_tasks_any(task_done_eq(false));
    check_int(2, person_count(db, .where = has_open));
    check_int(1, person_exists(db, .where = has_open));
    toasty_auto(Person) last = person_first(db, .where = has_open, .order_by = {person_name_desc()});
    check_text("Dan", last->name);
    toasty_auto(PersonPage) page =
        person_page(db, .where = has_open, .order_by = {person_name_asc()}, .per_page = 1);
    check_text("Ann", page->items[0].name);
    toasty_auto(PersonPage) next = person_page_next(db, page);
    check_text("Dan", next->items[0].name);
    toasty_auto(TaskList) of_ann = person_tasks(db, page->items, .where = task_reviewer_is());
    check_uint(1, of_ann->len);
    toasty_auto(PersonList) with =
        person_all(db, .where = has_open, .order_by = {person_name_asc()},
                   .include = {person_with_tasks(.where = task_topic_is(topic_weight_gt(3)), .limit = 1)});
    check_uint(0, with->items[0].tasks.len);
    check_uint(1, with->items[1].tasks.len);
    toasty_auto(TaskList) ordered =
        task_all(db, .where = task_reviewer_is(), .order_by = {task_reviewer_name_desc()});
    check_uint(3, ordered->len);
    check_text("d1", ordered->items[0].title);
    toasty_auto(PersonQuery) query = person_query_new();
    check_int(0, person_query_where(query, has_open));
    check_int(0, person_query_or_where(query, person_tasks_none()));
    check_int(3, person_count(db, .query = query));
}

TOASTY_TEST(related, rows_are_changed_by_conditions_on_related_ones, REQUIRES(related))
{
    toasty_auto(toasty_db) db = open_people();
    check_int(2, person_update_all(db, .where = person_tasks_any(task_done_eq(true)),
                                   .set = {person_visits_add(3)}));
    check_text("AB", people(db, person_visits_eq(3)));
    /* The condition comes back to the table that is changed. */
    person_expr by_holder = person_tasks_any(task_reviewer_is(person_passport_is()));
    check_int(1, person_update_all(db, .where = by_holder, .set = {person_visits_add(1)}));
    check_text("A", people(db, person_visits_eq(4)));
    check_int(2, task_delete_all(db, .where = task_person_is(person_tasks_any(task_topic_label_eq(NULL)))));
    check_text("b1d1", tasks(db, (task_expr){0}));
    toasty_auto(TaskList) gone =
        task_delete_all_returning(db, .where = task_reviewer_is(person_name_eq("Ann")));
    check_some(gone);
    check_uint(1, gone->len);
    check_text("b1", gone->items[0].title);
    check_text("d1", tasks(db, (task_expr){0}));
}

TOASTY_TEST(related, one_that_is_nested_too_deep_is_an_error_before_anything_is_sent, REQUIRES(related))
{
    toasty_auto(toasty_db) db = suite_open();
    folder_expr where = folder_name_eq("x");
    for (int i = 0; i < 8; i++)
        where = folder_parent_is(where);
    check_int(0, folder_count(db, .where = where));
    for (int i = 8; i < 15; i++)
        where = folder_parent_is(where);
    suite_clear_log();
    check_int(-1, folder_count(db, .where = folder_parent_is(where)));
    check_int(TOASTY_INVALID_STATEMENT, toasty_last_error()->code);
    check_int(-1, folder_delete_all(db, .where = folder_not(folder_parent_is(where))));
    check_int(TOASTY_INVALID_STATEMENT, toasty_last_error()->code);
    check_text("", suite_log());
}

TOASTY_TEST(related, the_second_call_makes_no_plan_and_prepares_nothing, REQUIRES(related))
{
    toasty_auto(toasty_db) db = open_people();
    check_int(1, person_count(
                     db, .where = person_tasks_any(task_title_eq("a1"), task_topic_is(topic_weight_eq(1)))));
    toasty_counters before = toasty_count(db);
    check_int(0, person_count(
                     db, .where = person_tasks_any(task_title_eq("b1"), task_topic_is(topic_weight_eq(1)))));
    check_int(1, person_count(
                     db, .where = person_tasks_any(task_title_eq("b1"), task_topic_is(topic_weight_eq(5)))));
    toasty_counters after = toasty_count(db);
    check_uint(before.plans_made, after.plans_made);
    check_uint(before.statements_prepared, after.statements_prepared);
}

TOASTY_TEST(related, they_are_semi_joins_of_the_one_statement, REQUIRES(related))
{
    toasty_auto(toasty_db) db = open_people();
    check_int(0, person_count(db, .where = person_tasks_any(task_done_eq(true), task_reviewer_is_not())));
    const char *text = suite_statement(0);
    char plain[512];
    size_t n = 0;
    for (; *text && n < sizeof plain - 1; text++)
        if (*text != '"' && *text != '`')
            plain[n++] = *text == '$' ? '?' : *text;
    plain[n] = '\0';
    check_contains(
        plain, "FROM people AS t1 WHERE EXISTS (SELECT 1 FROM tasks AS t2 WHERE t2.person_id = t1.id AND ");
    check_contains(plain, " AND NOT EXISTS (SELECT 1 FROM people AS t3 WHERE t3.id = t2.reviewer_id))");
}
