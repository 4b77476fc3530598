/* What the engine plans where changes give no rows back: rows are read beside them, in the same group. A
 * recorder of the plain dialect stands in for the driver. */
#include "engine/seeds.h"

#include "core/access.h"
#include "core/roots.h"
#include "sql/dialect.h"

#include <stdlib.h>
#include <string.h>
#include <toasty/memory.h>

extern const toasty_capability toasty__sqlite_plain_capability;

static rig r;

/* Rows 3 and 4 of accounts: as many columns as are asked for. */
static void answer_rows(rig *rig, toasty_operation *operation)
{
    (void)rig;
    toasty_sink *sink = operation->sink;
    operation->count = 2;
    operation->made_key = 100;
    operation->key_step = 7;
    for (int64_t id = 3; sink && id <= 4; id++) {
        void *row = toasty_sink_row(sink);
        if (!row) {
            rig->refusal = (toasty_error){.code = TOASTY_OUT_OF_MEMORY};
            return;
        }
        for (uint16_t i = 0; i < sink->column_count; i++) {
            const toasty_value text = toasty__text("x"), number = toasty__int(id);
            toasty__put(operation->model, row, sink->columns[i],
                        sink->columns[i]->type == TOASTY_TYPE_TEXT ? &text : &number);
        }
    }
}

static void open_plain(rig_answer answer)
{
    rig_record(&r, &toasty__sqlite_plain_capability, &toasty__dialect_plain, answer);
}

static void close_rig(void)
{
    rig_close(&r);
    check_uint(0, toasty__root_count());
}

static const toasty_change renamed[] = {{.kind = TOASTY_CHANGE_SET,
                                         .field = ACCOUNT_OWNER,
                                         .operand = {.kind = TOASTY_VALUE_TEXT, .len = 1, .as.text = "y"}},
                                        {.kind = TOASTY_CHANGE_END}};

/* The owner's accounts, by a condition that the change makes untrue. */
static void *run_by_condition(toasty_request_kind kind)
{
    toasty_condition where;
    toasty__compare(&where, ACCOUNT_OWNER, TOASTY_EQ, toasty__text("x"));
    toasty_request request = {
        .kind = (uint8_t)kind, .model = &account_model, .returning = true, .find = {.where = &where}};
    if (kind == TOASTY_REQUEST_UPDATE)
        request.changes = renamed;
    return rig_run(&r, &request);
}

TOASTY_TEST(rows_back, of_an_update_by_condition_are_found_before_it_and_read_after_it)
{
    open_plain(answer_rows);
    list *rows = run_by_condition(TOASTY_REQUEST_UPDATE);
    check_text("BEGIN\nSELECT `id` FROM `accounts` WHERE `owner` = ?\n--\n"
               "UPDATE `accounts` SET `owner` = ? WHERE `id` IN (?, ?)\n"
               "SELECT `id`, `owner`, `rank` FROM `accounts` WHERE `id` IN (?, ?)\nCOMMIT\n--\n",
               r.text);
    check_uint(2, rows->len);
    check_uint(3, ((Account *)rows->items)[0].id);
    toasty_free(rows);
    close_rig();
}

TOASTY_TEST(rows_back, of_a_delete_by_condition_are_read_before_it)
{
    open_plain(answer_rows);
    list *rows = run_by_condition(TOASTY_REQUEST_DELETE);
    check_text("BEGIN\nSELECT `id`, `owner`, `rank` FROM `accounts` WHERE `owner` = ?\n--\n"
               "DELETE FROM `accounts` WHERE `id` IN (?, ?)\nCOMMIT\n--\n",
               r.text);
    check_uint(2, rows->len);
    toasty_free(rows);
    close_rig();
}

TOASTY_TEST(rows_back, of_nothing_change_nothing)
{
    open_plain(NULL);
    list *rows = run_by_condition(TOASTY_REQUEST_UPDATE);
    check_text("BEGIN\nSELECT `id` FROM `accounts` WHERE `owner` = ?\n--\nCOMMIT\n--\n", r.text);
    check_that(rows->loaded && rows->len == 0);
    toasty_free(rows);
    close_rig();
}

static void answer_one(rig *rig, toasty_operation *operation)
{
    (void)rig;
    const toasty_value rank = toasty__int(44);
    operation->count = 1;
    if (operation->sink)
        toasty__put(operation->model, toasty_sink_row(operation->sink), operation->sink->columns[0], &rank);
}

TOASTY_TEST(rows_back, by_a_key_take_one_group_and_values_stand_by_place)
{
    Account account = {.id = 4, .owner = "x", .rank = {true, 3}};
    const toasty_change add[] = {
        {.kind = TOASTY_CHANGE_ADD, .field = ACCOUNT_RANK, .operand = toasty__int(1)},
        {.kind = TOASTY_CHANGE_END}};
    open_plain(answer_one);
    check_int(1, rig_count(&r, &READ(UPDATE, account, .record = &account, .changes = add)));
    check_text("UPDATE `accounts` SET `rank` = `rank` + ? WHERE `id` = ?\n"
               "SELECT `rank` FROM `accounts` WHERE `id` = ?\n--\n",
               r.text);
    check_text("4, 1\n4\n--\n", r.values);
    check_uint(1, r.atomic_jobs);
    check_int(44, account.rank.value);
    rig_forget(&r);
    toasty_free(rig_run(&r, &READ(DELETE, account, BY(account, 0, 1, toasty__int(4)), .returning = true)));
    check_text("SELECT `id`, `owner`, `rank` FROM `accounts` WHERE `id` = ?\n"
               "DELETE FROM `accounts` WHERE `id` = ?\n--\n",
               r.text);
    close_rig();
}

TOASTY_TEST(rows_back, come_from_a_delete_itself_where_that_alone_gives_them)
{
    toasty_capability can = toasty__sqlite_plain_capability;
    can.delete_returning = true;
    rig_record(&r, &can, &toasty__dialect_sqlite, answer_rows);
    toasty_free(run_by_condition(TOASTY_REQUEST_DELETE));
    check_text("DELETE FROM \"accounts\" WHERE \"owner\" = ? RETURNING \"id\", \"owner\", \"rank\"\n--\n",
               r.text);
    rig_forget(&r);
    toasty_free(run_by_condition(TOASTY_REQUEST_UPDATE));
    check_uint(5, r.operations);
    close_rig();
}

TOASTY_TEST(rows_back, are_refused_where_nobody_gives_them)
{
    toasty_capability can = toasty__sqlite_plain_capability;
    can.rows_back = false;
    rig_record(&r, &can, &toasty__dialect_plain, NULL);
    check_null(run_by_condition(TOASTY_REQUEST_UPDATE));
    check_error(&r.error, TOASTY_UNSUPPORTED);
    check_uint(0, r.jobs);
    close_rig();
}

TOASTY_TEST(rows_back, of_many_creates_have_keys_from_the_first_one_on)
{
    AccountNew rows[] = {{.owner = "x"}, {.owner = "y"}, {.owner = "z"}};
    open_plain(answer_rows);
    list *all = rig_run(&r, &READ(CREATE, account, .many = true, .rows = rows, .row_count = 3));
    check_text("INSERT INTO `accounts` (`owner`, `rank`) VALUES (?, ?), (?, ?), (?, ?)\n--\n", r.text);
    for (size_t i = 0; i < 3; i++)
        check_uint(100 + 7 * i, ((Account *)all->items)[i].id);
    toasty_free(all);
    close_rig();
}

TOASTY_TEST(rows_back, of_creates_without_consecutive_keys_are_made_one_by_one)
{
    toasty_capability can = toasty__sqlite_plain_capability;
    AccountNew rows[] = {{.owner = "x"}, {.owner = "y"}};
    can.consecutive_keys = false;
    rig_record(&r, &can, &toasty__dialect_plain, answer_rows);
    toasty_free(rig_run(&r, &READ(CREATE, account, .many = true, .rows = rows, .row_count = 2)));
    check_uint(2, r.operations);
    check_uint(1, r.atomic_jobs);
    close_rig();
}

/* --- out of memory --- */

static long left; /* allocations that still work; below zero: all do */
static bool failed;

static bool fails(void)
{
    failed = failed || left == 0;
    return left >= 0 && left-- == 0;
}

static void *allocate(size_t size)
{
    return fails() ? NULL : malloc(size);
}

static void *reallocate(void *memory, size_t size)
{
    return fails() ? NULL : realloc(memory, size);
}

static void fail_each(toasty_request_kind kind)
{
    const toasty_allocator allocator = {allocate, reallocate, free};
    check_int(0, toasty_set_allocator(&allocator));
    failed = true;
    for (long n = 0; failed; n++) {
        left = -1;
        open_plain(answer_rows);
        failed = false;
        left = n;
        list *rows = run_by_condition(kind);
        left = -1;
        check_that((rows == NULL) == (r.error.code != TOASTY_OK));
        if (!rows)
            check_error(&r.error, TOASTY_OUT_OF_MEMORY);
        check_that(failed || rows);
        toasty_free(rows);
        close_rig();
        check_that(n < 10000);
    }
    check_int(0, toasty_set_allocator(NULL));
}

TOASTY_TEST(rows_back, fail_cleanly_whatever_allocation_fails, TIMEOUT(60))
{
    fail_each(TOASTY_REQUEST_UPDATE);
    fail_each(TOASTY_REQUEST_DELETE);
}
