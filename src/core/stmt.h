/* The statement that the engine lowers a request to: a tree over tables and columns, with parameters instead
 * of values.
 *
 * Nodes are tagged, live in an arena and are never changed after they were made. A column names the source
 * that it is of and its field's number there. A parameter is named by its number in the whole statement; what
 * it is bound to, the plan knows. Relations that are included are not part of a statement: they are other
 * statements of the same plan. How a tree is walked and shown is in stmt.c and stmt_dump.c. */
#ifndef TOASTY_CORE_STMT_H
#define TOASTY_CORE_STMT_H

#include <toasty/driver/driver.h>
#include <toasty/toasty.h>

struct toasty__buffer;

enum { TOASTY__MANY = UINT8_MAX };

/* X(NAME, "name", least, most): how many items a node has. */
#define TOASTY__EXPRS(X)                                                                                     \
    X(COLUMN, "column", 0, 0)       /* source, field */                                                      \
    X(INCOMING, "incoming", 0, 0)   /* field: what an insert brought; where `conflict` assigns */            \
    X(CREATED, "created", 0, 0)     /* an item of an insert with a `conflict`: it made the row */            \
    X(PARAMETER, "parameter", 0, 0) /* parameter */                                                          \
    X(RAW, "raw", 0, TOASTY__MANY)  /* texts: before each item, and after the last */                        \
    X(TRUE, "true", 0, 0)                                                                                    \
    X(FALSE, "false", 0, 0)                                                                                  \
    X(AND, "and", 0, TOASTY__MANY)                                                                           \
    X(OR, "or", 0, TOASTY__MANY)                                                                             \
    X(NOT, "not", 1, 1)                                                                                      \
    X(EQ, "=", 2, 2)                                                                                         \
    X(NE, "<>", 2, 2) /* three-valued, as SQL has it */                                                      \
    X(LT, "<", 2, 2)                                                                                         \
    X(LE, "<=", 2, 2)                                                                                        \
    X(GT, ">", 2, 2)                                                                                         \
    X(GE, ">=", 2, 2)                                                                                        \
    X(IS_NULL, "is null", 1, 1)                                                                              \
    X(IS_NOT_NULL, "is not null", 1, 1)                                                                      \
    X(IS_NOT_TRUE, "is not true", 1, 1) /* of a condition: false, or NULL */                                 \
    X(IN, "in", 2, 2)                   /* a column, then a list parameter or a SELECT */                    \
    X(NOT_IN, "not in", 2, 2)                                                                                \
    X(TUPLE_IN, "tuple in", 2, TOASTY__MANY) /* columns, then as many list parameters of equal length: pairs \
                                                side by side; or one SELECT */                               \
    X(LIKE, "like", 2, 2)                    /* escape \ */                                                  \
    X(ILIKE, "ilike", 2, 2)                                                                                  \
    X(CONTAINS, "contains", 2, 2) /* the first has the second in it */                                       \
    X(STARTS_WITH, "starts with", 2, 2)                                                                      \
    X(ENDS_WITH, "ends with", 2, 2)                                                                          \
    X(ADD, "+", 2, 2)                                                                                        \
    X(SUBTRACT, "-", 2, 2)                                                                                   \
    X(MULTIPLY, "*", 2, 2)                                                                                   \
    X(CUT, "cut to", 1, 1)           /* of a time; unit, type */                                             \
    X(CALL, "call", 0, TOASTY__MANY) /* function; as many items as that takes */                             \
    X(EXISTS, "exists", 0, 0)        /* select */                                                            \
    X(SELECT, "value of", 0, 0)      /* select: its one value, or the list of an IN */

typedef enum toasty__expr_tag {
#define TOASTY__EXPR_ENUM(NAME, name, least, most) TOASTY__EXPR_##NAME,
    TOASTY__EXPRS(TOASTY__EXPR_ENUM)
#undef TOASTY__EXPR_ENUM
        TOASTY__EXPR_COUNT
} toasty__expr_tag;

/* X(NAME, "name", least, most). A dialect that calls one otherwise says so. */
#define TOASTY__FUNCTIONS(X)                                                                                 \
    X(COUNT, "count", 0, 1) /* of nothing: rows; else values that are not NULL */                            \
    X(COUNT_DISTINCT, "count distinct", 1, 1)                                                                \
    X(SUM, "sum", 1, 1)     /* of integers: exact; an error where it does not fit 64 bits */                 \
    X(AVERAGE, "avg", 1, 1) /* of integers: their exact sum as a double, divided */                          \
    X(SUM_REALS, "sum", 1, 1)                                                                                \
    X(AVERAGE_REALS, "avg", 1, 1)                                                                            \
    X(MIN, "min", 1, 1)                                                                                      \
    X(MAX, "max", 1, 1)                                                                                      \
    X(LENGTH, "length", 1, 1) /* of a text, in characters */                                                 \
    X(LOWER, "lower", 1, 1)                                                                                  \
    X(UPPER, "upper", 1, 1)                                                                                  \
    X(POSITION, "instr", 2, 2) /* where the second text begins in the first; 0: nowhere */                   \
    X(COALESCE, "coalesce", 1, TOASTY__MANY)

typedef enum toasty__function {
#define TOASTY__FUNCTION_ENUM(NAME, name, least, most) TOASTY__FUNCTION_##NAME,
    TOASTY__FUNCTIONS(TOASTY__FUNCTION_ENUM)
#undef TOASTY__FUNCTION_ENUM
        TOASTY__FUNCTION_COUNT_
} toasty__function;

typedef struct toasty__expr {
    uint8_t tag; /* toasty__expr_tag */
    union {
        uint8_t function; /* CALL */
        uint8_t unit;     /* CUT: toasty_unit */
    };
    uint16_t field;     /* COLUMN: of the source's model, or number of its item or list; INCOMING */
    uint32_t parameter; /* PARAMETER */
    uint32_t count;
    struct toasty__expr *const *items;
    union {
        const struct toasty__source *source; /* COLUMN */
        const struct toasty__stmt *select;   /* EXISTS, SELECT */
        const char *const *texts;            /* RAW */
        uint8_t type;                        /* CUT: toasty_type */
    };
} toasty__expr;

/* --- sources --- */

typedef enum toasty__join_kind {
    TOASTY__JOIN_INNER,
    TOASTY__JOIN_LEFT,
    TOASTY__JOIN_CROSS
} toasty__join_kind;

/* What rows are read from. Of model, select and lists one is set. */
typedef struct toasty__source {
    const toasty_model *model;         /* its table */
    const struct toasty__stmt *select; /* its columns are its items */
    toasty__expr *const *lists;        /* list parameters of equal length, side by side: a column each */
    uint32_t list_count;
    uint8_t join;     /* toasty__join_kind: to those before it; the first is not joined */
    uint16_t number;  /* unique in the whole statement, and then its name there; 0: the only
                         table, and its columns need no more than their names */
    bool target;      /* of a change, which gives it no name: what reads beside it names its table */
    bool qualified;   /* its columns are named with its table, since others are read beside it */
    toasty__expr *on; /* unless it is the first or crossed */
    struct toasty__source *next;
} toasty__source;

/* --- statements --- */

/* What a select answers, and what comes back from a change. */
typedef struct toasty__item {
    toasty__expr *value;
    const toasty_field *fills; /* the member of the struct that it goes into; NULL inside of a statement */
} toasty__item;

typedef struct toasty__order {
    toasty__expr *value;
    bool descending;
    bool nulls_turned; /* NULLs are last in ascending order, first in descending; else the other way round */
} toasty__order;

static inline bool toasty__nulls_come_first(bool descending, bool nulls_turned)
{
    return descending == nulls_turned;
}

typedef struct toasty__assignment {
    uint16_t field;
    toasty__expr *value;
} toasty__assignment;

/* What an insert does instead of failing when the index has the row's values already. */
typedef struct toasty__conflict {
    const toasty_index *index;
    const toasty__assignment *assignments; /* none: it leaves the row alone */
    uint16_t assignment_count;
} toasty__conflict;

/* X(NAME, "name") */
#define TOASTY__STMTS(X)                                                                                     \
    X(SELECT, "select")                                                                                      \
    X(INSERT, "insert")                                                                                      \
    X(UPDATE, "update")                                                                                      \
    X(DELETE, "delete")                                                                                      \
    X(DRAW, "draw") /* keys, as many as a parameter says, of the sequence of the one column that comes back  \
                     */

typedef enum toasty__stmt_tag {
#define TOASTY__STMT_ENUM(NAME, name) TOASTY__STMT_##NAME,
    TOASTY__STMTS(TOASTY__STMT_ENUM)
#undef TOASTY__STMT_ENUM
} toasty__stmt_tag;

#define TOASTY__NO_PARAMETER UINT32_MAX

typedef struct toasty__stmt {
    uint8_t tag;               /* toasty__stmt_tag */
    const toasty_model *model; /* what it is about: for a change its target, for a select its first table */
    const toasty__source
        *from; /* the first one. A change has one, which is its target; a select perhaps none */
    const toasty_parameter
        *parameters; /* of the whole statement; a select inside of one has none of its own */
    uint32_t parameter_count;
    const toasty__item *items; /* none: the rows of a select are only counted, and a change gives none back */
    uint16_t item_count;
    toasty__expr *where; /* select, update, delete; NULL: all rows. Insert of one row: only if this is true */

    struct {
        bool distinct;
        toasty__expr *const *group;
        uint16_t group_count;
        toasty__expr *having;
        const toasty__order *orders;
        uint16_t order_count;
        uint32_t limit, offset; /* parameters, or TOASTY__NO_PARAMETER */
        /* At most `each` (a parameter) rows of each set of rows with equal `partition`, in the order of the
         * statement. */
        toasty__expr *const *partition;
        uint16_t partition_count;
        uint32_t each;
        uint8_t lock, lock_wait; /* toasty_row_lock, toasty_lock_wait */
    } select;
    struct {
        const uint16_t *fields; /* the columns that are given; their parameters come first */
        uint16_t field_count;
        uint32_t row_count; /* 0: bulk_columns: one array parameter a field, any number of rows, and rows come
                               back in input order; else that number of rows of parameters */
        const toasty__conflict *conflict; /* NULL: it fails */
    } insert;
    struct {
        const toasty__assignment *assignments;
        uint16_t assignment_count;
    } update;
} toasty__stmt;

/* --- what is known of nodes (stmt.c) --- */

const char *toasty__expr_name(toasty__expr_tag tag);
const char *toasty__function_name(toasty__function function);
const char *toasty__unit_name(uint8_t unit);
/* Does a node have as many items as its tag, or its function, takes? */
bool toasty__arity_holds(const toasty__expr *expr);
/* May its value be NULL? True where that is not known. */
bool toasty__may_be_null(const toasty__expr *expr);
/* Is it made of all rows of a group? */
bool toasty__is_aggregate(const toasty__expr *expr);
/* Is it true or false (or NULL), and not a value of a column? */
bool toasty__is_condition(const toasty__expr *expr);

/* --- walking a tree (stmt.c) --- */

/* Where a node stands in what is above it. X(NAME, "name") */
#define TOASTY__ROLES(X)                                                                                     \
    X(ROOT, "")                                                                                              \
    X(SOURCE, "from")                                                                                        \
    X(ON, "on")                                                                                              \
    X(ITEM, "item")                                                                                          \
    X(SET, "set")                                                                                            \
    X(CONFLICT, "conflict set")                                                                              \
    X(WHERE, "where")                                                                                        \
    X(GROUP, "group by")                                                                                     \
    X(HAVING, "having")                                                                                      \
    X(PARTITION, "of each")                                                                                  \
    X(ORDER, "order by")                                                                                     \
    X(OPERAND, "")

typedef enum toasty__role {
#define TOASTY__ROLE_ENUM(NAME, name) TOASTY__ROLE_##NAME,
    TOASTY__ROLES(TOASTY__ROLE_ENUM)
#undef TOASTY__ROLE_ENUM
} toasty__role;

/* One of the three is set. */
typedef struct toasty__visited {
    const toasty__expr *expr;
    const toasty__stmt *stmt;
    const toasty__source *source;
    const toasty__order *order; /* ORDER: how */
    uint16_t field;             /* SET, CONFLICT: which is assigned */
    uint8_t role;               /* toasty__role */
    uint32_t depth;
} toasty__visited;

typedef enum toasty__visit_next {
    TOASTY__VISIT_CONTINUE, /* with what is below the node */
    TOASTY__VISIT_SKIP,     /* with what comes after it */
    TOASTY__VISIT_STOP
} toasty__visit_next;

typedef toasty__visit_next (*toasty__see)(const toasty__visited *visited, void *arg);

/* Shows `see` each node of a tree once, those above before those below, in the order of the text. However
 * deep it is, the stack is not. 1 when it was stopped, else 0; -1 when out of memory. NULL has no nodes. */
int toasty__visit_stmt(const toasty__stmt *stmt, toasty__see see, void *arg);
int toasty__visit_expr(const toasty__expr *expr, toasty__see see, void *arg);

/* The tree as text, a line for each part of a statement, for tests and for people. What fails is seen in the
 * buffer. */
void toasty__dump_stmt(const toasty__stmt *stmt, struct toasty__buffer *out);

#endif
