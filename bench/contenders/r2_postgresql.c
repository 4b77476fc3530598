/* R2, C as it is commonly written on libpq: PQexecParams with text both ways, a text is a string of its own,
 * children are read by a list of keys that is written into the statement, and many rows are inserted by one
 * statement with a placeholder for every value. */
#include "harness.h"
#include "postgresql_tables.h"
#include "r2_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static PGconn *db;

/* NULL: it failed, and said why. */
static PGresult *query(const char *sql, size_t count, const char *const *values)
{
    PGresult *answer = PQexecParams(db, sql, (int)count, NULL, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(answer);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return answer;
    fprintf(stderr, "%s", PQerrorMessage(db));
    PQclear(answer);
    return NULL;
}

static int control(const char *sql)
{
    PGresult *answer = query(sql, 0, NULL);
    PQclear(answer);
    return answer ? 0 : -1;
}

enum { DIGITS = 21 };

static const char *decimal(uint64_t number, char out[DIGITS])
{
    snprintf(out, DIGITS, "%" PRIu64, number);
    return out;
}

static uint64_t number(const PGresult *answer, int row, int column)
{
    return strtoull(PQgetvalue(answer, row, column), NULL, 10);
}

static char *cell(const PGresult *answer, int row, int column)
{
    return PQgetisnull(answer, row, column) ? NULL : r2_copy(PQgetvalue(answer, row, column));
}

/* --- reads --- */

static int read_users(result *result, PGresult *answer)
{
    user_row *user;
    for (int i = 0; i < PQntuples(answer) && (user = result_user(result)); i++)
        *user = (user_row){number(answer, i, 0), cell(answer, i, 1), cell(answer, i, 2), NULL, 0};
    PQclear(answer);
    return answer ? 0 : -1;
}

static int read_posts(result *result)
{
    post_row *post;
    char *sql = r2_list("SELECT id, user_id, title FROM posts WHERE user_id IN (", result->users,
                        sizeof *result->users, result->user_count, ") ORDER BY user_id, id");
    PGresult *answer = sql ? query(sql, 0, NULL) : NULL;
    free(sql);
    for (int i = 0; i < PQntuples(answer) && (post = result_post(result)); i++)
        *post = (post_row){number(answer, i, 0), number(answer, i, 1), cell(answer, i, 2), NULL, 0};
    PQclear(answer);
    return answer ? 0 : -1;
}

static int read_comments(result *result)
{
    comment_row *comment;
    char *sql = r2_list("SELECT id, post_id, text FROM comments WHERE post_id IN (", result->posts,
                        sizeof *result->posts, result->post_count, ") ORDER BY post_id, id");
    PGresult *answer = sql ? query(sql, 0, NULL) : NULL;
    free(sql);
    for (int i = 0; i < PQntuples(answer) && (comment = result_comment(result)); i++)
        *comment = (comment_row){number(answer, i, 0), number(answer, i, 1), cell(answer, i, 2)};
    PQclear(answer);
    return answer ? 0 : -1;
}

static int get_one(const bench_run *run, uint64_t turn)
{
    char digits[DIGITS];
    const char *values[] = {decimal(bench_key(turn, run->shape.users), digits)};
    result result = {0};
    return r2_finish(
        &result, run,
        read_users(&result, query("SELECT id, name, hair_color FROM users WHERE id = $1", 1, values)));
}

static int get(const bench_run *run)
{
    return get_one(run, run->turn);
}

static int load(const bench_run *run)
{
    result result = {0};
    return r2_finish(&result, run,
                     read_users(&result, query("SELECT id, name, hair_color FROM users", 0, NULL)));
}

static int filter(const bench_run *run)
{
    result result = {0};
    const char *values[] = {"black"};
    int failed =
        read_users(&result, query("SELECT id, name, hair_color FROM users WHERE hair_color = $1 ORDER BY id",
                                  1, values)) ||
        read_posts(&result);
    result_join(&result);
    return r2_finish(&result, run, failed);
}

static int include(const bench_run *run)
{
    result result = {0};
    int failed = read_users(&result, query("SELECT id, name, hair_color FROM users ORDER BY id", 0, NULL)) ||
                 read_posts(&result) || read_comments(&result);
    result_join(&result);
    return r2_finish(&result, run, failed);
}

/* --- writes --- */

/* Runs an insert of one row: its key, 0 when it failed. */
static uint64_t insert(const char *sql, const char *first, const char *second)
{
    const char *values[] = {first, second};
    PGresult *answer = query(sql, 2, values);
    uint64_t id = answer ? number(answer, 0, 0) : 0;
    PQclear(answer);
    return id;
}

static int create_user(result *result, const char *name, const char *hair_color)
{
    uint64_t id =
        insert("INSERT INTO users (name, hair_color) VALUES ($1, $2) RETURNING id", name, hair_color);
    user_row *user = id ? result_user(result) : NULL;
    if (!user)
        return -1;
    *user = (user_row){id, r2_copy(name), r2_copy(hair_color), NULL, 0};
    return 0;
}

static int create(const bench_run *run)
{
    result result = {0};
    return r2_finish(&result, run, create_user(&result, bench_name(run->turn), bench_hair_color(run->turn)));
}

static PGresult *insert_users(size_t count)
{
    char *sql = malloc(96 + count * 24), *at = sql;
    const char **values = malloc(2 * count * sizeof *values);
    PGresult *answer = NULL;
    if (sql && values) {
        at += sprintf(at, "INSERT INTO users (name, hair_color) VALUES ");
        for (size_t i = 0; i < count; i++) {
            at += sprintf(at, "%s($%zu, $%zu)", i ? ", " : "", 2 * i + 1, 2 * i + 2);
            values[2 * i] = bench_name(i);
            values[2 * i + 1] = bench_hair_color(i);
        }
        memcpy(at, " RETURNING id", sizeof " RETURNING id");
        answer = query(sql, 2 * count, values);
    }
    free(values);
    free(sql);
    return answer;
}

static int create_many(const bench_run *run)
{
    result result = {0};
    PGresult *answer = insert_users(run->n);
    int failed = !answer;
    for (size_t i = 0; i < run->n && !failed; i++) {
        user_row *user = result_user(&result);
        failed = !user;
        if (user)
            *user = (user_row){number(answer, (int)i, 0), r2_copy(bench_name(i)),
                               r2_copy(bench_hair_color(i)), NULL, 0};
    }
    PQclear(answer);
    return r2_finish(&result, run, failed);
}

static int create_graph(const bench_run *run)
{
    enum { CHILDREN = 10 };
    char digits[DIGITS];
    result result = {0};
    int failed = control("BEGIN") || create_user(&result, bench_name(run->turn), NULL);
    for (uint64_t i = 0; i < CHILDREN && !failed; i++) {
        uint64_t user = result.users->id;
        uint64_t id = insert("INSERT INTO posts (user_id, title) VALUES ($1, $2) RETURNING id",
                             decimal(user, digits), bench_title(i));
        post_row *post = id ? result_post(&result) : NULL;
        failed = !post;
        if (post)
            *post = (post_row){id, user, r2_copy(bench_title(i)), NULL, 0};
    }
    for (uint64_t i = 0; i < CHILDREN && !failed; i++) {
        uint64_t post = result.posts[i].id;
        uint64_t id = insert("INSERT INTO comments (post_id, text) VALUES ($1, $2) RETURNING id",
                             decimal(post, digits), bench_text(i));
        comment_row *comment = id ? result_comment(&result) : NULL;
        failed = !comment;
        if (comment)
            *comment = (comment_row){id, post, r2_copy(bench_text(i))};
    }
    failed = failed || control("COMMIT");
    result_join(&result);
    return r2_finish(&result, run, failed);
}

/* How many rows an update or a delete changed; -1: it failed. */
static long change(const char *sql, size_t count, const char *const *values)
{
    PGresult *answer = query(sql, count, values);
    long rows = answer ? strtol(PQcmdTuples(answer), NULL, 10) : -1;
    PQclear(answer);
    return rows;
}

static int update_one(uint64_t id, const char *name)
{
    char digits[DIGITS];
    const char *values[] = {name, decimal(id, digits)};
    return change("UPDATE users SET name = $1 WHERE id = $2", 2, values) == 1 ? 0 : -1;
}

static int update(const bench_run *run)
{
    if (update_one(bench_key(run->turn, run->shape.users), bench_name(run->turn)))
        return -1;
    return run->sum ? get(run) : 0;
}

static int update_where(const bench_run *run)
{
    char digits[DIGITS];
    const char *values[] = {bench_title(run->turn), decimal(bench_key(run->turn, run->shape.users), digits)};
    long rows = change("UPDATE posts SET title = $1 WHERE user_id = $2", 2, values);
    if (rows >= 0 && run->sum)
        bench_sum_number(run->sum, (uint64_t)rows);
    return rows < 0 ? -1 : 0;
}

static int delete_one(const bench_run *run)
{
    char digits[DIGITS];
    const char *values[] = {decimal(run->turn + 1, digits)};
    if (change("DELETE FROM users WHERE id = $1", 1, values) != 1)
        return -1;
    if (run->sum)
        bench_sum_number(run->sum, run->turn);
    return 0;
}

static int batch(const bench_run *run)
{
    int failed = control("BEGIN");
    for (uint64_t i = 0; i < 20 && !failed; i++)
        failed = get_one(run, run->turn + i);
    for (uint64_t i = 0; i < 20 && !failed; i++) {
        uint64_t id = bench_key(run->turn + i, run->shape.users);
        failed = update_one(id, bench_name(id + run->turn));
    }
    failed = failed || control("COMMIT");
    for (uint64_t i = 0; run->sum && i < 20 && !failed; i++)
        failed = get_one(run, run->turn + i); /* what the updates wrote is part of the checksum */
    return failed;
}

/* --- the program --- */

static int open_database(const char *url)
{
    db = postgresql_tables_open(url);
    return db ? 0 : -1;
}

static int seed(const bench_shape *shape)
{
    return postgresql_tables_seed(db, shape);
}

static void close_database(void)
{
    PQfinish(db);
}

int main(int argc, char **argv)
{
    static const bench_workload workloads[] = {{"W1", get},
                                               {"W2", load},
                                               {"W3", filter},
                                               {"W4", create},
                                               {"W5", create_many},
                                               {"W6", include},
                                               {"W7-update", update},
                                               {"W7-where", update_where},
                                               {"W7-delete", delete_one},
                                               {"W8", create_graph},
                                               {"W9", batch},
                                               {NULL, NULL}};
    static const bench_contender contender = {open_database, seed, NULL, close_database, workloads};
    return bench_main(argc, argv, &contender);
}
