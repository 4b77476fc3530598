/* R2, C as it is commonly written on SQLite: a statement is prepared where it is needed and finalized after
 * it, a text is a string of its own, children are read by a list of keys that is written into the statement,
 * and many rows are inserted one by one in a transaction. */
#include "harness.h"
#include "r2_rows.h"
#include "sqlite_tables.h"

#include <stdio.h>
#include <stdlib.h>

static sqlite3 *db;

static int fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
    return -1;
}

static sqlite3_stmt *prepare(const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        fail(sql);
    return statement;
}

static void bind_text(sqlite3_stmt *statement, int place, const char *text)
{
    sqlite3_bind_text(statement, place, text, -1, SQLITE_TRANSIENT);
}

static void bind_number(sqlite3_stmt *statement, int place, uint64_t number)
{
    sqlite3_bind_int64(statement, place, (sqlite3_int64)number);
}

/* Runs a statement that gives no rows, and ends it. */
static int execute(sqlite3_stmt *statement)
{
    sqlite3_step(statement);
    return sqlite3_finalize(statement) == SQLITE_OK ? 0 : fail("execute");
}

static int control(const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(sql);
}

/* --- reads --- */

static char *cell(sqlite3_stmt *statement, int column)
{
    return r2_copy((const char *)sqlite3_column_text(statement, column));
}

static int read_users(result *result, sqlite3_stmt *statement)
{
    user_row *user;
    while (sqlite3_step(statement) == SQLITE_ROW && (user = result_user(result)))
        *user = (user_row){(uint64_t)sqlite3_column_int64(statement, 0), cell(statement, 1),
                           cell(statement, 2), NULL, 0};
    return sqlite3_finalize(statement) == SQLITE_OK ? 0 : fail("users");
}

static int read_posts(result *result)
{
    post_row *post;
    char *sql = r2_list("SELECT id, user_id, title FROM posts WHERE user_id IN (", result->users,
                        sizeof *result->users, result->user_count, ") ORDER BY user_id, id");
    sqlite3_stmt *statement = sql ? prepare(sql) : NULL;
    free(sql);
    while (sqlite3_step(statement) == SQLITE_ROW && (post = result_post(result)))
        *post = (post_row){(uint64_t)sqlite3_column_int64(statement, 0),
                           (uint64_t)sqlite3_column_int64(statement, 1), cell(statement, 2), NULL, 0};
    return sqlite3_finalize(statement) == SQLITE_OK ? 0 : fail("posts");
}

static int read_comments(result *result)
{
    comment_row *comment;
    char *sql = r2_list("SELECT id, post_id, text FROM comments WHERE post_id IN (", result->posts,
                        sizeof *result->posts, result->post_count, ") ORDER BY post_id, id");
    sqlite3_stmt *statement = sql ? prepare(sql) : NULL;
    free(sql);
    while (sqlite3_step(statement) == SQLITE_ROW && (comment = result_comment(result)))
        *comment = (comment_row){(uint64_t)sqlite3_column_int64(statement, 0),
                                 (uint64_t)sqlite3_column_int64(statement, 1), cell(statement, 2)};
    return sqlite3_finalize(statement) == SQLITE_OK ? 0 : fail("comments");
}

static int get_one(const bench_run *run, uint64_t turn)
{
    result result = {0};
    sqlite3_stmt *statement = prepare("SELECT id, name, hair_color FROM users WHERE id = ?");
    bind_number(statement, 1, bench_key(turn, run->shape.users));
    return r2_finish(&result, run, read_users(&result, statement));
}

static int get(const bench_run *run)
{
    return get_one(run, run->turn);
}

static int load(const bench_run *run)
{
    result result = {0};
    return r2_finish(&result, run, read_users(&result, prepare("SELECT id, name, hair_color FROM users")));
}

static int filter(const bench_run *run)
{
    result result = {0};
    sqlite3_stmt *statement =
        prepare("SELECT id, name, hair_color FROM users WHERE hair_color = ? ORDER BY id");
    bind_text(statement, 1, "black");
    int failed = read_users(&result, statement) || read_posts(&result);
    result_join(&result);
    return r2_finish(&result, run, failed);
}

static int include(const bench_run *run)
{
    result result = {0};
    int failed = read_users(&result, prepare("SELECT id, name, hair_color FROM users ORDER BY id")) ||
                 read_posts(&result) || read_comments(&result);
    result_join(&result);
    return r2_finish(&result, run, failed);
}

/* --- writes --- */

static int create_user(result *result, const char *name, const char *hair_color)
{
    sqlite3_stmt *statement = prepare("INSERT INTO users (name, hair_color) VALUES (?, ?)");
    bind_text(statement, 1, name);
    bind_text(statement, 2, hair_color);
    user_row *user = execute(statement) == 0 ? result_user(result) : NULL;
    if (!user)
        return -1;
    *user = (user_row){(uint64_t)sqlite3_last_insert_rowid(db), r2_copy(name), r2_copy(hair_color), NULL, 0};
    return 0;
}

/* A post or a comment: its key, 0 when it failed. */
static uint64_t create_child(const char *sql, uint64_t parent, const char *text)
{
    sqlite3_stmt *statement = prepare(sql);
    bind_number(statement, 1, parent);
    bind_text(statement, 2, text);
    return execute(statement) == 0 ? (uint64_t)sqlite3_last_insert_rowid(db) : 0;
}

static int create(const bench_run *run)
{
    result result = {0};
    return r2_finish(&result, run, create_user(&result, bench_name(run->turn), bench_hair_color(run->turn)));
}

static int create_many(const bench_run *run)
{
    result result = {0};
    int failed = control("BEGIN");
    for (size_t i = 0; i < run->n && !failed; i++)
        failed = create_user(&result, bench_name(i), bench_hair_color(i));
    failed = failed || control("COMMIT");
    return r2_finish(&result, run, failed);
}

static int create_graph(const bench_run *run)
{
    enum { CHILDREN = 10 };
    result result = {0};
    int failed = control("BEGIN") || create_user(&result, bench_name(run->turn), NULL);
    for (uint64_t i = 0; i < CHILDREN && !failed; i++) {
        uint64_t user = result.users->id;
        uint64_t id = create_child("INSERT INTO posts (user_id, title) VALUES (?, ?)", user, bench_title(i));
        post_row *post = id ? result_post(&result) : NULL;
        failed = !post;
        if (post)
            *post = (post_row){id, user, r2_copy(bench_title(i)), NULL, 0};
    }
    for (uint64_t i = 0; i < CHILDREN && !failed; i++) {
        uint64_t post = result.posts[i].id;
        uint64_t id = create_child("INSERT INTO comments (post_id, text) VALUES (?, ?)", post, bench_text(i));
        comment_row *comment = id ? result_comment(&result) : NULL;
        failed = !comment;
        if (comment)
            *comment = (comment_row){id, post, r2_copy(bench_text(i))};
    }
    failed = failed || control("COMMIT");
    result_join(&result);
    return r2_finish(&result, run, failed);
}

static int update_one(uint64_t id, const char *name)
{
    sqlite3_stmt *statement = prepare("UPDATE users SET name = ? WHERE id = ?");
    bind_text(statement, 1, name);
    bind_number(statement, 2, id);
    return execute(statement) || sqlite3_changes(db) != 1;
}

static int update(const bench_run *run)
{
    if (update_one(bench_key(run->turn, run->shape.users), bench_name(run->turn)))
        return -1;
    return run->sum ? get(run) : 0;
}

static int update_where(const bench_run *run)
{
    sqlite3_stmt *statement = prepare("UPDATE posts SET title = ? WHERE user_id = ?");
    bind_text(statement, 1, bench_title(run->turn));
    bind_number(statement, 2, bench_key(run->turn, run->shape.users));
    if (execute(statement))
        return -1;
    if (run->sum)
        bench_sum_number(run->sum, (uint64_t)sqlite3_changes(db));
    return 0;
}

static int delete_one(const bench_run *run)
{
    sqlite3_stmt *statement = prepare("DELETE FROM users WHERE id = ?");
    bind_number(statement, 1, run->turn + 1);
    if (execute(statement) || sqlite3_changes(db) != 1)
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
    db = sqlite_tables_open(url);
    return db ? 0 : -1;
}

static int seed(const bench_shape *shape)
{
    return sqlite_tables_seed(db, shape);
}

static void close_database(void)
{
    sqlite3_close(db);
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
