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

/* Behind a word and the spaces after it; NULL: the text begins with something else. */
static const char *behind(const char *sql, const char *word)
{
    size_t length = strlen(word), space;
    if (!begins_with(sql, word) || !(space = strspn(sql + length, " \t\r\n")))
        return NULL;
    return sql + length + space;
}

bool toasty__text_sets_encoding(const char *sql)
{
    static const char *const settings[] = {"client_encoding", "character_set_client",
                                           "character_set_connection", "character_set_results"};
    static const char *const scopes[] = {"SESSION", "LOCAL"};
    const char *set = behind(sql + strspn(sql, " \t\r\n"), "SET"), *rest;
    bool names = false;
    if (!set || strcasestr(set, "utf8") || strcasestr(set, "utf-8"))
        return false;
    for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++)
        set = (rest = behind(set, scopes[i])) ? rest : set;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        names |= strcasestr(set, settings[i]) != NULL;
    return names || behind(set, "NAMES") || behind(set, "CHARSET") ||
           ((rest = behind(set, "CHARACTER")) && behind(rest, "SET"));
}
