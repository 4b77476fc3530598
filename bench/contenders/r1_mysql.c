/* R1 for MySQL and for MariaDB, good C by hand on libmariadb: statements prepared once, values and cells
 * bound once, binary both ways, rows read as they come into arrays and an arena, a padded list for few keys
 * and one JSON array for many, rows inserted by 128 with one statement, whose keys follow the first one.
 * libmariadb sends a prepared statement only when the one before it is answered. */
#include "harness.h"
#include "mysql_tables.h"
#include "result.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static MYSQL *db;

static int fail(const char *what, MYSQL_STMT *statement)
{
    fprintf(stderr, "%s: %s\n", what, statement ? mysql_stmt_error(statement) : mysql_error(db));
    return -1;
}

/* --- values and cells: each statement is bound to these once, and a call fills them --- */

enum { TEXT_ROOM = 256, NUMBERS = 2, TEXTS = 2 };

typedef struct texts {
    char bytes[TEXTS][TEXT_ROOM];
    unsigned long lengths[TEXTS];
    my_bool nulls[TEXTS];
} texts;

static uint64_t key_in, numbers_out[NUMBERS];
static texts in, out;

static MYSQL_BIND bind_number(uint64_t *number)
{
    return (MYSQL_BIND){.buffer_type = MYSQL_TYPE_LONGLONG, .buffer = number, .is_unsigned = 1};
}

static MYSQL_BIND bind_text(texts *texts, size_t i)
{
    return (MYSQL_BIND){.buffer_type = MYSQL_TYPE_STRING,
                        .buffer = texts->bytes[i],
                        .buffer_length = TEXT_ROOM,
                        .length = &texts->lengths[i],
                        .is_null = &texts->nulls[i]};
}

static void set_text(size_t i, const char *text)
{
    in.nulls[i] = !text;
    in.lengths[i] = text ? (unsigned long)strlen(text) : 0;
    memcpy(in.bytes[i], text ? text : "", in.lengths[i]);
}

/* --- statements --- */

enum statement {
    GET_USER,
    LOAD_USERS,
    LOAD_USERS_IN_ORDER,
    FILTER_USERS,
    CREATE_USER,
    UPDATE_USER,
    UPDATE_POSTS,
    DELETE_USER,
    STATEMENTS
};

/* The parameters and columns in order: k the key, t a text, n a number. */
static const struct {
    const char *sql, *parameters, *columns;
} texts_of[STATEMENTS] = {
    [GET_USER] = {"SELECT id, name, hair_color FROM users WHERE id = ?", "k", "ntt"},
    [LOAD_USERS] = {"SELECT id, name, hair_color FROM users", "", "ntt"},
    [LOAD_USERS_IN_ORDER] = {"SELECT id, name, hair_color FROM users ORDER BY id", "", "ntt"},
    [FILTER_USERS] = {"SELECT id, name, hair_color FROM users WHERE hair_color = ? ORDER BY id", "t", "ntt"},
    [CREATE_USER] = {"INSERT INTO users (name, hair_color) VALUES (?, ?)", "tt", ""},
    [UPDATE_USER] = {"UPDATE users SET name = ? WHERE id = ?", "tk", ""},
    [UPDATE_POSTS] = {"UPDATE posts SET title = ? WHERE user_id = ?", "tk", ""},
    [DELETE_USER] = {"DELETE FROM users WHERE id = ?", "k", ""},
};
static MYSQL_STMT *statements[STATEMENTS];

static int bind_columns(MYSQL_STMT *statement, const char *columns)
{
    MYSQL_BIND cells[NUMBERS + TEXTS];
    size_t count = 0, numbers = 0, strings = 0;
    for (; columns[count]; count++)
        cells[count] =
            columns[count] == 'n' ? bind_number(&numbers_out[numbers++]) : bind_text(&out, strings++);
    return count && mysql_stmt_bind_result(statement, cells);
}

static int bind_parameters(MYSQL_STMT *statement, const char *parameters)
{
    MYSQL_BIND values[NUMBERS + TEXTS];
    size_t count = 0, strings = 0;
    for (; parameters[count]; count++)
        values[count] = parameters[count] == 'k' ? bind_number(&key_in) : bind_text(&in, strings++);
    return count && mysql_stmt_bind_param(statement, values);
}

/* NULL: it failed, and said why. */
static MYSQL_STMT *prepare(const char *sql, const char *parameters, const char *columns)
{
    MYSQL_STMT *statement = mysql_stmt_init(db);
    if (statement && mysql_stmt_prepare(statement, sql, (unsigned long)strlen(sql)) == 0 &&
        bind_columns(statement, columns) == 0 && bind_parameters(statement, parameters) == 0)
        return statement;
    fail(sql, statement);
    return NULL;
}

static MYSQL_STMT *execute(MYSQL_STMT *statement)
{
    if (statement && mysql_stmt_execute(statement) == 0)
        return statement;
    if (statement)
        fail("execute", statement);
    return NULL;
}

static MYSQL_STMT *run(enum statement statement)
{
    return execute(statements[statement]);
}

/* --- statements of several sizes, prepared when they are wanted first --- */

enum {
    LONGEST_LIST = 64,
    LONGEST_LIST_OF_MARIADB = 1024,
    SIZES = LONGEST_LIST_OF_MARIADB + 1,
    MOST_ROWS = 128
};

typedef struct sized {
    const char *head, *item, *end; /* "head item,item… end" */
    MYSQL_STMT *of[SIZES];
} sized;

static MYSQL_STMT *of_size(sized *sized, size_t count, const char *columns)
{
    if (sized->of[count])
        return sized->of[count];
    char *sql = malloc(strlen(sized->head) + count * (strlen(sized->item) + 1) + strlen(sized->end) + 1);
    if (!sql)
        return NULL;
    char *at = sql + sprintf(sql, "%s", sized->head);
    for (size_t i = 0; i < count; i++)
        at += sprintf(at, i ? ",%s" : "%s", sized->item);
    sprintf(at, "%s", sized->end);
    sized->of[count] = prepare(sql, "", columns);
    free(sql);
    return sized->of[count];
}

/* --- rows --- */

static int next_row(MYSQL_STMT *statement)
{
    int code = mysql_stmt_fetch(statement);
    return code == MYSQL_DATA_TRUNCATED ? 0 : code;
}

static int end_of_rows(MYSQL_STMT *statement, int code)
{
    return code == MYSQL_NO_DATA ? 0 : fail("fetch", statement);
}

/* One that does not fit the bound room is fetched again. */
static const char *text(result *result, MYSQL_STMT *statement, size_t i, unsigned column)
{
    if (out.nulls[i])
        return NULL;
    if (out.lengths[i] <= TEXT_ROOM)
        return result_text(result, out.bytes[i], out.lengths[i]);
    char *whole = malloc(out.lengths[i]);
    MYSQL_BIND cell = {.buffer_type = MYSQL_TYPE_STRING, .buffer = whole, .buffer_length = out.lengths[i]};
    const char *copy = whole && mysql_stmt_fetch_column(statement, &cell, column, 0) == 0
                           ? result_text(result, whole, out.lengths[i])
                           : NULL;
    free(whole);
    return copy;
}

static int read_users(result *result, MYSQL_STMT *statement)
{
    int code = -1;
    while (statement && (code = next_row(statement)) == 0) {
        user_row *user = result_user(result);
        if (!user)
            return -1;
        *user =
            (user_row){numbers_out[0], text(result, statement, 0, 1), text(result, statement, 1, 2), NULL, 0};
    }
    return statement ? end_of_rows(statement, code) : -1;
}

static int read_posts(result *result, MYSQL_STMT *statement)
{
    int code = -1;
    while (statement && (code = next_row(statement)) == 0) {
        post_row *post = result_post(result);
        if (!post)
            return -1;
        *post = (post_row){numbers_out[0], numbers_out[1], text(result, statement, 0, 2), NULL, 0};
    }
    return statement ? end_of_rows(statement, code) : -1;
}

static int read_comments(result *result, MYSQL_STMT *statement)
{
    int code = -1;
    while (statement && (code = next_row(statement)) == 0) {
        comment_row *comment = result_comment(result);
        if (!comment)
            return -1;
        *comment = (comment_row){numbers_out[0], numbers_out[1], text(result, statement, 0, 2)};
    }
    return statement ? end_of_rows(statement, code) : -1;
}

/* --- children of many parents --- */

typedef struct children {
    sized few;
    const char *many; /* with the keys as one JSON array */
    MYSQL_STMT *of_many;
} children;

#define KEYS " IN (SELECT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v bigint unsigned PATH '$')) keys_) ORDER BY "
static children posts_of = {{.head = "SELECT id, user_id, title FROM posts WHERE user_id IN (",
                             .item = "?",
                             .end = ") ORDER BY user_id, id"},
                            "SELECT id, user_id, title FROM posts WHERE user_id" KEYS "user_id, id",
                            NULL},
                comments_of = {{.head = "SELECT id, post_id, text FROM comments WHERE post_id IN (",
                                .item = "?",
                                .end = ") ORDER BY post_id, id"},
                               "SELECT id, post_id, text FROM comments WHERE post_id" KEYS "post_id, id",
                               NULL};

static uint64_t key_of(const void *rows, size_t stride, size_t i)
{
    return *(const uint64_t *)((const char *)rows + i * stride);
}

static MYSQL_STMT *by_list(children *of, const void *rows, size_t stride, size_t count)
{
    MYSQL_BIND values[LONGEST_LIST_OF_MARIADB];
    size_t padded = 1;
    while (padded < count)
        padded *= 2;
    for (size_t i = 0; i < padded; i++)
        values[i] = bind_number((uint64_t *)((char *)(uintptr_t)rows + (i < count ? i : count - 1) * stride));
    MYSQL_STMT *statement = of_size(&of->few, padded, "nnt");
    return statement && mysql_stmt_bind_param(statement, values) == 0 ? execute(statement) : NULL;
}

static char *put_decimal(char *at, uint64_t number)
{
    char digits[20];
    size_t count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while (number /= 10);
    while (count)
        *at++ = digits[--count];
    return at;
}

static MYSQL_STMT *by_array(children *of, const void *rows, size_t stride, size_t count)
{
    char *array = malloc(2 + count * 21), *at = array;
    if (!of->of_many)
        of->of_many = prepare(of->many, "", "nnt");
    if (!array || !of->of_many) {
        free(array);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        *at++ = i ? ',' : '[';
        at = put_decimal(at, key_of(rows, stride, i));
    }
    *at++ = ']';
    unsigned long length = (unsigned long)(at - array);
    MYSQL_BIND value = {
        .buffer_type = MYSQL_TYPE_STRING, .buffer = array, .buffer_length = length, .length = &length};
    MYSQL_STMT *ran = mysql_stmt_bind_param(of->of_many, &value) == 0 ? execute(of->of_many) : NULL;
    free(array);
    return ran;
}

static MYSQL_STMT *read_children(children *of, const void *rows, size_t stride, size_t count)
{
    size_t longest = mariadb_connection(db) ? LONGEST_LIST_OF_MARIADB : LONGEST_LIST;
    return count <= longest ? by_list(of, rows, stride, count) : by_array(of, rows, stride, count);
}

static int read_children_posts(result *result)
{
    return result->user_count ? read_posts(result, read_children(&posts_of, result->users,
                                                                 sizeof *result->users, result->user_count))
                              : 0;
}

static int read_children_comments(result *result)
{
    return result->post_count
               ? read_comments(result, read_children(&comments_of, result->posts, sizeof *result->posts,
                                                     result->post_count))
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

static int get_one(const bench_run *of, uint64_t turn)
{
    result result = {0};
    key_in = bench_key(turn, of->shape.users);
    return finish(&result, of, read_users(&result, run(GET_USER)));
}

static int get(const bench_run *of)
{
    return get_one(of, of->turn);
}

static int load(const bench_run *of)
{
    result result = {0};
    return finish(&result, of, read_users(&result, run(LOAD_USERS)));
}

static int filter(const bench_run *of)
{
    result result = {0};
    set_text(0, "black");
    int failed = read_users(&result, run(FILTER_USERS)) || read_children_posts(&result);
    result_join(&result);
    return finish(&result, of, failed);
}

static int include(const bench_run *of)
{
    result result = {0};
    int failed = read_users(&result, run(LOAD_USERS_IN_ORDER)) || read_children_posts(&result) ||
                 read_children_comments(&result);
    result_join(&result);
    return finish(&result, of, failed);
}

/* --- writes --- */

static const char *copy(result *result, const char *value)
{
    return value ? result_text(result, value, strlen(value)) : NULL;
}

static int keep_user(result *result, uint64_t id, const char *name, const char *hair_color)
{
    user_row *user = result_user(result);
    if (!user)
        return -1;
    *user = (user_row){id, copy(result, name), copy(result, hair_color), NULL, 0};
    return 0;
}

static int create_user(result *result, const char *name, const char *hair_color)
{
    set_text(0, name);
    set_text(1, hair_color);
    MYSQL_STMT *ran = run(CREATE_USER);
    return ran ? keep_user(result, mysql_stmt_insert_id(ran), name, hair_color) : -1;
}

static int create(const bench_run *of)
{
    result result = {0};
    return finish(&result, of, create_user(&result, bench_name(of->turn), bench_hair_color(of->turn)));
}

static MYSQL_BIND bind_value(const char *text, unsigned long *length)
{
    *length = text ? (unsigned long)strlen(text) : 0;
    return (MYSQL_BIND){.buffer_type = text ? MYSQL_TYPE_STRING : MYSQL_TYPE_NULL,
                        .buffer = (char *)(uintptr_t)text,
                        .buffer_length = *length,
                        .length = length};
}

static int insert_users(result *result, size_t begin, size_t count)
{
    static sized insert = {
        .head = "INSERT INTO users (name, hair_color) VALUES ", .item = "(?,?)", .end = ""};
    MYSQL_BIND values[2 * MOST_ROWS];
    unsigned long lengths[2 * MOST_ROWS];
    for (size_t i = 0; i < count; i++) {
        values[2 * i] = bind_value(bench_name(begin + i), &lengths[2 * i]);
        values[2 * i + 1] = bind_value(bench_hair_color(begin + i), &lengths[2 * i + 1]);
    }
    MYSQL_STMT *statement = of_size(&insert, count, "");
    if (!statement || mysql_stmt_bind_param(statement, values) || !execute(statement))
        return -1;
    uint64_t first = mysql_stmt_insert_id(statement);
    int failed = 0;
    for (size_t i = 0; i < count && !failed; i++)
        failed = keep_user(result, first + i, bench_name(begin + i), bench_hair_color(begin + i));
    return failed;
}

static int create_many(const bench_run *of)
{
    result result = {0};
    int together = of->n > MOST_ROWS, failed = together && mysql_tables_do(db, "START TRANSACTION");
    for (size_t begin = 0; begin < of->n && !failed; begin += MOST_ROWS)
        failed = insert_users(&result, begin, of->n - begin < MOST_ROWS ? of->n - begin : MOST_ROWS);
    failed = failed || (together && mysql_tables_do(db, "COMMIT"));
    return finish(&result, of, failed);
}

/* How many rows it has found is what it says; -1: it failed. */
static long long change(enum statement statement)
{
    MYSQL_STMT *ran = run(statement);
    return ran ? (long long)mysql_stmt_affected_rows(ran) : -1;
}

static int update_one(uint64_t id, const char *name)
{
    key_in = id;
    set_text(0, name);
    return change(UPDATE_USER) == 1 ? 0 : -1;
}

static int update(const bench_run *of)
{
    if (update_one(bench_key(of->turn, of->shape.users), bench_name(of->turn)))
        return -1;
    return of->sum ? get(of) : 0;
}

static int update_where(const bench_run *of)
{
    key_in = bench_key(of->turn, of->shape.users);
    set_text(0, bench_title(of->turn));
    long long rows = change(UPDATE_POSTS);
    if (rows >= 0 && of->sum)
        bench_sum_number(of->sum, (uint64_t)rows);
    return rows < 0 ? -1 : 0;
}

static int delete_one(const bench_run *of)
{
    key_in = of->turn + 1;
    if (change(DELETE_USER) != 1)
        return -1;
    if (of->sum)
        bench_sum_number(of->sum, of->turn);
    return 0;
}

enum { GRAPH = 10 };

/* Inserts rows of a parent's key and a text each: the first key, 0 when it failed. */
static uint64_t insert_children(sized *insert, const uint64_t *parents, size_t stride,
                                const char *(*texts)(uint64_t number))
{
    MYSQL_BIND values[2 * GRAPH];
    unsigned long lengths[GRAPH];
    for (size_t i = 0; i < GRAPH; i++) {
        values[2 * i] = bind_number((uint64_t *)((char *)(uintptr_t)parents + i * stride));
        values[2 * i + 1] = bind_value(texts(i), &lengths[i]);
    }
    MYSQL_STMT *statement = of_size(insert, GRAPH, "");
    if (!statement || mysql_stmt_bind_param(statement, values) || !execute(statement))
        return 0;
    return mysql_stmt_insert_id(statement);
}

static sized insert_posts = {.head = "INSERT INTO posts (user_id, title) VALUES ",
                             .item = "(?,?)",
                             .end = ""},
             insert_comments = {
                 .head = "INSERT INTO comments (post_id, text) VALUES ", .item = "(?,?)", .end = ""};

static int create_posts(result *result)
{
    uint64_t id = insert_children(&insert_posts, &result->users->id, 0, bench_title);
    for (size_t i = 0; id && i < GRAPH; i++) {
        post_row *post = result_post(result);
        if (!post)
            return -1;
        *post = (post_row){id + i, result->users->id, copy(result, bench_title(i)), NULL, 0};
    }
    return id ? 0 : -1;
}

static int create_comments(result *result)
{
    uint64_t id = insert_children(&insert_comments, &result->posts->id, sizeof *result->posts, bench_text);
    for (size_t i = 0; id && i < GRAPH; i++) {
        comment_row *comment = result_comment(result);
        if (!comment)
            return -1;
        *comment = (comment_row){id + i, result->posts[i].id, copy(result, bench_text(i))};
    }
    return id ? 0 : -1;
}

static int create_graph(const bench_run *of)
{
    result result = {0};
    int failed = mysql_tables_do(db, "START TRANSACTION") ||
                 create_user(&result, bench_name(of->turn), NULL) || create_posts(&result) ||
                 create_comments(&result) || mysql_tables_do(db, "COMMIT");
    result_join(&result);
    return finish(&result, of, failed);
}

static int batch(const bench_run *of)
{
    int failed = mysql_tables_do(db, "START TRANSACTION");
    for (uint64_t i = 0; i < 20 && !failed; i++)
        failed = get_one(of, of->turn + i);
    for (uint64_t i = 0; i < 20 && !failed; i++) {
        uint64_t id = bench_key(of->turn + i, of->shape.users);
        failed = update_one(id, bench_name(id + of->turn));
    }
    failed = failed || mysql_tables_do(db, "COMMIT");
    for (uint64_t i = 0; of->sum && i < 20 && !failed; i++)
        failed = get_one(of, of->turn + i); /* what the updates wrote is part of the checksum */
    return failed;
}

/* --- the program --- */

static int open_database(const char *url)
{
    db = mysql_tables_open(url);
    for (size_t i = 0; db && i < STATEMENTS; i++)
        if (!(statements[i] = prepare(texts_of[i].sql, texts_of[i].parameters, texts_of[i].columns)))
            return -1;
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
