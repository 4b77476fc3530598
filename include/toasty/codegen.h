/* For generated code only: what `models.toasty.c` fills and calls. An application never writes these names.
 *
 * A generated call fills a toasty_request on its stack and hands it to one of the entries at the end. All
 * that a request mentions is borrowed until the entry returns. */
#ifndef TOASTY_CODEGEN_H
#define TOASTY_CODEGEN_H
#pragma GCC system_header /* only declares: messages are about the program */

#include <string.h>
#include <toasty/error.h>
#include <toasty/schema.h>
#include <toasty/toasty.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- conditions: values, in postfix order --- */
/* X(NAME, "name", CLASS, operands, capability): a COMPARISON of a field with that number of operands, a JOIN
 * of the conditions before it, or a CONSTANT, for what its operands decide; a condition on related rows is
 * what stands between THROUGH and the QUANTIFIER that ends it; and what a database must be able to do.
 */
#define TOASTY_OPERATORS(X)                                                                                  \
    X(ABSENT, "", END, 0, filter) /* ends a list; zero, so that a zeroed condition is absent */              \
    X(EQ, "eq", COMPARISON, 1, filter)                                                                       \
    X(NE, "ne", COMPARISON, 1, filter)                                                                       \
    X(LT, "lt", COMPARISON, 1, filter)                                                                       \
    X(LE, "le", COMPARISON, 1, filter)                                                                       \
    X(GT, "gt", COMPARISON, 1, filter)                                                                       \
    X(GE, "ge", COMPARISON, 1, filter)                                                                       \
    X(BETWEEN, "between", COMPARISON, 2, filter) /* both included */                                         \
    X(IN, "in", COMPARISON, 1, filter)                                                                       \
    X(NOT_IN, "not_in", COMPARISON, 1, filter)                                                               \
    X(IS_NULL, "is_null", COMPARISON, 0, filter)                                                             \
    X(IS_NOT_NULL, "is_not_null", COMPARISON, 0, filter)                                                     \
    X(STARTS_WITH, "starts_with", COMPARISON, 1, filter)                                                     \
    X(ENDS_WITH, "ends_with", COMPARISON, 1, pattern)                                                        \
    X(CONTAINS, "contains", COMPARISON, 1, filter)                                                           \
    X(LIKE, "like", COMPARISON, 1, pattern) /* % and _ match, \\ escapes; case matters */                    \
    X(ILIKE, "ilike", COMPARISON, 1, ilike)                                                                  \
    X(EQ_NOCASE, "eq_nocase", COMPARISON, 1, nocase) /* ASCII letters fold, others as the database does */   \
    X(NE_NOCASE, "ne_nocase", COMPARISON, 1, nocase)                                                         \
    X(STARTS_WITH_NOCASE, "starts_with_nocase", COMPARISON, 1, nocase)                                       \
    X(ENDS_WITH_NOCASE, "ends_with_nocase", COMPARISON, 1, nocase)                                           \
    X(CONTAINS_NOCASE, "contains_nocase", COMPARISON, 1, nocase)                                             \
    X(AND, "and", JOIN, 0, filter) /* of the `count` conditions before it */                                 \
    X(OR, "or", JOIN, 0, filter)                                                                             \
    X(NOT, "not", JOIN, 0, filter)                                                                           \
    X(TRUE, "true", CONSTANT, 0, filter)                                                                     \
    X(FALSE, "false", CONSTANT, 0, filter)                                                                   \
    X(THROUGH, "a condition on related rows", THROUGH, 0, related) /* `field` is a relation of the model */  \
    X(ANY, "any", QUANTIFIER, 0, related) /* of `count` conditions on related rows: 0 or 1 */                \
    X(NONE, "none", QUANTIFIER, 0, related)                                                                  \
    X(EVERY, "every", QUANTIFIER, 0, related) /* there is none for which it is not true */

typedef enum toasty_operator {
#define TOASTY_OPERATOR_ENUM(NAME, name, CLASS, operands, capability) TOASTY_##NAME,
    TOASTY_OPERATORS(TOASTY_OPERATOR_ENUM)
#undef TOASTY_OPERATOR_ENUM
        TOASTY_OPERATOR_COUNT
} toasty_operator;

typedef struct toasty_node {
    uint8_t op;     /* toasty_operator */
    uint8_t count;  /* of joins and quantifiers */
    uint16_t field; /* of comparisons; a relation's number */
} toasty_node;

enum { TOASTY_MAX_NODES = 32, TOASTY_MAX_OPERANDS = 16 };

/* Copied freely; only what its operands point to is borrowed. Zeroed: absent. */
typedef struct toasty_condition {
    uint8_t node_count, operand_count;
    uint8_t overflow; /* more conditions than it has room for: an error when it is used */
    uint8_t last;     /* ends a list */
    toasty_node nodes[TOASTY_MAX_NODES];
    toasty_value operands[TOASTY_MAX_OPERANDS];
} toasty_condition;

/* Each writes `out` (only the used part of it). */
TOASTY_API void toasty__compare(toasty_condition *out, uint16_t field, toasty_operator op,
                                toasty_value operand);
TOASTY_API void toasty__between(toasty_condition *out, uint16_t field, toasty_value low, toasty_value high);
/* For NULL on a nullable text: IS NULL / IS NOT NULL; toasty__compare reports it as an error on a required
 * field. */
TOASTY_API void toasty__compare_nullable(toasty_condition *out, uint16_t field, toasty_operator op,
                                         toasty_value operand);
TOASTY_API void toasty__test(toasty_condition *out, uint16_t field,
                             toasty_operator op); /* IS_NULL, IS_NOT_NULL */
/* Joins the conditions of an array that ends with one whose `last` is set; absent ones are skipped. op:
 * AND, OR. */
TOASTY_API void toasty__join(toasty_condition *out, toasty_operator op, const toasty_condition *list,
                             size_t stride);
TOASTY_API void toasty__not(toasty_condition *out, const toasty_condition *condition);
/* A condition on the rows of a relation: the `count` of the list behind its first one, which is absent,
 * joined by AND. All of them absent, ANY and NONE ask for the rows alone, and EVERY is absent, since it would
 * say nothing. */
TOASTY_API void toasty__through(toasty_condition *out, uint16_t relation, toasty_operator quantifier,
                                const toasty_condition *list, size_t stride, size_t count);

/* --- values --- */
static inline toasty_value toasty__int(int64_t value)
{
    toasty_value v;
    v.kind = TOASTY_VALUE_INT, v.element = 0, v.len = 0, v.as.integer = value;
    return v;
}
/* NaN is not a value, since databases disagree on what it equals; there is one zero, since not all keep -0.0.
 */
static inline toasty_value toasty__real(double value)
{
    toasty_value v;
    v.kind = TOASTY_VALUE_FLOAT, v.element = 0, v.len = 0, v.as.real = value + 0.0;
    if (__builtin_isnan(value))
        v.kind = TOASTY_VALUE_INVALID, v.as.text = "not a number (NaN)";
    return v;
}
TOASTY_API toasty_value toasty__uint(uint64_t value);
TOASTY_API toasty_value toasty__text(const char *text);    /* NULL: the value NULL */
TOASTY_API toasty_value toasty__bytes(toasty_bytes bytes); /* data NULL: the value NULL */
TOASTY_API toasty_value toasty__uuid(toasty_uuid uuid);
TOASTY_API toasty_value toasty__timestamp(toasty_timestamp timestamp);
TOASTY_API toasty_value toasty__date(toasty_date date);
TOASTY_API toasty_value toasty__time(toasty_time time);
TOASTY_API toasty_value toasty__datetime(toasty_datetime datetime);
TOASTY_API toasty_value toasty__null(void);
/* items: an array of `count` values of the C type `element` (text: const char *const *). */
TOASTY_API toasty_value toasty__list(toasty_type element, const void *items, size_t count);

/* The value of a required text: the compiler refuses a NULL that it can see. */
static inline __attribute__((nonnull)) toasty_value toasty__given(const char *text)
{
    return toasty__text(text);
}
/* A record or an embedded struct that a change mentions. */
static inline toasty_value toasty__pointer(const void *pointer)
{
    toasty_value v;
    v.kind = TOASTY_VALUE_BYTES, v.element = 0, v.len = 0, v.as.bytes = pointer;
    return v;
}

/* The record that another is linked to: NULL is a mistake, and not "none". */
static inline toasty_value toasty__linked(const void *record)
{
    toasty_value v = toasty__pointer(record);
    if (!record)
        v.kind = TOASTY_VALUE_INVALID;
    return v;
}

/* toasty__list with its items checked: toasty__list_I32(values, count). */
#define TOASTY_LIST_OF(NAME, c_type, name, CLASS)                                                            \
    static inline toasty_value toasty__list_##NAME(c_type const *items, size_t count)                        \
    {                                                                                                        \
        return toasty__list(TOASTY_TYPE_##NAME, items, count);                                               \
    }
TOASTY_TYPES(TOASTY_LIST_OF)
#undef TOASTY_LIST_OF

/* --- conditions of generated macros --- */
static inline toasty_condition toasty__is(uint16_t field, toasty_operator op, toasty_value operand)
{
    toasty_condition c;
    toasty__compare(&c, field, op, operand);
    return c;
}
static inline toasty_condition toasty__is_nullable(uint16_t field, toasty_operator op, toasty_value operand)
{
    toasty_condition c;
    toasty__compare_nullable(&c, field, op, operand);
    return c;
}
static inline toasty_condition toasty__is_between(uint16_t field, toasty_value low, toasty_value high)
{
    toasty_condition c;
    toasty__between(&c, field, low, high);
    return c;
}
/* Ranges of the types that are structs: a macro hands on both ends at once, since a compound literal may have
 * commas. */
#define TOASTY_BETWEEN_OF(type, make)                                                                        \
    static inline toasty_condition make##_between(uint16_t field, type low, type high)                       \
    {                                                                                                        \
        return toasty__is_between(field, make(low), make(high));                                             \
    }
TOASTY_BETWEEN_OF(toasty_uuid, toasty__uuid)
TOASTY_BETWEEN_OF(toasty_timestamp, toasty__timestamp)
TOASTY_BETWEEN_OF(toasty_date, toasty__date)
TOASTY_BETWEEN_OF(toasty_time, toasty__time)
TOASTY_BETWEEN_OF(toasty_datetime, toasty__datetime)
#undef TOASTY_BETWEEN_OF
static inline toasty_condition toasty__is_null(uint16_t field, toasty_operator op)
{
    toasty_condition c;
    toasty__test(&c, field, op);
    return c;
}
static inline toasty_condition toasty__joined(toasty_operator op, const toasty_condition *list, size_t stride)
{
    toasty_condition c;
    toasty__join(&c, op, list, stride);
    return c;
}
static inline toasty_condition toasty__negated(const toasty_condition *condition)
{
    toasty_condition c;
    toasty__not(&c, condition);
    return c;
}
static inline toasty_condition toasty__related_rows(uint16_t relation, toasty_operator quantifier,
                                                    const toasty_condition *list, size_t stride, size_t count)
{
    toasty_condition c;
    toasty__through(&c, relation, quantifier, list, stride, count);
    return c;
}

/* The same condition of fields that come `by` later: of the model of a view. */
TOASTY_API toasty_condition toasty__moved(const toasty_condition *condition, uint16_t by);

/* --- orders, changes, includes --- */
/* NULLs come first in ascending order and last in descending, unless the direction says otherwise. */
typedef enum toasty_direction {
    TOASTY_ASCENDING = 1,
    TOASTY_DESCENDING,
    TOASTY_ASCENDING_NULLS_LAST,
    TOASTY_DESCENDING_NULLS_FIRST
} toasty_direction;

typedef struct toasty_order {
    uint16_t field;    /* of the model, or of what the belongs_to refers to */
    uint8_t direction; /* toasty_direction; 0: absent */
    uint8_t through;   /* 1 + the number of the belongs_to that it goes through; 0: none */
} toasty_order;

typedef enum toasty_change_kind {
    TOASTY_CHANGE_ABSENT,
    TOASTY_CHANGE_SET,
    TOASTY_CHANGE_ADD, /* subtract: the negative value */
    TOASTY_CHANGE_SUBTRACT,
    TOASTY_CHANGE_MULTIPLY,
    TOASTY_CHANGE_EMBED, /* operand.as.bytes: the embedded struct to copy from, NULL for "none" */
    TOASTY_CHANGE_LINK,  /* belongs_to: operand.as.bytes is the record, NULL unlinks; field: the relation's
                            index */
    TOASTY_CHANGE_LIST,  /* operand.as.bytes: a toasty_changes; all of its changes */
    /* operand.as.bytes: a toasty_condition that the row must meet, or nothing is changed. The one kind that a
     * delete has too. */
    TOASTY_CHANGE_ONLY_IF,
    /* Of an upsert. operand.as.bytes: an array of changes ended by TOASTY_CHANGE_END, which are made when it
     * creates the row, or when it finds it. */
    TOASTY_CHANGE_ON_CREATE,
    TOASTY_CHANGE_ON_UPDATE,
    TOASTY_CHANGE_INCOMING, /* to what the row would have had if it had been created; no operand */
    TOASTY_CHANGE_ADD_INCOMING,
    TOASTY_CHANGE_END /* ends an array */
} toasty_change_kind;

typedef struct toasty_change {
    uint16_t field;
    uint16_t kind : 4; /* toasty_change_kind */
    uint16_t
        field_count : 12; /* EMBED: the columns of the struct are fields field … field + field_count - 1 */
    uint32_t base;        /* EMBED: offset in the record that corresponds to the start of the struct */
    toasty_value operand;
} toasty_change;

typedef struct toasty_include {
    const toasty_relation *relation; /* NULL: absent */
    const void *options;             /* of the relation's target, borrowed; NULL: none */
    uint8_t layout;                  /* toasty_layout_kind of the options */
    const struct toasty_find *find;  /* the library's own, in copies: the options as the engine reads them */
} toasty_include;

/* The options of a read, of an update or of a delete, as the engine reads them. Arrays end at their first
 * absent element or at their maximum. */
typedef struct toasty_find {
    const toasty_condition *where; /* may be NULL */
    const toasty_include *include;
    const toasty_order *order_by;
    const toasty_query *query; /* a query object, whose conditions, orders and includes are added */
    union {
        const toasty_change *set; /* with set_max */
        const char *cursor;       /* of a page: the text of a cursor that it starts at; NULL: none */
    };
    int64_t limit, offset; /* 0: none; a limit of TOASTY_NO_ROWS is one of 0 rows */
    uint16_t set_max;
    uint8_t include_max, order_max;
    union {
        bool everything; /* of a change */
        bool no_eager;   /* of a read: only what it names is included, not what the model is eager for */
    };
    uint8_t excess; /* toasty_excess: there may have been more than the struct of options has room for */
    uint8_t lock, lock_wait; /* toasty_row_lock, toasty_lock_wait */
} toasty_find;

typedef enum toasty_excess {
    TOASTY_EXCESS_NONE,
    TOASTY_EXCESS_INCLUDES,
    TOASTY_EXCESS_ORDERS,
    TOASTY_EXCESS_SETS
} toasty_excess;

/* Where the members of a generated struct of options stand, plus one; 0: it does not have the member. The
 * same for every model of a schema. */
typedef struct toasty_layout {
    uint16_t where, include, order_by, query, set, limit, offset, everything, no_eager, lock, lock_wait,
        cursor;
} toasty_layout;

/* The arrays of the structs have one place more than may be filled: one that is full may have lost what the
 * compiler only warned of. */
enum { TOASTY_MAX_INCLUDES = 8, TOASTY_MAX_ORDERS = 8, TOASTY_MAX_SETS = 16 };

/* The layouts of a schema, by the struct: UserFind, UserGet, … */
typedef enum toasty_layout_kind {
    TOASTY_LAYOUT_Find,
    TOASTY_LAYOUT_Get,
    TOASTY_LAYOUT_Many, /* of the include of a has_many: no offset, which would be one for each parent */
    TOASTY_LAYOUT_One,  /* of one that may be absent: no order and no limit */
    TOASTY_LAYOUT_Paging,
    TOASTY_LAYOUT_Match,
    TOASTY_LAYOUT_UpdateAll,
    TOASTY_LAYOUT_DeleteAll,
    TOASTY_LAYOUT_COUNT
} toasty_layout_kind;

/* The options as the engine reads them; borrows them. */
TOASTY_API toasty_find toasty__options(const toasty_layout *layout, const void *options);

/* --- requests --- */
typedef enum toasty_request_kind {
    TOASTY_REQUEST_ALL,   /* a list */
    TOASTY_REQUEST_FIRST, /* the first record, or NULL and not_found */
    TOASTY_REQUEST_GET,   /* exactly one record; not_found, too_many_rows */
    TOASTY_REQUEST_PAGE,  /* limit is the size of a page */
    TOASTY_REQUEST_COUNT,
    TOASTY_REQUEST_EXISTS,
    TOASTY_REQUEST_SCALAR, /* one value of the fields of all rows that match */
    TOASTY_REQUEST_CREATE, /* rows; a record for one row, a list when `many` */
    TOASTY_REQUEST_UPDATE, /* changes or find.set; by record, by key, or where */
    TOASTY_REQUEST_DELETE,
    TOASTY_REQUEST_UPSERT,      /* by all of the key or unique `by`: its values and changes; or one of `rows`,
                                   which is created unless its key is there: a record, or none */
    TOASTY_REQUEST_UPSERT_ARRAY /* of `rows` by the key or unique `by`: each is created or, when it is there,
                                   changed: their number */
} toasty_request_kind;

enum { TOASTY_MAX_KEYS = 4 };

/* What a scalar makes of the values of a field. X(NAME, "name") */
#define TOASTY_AGGREGATES(X)                                                                                 \
    X(SUM, "sum")                                                                                            \
    X(AVERAGE, "average")                                                                                    \
    X(MIN, "min")                                                                                            \
    X(MAX, "max")

typedef enum toasty_aggregate {
#define TOASTY_AGGREGATE_ENUM(NAME, name) TOASTY_AGGREGATE_##NAME,
    TOASTY_AGGREGATES(TOASTY_AGGREGATE_ENUM)
#undef TOASTY_AGGREGATE_ENUM
        TOASTY_AGGREGATE_COUNT
} toasty_aggregate;

typedef struct toasty_request {
    uint8_t kind;      /* toasty_request_kind */
    bool many;         /* create: the result is a list */
    bool returning;    /* update, delete: the result is the list of the rows */
    bool scan;         /* reading everything was spelled out */
    bool replaces;     /* create in a has_one: what is there makes room first */
    bool until_end;    /* create: the rows are ended by `end_`, not by row_count */
    uint8_t key_count; /* leading fields of `by` that are given: 0 to by->field_count */
    uint8_t range;  /* toasty_operator: a condition on the field of `by` after those; TOASTY_ABSENT: none */
    bool backwards; /* page: it goes back from `after` */
    uint8_t aggregate; /* scalar: toasty_aggregate */
    uint16_t field;    /* scalar: whose values */
    const toasty_model *model;
    const toasty_index *by; /* with keys: which key or index; NULL: none */
    const toasty_relation
        *relation;                /* with owner: a relation of the owner's model, whose target is `model` */
    const void *owner;            /* a record: only what belongs to it */
    void *record;                 /* update, delete: this record */
    const void *after;            /* page: the record that it starts after */
    const toasty_change *changes; /* array ended by TOASTY_CHANGE_END; NULL: find.set, or of a delete none */
    union {
        const void *rows; /* create, upsert: an array of …New */
        bool *set;        /* scalar: whether there is a value; a member of a toasty_opt of the program */
    };
    union {
        size_t row_count;
        void *value; /* scalar: the other one. A sum is an int64_t of integers and a double of reals, an
                        average a double, the rest as the field. Both are filled when all went well */
    };
    toasty_find find;
    toasty_value
        keys[TOASTY_MAX_KEYS + 1]; /* of the given fields, and then of the range; a list: any of them */
} toasty_request;

static inline bool toasty__is_upsert(const toasty_request *request)
{
    return request->kind == TOASTY_REQUEST_UPSERT || request->kind == TOASTY_REQUEST_UPSERT_ARRAY;
}
/* May it bring new rows along? */
static inline bool toasty__takes_rows(const toasty_request *request)
{
    return request->kind == TOASTY_REQUEST_CREATE || toasty__is_upsert(request);
}

/* How many of `keys` there are. */
static inline uint32_t toasty__key_values(const toasty_request *request)
{
    return request->key_count + (request->range == TOASTY_ABSENT    ? 0u
                                 : request->range == TOASTY_BETWEEN ? 2u
                                                                    : 1u);
}

/* An operation: a request to run later, in a batch or with a callback. Borrows like the call it stands for.
 */
struct toasty_op {
    void *out; /* User **, UserList **, int64_t *; may be NULL for counts. First: {0} needs no inner braces */
    toasty_request request;
};

/* --- entries: run a request. All suspend in a fiber; all set toasty_last_error() --- */
/* A record, a list or a page: one block for toasty_free; or NULL. */
TOASTY_API void *toasty__run(toasty_db *db, const toasty_request *request) TOASTY_CHECKED;
/* A count of rows; exists: 0 or 1; or -1. A write that means one row (a record, a unique key) changes 1, or
 * is not_found. */
TOASTY_API int64_t toasty__run_count(toasty_db *db, const toasty_request *request) TOASTY_CHECKED;
/* The rows of a raw statement as a list of records (toasty.h, toasty_sql): columns are found by their names.
 */
TOASTY_API void *toasty__sql_list(toasty_db *db, const toasty_model *model, const char *sql,
                                  const toasty_value *values, size_t count) TOASTY_CHECKED;
/* The same as a status. */
static inline __attribute__((nonnull)) TOASTY_CHECKED int toasty__run_status(toasty_db *db,
                                                                             const toasty_request *request)
{
    return (int)toasty__run_count(db, request);
}
/* Of one record. What they give is as above; the changes of an update end with TOASTY_CHANGE_END. */
TOASTY_API int toasty__update(toasty_db *db, const toasty_model *model, void *record,
                              const toasty_change *changes) TOASTY_CHECKED;
TOASTY_API int toasty__delete(toasty_db *db, const toasty_model *model, void *record) TOASTY_CHECKED;
TOASTY_API int toasty__delete_only_if(toasty_db *db, const toasty_model *model, void *record,
                                      const toasty_change *conditions) TOASTY_CHECKED;
/* The list of the created records; rows: `count` of the model's …New. */
TOASTY_API void *toasty__create_array(toasty_db *db, const toasty_model *model, const void *rows,
                                      size_t count) TOASTY_CHECKED;
/* The page after or before `page`, a new block; NULL with no error when there is none. */
TOASTY_API void *toasty__page_next(toasty_db *db, const void *page) TOASTY_CHECKED;
TOASTY_API void *toasty__page_previous(toasty_db *db, const void *page) TOASTY_CHECKED;
/* Loops over pages. The first one, unless it is empty; the one after `batch`, which is freed: NULL when there
 * is none or it is empty, and on an error. */
TOASTY_API void *toasty__batch(void *page);
TOASTY_API void *toasty__batch_after(toasty_db *db, void *batch);
/* The cursor of that page, in the block of this one; NULL with no error when there is none. Does not suspend.
 */
TOASTY_API const char *toasty__page_next_cursor(const void *page) TOASTY_CHECKED;
TOASTY_API const char *toasty__page_previous_cursor(const void *page) TOASTY_CHECKED;
/* The same to run later; `page` must live until then. `out` (a pointer to a pointer) becomes NULL and the
 * operation is absent when there is no such page. What is not a page is an error of the batch or of the
 * start.
 */
TOASTY_API toasty_op toasty__page_op(const toasty_model *model, void *out, const void *page,
                                     bool backwards) TOASTY_CHECKED;
/* What a to-one relation of the record points to; NULL: none, or the error not_loaded, and the misuse hook
 * was called. spelled: the record, as in the program. */
TOASTY_API void *toasty__related(const toasty_relation *relation, const void *record, const char *spelled,
                                 const char *file, int line);
/* The label of a value of the field's enum; NULL when it has none. And the value of a label, written to
 * `out`, which has the enum's size; false when there is none. */
TOASTY_API const char *toasty__label(const toasty_field *field, int64_t value);
TOASTY_API bool toasty__label_from(const toasty_field *field, const char *text, void *out) TOASTY_CHECKED;
/* A copy of one record, of its own: columns only, relations are not loaded. */
TOASTY_API void *toasty__copy(const toasty_model *model, const void *record) TOASTY_CHECKED;

/* --- owners --- */
TOASTY_API toasty_query *toasty__query_new(const toasty_model *model) TOASTY_CHECKED;
TOASTY_API toasty_query *toasty__query_clone(const toasty_query *query) TOASTY_CHECKED;
/* Each copies what it is given; 0, or -1 (out_of_memory, invalid_statement). */
TOASTY_API int toasty__query_where(toasty_query *query,
                                   const toasty_condition *condition) TOASTY_CHECKED; /* and */
TOASTY_API int toasty__query_or_where(toasty_query *query, const toasty_condition *condition)
    TOASTY_CHECKED; /* (all so far) or this */
TOASTY_API int toasty__query_order_by(toasty_query *query, toasty_order order) TOASTY_CHECKED;
TOASTY_API int toasty__query_include(toasty_query *query, toasty_include include) TOASTY_CHECKED;
TOASTY_API int toasty__query_limit(toasty_query *query, int64_t limit) TOASTY_CHECKED;
TOASTY_API int toasty__query_offset(toasty_query *query, int64_t offset) TOASTY_CHECKED;
TOASTY_API void toasty__query_clear_where(toasty_query *query);
TOASTY_API void toasty__query_clear_order(toasty_query *query);

TOASTY_API toasty_changes *toasty__changes_new(const toasty_model *model) TOASTY_CHECKED;
TOASTY_API int toasty__changes_add(toasty_changes *changes, const toasty_change *change) TOASTY_CHECKED;

/* A draft: an owned, growing …New. `…_draft_row` gives the New struct to read; set copies the fields of `row`
 * that are given. */
TOASTY_API toasty_draft *toasty__draft_new(const toasty_model *model) TOASTY_CHECKED;
TOASTY_API int toasty__draft_set(toasty_draft *draft, const void *row) TOASTY_CHECKED;
/* One field, whatever its value: also a 0, false or the first label, which `set` takes for not given. */
TOASTY_API int toasty__draft_field(toasty_draft *draft, uint16_t field, toasty_value value) TOASTY_CHECKED;
/* Appends children to a has_many, or replaces a has_one or the `new_…` of a belongs_to. */
TOASTY_API int toasty__draft_add(toasty_draft *draft, const toasty_relation *relation,
                                 const void *rows) TOASTY_CHECKED;
TOASTY_API const void *toasty__draft_row(const toasty_draft *draft);

#ifdef __cplusplus
}
#endif
#endif
