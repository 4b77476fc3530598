//! Diesel, as its guide writes it: derives, `find`, `belonging_to` and `grouped_by`, `returning`.
#[path = "../../harness.rs"]
mod harness;

diesel::table! { users (id) { id -> BigInt, name -> Text, hair_color -> Nullable<Text>, } }
diesel::table! { posts (id) { id -> BigInt, user_id -> BigInt, title -> Text, } }
diesel::table! { comments (id) { id -> BigInt, post_id -> BigInt, text -> Text, } }
diesel::joinable!(posts -> users (user_id));
diesel::joinable!(comments -> posts (post_id));
diesel::allow_tables_to_appear_in_same_query!(users, posts, comments);

use diesel::prelude::*;
use harness::{Run, hair_color, name, text, title};

#[derive(Queryable, Selectable, Identifiable)]
pub struct User {
    pub id: i64,
    pub name: String,
    pub hair_color: Option<String>,
}

#[derive(Queryable, Selectable, Identifiable, Associations)]
#[diesel(belongs_to(User))]
pub struct Post {
    pub id: i64,
    pub user_id: i64,
    pub title: String,
}

#[derive(Queryable, Selectable, Identifiable, Associations)]
#[diesel(belongs_to(Post))]
pub struct Comment {
    pub id: i64,
    pub post_id: i64,
    pub text: String,
}

#[derive(Insertable)]
#[diesel(table_name = users)]
struct NewUser<'a> {
    name: &'a str,
    hair_color: Option<&'a str>,
}

#[derive(Insertable)]
#[diesel(table_name = posts)]
struct NewPost<'a> {
    user_id: i64,
    title: &'a str,
}

#[derive(Insertable)]
#[diesel(table_name = comments)]
struct NewComment<'a> {
    post_id: i64,
    text: &'a str,
}

type Posts = Vec<(Post, Vec<Comment>)>;

fn sum_user(run: &mut Run, user: &User) {
    run.add(user.id as u64);
    run.add_text(Some(&user.name));
    run.add_text(user.hair_color.as_deref());
}

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

diesel::define_sql_function! { fn last_insert_id() -> BigInt; }

/// The workloads on one kind of connection: Diesel's queries are typed by their backend.
macro_rules! workloads {
    ($function:ident, $connection:ty, $creates:ident) => {
        fn $function(db: &mut $connection, workload: &str, run: &mut Run) -> QueryResult<()> {
            match workload {
                "W1" => {
                    let key = run.key(run.turn);
                    let user: User = users::table.find(key).select(User::as_select()).first(db)?;
                    sum_user(run, &user);
                }
                "W2" => {
                    let all: Vec<User> = users::table.select(User::as_select()).load(db)?;
                    all.iter().for_each(|user| sum_user(run, user));
                }
                "W6" => {
                    let all: Vec<User> = users::table.order(users::id).select(User::as_select()).load(db)?;
                    let all_posts: Vec<Post> = Post::belonging_to(&all).order(posts::id).select(Post::as_select()).load(db)?;
                    let all_comments: Vec<Comment> =
                        Comment::belonging_to(&all_posts).order(comments::id).select(Comment::as_select()).load(db)?;
                    let by_post = all_comments.grouped_by(&all_posts);
                    let by_user: Vec<Posts> = all_posts.into_iter().zip(by_post).grouped_by(&all);
                    let graph: Vec<(User, Posts)> = all.into_iter().zip(by_user).collect();
                    for (user, posts) in &graph {
                        sum_user(run, user);
                        sum_posts(run, posts);
                    }
                }
                "W7-update" => {
                    let key = run.key(run.turn);
                    diesel::update(users::table.find(key)).set(users::name.eq(name(run.turn as usize))).execute(db)?;
                    if run.sum.is_some() {
                        let user: User = users::table.find(key).select(User::as_select()).first(db)?;
                        sum_user(run, &user);
                    }
                }
                "W4" => {
                    let turn = run.turn as usize;
                    let made = $creates!(db, users, User, vec![NewUser { name: name(turn), hair_color: hair_color(turn) }]);
                    sum_user(run, &made[0]);
                }
                "W5" => {
                    let new: Vec<NewUser> =
                        (0..run.n).map(|i| NewUser { name: name(i), hair_color: hair_color(i) }).collect();
                    let made = $creates!(db, users, User, new);
                    made.iter().for_each(|user| sum_user(run, user));
                }
                _ => {
                    let turn = run.turn as usize;
                    let (user, graph) = db.transaction(|db| {
                        let mut made = $creates!(db, users, User, vec![NewUser { name: name(turn), hair_color: None }]);
                        let user = made.remove(0);
                        let new: Vec<NewPost> = (0..10).map(|i| NewPost { user_id: user.id, title: title(i) }).collect();
                        let made = $creates!(db, posts, Post, new);
                        let new: Vec<NewComment> =
                            made.iter().enumerate().map(|(i, post)| NewComment { post_id: post.id, text: text(i) }).collect();
                        let comments = $creates!(db, comments, Comment, new);
                        let graph: Posts = made.into_iter().zip(comments).map(|(post, comment)| (post, vec![comment])).collect();
                        QueryResult::Ok((user, graph))
                    })?;
                    sum_user(run, &user);
                    sum_posts(run, &graph);
                }
            }
            Ok(())
        }
    };
}

macro_rules! returned {
    ($db:ident, $table:ident, $row:ident, $new:expr) => {
        match $new {
            new if new.len() == 1 => {
                vec![diesel::insert_into($table::table).values(&new[0]).returning($row::as_returning()).get_result($db)?]
            }
            new => diesel::insert_into($table::table).values(&new).returning($row::as_returning()).get_results($db)?,
        }
    };
}

/// Where an insert returns nothing: its first key is asked for, and the others follow it.
macro_rules! counted {
    ($db:ident, $table:ident, $row:ident, $new:expr) => {{
        let new = $new;
        diesel::insert_into($table::table).values(&new).execute($db)?;
        let first: i64 = diesel::select(last_insert_id()).get_result($db)?;
        new.iter().enumerate().map(|(i, new)| $row::of(first + i as i64, new)).collect::<Vec<$row>>()
    }};
}

impl User {
    fn of(id: i64, new: &NewUser) -> User {
        User { id, name: new.name.to_owned(), hair_color: new.hair_color.map(str::to_owned) }
    }
}

impl Post {
    fn of(id: i64, new: &NewPost) -> Post {
        Post { id, user_id: new.user_id, title: new.title.to_owned() }
    }
}

impl Comment {
    fn of(id: i64, new: &NewComment) -> Comment {
        Comment { id, post_id: new.post_id, text: new.text.to_owned() }
    }
}

workloads!(on_sqlite, SqliteConnection, returned);
workloads!(on_postgresql, PgConnection, returned);
workloads!(on_mysql, MysqlConnection, counted);

enum Database {
    Sqlite(SqliteConnection),
    Postgresql(PgConnection),
    Mysql(MysqlConnection),
}

impl harness::Contender for Database {
    fn open(url: &str) -> Self {
        match url.split_once(':').unwrap() {
            ("sqlite", path) => Database::Sqlite(SqliteConnection::establish(path).unwrap()),
            ("postgresql", _) => Database::Postgresql(PgConnection::establish(url).unwrap()),
            (_, rest) => {
                let url = format!("mysql:{}", rest.replace("?socket=", "?unix_socket="));
                Database::Mysql(MysqlConnection::establish(&url).unwrap())
            }
        }
    }

    fn execute(&mut self, sql: &str) {
        match self {
            Database::Sqlite(db) => diesel::sql_query(sql).execute(db).unwrap(),
            Database::Postgresql(db) => diesel::sql_query(sql).execute(db).unwrap(),
            Database::Mysql(db) => diesel::sql_query(sql).execute(db).unwrap(),
        };
    }

    fn repeat(&mut self, workload: &str, run: &mut Run, times: u64) -> bool {
        for _ in 0..times {
            match self {
                Database::Sqlite(db) => on_sqlite(db, workload, run).unwrap(),
                Database::Postgresql(db) => on_postgresql(db, workload, run).unwrap(),
                Database::Mysql(db) => on_mysql(db, workload, run).unwrap(),
            }
            run.turn += 1;
        }
        true
    }
}

fn main() {
    harness::main::<Database>();
}
