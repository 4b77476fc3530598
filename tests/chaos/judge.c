/* Chaos: many at once work on a database that is torn from under them, and every answer that they got is held
 * against what is there afterwards.
 *
 *     chaos-<target> URL [--acts N] [--seed N] [--only ACT,ACT]
 *
 * The judge makes the tables and the ledger, starts workers (crowd.c) one after the other, disturbs them,
 * kills the last ones, and audits (audit.c). It kills a worker that makes no progress, and tells what it was
 * doing. How long a run is, is said by the number of acts; a seed gives the same choices, but not the same
 * moments. The last line is `N passed, N failed, N skipped`, each promise being one test. */
#include "acts.h"
#include "audit.h"
#include "crowd.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    KILLED_LIVES = 4,
    PATIENCE_MS = 60000, /* without any progress */
    MOST_APART = 80,     /* acts between two disturbances, at most */
    MOST_ACTS_OF_A_RUN = ENTRIES / 4
};

typedef struct judge {
    const char *program, *url;
    ledger *ledger;
    int descriptor;
    judge_connection *connection;
    uint64_t acts, seed, next_disturbance, disturbances;
    unsigned kills;
} judge;

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void pause_briefly(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
}

/* --- workers --- */

/* A process of this program that works, and ends with it: the library's threads do not survive a fork. */
static pid_t start_worker(const judge *judge, const char *what, const char *url)
{
    char descriptor[16];
    snprintf(descriptor, sizeof descriptor, "%d", judge->descriptor);
    fflush(stdout);
    pid_t worker = fork();
    if (worker == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execl("/proc/self/exe", judge->program, what, descriptor, url, (char *)NULL);
        _exit(127);
    }
    return worker;
}

/* Ends it in a way that leaves a core, or, the second time, in any way. */
static void end_hang(ledger *ledger, pid_t worker, bool again)
{
    kill(worker, again ? SIGKILL : SIGABRT);
    if (again)
        return;
    ledger_break(ledger, PROMISE_ANSWERED, "no progress for %d s", PATIENCE_MS / 1000);
    printf("no progress for %d s; what is being done:\n", PATIENCE_MS / 1000);
    for (int i = 0; i < ACTORS; i++)
        if (ledger->doing[i])
            printf("    %s %d: %s\n", i < FIBERS ? "fiber" : "thread", i, acts[ledger->doing[i] - 1].name);
}

/* What the worker asks of the judge: that nothing be disturbed for a while. */
static bool grant_calm(ledger *ledger)
{
    bool calm = atomic_load(&ledger->calm_wanted);
    atomic_store(&ledger->calm, calm);
    return calm;
}

static void disturb(judge *judge, uint64_t progress)
{
    if (!target.disturb || progress < judge->next_disturbance)
        return;
    target.disturb(judge->connection, &judge->seed);
    judge->next_disturbance = progress + 1 + chance(&judge->seed, MOST_APART);
    judge->disturbances++;
}

/* Looks after a worker until it has ended; kills it at `last`, or when it hangs. Returns what waitpid says.
 */
static int watch(judge *judge, pid_t worker, uint64_t last)
{
    ledger *ledger = judge->ledger;
    uint64_t seen = UINT64_MAX, since = now_ms();
    bool hangs = false;
    int status = 0;
    while (waitpid(worker, &status, WNOHANG) == 0) {
        uint64_t progress = atomic_load(&ledger->progress);
        bool was_calm = atomic_load(&ledger->calm), calm = grant_calm(ledger);
        if (progress != seen || calm != was_calm)
            since = now_ms();
        seen = progress;
        if (now_ms() - since > PATIENCE_MS) {
            end_hang(ledger, worker, hangs);
            hangs = true;
            since = now_ms();
        }
        if (progress >= last)
            kill(worker, SIGKILL);
        if (!calm)
            disturb(judge, progress);
        pause_briefly();
    }
    return status;
}

/* --- lives --- */

/* Of the operations behind `first`. */
static void expect_answers(ledger *ledger, uint64_t first)
{
    for (uint64_t i = first + 1; i <= ledger->next; i++) {
        const entry *entry = ledger_entry(ledger, i);
        if (entry->open)
            ledger_break(ledger, PROMISE_ANSWERED, "operation %llu, a %s, got no answer",
                         (unsigned long long)i, acts[entry->act].name);
    }
}

static void expect_good_end(judge *judge, int status, uint64_t first)
{
    if (WIFSIGNALED(status))
        ledger_break(judge->ledger, PROMISE_ENDS, "a worker was ended by signal %d", WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0)
        ledger_break(judge->ledger, PROMISE_ENDS, "a worker has ended with status %d", WEXITSTATUS(status));
    else
        expect_answers(judge->ledger, first);
}

/* So many acts, and then its own end, or a kill at a random moment. */
static void live(judge *judge, uint64_t count, bool killed)
{
    ledger *ledger = judge->ledger;
    uint64_t begun = atomic_load(&ledger->progress), first = atomic_load(&ledger->next);
    atomic_store(&ledger->target, begun + count);
    atomic_store(&ledger->calm_wanted, false);
    judge->next_disturbance = begun;
    pid_t worker = start_worker(judge, "--work", target.url(judge->connection));
    uint64_t last = killed ? begun + 1 + chance(&judge->seed, count) : UINT64_MAX;
    int status = watch(judge, worker, last);
    if (!killed || !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
        expect_good_end(judge, status, first);
    judge->kills += killed;
    for (int i = 0; i < ACTORS; i++)
        atomic_store(&ledger->doing[i], 0);
    target.settle(judge->connection);
}

/* --- the end --- */

static void expect_tried(const judge *judge)
{
    ledger *ledger = judge->ledger;
    for (size_t i = 0; i < acts_len; i++) {
        bool possible = acts[i].run != act_procedure || target.commit_and_die;
        if (possible && (ledger->chosen >> i & 1) && !ledger->tried[i])
            ledger_break(ledger, PROMISE_TRIED, "no %s was tried", acts[i].name);
    }
    if (!ledger->cancels || !ledger->closes || (target.disturb && !judge->disturbances))
        ledger_break(ledger, PROMISE_TRIED, "nothing was cancelled, closed or disturbed");
}

static void tell_figures(const judge *judge)
{
    ledger *ledger = judge->ledger;
    unsigned long long verdicts[3] = {0};
    char disturbances[200];
    for (uint64_t i = 1; i <= ledger->next; i++)
        verdicts[ledger_entry(ledger, i)->verdict]++;
    target.tell(judge->connection, disturbances, sizeof disturbances);
    printf("note: %llu operations have happened, %llu may have, %llu have not\n", verdicts[HAPPENED],
           verdicts[MAY_HAVE_HAPPENED], verdicts[HAPPENED_NOT]);
    printf("note: %llu fibers cancelled, %llu handles closed, %u workers killed; %s\n",
           (unsigned long long)ledger->cancels, (unsigned long long)ledger->closes, judge->kills,
           disturbances);
    printf("note: seed %llu\n", (unsigned long long)ledger->seed);
}

static bool tell_promise(const ledger *ledger, promise promise)
{
    uint64_t broken = ledger->broken[promise];
    if (!broken) {
        printf("kept    chaos: %s\n", promise_sentence(promise));
        return true;
    }
    printf("FAILED  chaos: %s\n    %llu times with seed %llu: %s\n", promise_sentence(promise),
           (unsigned long long)broken, (unsigned long long)ledger->seed, ledger->broken_text[promise][0]);
    for (uint64_t i = 1; i < broken && i < SHOWN; i++)
        printf("    %s\n", ledger->broken_text[promise][i]);
    return false;
}

static int tell_all(const judge *judge)
{
    int passed = 0, failed = 0;
    for (int i = 0; i < PROMISES; i++) {
        bool kept = tell_promise(judge->ledger, (enum promise)i);
        passed += kept;
        failed += !kept;
    }
    tell_figures(judge);
    printf("%d passed, %d failed, 0 skipped\n", passed, failed);
    return failed > 0;
}

/* --- the program --- */

static int run(judge *judge)
{
    ledger *ledger = judge->ledger;
    uint64_t killed = judge->acts / 4 / KILLED_LIVES;
    int status;
    pid_t preparer = start_worker(judge, "--prepare", judge->url);
    if (waitpid(preparer, &status, 0) < 0 || status != 0) {
        printf("FAILED  chaos: the tables can be made\n    status %#x\n", (unsigned)status);
        return 1;
    }
    judge->connection = target.connect(judge->url);
    if (!judge->connection)
        return 1;
    live(judge, judge->acts - killed * KILLED_LIVES, false);
    for (int i = 0; i < KILLED_LIVES; i++)
        live(judge, killed, true);
    audit(ledger, judge->connection);
    expect_tried(judge);
    status = tell_all(judge);
    target.disconnect(judge->connection);
    return status;
}

static bool is_in(const char *name, const char *list)
{
    size_t length = strlen(name);
    const char *at = list;
    while (strncmp(at, name, length) != 0 || (at[length] != ',' && at[length])) {
        at += strcspn(at, ",");
        if (!*at++)
            return false;
    }
    return true;
}

static uint64_t choose_acts(const char *only)
{
    uint64_t chosen = 0;
    for (size_t i = 0; i < acts_len; i++)
        if (!only || is_in(acts[i].name, only))
            chosen |= UINT64_C(1) << i;
    return chosen;
}

static const char *given_or(const char *given, const char *variable)
{
    return given ? given : getenv(variable);
}

static uint64_t number_or(const char *text, uint64_t usual)
{
    return text ? strtoull(text, NULL, 10) : usual;
}

/* What the command line says, or the environment. False when it makes no sense. */
static bool read_arguments(judge *judge, int count, char **given)
{
    enum { ACTS, SEED, ONLY, OPTIONS };
    static const char *const names[OPTIONS] = {"--acts", "--seed", "--only"};
    const char *values[OPTIONS] = {NULL};
    for (int i = 1; i < count; i++) {
        int option = 0;
        while (option < OPTIONS && strcmp(given[i], names[option]) != 0)
            option++;
        if (option < OPTIONS && i + 1 < count)
            values[option] = given[++i];
        else if (given[i][0] == '-' || judge->url)
            return false;
        else
            judge->url = given[i];
    }
    judge->acts = number_or(given_or(values[ACTS], "TOASTY_CHAOS_ACTS"), target.acts);
    judge->seed = number_or(given_or(values[SEED], "TOASTY_CHAOS_SEED"), (uint64_t)time(NULL));
    judge->ledger->seed = judge->seed;
    judge->ledger->chosen = choose_acts(values[ONLY]);
    return judge->url && judge->ledger->chosen && judge->acts < MOST_ACTS_OF_A_RUN;
}

int main(int count, char **given)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (count == 4 && strcmp(given[1], "--work") == 0)
        return crowd_work(ledger_open(atoi(given[2])), given[3]);
    if (count == 4 && strcmp(given[1], "--prepare") == 0)
        return alarm(PATIENCE_MS / 1000), crowd_prepare(given[3]);
    judge judge = {.program = given[0]};
    judge.ledger = ledger_new(&judge.descriptor);
    if (judge.ledger && read_arguments(&judge, count, given))
        return run(&judge);
    printf("usage: %s URL [--acts N] [--seed N] [--only ACT,ACT]\n", given[0]);
    return 2;
}
