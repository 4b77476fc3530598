/* For generated code only: what the lines of a generated header expand to. An application never writes these
 * names.
 *
 * Here are the macros that hold values of the program, and so those that the compiler's messages come from:
 * this is not a system header. The others are in requests.h, which is one: messages do not walk through them.
 *
 * M is a model as its struct is called (User), m as its calls begin (user). What is the library's own in a
 * generated header begins with `User__`, which an editor lists after all that is for the application. */
#ifndef TOASTY_CALLS_H
#define TOASTY_CALLS_H

/* First, since what a system header includes is one too. */
#include <toasty/toasty.h>

#include <toasty/requests.h>

/* --- values, by the C type of a field: TOASTY__I32(value) checks that it is one --- */
/* `| 0` leaves an integer as it is, and refuses what C would turn into one: a pointer, a fraction. */
#define TOASTY__INTEGER(type, value) ((type){(value) | 0})
#define TOASTY__BOOL(value) toasty__int(TOASTY__INTEGER(bool, value))
#define TOASTY__I8(value) toasty__int(TOASTY__INTEGER(int8_t, value))
#define TOASTY__I16(value) toasty__int(TOASTY__INTEGER(int16_t, value))
#define TOASTY__I32(value) toasty__int(TOASTY__INTEGER(int32_t, value))
#define TOASTY__I64(value) toasty__int(TOASTY__INTEGER(int64_t, value))
#define TOASTY__U8(value) toasty__int(TOASTY__INTEGER(uint8_t, value))
#define TOASTY__U16(value) toasty__int(TOASTY__INTEGER(uint16_t, value))
#define TOASTY__U32(value) toasty__int(TOASTY__INTEGER(uint32_t, value))
#define TOASTY__U64(value) toasty__uint(TOASTY__INTEGER(uint64_t, value))
#define TOASTY__F32(value) toasty__real((float){value})
#define TOASTY__F64(value) toasty__real((double){value})

/* --- conditions, orders, changes, includes: TOASTY__IS(user, 3, EQ, toasty__text, value) --- */
#define TOASTY__IS(m, number, op, make, ...)                                                                 \
    ((m##_expr){.condition = toasty__is(number, TOASTY_##op, make(__VA_ARGS__))})
#define TOASTY__IS_OR_NULL(m, number, op, make, ...)                                                         \
    ((m##_expr){.condition = toasty__is_nullable(number, TOASTY_##op, make(__VA_ARGS__))})
#define TOASTY__TEST(m, number, op) ((m##_expr){.condition = toasty__is_null(number, TOASTY_##op)})
#define TOASTY__BETWEEN(m, number, make, low, high)                                                          \
    ((m##_expr){.condition = toasty__is_between(number, make(low), make(high))})
/* Of a type that is a struct: a compound literal may have commas. */
#define TOASTY__BETWEEN_OF(m, number, make, ...)                                                             \
    ((m##_expr){.condition = make##_between(number, __VA_ARGS__)})
#define TOASTY__JOIN(m, op, ...)                                                                             \
    ((m##_expr){.condition = toasty__joined(                                                                 \
                    TOASTY_##op,                                                                             \
                    &((const m##_expr[]){__VA_ARGS__, {.condition = {.last = 1}}})[0].condition,             \
                    sizeof(m##_expr))})
/* On the rows of a relation, whose model begins with t. */
#define TOASTY__THROUGH(m, relation, op, t, ...)                                                             \
    ((m##_expr){.condition = toasty__related_rows(                                                           \
                    relation, TOASTY_##op,                                                                   \
                    &((const t##_expr[]){{.condition = {.last = 0}}, __VA_ARGS__})[0].condition,             \
                    sizeof(t##_expr), TOASTY__COUNT_ARGUMENTS(__VA_ARGS__))})
#define TOASTY__NOT(m, condition_)                                                                           \
    ((m##_expr){.condition = toasty__negated(&TOASTY__ONE(m##_expr, condition_).condition)})
/* A condition of the model of a view, whose fields follow the `count` of the view. */
#define TOASTY__CONDITION_OF(m, count, of, condition_)                                                       \
    ((m##_expr){.condition = toasty__moved(&TOASTY__ONE(of##_expr, condition_).condition, count)})
#define TOASTY__ORDER(m, number, way) ((m##_order_by){.order = {.field = number, .direction = TOASTY_##way}})
#define TOASTY__ORDER_THROUGH(m, belongs_to, number, way)                                                    \
    ((m##_order_by){.order = {.field = number, .direction = TOASTY_##way, .through = 1 + (belongs_to)}})
#define TOASTY__CHANGE(m, number, what, make, ...)                                                           \
    ((m##_change){.change = {.field = number, .kind = TOASTY_CHANGE_##what, .operand = make(__VA_ARGS__)}})
/* All of an embedded struct, a T: `count` columns from field `number` on; `member` of the record holds it. */
#define TOASTY__CHANGE_EMBED(M, m, number, count, member, T, ...)                                            \
    ((m##_change){.change = {.field = number,                                                                \
                             .kind = TOASTY_CHANGE_EMBED,                                                    \
                             .field_count = count,                                                           \
                             .base = offsetof(M, member),                                                    \
                             .operand = toasty__pointer((const T *){__VA_ARGS__})}})
#define TOASTY__CHANGE_LINK(m, belongs_to, T, record)                                                        \
    ((m##_change){.change = TOASTY__LINK(belongs_to, toasty__pointer((const T *){record}))})
/* user_name_incoming(), user_visits_add_incoming() */
#define TOASTY__CHANGE_INCOMING(m, number, what)                                                             \
    ((m##_change){.change = {.field = number, .kind = TOASTY_CHANGE_##what}})
/* user_on_create(change, …), user_on_update(change, …) of an upsert */
#define TOASTY__CHANGES_ON(m, WHICH, ...)                                                                    \
    ((m##_change){.change = {.kind = TOASTY_CHANGE_ON_##WHICH,                                               \
                             .operand = toasty__pointer(TOASTY__FIRST_CHANGE(m, __VA_ARGS__))}})
/* user_only_if(condition) */
#define TOASTY__ONLY_IF(m, condition_)                                                                       \
    ((m##_change){.change = {.kind = TOASTY_CHANGE_ONLY_IF,                                                  \
                             .operand = toasty__pointer(&TOASTY__ONE(m##_expr, condition_).condition)}})
#define TOASTY__CHANGES(M, m, list)                                                                          \
    ((m##_change){                                                                                           \
        .change = {.kind = TOASTY_CHANGE_LIST, .operand = toasty__pointer((const M##Changes *){list})}})
#define TOASTY__INCLUDE(M, m, relation_, T, O, ...)                                                          \
    ((m##_include){.include = {.relation = &M##__relations[relation_],                                       \
                               .options = &(const T##O){.end_ = 0, __VA_ARGS__},                             \
                               .layout = TOASTY_LAYOUT_##O}})

/* user_upsert_array_by_email(db, rows, count, change, …), with the number of the index; the changes may be
 * absent. */
#define TOASTY__UPSERT_ARRAY(M, m, index, first, array, ...)                                                 \
    TOASTY__REQUEST(first, TOASTY_REQUEST_UPSERT_ARRAY, M, .by = &M##__indexes[index],                       \
                    .rows = (const M##New *){array},                                                         \
                    .row_count = TOASTY__INTEGER(size_t, TOASTY__HEAD(__VA_ARGS__, )),                       \
                    .changes = &TOASTY__CHANGES_AFTER(m, __VA_ARGS__)->change)

/* Labels of enums: user_role_name(ROLE_ADMIN), user_role_from("admin", &role) */
#define TOASTY__LABEL(M, number, T, value) toasty__label(&M##__model.fields[number], (int64_t)(T){value})
#define TOASTY__LABEL_FROM(M, number, T, text, out)                                                          \
    toasty__label_from(&M##__model.fields[number], text, (T *){out})

/* The one record of a relation, checked: order_customer_of(order) */
#define TOASTY__RELATED(M, relation, T, record)                                                              \
    ((T *)toasty__related(&M##__relations[relation], (const M *){record}, #record, __FILE__, __LINE__))

/* The value of an argument of type T, and the first of several with `end` after them. */
#define TOASTY__ONE(T, value) ((const T[]){value})[0]
#define TOASTY__FIRST_OF(T, end, ...) (&((const T[]){__VA_ARGS__, end})[0])
#define TOASTY__FIRST_CHANGE(m, ...)                                                                         \
    TOASTY__FIRST_OF(m##_change, {.change = {.kind = TOASTY_CHANGE_END}}, __VA_ARGS__)

/* Of the arguments after a record, of which there may be none. */
#define TOASTY__CHANGES_AFTER(m, ...)                                                                        \
    (&((const m##_change[]){TOASTY__TAIL(__VA_ARGS__, {.change = {.kind = TOASTY_CHANGE_END}})})[0])

/* --- owners: their steps, whose results are not dropped --- */
#define TOASTY__AS(T, U, owner) ((U *)(T *){owner})
#define TOASTY__QUERY_STEP(M, step, query, ...)                                                              \
    toasty__query_##step(TOASTY__AS(M##Query, toasty_query, query), __VA_ARGS__)
#define TOASTY__QUERY_WHERE(M, m, step, query, condition_)                                                   \
    TOASTY__QUERY_STEP(M, step, query, &TOASTY__ONE(m##_expr, condition_).condition)
#define TOASTY__QUERY_ORDER_BY(M, m, query, order_)                                                          \
    TOASTY__QUERY_STEP(M, order_by, query, TOASTY__ONE(m##_order_by, order_).order)
#define TOASTY__QUERY_INCLUDE(M, m, query, include_)                                                         \
    TOASTY__QUERY_STEP(M, include, query, TOASTY__ONE(m##_include, include_).include)
#define TOASTY__QUERY_NUMBER(M, what, query, number)                                                         \
    TOASTY__QUERY_STEP(M, what, query, TOASTY__INTEGER(int64_t, number))
#define TOASTY__QUERY_CLEAR(M, what, query)                                                                  \
    toasty__query_clear_##what(TOASTY__AS(M##Query, toasty_query, query))
#define TOASTY__CHANGES_ADD(M, m, list, change_)                                                             \
    toasty__changes_add(TOASTY__AS(M##Changes, toasty_changes, list),                                        \
                        &TOASTY__ONE(m##_change, change_).change)
#define TOASTY__DRAFT_SET(M, draft, ...)                                                                     \
    toasty__draft_set(TOASTY__AS(M##Draft, toasty_draft, draft), &(const M##New){.end_ = 0, __VA_ARGS__})
#define TOASTY__DRAFT_FIELD(M, number, draft, make, ...)                                                     \
    toasty__draft_field(TOASTY__AS(M##Draft, toasty_draft, draft), number, make(__VA_ARGS__))
#define TOASTY__DRAFT_ADD(M, relation, T, draft, rows)                                                       \
    toasty__draft_add(TOASTY__AS(M##Draft, toasty_draft, draft), &M##__relations[relation],                  \
                      (const T##Rows *){rows})

/* --- options and new rows: TOASTY__FIND(User, TOASTY_LAYOUT_Find, UserFind, .limit = 3, .end_ = 0) --- */
/* Whether options are given is known when the call is compiled, by what stands before `.end_`: a call without
 * any neither makes nor reads them. Those of changes of all rows are read always, since they distinguish such
 * a change from that of a record. */
#define TOASTY__FIND(M, LAYOUT, O, ...)                                                                      \
    .find = TOASTY__GIVES_NONE(__VA_ARGS__) && LAYOUT < TOASTY_LAYOUT_UpdateAll                              \
                ? (toasty_find){.limit = 0}                                                                  \
                : toasty__options(&M##__model.layouts[LAYOUT], &(const O){__VA_ARGS__})
#define TOASTY__GIVES_NONE(...) (__extension__(sizeof(#__VA_ARGS__) == sizeof(".end_ = 0")))
/* user_age_sum(db, &out, options): `out` points to a toasty_opt(T). */
#define TOASTY__SCALAR(M, number, what, T, first, ...)                                                       \
    TOASTY__REQUEST(first, TOASTY_REQUEST_SCALAR, M, .aggregate = TOASTY_AGGREGATE_##what, .field = number,  \
                    TOASTY__INTO(T, TOASTY__HEAD(__VA_ARGS__, )),                                            \
                    TOASTY__FIND(M, TOASTY_LAYOUT_Match, M##Match, TOASTY__TAIL(__VA_ARGS__, .end_ = 0)))
#define TOASTY__INTO(T, out) .set = ((bool *){&(out)->set}), .value = ((T *){&(out)->value})
/* An array with an end, and a type that no other pointer to rows has. */
#define TOASTY__ROWS(M, ...) ((const M##Rows *)(const M##New[]){__VA_ARGS__, {.end_ = 1}})
#define TOASTY__ROW(M, ...) .rows = &(const M##New){__VA_ARGS__}, .row_count = 1

#endif
