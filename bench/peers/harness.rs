//! The program around a contender in Rust: options, rows, checksums and samples as bench/harness.c has them.
use std::sync::OnceLock;
use std::time::Instant;

/// What a workload is run with.
pub struct Run {
    pub n: usize,
    pub users: usize,
    pub posts: usize,
    pub comments: usize,
    pub turn: u64,
    pub sum: Option<u64>,
}

impl Run {
    /// The key that a turn uses: spread over the table.
    pub fn key(&self, turn: u64) -> i64 {
        1 + (turn * 7919 % self.users as u64) as i64
    }

    pub fn add(&mut self, number: u64) {
        if let Some(sum) = self.sum {
            self.sum = Some((sum ^ number).wrapping_mul(0x100000001b3));
        }
    }

    pub fn add_text(&mut self, text: Option<&str>) {
        self.add(text.map_or(u64::MAX, |text| text.len() as u64));
        for byte in text.unwrap_or("").bytes() {
            self.add(byte as u64);
        }
    }
}

pub trait Contender {
    fn open(url: &str) -> Self;
    /// Runs one statement of raw SQL, for the schema and the seeds.
    fn execute(&mut self, sql: &str);
    /// Runs a workload so many times, one turn each; false: it has none of that name.
    fn repeat(&mut self, workload: &str, run: &mut Run, times: u64) -> bool;
}

fn texts(format: fn(usize) -> String, cell: &'static OnceLock<Vec<String>>) -> &'static [String] {
    cell.get_or_init(|| (0..10000).map(format).collect())
}

pub fn name(number: usize) -> &'static str {
    static NAMES: OnceLock<Vec<String>> = OnceLock::new();
    &texts(|i| format!("User {i}"), &NAMES)[number % 10000]
}

pub fn hair_color(number: usize) -> Option<&'static str> {
    [Some("black"), Some("brown"), None][number % 3]
}

pub fn title(number: usize) -> &'static str {
    static TITLES: OnceLock<Vec<String>> = OnceLock::new();
    &texts(|i| format!("The title of post {i}"), &TITLES)[number % 10000]
}

pub fn text(number: usize) -> &'static str {
    static TEXTS: OnceLock<Vec<String>> = OnceLock::new();
    &texts(|i| format!("What comment {i} has to say"), &TEXTS)[number % 10000]
}

fn seed(contender: &mut impl Contender, table: &str, count: usize, row: impl Fn(usize) -> String) {
    for begin in (0..count).step_by(500) {
        let rows: Vec<String> = (begin..count.min(begin + 500)).map(&row).collect();
        contender.execute(&format!("INSERT INTO {table} VALUES {}", rows.join(",")));
    }
}

fn make_tables(contender: &mut impl Contender, url: &str) {
    let schema = match url.split(':').next() {
        Some("sqlite") => include_str!("schema_sqlite.sql"),
        Some("postgresql") => include_str!("schema_postgresql.sql"),
        _ => include_str!("schema_mysql.sql"),
    };
    for statement in schema.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
        contender.execute(statement);
    }
}

fn seed_all(contender: &mut impl Contender, run: &Run) {
    seed(contender, "users (name, hair_color)", run.users, |i| match hair_color(i) {
        Some(color) => format!("('{}', '{color}')", name(i)),
        None => format!("('{}', NULL)", name(i)),
    });
    let posts = run.users * run.posts;
    seed(contender, "posts (user_id, title)", posts, |i| format!("({}, '{}')", 1 + i / run.posts, title(i)));
    seed(contender, "comments (post_id, text)", posts * run.comments, |i| format!("({}, '{}')", 1 + i / run.comments, text(i)));
}

pub fn main<C: Contender>() {
    let arguments: Vec<String> = std::env::args().collect();
    let option = |name: &str| arguments.iter().position(|a| a == name).map(|at| arguments[at + 1].as_str());
    let number = |name: &str, otherwise: u64| option(name).map_or(otherwise, |value| value.parse().unwrap());
    let (url, workload) = (option("--url").expect("--url"), option("--workload").expect("--workload"));
    let url = &url.replacen("@/", "@localhost/", 1).replace("?sslmode=disable", ""); // a host beside a socket, and no word of ours
    let n = number("--n", 100) as usize;
    let (mut users, mut posts, mut comments) = match workload {
        "W1" | "W7-update" => (10000, 0, 0),
        "W2" => (n, 0, 0),
        "W6" => (9, 10, 10),
        _ => (1, 0, 0),
    };
    if let Some(shape) = option("--shape") {
        let shape: Vec<usize> = shape.split('x').map(|part| part.parse().unwrap()).collect();
        (users, posts, comments) = (shape[0], shape[1], shape[2]);
    }
    if !["W1", "W2", "W4", "W5", "W6", "W7-update", "W8"].contains(&workload) {
        println!("missing");
        return;
    }
    let mut run = Run { n, users, posts, comments, turn: 0, sum: Some(0xcbf29ce484222325) };
    let mut contender = C::open(url);
    make_tables(&mut contender, url);
    seed_all(&mut contender, &run);
    if !contender.repeat(workload, &mut run, 1) {
        println!("missing");
        return;
    }
    println!("checksum {:016x}", run.sum.take().unwrap());
    contender.repeat(workload, &mut run, 1);
    let iterations = number("--iterations", 1);
    for _ in 0..number("--samples", 1) {
        let start = Instant::now();
        contender.repeat(workload, &mut run, iterations);
        println!("sample {:.1}", start.elapsed().as_nanos() as f64 / iterations.max(1) as f64);
    }
}
