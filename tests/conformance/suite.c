/* The helpers of suite.h. */
#include "suite.h"
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOG_SIZE = 256 };

static struct {
    pthread_mutex_t lock;
    size_t count;
    char operations[LOG_SIZE][64];
    char *statements[LOG_SIZE];
    uint64_t connections[LOG_SIZE];
    char text[LOG_SIZE * 66];
} seen = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void note(const toasty_event *event, void *arg)
{
    (void)arg;
    pthread_mutex_lock(&seen.lock);
    if (seen.count < LOG_SIZE) {
        snprintf(seen.operations[seen.count], sizeof seen.operations[0], "%s%s%s", event->operation,
                 *event->collection ? " " : "", event->collection);
        free(seen.statements[seen.count]);
        seen.statements[seen.count] = event->statement ? strdup(event->statement) : NULL;
        seen.connections[seen.count] = event->connection;
    }
    seen.count++;
    pthread_mutex_unlock(&seen.lock);
}

/* --- the log --- */

void suite_clear_log(void)
{
    pthread_mutex_lock(&seen.lock);
    seen.count = 0;
    pthread_mutex_unlock(&seen.lock);
}

const char *suite_log(void)
{
    pthread_mutex_lock(&seen.lock);
    char *end = seen.text;
    *end = '\0';
    for (size_t i = 0; i < seen.count && i < LOG_SIZE; i++)
        end += sprintf(end, "%s%s", i ? ", " : "", seen.operations[i]);
    pthread_mutex_unlock(&seen.lock);
    return seen.text;
}

size_t suite_log_count(void)
{
    pthread_mutex_lock(&seen.lock);
    size_t count = seen.count;
    pthread_mutex_unlock(&seen.lock);
    return count;
}

const char *suite_statement(size_t n)
{
    return n < seen.count && n < LOG_SIZE ? seen.statements[n] : NULL;
}

uint64_t suite_connection(size_t n)
{
    return n < LOG_SIZE ? seen.connections[n] : 0;
}

suite_cost suite_start_cost(toasty_db *db)
{
    return (suite_cost){.db = db, .before = toasty_count(db)};
}

uint64_t suite_operations(const suite_cost *cost)
{
    return toasty_count(cost->db).operations - cost->before.operations;
}

uint64_t suite_round_trips(const suite_cost *cost)
{
    return toasty_count(cost->db).round_trips - cost->before.round_trips;
}

bool suite_groups_read(void)
{
    const toasty_capability *can = test_capability();
    return can->sql || (can->group_returns && can->group_repeats && !can->expect && !can->group_token);
}

size_t suite_threads(void)
{
    size_t count = 0;
    DIR *tasks = opendir("/proc/self/task");
    check_that(tasks != NULL);
    for (struct dirent *entry; (entry = readdir(tasks));)
        count += entry->d_name[0] != '.';
    closedir(tasks);
    return count;
}

/* --- databases --- */

void suite_watch(toasty_db *db)
{
    toasty_on_event(db, note, NULL);
    /* Another test may have failed in the middle of altering them. */
    if (toasty_push_schema(db) < 0) {
        check_done(toasty_reset_schema(db));
        check_done(toasty_push_schema(db));
    }
    suite_clear_log();
}

/* Deletes the rows of all models; one that others still refer to is tried again after them. */
static void empty(toasty_db *db)
{
    bool left = true;
    for (size_t round = 0; left && round < models_schema.model_count; round++) {
        left = false;
        for (size_t i = 0; i < models_schema.model_count; i++) {
            toasty_request request = {.kind = TOASTY_REQUEST_DELETE,
                                      .model = models_schema.models[i],
                                      .find = {.everything = true}};
            if (toasty__run_count(db, &request) < 0) {
                check_last_error(TOASTY_FOREIGN_KEY_VIOLATION);
                left = true;
            }
        }
    }
}

toasty_db *suite_open_with(const toasty_open_options *options)
{
    toasty_db *db = toasty_open_(test_url(), &models_schema, options);
    check_some(db);
    suite_watch(db);
    if (test_capability()->update_where)
        empty(db);
    suite_clear_log();
    return db;
}

toasty_db *suite_open(void)
{
    return suite_open_with(&(toasty_open_options){.max_pool_size = 4});
}

toasty_db *suite_open_again(void)
{
    toasty_db *db = toasty_open(test_url(), &models_schema, .max_pool_size = 4);
    check_some(db);
    toasty_on_event(db, note, NULL);
    return db;
}

const char *suite_url_with(const char *option)
{
    static char url[1024];
    snprintf(url, sizeof url, "%s%c%s", test_url(), strchr(test_url(), '?') ? '&' : '?', option);
    return url;
}

/* --- rows --- */

Person *suite_person(toasty_db *db, const char *name, size_t task_count)
{
    char email[64];
    snprintf(email, sizeof email, "%s@example.com", name);
    for (char *c = email; *c; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
    toasty_auto(PersonDraft) draft = person_draft_new();
    check_some(draft);
    check_done(person_draft_set(draft, .name = name, .email = email));
    for (size_t i = 0; i < task_count; i++) {
        char title[32];
        snprintf(title, sizeof title, "task %zu", i);
        check_done(person_draft_add_tasks(draft, task_new({.title = title, .position = (int32_t)i})));
    }
    Person *person = person_create_draft(db, draft);
    check_some(person);
    suite_clear_log();
    return person;
}

Task *suite_find_task(Task *items, size_t len, const char *title)
{
    for (size_t i = 0; i < len; i++)
        if (strcmp(items[i].title, title) == 0)
            return &items[i];
    return NULL;
}

void suite_check_rule(const char *model, const char *field, const char *rule)
{
    char details[200];
    snprintf(details, sizeof details, "[{\"model\":\"%s\",\"row\":0,\"field\":\"%s\",\"rule\":\"%s\"}]",
             model, field, rule);
    check_last_error(TOASTY_VALIDATION_FAILED);
    check_text(field, toasty_last_error()->field);
    check_text(details, toasty_last_error()->details);
}

bool suite_same_uuid(toasty_uuid a, toasty_uuid b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}
