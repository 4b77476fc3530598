/* Nothing is kept between calls but what the caller sees. */
#define _POSIX_C_SOURCE 200809L
#include "r2_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *r2_copy(const char *text)
{
    return text ? strdup(text) : NULL;
}

char *r2_list(const char *begin, const void *rows, size_t stride, size_t count, const char *end)
{
    char *sql = malloc(strlen(begin) + count * 21 + strlen(end) + 1), *at = sql;
    if (!sql)
        return NULL;
    at += sprintf(at, "%s", begin);
    for (size_t i = 0; i < count; i++)
        at += sprintf(at, i ? ",%" PRIu64 : "%" PRIu64, *(const uint64_t *)((const char *)rows + i * stride));
    memcpy(at, end, strlen(end) + 1);
    return sql;
}

int r2_finish(result *result, const bench_run *run, int failed)
{
    if (!failed && run->sum)
        result_sum(result, run->sum);
    for (size_t i = 0; i < result->user_count; i++) {
        free((char *)result->users[i].name);
        free((char *)result->users[i].hair_color);
    }
    for (size_t i = 0; i < result->post_count; i++)
        free((char *)result->posts[i].title);
    for (size_t i = 0; i < result->comment_count; i++)
        free((char *)result->comments[i].text);
    result_free(result);
    return failed;
}
