//! SQLx: `query_as` on a connection of its own, relations by hand with lists of keys, as its examples do it.
#[path = "../../harness.rs"]
mod harness;

use harness::{Run, hair_color, name, text, title};
use sqlx::{AssertSqlSafe, Connection, FromRow, MySqlConnection, PgConnection, QueryBuilder, SqliteConnection};
use std::collections::HashMap;

#[derive(FromRow)]
struct User {
    id: i64,
    name: String,
    hair_color: Option<String>,
}

#[derive(FromRow)]
struct Post {
    id: i64,
    user_id: i64,
    title: String,
}

#[derive(FromRow)]
struct Comment {
    id: i64,
    post_id: i64,
    text: String,
}

fn sum_user(run: &mut Run, user: &User) {
    run.add(user.id as u64);
    run.add_text(Some(&user.name));
    run.add_text(user.hair_color.as_deref());
}

type Posts = Vec<(Post, Vec<Comment>)>;

fn sum_posts(run: &mut Run, posts: &Posts) {
    for (post, comments) in posts {
        run.add(post.id as u64);
        run.add(post.user_id as u64);
        run.add_text(Some(&post.title));
        for comment in comments {
            run.add(comment.id as u64);
            run.add(comment.post_id as u64);
            run.add_text(Some(&comment.text));
        }
    }
}

fn group(users: Vec<User>, posts: Vec<Post>, comments: Vec<Comment>) -> Vec<(User, Posts)> {
    let mut by_post: HashMap<i64, Vec<Comment>> = HashMap::new();
    for comment in comments {
        by_post.entry(comment.post_id).or_default().push(comment);
    }
    let mut by_user: HashMap<i64, Posts> = HashMap::new();
    for post in posts {
        let comments = by_post.remove(&post.id).unwrap_or_default();
        by_user.entry(post.user_id).or_default().push((post, comments));
    }
    users.into_iter().map(|user| { let posts = by_user.remove(&user.id).unwrap_or_default(); (user, posts) }).collect()
}

/// The workloads on one kind of connection; $children reads the rows whose keys are in a list, $creates inserts rows.
macro_rules! workloads {
    ($function:ident, $database:ty, $connection:ty, $children:ident, $creates:ident, $first:literal, $second:literal) => {
        async fn $function(db: &mut $connection, workload: &str, run: &mut Run) -> sqlx::Result<()> {
            let turn = run.turn as usize;
            match workload {
                "W1" => {
                    let user: User = sqlx::query_as(concat!("SELECT id, name, hair_color FROM users WHERE id = ", $first))
                        .bind(run.key(run.turn))
                        .fetch_one(db)
                        .await?;
                    sum_user(run, &user);
                }
                "W2" => {
                    let users: Vec<User> = sqlx::query_as("SELECT id, name, hair_color FROM users").fetch_all(db).await?;
                    users.iter().for_each(|user| sum_user(run, user));
                }
                "W4" => {
                    let made = $creates!(db, $database, "users", "name, hair_color", User, vec![(name(turn), hair_color(turn))]);
                    sum_user(run, &made[0]);
                }
                "W5" => {
                    let new: Vec<_> = (0..run.n).map(|i| (name(i), hair_color(i))).collect();
                    let made = $creates!(db, $database, "users", "name, hair_color", User, new);
                    made.iter().for_each(|user| sum_user(run, user));
                }
                "W6" => {
                    let users: Vec<User> =
                        sqlx::query_as("SELECT id, name, hair_color FROM users ORDER BY id").fetch_all(&mut *db).await?;
                    let keys: Vec<i64> = users.iter().map(|user| user.id).collect();
                    let posts: Vec<Post> = $children!(db, "id, user_id, title FROM posts WHERE user_id", keys);
                    let keys: Vec<i64> = posts.iter().map(|post| post.id).collect();
                    let comments: Vec<Comment> = $children!(db, "id, post_id, text FROM comments WHERE post_id", keys);
                    for (user, posts) in &group(users, posts, comments) {
                        if run.sum.is_some() {
                            sum_user(run, user);
                            sum_posts(run, posts);
                        }
                    }
                }
                "W7-update" => {
                    sqlx::query(concat!("UPDATE users SET name = ", $first, " WHERE id = ", $second))
                        .bind(name(turn))
                        .bind(run.key(run.turn))
                        .execute(&mut *db)
                        .await?;
                    if run.sum.is_some() {
                        let user: User = sqlx::query_as(concat!("SELECT id, name, hair_color FROM users WHERE id = ", $first))
                            .bind(run.key(run.turn))
                            .fetch_one(db)
                            .await?;
                        sum_user(run, &user);
                    }
                }
                _ => {
                    let mut transaction = db.begin().await?;
                    let db = &mut *transaction;
                    let mut made =
                        $creates!(db, $database, "users", "name, hair_color", User, vec![(name(turn), None::<&'static str>)]);
                    let user = made.remove(0);
                    let new: Vec<_> = (0..10).map(|i| (user.id, title(i))).collect();
                    let posts = $creates!(db, $database, "posts", "user_id, title", Post, new);
                    let new: Vec<_> = posts.iter().enumerate().map(|(i, post)| (post.id, text(i))).collect();
                    let comments = $creates!(db, $database, "comments", "post_id, text", Comment, new);
                    transaction.commit().await?;
                    for (user, posts) in &group(vec![user], posts, comments) {
                        if run.sum.is_some() {
                            sum_user(run, user);
                            sum_posts(run, posts);
                        }
                    }
                }
            }
            Ok(())
        }
    };
}

macro_rules! in_array {
    ($db:ident, $what:literal, $keys:ident) => {
        sqlx::query_as(concat!("SELECT ", $what, " = ANY($1) ORDER BY id")).bind(&$keys).fetch_all(&mut *$db).await?
    };
}

macro_rules! in_list {
    ($db:ident, $what:literal, $keys:ident) => {{
        let mut query = QueryBuilder::new(concat!("SELECT ", $what, " IN ("));
        let mut list = query.separated(", ");
        $keys.iter().for_each(|key| {
            list.push_bind(*key);
        });
        query.push(") ORDER BY id");
        query.build_query_as().fetch_all(&mut *$db).await?
    }};
}

macro_rules! insert {
    ($database:ty, $table:literal, $columns:literal, $new:ident) => {{
        let mut query: QueryBuilder<$database> = QueryBuilder::new(concat!("INSERT INTO ", $table, " (", $columns, ") "));
        query.push_values($new.iter(), |mut row, new| {
            row.push_bind(new.0).push_bind(new.1);
        });
        query
    }};
}

macro_rules! returned {
    ($db:ident, $database:ty, $table:literal, $columns:literal, $row:ident, $new:expr) => {{
        let new = $new;
        let mut query = insert!($database, $table, $columns, new);
        query.push(concat!(" RETURNING id, ", $columns));
        let made: Vec<$row> = query.build_query_as().fetch_all(&mut *$db).await?;
        made
    }};
}

/// Where an insert returns nothing: the answer has its first key, and the others follow it.
macro_rules! counted {
    ($db:ident, $database:ty, $table:literal, $columns:literal, $row:ident, $new:expr) => {{
        let new = $new;
        let done = insert!($database, $table, $columns, new).build().execute(&mut *$db).await?;
        let first = done.last_insert_id() as i64;
        new.iter().enumerate().map(|(i, new)| $row::of(first + i as i64, new)).collect::<Vec<$row>>()
    }};
}

impl User {
    fn of(id: i64, new: &(&str, Option<&'static str>)) -> User {
        User { id, name: new.0.to_owned(), hair_color: new.1.map(str::to_owned) }
    }
}

impl Post {
    fn of(id: i64, new: &(i64, &str)) -> Post {
        Post { id, user_id: new.0, title: new.1.to_owned() }
    }
}

impl Comment {
    fn of(id: i64, new: &(i64, &str)) -> Comment {
        Comment { id, post_id: new.0, text: new.1.to_owned() }
    }
}

workloads!(on_sqlite, sqlx::Sqlite, SqliteConnection, in_list, returned, "?", "?");
workloads!(on_postgresql, sqlx::Postgres, PgConnection, in_array, returned, "$1", "$2");
workloads!(on_mysql, sqlx::MySql, MySqlConnection, in_list, counted, "?", "?");

enum Connected {
    Sqlite(SqliteConnection),
    Postgresql(PgConnection),
    Mysql(MySqlConnection),
}

struct Database {
    runtime: tokio::runtime::Runtime,
    db: Connected,
}

impl harness::Contender for Database {
    fn open(url: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let db = runtime.block_on(async {
            match url.split_once(':').unwrap() {
                ("sqlite", _) => Connected::Sqlite(SqliteConnection::connect(url).await.unwrap()),
                ("postgresql", _) => Connected::Postgresql(PgConnection::connect(url).await.unwrap()),
                (_, rest) => Connected::Mysql(MySqlConnection::connect(&format!("mysql:{rest}")).await.unwrap()),
            }
        });
        Database { runtime, db }
    }

    fn execute(&mut self, sql: &str) {
        let statement = sqlx::raw_sql(AssertSqlSafe(sql.to_string()));
        match &mut self.db {
            Connected::Sqlite(db) => drop(self.runtime.block_on(statement.execute(db)).unwrap()),
            Connected::Postgresql(db) => drop(self.runtime.block_on(statement.execute(db)).unwrap()),
            Connected::Mysql(db) => drop(self.runtime.block_on(statement.execute(db)).unwrap()),
        }
    }

    fn repeat(&mut self, workload: &str, run: &mut Run, times: u64) -> bool {
        self.runtime.block_on(async {
            for _ in 0..times {
                match &mut self.db {
                    Connected::Sqlite(db) => on_sqlite(db, workload, run).await.unwrap(),
                    Connected::Postgresql(db) => on_postgresql(db, workload, run).await.unwrap(),
                    Connected::Mysql(db) => on_mysql(db, workload, run).await.unwrap(),
                }
                run.turn += 1;
            }
        });
        true
    }
}

fn main() {
    harness::main::<Database>();
}
