/* What an operation would send, as text, and the plans of the database for it. */
#include "books.toasty.h"
#include "cards.toasty.h"
#include "invoices.toasty.h"
#include "suite.h"
#include <string.h>
#include <uv.h>

enum { ROOM = 16384 };

/* The statements of a text but for those around a transaction, which are no events. */
static void skip_control(const char *text, char *out)
{
    *out = '\0';
    while (*text) {
        size_t length = strcspn(text, "\n") + 1;
        check_int('\n', text[length - 1]);
        check_int(';', text[length - 2]);
        if (strncmp(text, "BEGIN", 5) != 0 && strncmp(text, "COMMIT", 6) != 0)
            strncat(out, text, length);
        text += length;
    }
}

/* What ran since the log was cleared, written as the library writes what would run. */
static void write_log(char *out)
{
    *out = '\0';
    for (size_t i = 0; i < suite_log_count(); i++) {
        const char *statement = suite_statement(i);
        if (!statement || strncmp(statement, "BEGIN", 5) == 0 || strncmp(statement, "COMMIT", 6) == 0)
            continue;
        strcat(strcat(out, statement), ";\n");
    }
}

/* The text is what running the operation sends, when each statement finds a row. The variable of its result
 * is filled by the second of the two. */
static void check_statements(toasty_db *db, toasty_op op)
{
    static char told[ROOM], ran[ROOM];
    suite_clear_log();
    toasty_auto(const char) text = toasty_statements(db, op);
    check_some(text);
    check_uint(0, suite_log_count());
    skip_control(text, told);
    check_done(toasty_batch(db, op));
    write_log(ran);
    check_text(ran, told);
}

static Task *only_task(Person *person)
{
    check_uint(1, person->tasks.len);
    return &person->tasks.items[0];
}

TOASTY_TEST(explain, statements_of_a_read_are_those_that_it_sends, REQUIRES(explain))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 1);
    check_some(ann);
    check_done(task_update(db, only_task(ann), task_reviewer_id_set(ann->id)));
    toasty_auto(PersonList) people = NULL;
    check_statements(db, person_all_op(&people, .where = person_name_eq("Ann"),
                                       .order_by = {person_age_desc(), person_name_asc()}, .limit = 7));
    toasty_auto(PersonList) more = NULL;
    check_statements(db,
                     person_all_op(&more, .include = {person_with_tasks(.include = {task_with_reviewer()}),
                                                      person_with_reviews(.where = task_done_eq(false))}));
    toasty_auto(Person) same = NULL;
    check_statements(db, person_get_by_email_op(&same, "ann@example.com"));
    toasty_auto(PersonPage) page = NULL;
    check_statements(db, person_page_op(&page, .order_by = {person_name_asc()}, .per_page = 5));
    int64_t count = 0;
    check_statements(db, person_count_op(&count, .where = person_tasks_any(task_position_ge(0))));
    check_int(1, count);
}

TOASTY_TEST(explain, statements_of_views_and_sums_are_those_that_they_send, REQUIRES(explain, aggregate))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Author) bob = author_create(db, .name = "Bob", .books = book_new({.title = "A", .pages = 3}));
    check_some(bob);
    toasty_auto(BookCardList) cards = NULL;
    check_statements(db, book_card_all_op(&cards, .where = book_card_author_eq("Bob"),
                                          .order_by = {book_card_chapter_count_desc()}));
    toasty_opt(int64_t) sum = {.set = false};
    check_statements(db, book_pages_sum_op(&sum, .where = book_year_ge(0)));
    check_that(sum.set && sum.value == 3);
}

TOASTY_TEST(explain, statements_of_a_write_are_those_that_it_sends, REQUIRES(explain))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = NULL;
    check_statements(db, person_create_op(&ann, .name = "Ann", .email = "ann@example.com",
                                          .tasks = task_new({.title = "a"}, {.title = "b"})));
    toasty_auto(Author) bob = NULL;
    check_statements(
        db, author_create_op(
                &bob, .name = "Bob",
                .books = book_new({.title = "A", .pages = 3},
                                  {.title = "B", .chapters = chapter_new({.number = 1, .title = "b1"})})));
    int64_t count = 0;
    check_statements(db, person_update_op(&count, ann, person_visits_add(1), person_name_set("Eve")));
    check_statements(db,
                     task_update_all_op(&count, .where = task_title_eq("a"), .set = {task_done_set(true)}));
    toasty_auto(TaskList) changed = NULL;
    check_statements(db, task_update_all_returning_op(&changed, .where = task_title_eq("a"),
                                                      .set = {task_position_add(1)}));
    toasty_auto(TaskList) gone = NULL;
    check_statements(db, task_delete_all_returning_op(&gone, .where = task_title_eq("b")));
    toasty_auto(Topic) topic = NULL;
    check_statements(db, topic_upsert_by_label_op(&topic, "x", topic_weight_set(3)));
    check_statements(db, person_delete_op(&count, ann));
}

TOASTY_TEST(explain, what_needs_a_transaction_says_where_it_begins_and_ends, REQUIRES(explain))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_op op =
        person_create_op(NULL, .name = "Ann", .email = "ann@example.com", .tasks = task_new({.title = "a"}));
    toasty_auto(const char) alone = toasty_statements(db, op);
    check_some(alone);
    check_int(0, strncmp(alone, "BEGIN", 5));
    check_text("COMMIT;\n", alone + strlen(alone) - strlen("COMMIT;\n"));
    toasty_auto(toasty_db) tx = toasty_begin(db);
    toasty_auto(const char) within = toasty_statements(tx, op);
    check_some(within);
    check_null(strstr(within, "COMMIT"));
    check_int(0, person_count(tx));
}

TOASTY_TEST(explain, a_text_of_statements_takes_no_connection, REQUIRES(explain))
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 1});
    toasty_auto(toasty_db) tx = toasty_begin(db);
    check_some(tx);
    toasty_auto(const char) text = toasty_statements(db, person_all_op(NULL));
    check_contains(text, "people");
}

TOASTY_TEST(explain, what_a_call_is_refused_with_refuses_its_explanation, REQUIRES(explain, row_locks))
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(toasty_statements(db, person_all_op(NULL, .lock = TOASTY_FOR_UPDATE)));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_null(toasty_explain(db, person_all_op(NULL, .lock = TOASTY_FOR_UPDATE)));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_null(toasty_statements(db, task_update_all_op(NULL, .set = {task_done_set(true)})));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_null(toasty_explain(db, person_update_op(NULL, NULL, person_name_set("x"))));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_uint(0, suite_log_count());
}

/* Each statement has lines of its own behind it. */
static void check_explained(const char *plan, const char *table)
{
    check_some(plan);
    size_t statements = 0, lines = 0;
    for (const char *at = plan; *at; at += strcspn(at, "\n") + 1) {
        bool indented = strncmp(at, "    ", 4) == 0;
        check_that(indented || !statements || lines);
        statements += !indented;
        lines = indented ? lines + 1 : 0;
    }
    check_that(statements && lines);
    check_contains(plan, table);
}

TOASTY_TEST(explain, the_plan_of_a_read_names_the_index_that_it_uses, REQUIRES(explain))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(const char) plan =
        toasty_explain(db, person_get_by_email_op(NULL, "ann@example.com", .include = {person_with_tasks()}));
    check_explained(plan, "people");
    check_contains(plan, "tasks");
    check_int(2, (int)suite_log_count());
    check_text("EXPLAIN people, EXPLAIN tasks", suite_log());
    toasty_auto(const char) condition =
        toasty_explain(db, task_all_op(NULL, .where = task_person_is(person_email_eq("ann@example.com"))));
    check_explained(condition, "tasks");
}

TOASTY_TEST(explain, plans_of_views_sums_and_pages_can_be_had, REQUIRES(explain, aggregate))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(const char) view =
        toasty_explain(db, book_card_all_op(NULL, .where = book_card_numbers_ge(3)));
    check_explained(view, "books");
    toasty_opt(int64_t) sum = {.set = true, .value = 7};
    toasty_auto(const char) total = toasty_explain(db, book_pages_sum_op(&sum));
    check_explained(total, "books");
    check_that(sum.set && sum.value == 7);
    toasty_auto(const char) page = toasty_explain(db, book_page_op(NULL, .per_page = 3));
    check_explained(page, "books");
}

TOASTY_TEST(explain, explaining_a_write_changes_nothing, REQUIRES(explain))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    check_some(ann);
    toasty_auto(const char) update = toasty_explain(db, person_update_op(NULL, ann, person_name_set("Eve")));
    check_explained(update, "people");
    check_text("Ann", ann->name);
    toasty_auto(const char) gone = toasty_explain(db, person_delete_op(NULL, ann));
    check_explained(gone, "people");
    toasty_auto(const char) created = toasty_explain(
        db, author_create_op(NULL, .name = "Bob", .books = book_new({.title = "A"}, {.title = "B"})));
    check_explained(created, "authors");
    check_contains(created, "books");
    toasty_auto(const char) upserted =
        toasty_explain(db, topic_upsert_by_label_op(NULL, "x", topic_weight_set(3)));
    check_explained(upserted, "topics");
    TaskNew rows[40];
    for (size_t i = 0; i < 40; i++)
        rows[i] = (TaskNew){.title = "t", .person_id = ann->id};
    toasty_auto(const char) many = toasty_explain(db, task_create_array_op(NULL, rows, 40));
    check_explained(many, "tasks");
    check_int(1, person_count(db, .where = person_name_eq("Ann")));
    check_int(0, author_count(db));
    check_int(0, topic_count(db));
    check_int(2, task_count(db));
}

TOASTY_TEST(explain, on_a_database_that_only_explains_analyzing_is_refused, REQUIRES(explain), LACKS(analyze))
{
    toasty_auto(toasty_db) db = suite_open();
    check_null(toasty_explain(db, person_all_op(NULL), .analyze = true));
    check_last_error(TOASTY_UNSUPPORTED);
    check_uint(0, suite_log_count());
}

TOASTY_TEST(explain, analyzing_a_read_tells_how_many_rows_there_were, REQUIRES(analyze))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 7);
    check_some(ann);
    toasty_auto(const char) plan = toasty_explain(
        db, person_all_op(NULL, .where = person_name_eq("Ann"), .include = {person_with_tasks()}),
        .analyze = true);
    check_explained(plan, "people");
    check_that(strstr(plan, "rows=7") || strstr(plan, "\"r_rows\": 7"));
    check_null(strstr(plan, "not analyzed"));
}

TOASTY_TEST(explain, what_is_analyzed_is_undone, REQUIRES(analyze))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 2);
    check_some(ann);
    toasty_auto(const char) update =
        toasty_explain(db, person_update_op(NULL, ann, person_name_set("Eve")), .analyze = true);
    check_explained(update, "people");
    check_text("Ann", ann->name);
    toasty_auto(const char) gone =
        toasty_explain(db, task_delete_all_returning_op(NULL, .everything = true), .analyze = true);
    check_explained(gone, "tasks");
    toasty_auto(const char) created = toasty_explain(
        db, author_create_op(NULL, .name = "Bob", .books = book_new({.title = "A"}, {.title = "B"})),
        .analyze = true);
    check_explained(created, "authors");
    check_contains(created, "books");
    check_int(1, person_count(db, .where = person_name_eq("Ann")));
    check_int(2, task_count(db));
    check_int(0, author_count(db));
}

TOASTY_TEST(explain, analyzing_what_fails_is_that_failure_and_undone, REQUIRES(analyze))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_some(ann);
    check_null(toasty_explain(db, person_create_op(NULL, .name = "Ann", .email = "ann@example.com"),
                              .analyze = true));
    check_last_error(TOASTY_UNIQUE_VIOLATION);
    check_int(1, person_count(db));
}

TOASTY_TEST(explain, within_a_transaction_only_what_is_analyzed_is_undone, REQUIRES(analyze))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    toasty_auto(Person) ann = suite_person(tx, "Ann", 0);
    check_some(ann);
    toasty_auto(const char) plan = toasty_explain(tx, person_delete_op(NULL, ann), .analyze = true);
    check_explained(plan, "people");
    toasty_auto(const char) again = toasty_explain(tx, person_get_by_id_op(NULL, ann->id));
    check_explained(again, "people");
    check_done(toasty_commit(tx));
    check_int(1, person_count(db));
}

TOASTY_TEST(explain, what_is_analyzed_waits_for_a_lock_until_its_deadline, REQUIRES(analyze))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    check_some(ann);
    toasty_auto(toasty_db) other = toasty_begin(db);
    toasty_auto(Person) locked = person_get_by_id(other, ann->id, .lock = TOASTY_FOR_UPDATE);
    check_some(locked);
    toasty_auto(toasty_db) hurried = toasty_with(db, .timeout_ms = 100);
    check_null(toasty_explain(hurried, person_update_op(NULL, ann, person_name_set("Eve")), .analyze = true));
    check_last_error(TOASTY_TIMEOUT);
    check_done(toasty_rollback(other));
    check_done(person_update(db, ann, person_name_set("Eve")));
}

static Customer *a_customer(toasty_db *db)
{
    Customer *customer =
        customer_create(db, .number = {7}, .email = {"ann@example.com"}, .tax_number = "TAX-1");
    check_some(customer);
    return customer;
}

/* Sent or not: no event, and no text of the database, has one. */
static void check_hidden(const char *plan)
{
    check_explained(plan, "customers");
    check_null(strstr(plan, "TAX"));
    check_null(strstr(plan, "tax-"));
}

TOASTY_TEST(explain, values_of_sensitive_fields_are_not_in_a_plan, REQUIRES(explain))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Customer) ann = a_customer(db);
    const char *many[] = {"TAX-1", "TAX-2", "TAX-3"};
    toasty_auto(const char) equal =
        toasty_explain(db, customer_all_op(NULL, .where = customer_tax_number_eq("TAX-1")));
    check_hidden(equal);
    toasty_auto(const char) in =
        toasty_explain(db, customer_all_op(NULL, .where = customer_tax_number_in(many, 3)));
    check_hidden(in);
    toasty_auto(const char) like = toasty_explain(
        db, customer_all_op(NULL, .where = customer_or(customer_tax_number_starts_with("TAX-"),
                                                       customer_tax_number_like("%TAX-%"),
                                                       customer_tax_number_eq_nocase("TAX-1"))));
    check_hidden(like);
    toasty_auto(const char) parts = toasty_explain(
        db, customer_all_op(NULL, .where = customer_or(customer_tax_number_contains("TAX-"),
                                                       customer_tax_number_ends_with("TAX-1"),
                                                       customer_tax_number_contains_nocase("TAX-"))));
    check_hidden(parts);
    toasty_auto(const char) ranges = toasty_explain(
        db, customer_all_op(NULL, .where = customer_or(customer_tax_number_between("TAX-1", "TAX-3"),
                                                       customer_tax_number_not_in(many, 3))));
    check_hidden(ranges);
    const char *hundred[100];
    for (size_t i = 0; i < 100; i++)
        hundred[i] = "TAX-1";
    toasty_auto(const char) list =
        toasty_explain(db, customer_all_op(NULL, .where = customer_tax_number_in(hundred, 100)));
    check_hidden(list);
    toasty_auto(const char) related = toasty_explain(
        db, invoice_all_op(NULL, .where = invoice_customer_is(customer_tax_number_eq("TAX-1"))));
    check_hidden(related);
    toasty_auto(const char) update =
        toasty_explain(db, customer_update_op(NULL, ann, customer_tax_number_set("TAX-2"),
                                              customer_only_if(customer_tax_number_eq("TAX-1"))));
    check_hidden(update);
}

#define ANNS customer_email_eq((EmailAddress){"ann@example.com"})

/* Databases that read the row of a unique value to make a plan write its columns into the conditions. */
static void check_row_is_hidden(toasty_db *db, toasty_op op)
{
    toasty_auto(const char) plan = toasty_explain(db, op);
    check_hidden(plan);
}

TOASTY_TEST(explain, what_a_row_has_in_a_sensitive_field_is_not_in_a_plan, REQUIRES(explain))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Customer) ann = a_customer(db);
    check_row_is_hidden(db, customer_all_op(NULL, .where = customer_and(
                                                      ANNS, customer_or(customer_tax_number_starts_with("A"),
                                                                        customer_invoices_any()))));
    check_row_is_hidden(
        db, customer_all_op(NULL, .where = customer_and(ANNS, customer_or(customer_tax_number_is_null(),
                                                                          customer_invoices_any()))));
    check_row_is_hidden(db, invoice_all_op(NULL, .where = invoice_customer_is(customer_and(
                                                     ANNS, customer_or(customer_tax_number_ne("A"),
                                                                       customer_credit_eq((Cents){1}))))));
    check_row_is_hidden(
        db, customer_update_all_op(NULL,
                                   .where = customer_and(ANNS, customer_or(customer_tax_number_is_null(),
                                                                           customer_invoices_any())),
                                   .set = {customer_credit_set((Cents){1})}));
    check_row_is_hidden(db, customer_delete_all_op(
                                NULL, .where = customer_and(ANNS, customer_or(customer_tax_number_is_null(),
                                                                              customer_invoices_any()))));
}

TOASTY_TEST(explain, what_a_row_has_in_a_sensitive_field_is_not_in_a_plan_that_ran, REQUIRES(analyze))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Customer) ann = a_customer(db);
    toasty_auto(const char) plan = toasty_explain(
        db,
        customer_all_op(NULL, .where = customer_and(
                                  ANNS, customer_or(customer_tax_number_is_null(), customer_invoices_any()))),
        .analyze = true);
    check_hidden(plan);
}

TOASTY_TEST(explain, keys_of_any_bytes_may_stand_in_a_plan, REQUIRES(analyze))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Person) ann = suite_person(db, "Ann", 60);
    check_some(ann);
    for (size_t i = 0; i < ann->tasks.len; i++) {
        toasty_auto(const char) plan = toasty_explain(
            db, task_all_op(NULL, .where = task_and(task_id_ge(ann->tasks.items[i].id), task_done_eq(false))),
            .analyze = true);
        check_explained(plan, "tasks");
    }
    /* What some databases take for letters: a surrogate, what is beyond the last one, what is too long. */
    static const char *const letters[] = {"\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc1\xbf", "\xe0\x80\x80",
                                          "\xf0\x80\x80\x80"};
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        toasty_uuid id;
        for (size_t at = 0; at < sizeof id.bytes; at++)
            id.bytes[at] = (uint8_t)letters[i][at % strlen(letters[i])];
        toasty_auto(const char) plan = toasty_explain(
            db, task_all_op(NULL, .where = task_and(task_id_ge(id), task_done_eq(false))), .analyze = true);
        check_explained(plan, "tasks");
    }
}

TOASTY_TEST(explain, a_statement_with_a_sensitive_value_is_not_analyzed, REQUIRES(analyze))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(Customer) ann = a_customer(db);
    toasty_auto(const char) plan =
        toasty_explain(db,
                       customer_all_op(NULL, .where = customer_tax_number_eq("TAX-1"),
                                       .include = {customer_with_invoices()}),
                       .analyze = true);
    check_hidden(plan);
    check_contains(plan, "not analyzed: a value of it is sensitive");
    const char *invoices = strstr(plan, "\nSELECT"); /* the keys of those that were found */
    check_some(invoices);
    check_null(strstr(invoices, "not analyzed"));
    toasty_auto(const char) created = toasty_explain(
        db, customer_create_op(NULL, .number = {8}, .email = {"bob@example.com"}, .tax_number = "TAX-2"),
        .analyze = true);
    check_hidden(created);
    check_int(1, customer_count(db));
}

TOASTY_TEST(explain, the_second_look_at_an_operation_plans_nothing, REQUIRES(explain))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(const char) first = toasty_statements(db, person_all_op(NULL, .where = person_age_ge(3)));
    toasty_counters before = toasty_count(db);
    toasty_auto(const char) second = toasty_statements(db, person_all_op(NULL, .where = person_age_ge(4)));
    toasty_counters after = toasty_count(db);
    check_text(first, second);
    check_uint(before.plans_made, after.plans_made);
    check_uint(before.statements_built, after.statements_built);
}

typedef struct looker {
    toasty_db *db;
    bool done;
} looker;

static void look(void *arg)
{
    looker *l = arg;
    toasty_auto(const char) plan =
        toasty_explain(l->db, person_all_op(NULL, .include = {person_with_tasks()}));
    l->done = plan != NULL;
}

TOASTY_TEST(explain, fibers_wait_for_their_plans_side_by_side, REQUIRES(explain), THREADS)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 3});
    looker lookers[20] = {{.db = NULL}};
    uv_loop_t loop;
    uv_loop_init(&loop);
    for (size_t i = 0; i < 20; i++) {
        lookers[i].db = db;
        check_some(toasty_spawn(&loop, look, &lookers[i]));
    }
    check_int(0, uv_run(&loop, UV_RUN_DEFAULT));
    for (size_t i = 0; i < 20; i++)
        check_that(lookers[i].done);
    check_int(0, uv_loop_close(&loop));
}
