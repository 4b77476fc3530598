/* What every session is told first: how text, numbers and times are meant, so that no default of a server or
 * a proxy decides it; and the question whether it took it. */
#include "mysql.h"

#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

const my_kind toasty__my_mysql = {
    .name = "MySQL",
    .scheme = "mysql",
    .other_scheme = "mariadb",
    .least = {8, 0, 19},
    .least_text = "8.0.19",
    .sql_mode = "",
    .isolation = "transaction_isolation",
};
const my_kind toasty__my_mariadb = {
    .name = "MariaDB",
    .scheme = "mariadb",
    .other_scheme = "mysql",
    .least = {10, 6, 0},
    .least_text = "10.6",
    .sql_mode = ",SIMULTANEOUS_ASSIGNMENT",
    .isolation = "tx_isolation",
    .checks_text = true,
};

/* NO_BACKSLASH_ESCAPES is not among the modes: MySQL keeps the expressions of checks with backslashes, and
 * reads them again in the mode of the session. */
static const char modes[] = "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
                            "NO_ENGINE_SUBSTITUTION,ONLY_FULL_GROUP_BY";

void toasty__my_session_words(const my_kind *kind, toasty__buffer *out)
{
    toasty__buffer_printf(out,
                          "SET NAMES utf8mb4 COLLATE utf8mb4_bin, sql_mode='%s%s', time_zone='+00:00', "
                          "autocommit=1, lc_messages='en_US', group_concat_max_len=1048576",
                          modes, kind->sql_mode);
}

enum {
    ANSWER_THREAD,
    ANSWER_LARGEST,
    ANSWER_KEY_STEP,
    ANSWER_ISOLATION,
    ANSWER_MODES,
    ANSWER_ZONE,
    ANSWER_CHARSET,
    ANSWERS
};

void toasty__my_session_question(const my_kind *kind, toasty__buffer *out)
{
    toasty__buffer_printf(out,
                          "SELECT CONNECTION_ID(), @@max_allowed_packet, @@auto_increment_increment, @@%s, "
                          "@@sql_mode, @@time_zone, @@character_set_client",
                          kind->isolation);
}

static bool has_mode(const char *modes_there, const char *mode)
{
    size_t length = strlen(mode);
    for (const char *at = modes_there; (at = strstr(at, mode)); at += length)
        if ((at == modes_there || at[-1] == ',') && (!at[length] || at[length] == ','))
            return true;
    return false;
}

static bool is_as_told(const char *const *answers)
{
    return has_mode(answers[ANSWER_MODES], "STRICT_ALL_TABLES") &&
           !has_mode(answers[ANSWER_MODES], "NO_BACKSLASH_ESCAPES") &&
           !has_mode(answers[ANSWER_MODES], "ANSI_QUOTES") && !strcmp(answers[ANSWER_ZONE], "+00:00") &&
           !strcmp(answers[ANSWER_CHARSET], "utf8mb4");
}

bool toasty__my_session_read(my_session *session, const my_packet *row)
{
    enum { LONGEST_ANSWER = 512 };
    char texts[ANSWERS][LONGEST_ANSWER];
    const char *answers[ANSWERS];
    my_reader reader = my_read(row);
    for (size_t i = 0; i < ANSWERS; i++) {
        size_t length;
        const char *text = my_take_counted(&reader, &length);
        if (!text || length >= LONGEST_ANSWER)
            return false;
        memcpy(texts[i], text, length);
        texts[i][length] = '\0';
        answers[i] = texts[i];
    }
    *session = (my_session){
        .thread = strtoull(answers[ANSWER_THREAD], NULL, 10),
        .largest = strtoull(answers[ANSWER_LARGEST], NULL, 10),
        .key_step = (uint16_t)strtoul(answers[ANSWER_KEY_STEP], NULL, 10),
        .repeatable = !strcmp(answers[ANSWER_ISOLATION], "REPEATABLE-READ"),
        .as_told = is_as_told(answers),
    };
    return true;
}

int toasty__my_session_check(const my_session *session, toasty_error *err)
{
    if (session->as_told)
        return 0;
    return toasty__fail(err, TOASTY_CONNECTION_FAILED,
                        "the session is not as it was told to be (strict, in UTC, with utf8mb4): a proxy or "
                        "a plugin of the server has changed it");
}

/* "8.0.31", "10.11.19-MariaDB-…"; with "5.5.5-" before it, for clients that stumble over two digits. */
static void read_version(const char *text, unsigned version[3])
{
    version[0] = version[1] = version[2] = 0;
    if (!strncmp(text, "5.5.5-", 6))
        text += 6;
    sscanf(text, "%u.%u.%u", &version[0], &version[1], &version[2]);
}

static bool is_older(const unsigned version[3], const unsigned least[3])
{
    for (size_t i = 0; i < 3; i++)
        if (version[i] != least[i])
            return version[i] < least[i];
    return false;
}

int toasty__my_version_check(const my_kind *kind, const my_greeting *greeting, toasty_error *err)
{
    unsigned version[3];
    bool mariadb = greeting->is_mariadb || strcasestr(greeting->version, "mariadb");
    if (mariadb != (kind == &toasty__my_mariadb))
        return toasty__fail(err, TOASTY_CONNECTION_FAILED,
                            "the server is %s, and the URL says %s: write %s://",
                            mariadb ? "MariaDB" : "MySQL", kind->name, kind->other_scheme);
    read_version(greeting->version, version);
    if (!is_older(version, kind->least))
        return 0;
    return toasty__fail(err, TOASTY_UNSUPPORTED, "the server is version %u.%u.%u; %s %s or newer is needed",
                        version[0], version[1], version[2], kind->name, kind->least_text);
}
