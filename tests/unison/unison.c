/* unison [--seed N] [--steps N] [--upserts] [--starve] NAME=URL…: plays one random program on all databases,
 * step by step.
 *
 * After each step all have answered as the first one (results, codes of errors, and whom they are about) and
 * have the same rows; after one that failed, those of before. What may differ stands in `may_differ`; then
 * all begin anew without rows. With --upserts there are upserts of rows with unique values
 * too. With --starve, allocations fail while a batch runs. The last line is `N
 * passed, N failed, N skipped`, a database being a test. */
#include "unison.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DATABASES = 16, MOST_TOGETHER = 5, MOST_FAULTS = 10, MOST_SURVIVED = 100 };

typedef struct database {
    const char *name, *url;
    toasty_db *db;
    bool at_once; /* it finds what a batch is about before it changes anything, and changes all of it at once
                   */
    bool failed;  /* in the step */
    toasty_error error;
    text answer, rows;
    unsigned faults;
} database;

/* What is done on each database; several acts are a batch. */
typedef struct step {
    const act *acts[MOST_TOGETHER];
    size_t count;
    uint64_t dice;
    char name[256];
} step;

static database databases[MOST_DATABASES];
static size_t database_count;
static world there;
static step now;
static unsigned long number, differences;
static bool starving, upserting;

static void complain(database *on, const char *what, const char *details)
{
    on->faults++;
    printf("FAILED  unison: step %lu, %s, on %s: %s\n%s", number, now.name, on->name, what, details);
}

/* --- choosing a step --- */

static unsigned weight_of(const act *act, bool batch)
{
    return (batch && act->alone) || (act->upserts_unique && !upserting) ? 0 : act->weight;
}

static const act *choose_act(uint64_t *dice, bool batch)
{
    uint64_t all = 0;
    for (size_t i = 0; i < act_count; i++)
        all += weight_of(&acts[i], batch);
    uint64_t left = roll(dice, all);
    for (size_t i = 0;; i++) {
        unsigned weight = weight_of(&acts[i], batch);
        if (left < weight)
            return &acts[i];
        left -= weight;
    }
}

static void choose_step(uint64_t *dice)
{
    size_t length = 0;
    bool batch = starving || roll(dice, 3) == 0;
    now.count = batch ? 2 + roll(dice, MOST_TOGETHER - 1) : 1;
    now.dice = *dice;
    for (size_t i = 0; i < now.count; i++) {
        now.acts[i] = choose_act(dice, batch);
        length += (size_t)snprintf(now.name + length, sizeof now.name - length, "%s%s", i ? " + " : "",
                                   now.acts[i]->name);
    }
}

static bool looks(void)
{
    for (size_t i = 0; i < now.count; i++)
        if (now.acts[i]->looks)
            return true;
    return false;
}

/* The keys that are there on the first database. */
#define LOOK_AROUND(Model, model)                                                                            \
    do {                                                                                                     \
        toasty_auto(Model##List) all = model##_scan(databases[0].db);                                        \
        there.model##_count = 0;                                                                             \
        for (size_t i = 0; all && i < all->len && i < sizeof there.model##s / sizeof *there.model##s; i++)   \
            there.model##s[there.model##_count++] = all->items[i].id;                                        \
    } while (0)

/* --- on one database --- */

static void show_answer(database *on, const answer *answer)
{
    bool none = answer->show ? !answer->block : answer->number == NO_NUMBER;
    if (now.count > 1 && on->failed && !none)
        complain(on, "a batch that failed has given a result", "");
    if (none)
        text_add(&on->answer, "  nothing\n");
    else if (answer->show)
        answer->show(&on->answer, answer->block);
    else
        text_add(&on->answer, "  %lld\n", (long long)answer->number);
}

static void show_run(database *on, const run *run)
{
    on->answer.len = 0;
    text_add(&on->answer, "%s%s%s %s %s\n", toasty_code_name(on->error.code), *on->error.message ? ": " : "",
             on->error.message, on->error.constraint, on->error.field);
    for (size_t i = 0; i < run->answer_count; i++)
        show_answer(on, &run->answers[i]);
}

static void free_run(run *run)
{
    for (size_t i = 0; i < run->answer_count; i++)
        toasty_free(run->answers[i].block);
    for (size_t i = 0; i < run->record_count; i++)
        toasty_free(run->records[i]);
    toasty_free(run->ops);
}

static void play(database *on)
{
    uint64_t dice = now.dice, hunger = now.dice + (uint64_t)(on - databases);
    run run = {.db = on->db, .world = &there, .ops = now.count > 1 ? toasty_ops_new() : NULL};
    for (size_t i = 0; i < now.count; i++, roll(&dice, 2)) {
        run.dice = dice;
        now.acts[i]->run(&run);
    }
    if (starving && roll(&hunger, 2))
        starve_after((long)roll(&hunger, MOST_SURVIVED));
    if (run.ops && !run.failed)
        run.failed = toasty_batch_ops(on->db, run.ops) < 0;
    starve_after(-1);
    on->failed = run.failed;
    on->error = run.failed ? *toasty_last_error() : (toasty_error){0};
    show_run(on, &run);
    free_run(&run);
}

/* --- judging --- */

/* Of a call that ran out of memory it is open whether it happened. */
static void read_rows(database *on, bool may_change)
{
    text rows = {0};
    text_add(&rows, "%s", "");
    if (show_tables(&rows, on->db) < 0)
        complain(on, "its rows cannot be read", toasty_last_error()->message);
    if (!may_change && strcmp(rows.bytes, on->rows.bytes) != 0) {
        complain(on, "what failed has changed something", on->answer.bytes);
        printf(" before:\n%s after:\n%s", on->rows.bytes, rows.bytes);
    }
    free(on->rows.bytes);
    on->rows = rows;
}

static bool may_have_changed(const database *on)
{
    return !on->failed || now.acts[0]->alone || (starving && on->error.code == TOASTY_OUT_OF_MEMORY);
}

/* Do both say what is wrong? Of several faults one is named, and not always the field that a sum outgrew.
 * Which field it is may take memory to find out. */
static bool is_as_good(const toasty_error *a, const toasty_error *b)
{
    if (a->code == TOASTY_INVALID_VALUE || b->code == TOASTY_INVALID_VALUE)
        return a->code && b->code;
    bool same_field = (strcmp(a->table, b->table) == 0 && strcmp(a->field, b->field) == 0) ||
                      (starving && (!*a->field || !*b->field));
    return a->code == b->code &&
           (same_field || (a->code == TOASTY_UNIQUE_VIOLATION && strcmp(a->constraint, b->constraint) != 0));
}

/* A database without infinity says so. */
static bool is_too_large(const database *on)
{
    return on->error.code == TOASTY_INVALID_VALUE && strstr(on->error.message, "infinite");
}

/* What is a violation only in between is none for stores that change all at once; what is not one change a
 * row they refuse. */
static bool may_differ(const database *first, const database *other)
{
    toasty_code a = first->error.code, b = other->error.code;
    if (starving && (a == TOASTY_OUT_OF_MEMORY || b == TOASTY_OUT_OF_MEMORY))
        return true;
    if (is_too_large(first) || is_too_large(other))
        return true;
    return other->at_once &&
           (b == TOASTY_INVALID_STATEMENT ||
            (now.count > 1 && (looks() || a == TOASTY_UNIQUE_VIOLATION || b == TOASTY_UNIQUE_VIOLATION ||
                               a == TOASTY_FOREIGN_KEY_VIOLATION)));
}

static bool is_alike(const database *first, const database *other)
{
    const char *results = strchr(first->answer.bytes, '\n'), *others = strchr(other->answer.bytes, '\n');
    bool answers = first->failed == other->failed && strcmp(results, others) == 0 &&
                   (!first->failed || is_as_good(&first->error, &other->error));
    return answers && strcmp(first->rows.bytes, other->rows.bytes) == 0;
}

static void tell(const database *first, database *other)
{
    complain(other, "it does not as the first one", "");
    printf(" %s: %s %s: %s", first->name, first->answer.bytes, other->name, other->answer.bytes);
    if (strcmp(first->rows.bytes, other->rows.bytes) != 0)
        printf(" rows of %s:\n%s of %s:\n%s", first->name, first->rows.bytes, other->name, other->rows.bytes);
}

/* --- beginning anew --- */

#define DELETE_ALL(on, Model, model)                                                                         \
    do {                                                                                                     \
        toasty_auto(Model##List) all = model##_scan((on)->db);                                               \
        for (size_t i = 0; all && i < all->len; i++)                                                         \
            if (model##_delete((on)->db, &all->items[i]) < 0)                                                \
                complain(on, "a row cannot be deleted: ", toasty_last_error()->message);                     \
    } while (0)

/* With the owners their items go, and what belongs to those. */
static void wipe(database *on)
{
    DELETE_ALL(on, Card, card);
    DELETE_ALL(on, Owner, owner);
    read_rows(on, true);
    if (on->rows.len && !on->at_once)
        complain(on, "rows stay when all are deleted", on->rows.bytes);
    DELETE_ALL(on, Item, item); /* a store without foreign keys may have some of nobody */
    DELETE_ALL(on, Note, note);
    read_rows(on, true);
}

/* True when all have done the same. */
static bool compare(void)
{
    bool alike = true;
    for (size_t i = 1; i < database_count; i++) {
        if (is_alike(&databases[0], &databases[i]))
            continue;
        alike = false;
        if (may_differ(&databases[0], &databases[i]))
            differences++;
        else
            tell(&databases[0], &databases[i]);
    }
    return alike;
}

static void take_step(void)
{
    LOOK_AROUND(Owner, owner);
    LOOK_AROUND(Item, item);
    LOOK_AROUND(Card, card);
    for (size_t i = 0; i < database_count; i++) {
        play(&databases[i]);
        read_rows(&databases[i], may_have_changed(&databases[i]));
    }
    if (!compare())
        for (size_t i = 0; i < database_count; i++)
            wipe(&databases[i]);
}

/* --- the program --- */

static int open_database(char *argument)
{
    database *made = &databases[database_count++];
    char *url = strchr(argument, '=');
    if (!url)
        return fprintf(stderr, "unison: `%s` is not NAME=URL\n", argument), -1;
    *url++ = '\0';
    *made = (database){.name = argument, .url = url, .at_once = strncmp(url, "keyvalue:", 9) == 0};
    made->db = toasty_open(url, &models_schema);
    if (!made->db || toasty_push_schema(made->db) < 0)
        return fprintf(stderr, "unison: %s: %s\n", made->name, toasty_last_error()->message), -1;
    wipe(made);
    return 0;
}

static unsigned count_faults(void)
{
    unsigned count = 0;
    for (size_t i = 0; i < database_count; i++)
        count += databases[i].faults;
    return count;
}

static int end(void)
{
    unsigned failed = 0;
    for (size_t i = 0; i < database_count; i++) {
        failed += databases[i].faults > 0;
        toasty_free(databases[i].db);
        free(databases[i].rows.bytes);
        free(databases[i].answer.bytes);
    }
    printf("note: %lu steps, after %lu of which one that does all at once differed as it may\n", number,
           differences);
    printf("%zu passed, %u failed, 0 skipped\n", database_count - failed, failed);
    return failed != 0;
}

int main(int argc, char **argv)
{
    uint64_t seed = 1;
    unsigned long steps = 1000;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
            seed = strtoull(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--steps") == 0 && i + 1 < argc)
            steps = strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--upserts") == 0)
            upserting = true;
        else if (strcmp(argv[i], "--starve") == 0)
            starving = starve_begin() == 0;
        else if (database_count == MOST_DATABASES || open_database(argv[i]) < 0)
            return 2;
    }
    for (; number < steps && database_count && count_faults() < MOST_FAULTS; number++) {
        choose_step(&seed);
        take_step();
    }
    return end();
}
