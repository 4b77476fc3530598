/* First words of statements: see text.h. */
#include "db/text.h"

#include <string.h>
#include <strings.h>

static bool begins_with(const char *sql, const char *word)
{
    return strncasecmp(sql, word, strlen(word)) == 0;
}

const char *toasty__text_operation(const char *sql)
{
    static const char *const words[] = {"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER",
                                        "DROP",   "WITH",   "VALUES", "COPY",   "CALL",   "PRAGMA"};
    sql += strspn(sql, " \t\r\n(");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (begins_with(sql, words[i]))
            return words[i];
    return "SQL";
}

/* A rollback to a savepoint is none. */
toasty__text_end toasty__text_ends(const char *sql)
{
    sql += strspn(sql, " \t\r\n;");
    if (begins_with(sql, "COMMIT") || begins_with(sql, "END"))
        return TOASTY__TEXT_COMMITS;
    bool rolls_back = begins_with(sql, "ABORT") || (begins_with(sql, "ROLLBACK") && !strcasestr(sql, " TO "));
    return rolls_back ? TOASTY__TEXT_ROLLS_BACK : TOASTY__TEXT_ENDS_NOTHING;
}
