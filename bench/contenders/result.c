/* Arrays that double, an arena whose chunks double. */
#include "result.h"

#include "harness.h"

#include <stdlib.h>

struct arena_chunk {
    arena_chunk *before;
    size_t size;
};

void result_free(result *result)
{
    for (arena_chunk *chunk = result->chunks; chunk;) {
        arena_chunk *before = chunk->before;
        free(chunk);
        chunk = before;
    }
    free(result->users);
    free(result->posts);
    free(result->comments);
}

char *result_more(result *result, size_t size)
{
    size_t want = result->chunks ? result->chunks->size * 2 : 256;
    if (want > 1 << 20)
        want = 1 << 20;
    if (want < size)
        want = size;
    arena_chunk *chunk = malloc(sizeof *chunk + want);
    if (!chunk)
        return NULL;
    chunk->before = result->chunks;
    chunk->size = want;
    result->chunks = chunk;
    result->next = (char *)(chunk + 1);
    result->end = result->next + want;
    return result->next;
}

static int grow(void **items, size_t *room, size_t size)
{
    size_t more = *room ? *room * 2 : 4;
    void *grown = realloc(*items, more * size);
    if (!grown)
        return -1;
    *items = grown;
    *room = more;
    return 0;
}

user_row *result_user(result *result)
{
    if (result->user_count == result->user_room &&
        grow((void **)&result->users, &result->user_room, sizeof *result->users))
        return NULL;
    return &result->users[result->user_count++];
}

post_row *result_post(result *result)
{
    if (result->post_count == result->post_room &&
        grow((void **)&result->posts, &result->post_room, sizeof *result->posts))
        return NULL;
    return &result->posts[result->post_count++];
}

comment_row *result_comment(result *result)
{
    if (result->comment_count == result->comment_room &&
        grow((void **)&result->comments, &result->comment_room, sizeof *result->comments))
        return NULL;
    return &result->comments[result->comment_count++];
}

void result_join(result *result)
{
    size_t post = 0, comment = 0;
    for (size_t i = 0; i < result->user_count; i++) {
        user_row *user = &result->users[i];
        user->posts = result->posts + post;
        while (post < result->post_count && result->posts[post].user_id == user->id)
            post++;
        user->post_count = (size_t)(result->posts + post - user->posts);
    }
    for (size_t i = 0; i < result->post_count; i++) {
        post_row *of = &result->posts[i];
        of->comments = result->comments + comment;
        while (comment < result->comment_count && result->comments[comment].post_id == of->id)
            comment++;
        of->comment_count = (size_t)(result->comments + comment - of->comments);
    }
}

void result_sum(const result *result, uint64_t *sum)
{
    for (size_t i = 0; i < result->user_count; i++) {
        const user_row *user = &result->users[i];
        bench_sum_number(sum, user->id);
        bench_sum_text(sum, user->name);
        bench_sum_text(sum, user->hair_color);
        for (const post_row *post = user->posts; post < user->posts + user->post_count; post++) {
            bench_sum_number(sum, post->id);
            bench_sum_number(sum, post->user_id);
            bench_sum_text(sum, post->title);
            for (const comment_row *comment = post->comments; comment < post->comments + post->comment_count;
                 comment++) {
                bench_sum_number(sum, comment->id);
                bench_sum_number(sum, comment->post_id);
                bench_sum_text(sum, comment->text);
            }
        }
    }
}
