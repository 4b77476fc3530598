/* Opening and seeding: outside of what is measured. */
#include "sqlite_tables.h"

#include <stdio.h>
#include <string.h>

static const char schema[] =
    "PRAGMA foreign_keys = ON; PRAGMA case_sensitive_like = ON;"
    "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, hair_color TEXT) "
    "STRICT;"
    "CREATE TABLE posts (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL, title TEXT "
    "NOT NULL,"
    " FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE) STRICT;"
    "CREATE TABLE comments (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, post_id INTEGER NOT NULL, text "
    "TEXT NOT NULL,"
    " FOREIGN KEY (post_id) REFERENCES posts (id) ON DELETE CASCADE) STRICT;"
    "CREATE INDEX posts_user_id_idx ON posts (user_id);"
    "CREATE INDEX comments_post_id_idx ON comments (post_id);"
    "CREATE TABLE authors (id BLOB NOT NULL PRIMARY KEY, name TEXT NOT NULL, hair_color TEXT) STRICT;"
    "CREATE TABLE articles (id BLOB NOT NULL PRIMARY KEY, author_id BLOB NOT NULL, title TEXT NOT NULL,"
    " FOREIGN KEY (author_id) REFERENCES authors (id) ON DELETE CASCADE) STRICT;"
    "CREATE TABLE remarks (id BLOB NOT NULL PRIMARY KEY, article_id BLOB NOT NULL, text TEXT NOT NULL,"
    " FOREIGN KEY (article_id) REFERENCES articles (id) ON DELETE CASCADE) STRICT;"
    "CREATE INDEX articles_author_id_idx ON articles (author_id);"
    "CREATE INDEX remarks_article_id_idx ON remarks (article_id);";

sqlite3 *sqlite_tables_open(const char *url)
{
    sqlite3 *db = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (strncmp(url, "sqlite:", 7) == 0 && sqlite3_open_v2(url + 7, &db, flags, NULL) == SQLITE_OK &&
        sqlite3_exec(db, schema, NULL, NULL, NULL) == SQLITE_OK)
        return db;
    fprintf(stderr, "open: %s\n", db ? sqlite3_errmsg(db) : "no URL of SQLite");
    sqlite3_close(db);
    return NULL;
}

/* The first parameter is the key of the parent, of which each has so many, or the hair colour where there is
 * none. */
static int fill(sqlite3 *db, const char *sql, size_t count, size_t per_parent,
                const char *(*text)(uint64_t number))
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    for (size_t i = 0; i < count && code == SQLITE_OK; i++) {
        if (per_parent)
            sqlite3_bind_int64(statement, 1, (sqlite3_int64)(1 + i / per_parent));
        else
            sqlite3_bind_text(statement, 1, bench_hair_color(i), -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 2, text(i), -1, SQLITE_STATIC);
        sqlite3_step(statement);
        code = sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    return code == SQLITE_OK ? 0 : -1;
}

int sqlite_tables_seed(sqlite3 *db, const bench_shape *shape)
{
    size_t posts = shape->users * shape->posts, comments = posts * shape->comments;
    if (sqlite3_exec(db, "BEGIN", NULL, NULL, NULL) ||
        fill(db, "INSERT INTO users (hair_color, name) VALUES (?, ?)", shape->users, 0, bench_name) ||
        fill(db, "INSERT INTO posts (user_id, title) VALUES (?, ?)", posts, shape->posts, bench_title) ||
        fill(db, "INSERT INTO comments (post_id, text) VALUES (?, ?)", comments, shape->comments,
             bench_text) ||
        sqlite3_exec(db, "COMMIT", NULL, NULL, NULL)) {
        fprintf(stderr, "seed: %s\n", sqlite3_errmsg(db));
        return -1;
    }
    return 0;
}
