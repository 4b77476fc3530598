/* What the server complains of, and libpq while it connects, as toasty_error.
 *
 * The code comes from the SQLSTATE. The message is the server's primary one, never its detail, which quotes
 * rows; complaints about values (class 22) quote them even there and are told in words of ours. */
#include "postgresql.h"

#include "base/error.h"
#include "base/utf8.h"
#include "driver/blame.h"

#include <stdio.h>

/* The first that a SQLSTATE begins with. */
static const struct {
    const char *state;
    toasty_code code;
    const char *hint;
} codes[] = {
    {"23505", TOASTY_UNIQUE_VIOLATION, NULL},
    {"23P01", TOASTY_UNIQUE_VIOLATION, NULL},
    {"23503", TOASTY_FOREIGN_KEY_VIOLATION, NULL},
    {"23001", TOASTY_FOREIGN_KEY_VIOLATION, NULL},
    {"23502", TOASTY_NOT_NULL_VIOLATION, NULL},
    {"23514", TOASTY_CHECK_VIOLATION, NULL},
    {"40001", TOASTY_SERIALIZATION_FAILURE, "run the transaction again"},
    {"40P01", TOASTY_SERIALIZATION_FAILURE, "run the transaction again"},
    {"55P03", TOASTY_LOCK_TIMEOUT, NULL},
    {"25P02", TOASTY_TRANSACTION_FAILED, "all that is left is to roll back"},
    {"57014", TOASTY_CANCELLED, NULL},
    {"53100", TOASTY_DISK_FULL, NULL},
    {"53200", TOASTY_OUT_OF_MEMORY, "the server ran out of memory"},
    {"53300", TOASTY_CONNECTION_FAILED, "the server has reached its limit of connections"},
    {"57P", TOASTY_CONNECTION_LOST, NULL},
    {"25P03", TOASTY_CONNECTION_LOST, NULL},
    {"08", TOASTY_CONNECTION_LOST, NULL},
    {"28", TOASTY_CONNECTION_FAILED, NULL},
    {"3D000", TOASTY_CONNECTION_FAILED, NULL},
    {"22", TOASTY_INVALID_VALUE, NULL},
    {"42P01", TOASTY_DATABASE_ERROR, TOASTY__HINT_MISSING},
    {"42703", TOASTY_DATABASE_ERROR, TOASTY__HINT_TABLES},
    {"42704", TOASTY_DATABASE_ERROR, TOASTY__HINT_MISSING},
    {"0A000", TOASTY_UNSUPPORTED, NULL},
    {"42501", TOASTY_DATABASE_ERROR, TOASTY__HINT_NOT_ALLOWED},
};

static const struct {
    const char *state, *message;
} value_messages[] = {
    {"22001", "a text is too long for its column"},
    {"22003", "a number is out of the range of its column"},
    {"22008", "a time is out of the range of its column"},
    {"22012", "division by zero"},
    {"22021", "a text is not in the encoding of the database"},
    {"22P02", "a text that is not a value of the type it is meant for"},
    {"22", "a value that the database does not accept"},
};

static bool begins(const char *state, const char *with)
{
    return !strncmp(state, with, strlen(with));
}

static const char *value_message(const char *state)
{
    size_t i = 0;
    while (!begins(state, value_messages[i].state))
        i++;
    return value_messages[i].message;
}

/* --- complaints --- */

static const char **place_of(pg_complaint *complaint, char field)
{
    switch (field) {
    case 'V': /* as 'S', and in no language; it comes later */
    case 'S':
        return &complaint->severity;
    case 'C':
        return &complaint->state;
    case 'M':
        return &complaint->message;
    case 't':
        return &complaint->table;
    case 'c':
        return &complaint->column;
    case 'n':
        return &complaint->constraint;
    default:
        return NULL;
    }
}

bool toasty__pg_complaint_read(pg_complaint *complaint, const pg_message *message)
{
    const char *at = message->body, *end = at + message->length;
    *complaint = (pg_complaint){.severity = "", .state = "", .message = "no message"};
    while (at < end && *at) {
        const char *text = at + 1, *text_end = memchr(text, '\0', (size_t)(end - text));
        const char **place = place_of(complaint, *at);
        if (!text_end)
            return false;
        if (place)
            *place = text;
        at = text_end + 1;
    }
    return at + 1 == end;
}

void toasty__pg_error_of_complaint(const pg_complaint *complaint, const toasty_operation *operation,
                                   toasty_error *err)
{
    const char *state = complaint->state, *message = complaint->message, *hint = NULL;
    toasty_code code = TOASTY_DATABASE_ERROR;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (begins(state, codes[i].state)) {
            code = codes[i].code;
            hint = codes[i].hint;
            break;
        }
    /* Code of the user's may raise whatever it likes: only who says goodbye has gone. */
    if ((code == TOASTY_CONNECTION_LOST || code == TOASTY_CONNECTION_FAILED) &&
        !toasty__pg_is_fatal(complaint)) {
        code = TOASTY_DATABASE_ERROR;
        hint = NULL;
    }
    /* Values that are bound: what else is said of the protocol says goodbye as well. */
    if (!strcmp(state, "08P01") && code == TOASTY_DATABASE_ERROR && operation && operation->statement &&
        operation->statement->foreign)
        code = TOASTY_INVALID_STATEMENT;
    if (code == TOASTY_CANCELLED && strstr(message, "statement timeout"))
        code = TOASTY_TIMEOUT;
    if (begins(state, "22"))
        message = value_message(state);
    toasty__fail(err, code, "%s%s%s", message, hint ? "; " : "", hint ? hint : "");
    toasty__error_set(err, server_code, state);
    const toasty_statement *statement = operation ? operation->statement : NULL;
    if (!strcmp(state, "22003"))
        toasty__blame_sum(statement, err);
    else
        toasty__blame(statement, &(toasty__named){complaint->table, complaint->column, complaint->constraint},
                      err);
}

bool toasty__pg_is_stale(const char *sqlstate)
{
    return !strcmp(sqlstate, "26000") || !strcmp(sqlstate, "0A000");
}

bool toasty__pg_is_fatal(const pg_complaint *complaint)
{
    return !strcmp(complaint->severity, "FATAL") || !strcmp(complaint->severity, "PANIC");
}

/* Class 08 is of connections: a pooler says so of the server's, and a server that has lost its place. */
bool toasty__pg_is_of_server(const pg_complaint *complaint)
{
    return *complaint->state && !begins(complaint->state, "08");
}

/* --- libpq --- */

static bool is_memory(const char *message)
{
    return strstr(message, "out of memory") != NULL;
}

/* libpq ends its messages with the end of a line. */
static int length_of(const char *message)
{
    int length = (int)toasty__utf8_cut(message, sizeof((toasty_error *)0)->message);
    while (length && message[length - 1] == '\n')
        length--;
    return length;
}

void toasty__pg_error_of_connection(const PGconn *pg, toasty_code code, const char *what, toasty_error *err)
{
    const char *message = PQerrorMessage(pg);
    toasty__fail(err, is_memory(message) ? TOASTY_OUT_OF_MEMORY : code, "%s%s%.*s", what,
                 *message ? ": " : "", length_of(message), message);
}
