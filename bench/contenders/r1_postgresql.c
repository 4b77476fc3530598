/* R1, good C by hand on libpq: statements prepared once, binary both ways, results in arrays and an arena,
 * one array parameter for a list of keys, one array a column for an insert of many rows, and a pipeline of
 * one round trip for what needs no earlier answer. */
#include "harness.h"
#include "postgresql_tables.h"
#include "result.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static PGconn *db;

static int fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, PQerrorMessage(db));
    return -1;
}

/* --- statements --- */

enum statement {
    GET_USER,
    LOAD_USERS,
    LOAD_USERS_IN_ORDER,
    FILTER_USERS,
    POSTS_OF_USERS,
    COMMENTS_OF_POSTS,
    CREATE_USER,
    CREATE_USERS,
    CREATE_POSTS,
    CREATE_COMMENTS,
    UPDATE_USER,
    UPDATE_POSTS,
    DELETE_USER,
    BEGIN,
    COMMIT
};

static const struct {
    const char *name, *sql;
} statements[] = {
    [GET_USER] = {"get_user", "SELECT id, name, hair_color FROM users WHERE id = $1"},
    [LOAD_USERS] = {"load_users", "SELECT id, name, hair_color FROM users"},
    [LOAD_USERS_IN_ORDER] = {"load_in_order", "SELECT id, name, hair_color FROM users ORDER BY id"},
    [FILTER_USERS] = {"filter_users",
                      "SELECT id, name, hair_color FROM users WHERE hair_color = $1 ORDER BY id"},
    [POSTS_OF_USERS] =
        {"posts_of_users",
         "SELECT id, user_id, title FROM posts WHERE user_id = ANY($1::int8[]) ORDER BY user_id, id"},
    [COMMENTS_OF_POSTS] =
        {"comments_of_posts",
         "SELECT id, post_id, text FROM comments WHERE post_id = ANY($1::int8[]) ORDER BY post_id, id"},
    [CREATE_USER] = {"create_user", "INSERT INTO users (name, hair_color) VALUES ($1, $2) RETURNING id"},
    [CREATE_USERS] =
        {"create_users",
         "INSERT INTO users (name, hair_color) SELECT * FROM unnest($1::text[], $2::text[]) RETURNING id"},
    [CREATE_POSTS] =
        {"create_posts",
         "INSERT INTO posts (user_id, title) SELECT * FROM unnest($1::int8[], $2::text[]) RETURNING id"},
    [CREATE_COMMENTS] =
        {"create_comments",
         "INSERT INTO comments (post_id, text) SELECT * FROM unnest($1::int8[], $2::text[]) RETURNING id"},
    [UPDATE_USER] = {"update_user", "UPDATE users SET name = $1 WHERE id = $2"},
    [UPDATE_POSTS] = {"update_posts", "UPDATE posts SET title = $1 WHERE user_id = $2"},
    [DELETE_USER] = {"delete_user", "DELETE FROM users WHERE id = $1"},
    [BEGIN] = {"begin_", "BEGIN"},
    [COMMIT] = {"commit_", "COMMIT"},
};

typedef struct parameters {
    int count;
    const char *values[4];
    int lengths[4];
    int formats[4];
} parameters;

static void add(parameters *to, const void *value, size_t length)
{
    to->values[to->count] = value;
    to->lengths[to->count] = (int)length;
    to->formats[to->count++] = 1;
}

static void add_text(parameters *to, const char *text)
{
    add(to, text, text ? strlen(text) : 0);
}

static PGresult *checked(PGresult *answer, const char *what)
{
    ExecStatusType status = PQresultStatus(answer);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return answer;
    fail(what);
    PQclear(answer);
    return NULL;
}

/* NULL: it failed. */
static PGresult *run(enum statement statement, const parameters *with)
{
    const char *name = statements[statement].name;
    return checked(PQexecPrepared(db, name, with->count, with->values, with->lengths, with->formats, 1),
                   name);
}

static int submit(enum statement statement, const parameters *with)
{
    return PQsendQueryPrepared(db, statements[statement].name, with->count, with->values, with->lengths,
                               with->formats, 1)
               ? 0
               : fail("send");
}

/* The next answer of a pipeline, and the NULL after it. */
static PGresult *next(void)
{
    PGresult *answer = checked(PQgetResult(db), "pipeline");
    PQclear(PQgetResult(db));
    return answer;
}

static int next_command(void)
{
    PGresult *answer = next();
    PQclear(answer);
    return answer ? 0 : -1;
}

static int sync_pipeline(void)
{
    return PQpipelineSync(db) ? 0 : fail("sync");
}

static int end_of_pipeline(void)
{
    PGresult *answer = PQgetResult(db);
    int status = PQresultStatus(answer) == PGRES_PIPELINE_SYNC ? 0 : fail("end of the pipeline");
    PQclear(answer);
    return status;
}

/* --- the wire's numbers and arrays --- */

static uint64_t get64(const void *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, 8);
    return __builtin_bswap64(value);
}

static char *put32(char *at, uint32_t value)
{
    value = htonl(value);
    return (char *)memcpy(at, &value, 4) + 4;
}

static char *put64(char *at, uint64_t value)
{
    value = __builtin_bswap64(value);
    return (char *)memcpy(at, &value, 8) + 8;
}

enum { INT8 = 20, TEXT = 25 };

static char *array_head(char *at, size_t count, uint32_t type, int nulls)
{
    at = put32(at, 1);
    at = put32(at, (uint32_t)nulls);
    at = put32(at, type);
    at = put32(at, (uint32_t)count);
    return put32(at, 1);
}

/* The first members of rows, as an array for free. */
static char *key_array(const void *rows, size_t stride, size_t count, size_t *length)
{
    char *array = malloc(20 + count * 12), *at = array;
    if (!array)
        return NULL;
    at = array_head(at, count, INT8, 0);
    for (size_t i = 0; i < count; i++) {
        at = put32(at, 8);
        at = put64(at, *(const uint64_t *)((const char *)rows + i * stride));
    }
    *length = (size_t)(at - array);
    return array;
}

static char *text_array(const char *(*text)(uint64_t number), size_t count, size_t *length)
{
    size_t size = 20;
    int nulls = 0;
    for (size_t i = 0; i < count; i++) {
        const char *item = text(i);
        size += 4 + (item ? strlen(item) : 0);
        nulls |= !item;
    }
    char *array = malloc(size), *at = array;
    if (!array)
        return NULL;
    at = array_head(at, count, TEXT, nulls);
    for (size_t i = 0; i < count; i++) {
        const char *item = text(i);
        size_t bytes = item ? strlen(item) : 0;
        at = put32(at, item ? (uint32_t)bytes : UINT32_MAX);
        if (item)
            at = (char *)memcpy(at, item, bytes) + bytes;
    }
    *length = size;
    return array;
}

/* --- rows --- */

static const char *text(result *result, const PGresult *answer, int row, int column)
{
    if (PQgetisnull(answer, row, column))
        return NULL;
    return result_text(result, PQgetvalue(answer, row, column), (size_t)PQgetlength(answer, row, column));
}

static int read_users(result *result, PGresult *answer)
{
    int rows = answer ? PQntuples(answer) : -1;
    for (int i = 0; i < rows; i++) {
        user_row *user = result_user(result);
        if (!user)
            return -1;
        user->id = get64(PQgetvalue(answer, i, 0));
        user->name = text(result, answer, i, 1);
        user->hair_color = text(result, answer, i, 2);
        user->posts = NULL;
        user->post_count = 0;
    }
    PQclear(answer);
    return rows < 0 ? -1 : 0;
}

static int read_posts(result *result, PGresult *answer)
{
    int rows = answer ? PQntuples(answer) : -1;
    for (int i = 0; i < rows; i++) {
        post_row *post = result_post(result);
        if (!post)
            return -1;
        post->id = get64(PQgetvalue(answer, i, 0));
        post->user_id = get64(PQgetvalue(answer, i, 1));
        post->title = text(result, answer, i, 2);
        post->comments = NULL;
        post->comment_count = 0;
    }
    PQclear(answer);
    return rows < 0 ? -1 : 0;
}

static int read_comments(result *result, PGresult *answer)
{
    int rows = answer ? PQntuples(answer) : -1;
    for (int i = 0; i < rows; i++) {
        comment_row *comment = result_comment(result);
        if (!comment)
            return -1;
        comment->id = get64(PQgetvalue(answer, i, 0));
        comment->post_id = get64(PQgetvalue(answer, i, 1));
        comment->text = text(result, answer, i, 2);
    }
    PQclear(answer);
    return rows < 0 ? -1 : 0;
}

static PGresult *children(enum statement statement, const void *rows, size_t stride, size_t count)
{
    parameters with = {0};
    size_t length;
    char *keys = key_array(rows, stride, count, &length);
    if (!keys)
        return NULL;
    add(&with, keys, length);
    PGresult *answer = run(statement, &with);
    free(keys);
    return answer;
}

static int read_children_posts(result *result)
{
    return result->user_count ? read_posts(result, children(POSTS_OF_USERS, result->users,
                                                            sizeof *result->users, result->user_count))
                              : 0;
}

static int read_children_comments(result *result)
{
    return result->post_count ? read_comments(result, children(COMMENTS_OF_POSTS, result->posts,
                                                               sizeof *result->posts, result->post_count))
                              : 0;
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

static int get(const bench_run *of)
{
    char key[8];
    result result = {0};
    parameters with = {0};
    put64(key, bench_key(of->turn, of->shape.users));
    add(&with, key, sizeof key);
    return finish(&result, of, read_users(&result, run(GET_USER, &with)));
}

static int load(const bench_run *of)
{
    result result = {0};
    return finish(&result, of, read_users(&result, run(LOAD_USERS, &(parameters){0})));
}

static int filter(const bench_run *of)
{
    result result = {0};
    parameters with = {0};
    add_text(&with, "black");
    int failed = read_users(&result, run(FILTER_USERS, &with)) || read_children_posts(&result);
    result_join(&result);
    return finish(&result, of, failed);
}

static int include(const bench_run *of)
{
    result result = {0};
    int failed = read_users(&result, run(LOAD_USERS_IN_ORDER, &(parameters){0})) ||
                 read_children_posts(&result) || read_children_comments(&result);
    result_join(&result);
    return finish(&result, of, failed);
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

static int take_key(PGresult *answer, int row, uint64_t *key)
{
    if (answer)
        *key = get64(PQgetvalue(answer, row, 0));
    return answer ? 0 : -1;
}

static int create(const bench_run *of)
{
    result result = {0};
    parameters with = {0};
    const char *name = bench_name(of->turn), *hair_color = bench_hair_color(of->turn);
    add_text(&with, name);
    add_text(&with, hair_color);
    user_row *user = keep_user(&result, name, hair_color);
    PGresult *answer = user ? run(CREATE_USER, &with) : NULL;
    int failed = !user || take_key(answer, 0, &user->id);
    PQclear(answer);
    return finish(&result, of, failed);
}

static int create_many(const bench_run *of)
{
    result result = {0};
    parameters with = {0};
    size_t name_length = 0, color_length = 0;
    char *names = text_array(bench_name, of->n, &name_length);
    char *colors = text_array(bench_hair_color, of->n, &color_length);
    add(&with, names, name_length);
    add(&with, colors, color_length);
    PGresult *answer = names && colors ? run(CREATE_USERS, &with) : NULL;
    int failed = !answer;
    for (size_t i = 0; i < of->n && !failed; i++) {
        user_row *user = keep_user(&result, bench_name(i), bench_hair_color(i));
        failed = !user || take_key(answer, (int)i, &user->id);
    }
    PQclear(answer);
    free(names);
    free(colors);
    return finish(&result, of, failed);
}

static void add_update(parameters *with, char key[8], uint64_t id, const char *name)
{
    put64(key, id);
    add_text(with, name);
    add(with, key, 8);
}

static int update(const bench_run *of)
{
    char key[8];
    parameters with = {0};
    add_update(&with, key, bench_key(of->turn, of->shape.users), bench_name(of->turn));
    PGresult *answer = run(UPDATE_USER, &with);
    int failed = !answer || strcmp(PQcmdTuples(answer), "1") != 0;
    PQclear(answer);
    return failed ? -1 : of->sum ? get(of) : 0;
}

static int update_where(const bench_run *of)
{
    char key[8];
    parameters with = {0};
    add_update(&with, key, bench_key(of->turn, of->shape.users), bench_title(of->turn));
    PGresult *answer = run(UPDATE_POSTS, &with);
    if (answer && of->sum)
        bench_sum_number(of->sum, strtoull(PQcmdTuples(answer), NULL, 10));
    PQclear(answer);
    return answer ? 0 : -1;
}

static int delete_one(const bench_run *of)
{
    char key[8];
    parameters with = {0};
    put64(key, of->turn + 1);
    add(&with, key, sizeof key);
    PGresult *answer = run(DELETE_USER, &with);
    int failed = !answer || strcmp(PQcmdTuples(answer), "1") != 0;
    PQclear(answer);
    if (!failed && of->sum)
        bench_sum_number(of->sum, of->turn);
    return failed;
}

enum { GRAPH = 10 };

static int send_rows(enum statement statement, const uint64_t *keys, size_t stride,
                     const char *(*texts)(uint64_t number))
{
    parameters with = {0};
    size_t key_length, text_length;
    char *key_items = key_array(keys, stride, GRAPH, &key_length);
    char *text_items = text_array(texts, GRAPH, &text_length);
    int failed = !key_items || !text_items;
    if (!failed) {
        add(&with, key_items, key_length);
        add(&with, text_items, text_length);
        failed = submit(statement, &with);
    }
    free(key_items);
    free(text_items);
    return failed;
}

static int take_posts(result *result)
{
    PGresult *answer = next();
    for (int i = 0; answer && i < GRAPH; i++) {
        post_row *post = result_post(result);
        *post = (post_row){get64(PQgetvalue(answer, i, 0)), result->users->id,
                           copy(result, bench_title((uint64_t)i)), NULL, 0};
    }
    PQclear(answer);
    return answer ? 0 : -1;
}

static int take_comments(result *result)
{
    PGresult *answer = next();
    for (int i = 0; answer && i < GRAPH; i++) {
        comment_row *comment = result_comment(result);
        *comment = (comment_row){get64(PQgetvalue(answer, i, 0)), result->posts[i].id,
                                 copy(result, bench_text((uint64_t)i))};
    }
    PQclear(answer);
    return answer ? 0 : -1;
}

/* Each insert needs the keys of the one before it: three round trips, the first with the BEGIN, the last with
 * the COMMIT. */
static int create_graph(const bench_run *of)
{
    result result = {0};
    uint64_t users[GRAPH];
    parameters with = {0};
    user_row *user = keep_user(&result, bench_name(of->turn), NULL);
    if (!user || !PQenterPipelineMode(db))
        return fail("pipeline");
    add_text(&with, user->name);
    add_text(&with, NULL);
    int failed =
        submit(BEGIN, &(parameters){0}) || submit(CREATE_USER, &with) || sync_pipeline() || next_command();
    PGresult *answer = failed ? NULL : next();
    failed = failed || take_key(answer, 0, &user->id) || end_of_pipeline();
    PQclear(answer);
    for (int i = 0; i < GRAPH; i++)
        users[i] = user->id;
    failed = failed || send_rows(CREATE_POSTS, users, sizeof *users, bench_title) || sync_pipeline() ||
             take_posts(&result) || end_of_pipeline() ||
             send_rows(CREATE_COMMENTS, &result.posts->id, sizeof *result.posts, bench_text) ||
             submit(COMMIT, &(parameters){0}) || sync_pipeline() || take_comments(&result) ||
             next_command() || end_of_pipeline();
    PQexitPipelineMode(db);
    result_join(&result);
    return finish(&result, of, failed);
}

/* What the updates wrote is part of the checksum. */
static int sum_updated(const bench_run *of)
{
    bench_run each = *of;
    int failed = 0;
    for (size_t i = 0; i < 20 && !failed; i++, each.turn++)
        failed = get(&each);
    return failed;
}

static int batch(const bench_run *of)
{
    result users[20] = {{0}};
    int failed = !PQenterPipelineMode(db);
    for (size_t i = 0; i < 20 && !failed; i++) {
        char key[8];
        parameters with = {0};
        put64(key, bench_key(of->turn + i, of->shape.users));
        add(&with, key, sizeof key);
        failed = submit(GET_USER, &with);
    }
    for (size_t i = 0; i < 20 && !failed; i++) {
        char key[8];
        parameters with = {0};
        uint64_t id = bench_key(of->turn + i, of->shape.users);
        add_update(&with, key, id, bench_name(id + of->turn));
        failed = submit(UPDATE_USER, &with);
    }
    failed = failed || sync_pipeline();
    for (size_t i = 0; i < 20 && !failed; i++)
        failed = read_users(&users[i], next());
    for (size_t i = 0; i < 20 && !failed; i++)
        failed = next_command();
    failed = failed || end_of_pipeline();
    PQexitPipelineMode(db);
    for (size_t i = 0; i < 20; i++)
        failed = finish(&users[i], of, failed);
    return failed || (of->sum && sum_updated(of));
}

/* --- the program --- */

static int open_database(const char *url)
{
    db = postgresql_tables_open(url);
    if (!db)
        return -1;
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        PGresult *answer =
            checked(PQprepare(db, statements[i].name, statements[i].sql, 0, NULL), statements[i].name);
        PQclear(answer);
        if (!answer)
            return -1;
    }
    return 0;
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
