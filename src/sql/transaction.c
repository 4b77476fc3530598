/* What stands around statements, as text: what begins and ends transactions, what asks for a plan. */
#include "sql/writer.h"

#include <stdio.h>
#include <string.h>

static void write_begin(const toasty__sql_rules *rules, const toasty_operation *operation, char *out,
                        size_t size)
{
    bool unlocked = operation->read_only && !operation->lock;
    snprintf(out, size, "BEGIN%s%s%s", unlocked ? "" : rules->lock_modes[operation->lock],
             rules->isolations[operation->isolation], operation->read_only ? rules->read_only : "");
}

/* No savepoint of a user has such a name. */
static void write_savepoint(const char *word, const toasty_operation *operation, char *out, size_t size)
{
    snprintf(out, size, "%stoasty_%u", word, (unsigned)operation->level);
}

void toasty__sql_control(const toasty__dialect *dialect, const toasty_operation *operation, char *out,
                         size_t size)
{
    const toasty__sql_rules *rules = dialect->rules;
    switch ((toasty_operation_kind)operation->kind) {
    case TOASTY_OPERATION_BEGIN:
        write_begin(rules, operation, out, size);
        break;
    case TOASTY_OPERATION_COMMIT:
        snprintf(out, size, "COMMIT");
        break;
    case TOASTY_OPERATION_ROLLBACK:
        snprintf(out, size, "ROLLBACK");
        break;
    case TOASTY_OPERATION_SAVEPOINT:
        write_savepoint("SAVEPOINT ", operation, out, size);
        break;
    case TOASTY_OPERATION_RELEASE:
        write_savepoint(rules->release, operation, out, size);
        break;
    case TOASTY_OPERATION_ROLLBACK_TO:
        write_savepoint(rules->rollback_to, operation, out, size);
        break;
    default: /* a ping */
        *out = '\0';
    }
}

const char *toasty__sql_explains(const toasty__dialect *dialect, bool writes, bool runs)
{
    return (runs ? dialect->rules->analyze : dialect->rules->explain)[writes];
}

const char *toasty__sql_explains_discreetly(const toasty__dialect *dialect)
{
    return dialect->rules->explain_discreetly;
}

/* Where what is given back or written ends: at the first of these words, be it that of a select inside. */
static const char *behind_results(const char *sql)
{
    const char *from = strstr(sql, " FROM "), *where = strstr(sql, " WHERE ");
    return from && (!where || from < where) ? from : where;
}

/* Names are in a text as they are, in quotes, and values are not in it. */
bool toasty__sql_looks_at(const toasty__dialect *dialect, const char *sql, const char *column)
{
    char quote = dialect->rules->quote;
    size_t length = strlen(column);
    const char *at = behind_results(sql);
    if (at && strchr(column, quote)) /* it is doubled in the text */
        return true;
    while (at && (at = strstr(at + 1, column)))
        if (at[-1] == quote && at[length] == quote)
            return true;
    return false;
}

bool toasty__sql_explains_by_nodes(const toasty__dialect *dialect)
{
    return dialect->rules->explains_by_nodes;
}
