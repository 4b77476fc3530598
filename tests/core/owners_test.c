/* What is copied: query objects, change lists, drafts, requests. Each test spoils what it gave before it
 * looks. */
#include "base/arena.h"
#include "core/query.h"
#include "core/request_copy.h"
#include "core/roots.h"
#include "engine/models.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

static char text[32];

/* The same storage, each time with other words. */
static const char *say(const char *words)
{
    snprintf(text, sizeof text, "%s", words);
    return text;
}

static void spoil(void)
{
    memset(text, '?', sizeof text - 1);
}

static toasty_condition named(const char *name)
{
    toasty_condition condition;
    toasty__compare(&condition, USER_NAME, TOASTY_EQ, toasty__text(say(name)));
    return condition;
}

static void finish(const void *owner)
{
    toasty_free(owner);
    check_uint(0, toasty__root_count());
}

/* --- queries --- */

TOASTY_TEST(query, it_holds_as_many_conditions_as_one_likes)
{
    toasty_query *query = toasty__query_new(&user_model);
    for (int i = 0; i < 600; i++) {
        toasty_condition condition = named(i % 2 ? "odd" : "even");
        check_done(toasty__query_where(query, &condition));
        spoil();
    }
    check_uint(600, query->operand_count);
    check_text("even", query->operands[0].as.text);
    check_text("odd", query->operands[599].as.text);
    /* Few joins, each of many: the program is never deep. */
    size_t joins = 0, depth = 0, deepest = 0;
    for (size_t i = 0; i < query->node_count; i++) {
        const toasty_node *node = &query->nodes[i];
        bool join = node->op == TOASTY_AND;
        joins += join;
        depth = join ? depth - node->count + 1 : depth + 1;
        deepest = depth > deepest ? depth : deepest;
    }
    check_uint(1, depth);
    check_that(joins <= 3);
    finish(query);
}

TOASTY_TEST(query, or_takes_all_so_far)
{
    toasty_query *query = toasty__query_new(&user_model);
    toasty_condition a = named("a"), absent = {0};
    check_done(toasty__query_where(query, &absent));
    check_uint(0, query->node_count);
    check_done(toasty__query_where(query, &a));
    check_done(toasty__query_where(query, &a));
    check_done(toasty__query_or_where(query, &a));
    check_uint(5, query->node_count);
    check_int(TOASTY_AND, query->nodes[2].op);
    check_int(TOASTY_OR, query->nodes[4].op);
    toasty__query_clear_where(query);
    check_uint(0, query->node_count);
    finish(query);
}

TOASTY_TEST(query, a_clone_goes_its_own_way)
{
    toasty_query *query = toasty__query_new(&user_model);
    toasty_condition a = named("a");
    check_done(toasty__query_where(query, &a));
    check_done(
        toasty__query_order_by(query, (toasty_order){.field = USER_NAME, .direction = TOASTY_DESCENDING}));
    check_done(toasty__query_order_by(query, (toasty_order){.field = USER_NAME}));
    check_done(toasty__query_limit(query, 7));
    toasty_query *clone = toasty__query_clone(query);
    check_done(toasty__query_where(clone, &a));
    check_done(toasty__query_offset(clone, 3));
    toasty__query_clear_order(query);
    check_uint(1, query->node_count);
    check_uint(3, clone->node_count);
    check_uint(1, clone->order_count);
    check_int(7, (int)clone->limit);
    check_int(0, (int)query->offset);
    toasty_free(query);
    check_text("a", clone->operands[0].as.text);
    finish(clone);
}

TOASTY_TEST(query, an_include_is_kept_with_its_options)
{
    toasty_query *query = toasty__query_new(&user_model);
    toasty_condition where;
    toasty__compare(&where, TODO_TITLE, TOASTY_IN,
                    toasty__list(TOASTY_TYPE_TEXT, (const char *[]){say("x")}, 1));
    toasty_find options = {.where = &where, .limit = 3};
    toasty_include include = {.relation = &user_model.relations[USER_TODOS], .find = &options};
    check_done(toasty__query_include(query, include));
    check_done(toasty__query_include(query, (toasty_include){0}));
    spoil();
    options = (toasty_find){0};
    check_uint(1, query->include_count);
    toasty_find kept = toasty__include_find(&query->includes[0]);
    check_int(3, (int)kept.limit);
    check_text("x", ((const char *const *)kept.where->operands[0].as.list)[0]);
    finish(query);
}

TOASTY_TEST(query, what_makes_no_sense_changes_nothing)
{
    toasty_query *query = toasty__query_new(&user_model);
    toasty_condition large = {.overflow = 1, .node_count = 1};
    check_int(-1, toasty__query_where(query, &large));
    check_last_error(TOASTY_INVALID_STATEMENT);
    check_int(-1, toasty__query_limit(query, -1));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_int(-1, toasty__query_where(NULL, &large));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_uint(0, query->node_count);
    finish(query);
}

/* --- changes --- */

static toasty_change set_name(const char *name)
{
    return (toasty_change){.field = USER_NAME, .kind = TOASTY_CHANGE_SET, .operand = toasty__text(say(name))};
}

TOASTY_TEST(changes, each_is_copied_and_lists_are_taken_apart)
{
    toasty_changes *changes = toasty__changes_new(&user_model), *more = toasty__changes_new(&user_model);
    toasty_change absent = {0}, one = set_name("one");
    check_done(toasty__changes_add(changes, &one));
    check_done(toasty__changes_add(changes, &absent));
    one = set_name("two");
    check_done(toasty__changes_add(more, &one));
    spoil();
    check_done(
        toasty__changes_add(changes, &(toasty_change){.kind = TOASTY_CHANGE_LIST, .operand.as.bytes = more}));
    check_int(-1, toasty__changes_add(
                      changes, &(toasty_change){.kind = TOASTY_CHANGE_LIST, .operand.as.bytes = changes}));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    toasty_free(more);
    check_uint(2, changes->count);
    check_text("one", changes->items[0].operand.as.text);
    check_text("two", changes->items[1].operand.as.text);
    check_int(TOASTY_CHANGE_END, changes->items[2].kind);
    finish(changes);
}

TOASTY_TEST(changes, structs_and_records_are_copied_deeply)
{
    toasty_changes *changes = toasty__changes_new(&user_model);
    Address address = {.street = say("1 Main St"), .number = 9};
    toasty_change embed = {.field = USER_ADDRESS_STREET,
                           .kind = TOASTY_CHANGE_EMBED,
                           .field_count = 3,
                           .base = offsetof(User, address.value),
                           .operand.as.bytes = &address};
    check_done(toasty__changes_add(changes, &embed));
    spoil();
    address.number = 0;
    const Address *kept = changes->items[0].operand.as.bytes;
    check_text("1 Main St", kept->street);
    check_int(9, kept->number);

    toasty_changes *links = toasty__changes_new(&todo_model);
    User user = {.name = say("Ann"), .todos = {.len = 3, .loaded = true}};
    toasty_change link = {.field = TODO_USER, .kind = TOASTY_CHANGE_LINK, .operand.as.bytes = &user};
    check_done(toasty__changes_add(links, &link));
    spoil();
    const User *linked = links->items[0].operand.as.bytes;
    check_text("Ann", linked->name);
    check_that(linked != &user && !linked->todos.loaded && !linked->todos.len);
    toasty_free(links);
    finish(changes);
}

/* --- drafts --- */

TOASTY_TEST(draft, it_grows_field_by_field_and_child_by_child)
{
    toasty_draft *draft = toasty__draft_new(&user_model);
    check_done(toasty__draft_set(draft, &(UserNew){.name = say("Ann"), .age = toasty_some(3)}));
    spoil();
    check_done(toasty__draft_set(
        draft, &(UserNew){.email = say("ann@x"), .address = toasty_some({.street = "s", .number = 2})}));
    spoil();
    for (int i = 0; i < 20; i++) {
        TodoNew todos[] = {{.title = say("t"), .number = toasty_some(i)}, {.end_ = 1}};
        check_done(toasty__draft_add(draft, &user_model.relations[USER_TODOS], todos));
        spoil();
    }
    check_done(toasty__draft_add(draft, &user_model.relations[USER_PROFILE],
                                 (ProfileNew[]){{.picture = say("p")}, {.end_ = 1}}));
    spoil();
    const UserNew *row = toasty__draft_row(draft);
    check_text("Ann", row->name);
    check_text("ann@x", row->email);
    check_that(row->age.set && row->age.value == 3);
    check_that(row->address.set && row->address.value.number == 2);
    check_text("s", row->address.value.street);
    check_null(row->bio);
    for (int i = 0; i < 20; i++) {
        check_int(i, row->todos[i].number.value);
        check_text("t", row->todos[i].title);
        check_int(0, row->todos[i].end_);
    }
    check_int(1, row->todos[20].end_);
    check_text("p", row->profile->picture);
    finish(draft);
}

TOASTY_TEST(draft, a_relation_of_a_row_replaces_what_was_there)
{
    toasty_draft *draft = toasty__draft_new(&todo_model);
    User user = {.name = say("Ann")};
    check_done(toasty__draft_set(draft, &(TodoNew){.user = &user}));
    check_done(toasty__draft_add(draft, &todo_model.relations[TODO_CATEGORY],
                                 (CategoryNew[]){{.label = "home"}, {.end_ = 1}}));
    spoil();
    const TodoNew *row = toasty__draft_row(draft);
    check_text("Ann", row->user->name);
    check_text("home", row->new_category->label);
    toasty_draft *parent = toasty__draft_new(&user_model);
    TodoNew first[] = {{.title = "1"}, {.title = "2"}, {.end_ = 1}}, second[] = {{.title = "3"}, {.end_ = 1}};
    check_done(toasty__draft_set(parent, &(UserNew){.todos = first}));
    check_done(toasty__draft_set(parent, &(UserNew){.todos = second}));
    const UserNew *of_parent = toasty__draft_row(parent);
    check_text("3", of_parent->todos[0].title);
    check_int(1, of_parent->todos[1].end_);
    toasty_free(parent);
    finish(draft);
}

/* --- copies --- */

TOASTY_TEST(copy, a_record_of_its_own_has_no_relations)
{
    User user = {.name = say("Ann"), .age = toasty_some(4), .todos = {.len = 3, .loaded = true}};
    User *copy = toasty__copy(&user_model, &user);
    spoil();
    check_text("Ann", copy->name);
    check_int(4, copy->age.value);
    check_that(!copy->todos.loaded && !copy->todos.items);
    check_null(copy->email);
    check_null(toasty__copy(&user_model, NULL));
    check_last_error(TOASTY_INVALID_ARGUMENT);
    finish(copy);
}

TOASTY_TEST(copy, a_request_outlives_all_that_it_borrows)
{
    toasty__arena arena;
    toasty__arena_init(&arena, 0);
    UserNew rows[] = {{.name = say("Ann"), .todos = (TodoNew[]){{.title = text}, {.end_ = 1}}}, {.end_ = 1}};
    toasty_change set[] = {{0}, set_name("Ann"), {0}};
    toasty_condition where = named("Ann");
    toasty_query *query = toasty__query_new(&user_model);
    check_done(toasty__query_where(query, &where));
    toasty_request request = {.kind = TOASTY_REQUEST_CREATE,
                              .model = &user_model,
                              .rows = rows,
                              .until_end = true,
                              .key_count = 1,
                              .keys = {toasty__text(text)},
                              .find = {.where = &where, .set = set, .set_max = 3, .query = query}};
    toasty_request *copy = toasty__request_copy(&arena, &request);
    spoil();
    toasty_free(query);
    memset(rows, 0, sizeof rows);
    check_uint(1, copy->row_count);
    const UserNew *row = copy->rows;
    check_text("Ann", row->name);
    check_text("Ann", row->todos[0].title);
    check_text("Ann", copy->keys[0].as.text);
    check_text("Ann", copy->find.where->operands[0].as.text);
    check_text("Ann", copy->find.query->operands[0].as.text);
    check_uint(1, copy->find.set_max);
    check_text("Ann", copy->find.set[0].operand.as.text);
    toasty__arena_done(&arena);
}
