/* What the writers of SQL share: the text in the making, and the table of what differs between dialects.
 *
 * Nothing here reports an error: a full heap is seen in the buffer at the end, and what a dialect cannot say
 * at all is noted in `unsupported`. */
#ifndef TOASTY_SQL_WRITER_H
#define TOASTY_SQL_WRITER_H

#include "base/arena.h"
#include "sql/dialect.h"

typedef struct toasty__sql_writer toasty__sql_writer;

/* The differences of statements. Those of schemas are in ddl.h. */
typedef struct toasty__sql_rules {
    const char *target;        /* for messages */
    const char *parameter;     /* what stands before a parameter's number */
    const char *position;      /* function: where the second text begins in the first; 0 nowhere */
    const char *automatic;     /* the value of a key that the database counts up */
    const char *no_limit;      /* what stands before OFFSET where a limit must; "" elsewhere */
    const char *ilike;         /* the operator; NULL: the dialect has none */
    bool one_parameter_a_list; /* else a list takes list_size numbers, or one for JSON */
    bool nulls_are_largest;    /* orders of nullable columns say where NULLs go */
    /* column IN list, column NOT IN list. */
    void (*in)(toasty__sql_writer *w, const toasty__expr *expr);
    void (*tuple_in)(toasty__sql_writer *w, const toasty__expr *expr);
    /* An insert of any number of rows, one list a column; NULL: the dialect has none. */
    void (*insert_lists)(toasty__sql_writer *w);
    /* Keys of a sequence; NULL: the dialect has none that can be drawn. */
    void (*draw)(toasty__sql_writer *w);
} toasty__sql_rules;

struct toasty__sql_writer {
    toasty__buffer *out;
    const toasty__sql_rules *rules;
    const char *prefix;       /* of names of tables and types */
    const toasty__stmt *stmt; /* NULL in a schema */
    const char *unsupported;  /* what the dialect cannot say */
    toasty__arena scratch;    /* for the writing of expressions */
};

/* The name that stands for a row's place among its fellows; a column of the user's has no space in it. */
#define TOASTY__SQL_ROW_NUMBER "\"row number\""

void toasty__sql_text(toasty__sql_writer *w, const char *text);
/* "name", with the quotes in it doubled. */
void toasty__sql_name(toasty__sql_writer *w, const char *name);
/* 'text': only for what the schema says, never for a value of the user's. */
void toasty__sql_literal(toasty__sql_writer *w, const char *text);
/* The table of a model, or another name with the prefix. */
void toasty__sql_prefixed(toasty__sql_writer *w, const char *name);
void toasty__sql_column(toasty__sql_writer *w, uint16_t field);
/* "a", "b" */
void toasty__sql_columns(toasty__sql_writer *w, const uint16_t *fields, size_t count);
/* Parameter of that index in the statement; of a list, its placeholder number `item`. */
void toasty__sql_parameter(toasty__sql_writer *w, uint32_t parameter, uint32_t item);
/* "a", "b" of the columns at the head of a `tuple in`. */
void toasty__sql_tuple(toasty__sql_writer *w, const toasty__expr *expr);

void toasty__sql_expr(toasty__sql_writer *w, const toasty__expr *expr);

/* The whole statement; -1 with err. What a dialect's `statement` calls. */
int toasty__sql_statement(const toasty__sql_rules *rules, const toasty__stmt *stmt, const char *prefix,
                          toasty__buffer *out, toasty_error *err);

#endif
