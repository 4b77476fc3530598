/* What the writers of SQL share: the text in the making, and the table of what differs between dialects.
 *
 * Nothing here reports an error: a full heap is seen in the buffer at the end, and what a dialect cannot say
 * at all is noted in `unsupported`. */
#ifndef TOASTY_SQL_WRITER_H
#define TOASTY_SQL_WRITER_H

#include "base/arena.h"
#include "sql/dialect.h"

typedef struct toasty__sql_writer toasty__sql_writer;

/* The differences of statements. Those of schemas are in ddl.h. Words bring the spaces around them. */
struct toasty__sql_rules {
    const char *target; /* for messages */
    char quote;         /* around names, doubled in them */
    /* What stands before a parameter's number, "$"; NULL: a placeholder is a ? without one, and the values
     * are given in the order of the text. */
    const char *numbered;
    bool one_parameter_a_list; /* else a list takes list_size placeholders, or one for all items */
    const char *backslash;     /* the text that is one */
    /* Names of functions, or a text with a % for the argument wherever it stands; NULL: as most call it. */
    const char *functions[TOASTY__FUNCTION_COUNT_];
    /* A time cut to a unit, by toasty_type: % is the argument, @ the unit's name, # how much of its text is
     * kept, and & a text of the rest. */
    const char *cuts[TOASTY_TYPE_COUNT];
    const char *automatic; /* the value of a key that the database counts up */
    const char *empty_row; /* an insert of one row of which nothing is given; NULL: of that value */
    const char *no_limit;  /* what stands before OFFSET where a limit must; "" elsewhere */
    const char *ilike;     /* the operator; NULL: there is none */
    /* Functions of two numbers and the bits of what keeps their sum, or their product, which refuse one
     * beyond the range of reals; NULL: the database refuses it by itself. */
    const char *real_sum, *real_product;
    bool nulls_are_largest;
    bool says_nulls; /* an order says where NULLs go; else it is one by `IS NULL` before the other */
    const char *before_truth, *after_truth; /* around a condition that is answered, as an integer */
    bool returns_rows;                      /* a change can */
    const char *before_incoming, *after_incoming;
    const char
        *incoming_row; /* gives what an insert brings a name, where that is not a word of the database */
    void (*conflict)(toasty__sql_writer *w); /* of an insert; NULL: it can only fail */
    const char *created;                     /* of the row that such an insert gives back: it made it */
    const char *locks[TOASTY_FOR_SHARE + 1], *lock_waits[TOASTY_SKIP_LOCKED + 1];
    /* column IN list, column NOT IN list. */
    void (*in)(toasty__sql_writer *w, const toasty__expr *expr);
    void (*tuple_in)(toasty__sql_writer *w, const toasty__expr *expr);
    /* A select of the items of lists side by side, each named TOASTY__SQL_ITEM. */
    void (*lists)(toasty__sql_writer *w, toasty__expr *const *lists, uint32_t count);
    bool joins_lists; /* a change joins a list of any length, since as a condition it reads every row */
    bool changes_joins; /* …and is one of a join itself: DELETE t FROM t JOIN (…), UPDATE t JOIN (…) SET */
    /* An insert of any number of rows, one list a column; NULL: there is none. */
    void (*insert_lists)(toasty__sql_writer *w);
    /* Keys of a sequence; NULL: there is none that can be drawn. */
    void (*draw)(toasty__sql_writer *w);
    /* Of transactions, by toasty_lock_mode and toasty_isolation; what only reads has no lock unless it says
     * so. */
    const char *lock_modes[4], *isolations[4], *read_only;
    const char *release, *rollback_to; /* before the name of a savepoint */
    /* What stands before a statement that is explained, one that reads and one that writes; NULL: nothing
     * does. */
    const char *explain[2], *analyze[2];
    /* The same for one whose plan may show no value, where rows that are read for a plan are shown in it;
     * NULL: no plan shows any. */
    const char *explain_discreetly;
    bool explains_by_nodes; /* rows are nodes of a tree: id, parent, …, what is done */
};

struct toasty__sql_writer {
    toasty__buffer *out;
    const toasty__sql_rules *rules; /* NULL in a schema */
    char quote;                     /* around names */
    const char *prefix;             /* of names of tables and types */
    const toasty__stmt *stmt;       /* NULL in a schema */
    const toasty__expr *joined; /* of a change that is one of a join: its key in those that are selected */
    const char *unsupported;    /* what the dialect cannot say */
    toasty__arena scratch;      /* for the writing of expressions */
    /* Placeholders without a number: the values in the order of the text. */
    toasty_place *places;
    size_t place_count, place_capacity;
};

/* The name that stands for a row's place among its fellows; a column of the user's has no space in it. */
#define TOASTY__SQL_ROW_NUMBER "row number"
/* The names of what has none of its own: of an item of a select, of a list's items. */
#define TOASTY__SQL_ITEM "item %u"

void toasty__sql_text(toasty__sql_writer *w, const char *text);
/* "name", with the quotes in it doubled. */
void toasty__sql_name(toasty__sql_writer *w, const char *name);
/* A name with a number in it: "t%u". */
void toasty__sql_named(toasty__sql_writer *w, const char *format, uint32_t number);
/* 'text': only for what the schema says, never for a value of the user's. */
void toasty__sql_literal(toasty__sql_writer *w, const char *text);
/* The table of a model, or another name with the prefix. */
void toasty__sql_prefixed(toasty__sql_writer *w, const char *name);
/* A column of the statement's target, without more than its name. */
void toasty__sql_field(toasty__sql_writer *w, uint16_t field);
/* "a", "b" */
void toasty__sql_fields(toasty__sql_writer *w, const uint16_t *fields, size_t count);
/* A column of a source, as clear as it must be. */
void toasty__sql_column(toasty__sql_writer *w, const toasty__expr *column);
/* What an insert brought for a field. */
void toasty__sql_incoming(toasty__sql_writer *w, uint16_t field);
/* Parameter of that index in the statement; of a list, its placeholder number `item`. */
void toasty__sql_parameter(toasty__sql_writer *w, uint32_t parameter, uint32_t item);
/* A value of an insert's rows. */
void toasty__sql_cell(toasty__sql_writer *w, uint32_t row, uint32_t column);
/* "a", "b" of the columns at the head of a `tuple in`. */
void toasty__sql_tuple(toasty__sql_writer *w, const toasty__expr *expr);

void toasty__sql_expr(toasty__sql_writer *w, const toasty__expr *expr);
/* `field` = value, `field` = value */
void toasty__sql_assignments(toasty__sql_writer *w, const toasty__assignment *assignments, size_t count);

/* select.c: the name of a source; of what a select inside of another answers. */
void toasty__sql_source_name(toasty__sql_writer *w, const toasty__source *source);
void toasty__sql_item_name(toasty__sql_writer *w, const toasty__stmt *select, uint32_t item);

/* join_list.c: a change of the rows in a list of any length, or by a condition that reads its table, as one
 * of those that were found by a select; other statements as they are. NULL when out of memory. It lives as
 * long as the writer's scratch. */
const toasty__stmt *toasty__sql_join_list(toasty__sql_writer *w, const toasty__stmt *change);

/* The ON CONFLICT of those who have it. */
void toasty__sql_on_conflict(toasty__sql_writer *w);

#endif
