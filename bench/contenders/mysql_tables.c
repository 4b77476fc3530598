/* Opening and seeding: outside of what is measured. */
#define _POSIX_C_SOURCE 200809L
#include "mysql_tables.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const schema[] = {
    "SET FOREIGN_KEY_CHECKS = 0",
    "DROP TABLE IF EXISTS comments, posts, users, remarks, articles, authors",
    "SET FOREIGN_KEY_CHECKS = 1",
    "CREATE TABLE users (id bigint unsigned PRIMARY KEY AUTO_INCREMENT, name longtext NOT NULL, hair_color "
    "longtext)",
    "CREATE TABLE posts (id bigint unsigned PRIMARY KEY AUTO_INCREMENT, user_id bigint unsigned NOT NULL, "
    "title longtext NOT NULL,"
    " INDEX posts_user_id_idx (user_id), FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE)",
    "CREATE TABLE comments (id bigint unsigned PRIMARY KEY AUTO_INCREMENT, post_id bigint unsigned NOT NULL, "
    "text longtext NOT NULL,"
    " INDEX comments_post_id_idx (post_id), FOREIGN KEY (post_id) REFERENCES posts (id) ON DELETE CASCADE)",
};

int mysql_tables_do(MYSQL *db, const char *sql)
{
    if (mysql_real_query(db, sql, (unsigned long)strlen(sql)) == 0)
        return 0;
    fprintf(stderr, "%s: %s\n", sql, mysql_error(db));
    return -1;
}

/* Cuts the text at the separator and gives what is behind it; NULL when there is none. */
static char *cut(char *text, char separator)
{
    char *at = text ? strchr(text, separator) : NULL;
    if (at)
        *at++ = '\0';
    return at;
}

static MYSQL *connect_by(MYSQL *db, char *url)
{
    char *user = strstr(url, "://"), *host = cut(user, '@'), *name = cut(host, '/');
    if (!db || !name)
        return NULL;
    char *password = cut(user += 3, ':'), *port = cut(host, ':'), *option = cut(name, '?');
    const char *socket = option && !strncmp(option, "socket=", 7) ? option + 7 : NULL;
    mysql_options(db, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    return mysql_real_connect(db, socket ? "localhost" : host, user, password, name,
                              port ? (unsigned)strtoul(port, NULL, 10) : 0, socket, CLIENT_FOUND_ROWS);
}

/* Text compares by its bytes, as ours does; each server has a name of its own for that. */
static int make_tables(MYSQL *db)
{
    char by_bytes[128];
    snprintf(by_bytes, sizeof by_bytes, "ALTER DATABASE DEFAULT CHARACTER SET utf8mb4 COLLATE %s",
             mariadb_connection(db) ? "utf8mb4_nopad_bin" : "utf8mb4_0900_bin");
    int failed = mysql_tables_do(db, by_bytes);
    for (size_t i = 0; i < sizeof schema / sizeof *schema && !failed; i++)
        failed = mysql_tables_do(db, schema[i]);
    return failed;
}

MYSQL *mysql_tables_open(const char *url)
{
    char *copy = strdup(url);
    MYSQL *db = mysql_init(NULL);
    if (copy && connect_by(db, copy) && make_tables(db) == 0) {
        free(copy);
        return db;
    }
    fprintf(stderr, "open: %s\n", db ? mysql_error(db) : "no memory");
    mysql_close(db);
    free(copy);
    return NULL;
}

/* The first column is the key of the parent, of which each has so many, or the hair colour where there is
 * none. */
static int fill(MYSQL *db, const char *into, size_t count, size_t per_parent,
                const char *(*text)(uint64_t number))
{
    enum { ROWS = 500, ROW = 96 };
    static char sql[128 + ROWS * ROW];
    int failed = 0;
    for (size_t begin = 0; begin < count && !failed; begin += ROWS) {
        char *at = sql + sprintf(sql, "INSERT INTO %s VALUES ", into);
        for (size_t i = begin; i < count && i < begin + ROWS; i++) {
            const char *color = bench_hair_color(i), *comma = i > begin ? "," : "";
            if (per_parent)
                at += sprintf(at, "%s(%zu,'%s')", comma, 1 + i / per_parent, text(i));
            else if (color)
                at += sprintf(at, "%s('%s','%s')", comma, color, text(i));
            else
                at += sprintf(at, "%s(NULL,'%s')", comma, text(i));
        }
        failed = mysql_tables_do(db, sql);
    }
    return failed;
}

int mysql_tables_seed(MYSQL *db, const bench_shape *shape)
{
    size_t posts = shape->users * shape->posts, comments = posts * shape->comments;
    return mysql_tables_do(db, "START TRANSACTION") ||
           fill(db, "users (hair_color, name)", shape->users, 0, bench_name) ||
           fill(db, "posts (user_id, title)", posts, shape->posts, bench_title) ||
           fill(db, "comments (post_id, text)", comments, shape->comments, bench_text) ||
           mysql_tables_do(db, "COMMIT");
}
