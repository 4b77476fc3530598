//! SeaORM, as its guide writes it: entities, active models, `load_many` for relations; a pool of one connection without a ping.
#[path = "../../harness.rs"]
mod harness;

use harness::{Run, hair_color, name, text, title};
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use sea_orm::{ConnectOptions, Database as Connect, LoaderTrait, QueryOrder, Statement, TransactionTrait};

mod user {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "users")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub name: String,
        pub hair_color: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(has_many = "super::post::Entity")]
        Post,
    }

    impl Related<super::post::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Post.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod post {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "posts")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub user_id: i64,
        pub title: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(belongs_to = "super::user::Entity", from = "Column::UserId", to = "super::user::Column::Id")]
        User,
        #[sea_orm(has_many = "super::comment::Entity")]
        Comment,
    }

    impl Related<super::user::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::User.def()
        }
    }

    impl Related<super::comment::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Comment.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

mod comment {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "comments")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub post_id: i64,
        pub text: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(belongs_to = "super::post::Entity", from = "Column::PostId", to = "super::post::Column::Id")]
        Post,
    }

    impl Related<super::post::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Post.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

fn sum_user(run: &mut Run, user: &user::Model) {
    run.add(user.id as u64);
    run.add_text(Some(&user.name));
    run.add_text(user.hair_color.as_deref());
}

fn sum_post(run: &mut Run, post: &post::Model, comments: &[comment::Model]) {
    run.add(post.id as u64);
    run.add(post.user_id as u64);
    run.add_text(Some(&post.title));
    for comment in comments {
        run.add(comment.id as u64);
        run.add(comment.post_id as u64);
        run.add_text(Some(&comment.text));
    }
}

fn new_user(number: usize, color: Option<&str>) -> user::ActiveModel {
    user::ActiveModel { name: Set(name(number).to_owned()), hair_color: Set(color.map(str::to_owned)), ..Default::default() }
}

async fn create_graph(db: &DatabaseConnection, run: &mut Run) -> Result<(), DbErr> {
    let transaction = db.begin().await?;
    let user = new_user(run.turn as usize, None).insert(&transaction).await?;
    let new = (0..10).map(|i| post::ActiveModel {
        user_id: Set(user.id),
        title: Set(title(i).to_owned()),
        ..Default::default()
    });
    let posts = post::Entity::insert_many(new).exec_with_returning(&transaction).await?;
    let new = posts.iter().enumerate().map(|(i, post)| comment::ActiveModel {
        post_id: Set(post.id),
        text: Set(text(i).to_owned()),
        ..Default::default()
    });
    let comments = comment::Entity::insert_many(new).exec_with_returning(&transaction).await?;
    transaction.commit().await?;
    if run.sum.is_some() {
        sum_user(run, &user);
        for (i, post) in posts.iter().enumerate() {
            sum_post(run, post, &comments[i..i + 1]);
        }
    }
    Ok(())
}

async fn once(db: &DatabaseConnection, workload: &str, run: &mut Run) -> Result<(), DbErr> {
    let turn = run.turn as usize;
    match workload {
        "W1" => {
            let user = user::Entity::find_by_id(run.key(run.turn)).one(db).await?.unwrap();
            sum_user(run, &user);
        }
        "W2" => {
            let users = user::Entity::find().all(db).await?;
            users.iter().for_each(|user| sum_user(run, user));
        }
        "W4" => {
            let user = new_user(turn, hair_color(turn)).insert(db).await?;
            sum_user(run, &user);
        }
        "W5" => {
            let new = (0..run.n).map(|i| new_user(i, hair_color(i)));
            let users = user::Entity::insert_many(new).exec_with_returning(db).await?;
            users.iter().for_each(|user| sum_user(run, user));
        }
        "W6" => {
            let users = user::Entity::find().order_by_asc(user::Column::Id).all(db).await?;
            let posts = users.load_many(post::Entity::find().order_by_asc(post::Column::Id), db).await?;
            let flat: Vec<post::Model> = posts.into_iter().flatten().collect();
            let comments = flat.load_many(comment::Entity::find().order_by_asc(comment::Column::Id), db).await?;
            let mut at = 0;
            for user in users.iter().filter(|_| run.sum.is_some()).collect::<Vec<_>>() {
                sum_user(run, user);
                while at < flat.len() && flat[at].user_id == user.id {
                    sum_post(run, &flat[at], &comments[at]);
                    at += 1;
                }
            }
        }
        "W7-update" => {
            let key = run.key(run.turn);
            user::Entity::update_many()
                .col_expr(user::Column::Name, Expr::value(name(turn)))
                .filter(user::Column::Id.eq(key))
                .exec(db)
                .await?;
            if run.sum.is_some() {
                let user = user::Entity::find_by_id(key).one(db).await?.unwrap();
                sum_user(run, &user);
            }
        }
        _ => create_graph(db, run).await?,
    }
    Ok(())
}

struct Database {
    runtime: tokio::runtime::Runtime,
    db: DatabaseConnection,
}

impl harness::Contender for Database {
    fn open(url: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut options = ConnectOptions::new(url.replacen("mariadb:", "mysql:", 1));
        options.max_connections(1).sqlx_logging(false).test_before_acquire(false);
        let db = runtime.block_on(Connect::connect(options)).unwrap();
        Database { runtime, db }
    }

    fn execute(&mut self, sql: &str) {
        let statement = Statement::from_string(self.db.get_database_backend(), sql);
        self.runtime.block_on(self.db.execute_raw(statement)).unwrap();
    }

    fn repeat(&mut self, workload: &str, run: &mut Run, times: u64) -> bool {
        self.runtime.block_on(async {
            for _ in 0..times {
                once(&self.db, workload, run).await.unwrap();
                run.turn += 1;
            }
        });
        true
    }
}

fn main() {
    harness::main::<Database>();
}
