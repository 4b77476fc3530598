/* What a strict store answers to writes, and which groups it refuses: the engine's side is tests/engine. */
#include "fixture.h"

static toasty_value todo_key[2];

static toasty_operation update_todo(const uint16_t *field, const toasty_value *value)
{
    static const uint8_t set = TOASTY_CHANGE_SET;
    todo_key[0] = toasty__uuid(uuid(7));
    todo_key[1] = toasty__int(1);
    return (toasty_operation){.kind = TOASTY_OPERATION_UPDATE,
                              .model = &todo_model,
                              .must_exist = true,
                              .fields = field,
                              .changes = &set,
                              .values = value,
                              .value_count = 1,
                              .key = {.values = todo_key, .key_count = 1}};
}

static toasty_operation claim_label(const char *label, uint8_t owner, toasty_value *values)
{
    values[0] = toasty__text(label);
    values[1] = toasty__uuid(uuid(owner));
    return (toasty_operation){
        .kind = TOASTY_OPERATION_CLAIM,
        .model = &category_model,
        .key = {.index = &category_model.indexes[CATEGORY_BY_LABEL], .values = values, .owner = values + 1}};
}

static toasty_operation insert_category(const toasty_value *values)
{
    return (toasty_operation){.kind = TOASTY_OPERATION_INSERT,
                              .model = &category_model,
                              .must_not_exist = true,
                              .fields = todo_all,
                              .values = values,
                              .value_count = CATEGORY_FIELDS};
}

TOASTY_TEST(strict_store, a_condition_says_whether_the_row_is_absent_or_other_and_gives_it)
{
    static const uint16_t title = TODO_TITLE;
    const toasty_value sow = toasty__text("sow"), reap = toasty__text("reap");
    store s;
    rows r;
    open_store(&s, "keyvalue:?expect=on");
    expect_rows(&r, &todo_model);
    toasty_operation update = update_todo(&title, &sow);
    check_int(TOASTY_OK, run(&s, &update, 1, false));
    check_int(TOASTY_MET_ABSENT, update.met);
    put_todo(&s, 7, 1, true);
    update.key.expect_fields = &title;
    update.key.expect_values = &reap;
    update.key.expect_count = 1;
    update.key.found = &r.sink;
    check_int(TOASTY_OK, run(&s, &update, 1, false));
    check_int(TOASTY_MET_OTHER, update.met);
    check_int(0, update.count);
    check_uint(1, r.count);
    check_text("dig", TODO_AT(&r, 0)->title);
    update.key.expect_values = &(toasty_value){.kind = TOASTY_VALUE_TEXT, .len = 3, .as.text = "dig"};
    check_int(TOASTY_OK, run(&s, &update, 1, false));
    check_int(TOASTY_MET_APPLIED, update.met);
    check_int(1, update.count);
    toasty__arena_done(&r.arena);
    close_store(&s);
}

TOASTY_TEST(strict_store, null_is_expected_as_null)
{
    static const uint16_t category = TODO_CATEGORY_ID;
    const toasty_value five = toasty__uuid(uuid(5)), none = toasty__null();
    store s;
    open_store(&s, "keyvalue:?expect=on");
    put_todo(&s, 7, 1, true);
    toasty_operation update = update_todo(&category, &five);
    update.key.expect_fields = &category;
    update.key.expect_values = &none;
    update.key.expect_count = 1;
    check_int(TOASTY_OK, run(&s, &update, 1, false));
    check_int(1, update.count);
    check_int(TOASTY_OK, run(&s, &update, 1, false));
    check_int(TOASTY_MET_OTHER, update.met);
    close_store(&s);
}

TOASTY_TEST(strict_store, a_condition_that_is_not_met_fails_its_group_and_each_says_what_it_met)
{
    static const uint16_t title = TODO_TITLE;
    const toasty_value sow = toasty__text("sow");
    const toasty_value category[] = {toasty__uuid(uuid(1)), toasty__text("a")};
    store s;
    open_store(&s, "keyvalue:?expect=on");
    toasty_operation group[] = {insert_category(category), update_todo(&title, &sow)};
    check_int(TOASTY_CONDITION_FAILED, run(&s, group, 2, true));
    check_uint(1, s.failed);
    check_int(TOASTY_MET_APPLIED, group[0].met);
    check_int(TOASTY_MET_ABSENT, group[1].met);
    toasty_operation all = {.kind = TOASTY_OPERATION_SCAN, .model = &category_model};
    check_int(TOASTY_OK, run(&s, &all, 1, false));
    check_int(0, all.count);
    close_store(&s);
}

TOASTY_TEST(strict_store, an_insert_may_ignore_the_row_that_is_there)
{
    const toasty_value first[] = {toasty__uuid(uuid(1)), toasty__text("a")};
    const toasty_value second[] = {toasty__uuid(uuid(1)), toasty__text("b")};
    store s;
    rows r;
    open_store(&s, "keyvalue:");
    expect_rows(&r, &category_model);
    toasty_operation insert = insert_category(first);
    insert.ignores = true;
    check_int(TOASTY_OK, run(&s, &insert, 1, false));
    check_int(1, insert.count);
    insert.values = second;
    insert.key.found = &r.sink;
    check_int(TOASTY_OK, run(&s, &insert, 1, false));
    check_int(0, insert.count);
    check_int(TOASTY_MET_OTHER, insert.met);
    check_uint(1, r.count);
    check_text("a", ((Category *)r.storage[0])->label);
    toasty__arena_done(&r.arena);
    close_store(&s);
}

TOASTY_TEST(strict_store, an_upsert_makes_a_row_or_changes_it_and_says_which)
{
    static const uint16_t views = PROFILE_VIEWS, made[] = {PROFILE_USER_ID, PROFILE_PICTURE, PROFILE_VIEWS};
    static const uint8_t add = TOASTY_CHANGE_ADD;
    const toasty_value key = toasty__uuid(uuid(1)), one = toasty__int(1);
    const toasty_value values[] = {toasty__uuid(uuid(2)), toasty__text("p.png"), toasty__int(10)};
    store s;
    rows r;
    open_store(&s, "keyvalue:");
    expect_rows(&r, &profile_model);
    toasty_operation upsert = {.kind = TOASTY_OPERATION_UPSERT,
                               .model = &profile_model,
                               .fields = &views,
                               .changes = &add,
                               .values = &one,
                               .value_count = 1,
                               .sink = &r.sink,
                               .key = {.values = &key,
                                       .key_count = 1,
                                       .create_fields = made,
                                       .create_values = values,
                                       .create_count = 3}};
    for (unsigned times = 0; times < 3; times++) {
        check_int(TOASTY_OK, run(&s, &upsert, 1, false));
        check_int(1, upsert.count);
        check_that(upsert.created == (times == 0));
        check_uint(10 + times, ((Profile *)r.storage[times])->views);
        check_text("p.png", ((Profile *)r.storage[times])->picture);
    }
    toasty__arena_done(&r.arena);
    close_store(&s);
}

TOASTY_TEST(strict_store, values_are_whose_they_were_claimed_for)
{
    toasty_value first[2], second[2];
    const toasty_value row[] = {toasty__uuid(uuid(1)), toasty__text("a")};
    store s;
    open_store(&s, "keyvalue:?claims=on");
    toasty_operation insert = insert_category(row);
    toasty_operation by_label = {
        .kind = TOASTY_OPERATION_QUERY,
        .model = &category_model,
        .key = {.index = &category_model.indexes[CATEGORY_BY_LABEL], .values = &row[1], .key_count = 1}};
    check_int(TOASTY_OK, run(&s, &insert, 1, false));
    check_int(TOASTY_OK, run(&s, &by_label, 1, false));
    check_int(0, by_label.count); /* nobody claimed the label */
    toasty_operation claim = claim_label("a", 1, first), taken = claim_label("a", 2, second);
    check_int(TOASTY_OK, run(&s, &claim, 1, false));
    check_int(TOASTY_OK, run(&s, &by_label, 1, false));
    check_int(1, by_label.count);
    check_int(TOASTY_UNIQUE_VIOLATION, run(&s, &taken, 1, false));
    check_text("categories_label_key", s.error.constraint);
    taken.key.was_owner = first + 1;
    check_int(TOASTY_OK, run(&s, &taken, 1, false));
    claim.kind = TOASTY_OPERATION_UNCLAIM;
    check_int(TOASTY_CONDITION_FAILED, run(&s, &claim, 1, false));
    taken.kind = TOASTY_OPERATION_UNCLAIM;
    check_int(TOASTY_OK, run(&s, &taken, 1, false));
    check_int(TOASTY_OK, run(&s, &taken, 1, false)); /* nobody's already */
    close_store(&s);
}

TOASTY_TEST(strict_store, claims_of_a_group_that_fails_are_as_before)
{
    toasty_value first[2], second[2], third[2];
    store s;
    open_store(&s, "keyvalue:?claims=on");
    toasty_operation claim = claim_label("a", 1, first), taken = claim_label("a", 3, third);
    check_int(TOASTY_OK, run(&s, &claim, 1, false));
    toasty_operation group[] = {claim, claim_label("b", 2, second), taken};
    group[0].kind = TOASTY_OPERATION_UNCLAIM;
    group[2].key.was_owner = second + 1;
    check_int(TOASTY_UNIQUE_VIOLATION, run(&s, group, 3, true));
    check_int(TOASTY_OK, run(&s, &group[1], 1, false)); /* b is nobody's */
    check_int(TOASTY_UNIQUE_VIOLATION, run(&s, &taken, 1, false));
    close_store(&s);
}

TOASTY_TEST(strict_store, a_group_that_it_does_not_take_is_refused)
{
    static const uint16_t title = TODO_TITLE;
    const toasty_value sow = toasty__text("sow");
    const toasty_value category[] = {toasty__uuid(uuid(1)), toasty__text("a")};
    toasty_operation many[26];
    store s;
    open_store(&s, "keyvalue:?group_repeats=off&group_returns=off");
    put_todo(&s, 7, 1, true);
    toasty_operation twice[] = {update_todo(&title, &sow), update_todo(&title, &sow)};
    check_int(TOASTY_INVALID_STATEMENT, run(&s, twice, 2, true));
    check_int(TOASTY_OK, run(&s, twice, 2, false));
    toasty_operation reads[] = {insert_category(category),
                                {.kind = TOASTY_OPERATION_SCAN, .model = &todo_model}};
    check_int(TOASTY_INVALID_STATEMENT, run(&s, reads, 2, true));
    for (int i = 0; i < 26; i++)
        many[i] = insert_category(category);
    check_int(TOASTY_INVALID_STATEMENT, run(&s, many, 26, true));
    close_store(&s);
    open_store(&s, "keyvalue:?group_token=on");
    check_int(TOASTY_INVALID_STATEMENT, run(&s, many, 1, true)); /* without a token */
    close_store(&s);
}

static toasty_code run_under(store *s, toasty_operation *operations, uint32_t count, uint8_t token)
{
    toasty_job job = {.operations = operations, .count = count, .atomic = true, .token = {token}};
    start(s, &job);
    while (!s->done)
        check_int(0, toasty__reactor_turn(s->reactor));
    return s->error.code;
}

TOASTY_TEST(strict_store, a_group_under_a_token_happens_once_unless_it_failed)
{
    const toasty_value row[] = {toasty__uuid(uuid(1)), toasty__text("a")};
    const toasty_value other[] = {toasty__uuid(uuid(2)), toasty__text("a")};
    store s;
    open_store(&s, "keyvalue:?group_token=on");
    toasty_operation group[] = {insert_category(row)};
    check_int(TOASTY_OK, run_under(&s, group, 1, 1));
    group[0].count = 0;
    check_int(TOASTY_OK, run_under(&s, group, 1, 1)); /* its key would be taken */
    check_int(1, group[0].count);
    check_int(TOASTY_UNIQUE_VIOLATION, run_under(&s, group, 1, 2));
    toasty_operation second[] = {insert_category(other)};
    check_int(TOASTY_UNIQUE_VIOLATION, run_under(&s, second, 1, 3));
    toasty_operation delete = {
        .kind = TOASTY_OPERATION_DELETE, .model = &category_model, .key = {.values = row, .key_count = 1}};
    check_int(TOASTY_OK, run(&s, &delete, 1, false));
    check_int(TOASTY_OK, run_under(&s, second, 1, 3));
    close_store(&s);
}
