/* Databases in files and in memory: writers that queue, other programs' locks, a full disk, cells that others
 * wrote. */
#include "suite.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

static toasty_db *open_in_memory(void)
{
    toasty_db *db = toasty_open("sqlite::memory:", &models_schema);
    check_some(db);
    suite_watch(db);
    return db;
}

/* --- many writers --- */

enum { WRITES = 25, WRITERS = 10, ON_THREADS = 2 };

typedef struct writer {
    toasty_db *db;
    atomic_int *done; /* writes of all writers */
    int longest_wait; /* how many others wrote between a begin and its transaction, at most */
    toasty_error error;
} writer;

static void write_some(void *arg)
{
    writer *w = arg;
    for (int i = 0; i < WRITES; i++) {
        int before = atomic_load(w->done);
        toasty_auto(toasty_db) tx = toasty_begin(w->db);
        int waited = atomic_load(w->done) - before;
        w->longest_wait = waited > w->longest_wait ? waited : w->longest_wait;
        if (!tx || person_update_by_email(tx, "ann@example.com", person_visits_add(1)) < 0 ||
            toasty_commit(tx) < 0)
            w->error = *toasty_last_error();
        atomic_fetch_add(w->done, 1);
    }
}

static void *write_on_a_thread(void *arg)
{
    write_some(arg);
    return NULL;
}

/* Two threads write through the second handle, eight fibers through the first. None of them fails, and none
 * waits for more writes of others than `most`. */
static void check_writers(toasty_db *first, toasty_db *second, int most)
{
    toasty_auto(Person) ann = suite_person(first, "Ann", 0);
    writer writers[WRITERS];
    pthread_t threads[ON_THREADS];
    atomic_int done = 0;
    uv_loop_t loop;
    uv_loop_init(&loop);
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (writer){.db = i < ON_THREADS ? second : first, .done = &done};
        if (i < ON_THREADS)
            check_int(0, pthread_create(&threads[i], NULL, write_on_a_thread, &writers[i]));
        else
            check_some(toasty_spawn(&loop, write_some, &writers[i]));
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    for (int i = 0; i < ON_THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < WRITERS; i++) {
        check_text("", writers[i].error.message);
        check_that(writers[i].longest_wait <= most);
    }
    toasty_auto(Person) read = person_get_by_id(first, ann->id);
    check_some(read);
    check_int(WRITES * WRITERS, read->visits);
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&loop));
}

TOASTY_TEST(files, eight_fibers_and_two_threads_write_one_file_without_a_busy_error_or_starving, THREADS,
            TIMEOUT(30))
{
    toasty_auto(toasty_db) db = suite_open();
    check_writers(db, db, WRITES * WRITERS / 2); /* one queue: nobody waits while half of all goes by */
}

TOASTY_TEST(files, writers_of_two_handles_wait_for_each_other, THREADS, TIMEOUT(30))
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) other = suite_open_again();
    check_writers(db, other, WRITES * WRITERS); /* the lock of a file is no queue */
}

TOASTY_TEST(files, readers_go_on_while_a_transaction_writes)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) tx = toasty_begin(db);
    toasty_auto(Topic) topic = topic_create(tx, .label = "a");
    check_some(topic);
    check_int(0, topic_count(db));
    check_done(toasty_commit(tx));
    check_int(1, topic_count(db));
}

/* --- other programs --- */

TOASTY_TEST(files, a_lock_that_another_program_keeps_is_an_error_at_the_deadline)
{
    toasty_auto(toasty_db) db = suite_open();
    toasty_auto(toasty_db) other = suite_open_again();
    toasty_auto(toasty_db) lock = toasty_begin(other);
    check_some(lock);
    toasty_auto(toasty_db) hasty = toasty_with(db, .timeout_ms = 100);
    check_null(topic_create(hasty, .label = "a"));
    check_that(toasty_last_error()->code == TOASTY_TIMEOUT ||
               toasty_last_error()->code == TOASTY_LOCK_TIMEOUT);
    check_done(toasty_rollback(lock));
    toasty_auto(Topic) topic = topic_create(hasty, .label = "a");
    check_some(topic);
}

TOASTY_TEST(files, a_folder_that_is_not_there_is_an_error_of_the_open)
{
    check_null(toasty_open("sqlite:/nowhere/at/all/app.db", &models_schema));
    check_last_error(TOASTY_CONNECTION_FAILED);
    check_contains(toasty_last_error()->message, "directory");
}

TOASTY_TEST(files, a_file_that_is_no_database_is_an_error)
{
    char path[256], url[300];
    snprintf(path, sizeof path, "%s/toasty-no-database-%d", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp",
             (int)getpid());
    FILE *file = fopen(path, "w");
    check_that(file != NULL);
    for (int i = 0; i < 1000; i++)
        fputs("this is no database\n", file);
    fclose(file);
    snprintf(url, sizeof url, "sqlite:%s", path);
    toasty_auto(toasty_db) db = toasty_open(url, &models_schema);
    check_that(!db || toasty_push_schema(db) < 0);
    check_that(toasty_failed());
    unlink(path);
}

/* --- in memory --- */

TOASTY_TEST(files, a_database_in_memory_is_its_handles_own)
{
    toasty_auto(toasty_db) first = open_in_memory();
    toasty_auto(toasty_db) second = open_in_memory();
    toasty_auto(Topic) topic = topic_create(first, .label = "a");
    check_some(topic);
    check_int(1, topic_count(first));
    check_int(0, topic_count(second));
}

TOASTY_TEST(files, a_full_database_is_an_error_and_loses_nothing)
{
    toasty_auto(toasty_db) db = open_in_memory();
    toasty_auto(Topic) topic = topic_create(db, .label = "a");
    check_some(topic);
    toasty_auto(toasty_rows) pages = toasty_sql_rows(db, "PRAGMA max_page_count = 1");
    check_some(pages);
    static char text[100000];
    memset(text, 'x', sizeof text - 1);
    check_null(topic_create(db, .label = text));
    check_last_error(TOASTY_DISK_FULL);
    check_int(1, topic_count(db));
    toasty_auto(toasty_rows) more = toasty_sql_rows(db, "PRAGMA max_page_count = 100000");
    check_some(more);
    toasty_auto(Topic) now = topic_create(db, .label = text);
    check_some(now);
}

/* --- a full disk, of a file with a log and connections with threads --- */

enum { LONG = 100000 };

static const char *long_text(void)
{
    static char text[LONG];
    memset(text, 'x', sizeof text - 1);
    return text;
}

/* A handle whose connection may use no page more than there are. */
static toasty_db *almost_full(toasty_db *db)
{
    toasty_auto(Topic) topic = topic_create(db, .label = "a");
    check_some(topic);
    check_done((int)toasty_sql(db, "VACUUM")); /* no page is free because of earlier tests */
    toasty_db *writer = toasty_with(db, .dedicated = true);
    check_some(writer);
    toasty_auto(toasty_rows) rows = toasty_sql_rows(writer, "PRAGMA max_page_count = 1");
    check_some(rows);
    return writer;
}

typedef struct filler {
    toasty_db *db;
    toasty_error alone, inside, after;
    int64_t seen;
} filler;

static void fill(void *arg)
{
    filler *f = arg;
    toasty_auto(Topic) alone = topic_create(f->db, .label = long_text());
    f->alone = *toasty_last_error();
    toasty_auto(toasty_db) tx = toasty_begin(f->db);
    toasty_auto(Topic) small = tx ? topic_create(tx, .label = "small") : NULL;
    toasty_auto(Topic) large = small ? topic_create(tx, .label = long_text()) : NULL;
    f->inside = *toasty_last_error();
    f->seen = toasty_rollback(tx) == 0 ? topic_count(f->db) : -1;
    toasty_auto(Topic) after = topic_create(f->db, .label = "after");
    f->after = *toasty_last_error();
}

static void check_filled(toasty_db *db, const filler *f)
{
    check_error(&f->alone, TOASTY_DISK_FULL);
    check_error(&f->inside, TOASTY_DISK_FULL);
    check_int(1, f->seen);
    check_text("", f->after.message);
    check_int(2, topic_count(db));
}

/* The limit has gone with the handle. */
static void check_room_again(toasty_db *db)
{
    toasty_auto(Topic) now = topic_create(db, .label = long_text());
    check_some(now);
    toasty_auto(toasty_rows) sound = toasty_sql_rows(db, "PRAGMA integrity_check");
    check_some(sound);
    check_text("ok", toasty_cell(sound, 0, 0));
}

TOASTY_TEST(files, a_full_disk_undoes_a_transaction_and_leaves_the_rest)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 2});
    {
        toasty_auto(toasty_db) writer = almost_full(db);
        filler f = {.db = writer};
        fill(&f);
        check_filled(db, &f);
    }
    check_room_again(db);
}

TOASTY_TEST(files, a_full_disk_does_the_same_in_a_fiber)
{
    toasty_auto(toasty_db) db = suite_open_with(&(toasty_open_options){.max_pool_size = 2});
    uv_loop_t loop;
    uv_loop_init(&loop);
    {
        toasty_auto(toasty_db) writer = almost_full(db);
        filler f = {.db = writer};
        check_some(toasty_spawn(&loop, fill, &f));
        uv_run(&loop, UV_RUN_DEFAULT);
        check_filled(db, &f);
    }
    check_room_again(db);
    uv_run(&loop, UV_RUN_DEFAULT);
    check_int(0, uv_loop_close(&loop));
}

/* --- cells that others wrote --- */

/* As another program would, which knows of no constraints. */
static void write_unchecked(toasty_db *db, const char *update)
{
    toasty_auto(toasty_db) other = toasty_with(db, .dedicated = true);
    check_some(other);
    check_done((int)toasty_sql(other, "PRAGMA ignore_check_constraints = ON"));
    check_int(1, toasty_sql(other, update));
}

TOASTY_TEST(files, a_label_that_the_enum_does_not_know_is_an_error_that_names_the_column)
{
    toasty_auto(toasty_db) db = open_in_memory();
    toasty_auto(Person) ann = suite_person(db, "Ann", 0);
    write_unchecked(db, "UPDATE people SET mood = 'furious'");
    check_null(person_get_by_id(db, ann->id));
    check_last_error(TOASTY_INVALID_VALUE);
    check_contains(toasty_last_error()->message, "people.mood");
    check_that(!strstr(toasty_last_error()->message, "furious"));
}

TOASTY_TEST(files, a_number_that_the_field_cannot_hold_is_an_error_that_names_the_column)
{
    toasty_auto(toasty_db) db = open_in_memory();
    toasty_auto(Blank) blank = blank_create(db, .i16 = toasty_some(1));
    check_some(blank);
    write_unchecked(db, "UPDATE blanks SET i16 = 70000");
    check_null(blank_get_by_id(db, blank->id));
    check_last_error(TOASTY_INVALID_VALUE);
    check_contains(toasty_last_error()->message, "blanks.i16");
}

/* A file without tables whose header says that its texts are in UTF-16le. */
static void write_utf16(const char *url, const char *path)
{
    toasty_db *db = toasty_open(url, &models_schema);
    check_done((int)toasty_sql(db, "PRAGMA journal_mode = DELETE"));
    check_done((int)toasty_sql(db, "PRAGMA user_version = 1"));
    check_done(toasty_close(db));
    toasty_free(db);
    FILE *file = fopen(path, "r+b");
    check_that(file && fseek(file, 59, SEEK_SET) == 0 && fputc(2, file) == 2 && fclose(file) == 0);
}

TOASTY_TEST(files, one_in_utf16_is_refused_with_the_remedy)
{
    char path[512], url[600];
    const char *own = strchr(test_url(), ':') + 1;
    snprintf(path, sizeof path, "%.*s-utf16.db", (int)strcspn(own, "?"), own);
    snprintf(url, sizeof url, "sqlite:%s?wal=off", path);
    write_utf16(url, path);
    check_null(toasty_open(url, &models_schema));
    check_last_error(TOASTY_UNSUPPORTED);
    check_contains(toasty_last_error()->message, "UTF-16le");
    check_contains(toasty_last_error()->message, ".dump");
    unlink(path);
}
