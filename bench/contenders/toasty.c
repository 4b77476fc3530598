/* Our contender: each workload as the guide would write it.
 *
 * With the URL null: the engine runs on a driver that answers from memory, so that what is measured is the
 * engine alone. */
#include "harness.h"
#include "models.toasty.h"
#include "null_driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static toasty_db *db;

static int fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, toasty_last_error()->message);
    return -1;
}

/* --- opening and seeding --- */

static int open_database(const char *url)
{
    static toasty_schema null_schema;
    static const struct toasty_driver *const null_drivers[] = {&bench_null_driver};
    bool null = !strncmp(url, "null:", 5);
    null_schema = models_schema;
    null_schema.drivers = null_drivers;
    null_schema.driver_count = 1;
    db = toasty_open(url, null ? &null_schema : &models_schema, .max_pool_size = 1);
    if (!db)
        return fail("open");
    if (!null && (toasty_reset_schema(db) < 0 || toasty_push_schema(db) < 0))
        return fail("push");
    return 0;
}

static void close_database(void)
{
    toasty_free(db);
}

enum { CHUNK = 1000 };

static int seed_users(size_t count)
{
    for (size_t begin = 0; begin < count; begin += CHUNK) {
        UserNew rows[CHUNK] = {0};
        size_t len = count - begin < CHUNK ? count - begin : CHUNK;
        for (size_t i = 0; i < len; i++)
            rows[i] = (UserNew){.name = bench_name(begin + i), .hair_color = bench_hair_color(begin + i)};
        toasty_auto(UserList) made = user_create_array(db, rows, len);
        if (!made)
            return fail("seed users");
    }
    return 0;
}

static int seed_posts(size_t count, size_t per_user)
{
    for (size_t begin = 0; begin < count; begin += CHUNK) {
        PostNew rows[CHUNK] = {0};
        size_t len = count - begin < CHUNK ? count - begin : CHUNK;
        for (size_t i = 0; i < len; i++)
            rows[i] = (PostNew){.user_id = 1 + (begin + i) / per_user, .title = bench_title(begin + i)};
        toasty_auto(PostList) made = post_create_array(db, rows, len);
        if (!made)
            return fail("seed posts");
    }
    return 0;
}

static int seed_comments(size_t count, size_t per_post)
{
    for (size_t begin = 0; begin < count; begin += CHUNK) {
        CommentNew rows[CHUNK] = {0};
        size_t len = count - begin < CHUNK ? count - begin : CHUNK;
        for (size_t i = 0; i < len; i++)
            rows[i] = (CommentNew){.post_id = 1 + (begin + i) / per_post, .text = bench_text(begin + i)};
        toasty_auto(CommentList) made = comment_create_array(db, rows, len);
        if (!made)
            return fail("seed comments");
    }
    return 0;
}

static int seed(const bench_shape *shape)
{
    size_t posts = shape->users * shape->posts;
    bench_null_shape(shape);
    if (seed_users(shape->users) || seed_posts(posts, shape->posts) ||
        seed_comments(posts * shape->comments, shape->comments))
        return -1;
    return 0;
}

static void count(uint64_t *statements, uint64_t *round_trips)
{
    toasty_counters counters = toasty_count(db);
    *statements = counters.operations;
    *round_trips = counters.round_trips;
}

/* --- checksums --- */

static void sum_user(uint64_t *sum, const User *user)
{
    bench_sum_number(sum, user->id);
    bench_sum_text(sum, user->name);
    bench_sum_text(sum, user->hair_color);
    if (!user->posts.loaded)
        return;
    toasty_each(post, &user->posts) {
        bench_sum_number(sum, post->id);
        bench_sum_number(sum, post->user_id);
        bench_sum_text(sum, post->title);
        if (!post->comments.loaded)
            continue;
        toasty_each(comment, &post->comments) {
            bench_sum_number(sum, comment->id);
            bench_sum_number(sum, comment->post_id);
            bench_sum_text(sum, comment->text);
        }
    }
}

static int sum_users(uint64_t *sum, const UserList *users)
{
    if (!users)
        return -1;
    if (sum)
        toasty_each(user, users)
            sum_user(sum, user);
    return 0;
}

/* --- reads --- */

static int get(const bench_run *run)
{
    toasty_auto(User) user = user_get_by_id(db, bench_key(run->turn, run->shape.users));
    if (!user)
        return fail("get");
    if (run->sum)
        sum_user(run->sum, user);
    return 0;
}

static int load(const bench_run *run)
{
    toasty_auto(UserList) users = user_all(db);
    return sum_users(run->sum, users) ? fail("load") : 0;
}

static int filter(const bench_run *run)
{
    toasty_auto(UserList) users =
        user_all(db, .where = user_hair_color_eq("black"),
                 .include = {user_with_posts(.order_by = {post_id_asc()})}, .order_by = {user_id_asc()});
    return sum_users(run->sum, users) ? fail("filter") : 0;
}

static int include(const bench_run *run)
{
    toasty_auto(UserList) users = user_all(
        db,
        .include = {user_with_posts(.order_by = {post_id_asc()},
                                    .include = {post_with_comments(.order_by = {comment_id_asc()})})},
        .order_by = {user_id_asc()});
    return sum_users(run->sum, users) ? fail("include") : 0;
}

/* --- writes --- */

static int create(const bench_run *run)
{
    toasty_auto(User) user =
        user_create(db, .name = bench_name(run->turn), .hair_color = bench_hair_color(run->turn));
    if (!user)
        return fail("create");
    if (run->sum)
        sum_user(run->sum, user);
    return 0;
}

static int create_many(const bench_run *run)
{
    UserNew *rows = calloc(run->n, sizeof *rows);
    if (!rows)
        return -1;
    for (size_t i = 0; i < run->n; i++) {
        rows[i].name = bench_name(i);
        rows[i].hair_color = bench_hair_color(i);
    }
    toasty_auto(UserList) users = user_create_array(db, rows, run->n);
    free(rows);
    return sum_users(run->sum, users) ? fail("create many") : 0;
}

static int update(const bench_run *run)
{
    uint64_t id = bench_key(run->turn, run->shape.users);
    if (user_update_by_id(db, id, user_name_set(bench_name(run->turn))) < 0)
        return fail("update");
    return run->sum ? get(run) : 0;
}

static int update_where(const bench_run *run)
{
    uint64_t id = bench_key(run->turn, run->shape.users);
    int64_t rows =
        post_update_all(db, .where = post_user_id_eq(id), .set = {post_title_set(bench_title(run->turn))});
    if (rows < 0)
        return fail("update where");
    if (run->sum)
        bench_sum_number(run->sum, (uint64_t)rows);
    return 0;
}

static int delete_one(const bench_run *run)
{
    if (user_delete_by_id(db, 1 + run->turn) < 0)
        return fail("delete");
    if (run->sum)
        bench_sum_number(run->sum, run->turn);
    return 0;
}

#define TEN(item) item(0), item(1), item(2), item(3), item(4), item(5), item(6), item(7), item(8), item(9)

static int create_graph(const bench_run *run)
{
#define POST(i) {.title = bench_title(i), .comments = comment_new({.text = bench_text(i)})}
    toasty_auto(User) user = user_create(db, .name = bench_name(run->turn), .posts = post_new(TEN(POST)));
    if (!user)
        return fail("create a graph");
    if (run->sum)
        sum_user(run->sum, user);
    return 0;
}

/* Keys that differ at each run: only the texts are checked. */
static int create_uuid_graph(const bench_run *run)
{
#define ARTICLE(i) {.title = bench_title(i), .remarks = remark_new({.text = bench_text(i)})}
    toasty_auto(Author) author =
        author_create(db, .name = bench_name(run->turn), .articles = article_new(TEN(ARTICLE)));
    if (!author)
        return fail("create a graph");
    if (run->sum) {
        bench_sum_text(run->sum, author->name);
        toasty_each(article, &author->articles) {
            bench_sum_text(run->sum, article->title);
            toasty_each(remark, &article->remarks)
                bench_sum_text(run->sum, remark->text);
        }
    }
    return 0;
}

#define TWENTY(item)                                                                                         \
    TEN(item), item(10), item(11), item(12), item(13), item(14), item(15), item(16), item(17), item(18),     \
        item(19)

/* What the updates wrote is part of the checksum. */
static int sum_updated(const bench_run *run)
{
    for (uint64_t i = 0; i < 20; i++) {
        toasty_auto(User) user = user_get_by_id(db, bench_key(run->turn + i, run->shape.users));
        if (!user)
            return fail("get after a batch");
        sum_user(run->sum, user);
    }
    return 0;
}

static int batch(const bench_run *run)
{
    User *users[20] = {0};
#define ID(i) bench_key(run->turn + (i), run->shape.users)
#define GET(i) user_get_by_id_op(&users[i], ID(i))
#define RENAME(i) user_update_by_id_op(NULL, ID(i), user_name_set(bench_name(ID(i) + run->turn)))
    if (toasty_batch(db, TWENTY(GET), TWENTY(RENAME)) < 0)
        return fail("batch");
    for (size_t i = 0; i < 20; i++) {
        if (run->sum)
            sum_user(run->sum, users[i]);
        toasty_free(users[i]);
    }
    return run->sum ? sum_updated(run) : 0;
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
                                               {"W8-uuid", create_uuid_graph},
                                               {"W9", batch},
                                               {NULL, NULL}};
    static const bench_contender contender = {open_database, seed, count, close_database, workloads};
    return bench_main(argc, argv, &contender);
}
