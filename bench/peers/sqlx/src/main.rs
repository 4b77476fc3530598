//! SQLx: `query_as` on a connection of its own, relations by hand with lists of keys, as its examples do it.
#[path = "../../harness.rs"]
mod harness;

use harness::{Run, hair_color, name, text, title};
use sqlx::{AssertSqlSafe, Connection, FromRow, PgConnection, QueryBuilder, SqliteConnection};
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

/// The workloads on one kind of connection; $children reads the rows whose keys are in a list.
macro_rules! workloads {
    ($function:ident, $database:ty, $connection:ty, $children:ident) => {
        async fn $function(db: &mut $connection, workload: &str, run: &mut Run) -> sqlx::Result<()> {
            let turn = run.turn as usize;
            match workload {
                "W1" => {
                    let user: User = sqlx::query_as("SELECT id, name, hair_color FROM users WHERE id = $1")
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
                    let user: User =
                        sqlx::query_as("INSERT INTO users (name, hair_color) VALUES ($1, $2) RETURNING id, name, hair_color")
                            .bind(name(turn))
                            .bind(hair_color(turn))
                            .fetch_one(db)
                            .await?;
                    sum_user(run, &user);
                }
                "W5" => {
                    let mut query: QueryBuilder<$database> = QueryBuilder::new("INSERT INTO users (name, hair_color) ");
                    query.push_values(0..run.n, |mut row, i| {
                        row.push_bind(name(i)).push_bind(hair_color(i));
                    });
                    query.push(" RETURNING id, name, hair_color");
                    let users: Vec<User> = query.build_query_as().fetch_all(db).await?;
                    users.iter().for_each(|user| sum_user(run, user));
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
                    sqlx::query("UPDATE users SET name = $1 WHERE id = $2")
                        .bind(name(turn))
                        .bind(run.key(run.turn))
                        .execute(&mut *db)
                        .await?;
                    if run.sum.is_some() {
                        let user: User = sqlx::query_as("SELECT id, name, hair_color FROM users WHERE id = $1")
                            .bind(run.key(run.turn))
                            .fetch_one(db)
                            .await?;
                        sum_user(run, &user);
                    }
                }
                _ => {
                    let mut transaction = db.begin().await?;
                    let user: User =
                        sqlx::query_as("INSERT INTO users (name, hair_color) VALUES ($1, NULL) RETURNING id, name, hair_color")
                            .bind(name(turn))
                            .fetch_one(&mut *transaction)
                            .await?;
                    let mut query: QueryBuilder<$database> = QueryBuilder::new("INSERT INTO posts (user_id, title) ");
                    query.push_values(0..10, |mut row, i| {
                        row.push_bind(user.id).push_bind(title(i));
                    });
                    query.push(" RETURNING id, user_id, title");
                    let posts: Vec<Post> = query.build_query_as().fetch_all(&mut *transaction).await?;
                    let mut query: QueryBuilder<$database> = QueryBuilder::new("INSERT INTO comments (post_id, text) ");
                    query.push_values(posts.iter().enumerate(), |mut row, (i, post)| {
                        row.push_bind(post.id).push_bind(text(i));
                    });
                    query.push(" RETURNING id, post_id, text");
                    let comments: Vec<Comment> = query.build_query_as().fetch_all(&mut *transaction).await?;
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
        let mut query: QueryBuilder<sqlx::Sqlite> = QueryBuilder::new(concat!("SELECT ", $what, " IN ("));
        let mut list = query.separated(", ");
        $keys.iter().for_each(|key| {
            list.push_bind(*key);
        });
        query.push(") ORDER BY id");
        query.build_query_as().fetch_all(&mut *$db).await?
    }};
}

workloads!(on_sqlite, sqlx::Sqlite, SqliteConnection, in_list);
workloads!(on_postgresql, sqlx::Postgres, PgConnection, in_array);

enum Connected {
    Sqlite(SqliteConnection),
    Postgresql(PgConnection),
}

struct Database {
    runtime: tokio::runtime::Runtime,
    db: Connected,
}

impl harness::Contender for Database {
    fn open(url: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let db = runtime.block_on(async {
            match url.starts_with("sqlite") {
                true => Connected::Sqlite(SqliteConnection::connect(url).await.unwrap()),
                false => Connected::Postgresql(PgConnection::connect(url).await.unwrap()),
            }
        });
        Database { runtime, db }
    }

    fn execute(&mut self, sql: &str) {
        let statement = sqlx::raw_sql(AssertSqlSafe(sql.to_string()));
        match &mut self.db {
            Connected::Sqlite(db) => drop(self.runtime.block_on(statement.execute(db)).unwrap()),
            Connected::Postgresql(db) => drop(self.runtime.block_on(statement.execute(db)).unwrap()),
        }
    }

    fn repeat(&mut self, workload: &str, run: &mut Run, times: u64) -> bool {
        self.runtime.block_on(async {
            for _ in 0..times {
                match &mut self.db {
                    Connected::Sqlite(db) => on_sqlite(db, workload, run).await.unwrap(),
                    Connected::Postgresql(db) => on_postgresql(db, workload, run).await.unwrap(),
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
