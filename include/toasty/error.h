/* Errors: the kinds a caller branches on, and the one error that each fiber (or thread) holds.
 *
 * A public call returns its result, or NULL or -1 on failure; toasty_last_error() then says why. Every call
 * clears the error on entry; cleanup (toasty_free, toasty_auto, a rollback at the end of a scope) never
 * touches it. Nothing here allocates, so out of memory is reported like any other error. */
#ifndef TOASTY_ERROR_H
#define TOASTY_ERROR_H
#pragma GCC system_header /* only declares: messages are about the program */

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Public functions are the only symbols that leave the library. */
#define TOASTY_API __attribute__((visibility("default")))

/* On every function that can fail: who drops its result is warned, and with the guards refused. */
#define TOASTY_CHECKED __attribute__((warn_unused_result))
/* Says that the result of a call does not matter here: toasty_ignore(toasty_rollback(transaction)); */
#define toasty_ignore(call) ((void)!(call))

/* One list: the enum, toasty_code_name() and the documentation come from it.  X(NAME, "name", "when") */
#define TOASTY_ERROR_CODES(X)                                                                                \
    X(OK, "ok", "nothing failed")                                                                            \
    X(NOT_FOUND, "not_found", "no row has that key")                                                         \
    X(TOO_MANY_ROWS, "too_many_rows", "exactly one row was asked for and more matched")                      \
    X(CONDITION_FAILED, "condition_failed", "the row is not in the state that the call requires")            \
    X(UNIQUE_VIOLATION, "unique_violation", "another row has that key or unique value")                      \
    X(FOREIGN_KEY_VIOLATION, "foreign_key_violation",                                                        \
      "a reference points to a row that does not exist, or other rows still refer to the row")               \
    X(NOT_NULL_VIOLATION, "not_null_violation", "a required column was left out or set to NULL")             \
    X(CHECK_VIOLATION, "check_violation",                                                                    \
      "a value violates a check of the table: one that someone added, or that keeps a struct whole")         \
    X(SERIALIZATION_FAILURE, "serialization_failure",                                                        \
      "concurrent transactions conflicted; run the transaction again")                                       \
    X(LOCK_TIMEOUT, "lock_timeout", "a lock was not granted in time")                                        \
    X(TRANSACTION_FAILED, "transaction_failed",                                                              \
      "an earlier statement failed; all that is left is to roll back")                                       \
    X(NESTED_TRANSACTION, "nested_transaction",                                                              \
      "the handle has an open transaction; use that one, or end it first")                                   \
    X(OUTCOME_UNKNOWN, "outcome_unknown", "the answer to a change was lost: it may have been made, or not")  \
    X(CONNECTION_FAILED, "connection_failed", "a connection could not be established")                       \
    X(CONNECTION_LOST, "connection_lost", "the connection broke during a call that had no effect")           \
    X(POOL_TIMEOUT, "pool_timeout", "no connection became available in time")                                \
    X(TIMEOUT, "timeout", "the deadline of the call passed")                                                 \
    X(CANCELLED, "cancelled", "the fiber or the operation was cancelled")                                    \
    X(WOULD_DEADLOCK, "would_deadlock",                                                                      \
      "the call would wait for something that only its own fiber or thread can do")                          \
    X(CLOSED, "closed", "the handle is closed, or its transaction has ended")                                \
    X(NOT_LOADED, "not_loaded", "a relation was used that the call did not include")                         \
    X(UNSUPPORTED, "unsupported", "the target database does not support this")                               \
    X(INVALID_ARGUMENT, "invalid_argument", "an argument is not valid")                                      \
    X(INVALID_STATEMENT, "invalid_statement", "a query or change is not valid; nothing was sent")            \
    X(MISSING_FIELD, "missing_field", "a new row lacks a required field; nothing was sent")                  \
    X(VALIDATION_FAILED, "validation_failed",                                                                \
      "a value is not as a rule of its model asks; nothing was changed, see details")                        \
    X(INVALID_VALUE, "invalid_value", "a value is one that the column or the field cannot hold")             \
    X(INVALID_CURSOR, "invalid_cursor",                                                                      \
      "the text is not a cursor of this query, or it was altered, or its key is gone")                       \
    X(INVALID_SCHEMA, "invalid_schema", "the tables differ from what the models describe")                   \
    X(INVALID_URL, "invalid_url", "the URL of the database cannot be used")                                  \
    X(DISK_FULL, "disk_full", "the database has run out of space")                                           \
    X(OUT_OF_MEMORY, "out_of_memory", "an allocation failed")                                                \
    X(DATABASE_ERROR, "database_error", "the database reported another error; see server_code and message")

typedef enum toasty_code {
#define TOASTY_CODE_ENUM(NAME, name, when) TOASTY_##NAME,
    TOASTY_ERROR_CODES(TOASTY_CODE_ENUM)
#undef TOASTY_CODE_ENUM
} toasty_code;

/* Text is cut to fit, on a UTF-8 boundary; a field that does not apply is "". */
typedef struct toasty_error {
    toasty_code code;
    char message[512];    /* one line: what is wrong and what to do about it; never a value of a row */
    char server_code[16]; /* the server's own code: a SQLSTATE ("23505"), SQLite's extended code ("2067") */
    char constraint[64];  /* the violated constraint or index, where the database names it */
    char table[64];
    char field[64]; /* the field of the model, as "email" or "address.city" */
    /* validation_failed and missing_field: all that was found wrong, in all rows of the call, as JSON (RFC
     * 8259): [{"model":"User","row":0,"field":"name","rule":"max_length"}, …]. The row is its place among
     * those of its model that the call creates, counted from 0; what is missing has the rule "required".
     * What does not fit is counted at the end: {"more":3}. invalid_schema of a push: a list of texts, each
     * what differs and what to do. */
    char details[1024];
} toasty_error;

/* What a function of the program has found wrong with a record: see `validate` of toasty_model. Such a
 * function runs within the call that writes, before anything is sent, on its fiber or thread or, for
 * toasty_start, on the thread of the loop. It borrows the record, and neither suspends nor goes to the
 * database. */
typedef struct toasty_errors toasty_errors;

/* Notes that a field breaks a rule, both in words of the program's own: toasty_errors_add(errors, "ends_at",
 * "after_begin"). They are copied into message and details of the call, which fails with validation_failed.
 * NULL is "". Does not suspend. */
TOASTY_API void toasty_errors_add(toasty_errors *errors, const char *field, const char *rule);

/* The error of the last call in this fiber (or thread). Never NULL; code is TOASTY_OK when the last call
 * worked. It lives until the next call of the same fiber or thread. Does not suspend. */
TOASTY_API const toasty_error *toasty_last_error(void);

/* True when the last call of this fiber (or thread) failed: what to ask after a loop over pages. */
TOASTY_API bool toasty_failed(void);

/* The name of a code: "unique_violation". A static string; "unknown" for a number that is not a code. */
TOASTY_API const char *toasty_code_name(toasty_code code);

#ifdef __cplusplus
}
#endif
#endif
