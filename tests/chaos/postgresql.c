/* Chaos on PostgreSQL: backends are terminated and cancelled, connections cut in the middle of messages, by
 * the judge's own connection and by a proxy that all of the worker's go through.
 *
 * A second schema holds tables of the same names, empty: a row in there was written with a search path that
 * belonged to somebody else. */
#include "target.h"
#include "tcp_proxy.h"
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const leftover leftovers[] = {
    {"a setting", "SET chaos.left = 'here'", "coalesce(current_setting('chaos.left', true), '')", true},
    {"a search path", "SET search_path = chaos_elsewhere", "current_setting('search_path')", true},
    {"a role", "SET ROLE pg_monitor", "(current_user = session_user)::text", true},
    {"a temporary table", "CREATE TEMPORARY TABLE left_%llu (n integer)",
     "(SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema())", true},
    {"an advisory lock", "SELECT pg_advisory_lock(%llu)",
     "(SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())", true},
    {"a channel", "LISTEN chaos", "(SELECT count(*) FROM pg_listening_channels())", true},
    {"a cursor", "DECLARE left_%llu CURSOR WITH HOLD FOR SELECT 1",
     "(SELECT count(*) FROM pg_cursors WHERE name LIKE 'left%')", true},
    {"an open transaction", "BEGIN", "(now() = statement_timestamp())::text", false},
};

/* After the library has made its tables. The role is one that every server has. */
static const char preparation[] =
    "SET client_min_messages = error; "
    "DROP SCHEMA IF EXISTS chaos_elsewhere CASCADE; CREATE SCHEMA chaos_elsewhere; "
    "CREATE TABLE chaos_elsewhere.deeds (LIKE public.deeds INCLUDING ALL); "
    "CREATE TABLE chaos_elsewhere.details (LIKE public.details INCLUDING ALL); "
    "CREATE TABLE chaos_elsewhere.entries (LIKE public.entries INCLUDING ALL); "
    "CREATE TABLE chaos_elsewhere.lines (LIKE public.lines INCLUDING ALL); "
    "CREATE TABLE chaos_elsewhere.counters (LIKE public.counters INCLUDING ALL); "
    "CREATE TABLE chaos_elsewhere.facts (LIKE public.facts INCLUDING ALL); "
    "INSERT INTO chaos_elsewhere.counters SELECT * FROM public.counters; "
    "INSERT INTO chaos_elsewhere.facts SELECT * FROM public.facts; "
    "GRANT ALL ON SCHEMA public, chaos_elsewhere TO pg_monitor; "
    "GRANT ALL ON ALL TABLES IN SCHEMA public, chaos_elsewhere TO pg_monitor; "
    "GRANT ALL ON ALL SEQUENCES IN SCHEMA public, chaos_elsewhere TO pg_monitor; "
    "CREATE OR REPLACE PROCEDURE public.commit_and_go_on(number bigint, dies boolean) LANGUAGE plpgsql AS $$ "
    "BEGIN "
    "  INSERT INTO public.deeds (id, operation, part) VALUES (gen_random_uuid(), number, 0); "
    "  COMMIT; "
    "  IF dies THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; "
    "  PERFORM pg_sleep(0.03); "
    "END $$";

enum { URL_SIZE = 1024, WITHIN = 3000, REFUSED_MS = 20, STALLED_MS = 20 };

typedef enum hit { TERMINATED, CANCELLED, CUT, STALLED, HITS } hit;

struct judge_connection {
    PGconn *pg;
    tcp_proxy *proxy;
    char url[URL_SIZE];
    uint64_t hits[HITS];
};

static void pause_ms(uint64_t milliseconds)
{
    nanosleep(&(struct timespec){.tv_nsec = (long)(milliseconds * 1000000)}, NULL);
}

/* The number in the only cell; -1 when there is none. */
static int64_t number_of(judge_connection *connection, const char *text)
{
    PGresult *result = PQexec(connection->pg, text);
    bool there = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1;
    int64_t number = there ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : -1;
    PQclear(result);
    return number;
}

/* --- the connection --- */

static void disconnect(judge_connection *connection)
{
    PQfinish(connection->pg);
    tcp_proxy_stop(connection->proxy);
    free(connection);
}

static bool prepare(judge_connection *connection)
{
    PGresult *result = PQexec(connection->pg, preparation);
    bool worked = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return worked;
}

static bool start_proxy(judge_connection *connection, const char *url)
{
    char through[URL_SIZE - 40];
    connection->proxy = tcp_proxy_for(url, through, sizeof through);
    snprintf(connection->url, URL_SIZE, "%s&application_name=toasty_chaos", through);
    return connection->proxy != NULL;
}

static judge_connection *judge_connect(const char *url)
{
    judge_connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return NULL;
    connection->pg = PQconnectdb(url);
    if (PQstatus(connection->pg) == CONNECTION_OK && prepare(connection) && start_proxy(connection, url))
        return connection;
    printf("the judge cannot prepare: %s\n", PQerrorMessage(connection->pg));
    disconnect(connection);
    return NULL;
}

static const char *url_of(judge_connection *connection)
{
    return connection->url;
}

/* --- disturbing --- */

/* Does something to the backend of one random session of which the condition is true. */
static void signal_one(judge_connection *connection, uint64_t *seed, hit hit, const char *condition)
{
    char text[500];
    snprintf(
        text, sizeof text,
        "SELECT count(%s(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name = 'toasty_chaos' AND %s ORDER BY md5(pid::text || %llu) LIMIT 1) AS victim",
        hit == TERMINATED ? "pg_terminate_backend" : "pg_cancel_backend", condition,
        (unsigned long long)chance(seed, 1000000));
    int64_t count = number_of(connection, text);
    connection->hits[hit] += count > 0 ? (uint64_t)count : 0;
}

static void terminate_any(judge_connection *connection, uint64_t *seed)
{
    signal_one(connection, seed, TERMINATED, "true");
}

static void terminate_active(judge_connection *connection, uint64_t *seed)
{
    signal_one(connection, seed, TERMINATED, "state = 'active'");
}

static void terminate_in_transaction(judge_connection *connection, uint64_t *seed)
{
    signal_one(connection, seed, TERMINATED, "state LIKE 'idle in transaction%'");
}

static void terminate_sleeping(judge_connection *connection, uint64_t *seed)
{
    signal_one(connection, seed, TERMINATED, "wait_event = 'PgSleep'");
}

static void cancel_active(judge_connection *connection, uint64_t *seed)
{
    signal_one(connection, seed, CANCELLED, "state = 'active'");
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
    tcp_proxy_cut_on(connection->proxy, "COMMIT", chance(seed, 2) ? TCP_PROXY_BEFORE : TCP_PROXY_AFTER);
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
    } ways[] = {{terminate_any, 8},
                {terminate_active, 8},
                {terminate_in_transaction, 6},
                {terminate_sleeping, 4},
                {cancel_active, 8},
                {cut_within, 14},
                {cut_commit, 6},
                {stall, 4},
                {cut_all, 1}};
    enum { WAYS = sizeof ways / sizeof *ways, ALL = 59 };
    uint64_t left = chance(seed, ALL);
    size_t n = 0;
    while (left >= ways[n].weight)
        left -= ways[n++].weight;
    ways[n].disturb(connection, seed);
}

static void tell(judge_connection *connection, char *text, size_t size)
{
    const uint64_t *hits = connection->hits;
    snprintf(text, size, "%llu backends terminated, %llu cancelled, %llu connections cut, %llu stalls",
             (unsigned long long)hits[TERMINATED], (unsigned long long)hits[CANCELLED],
             (unsigned long long)hits[CUT], (unsigned long long)hits[STALLED]);
}

/* A backend whose client is gone may still be committing. */
static void settle(judge_connection *connection)
{
    for (int times = 0; times < 1000; times++) {
        int64_t left = number_of(connection, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                                             "WHERE datname = current_database() AND application_name = "
                                             "'toasty_chaos'");
        if (left <= 0)
            return;
        pause_ms(5);
    }
}

/* --- reading --- */

#define ROWS_OF(schema, astray)                                                                              \
    "SELECT operation, part, " astray " FROM " schema ".deeds UNION ALL SELECT operation, part, " astray     \
    " FROM " schema ".details UNION ALL SELECT operation, part, " astray " FROM " schema                     \
    ".entries UNION ALL SELECT operation, part, " astray " FROM " schema ".lines"

static int64_t cell(const PGresult *result, int row, int column)
{
    return strtoll(PQgetvalue(result, row, column), NULL, 10);
}

static bool read_rows(judge_connection *connection, void (*take)(const audit_row *row, void *arg), void *arg)
{
    PGresult *result =
        PQexec(connection->pg, ROWS_OF("public", "0") " UNION ALL " ROWS_OF("chaos_elsewhere", "1"));
    bool worked = PQresultStatus(result) == PGRES_TUPLES_OK;
    for (int i = 0; worked && i < PQntuples(result); i++)
        take(&(audit_row){cell(result, i, 0), cell(result, i, 1), cell(result, i, 2) != 0}, arg);
    PQclear(result);
    return worked;
}

static bool read_counters(judge_connection *connection, int64_t values[COUNTERS])
{
    PGresult *result =
        PQexec(connection->pg, "SELECT here.value + elsewhere.value FROM public.counters AS here JOIN "
                               "chaos_elsewhere.counters AS elsewhere USING (id) ORDER BY id");
    bool worked = PQntuples(result) == COUNTERS;
    for (int i = 0; worked && i < COUNTERS; i++)
        values[i] = cell(result, i, 0);
    PQclear(result);
    return worked;
}

static const char *unsound(judge_connection *connection)
{
    return number_of(connection, "SELECT count(*) FROM public.details WHERE deed_id NOT IN (SELECT id FROM "
                                 "public.deeds)") == 0
               ? NULL
               : "a detail has no deed";
}

const target_table target = {
    .name = "postgresql",
    .acts = 10000,
    .insert = "INSERT INTO entries (operation, part) VALUES ($1, $2)",
    .insert_two = "INSERT INTO entries (operation, part) VALUES ($1, $2), ($3, $4) RETURNING id",
    .slow = "SELECT pg_sleep(0.02)",
    .commit_and_die = "CALL public.commit_and_go_on($1, true)",
    .commit_and_sleep = "CALL public.commit_and_go_on($1, false)",
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
