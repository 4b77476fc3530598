/* Chaos on MySQL and MariaDB: connections are killed and their statements interrupted, connections cut in the
 * middle of packets, by the judge's own connection and by a proxy that all of the worker's go through.
 *
 * The judge speaks by the servers' own client library. mariadb.c is this file once more, with the words of
 * that server. */
#include "target.h"
#include "tcp_proxy.h"
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifndef SERVER
#define SERVER "mysql"
#define READ_ONLY "@@transaction_read_only"
#endif

static const leftover leftovers[] = {
    {"a variable", "SET @chaos_left = 'here'", "coalesce(@chaos_left, '')", true},
    {"a lax mode", "SET sql_mode = ''", "MD5(@@sql_mode)", true},
    {"a time zone", "SET time_zone = '+05:00'", "@@time_zone", true},
    {"a read-only session", "SET SESSION TRANSACTION READ ONLY", READ_ONLY, true},
    {"no autocommit", "SET autocommit = 0", "@@autocommit", true},
    {"a temporary table before another", "CREATE TEMPORARY TABLE facts LIKE facts",
     "(SELECT count(*) FROM facts)", true},
    {"a lock", "SELECT GET_LOCK('chaos_left', 0)",
     "coalesce(IS_USED_LOCK('chaos_left') = CONNECTION_ID(), 0)", false},
    {"an open transaction", "BEGIN", "1", false},
};

/* After the library has made its tables. */
static const char *const preparation[] = {
    "DROP PROCEDURE IF EXISTS commit_and_go_on",
    "CREATE PROCEDURE commit_and_go_on(number BIGINT, dies INT) BEGIN "
    "  INSERT INTO deeds (id, operation, part) VALUES (UNHEX(REPLACE(UUID(), '-', '')), number, 0); "
    "  COMMIT; "
    "  IF dies THEN KILL CONNECTION_ID(); END IF; "
    "  DO SLEEP(0.03); "
    "END"};

enum { URL_SIZE = 1024, WITHIN = 3000, REFUSED_MS = 20, STALLED_MS = 20, MOST_SESSIONS = 64 };

typedef enum hit { KILLED, INTERRUPTED, CUT, STALLED, HITS } hit;

struct judge_connection {
    MYSQL *mysql;
    tcp_proxy *proxy;
    char url[URL_SIZE];
    uint64_t hits[HITS];
};

static void pause_ms(uint64_t milliseconds)
{
    nanosleep(&(struct timespec){.tv_nsec = (long)(milliseconds * 1000000)}, NULL);
}

/* The numbers of the first column; -1 when it cannot be read. */
static int numbers_of(judge_connection *connection, const char *text, int64_t *numbers, int most)
{
    int count = 0;
    MYSQL_RES *result = mysql_query(connection->mysql, text) ? NULL : mysql_store_result(connection->mysql);
    if (!result)
        return -1;
    for (MYSQL_ROW row; count < most && (row = mysql_fetch_row(result));)
        numbers[count++] = row[0] ? strtoll(row[0], NULL, 10) : 0;
    mysql_free_result(result);
    return count;
}

/* --- the connection --- */

static void disconnect(judge_connection *connection)
{
    mysql_close(connection->mysql);
    tcp_proxy_stop(connection->proxy);
    free(connection);
}

/* SERVER://user:password@host:port/name */
static bool connect_to(judge_connection *connection, const char *url)
{
    char user[64], password[64], host[64], name[64];
    unsigned port;
    connection->mysql = mysql_init(NULL);
    return connection->mysql &&
           sscanf(url, SERVER "://%63[^:]:%63[^@]@%63[^:]:%u/%63[^?]", user, password, host, &port, name) ==
               5 &&
           mysql_real_connect(connection->mysql, host, user, password, name, port, NULL, 0);
}

static bool prepare(judge_connection *connection)
{
    for (size_t i = 0; i < sizeof preparation / sizeof *preparation; i++)
        if (mysql_query(connection->mysql, preparation[i]))
            return false;
    return true;
}

static bool start_proxy(judge_connection *connection, const char *url)
{
    char through[URL_SIZE - 40];
    connection->proxy = tcp_proxy_for(url, through, sizeof through);
    snprintf(connection->url, URL_SIZE, "%s&allow_public_key_retrieval=1", through);
    return connection->proxy != NULL;
}

static judge_connection *judge_connect(const char *url)
{
    judge_connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return NULL;
    if (connect_to(connection, url) && prepare(connection) && start_proxy(connection, url))
        return connection;
    printf("the judge cannot prepare: %s\n",
           connection->mysql ? mysql_error(connection->mysql) : "no memory");
    disconnect(connection);
    return NULL;
}

static const char *url_of(judge_connection *connection)
{
    return connection->url;
}

/* --- disturbing --- */

#define SESSIONS                                                                                             \
    "SELECT p.id FROM information_schema.processlist AS p WHERE p.db = DATABASE() AND p.id <> "              \
    "CONNECTION_ID()"

/* One random session of which the condition is true is killed, or its statement is. */
static void hit_one(judge_connection *connection, uint64_t *seed, hit hit, const char *condition)
{
    char text[500];
    int64_t sessions[MOST_SESSIONS];
    snprintf(text, sizeof text, SESSIONS " AND %s", condition);
    int count = numbers_of(connection, text, sessions, MOST_SESSIONS);
    if (count <= 0)
        return;
    snprintf(text, sizeof text, "KILL %s %lld", hit == KILLED ? "CONNECTION" : "QUERY",
             (long long)sessions[chance(seed, (uint64_t)count)]);
    connection->hits[hit] += mysql_query(connection->mysql, text) == 0; /* it may be gone by now */
}

static void kill_any(judge_connection *connection, uint64_t *seed)
{
    hit_one(connection, seed, KILLED, "true");
}

static void kill_active(judge_connection *connection, uint64_t *seed)
{
    hit_one(connection, seed, KILLED, "p.command IN ('Query', 'Execute')");
}

static void kill_in_transaction(judge_connection *connection, uint64_t *seed)
{
    hit_one(connection, seed, KILLED,
            "p.id IN (SELECT trx_mysql_thread_id FROM information_schema.innodb_trx)");
}

static void kill_sleeping(judge_connection *connection, uint64_t *seed)
{
    hit_one(connection, seed, KILLED, "p.state = 'User sleep'");
}

static void interrupt_active(judge_connection *connection, uint64_t *seed)
{
    hit_one(connection, seed, INTERRUPTED, "p.command IN ('Query', 'Execute')");
}

/* Whoever is hit while it does nothing finds out at its next statement. */
static void interrupt_any(judge_connection *connection, uint64_t *seed)
{
    hit_one(connection, seed, INTERRUPTED, "true");
}

static void cut_within(judge_connection *connection, uint64_t *seed)
{
    bool answer = chance(seed, 2);
    tcp_proxy_cut_within(connection->proxy, answer ? TCP_PROXY_ANSWERS : TCP_PROXY_REQUESTS,
                         1 + chance(seed, WITHIN));
    connection->hits[CUT]++;
}

static void cut_commit(judge_connection *connection, uint64_t *seed)
{
    tcp_proxy_cut_on(connection->proxy, chance(seed, 2) ? "autocommit=IF" : "autocommit=1",
                     chance(seed, 2) ? TCP_PROXY_BEFORE : TCP_PROXY_AFTER);
    connection->hits[CUT]++;
}

static void stall(judge_connection *connection, uint64_t *seed)
{
    tcp_proxy_stall(connection->proxy, true);
    pause_ms(1 + chance(seed, STALLED_MS));
    tcp_proxy_stall(connection->proxy, false);
    connection->hits[STALLED]++;
}

static void cut_all(judge_connection *connection, uint64_t *seed)
{
    tcp_proxy_refuse(connection->proxy, true);
    tcp_proxy_cut(connection->proxy);
    pause_ms(1 + chance(seed, REFUSED_MS));
    tcp_proxy_refuse(connection->proxy, false);
    connection->hits[CUT]++;
}

static void disturb(judge_connection *connection, uint64_t *seed)
{
    static const struct {
        void (*disturb)(judge_connection *connection, uint64_t *seed);
        unsigned weight;
    } ways[] = {{kill_any, 8},      {kill_active, 8},      {kill_in_transaction, 6},
                {kill_sleeping, 4}, {interrupt_active, 8}, {interrupt_any, 4},
                {cut_within, 14},   {cut_commit, 6},       {stall, 4},
                {cut_all, 1}};
    enum { WAYS = sizeof ways / sizeof *ways, ALL = 63 };
    uint64_t left = chance(seed, ALL);
    size_t n = 0;
    while (left >= ways[n].weight)
        left -= ways[n++].weight;
    ways[n].disturb(connection, seed);
}

static void tell(judge_connection *connection, char *text, size_t size)
{
    const uint64_t *hits = connection->hits;
    snprintf(text, size,
             "%llu connections killed, %llu statements interrupted, %llu connections cut, %llu stalls",
             (unsigned long long)hits[KILLED], (unsigned long long)hits[INTERRUPTED],
             (unsigned long long)hits[CUT], (unsigned long long)hits[STALLED]);
}

/* A session whose client is gone may still be committing. */
static void settle(judge_connection *connection)
{
    int64_t sessions[MOST_SESSIONS];
    for (int times = 0, count = 1; times < 1000 && count > 0; times++) {
        count = numbers_of(connection, SESSIONS, sessions, MOST_SESSIONS);
        for (int i = 0; i < count; i++) {
            char text[64];
            snprintf(text, sizeof text, "KILL CONNECTION %lld", (long long)sessions[i]);
            mysql_query(connection->mysql, text);
        }
        if (count > 0)
            pause_ms(5);
    }
}

/* --- reading --- */

static bool read_rows(judge_connection *connection, void (*take)(const audit_row *row, void *arg), void *arg)
{
    static const char text[] =
        "SELECT operation, part FROM deeds UNION ALL SELECT operation, part FROM details "
        "UNION ALL SELECT operation, part FROM entries UNION ALL SELECT operation, part FROM `lines`";
    MYSQL_RES *result = mysql_query(connection->mysql, text) ? NULL : mysql_store_result(connection->mysql);
    if (!result)
        return false;
    for (MYSQL_ROW row; (row = mysql_fetch_row(result));)
        take(&(audit_row){strtoll(row[0], NULL, 10), strtoll(row[1], NULL, 10), false}, arg);
    mysql_free_result(result);
    return true;
}

static bool read_counters(judge_connection *connection, int64_t values[COUNTERS])
{
    return numbers_of(connection, "SELECT value FROM counters ORDER BY id", values, COUNTERS) == COUNTERS;
}

static const char *unsound(judge_connection *connection)
{
    int64_t count = -1;
    numbers_of(connection, "SELECT count(*) FROM details WHERE deed_id NOT IN (SELECT id FROM deeds)", &count,
               1);
    return count == 0 ? NULL : "a detail has no deed";
}

const target_table target = {
    .name = SERVER,
    .acts = 10000,
    .insert = "INSERT INTO entries (operation, part) VALUES (?, ?)",
    .insert_two = "INSERT INTO entries (operation, part) VALUES (?, ?), (?, ?)",
    .slow = "SELECT SLEEP(0.02)",
    .commit_and_die = "CALL commit_and_go_on(?, 1)",
    .commit_and_sleep = "CALL commit_and_go_on(?, 0)",
    .leftovers = leftovers,
    .leftover_count = sizeof leftovers / sizeof *leftovers,
    .loses_connections = true,
    .writers = 1000,
    .connect = judge_connect,
    .disconnect = disconnect,
    .url = url_of,
    .disturb = disturb,
    .tell = tell,
    .settle = settle,
    .rows = read_rows,
    .counters = read_counters,
    .unsound = unsound,
};
