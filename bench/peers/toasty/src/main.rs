//! Toasty for Rust, as its guide writes it; on a runtime of the current thread and a pool of one connection.
#[path = "../../harness.rs"]
mod harness;

use harness::{Run, hair_color, name, text, title};

#[derive(Debug, toasty::Model)]
struct User {
    #[key]
    #[auto]
    id: u64,
    name: String,
    hair_color: Option<String>,
    #[has_many]
    posts: toasty::Deferred<Vec<Post>>,
}

#[derive(Debug, toasty::Model)]
struct Post {
    #[key]
    #[auto]
    id: u64,
    #[index]
    user_id: u64,
    #[belongs_to]
    user: toasty::Deferred<User>,
    title: String,
    #[has_many]
    comments: toasty::Deferred<Vec<Comment>>,
}

#[derive(Debug, toasty::Model)]
struct Comment {
    #[key]
    #[auto]
    id: u64,
    #[index]
    post_id: u64,
    #[belongs_to]
    post: toasty::Deferred<Post>,
    text: String,
}

fn sum_user(run: &mut Run, user: &User) {
    run.add(user.id);
    run.add_text(Some(&user.name));
    run.add_text(user.hair_color.as_deref());
}

fn sum_graph(run: &mut Run, user: &User) {
    sum_user(run, user);
    for post in user.posts.get() {
        run.add(post.id);
        run.add(post.user_id);
        run.add_text(Some(&post.title));
        for comment in post.comments.get() {
            run.add(comment.id);
            run.add(comment.post_id);
            run.add_text(Some(&comment.text));
        }
    }
}

async fn once(db: &mut toasty::Db, workload: &str, run: &mut Run) -> toasty::Result<()> {
    let turn = run.turn as usize;
    match workload {
        "W1" => {
            let user = User::get_by_id(db, run.key(run.turn) as u64).await?;
            sum_user(run, &user);
        }
        "W2" => {
            let users = User::all().exec(db).await?;
            users.iter().for_each(|user| sum_user(run, user));
        }
        "W4" => {
            let mut new = User::create().name(name(turn));
            if let Some(color) = hair_color(turn) {
                new = new.hair_color(color);
            }
            let user = new.exec(db).await?;
            sum_user(run, &user);
        }
        "W5" => {
            let mut many = User::create_many();
            for i in 0..run.n {
                let new = User::create().name(name(i));
                many = many.item(match hair_color(i) {
                    Some(color) => new.hair_color(color),
                    None => new,
                });
            }
            let users = many.exec(db).await?;
            users.iter().for_each(|user| sum_user(run, user));
        }
        "W6" => {
            let users = User::all()
                .include(User::fields().posts().comments())
                .order_by(User::fields().id().asc())
                .exec(db)
                .await?;
            if run.sum.is_some() {
                users.iter().for_each(|user| sum_graph(run, user));
            }
        }
        "W7-update" => {
            let key = run.key(run.turn) as u64;
            User::update_by_id(key).name(name(turn)).exec(db).await?;
            if run.sum.is_some() {
                let user = User::get_by_id(db, key).await?;
                sum_user(run, &user);
            }
        }
        _ => {
            let post = |i| Post::create().title(title(i)).comments([Comment::create().text(text(i))]);
            let posts: Vec<_> = (0..10).map(post).collect();
            let user = User::create().name(name(turn)).posts(posts).exec(db).await?;
            if run.sum.is_some() {
                let user = User::filter_by_id(user.id).include(User::fields().posts().comments()).get(db).await?;
                sum_graph(run, &user);
            }
        }
    }
    Ok(())
}

struct Database {
    runtime: tokio::runtime::Runtime,
    db: toasty::Db,
}

impl harness::Contender for Database {
    fn open(url: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let models = toasty::models!(User, Post, Comment);
        let db = runtime.block_on(toasty::Db::builder().models(models).max_pool_size(1).connect(url)).unwrap();
        Database { runtime, db }
    }

    fn execute(&mut self, sql: &str) {
        self.runtime.block_on(toasty::sql::statement(sql).exec(&mut self.db)).unwrap();
    }

    fn repeat(&mut self, workload: &str, run: &mut Run, times: u64) -> bool {
        self.runtime.block_on(async {
            for _ in 0..times {
                once(&mut self.db, workload, run).await.unwrap();
                run.turn += 1;
            }
        });
        true
    }
}

fn main() {
    harness::main::<Database>();
}
