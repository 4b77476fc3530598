/* SQLite's own recursion, and ours, in fibers with small stacks. */
#include "suite.h"
#include <stdio.h>
#include <uv.h>

typedef struct asker {
    toasty_db *db;
    int64_t count;
} asker;

/* Every part stands in one more bracket than the part before: ((a or b) or c) or d. */
static void count_with_many_parts(void *arg)
{
    asker *asker = arg;
    toasty_auto(TopicQuery) query = topic_query_new();
    bool failed = !query;
    for (int i = 0; i < 3000 && !failed; i++) {
        char label[16];
        snprintf(label, sizeof label, "%d", i);
        failed = topic_query_or_where(query, topic_label_eq(label)) < 0;
    }
    asker->count = failed ? -1 : topic_count(asker->db, .query = query);
}

TOASTY_TEST(stacks, a_condition_of_three_thousand_parts_runs_in_a_fiber)
{
    toasty_auto(toasty_db) db = toasty_open("sqlite::memory:", &models_schema);
    suite_watch(db);
    toasty_auto(Topic) topic = topic_create(db, .label = "2999");
    check_some(topic);
    asker asker = {.db = db};
    uv_loop_t loop;
    uv_loop_init(&loop);
    check_some(toasty_spawn(&loop, count_with_many_parts, &asker));
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(1, asker.count);
    check_int(0, uv_loop_close(&loop));
}
