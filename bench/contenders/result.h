/* Results as good C by hand makes them: records in one array each, text in an arena, all freed at once. */
#ifndef BENCH_RESULT_H
#define BENCH_RESULT_H

#include <stddef.h>
#include <stdint.h>

typedef struct comment_row {
    uint64_t id, post_id;
    const char *text;
} comment_row;

typedef struct post_row {
    uint64_t id, user_id;
    const char *title;
    const comment_row *comments;
    size_t comment_count;
} post_row;

typedef struct user_row {
    uint64_t id;
    const char *name, *hair_color;
    const post_row *posts;
    size_t post_count;
} user_row;

typedef struct arena_chunk arena_chunk;
typedef struct result {
    arena_chunk *chunks;
    char *next, *end;
    user_row *users;
    post_row *posts;
    comment_row *comments;
    size_t user_count, post_count, comment_count;
    size_t user_room, post_room, comment_room;
} result;

/* A result begins zeroed. */
void result_free(result *result);
char *result_more(result *result, size_t size);
/* Room for one more row; its members are not set. NULL: no memory. */
user_row *result_user(result *result);
post_row *result_post(result *result);
comment_row *result_comment(result *result);
/* Posts are in the order of their users, comments in the order of their posts: makes each a slice. */
void result_join(result *result);
void result_sum(const result *result, uint64_t *sum);

/* A copy of the text, which ends with a NUL. */
static inline const char *result_text(result *result, const void *text, size_t length)
{
    char *copy =
        (size_t)(result->end - result->next) > length ? result->next : result_more(result, length + 1);
    if (!copy)
        return NULL;
    __builtin_memcpy(copy, text, length);
    copy[length] = 0;
    result->next = copy + length + 1;
    return copy;
}

#endif
