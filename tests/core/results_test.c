/* Results: blocks, the table of roots, patches, and freeing. */
#include "base/alloc.h"
#include "core/block.h"
#include "core/patch.h"
#include "test.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <toasty/toasty.h>

typedef struct pair {
    int64_t a, b;
} pair;

static toasty__block *published(size_t size)
{
    toasty__block *block = toasty__block_new(NULL, size, 0);
    check_that(block != NULL);
    check_int(0, toasty__block_publish(block));
    return block;
}

TOASTY_TEST(block, a_root_is_zeroed_and_has_room_after_it)
{
    toasty__block *block = toasty__block_new(NULL, 100, 64);
    char zeros[100] = {0};
    check_bytes(zeros, block->root, 100);
    check_int(0, (int)((uintptr_t)block->root % 16));
    char *text = toasty__arena_alloc(&block->arena, 60);
    check_that(text > (char *)block->root && text < (char *)block + block->size);
    check_null(block->arena.chunks);
    check_that(toasty__arena_alloc(&block->arena, 512) != NULL);
    check_that(block->arena.chunks != NULL);
    toasty__block_free(block);
}

TOASTY_TEST(block, what_overflows_is_out_of_memory)
{
    check_null(toasty__block_new(NULL, SIZE_MAX - 4, 0));
    check_null(toasty__block_new(NULL, 8, SIZE_MAX - 4));
}

TOASTY_TEST(free, a_root_is_freed_once)
{
    toasty__block *block = published(sizeof(pair));
    pair *root = block->root;
    check_that(toasty__block_of(root) == block);
    check_null(toasty__block_of(&root->b));
    toasty_free(&root->b);
    check_last_error(TOASTY_INVALID_ARGUMENT);
    check_uint(1, toasty__root_count());
    toasty_free(root);
    check_uint(0, toasty__root_count());
    toasty_free(root);
    check_last_error(TOASTY_INVALID_ARGUMENT);
}

TOASTY_TEST(free, null_is_fine_and_changes_no_error)
{
    int here = 0;
    toasty_free(&here);
    check_last_error(TOASTY_INVALID_ARGUMENT);
    toasty_free(NULL);
    check_last_error(TOASTY_INVALID_ARGUMENT);
}

TOASTY_TEST(free, the_end_of_a_scope_touches_no_error, ALONE)
{
    {
        toasty_auto(pair) root = published(sizeof(pair))->root;
        toasty_auto(pair) none = NULL;
        pair local = {0};
        toasty_auto(pair) wrong = &local;
        check_that(root && !none && wrong);
    }
    check_uint(0, toasty__root_count());
    check_last_error(TOASTY_OK);
}

TOASTY_TEST(roots, many_come_and_go, ALONE)
{
    enum { COUNT = 20000 };
    static toasty__block *blocks[COUNT];
    for (int i = 0; i < COUNT; i++)
        blocks[i] = published(8);
    check_uint(COUNT, toasty__root_count());
    for (int i = 0; i < COUNT; i += 2)
        toasty_free(blocks[i]->root);
    for (int i = 1; i < COUNT; i += 2)
        check_that(toasty__block_of(blocks[i]->root) == blocks[i]);
    check_uint(COUNT / 2, toasty__root_count());
    for (int i = 1; i < COUNT; i += 2)
        toasty_free(blocks[i]->root);
    check_uint(0, toasty__root_count());
    check_last_error(TOASTY_OK);
}

static void *make_and_free(void *arg)
{
    (void)arg;
    for (int i = 0; i < 2000; i++)
        toasty_free(published(8)->root);
    return NULL;
}

TOASTY_TEST(roots, threads_share_the_table, THREADS)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        check_int(0, pthread_create(&threads[i], NULL, make_and_free, NULL));
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    check_uint(0, toasty__root_count());
}

/* --- patches --- */

static const char *patch(void *record, uint16_t field, const char *text)
{
    toasty__patch *made = toasty__patch_prepare(record, field, text, strlen(text));
    check_that(made != NULL);
    const char *bytes = toasty__patch_bytes(made);
    toasty__patch_apply(made);
    return bytes;
}

TOASTY_TEST(patch, text_lives_until_the_block_of_its_record_is_freed)
{
    toasty__block *block = published(1000 * sizeof(pair));
    pair *records = block->root;
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 1000; i++)
            check_text("new", patch(&records[i], 1, "new"));
    check_text("other", patch(&records[3], 2, "other"));
    check_that(toasty__patch_any());
    toasty_free(records);
    check_that(!toasty__patch_any());
}

TOASTY_TEST(patch, records_in_later_chunks_belong_to_the_block_as_well)
{
    toasty__block *block = published(8);
    void *far = toasty__arena_alloc(&block->arena, 100000);
    toasty__block *neighbour = published(8);
    patch((char *)far + 90000, 1, "x");
    patch(neighbour->root, 1, "y");
    toasty_free(block->root);
    check_that(toasty__patch_any());
    toasty_free(neighbour->root);
    check_that(!toasty__patch_any());
}

TOASTY_TEST(patch, one_that_is_discarded_changes_nothing)
{
    pair record = {0};
    toasty__patch_discard(toasty__patch_prepare(&record, 1, "x", 1));
    toasty__patch_discard(NULL);
    check_that(!toasty__patch_any());
}

/* --- what was not loaded --- */

static int misuses;

static void misused(const char *expression, const char *file, int line)
{
    check_text("&list", expression);
    check_contains(file, "results_test.c");
    check_that(line > 0);
    misuses++;
}

TOASTY_TEST(each, a_list_that_was_not_loaded_is_an_empty_loop_and_an_error)
{
    struct {
        pair *items;
        size_t len;
        bool loaded;
    } list = {0}, *none = NULL;
    pair pairs[3] = {{1, 2}, {3, 4}, {5, 6}};
    int seen = 0;
    toasty_set_misuse_hook(misused);
    toasty_each(item, &list)
        seen += (int)item->a;
    check_int(0, seen);
    check_int(1, misuses);
    check_last_error(TOASTY_NOT_LOADED);
    list.items = pairs;
    list.len = 3;
    list.loaded = true;
    toasty_each(item, &list)
        seen += (int)item->a;
    check_int(9, seen);
    toasty_each(item, none)
        seen++;
    check_int(9, seen);
    check_int(1, misuses);
}

typedef struct pair_list {
    pair *items;
    size_t len;
    bool loaded;
} pair_list;

/* The list, and one more evaluation of the expression that gives it. */
static pair_list *evaluated(pair_list *list, int *times)
{
    ++*times;
    return list;
}

TOASTY_TEST(each, the_expression_of_the_list_is_evaluated_once)
{
    pair pairs[3] = {{1, 2}, {3, 4}, {5, 6}};
    pair_list list = {.items = pairs, .len = 3, .loaded = true};
    int times = 0, seen = 0;
    toasty_each(item, evaluated(&list, &times))
        seen++;
    check_int(3, seen);
    check_int(1, times);
    toasty_each(item, evaluated(NULL, &times))
        seen++;
    check_int(3, seen);
    check_int(2, times);
}

TOASTY_TEST(each, break_and_continue_mean_the_loop_that_one_sees)
{
    pair pairs[4] = {{1, 0}, {2, 0}, {3, 0}, {4, 0}};
    pair_list list = {.items = pairs, .len = 4, .loaded = true};
    int sum = 0, rounds = 0;
    toasty_each(outer, &list) {
        rounds++;
        toasty_each(inner, &list) {
            if (inner->a == 2)
                continue;
            if (inner->a == 4)
                break;
            sum += (int)inner->a;
        }
    }
    check_int(4, rounds);
    check_int(16, sum);
}

TOASTY_TEST(results, text_of_updates_in_a_record_of_the_programs_own_is_freed_on_demand)
{
    pair own = {1, 2};
    toasty__patch_apply(toasty__patch_prepare(&own, 0, "text", 4));
    check_that(toasty__patch_any());
    toasty_forget(&own);
    check_that(!toasty__patch_any());
}
