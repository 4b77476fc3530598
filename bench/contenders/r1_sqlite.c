/* R1, good C by hand on SQLite: one connection without mutexes, statements prepared once a shape, results in
 * arrays and an arena, the key of an insert from last_insert_rowid, one transaction for what belongs
 * together.
 *
 * Children are read with the keys of their parents as a list of placeholders, padded to a power of two so
 * that few shapes are prepared, or as one JSON array when there are many. */
#include "harness.h"
#include "result.h"
#include "sqlite_tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sqlite3 *db;

static int fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
    return -1;
}

/* --- statements: prepared once --- */

/* One kind of statement with a number of placeholders that grows; [i] is that of 2^i or of exactly i. */
typedef struct shapes {
    const char *begin, *item, *end;
    sqlite3_stmt *prepared[16];
    size_t sizes[16];
} shapes;

static sqlite3_stmt *prepare(const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        fail(sql);
    return statement;
}

static sqlite3_stmt *once(sqlite3_stmt **statement, const char *sql)
{
    return *statement ? *statement : (*statement = prepare(sql));
}

static sqlite3_stmt *shape(shapes *of, size_t size)
{
    size_t slot = 0, begin = strlen(of->begin), item = strlen(of->item), end = strlen(of->end);
    while (of->prepared[slot] && of->sizes[slot] != size)
        slot++;
    if (of->prepared[slot])
        return of->prepared[slot];
    char *sql = malloc(begin + size * (item + 1) + end + 1), *at = sql;
    if (!sql)
        return NULL;
    at = (char *)memcpy(at, of->begin, begin) + begin;
    for (size_t i = 0; i < size; i++) {
        if (i)
            *at++ = ',';
        at = (char *)memcpy(at, of->item, item) + item;
    }
    memcpy(at, of->end, end + 1);
    of->sizes[slot] = size;
    of->prepared[slot] = prepare(sql);
    free(sql);
    return of->prepared[slot];
}

static int done(sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? 0 : fail("step");
}

static int control(sqlite3_stmt **statement, const char *sql)
{
    return done(once(statement, sql));
}

static int begin(void)
{
    static sqlite3_stmt *statement;
    return control(&statement, "BEGIN IMMEDIATE");
}

static int commit(void)
{
    static sqlite3_stmt *statement;
    return control(&statement, "COMMIT");
}

static void bind_text(sqlite3_stmt *statement, int place, const char *text)
{
    if (text)
        sqlite3_bind_text(statement, place, text, (int)strlen(text), SQLITE_STATIC);
    else
        sqlite3_bind_null(statement, place);
}

/* --- rows --- */

static const char *text(result *result, sqlite3_stmt *statement, int column)
{
    const unsigned char *cell = sqlite3_column_text(statement, column);
    return cell ? result_text(result, cell, (size_t)sqlite3_column_bytes(statement, column)) : NULL;
}

static int read_users(result *result, sqlite3_stmt *statement)
{
    while (sqlite3_step(statement) == SQLITE_ROW) {
        user_row *user = result_user(result);
        if (!user)
            return -1;
        user->id = (uint64_t)sqlite3_column_int64(statement, 0);
        user->name = text(result, statement, 1);
        user->hair_color = text(result, statement, 2);
        user->posts = NULL;
        user->post_count = 0;
    }
    return sqlite3_reset(statement) == SQLITE_OK ? 0 : fail("users");
}

static int read_posts(result *result, sqlite3_stmt *statement)
{
    while (sqlite3_step(statement) == SQLITE_ROW) {
        post_row *post = result_post(result);
        if (!post)
            return -1;
        post->id = (uint64_t)sqlite3_column_int64(statement, 0);
        post->user_id = (uint64_t)sqlite3_column_int64(statement, 1);
        post->title = text(result, statement, 2);
        post->comments = NULL;
        post->comment_count = 0;
    }
    return sqlite3_reset(statement) == SQLITE_OK ? 0 : fail("posts");
}

static int read_comments(result *result, sqlite3_stmt *statement)
{
    while (sqlite3_step(statement) == SQLITE_ROW) {
        comment_row *comment = result_comment(result);
        if (!comment)
            return -1;
        comment->id = (uint64_t)sqlite3_column_int64(statement, 0);
        comment->post_id = (uint64_t)sqlite3_column_int64(statement, 1);
        comment->text = text(result, statement, 2);
    }
    return sqlite3_reset(statement) == SQLITE_OK ? 0 : fail("comments");
}

/* --- children of many parents --- */

enum { PADDED = 64 };

/* The keys as a JSON array, in memory that sqlite3_free frees. */
static char *json_keys(const void *rows, size_t stride, size_t count, size_t *length)
{
    char *json = sqlite3_malloc64(count * 21 + 2), *at = json;
    if (!json)
        return NULL;
    *at++ = '[';
    for (size_t i = 0; i < count; i++) {
        char digits[20];
        int used = 0;
        uint64_t key = *(const uint64_t *)((const char *)rows + i * stride);
        do
            digits[used++] = (char)('0' + key % 10);
        while (key /= 10);
        if (i)
            *at++ = ',';
        while (used)
            *at++ = digits[--used];
    }
    *at++ = ']';
    *length = (size_t)(at - json);
    return json;
}

/* The statement that reads children, with the keys (the first members of the rows) bound. */
static sqlite3_stmt *children(shapes *few, sqlite3_stmt **many, const char *many_sql, const void *rows,
                              size_t stride, size_t count)
{
    if (count <= PADDED) {
        size_t size = 1;
        while (size < count)
            size *= 2;
        sqlite3_stmt *statement = shape(few, size);
        for (size_t i = 0; i < size && statement; i++) {
            size_t row = i < count ? i : count - 1;
            sqlite3_bind_int64(statement, (int)i + 1,
                               *(const sqlite3_int64 *)((const char *)rows + row * stride));
        }
        return statement;
    }
    size_t length;
    char *json = json_keys(rows, stride, count, &length);
    if (!json)
        return NULL;
    sqlite3_bind_text64(once(many, many_sql), 1, json, length, sqlite3_free, SQLITE_UTF8);
    return *many;
}

static int read_children_posts(result *result)
{
    static shapes few = {
        "SELECT id, user_id, title FROM posts WHERE user_id IN (", "?", ") ORDER BY user_id, id", {0}, {0}};
    static sqlite3_stmt *many;
    if (!result->user_count)
        return 0;
    sqlite3_stmt *statement = children(&few, &many,
                                       "SELECT id, user_id, title FROM posts WHERE user_id IN "
                                       "(SELECT value FROM json_each(?)) ORDER BY user_id, id",
                                       result->users, sizeof *result->users, result->user_count);
    return statement ? read_posts(result, statement) : -1;
}

static int read_children_comments(result *result)
{
    static shapes few = {
        "SELECT id, post_id, text FROM comments WHERE post_id IN (", "?", ") ORDER BY post_id, id", {0}, {0}};
    static sqlite3_stmt *many;
    if (!result->post_count)
        return 0;
    sqlite3_stmt *statement = children(&few, &many,
                                       "SELECT id, post_id, text FROM comments WHERE post_id IN "
                                       "(SELECT value FROM json_each(?)) ORDER BY post_id, id",
                                       result->posts, sizeof *result->posts, result->post_count);
    return statement ? read_comments(result, statement) : -1;
}

/* Hands the result over: checks it where it is asked for, and frees it. */
static int finish(result *result, const bench_run *run, int failed)
{
    if (!failed && run->sum)
        result_sum(result, run->sum);
    result_free(result);
    return failed;
}

/* --- reads --- */

static int get_into(result *result, uint64_t id)
{
    static sqlite3_stmt *statement;
    sqlite3_bind_int64(once(&statement, "SELECT id, name, hair_color FROM users WHERE id = ?"), 1,
                       (sqlite3_int64)id);
    return read_users(result, statement);
}

static int get(const bench_run *run)
{
    result result = {0};
    return finish(&result, run, get_into(&result, bench_key(run->turn, run->shape.users)));
}

static int load(const bench_run *run)
{
    static sqlite3_stmt *statement;
    result result = {0};
    return finish(&result, run,
                  read_users(&result, once(&statement, "SELECT id, name, hair_color FROM users")));
}

static int filter(const bench_run *run)
{
    static sqlite3_stmt *statement;
    result result = {0};
    bind_text(once(&statement, "SELECT id, name, hair_color FROM users WHERE hair_color = ? ORDER BY id"), 1,
              "black");
    int failed = read_users(&result, statement) || read_children_posts(&result);
    result_join(&result);
    return finish(&result, run, failed);
}

static int include(const bench_run *run)
{
    static sqlite3_stmt *statement;
    result result = {0};
    once(&statement, "SELECT id, name, hair_color FROM users ORDER BY id");
    int failed =
        read_users(&result, statement) || read_children_posts(&result) || read_children_comments(&result);
    result_join(&result);
    return finish(&result, run, failed);
}

/* --- writes --- */

static const char *copy(result *result, const char *value)
{
    return value ? result_text(result, value, strlen(value)) : NULL;
}

static user_row *keep_user(result *result, const char *name, const char *hair_color)
{
    user_row *user = result_user(result);
    if (user)
        *user = (user_row){0, copy(result, name), copy(result, hair_color), NULL, 0};
    return user;
}

static int create_user(result *result, const char *name, const char *hair_color)
{
    static sqlite3_stmt *statement;
    once(&statement, "INSERT INTO users (name, hair_color) VALUES (?, ?)");
    bind_text(statement, 1, name);
    bind_text(statement, 2, hair_color);
    user_row *user = keep_user(result, name, hair_color);
    if (!user || done(statement))
        return -1;
    user->id = (uint64_t)sqlite3_last_insert_rowid(db);
    return 0;
}

static int create(const bench_run *run)
{
    result result = {0};
    return finish(&result, run, create_user(&result, bench_name(run->turn), bench_hair_color(run->turn)));
}

static int create_users(result *result, size_t count)
{
    static shapes inserts = {"INSERT INTO users (name, hair_color) VALUES ", "(?,?)", "", {0}, {0}};
    sqlite3_stmt *statement = shape(&inserts, count);
    for (size_t i = 0; i < count && statement; i++) {
        bind_text(statement, 2 * (int)i + 1, bench_name(i));
        bind_text(statement, 2 * (int)i + 2, bench_hair_color(i));
        if (!keep_user(result, bench_name(i), bench_hair_color(i)))
            return -1;
    }
    if (!statement || done(statement))
        return -1;
    uint64_t key = (uint64_t)sqlite3_last_insert_rowid(db) - count;
    for (size_t i = 0; i < count; i++)
        result->users[i].id = ++key;
    return 0;
}

static int create_many(const bench_run *run)
{
    result result = {0};
    return finish(&result, run, create_users(&result, run->n));
}

static int update_one(uint64_t id, const char *name)
{
    static sqlite3_stmt *statement;
    bind_text(once(&statement, "UPDATE users SET name = ? WHERE id = ?"), 1, name);
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)id);
    return done(statement) || sqlite3_changes(db) != 1;
}

static int update(const bench_run *run)
{
    if (update_one(bench_key(run->turn, run->shape.users), bench_name(run->turn)))
        return -1;
    return run->sum ? get(run) : 0;
}

static int update_where(const bench_run *run)
{
    static sqlite3_stmt *statement;
    bind_text(once(&statement, "UPDATE posts SET title = ? WHERE user_id = ?"), 1, bench_title(run->turn));
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)bench_key(run->turn, run->shape.users));
    if (done(statement))
        return -1;
    if (run->sum)
        bench_sum_number(run->sum, (uint64_t)sqlite3_changes(db));
    return 0;
}

static int delete_one(const bench_run *run)
{
    static sqlite3_stmt *statement;
    sqlite3_bind_int64(once(&statement, "DELETE FROM users WHERE id = ?"), 1, (sqlite3_int64)run->turn + 1);
    if (done(statement) || sqlite3_changes(db) != 1)
        return -1;
    if (run->sum)
        bench_sum_number(run->sum, run->turn);
    return 0;
}

enum { GRAPH = 10 };

static int create_posts(result *result, uint64_t user_id)
{
    static shapes inserts = {"INSERT INTO posts (user_id, title) VALUES ", "(?,?)", "", {0}, {0}};
    sqlite3_stmt *statement = shape(&inserts, GRAPH);
    for (int i = 0; i < GRAPH; i++) {
        sqlite3_bind_int64(statement, 2 * i + 1, (sqlite3_int64)user_id);
        bind_text(statement, 2 * i + 2, bench_title((uint64_t)i));
        post_row *post = result_post(result);
        if (!post)
            return -1;
        *post = (post_row){0, user_id, copy(result, bench_title((uint64_t)i)), NULL, 0};
    }
    if (done(statement))
        return -1;
    uint64_t key = (uint64_t)sqlite3_last_insert_rowid(db) - GRAPH;
    for (int i = 0; i < GRAPH; i++)
        result->posts[i].id = ++key;
    return 0;
}

static int create_comments(result *result)
{
    static shapes inserts = {"INSERT INTO comments (post_id, text) VALUES ", "(?,?)", "", {0}, {0}};
    sqlite3_stmt *statement = shape(&inserts, GRAPH);
    for (int i = 0; i < GRAPH; i++) {
        sqlite3_bind_int64(statement, 2 * i + 1, (sqlite3_int64)result->posts[i].id);
        bind_text(statement, 2 * i + 2, bench_text((uint64_t)i));
        comment_row *comment = result_comment(result);
        if (!comment)
            return -1;
        *comment = (comment_row){0, result->posts[i].id, copy(result, bench_text((uint64_t)i))};
    }
    if (done(statement))
        return -1;
    uint64_t key = (uint64_t)sqlite3_last_insert_rowid(db) - GRAPH;
    for (int i = 0; i < GRAPH; i++)
        result->comments[i].id = ++key;
    return 0;
}

static int create_graph(const bench_run *run)
{
    result result = {0};
    int failed = begin() || create_user(&result, bench_name(run->turn), NULL) ||
                 create_posts(&result, result.users->id) || create_comments(&result) || commit();
    result_join(&result);
    return finish(&result, run, failed);
}

/* What the updates wrote is part of the checksum. */
static int sum_updated(const bench_run *run)
{
    int failed = 0;
    for (size_t i = 0; i < 20 && !failed; i++) {
        result user = {0};
        failed = get_into(&user, bench_key(run->turn + i, run->shape.users));
        failed = finish(&user, run, failed);
    }
    return failed;
}

static int batch(const bench_run *run)
{
    result users[20] = {{0}};
    int failed = begin();
    for (size_t i = 0; i < 20 && !failed; i++)
        failed = get_into(&users[i], bench_key(run->turn + i, run->shape.users));
    for (size_t i = 0; i < 20 && !failed; i++) {
        uint64_t id = bench_key(run->turn + i, run->shape.users);
        failed = update_one(id, bench_name(id + run->turn));
    }
    failed = failed || commit();
    for (size_t i = 0; i < 20; i++)
        failed = finish(&users[i], run, failed);
    return failed || (run->sum && sum_updated(run));
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
    for (sqlite3_stmt *statement; (statement = sqlite3_next_stmt(db, NULL));)
        sqlite3_finalize(statement);
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
