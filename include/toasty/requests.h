/* For generated code only: types, owners, requests and operations, as far as no value of the program is
 * spelled in them; see calls.h, which is what a generated header includes.
 *
 * M is a model as its struct is called (User), m as its calls begin (user). */
#ifndef TOASTY_REQUESTS_H
#define TOASTY_REQUESTS_H
#pragma GCC system_header /* only declares: messages are about the program */

#include <toasty/codegen.h>

/* --- types --- */

/* The names of a model that other models mention; may stand in several headers. */
#define TOASTY__DECLARE(M)                                                                                   \
    typedef struct M M;                                                                                      \
    typedef struct M##New M##New;                                                                            \
    typedef struct M##Rows M##Rows; /* an array of M##New with an end, as m##_new makes it */                \
    typedef struct M##Find M##Find;                                                                          \
    typedef struct M##Get M##Get;                                                                            \
    typedef struct M##Many M##Many;                                                                          \
    typedef struct M##One M##One;                                                                            \
    typedef struct M##Paging M##Paging;                                                                      \
    typedef struct M##Match M##Match;                                                                        \
    typedef struct M##UpdateAll M##UpdateAll;                                                                \
    typedef struct M##DeleteAll M##DeleteAll;                                                                \
    typedef struct M##List M##List;                                                                          \
    extern const toasty_model M##__model;                                                                    \
    extern const toasty_index M##__indexes[];                                                                \
    extern const toasty_relation M##__relations[]

/* How many arguments there are, none included, without a second copy of them: they may be calls of such
 * macros again. At most 32, which is more than a condition has room for. */
#define TOASTY__COUNT_ARGUMENTS(...)                                                                         \
    (__extension__(sizeof(#__VA_ARGS__) == 1)                                                                \
         ? 0                                                                                                 \
         : TOASTY__COUNT_OF(__VA_ARGS__, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, \
                            15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0))
#define TOASTY__COUNT_OF(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,    \
                         a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, count, ...)   \
    count

/* What is read by: conditions and orders; and what reads give. */
#define TOASTY__READS(M, m)                                                                                  \
    enum m##_condition{M##__condition};                                                                      \
    typedef union m##_expr {                                                                                 \
        enum m##_condition is;                                                                               \
        toasty_condition condition;                                                                          \
    } m##_expr;                                                                                              \
    enum m##_ordering{M##__ordering};                                                                        \
    typedef union m##_order_by {                                                                             \
        enum m##_ordering is;                                                                                \
        toasty_order order;                                                                                  \
    } m##_order_by;                                                                                          \
    struct M##List {                                                                                         \
        M *items;                                                                                            \
        size_t len;                                                                                          \
        bool loaded;                                                                                         \
    };                                                                                                       \
    static inline TOASTY__RESULT M *M##__one(toasty_db *db, const toasty_request *request)                   \
    {                                                                                                        \
        return (M *)toasty__run(db, request);                                                                \
    }                                                                                                        \
    static inline TOASTY__RESULT M##List *M##__list(toasty_db *db, const toasty_request *request)            \
    {                                                                                                        \
        return (M##List *)toasty__run(db, request);                                                          \
    }
/* The names of a view, and all that it has. */
#define TOASTY__VIEW_TYPES(M, m)                                                                             \
    typedef struct M##List M##List;                                                                          \
    typedef struct M##Find M##Find;                                                                          \
    typedef struct M##Match M##Match;                                                                        \
    extern const toasty_model M##__model;                                                                    \
    TOASTY__READS(M, m)

/* The values of a model, its owners, lists and pages, the functions that give results their types, and the
 * calls that are functions.
 *
 * Each value is a union, so that its first member names the model in the compiler's message when a value of
 * another model stands in its place, and so that an array of them is an array of what the library reads. */
#define TOASTY__TYPES(M, m)                                                                                  \
    TOASTY__READS(M, m)                                                                                      \
    enum m##_changing{M##__changing};                                                                        \
    typedef union m##_change {                                                                               \
        enum m##_changing is;                                                                                \
        toasty_change change;                                                                                \
    } m##_change;                                                                                            \
    typedef union m##_include {                                                                              \
        const struct m##_including *is;                                                                      \
        toasty_include include;                                                                              \
    } m##_include;                                                                                           \
    typedef struct M##Query M##Query;                                                                        \
    typedef struct M##Changes M##Changes;                                                                    \
    typedef struct M##Draft M##Draft;                                                                        \
    typedef struct M##Page {                                                                                 \
        M *items;                                                                                            \
        size_t len;                                                                                          \
        bool loaded;                                                                                         \
        bool has_next, has_prev;                                                                             \
    } M##Page;                                                                                               \
    static inline TOASTY__RESULT M##Page *M##__page(toasty_db *db, const toasty_request *request)            \
    {                                                                                                        \
        return (M##Page *)toasty__run(db, request);                                                          \
    }                                                                                                        \
    static inline TOASTY__RESULT M##Page *m##_page_next(toasty_db *db, const M##Page *page)                  \
    {                                                                                                        \
        return (M##Page *)toasty__page_next(db, page);                                                       \
    }                                                                                                        \
    static inline TOASTY__RESULT M##Page *m##_page_previous(toasty_db *db, const M##Page *page)              \
    {                                                                                                        \
        return (M##Page *)toasty__page_previous(db, page);                                                   \
    }                                                                                                        \
    static inline TOASTY__RESULT const char *m##_page_next_cursor(const M##Page *page)                       \
    {                                                                                                        \
        return toasty__page_next_cursor(page);                                                               \
    }                                                                                                        \
    static inline TOASTY__RESULT const char *m##_page_previous_cursor(const M##Page *page)                   \
    {                                                                                                        \
        return toasty__page_previous_cursor(page);                                                           \
    }                                                                                                        \
    static inline M##Page *M##__batch(M##Page *page)                                                         \
    {                                                                                                        \
        return (M##Page *)toasty__batch(page);                                                               \
    }                                                                                                        \
    static inline M##Page *M##__batch_after(toasty_db *db, M##Page *batch)                                   \
    {                                                                                                        \
        return (M##Page *)toasty__batch_after(db, batch);                                                    \
    }                                                                                                        \
    static inline TOASTY__RESULT_OF_ARRAY M##List *m##_create_array(toasty_db *db, const M##New *rows,       \
                                                                    size_t count)                            \
    {                                                                                                        \
        return (M##List *)toasty__create_array(db, &M##__model, rows, count);                                \
    }                                                                                                        \
    static inline TOASTY__RESULT int M##__update(toasty_db *db, M *record, const m##_change *changes)        \
    {                                                                                                        \
        return toasty__update(db, &M##__model, record, &changes->change);                                    \
    }                                                                                                        \
    static inline TOASTY__RESULT int M##__delete(toasty_db *db, M *record, const m##_change *conditions)     \
    {                                                                                                        \
        return conditions->change.kind == TOASTY_CHANGE_END                                                  \
                   ? toasty__delete(db, &M##__model, record)                                                 \
                   : toasty__delete_only_if(db, &M##__model, record, &conditions->change);                   \
    }                                                                                                        \
    static inline TOASTY_CHECKED M##Query *m##_query_new(void)                                               \
    {                                                                                                        \
        return (M##Query *)toasty__query_new(&M##__model);                                                   \
    }                                                                                                        \
    static inline TOASTY__RESULT M##Query *m##_query_clone(const M##Query *query)                            \
    {                                                                                                        \
        return (M##Query *)toasty__query_clone((const toasty_query *)query);                                 \
    }                                                                                                        \
    static inline TOASTY_CHECKED M##Changes *m##_changes_new(void)                                           \
    {                                                                                                        \
        return (M##Changes *)toasty__changes_new(&M##__model);                                               \
    }                                                                                                        \
    static inline TOASTY_CHECKED M##Draft *m##_draft_new(void)                                               \
    {                                                                                                        \
        return (M##Draft *)toasty__draft_new(&M##__model);                                                   \
    }                                                                                                        \
    static inline TOASTY__RESULT M *m##_copy(const M *record)                                                \
    {                                                                                                        \
        return (M *)toasty__copy(&M##__model, record);                                                       \
    }
#define TOASTY__RESULT __attribute__((warn_unused_result, nonnull))
#define TOASTY__RESULT_OF_ARRAY __attribute__((warn_unused_result, nonnull(1)))

/* --- lists --- */

/* A list of a type with a name of its own, checked: TOASTY__LIST(Todo__list_of_priority, ENUM, Priority). */
#define TOASTY__LIST(name, TYPE, c_type)                                                                     \
    static inline toasty_value name(const c_type *items, size_t count)                                       \
    {                                                                                                        \
        return toasty__list(TOASTY_TYPE_##TYPE, items, count);                                               \
    }

/* Values and ranges of a toasty_newtype, checked: TOASTY__NEWTYPE(User__of_id, UserId, toasty__uint). */
#define TOASTY__NEWTYPE(name, T, make)                                                                       \
    static inline toasty_value name(T of)                                                                    \
    {                                                                                                        \
        return make(of.value);                                                                               \
    }                                                                                                        \
    static inline toasty_condition name##_between(uint16_t field, T low, T high)                             \
    {                                                                                                        \
        return toasty__is_between(field, make(low.value), make(high.value));                                 \
    }

/* --- calls --- */

/* Each of these gives two arguments: the first of the call, which is a handle or where the result goes, and
 * the request. A call is User__list(TOASTY__QUERY(…)).
 * Options come last and may be absent; `first` is the first argument where others follow. */

/* user_all(db, options) */
#define TOASTY__QUERY(KIND, M, O, ...)                                                                       \
    TOASTY__REQUEST(TOASTY__HEAD(__VA_ARGS__, ), TOASTY_REQUEST_##KIND, M,                                   \
                    TOASTY__FIND(M, TOASTY_LAYOUT_##O, M##O, TOASTY__TAIL(__VA_ARGS__, .end_ = 0)))
/* user_scan(db, options), user_update_all_returning(db, options); what: scan, returning */
#define TOASTY__QUERY_WITH(what, KIND, M, O, ...)                                                            \
    TOASTY__REQUEST(TOASTY__HEAD(__VA_ARGS__, ), TOASTY_REQUEST_##KIND, M, .what = true,                     \
                    TOASTY__FIND(M, TOASTY_LAYOUT_##O, M##O, TOASTY__TAIL(__VA_ARGS__, .end_ = 0)))

/* user_each_batch(db, batch, size, options): `first` gives the request of the first page. The attribute of
 * `batch` frees it however the loop is left; in each turn it is the page that its last one is freed for. */
#define TOASTY__EACH_BATCH(M, batch, db, ...)                                                                \
    for (toasty_auto(M##Page) batch = M##__batch(M##__page(__VA_ARGS__)); batch;                             \
         batch = M##__batch_after(db, batch))
/* A size, and the options behind it if any: the options with that size of a page. */
#define TOASTY__PER_PAGE(...) TOASTY__TAIL(__VA_ARGS__, .per_page = TOASTY__HEAD(__VA_ARGS__, ))

/* user_sql_all(db, sql, values) */
#define TOASTY__SQL_ALL(M, db, ...)                                                                          \
    ((M##List *)toasty__sql_list(db, &M##__model, TOASTY__STATEMENT(__VA_ARGS__)))

/* user_get_by_email(db, email, options), with one to four values; keys: the end of the name of the User__by_…
 * that takes them, 1_2 for two fields of index 1. */
#define TOASTY__FOUND(KIND, M, O, keys, first, ...)                                                          \
    TOASTY__REQUEST(first, TOASTY_REQUEST_##KIND, M, M##__by_##keys(__VA_ARGS__, ),                          \
                    TOASTY__FIND(M, TOASTY_LAYOUT_##O, M##O, TOASTY__TAIL(__VA_ARGS__, .end_ = 0)))
#define TOASTY__FOUND_2(KIND, M, O, keys, first, a, ...)                                                     \
    TOASTY__REQUEST(first, TOASTY_REQUEST_##KIND, M, M##__by_##keys(a, __VA_ARGS__, ),                       \
                    TOASTY__FIND(M, TOASTY_LAYOUT_##O, M##O, TOASTY__TAIL(__VA_ARGS__, .end_ = 0)))
#define TOASTY__FOUND_3(KIND, M, O, keys, first, a, b, ...)                                                  \
    TOASTY__REQUEST(first, TOASTY_REQUEST_##KIND, M, M##__by_##keys(a, b, __VA_ARGS__, ),                    \
                    TOASTY__FIND(M, TOASTY_LAYOUT_##O, M##O, TOASTY__TAIL(__VA_ARGS__, .end_ = 0)))
#define TOASTY__FOUND_4(KIND, M, O, keys, first, a, b, c, ...)                                               \
    TOASTY__REQUEST(first, TOASTY_REQUEST_##KIND, M, M##__by_##keys(a, b, c, __VA_ARGS__, ),                 \
                    TOASTY__FIND(M, TOASTY_LAYOUT_##O, M##O, TOASTY__TAIL(__VA_ARGS__, .end_ = 0)))
/* What a User__by_… is: leading fields of a key or an index, and a range of the field after them, which the
 * last one or two values are for. */
#define TOASTY__BY(M, index, count, ...) .by = &M##__indexes[index], .key_count = count, .keys = {__VA_ARGS__}
#define TOASTY__BY_RANGE(M, index, count, op, ...)                                                           \
    TOASTY__BY(M, index, count, __VA_ARGS__), .range = TOASTY_##op

/* user_create(db, members of UserNew), user_create_many(db, {…}, {…}), user_create_row(db, row) */
#define TOASTY__CREATE(M, ...)                                                                               \
    TOASTY__REQUEST(TOASTY__HEAD(__VA_ARGS__, ), TOASTY_REQUEST_CREATE, M,                                   \
                    TOASTY__ROW(M, TOASTY__TAIL(__VA_ARGS__, .end_ = 0)))
#define TOASTY__CREATE_MANY(M, first, ...)                                                                   \
    TOASTY__REQUEST(first, TOASTY_REQUEST_CREATE, M, .many = true,                                           \
                    .rows = TOASTY__FIRST_OF(M##New, {.end_ = 1}, __VA_ARGS__), .until_end = true)
#define TOASTY__CREATE_ROW(M, first, row)                                                                    \
    TOASTY__REQUEST(first, TOASTY_REQUEST_CREATE, M, .rows = (const M##New *){row}, .row_count = 1)
#define TOASTY__CREATE_DRAFT(M, first, draft)                                                                \
    TOASTY__REQUEST(first, TOASTY_REQUEST_CREATE, M,                                                         \
                    .rows = toasty__draft_row(TOASTY__AS(const M##Draft, const toasty_draft, draft)),        \
                    .row_count = 1)

/* user_upsert_by_email(db, email, change, …), with one to four values; user_create_or_ignore_by_email(db,
 * members of UserNew), with the number of the index. */
#define TOASTY__UPSERT_BY(M, m, keys, first, a, ...)                                                         \
    TOASTY__REQUEST(first, TOASTY_REQUEST_UPSERT, M, M##__by_##keys(a, ), TOASTY__WRITE(m, __VA_ARGS__))
#define TOASTY__UPSERT_BY_2(M, m, keys, first, a, b, ...)                                                    \
    TOASTY__REQUEST(first, TOASTY_REQUEST_UPSERT, M, M##__by_##keys(a, b, ), TOASTY__WRITE(m, __VA_ARGS__))
#define TOASTY__UPSERT_BY_3(M, m, keys, first, a, b, c, ...)                                                 \
    TOASTY__REQUEST(first, TOASTY_REQUEST_UPSERT, M, M##__by_##keys(a, b, c, ), TOASTY__WRITE(m, __VA_ARGS__))
#define TOASTY__UPSERT_BY_4(M, m, keys, first, a, b, c, d, ...)                                              \
    TOASTY__REQUEST(first, TOASTY_REQUEST_UPSERT, M, M##__by_##keys(a, b, c, d, ),                           \
                    TOASTY__WRITE(m, __VA_ARGS__))
#define TOASTY__CREATE_OR_IGNORE(M, index, ...)                                                              \
    TOASTY__REQUEST(TOASTY__HEAD(__VA_ARGS__, ), TOASTY_REQUEST_UPSERT, M, .by = &M##__indexes[index],       \
                    TOASTY__ROW(M, TOASTY__TAIL(__VA_ARGS__, .end_ = 0)))

/* user_update_by_email(db, email, change, …), user_delete_by_email(db, email), with one to four values; is:
 * whether the rows come back. */
#define TOASTY__UPDATE_BY(M, m, is, keys, first, a, ...)                                                     \
    TOASTY__REQUEST(first, TOASTY_REQUEST_UPDATE, M, M##__by_##keys(a, ), .returning = is,                   \
                    TOASTY__WRITE(m, __VA_ARGS__))
#define TOASTY__UPDATE_BY_2(M, m, is, keys, first, a, b, ...)                                                \
    TOASTY__REQUEST(first, TOASTY_REQUEST_UPDATE, M, M##__by_##keys(a, b, ), .returning = is,                \
                    TOASTY__WRITE(m, __VA_ARGS__))
#define TOASTY__UPDATE_BY_3(M, m, is, keys, first, a, b, c, ...)                                             \
    TOASTY__REQUEST(first, TOASTY_REQUEST_UPDATE, M, M##__by_##keys(a, b, c, ), .returning = is,             \
                    TOASTY__WRITE(m, __VA_ARGS__))
#define TOASTY__UPDATE_BY_4(M, m, is, keys, first, a, b, c, d, ...)                                          \
    TOASTY__REQUEST(first, TOASTY_REQUEST_UPDATE, M, M##__by_##keys(a, b, c, d, ), .returning = is,          \
                    TOASTY__WRITE(m, __VA_ARGS__))
#define TOASTY__DELETE_BY(M, is, keys, first, ...)                                                           \
    TOASTY__REQUEST(first, TOASTY_REQUEST_DELETE, M, M##__by_##keys(__VA_ARGS__, ), .returning = is)

/* Of what belongs to a record of M by its relation number r; T is the model of the relation's other side.
 * user_todos(db, record, options), user_todos_create(db, record, members of TodoNew) */
#define TOASTY__OF(KIND, M, r, T, O, first, ...)                                                             \
    TOASTY__REQUEST(first, TOASTY_REQUEST_##KIND, T, TOASTY__OWNER(M, r, TOASTY__HEAD(__VA_ARGS__, )),       \
                    TOASTY__FIND(T, TOASTY_LAYOUT_##O, T##O, TOASTY__TAIL(__VA_ARGS__, .end_ = 0)))
#define TOASTY__CREATE_OF(M, r, T, first, ...)                                                               \
    TOASTY__REQUEST(first, TOASTY_REQUEST_CREATE, T, TOASTY__OWNER(M, r, TOASTY__HEAD(__VA_ARGS__, )),       \
                    TOASTY__ROW(T, TOASTY__TAIL(__VA_ARGS__, .end_ = 0)))
#define TOASTY__REPLACE_OF(M, r, T, first, ...)                                                              \
    TOASTY__REQUEST(first, TOASTY_REQUEST_CREATE, T, TOASTY__OWNER(M, r, TOASTY__HEAD(__VA_ARGS__, )),       \
                    TOASTY__ROW(T, TOASTY__TAIL(__VA_ARGS__, .end_ = 0)), .replaces = true)
#define TOASTY__UPDATE_OF(M, r, T, t, first, owner_, ...)                                                    \
    TOASTY__REQUEST(first, TOASTY_REQUEST_UPDATE, T, TOASTY__OWNER(M, r, owner_),                            \
                    TOASTY__WRITE(t, __VA_ARGS__))
#define TOASTY__DELETE_OF(M, r, T, first, owner_)                                                            \
    TOASTY__REQUEST(first, TOASTY_REQUEST_DELETE, T, TOASTY__OWNER(M, r, owner_))
/* user_todos_link(db, record, other): sets the belongs_to of the other, number b, to the record; unlink sets
 * it to none where it is the record. */
#define TOASTY__LINK_OF(M, T, b, first, owner_, other)                                                       \
    TOASTY__REQUEST(first, TOASTY_REQUEST_UPDATE, T, .record = (T *){other},                                 \
                    TOASTY__WRITE_LINK(b, toasty__linked((const M *){owner_})))
#define TOASTY__UNLINK_OF(M, r, T, b, first, owner_, other)                                                  \
    TOASTY__REQUEST(first, TOASTY_REQUEST_UPDATE, T, TOASTY__OWNER(M, r, owner_), .record = (T *){other},    \
                    TOASTY__WRITE_LINK(b, toasty__pointer(NULL)))
#define TOASTY__UNLINK_ONE(M, r, T, b, first, owner_)                                                        \
    TOASTY__REQUEST(first, TOASTY_REQUEST_UPDATE, T, TOASTY__OWNER(M, r, owner_),                            \
                    TOASTY__WRITE_LINK(b, toasty__pointer(NULL)))

/* --- what calls are made of --- */
#define TOASTY__HEAD(head, ...) head
#define TOASTY__TAIL(head, ...) __VA_ARGS__
#define TOASTY__REQUEST(first, KIND, M, ...)                                                                 \
    first, (&(const toasty_request){.kind = KIND, .model = &M##__model, __VA_ARGS__})
#define TOASTY__OWNER(M, r, owner_) .relation = &M##__relations[r], .owner = ((const M *){owner_})
#define TOASTY__WRITE(m, ...) .changes = &TOASTY__FIRST_CHANGE(m, __VA_ARGS__)->change
#define TOASTY__LINK(belongs_to, operand_)                                                                   \
    ((const toasty_change){.field = belongs_to, .kind = TOASTY_CHANGE_LINK, .operand = operand_})
#define TOASTY__WRITE_LINK(b, operand_)                                                                      \
    .changes = ((const toasty_change[]){TOASTY__LINK(b, operand_), {.kind = TOASTY_CHANGE_END}})

/* --- the same to run later --- */

/* TOASTY__OP(user_all(&out, …)) looks at what the call would run, User__list(&out, request), and makes it an
 * operation: the name of the function chooses one of those below, which for each model are in its header. */
#define TOASTY__OP(...) TOASTY__OP_(__VA_ARGS__)
#define TOASTY__OP_(...) TOASTY__OP_##__VA_ARGS__
#define TOASTY__OP_toasty__run_count(out, request) TOASTY__KEEP(int64_t, out, request)
#define TOASTY__OP_toasty__run_status(out, request) TOASTY__KEEP(int64_t, out, request)
#define TOASTY__KEEP(R, out_, request_) toasty__kept((toasty_op){.out = (R *){out_}, .request = *request_})
/* One that is dropped would never run: clang refuses that; gcc does not look at values that are structs. */
static inline TOASTY_CHECKED toasty_op toasty__kept(toasty_op op)
{
    return op;
}
/* Of the calls that are functions, and user_update. */
#define TOASTY__KEEP_UPDATE(M, out, record_, changes_)                                                       \
    TOASTY__KEEP_WRITE(int64_t, out, UPDATE, M, .record = (M *){record_}, .changes = &(changes_)->change)
#define TOASTY__KEEP_DELETE(M, out, record_, conditions_)                                                    \
    TOASTY__KEEP_WRITE(int64_t, out, DELETE, M, .record = (M *){record_}, .changes = &(conditions_)->change)
#define TOASTY__KEEP_CREATE_ARRAY(M, out, array, count)                                                      \
    TOASTY__KEEP_WRITE(M##List *, out, CREATE, M, .many = true, .rows = (const M##New *){array},             \
                       .row_count = count)
#define TOASTY__KEEP_WRITE(R, out_, KIND, M, ...)                                                            \
    toasty__kept((toasty_op){.out = (R *){out_},                                                             \
                             .request = {.kind = TOASTY_REQUEST_##KIND, .model = &M##__model, __VA_ARGS__}})
#define TOASTY__KEEP_PAGE(M, backwards, out, page)                                                           \
    toasty__page_op(&M##__model, (M##Page **){out}, (const M##Page *){page}, backwards)

/* --- the source: what a stale header does not agree with --- */
#define TOASTY__SAME_SIZE(M, shape)                                                                          \
    _Static_assert(sizeof(struct shape) == sizeof(M), #M " has changed; run toasty derive again")
#define TOASTY__SAME_TYPE(M, field, type)                                                                    \
    _Static_assert(_Generic(((M *)0)->field, type : 1, default : 0),                                         \
                   #M "." #field " has changed; run toasty derive again")
/* A member in a layout. */
#define TOASTY__AT(T, member) 1 + offsetof(T, member)

#endif
