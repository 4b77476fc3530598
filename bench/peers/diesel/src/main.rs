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

/// The workloads on one kind of connection: Diesel's queries are typed by their backend.
macro_rules! workloads {
    ($function:ident, $connection:ty) => {
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
                "W4" => {
                    let turn = run.turn as usize;
                    let new = NewUser { name: name(turn), hair_color: hair_color(turn) };
                    let user: User =
                        diesel::insert_into(users::table).values(&new).returning(User::as_returning()).get_result(db)?;
                    sum_user(run, &user);
                }
                "W5" => {
                    let new: Vec<NewUser> =
                        (0..run.n).map(|i| NewUser { name: name(i), hair_color: hair_color(i) }).collect();
                    let made: Vec<User> =
                        diesel::insert_into(users::table).values(&new).returning(User::as_returning()).get_results(db)?;
                    made.iter().for_each(|user| sum_user(run, user));
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
                _ => {
                    let turn = run.turn as usize;
                    let (user, graph) = db.transaction(|db| {
                        let new = NewUser { name: name(turn), hair_color: None };
                        let user: User =
                            diesel::insert_into(users::table).values(&new).returning(User::as_returning()).get_result(db)?;
                        let new: Vec<NewPost> = (0..10).map(|i| NewPost { user_id: user.id, title: title(i) }).collect();
                        let made: Vec<Post> =
                            diesel::insert_into(posts::table).values(&new).returning(Post::as_returning()).get_results(db)?;
                        let new: Vec<NewComment> =
                            made.iter().enumerate().map(|(i, post)| NewComment { post_id: post.id, text: text(i) }).collect();
                        let comments: Vec<Comment> = diesel::insert_into(comments::table)
                            .values(&new)
                            .returning(Comment::as_returning())
                            .get_results(db)?;
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

workloads!(on_sqlite, SqliteConnection);
workloads!(on_postgresql, PgConnection);

enum Database {
    Sqlite(SqliteConnection),
    Postgresql(PgConnection),
}

impl harness::Contender for Database {
    fn open(url: &str) -> Self {
        match url.strip_prefix("sqlite:") {
            Some(path) => Database::Sqlite(SqliteConnection::establish(path).unwrap()),
            None => Database::Postgresql(PgConnection::establish(url).unwrap()),
        }
    }

    fn execute(&mut self, sql: &str) {
        match self {
            Database::Sqlite(db) => diesel::sql_query(sql).execute(db).unwrap(),
            Database::Postgresql(db) => diesel::sql_query(sql).execute(db).unwrap(),
        };
    }

    fn repeat(&mut self, workload: &str, run: &mut Run, times: u64) -> bool {
        for _ in 0..times {
            match self {
                Database::Sqlite(db) => on_sqlite(db, workload, run).unwrap(),
                Database::Postgresql(db) => on_postgresql(db, workload, run).unwrap(),
            }
            run.turn += 1;
        }
        true
    }
}

fn main() {
    harness::main::<Database>();
}
