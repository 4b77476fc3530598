/* What the engine plans for databases with SQL, without a database: a recorder stands in for the driver. */
#include "engine/seeds.h"

#include "core/access.h"
#include "core/query.h"
#include "core/roots.h"
#include "sql/dialect.h"

#include <stdio.h>
#include <string.h>

extern const toasty_capability toasty__sqlite_capability, toasty__postgresql_capability;

static rig r;

static void open_sqlite(rig_answer answer)
{
    rig_record(&r, &toasty__sqlite_capability, &toasty__dialect_sqlite, answer);
}

static void open_postgresql(rig_answer answer)
{
    rig_record(&r, &toasty__postgresql_capability, &toasty__dialect_postgresql, answer);
}

static void close_rig(void)
{
    rig_close(&r);
    check_uint(0, toasty__root_count());
}

/* Runs a read whose answer is of no interest. */
static void ask(const toasty_request *request)
{
    rig_forget(&r);
    toasty_free(rig_run(&r, request));
}

/* --- conditions --- */

TOASTY_TEST(plan, of_conditions_nests_and_binds_in_their_order)
{
    toasty_condition starts, between, null, either, where;
    toasty__compare(&starts, ACCOUNT_OWNER, TOASTY_STARTS_WITH, toasty__text("an"));
    toasty__between(&between, ACCOUNT_RANK, toasty__int(1), toasty__int(9));
    toasty__test(&null, ACCOUNT_RANK, TOASTY_IS_NULL);
    const toasty_condition two[] = {between, null, {.last = 1}};
    toasty__join(&either, TOASTY_OR, two, sizeof(two[0]));
    const toasty_condition all[] = {starts, either, {.last = 1}};
    toasty__join(&where, TOASTY_AND, all, sizeof(all[0]));

    open_sqlite(NULL);
    ask(&READ(ALL, account, .find = {.where = &where, .limit = 3, .offset = 2}));
    check_text(
        "SELECT \"id\", \"owner\", \"rank\" FROM \"accounts\" WHERE \"owner\" >= ? AND \"owner\" < ? AND "
        "(\"rank\" >= ? AND \"rank\" <= ? OR \"rank\" IS NULL) ORDER BY \"id\" LIMIT ? OFFSET ?\n--\n",
        r.text);
    check_text("text an, text ao, 1, 9, 3, 2\n--\n", r.values);
    ask(&READ(COUNT, account, .find = {.where = &where}));
    check_text("SELECT count(*) FROM \"accounts\" WHERE \"owner\" >= ? AND \"owner\" < ? AND "
               "(\"rank\" >= ? AND \"rank\" <= ? OR \"rank\" IS NULL)\n--\n",
               r.text);
    close_rig();
}

TOASTY_TEST(plan, is_made_once_for_a_shape_and_its_text_too)
{
    open_postgresql(NULL);
    for (int i = 0; i < 5; i++) {
        toasty_condition where;
        toasty__compare(&where, ACCOUNT_RANK, TOASTY_EQ, toasty__int(i));
        ask(&READ(ALL, account, .find = {.where = &where}));
    }
    check_uint(1, (unsigned)r.engine.cache.made);
    check_uint(4, (unsigned)r.engine.cache.found);
    check_uint(1, (unsigned)r.engine.cache.statements);
    close_rig();
}

TOASTY_TEST(plan, of_a_get_reads_two_rows_unless_the_key_is_unique)
{
    open_sqlite(NULL);
    ask(&READ(GET, user, BY(user, USER_BY_EMAIL, 1, toasty__text("a"))));
    check_contains(r.text, "WHERE \"email\" = ?\n--\n");
    ask(&READ(GET, user, BY(user, USER_BY_AGE_NAME, 1, toasty__int(3))));
    check_contains(r.text, "WHERE \"age\" = ? LIMIT ?\n--\n");
    check_text("3, 2\n--\n", r.values);
    ask(&READ(FIRST, user, BY(user, USER_BY_AGE_NAME, 1, toasty__int(3)), .find = {.limit = 9}));
    check_contains(r.text, "WHERE \"age\" = ? ORDER BY \"id\" LIMIT ?\n--\n");
    check_text("3, 1\n--\n", r.values);
    close_rig();
}

TOASTY_TEST(plan, of_lists_has_few_texts)
{
    int32_t ranks[100] = {0};
    const unsigned statements_at[] = {1, 2, 4, 5, 16, 17, 64, 65, 100};
    const unsigned made[] = {1, 2, 3, 4, 5, 6, 7, 8, 8};
    open_sqlite(NULL);
    for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
        toasty_condition where;
        toasty__compare(&where, ACCOUNT_RANK, TOASTY_IN,
                        toasty__list(TOASTY_TYPE_I32, ranks, statements_at[i]));
        ask(&READ(ALL, account, .find = {.where = &where}));
        check_uint(made[i], (unsigned)r.engine.cache.statements);
    }
    check_contains(r.text, "toasty_list(?)");
    close_rig();
    open_postgresql(NULL);
    for (unsigned count = 1; count <= 100; count += 9) {
        toasty_condition where;
        toasty__compare(&where, ACCOUNT_RANK, TOASTY_IN, toasty__list(TOASTY_TYPE_I32, ranks, count));
        ask(&READ(ALL, account, .find = {.where = &where}));
    }
    check_contains(r.text, "\"rank\" = ANY($1)");
    check_uint(1, (unsigned)r.engine.cache.statements);
    close_rig();
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)) != NULL; text++)
        count++;
    return count;
}

TOASTY_TEST(plan, of_a_query_object_has_no_limit_and_is_not_kept_when_large)
{
    open_sqlite(NULL);
    toasty_query *query = toasty__query_new(&account_model);
    for (int i = 0; i < 500; i++) {
        toasty_condition where;
        toasty__compare(&where, ACCOUNT_RANK, TOASTY_EQ, toasty__int(i));
        check_int(0, toasty__query_or_where(query, &where));
    }
    toasty_condition named;
    toasty__compare(&named, ACCOUNT_OWNER, TOASTY_EQ, toasty__text("Ann"));
    for (int i = 0; i < 2; i++)
        ask(&READ(ALL, account, .find = {.where = &named, .query = query}));
    check_uint(500, count_of(r.text, "\"rank\" = ?"));
    check_contains(r.text, "WHERE \"owner\" = ? AND (");
    check_uint(2, (unsigned)r.engine.cache.made);
    toasty_free(query);
    close_rig();
}

TOASTY_TEST(plan, refuses_conditions_beyond_their_room_before_anything_is_sent)
{
    open_sqlite(NULL);
    toasty_condition where = {.node_count = 0};
    for (int i = 0; i < 40; i++) {
        toasty_condition one, joined;
        toasty__compare(&one, ACCOUNT_RANK, TOASTY_EQ, toasty__int(i));
        const toasty_condition two[] = {where, one, {.last = 1}};
        toasty__join(&joined, TOASTY_OR, two, sizeof(two[0]));
        where = joined;
    }
    ask(&READ(ALL, account, .find = {.where = &where}));
    check_error(&r.error, TOASTY_INVALID_STATEMENT);
    check_uint(0, r.jobs);
    close_rig();
}

/* --- pages --- */

TOASTY_TEST(plan, of_a_page_follows_mixed_directions_and_null)
{
    const toasty_order orders[] = {{.field = ACCOUNT_RANK, .direction = TOASTY_ASCENDING},
                                   {.field = ACCOUNT_OWNER, .direction = TOASTY_DESCENDING}};
    Account cursor = {.id = 4, .owner = "x", .rank = {true, 3}};
    open_sqlite(NULL);
    ask(&READ(PAGE, account, .find = {.limit = 3, .order_by = orders, .order_max = 2}));
    check_contains(r.text, "FROM \"accounts\" ORDER BY \"rank\", \"owner\" DESC, \"id\" LIMIT ?\n");
    check_text("4\n--\n", r.values);
    ask(&READ(PAGE, account, .after = &cursor, .find = {.limit = 3, .order_by = orders, .order_max = 2}));
    check_contains(r.text, "WHERE \"rank\" > ? OR \"rank\" = ? AND \"owner\" < ? OR "
                           "\"rank\" = ? AND \"owner\" = ? AND \"id\" > ? "
                           "ORDER BY \"rank\", \"owner\" DESC, \"id\" LIMIT ?\n");
    check_text("3, text x, 3, 4, 3, text x, 4\n--\n", r.values);
    /* Back from a row without a rank, which in the order turned round comes last. */
    cursor.rank.set = false;
    ask(&READ(PAGE, account, .after = &cursor, .backwards = true,
              .find = {.limit = 3, .order_by = orders, .order_max = 2}));
    check_contains(r.text, "WHERE \"rank\" IS NULL AND \"owner\" > ? OR "
                           "\"rank\" IS NULL AND \"owner\" = ? AND \"id\" < ? "
                           "ORDER BY \"rank\" DESC, \"owner\", \"id\" DESC LIMIT ?\n");
    /* Forwards from it: all that have a rank come later. */
    ask(&READ(PAGE, account, .after = &cursor, .find = {.limit = 3, .order_by = orders, .order_max = 1}));
    check_contains(r.text, "WHERE \"rank\" IS NOT NULL OR \"rank\" IS NULL AND \"id\" > ? ");
    close_rig();
}

/* --- includes --- */

static unsigned accounts;

static void answer_accounts(rig *rig, toasty_operation *operation)
{
    (void)rig;
    toasty_sink *sink = operation->sink;
    const toasty_model *model = operation->model;
    bool entries = model == &entry_model;
    for (unsigned i = 1; sink && i <= (entries ? 4 : accounts); i++) {
        void *row = toasty_sink_row(sink);
        const toasty_value id = toasty__int(i), account = toasty__int(i <= 3 ? 1 : 2),
                           memo = toasty__text("m");
        toasty__put(model, row, &model->fields[0], &id);
        if (entries)
            toasty__put(model, row, &model->fields[ENTRY_ACCOUNT_ID], &account);
        toasty__put(model, row, &model->fields[entries ? ENTRY_MEMO : ACCOUNT_OWNER], &memo);
        operation->count++;
    }
}

TOASTY_TEST(plan, of_an_include_is_one_statement_for_all_parents)
{
    open_sqlite(answer_accounts);
    accounts = 3;
    list *all =
        rig_run(&r, &READ(ALL, account, .find = {INCLUDE(WITH(account, ACCOUNT_ENTRIES, .limit = 0))}));
    check_text(
        "SELECT \"id\", \"owner\", \"rank\" FROM \"accounts\"\n--\n"
        "SELECT \"id\", \"account_id\", \"memo\" FROM \"entries\" WHERE \"account_id\" IN (?, ?, ?, ?) "
        "ORDER BY \"account_id\", \"id\"\n--\n",
        r.text);
    Account *items = all->items;
    check_uint(3, items[0].entries.len);
    check_uint(1, items[1].entries.len);
    check_that(items[2].entries.loaded && items[2].entries.len == 0);
    check_that(items[0].entries.items + 3 == items[1].entries.items);
    toasty_free(all);
    accounts = 4;
    ask(&READ(ALL, account, .find = {INCLUDE(WITH(account, ACCOUNT_ENTRIES, .limit = 0))}));
    check_uint(2, (unsigned)r.engine.cache.statements);
    accounts = 65;
    ask(&READ(ALL, account, .find = {INCLUDE(WITH(account, ACCOUNT_ENTRIES, .limit = 0))}));
    check_contains(r.text, "toasty_list(?)");
    check_uint(1, (unsigned)r.engine.cache.made);
    close_rig();
    open_postgresql(answer_accounts);
    accounts = 2;
    ask(&READ(ALL, account, .find = {INCLUDE(WITH(account, ACCOUNT_ENTRIES, .limit = 0))}));
    check_contains(r.text, "WHERE \"account_id\" = ANY($1) ORDER BY \"account_id\", \"id\"\n");
    close_rig();
}

TOASTY_TEST(plan, of_an_include_without_parents_sends_nothing)
{
    open_sqlite(answer_accounts);
    accounts = 0;
    list *all =
        rig_run(&r, &READ(ALL, account, .find = {INCLUDE(WITH(account, ACCOUNT_ENTRIES, .limit = 0))}));
    check_that(all->loaded && all->len == 0);
    check_uint(1, r.operations);
    toasty_free(all);
    close_rig();
}

TOASTY_TEST(plan, of_an_include_takes_its_own_condition_order_and_limit)
{
    open_sqlite(answer_accounts);
    accounts = 2;
    toasty_condition where;
    toasty__compare(&where, ENTRY_MEMO, TOASTY_NE, toasty__text("x"));
    const toasty_order order = {.field = ENTRY_MEMO, .direction = TOASTY_DESCENDING};
    ask(&READ(ALL, account,
              .find = {INCLUDE(WITH(account, ACCOUNT_ENTRIES, .where = &where, .order_by = &order,
                                    .order_max = 1, .limit = 2))}));
    check_contains(r.text, "PARTITION BY \"account_id\"");
    check_contains(r.text, "\"memo\" <> ?");
    check_contains(r.text, "\"memo\" DESC, \"id\"");
    close_rig();
}

/* --- creates --- */

TOASTY_TEST(plan, of_a_create_with_own_keys_is_one_atomic_job)
{
    TodoNew todos[] = {
        {.number = {true, 2}, .title = "dig"}, {.number = {true, 3}, .title = "sow"}, {.end_ = 1}};
    UserNew user = {.name = "Ann", .email = "ann@x", .todos = todos};
    open_sqlite(NULL);
    ask(&READ(CREATE, user, .rows = &user, .row_count = 1));
    check_text(
        "INSERT INTO \"users\" (\"id\", \"name\", \"email\", \"bio\", \"age\", \"logins\", "
        "\"address_street\", "
        "\"address_number\", \"address_floor\", \"created_at\", \"updated_at\") VALUES "
        "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\n"
        "INSERT INTO \"todos\" (\"user_id\", \"number\", \"category_id\", \"title\", \"priority\") VALUES "
        "(?, ?, ?, ?, ?), (?, ?, ?, ?, ?)\n--\n",
        r.text);
    check_uint(1, r.atomic_jobs);
    check_uint(0, r.kept_jobs);
    close_rig();
}

static void answer_keys(rig *rig, toasty_operation *operation)
{
    static int64_t next;
    (void)rig;
    uint32_t rows = operation->row_count ? operation->row_count : 1;
    if (operation->kind != TOASTY_OPERATION_SQL)
        return;
    if (strstr(operation->statement->sql, "generate_series"))
        rows = (uint32_t)operation->values[0].as.integer;
    for (uint32_t i = 0; i < rows; i++) {
        const toasty_value key = toasty__int(++next);
        if (operation->sink)
            toasty__put(operation->model, toasty_sink_row(operation->sink), operation->sink->columns[0],
                        &key);
        operation->made_key = next;
    }
}

static void check_graph(void)
{
    EntryNew entries[] = {{.memo = "a"}, {.memo = "b"}, {.end_ = 1}};
    AccountNew rows[] = {
        {.owner = "x", .entries = entries}, {.owner = "y"}, {.owner = "z", .entries = entries}};
    list *all = rig_run(&r, &READ(CREATE, account, .many = true, .rows = rows, .row_count = 3));
    Account *items = all->items;
    for (size_t i = 0; i < 3; i++) {
        check_uint(items[0].id + i, items[i].id);
        check_uint(i == 1 ? 0 : 2, items[i].entries.len);
        for (size_t e = 0; e < items[i].entries.len; e++) {
            check_uint(items[i].id, items[i].entries.items[e].account_id);
            check_that(items[i].entries.items[e].id > items[2].id);
        }
    }
    toasty_free(all);
    check_uint(2, r.jobs);
}

TOASTY_TEST(plan, of_a_create_with_counted_keys_waits_for_them_inside_one_transaction)
{
    open_sqlite(answer_keys);
    check_graph();
    check_uint(2, r.kept_jobs);
    check_that(strncmp(r.text, "BEGIN\n", 6) == 0);
    check_contains(r.text, "COMMIT\n--\n");
    check_that(!strstr(r.text, "RETURNING"));
    check_that(!r.rolled_back);
    close_rig();
}

TOASTY_TEST(plan, of_a_create_draws_counted_keys_first_where_it_can_and_inserts_in_one_group)
{
    open_postgresql(answer_keys);
    check_graph();
    check_uint(0, r.kept_jobs);
    check_uint(1, r.atomic_jobs);
    check_that(strncmp(r.text, "SELECT nextval(", 15) == 0);
    check_that(!strstr(r.text, "BEGIN") && !strstr(r.text, "RETURNING"));
    check_contains(r.text, "--\nINSERT INTO \"accounts\" (\"id\", \"owner\"");
    close_rig();
}

TOASTY_TEST(plan, inside_a_transaction_of_the_caller_begins_none)
{
    EntryNew entries[] = {{.memo = "a"}, {.end_ = 1}};
    AccountNew row = {.owner = "x", .entries = entries};
    open_sqlite(answer_keys);
    r.session.in_transaction = true;
    ask(&READ(CREATE, account, .rows = &row, .row_count = 1));
    check_that(!strstr(r.text, "BEGIN"));
    check_uint(2, r.jobs);
    check_uint(0, r.kept_jobs);
    check_uint(0, r.atomic_jobs);
    close_rig();
}

static void refuse_entries(rig *rig, toasty_operation *operation)
{
    answer_keys(rig, operation);
    if (operation->model == &entry_model)
        rig->refusal = (toasty_error){.code = TOASTY_CHECK_VIOLATION};
}

TOASTY_TEST(plan, that_fails_halfway_gives_its_connection_back_to_be_rolled_back)
{
    EntryNew entries[] = {{.memo = "a"}, {.end_ = 1}};
    AccountNew row = {.owner = "x", .entries = entries};
    open_sqlite(refuse_entries);
    check_null(rig_run(&r, &READ(CREATE, account, .rows = &row, .row_count = 1)));
    check_error(&r.error, TOASTY_CHECK_VIOLATION);
    check_that(r.rolled_back);
    close_rig();
}

TOASTY_TEST(plan, of_many_rows_stays_within_the_parameters_of_a_statement)
{
    enum { ROWS = 300 };
    static AccountNew rows[ROWS];
    for (int i = 0; i < ROWS; i++)
        rows[i].owner = "x";
    open_sqlite(answer_keys);
    list *all = rig_run(&r, &READ(CREATE, account, .many = true, .rows = rows, .row_count = ROWS));
    for (size_t i = 1; i < ROWS; i++)
        check_uint(((Account *)all->items)[i - 1].id + 1, ((Account *)all->items)[i].id);
    check_uint(3, r.operations);
    check_uint(1, r.atomic_jobs);
    check_uint(2, (unsigned)r.engine.cache.statements);
    toasty_free(all);
    close_rig();
    open_postgresql(answer_keys);
    toasty_free(rig_run(&r, &READ(CREATE, account, .many = true, .rows = rows, .row_count = ROWS)));
    check_uint(1, r.operations);
    check_contains(r.text, "unnest($1, $2)");
    close_rig();
}

/* --- updates and deletes --- */

static void answer_rank(rig *rig, toasty_operation *operation)
{
    (void)rig;
    const toasty_value rank = toasty__int(44);
    operation->count = 1;
    if (operation->sink)
        toasty__put(operation->model, toasty_sink_row(operation->sink), operation->sink->columns[0], &rank);
}

TOASTY_TEST(plan, of_an_update_asks_back_only_for_what_the_database_made)
{
    Account account = {.id = 4, .owner = "x", .rank = {true, 3}};
    const toasty_change changes[] = {
        {.kind = TOASTY_CHANGE_SET, .field = ACCOUNT_OWNER, .operand = toasty__text("Ann")},
        {.kind = TOASTY_CHANGE_ADD, .field = ACCOUNT_RANK, .operand = toasty__int(1)},
        {.kind = TOASTY_CHANGE_END}};
    open_sqlite(answer_rank);
    check_int(1, rig_count(&r, &READ(UPDATE, account, .record = &account, .changes = changes + 1)));
    check_text("UPDATE \"accounts\" SET \"rank\" = \"rank\" + ? WHERE \"id\" = ? RETURNING \"rank\"\n--\n",
               r.text);
    check_int(44, account.rank.value);
    rig_forget(&r);
    toasty_condition where;
    toasty__test(&where, ACCOUNT_RANK, TOASTY_IS_NOT_NULL);
    check_int(1,
              rig_count(&r, &READ(UPDATE, account, .find = {.where = &where, .set = changes, .set_max = 2})));
    check_text(
        "UPDATE \"accounts\" SET \"owner\" = ?, \"rank\" = \"rank\" + ? WHERE \"rank\" IS NOT NULL\n--\n",
        r.text);
    check_uint(0, r.atomic_jobs);
    close_rig();
}

TOASTY_TEST(plan, of_everything_must_be_said)
{
    const toasty_change change = {
        .kind = TOASTY_CHANGE_SET, .field = ACCOUNT_OWNER, .operand = toasty__text("x")};
    toasty_condition absent = {.node_count = 0};
    open_sqlite(answer_rank);
    const toasty_request requests[] = {
        READ(UPDATE, account, .find = {.where = &absent, .set = &change, .set_max = 1}),
        READ(DELETE, account, .find = {.where = &absent}),
    };
    for (int i = 0; i < 2; i++) {
        check_int(-1, rig_count(&r, &requests[i]));
        check_error(&r.error, TOASTY_INVALID_STATEMENT);
    }
    check_uint(0, r.jobs);
    check_int(1, rig_count(&r, &READ(DELETE, account, .find = {.everything = true})));
    check_text("DELETE FROM \"accounts\"\n--\n", r.text);
    close_rig();
}

TOASTY_TEST(plan, of_a_batch_is_one_job_when_nothing_waits)
{
    UserNew user = {.name = "Ann", .email = "a"};
    const toasty_request requests[] = {
        READ(CREATE, user, .rows = &user, .row_count = 1),
        READ(ALL, account, .many = false),
        READ(DELETE, account, .find = {.everything = true}),
    };
    toasty__task_result results[3];
    open_postgresql(answer_rank);
    check_int(0, rig_run_all(&r, (const toasty_request *const[]){&requests[0], &requests[2]}, 2, results));
    check_uint(1, r.jobs);
    check_uint(1, r.atomic_jobs);
    toasty_free(results[0].root);
    rig_forget(&r);
    r.answer = NULL;
    check_int(0, rig_run_all(&r, (const toasty_request *const[]){&requests[0], &requests[1], &requests[2]}, 3,
                             results));
    check_uint(1, r.jobs);
    check_uint(3, r.operations);
    toasty_free(results[0].root);
    toasty_free(results[1].root);
    close_rig();
}
