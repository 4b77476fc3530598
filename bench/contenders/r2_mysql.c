/* R2, C as it is commonly written on libmariadb: statements are texts with escaped values, results are stored
 * and read as text, a text is a string of its own, children are read by a list of keys that is written into
 * the statement, and inserted one by one. */
#include "harness.h"
#include "mysql_tables.h"
#include "r2_rows.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static MYSQL *db;

/* Sends a text that printf makes. */
__attribute__((format(printf, 1, 2))) static int send_text(const char *format, ...)
{
    char *sql = NULL;
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length >= 0 && (sql = malloc((size_t)length + 1)))
        vsnprintf(sql, (size_t)length + 1, format, arguments);
    va_end(arguments);
    int failed = !sql || mysql_tables_do(db, sql);
    free(sql);
    return failed;
}

enum { QUOTED = 128 };

/* The text as SQL writes it. */
static const char *quoted(const char *text, char room[QUOTED])
{
    if (!text)
        return "NULL";
    char *at = room;
    *at++ = '\'';
    at += mysql_real_escape_string(db, at, text, (unsigned long)strlen(text));
    *at++ = '\'';
    *at = '\0';
    return room;
}

static uint64_t number(MYSQL_ROW row, size_t column)
{
    return strtoull(row[column], NULL, 10);
}

/* --- reads: each takes the answer to what was sent --- */

static int read_users(result *result, int failed)
{
    user_row *user;
    MYSQL_ROW row;
    MYSQL_RES *answer = failed ? NULL : mysql_store_result(db);
    while (answer && (row = mysql_fetch_row(answer)) && (user = result_user(result)))
        *user = (user_row){number(row, 0), r2_copy(row[1]), r2_copy(row[2]), NULL, 0};
    mysql_free_result(answer);
    return answer ? 0 : -1;
}

static int read_posts(result *result)
{
    post_row *post;
    MYSQL_ROW row;
    char *sql = r2_list("SELECT id, user_id, title FROM posts WHERE user_id IN (", result->users,
                        sizeof *result->users, result->user_count, ") ORDER BY user_id, id");
    MYSQL_RES *answer = sql && mysql_tables_do(db, sql) == 0 ? mysql_store_result(db) : NULL;
    free(sql);
    while (answer && (row = mysql_fetch_row(answer)) && (post = result_post(result)))
        *post = (post_row){number(row, 0), number(row, 1), r2_copy(row[2]), NULL, 0};
    mysql_free_result(answer);
    return answer ? 0 : -1;
}

static int read_comments(result *result)
{
    comment_row *comment;
    MYSQL_ROW row;
    char *sql = r2_list("SELECT id, post_id, text FROM comments WHERE post_id IN (", result->posts,
                        sizeof *result->posts, result->post_count, ") ORDER BY post_id, id");
    MYSQL_RES *answer = sql && mysql_tables_do(db, sql) == 0 ? mysql_store_result(db) : NULL;
    free(sql);
    while (answer && (row = mysql_fetch_row(answer)) && (comment = result_comment(result)))
        *comment = (comment_row){number(row, 0), number(row, 1), r2_copy(row[2])};
    mysql_free_result(answer);
    return answer ? 0 : -1;
}

static int get_one(const bench_run *run, uint64_t turn)
{
    result result = {0};
    int failed = send_text("SELECT id, name, hair_color FROM users WHERE id = %" PRIu64,
                           bench_key(turn, run->shape.users));
    return r2_finish(&result, run, read_users(&result, failed));
}

static int get(const bench_run *run)
{
    return get_one(run, run->turn);
}

static int load(const bench_run *run)
{
    result result = {0};
    return r2_finish(&result, run, read_users(&result, send_text("SELECT id, name, hair_color FROM users")));
}

static int filter(const bench_run *run)
{
    result result = {0};
    char color[QUOTED];
    int failed = send_text("SELECT id, name, hair_color FROM users WHERE hair_color = %s ORDER BY id",
                           quoted("black", color));
    failed = read_users(&result, failed) || read_posts(&result);
    result_join(&result);
    return r2_finish(&result, run, failed);
}

static int include(const bench_run *run)
{
    result result = {0};
    int failed = send_text("SELECT id, name, hair_color FROM users ORDER BY id");
    failed = read_users(&result, failed) || read_posts(&result) || read_comments(&result);
    result_join(&result);
    return r2_finish(&result, run, failed);
}

/* --- writes --- */

static int keep_user(result *result, uint64_t id, const char *name, const char *hair_color)
{
    user_row *user = result_user(result);
    if (!user)
        return -1;
    *user = (user_row){id, r2_copy(name), r2_copy(hair_color), NULL, 0};
    return 0;
}

static int create_user(result *result, const char *name, const char *hair_color)
{
    char first[QUOTED], second[QUOTED];
    return send_text("INSERT INTO users (name, hair_color) VALUES (%s, %s)", quoted(name, first),
                     quoted(hair_color, second)) ||
           keep_user(result, mysql_insert_id(db), name, hair_color);
}

static int create(const bench_run *run)
{
    result result = {0};
    return r2_finish(&result, run, create_user(&result, bench_name(run->turn), bench_hair_color(run->turn)));
}

static int insert_users(size_t count)
{
    char *sql = malloc(64 + count * (2 * QUOTED + 5)), *at = sql, first[QUOTED], second[QUOTED];
    if (!sql)
        return -1;
    at += sprintf(at, "INSERT INTO users (name, hair_color) VALUES ");
    for (size_t i = 0; i < count; i++)
        at += sprintf(at, "%s(%s, %s)", i ? ", " : "", quoted(bench_name(i), first),
                      quoted(bench_hair_color(i), second));
    int failed = mysql_tables_do(db, sql);
    free(sql);
    return failed;
}

static int create_many(const bench_run *run)
{
    result result = {0};
    int failed = insert_users(run->n);
    uint64_t id = mysql_insert_id(db);
    for (size_t i = 0; i < run->n && !failed; i++)
        failed = keep_user(&result, id + i, bench_name(i), bench_hair_color(i));
    return r2_finish(&result, run, failed);
}

static int create_graph(const bench_run *run)
{
    enum { CHILDREN = 10 };
    char text[QUOTED];
    result result = {0};
    int failed =
        mysql_tables_do(db, "START TRANSACTION") || create_user(&result, bench_name(run->turn), NULL);
    for (uint64_t i = 0; i < CHILDREN && !failed; i++) {
        uint64_t user = result.users->id;
        failed = send_text("INSERT INTO posts (user_id, title) VALUES (%" PRIu64 ", %s)", user,
                           quoted(bench_title(i), text));
        post_row *post = failed ? NULL : result_post(&result);
        failed = !post;
        if (post)
            *post = (post_row){mysql_insert_id(db), user, r2_copy(bench_title(i)), NULL, 0};
    }
    for (uint64_t i = 0; i < CHILDREN && !failed; i++) {
        uint64_t post = result.posts[i].id;
        failed = send_text("INSERT INTO comments (post_id, text) VALUES (%" PRIu64 ", %s)", post,
                           quoted(bench_text(i), text));
        comment_row *comment = failed ? NULL : result_comment(&result);
        failed = !comment;
        if (comment)
            *comment = (comment_row){mysql_insert_id(db), post, r2_copy(bench_text(i))};
    }
    failed = failed || mysql_tables_do(db, "COMMIT");
    result_join(&result);
    return r2_finish(&result, run, failed);
}

static int update_one(uint64_t id, const char *name)
{
    char text[QUOTED];
    return send_text("UPDATE users SET name = %s WHERE id = %" PRIu64, quoted(name, text), id) ||
           mysql_affected_rows(db) != 1;
}

static int update(const bench_run *run)
{
    if (update_one(bench_key(run->turn, run->shape.users), bench_name(run->turn)))
        return -1;
    return run->sum ? get(run) : 0;
}

static int update_where(const bench_run *run)
{
    char text[QUOTED];
    if (send_text("UPDATE posts SET title = %s WHERE user_id = %" PRIu64,
                  quoted(bench_title(run->turn), text), bench_key(run->turn, run->shape.users)))
        return -1;
    if (run->sum)
        bench_sum_number(run->sum, mysql_affected_rows(db));
    return 0;
}

static int delete_one(const bench_run *run)
{
    if (send_text("DELETE FROM users WHERE id = %" PRIu64, run->turn + 1) || mysql_affected_rows(db) != 1)
        return -1;
    if (run->sum)
        bench_sum_number(run->sum, run->turn);
    return 0;
}

static int batch(const bench_run *run)
{
    int failed = mysql_tables_do(db, "START TRANSACTION");
    for (uint64_t i = 0; i < 20 && !failed; i++)
        failed = get_one(run, run->turn + i);
    for (uint64_t i = 0; i < 20 && !failed; i++) {
        uint64_t id = bench_key(run->turn + i, run->shape.users);
        failed = update_one(id, bench_name(id + run->turn));
    }
    failed = failed || mysql_tables_do(db, "COMMIT");
    for (uint64_t i = 0; run->sum && i < 20 && !failed; i++)
        failed = get_one(run, run->turn + i); /* what the updates wrote is part of the checksum */
    return failed;
}

/* --- the program --- */

static int open_database(const char *url)
{
    db = mysql_tables_open(url);
    return db ? 0 : -1;
}

static int seed(const bench_shape *shape)
{
    return mysql_tables_seed(db, shape);
}

static void close_database(void)
{
    mysql_close(db);
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
