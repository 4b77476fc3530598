/* What the server complains of, as toasty_error.
 *
 * The number says the kind, and how the message names the constraint, the table and the field. Those names
 * are read from the end, since a value that stands before them may hold anything; the message of a complaint
 * about values quotes them, and is told in words of ours. */
#include "mysql.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/utf8.h"
#include "driver/blame.h"

#include <stdio.h>

/* Where a message names what it is about. */
typedef enum naming {
    NAMES_NOTHING,
    NAMES_KEY,     /* … for key 'table.key' */
    NAMES_FOREIGN, /* … (`database`.`table`, CONSTRAINT `name` FOREIGN KEY … */
    NAMES_CHECK,   /* … 'name' is violated; CONSTRAINT `name` failed for `database`.`table` */
    NAMES_FIELD,   /* … Field 'name' doesn't …, Column 'name' cannot … */
    NAMES_PATH,    /* … in '(`database`.`table`.`name` - 2)' */
    NAMES_COLUMN   /* … for column 'name' at row 1, … for column `database`.`table`.`name` at row 1 */
} naming;

static const struct complaint_kind {
    uint16_t number;
    toasty_code code;
    naming names;
    const char *message; /* of ours; NULL: the server's, which quotes no value */
    const char *hint;
} kinds[] = {
    {1062, TOASTY_UNIQUE_VIOLATION, NAMES_KEY, "a row with that key or unique value exists", NULL},
    {1586, TOASTY_UNIQUE_VIOLATION, NAMES_KEY, "a row with that key or unique value exists", NULL},
    {1242, TOASTY_UNIQUE_VIOLATION, NAMES_NOTHING, "a row with another unique value exists", NULL},
    {1452, TOASTY_FOREIGN_KEY_VIOLATION, NAMES_FOREIGN, "a reference points to no row", NULL},
    {1216, TOASTY_FOREIGN_KEY_VIOLATION, NAMES_FOREIGN, "a reference points to no row", NULL},
    {1451, TOASTY_FOREIGN_KEY_VIOLATION, NAMES_FOREIGN, "a row is still referred to", NULL},
    {1217, TOASTY_FOREIGN_KEY_VIOLATION, NAMES_FOREIGN, "a row is still referred to", NULL},
    {3730, TOASTY_FOREIGN_KEY_VIOLATION, NAMES_NOTHING, NULL, NULL},
    {1048, TOASTY_NOT_NULL_VIOLATION, NAMES_FIELD, "a required column is NULL", NULL},
    {1364, TOASTY_NOT_NULL_VIOLATION, NAMES_FIELD, "a required column was not given", NULL},
    {3819, TOASTY_CHECK_VIOLATION, NAMES_CHECK, "a value is outside of what a check allows", NULL},
    {4025, TOASTY_CHECK_VIOLATION, NAMES_CHECK, "a value is outside of what a check allows", NULL},
    {1264, TOASTY_INVALID_VALUE, NAMES_COLUMN, "a number is out of the range of its column", NULL},
    {1406, TOASTY_INVALID_VALUE, NAMES_COLUMN, "a text is too long for its column", NULL},
    {1265, TOASTY_INVALID_VALUE, NAMES_COLUMN, "a value that its column cannot hold", NULL},
    {1366, TOASTY_INVALID_VALUE, NAMES_COLUMN, "a value that its column cannot hold", NULL},
    {1292, TOASTY_INVALID_VALUE, NAMES_COLUMN, "a value that its column cannot hold", NULL},
    {1367, TOASTY_INVALID_VALUE, NAMES_COLUMN, "a value that its column cannot hold", NULL},
    {1411, TOASTY_INVALID_VALUE, NAMES_NOTHING, "a value that cannot be read as a time", NULL},
    {1690, TOASTY_INVALID_VALUE, NAMES_PATH, "a number is out of the range of its column", NULL},
    {1365, TOASTY_INVALID_VALUE, NAMES_NOTHING, "division by zero", NULL},
    {3140, TOASTY_INVALID_VALUE, NAMES_COLUMN, "a text that is not JSON", NULL},
    {3141, TOASTY_INVALID_VALUE, NAMES_NOTHING, "a text that is not JSON", NULL},
    {3156, TOASTY_INVALID_VALUE, NAMES_NOTHING, "a JSON value of another type", NULL},
    {1153, TOASTY_INVALID_VALUE, NAMES_NOTHING, "a value larger than the server takes", NULL},
    {1213, TOASTY_SERIALIZATION_FAILURE, NAMES_NOTHING, NULL, "run the transaction again"},
    {1020, TOASTY_SERIALIZATION_FAILURE, NAMES_NOTHING, NULL, "run the transaction again"},
    {1205, TOASTY_LOCK_TIMEOUT, NAMES_NOTHING, "a lock was not granted in time", NULL},
    {3572, TOASTY_LOCK_TIMEOUT, NAMES_NOTHING, "a lock was not granted at once", NULL},
    {1317, TOASTY_CANCELLED, NAMES_NOTHING, NULL, NULL},
    {3024, TOASTY_TIMEOUT, NAMES_NOTHING, NULL, NULL},
    {1969, TOASTY_TIMEOUT, NAMES_NOTHING, NULL, NULL},
    {1040, TOASTY_CONNECTION_FAILED, NAMES_NOTHING, NULL, NULL},
    {1203, TOASTY_CONNECTION_FAILED, NAMES_NOTHING, NULL, NULL},
    {1226, TOASTY_CONNECTION_FAILED, NAMES_NOTHING, NULL, NULL},
    {1053, TOASTY_CONNECTION_LOST, NAMES_NOTHING, NULL, NULL},
    {1927, TOASTY_CONNECTION_LOST, NAMES_NOTHING, NULL, NULL},
    {4031, TOASTY_CONNECTION_LOST, NAMES_NOTHING, NULL, NULL},
    {1152, TOASTY_CONNECTION_LOST, NAMES_NOTHING, NULL, NULL},
    {1158, TOASTY_CONNECTION_LOST, NAMES_NOTHING, NULL, NULL},
    {1159, TOASTY_CONNECTION_LOST, NAMES_NOTHING, NULL, NULL},
    {1160, TOASTY_CONNECTION_LOST, NAMES_NOTHING, NULL, NULL},
    {1161, TOASTY_CONNECTION_LOST, NAMES_NOTHING, NULL, NULL},
    {1146, TOASTY_DATABASE_ERROR, NAMES_NOTHING, NULL, TOASTY__HINT_MISSING},
    {1054, TOASTY_DATABASE_ERROR, NAMES_NOTHING, NULL, TOASTY__HINT_TABLES},
    {1114, TOASTY_DISK_FULL, NAMES_NOTHING, NULL, NULL},
    {1021, TOASTY_DISK_FULL, NAMES_NOTHING, NULL, NULL},
    {1037, TOASTY_OUT_OF_MEMORY, NAMES_NOTHING, NULL, "the server has no memory left"},
    {1038, TOASTY_OUT_OF_MEMORY, NAMES_NOTHING, NULL, "the server has no memory left"},
    {1041, TOASTY_OUT_OF_MEMORY, NAMES_NOTHING, NULL, "the server has no memory left"},
    {1142, TOASTY_DATABASE_ERROR, NAMES_NOTHING, NULL, TOASTY__HINT_NOT_ALLOWED},
    {1143, TOASTY_DATABASE_ERROR, NAMES_NOTHING, NULL, TOASTY__HINT_NOT_ALLOWED},
    {1227, TOASTY_DATABASE_ERROR, NAMES_NOTHING, NULL, TOASTY__HINT_NOT_ALLOWED},
    {1290, TOASTY_DATABASE_ERROR, NAMES_NOTHING, NULL, "is the server one that only reads?"},
    {1836, TOASTY_DATABASE_ERROR, NAMES_NOTHING, NULL, "is the server one that only reads?"},
    {1461, TOASTY_DATABASE_ERROR, NAMES_NOTHING, NULL,
     "the server keeps no more prepared statements: raise max_prepared_stmt_count, or prepare=off"},
    {1235, TOASTY_UNSUPPORTED, NAMES_NOTHING, NULL, NULL},
    {1295, TOASTY_UNSUPPORTED, NAMES_NOTHING, NULL, NULL},
};

static const struct complaint_kind *kind_of(uint16_t number)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].number == number)
            return &kinds[i];
    return NULL;
}

/* --- names in messages --- */

typedef struct text {
    const char *start, *end;
} text;

/* The last place of some words in a text; NULL: they are not in it. */
static const char *find_last(text in, const char *words)
{
    size_t length = strlen(words);
    if ((size_t)(in.end - in.start) < length)
        return NULL;
    for (size_t at = (size_t)(in.end - in.start) - length + 1; at-- > 0;)
        if (!memcmp(in.start + at, words, length))
            return in.start + at;
    return NULL;
}

static void set_text(char *out, size_t size, text name)
{
    size_t length = (size_t)(name.end - name.start);
    if (length >= size)
        length = toasty__utf8_cut(name.start, size - 1);
    memcpy(out, name.start, length);
    out[length] = '\0';
}
#define SET(err, member, name) set_text((err)->member, sizeof(err)->member, name)

/* What stands in quotes from `at` on, the quotes in it doubled or not; empty when nothing does. *behind:
 * after it. */
static text quoted(const char *at, const char *end, const char **behind)
{
    char quote = at < end ? *at : '\0';
    text name = {at, at};
    *behind = at;
    if (quote != '\'' && quote != '`')
        return name;
    const char *close = memchr(at + 1, quote, (size_t)(end - at - 1));
    if (!close)
        return name;
    *behind = close + 1;
    return (text){at + 1, close};
}

/* The last of names in quotes with points between them, and in *before the one before it. */
static text last_of_path(const char *at, const char *end, text *before)
{
    text name = quoted(at, end, &at);
    *before = (text){name.start, name.start};
    while (end - at > 1 && *at == '.') {
        *before = name;
        name = quoted(at + 1, end, &at);
    }
    return name;
}

static void find_key(toasty_error *err, text message)
{
    const char *at = find_last(message, " for key '");
    if (!at)
        return;
    text name = {at + strlen(" for key '"), message.end};
    if (name.end > name.start && name.end[-1] == '\'')
        name.end--;
    const char *point = memchr(name.start, '.', (size_t)(name.end - name.start));
    if (point) { /* MySQL's */
        SET(err, table, ((text){name.start, point}));
        name.start = point + 1;
    }
    SET(err, constraint, name);
}

static void find_foreign(toasty_error *err, text message)
{
    text before;
    const char *behind, *at = find_last(message, ", CONSTRAINT `");
    if (!at)
        return;
    SET(err, constraint, quoted(at + strlen(", CONSTRAINT "), message.end, &behind));
    const char *path = find_last((text){message.start, at}, "(`");
    if (path)
        SET(err, table, last_of_path(path + 1, at, &before));
}

static void find_check(toasty_error *err, text message)
{
    text before;
    const char *behind, *at = find_last(message, " failed for `");
    if (at) { /* MariaDB's */
        const char *name = find_last((text){message.start, at}, "CONSTRAINT `");
        SET(err, table, last_of_path(at + strlen(" failed for "), message.end, &before));
        if (name)
            SET(err, constraint, quoted(name + strlen("CONSTRAINT "), at, &behind));
    } else if ((at = memchr(message.start, '\'', (size_t)(message.end - message.start))))
        SET(err, constraint, quoted(at, message.end, &behind));
}

static void find_field(toasty_error *err, text message)
{
    const char *behind, *at = memchr(message.start, '\'', (size_t)(message.end - message.start));
    if (at)
        SET(err, field, quoted(at, message.end, &behind));
}

static void find_column(toasty_error *err, text message)
{
    text before;
    const char *behind, *at = find_last(message, " for column ");
    if (!at)
        return;
    at += strlen(" for column ");
    if (at < message.end && *at == '\'') {
        SET(err, field, quoted(at, message.end, &behind));
        return;
    }
    SET(err, field, last_of_path(at, message.end, &before));
    if (before.end > before.start)
        SET(err, table, before);
}

static void find_path(toasty_error *err, text message)
{
    text before;
    const char *at = memchr(message.start, '`', (size_t)(message.end - message.start));
    if (!at)
        return;
    SET(err, field, last_of_path(at, message.end, &before));
    SET(err, table, before);
}

static void find_names(toasty_error *err, naming names, text message)
{
    static void (*const finders[])(toasty_error *, text) = {
        [NAMES_KEY] = find_key,     [NAMES_FOREIGN] = find_foreign, [NAMES_CHECK] = find_check,
        [NAMES_FIELD] = find_field, [NAMES_PATH] = find_path,       [NAMES_COLUMN] = find_column,
    };
    if (names)
        finders[names](err, message);
}

/* What was named, told of the models. */
static void blame(toasty_error *err, const toasty_statement *statement)
{
    toasty_error found = *err;
    const char *table = *found.table ? found.table : NULL, *column = *found.field ? found.field : NULL;
    const char *constraint = *found.constraint ? found.constraint : NULL;
    toasty__error_set(err, table, NULL);
    toasty__error_set(err, field, NULL);
    toasty__error_set(err, constraint, NULL);
    if (constraint && !strcmp(constraint, "PRIMARY") && statement && statement->model)
        toasty__blame_index(statement, &statement->model->indexes[0], err);
    else
        toasty__blame(statement, &(toasty__named){table, column, constraint}, err);
}

/* --- complaints --- */

my_refusal *toasty__my_refusal_of(const my_complaint *complaint)
{
    my_refusal *refusal = toasty__malloc(sizeof *refusal + complaint->length);
    if (!refusal)
        return NULL;
    memcpy(refusal->text, complaint->message, complaint->length);
    refusal->complaint = (my_complaint){complaint->number, refusal->text, complaint->length};
    return refusal;
}

bool toasty__my_complaint_read(my_complaint *complaint, const my_packet *packet)
{
    enum { STATE = 6 }; /* '#' and five letters, which say less than the number */
    my_reader reader = my_read(packet);
    my_take8(&reader);
    complaint->number = my_take16(&reader);
    if (my_left(&reader) >= STATE && *reader.at == '#')
        my_take(&reader, STATE);
    complaint->message = reader.at;
    complaint->length = my_left(&reader);
    return !reader.failed;
}

void toasty__my_error_of_complaint(const my_complaint *complaint, const toasty_operation *operation,
                                   toasty_error *err)
{
    const struct complaint_kind *kind = kind_of(complaint->number);
    char message[sizeof err->message], number[8];
    set_text(message, sizeof message, (text){complaint->message, complaint->message + complaint->length});
    const char *told = kind && kind->message ? kind->message : message, *hint = kind ? kind->hint : NULL;
    toasty__fail(err, kind ? kind->code : TOASTY_DATABASE_ERROR, "%s%s%s", told, hint ? "; " : "",
                 hint ? hint : "");
    snprintf(number, sizeof number, "%u", complaint->number);
    toasty__error_set(err, server_code, number);
    if (!kind)
        return;
    find_names(err, kind->names, (text){complaint->message, complaint->message + complaint->length});
    blame(err, operation ? operation->statement : NULL);
}

bool toasty__my_is_stale(uint16_t number)
{
    return number == MY_ERROR_UNKNOWN_STATEMENT || number == MY_ERROR_REPREPARE;
}

bool toasty__my_is_goodbye(uint16_t number)
{
    const struct complaint_kind *kind = kind_of(number);
    return kind && kind->code == TOASTY_CONNECTION_LOST;
}
