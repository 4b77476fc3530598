/* Lets the allocations of a program's whole process fail, one a run, and looks at what each run leaves.
 *
 *     allocations PROGRAM SHIM FOLDER MOST URL [URL]
 *
 * PROGRAM is a quickstart, run as `PROGRAM URL` on a database without tables; each URL is a database of its
 * own, and they are used side by side. About MOST allocations are tried: the first at each distinct call
 * stack, or at every k-th when there are more, and of the others every k-th. A run must
 *
 *   - end by itself: with its whole output, or with a status of 1 and a reason on stderr,
 *   - write to no memory that is not its own (freed memory is overwritten, see also the shim),
 *   - have freed what a run without failures frees (but for what OpenSSL forgets when it cannot begin),
 *   - leave a database with nothing half done.
 *
 * Where libuv or OpenSSL itself aborts or crashes, nothing can be done; such runs are counted. The last line
 * is `N passed, N failed, N skipped`. */
#include "models.toasty.h"
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS = 30, IMAGES = 32, MOST_SHOWN = 10 };

/* What a run must not leave, each a query that counts offences. */
static const struct {
    const char *what, *query;
} HALF_DONE[] = {
    {"a todo without its user",
     "SELECT count(*) FROM quickstart_todos WHERE user_id NOT IN (SELECT id FROM quickstart_users)"},
    {"a profile without its user",
     "SELECT count(*) FROM quickstart_profiles WHERE user_id NOT IN (SELECT id FROM quickstart_users)"},
    {"a user without the profile of the same create",
     "SELECT count(*) FROM quickstart_users WHERE name = 'John Doe' AND id NOT IN (SELECT user_id FROM "
     "quickstart_profiles)"},
    {"some of the todos of one create",
     "SELECT count(*) FROM quickstart_users WHERE name = 'John Doe' AND "
     "(SELECT count(*) FROM quickstart_todos WHERE user_id = quickstart_users.id) NOT IN (1, 3)"},
    {"some of the todos of one update",
     "SELECT count(*) FROM quickstart_users WHERE name = 'John Doe' AND "
     "(SELECT count(*) FROM quickstart_todos WHERE user_id = quickstart_users.id AND done) NOT IN (0, 1, 3)"},
    {"some of the rows of one create of many",
     "SELECT count(*) FROM (SELECT count(*) AS n FROM quickstart_users WHERE "
     "name LIKE 'Guest%') AS g WHERE n NOT IN (0, 25)"},
    {"one of two categories", "SELECT count(*) FROM (SELECT count(*) AS n FROM quickstart_todo_categories) "
                              "AS c WHERE n NOT IN (0, 2)"},
    {"what was rolled back", "SELECT count(*) FROM quickstart_users WHERE name = 'Nobody'"},
    {"a part of a transaction", "SELECT count(*) FROM quickstart_users WHERE login_count BETWEEN 2 AND 10"},
};

typedef struct image {
    char name[100];
    size_t blocks;
} image;

typedef struct arguments {
    const char *program, *shim, *folder;
    long most;
    char **urls;
    int url_count;
} arguments;

/* What a run without failures does: the measure of the others. */
typedef struct measure {
    char output[4096];
    image live[IMAGES];
    long *tried;
    long count, places, tried_count, place_step, step;
} measure;

/* Of all workers, in shared memory. */
typedef struct tally {
    atomic_long passed, failed, in_spite, by_others;
} tally;

/* --- files --- */

static const char *path_of(const arguments *a, int worker, const char *what)
{
    static char paths[4][512];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%d.%s", a->folder, worker, what);
    return path;
}

static void read_file(const char *path, char *text, size_t room)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = file < 0 ? 0 : read(file, text, room - 1);
    text[size < 0 ? 0 : size] = '\0';
    if (file >= 0)
        close(file);
}

static void redirect(int to, const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0 || dup2(file, to) < 0)
        _exit(127);
}

/* --- one run --- */

/* Runs the program on the worker's database, the shim with NAME=value; returns what waitpid says. */
static int run(const arguments *a, int worker, const char *name, const char *value)
{
    pid_t child = fork();
    if (child == 0) {
        redirect(STDOUT_FILENO, path_of(a, worker, "out"));
        redirect(STDERR_FILENO, path_of(a, worker, "err"));
        setenv("LD_PRELOAD", a->shim, 1);
        setenv("TOASTY_FAIL_LIVE", path_of(a, worker, "live"), 1);
        setenv("MALLOC_PERTURB_", "165", 1);
        setenv(name, value, 1);
        alarm(SECONDS);
        execl(a->program, a->program, a->urls[worker], (char *)NULL);
        _exit(127);
    }
    int status = -1;
    waitpid(child, &status, 0);
    return status;
}

/* What was not freed, in the order of its images. */
static int read_live(const arguments *a, int worker, image images[IMAGES])
{
    FILE *file = fopen(path_of(a, worker, "live"), "r");
    int count = 0;
    size_t bytes;
    while (file && count < IMAGES &&
           fscanf(file, "%zu %zu %99s", &images[count].blocks, &bytes, images[count].name) == 3)
        count++;
    if (file)
        fclose(file);
    return count;
}

static size_t blocks_of(const image images[IMAGES], const char *name)
{
    for (int i = 0; i < IMAGES; i++)
        if (strcmp(images[i].name, name) == 0)
            return images[i].blocks;
    return 0;
}

/* --- the database --- */

static bool is_file(const char *url)
{
    return strncmp(url, "sqlite:", 7) == 0;
}

/* How many tables there are; whole: a push makes all of them or none. */
static const struct {
    const char *scheme, *tables;
    bool whole;
} kinds[] = {
    {"sqlite:", "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name <> 'sqlite_sequence'",
     true},
    {"postgresql:", "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()", true},
    {"mariadb:", "SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE()", false},
};

static size_t kind_of(const char *url)
{
    size_t kind = 0;
    while (strncmp(url, kinds[kind].scheme, strlen(kinds[kind].scheme)) != 0)
        kind++;
    return kind;
}

static int64_t number(toasty_db *db, const char *query)
{
    toasty_auto(toasty_rows) rows = toasty_sql_rows(db, query);
    return rows && rows->len == 1 ? strtoll(toasty_cell(rows, 0, 0), NULL, 10) : -1;
}

/* A database without tables. */
static void clear(const arguments *a, int worker, toasty_db *server)
{
    const char *url = a->urls[worker];
    if (is_file(url)) {
        char beside[600];
        static const char *const ENDS[] = {"", "-wal", "-shm"};
        for (int i = 0; i < 3; i++) {
            snprintf(beside, sizeof beside, "%s%s", url + 7, ENDS[i]);
            unlink(beside);
        }
    } else if (toasty_reset_schema(server) < 0) {
        printf("the database cannot be emptied: %s\n", toasty_last_error()->message);
        exit(1);
    }
}

/* NULL when nothing is half done, or what is. */
static const char *half_done(const char *url, toasty_db *server)
{
    toasty_auto(toasty_db) own = is_file(url) ? toasty_open(url, &models_schema) : NULL;
    toasty_db *db = own ? own : server;
    if (own) {
        toasty_auto(toasty_rows) sound = toasty_sql_rows(db, "PRAGMA integrity_check");
        toasty_auto(toasty_rows) dangling = toasty_sql_rows(db, "PRAGMA foreign_key_check");
        if (!sound || sound->len != 1 || strcmp(toasty_cell(sound, 0, 0), "ok") != 0 || !dangling ||
            dangling->len)
            return "a damaged file";
    }
    size_t kind = kind_of(url);
    int64_t tables = number(db, kinds[kind].tables);
    if (tables == 0 || (tables < 4 && !kinds[kind].whole))
        return NULL;
    if (tables != 4)
        return "a part of the schema";
    for (size_t i = 0; i < sizeof HALF_DONE / sizeof HALF_DONE[0]; i++)
        if (number(db, HALF_DONE[i].query) != 0)
            return HALF_DONE[i].what;
    return NULL;
}

/* --- judging a run --- */

/* True when the program ended by a signal inside of libuv or OpenSSL, by the innermost frame that is neither
 * the shim's nor the C library's. */
static bool ended_by_others(const char *err)
{
    const char *line = strstr(err, "ended by a signal:\n");
    if (!line || strstr(err, "corrupted:"))
        return false;
    while ((line = strchr(line, '\n')) && *++line == '/') {
        size_t length = strcspn(line, "(\n");
        if (!memmem(line, length, "faulty_malloc", 13) && !memmem(line, length, "/libc.so", 8))
            return memmem(line, length, "/libuv.", 7) || memmem(line, length, "/libcrypto.", 11);
    }
    return false;
}

/* True when stderr has a line that is no frame of the trace. */
static bool says_why(const char *err)
{
    for (const char *line = err; line && *line; line = strchr(line, '\n'), line += line != NULL)
        if (*line != '/')
            return true;
    return false;
}

/* What the next turn of the thread's reactor would free, when the program ends without one: the task of a
 * connection that was closed before its turn came. */
enum { LEFT_TO_A_TURN = 1 };

/* NULL when all is well, or the sentence that does not hold. */
static const char *judge(const arguments *a, int worker, const measure *m, int status, toasty_db *server,
                         tally *t)
{
    static char said[300], err[65536], out[sizeof m->output];
    read_file(path_of(a, worker, "err"), err, sizeof err);
    read_file(path_of(a, worker, "out"), out, sizeof out);
    bool by_others = WIFSIGNALED(status) && ended_by_others(err);
    if (by_others)
        t->by_others++;
    else if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGALRM ? "it ends" : "it ends without a signal";
    else if (WEXITSTATUS(status) > 1)
        return "it ends with a status of 0 or 1";
    else if (WEXITSTATUS(status) == 1 && !says_why(err))
        return "it says why it stops";
    else if (WEXITSTATUS(status) == 0 && strcmp(out, m->output) != 0)
        return "its output is whole when it says that it worked";
    else if (WEXITSTATUS(status) == 0)
        t->in_spite++;
    const char *half = half_done(a->urls[worker], server);
    if (half) {
        snprintf(said, sizeof said, "the database is not left with %.200s", half);
        return said;
    }
    if (by_others)
        return NULL;
    image live[IMAGES] = {0};
    int images = read_live(a, worker, live);
    for (int i = 0; i < images; i++)
        if (live[i].blocks > blocks_of(m->live, live[i].name) + LEFT_TO_A_TURN &&
            !strstr(live[i].name, "libcrypto") &&
            !strstr(live[i].name, "ld-linux")) { /* loads libraries for names */
            snprintf(said, sizeof said, "all is freed: %zu blocks of %.99s are left, not %zu", live[i].blocks,
                     live[i].name, blocks_of(m->live, live[i].name));
            return said;
        }
    return NULL;
}

static void try(const arguments *a, int worker, const measure *m, long n, toasty_db *server, tally *t)
{
    char value[24];
    snprintf(value, sizeof value, "%ld", n);
    clear(a, worker, server);
    int status = run(a, worker, "TOASTY_FAIL_AT", value);
    const char *wrong = judge(a, worker, m, status, server, t);
    if (!wrong) {
        t->passed++;
        return;
    }
    if (t->failed++ >= MOST_SHOWN)
        return;
    static char err[8192];
    read_file(path_of(a, worker, "err"), err, sizeof err);
    printf("FAILED  faults: allocation %ld fails, and %s (status %#x)\n%s\n", n, wrong, (unsigned)status,
           err);
    fflush(stdout);
}

/* --- choosing --- */

/* Reads where each place comes first, ended by the count of all. */
static long *read_places(const char *path, long *places, long *count)
{
    size_t room = 1 << 16, read = 0;
    long *all = calloc(room, sizeof *all);
    FILE *file = fopen(path, "r");
    while (file && all && read < room && fscanf(file, "%ld", &all[read]) == 1)
        read++;
    if (file)
        fclose(file);
    *places = read > 1 ? (long)read - 1 : 0;
    *count = read > 1 ? all[read - 1] : 0;
    return all;
}

/* The first allocation at each place (at every k-th, when they are too many), and of all every step-th. */
static bool choose(const arguments *a, measure *m)
{
    long *places = read_places(path_of(a, 0, "places"), &m->places, &m->count);
    bool *chosen = calloc((size_t)m->count + 1, 1);
    m->tried = calloc((size_t)m->count + 1, sizeof *m->tried);
    if (places && chosen && m->tried && m->count > 0) {
        m->place_step = (m->places + a->most - 1) / a->most;
        long others = a->most > m->places ? a->most - m->places : 1;
        m->step = (m->count + others - 1) / others;
        for (long i = 0; i < m->places; i += m->place_step)
            chosen[places[i]] = true;
        for (long n = 1; n <= m->count; n += m->step)
            chosen[n] = true;
        for (long n = 1; n <= m->count; n++)
            if (chosen[n])
                m->tried[m->tried_count++] = n;
    }
    free(places);
    free(chosen);
    return m->tried_count > 0;
}

static bool take_measure(const arguments *a, measure *m, toasty_db *server)
{
    clear(a, 0, server);
    int status = run(a, 0, "TOASTY_FAIL_PLACES", path_of(a, 0, "places"));
    read_file(path_of(a, 0, "out"), m->output, sizeof m->output);
    read_live(a, 0, m->live);
    const char *half = half_done(a->urls[0], server);
    if (status == 0 && !half && choose(a, m))
        return true;
    char err[4096];
    read_file(path_of(a, 0, "err"), err, sizeof err);
    printf("FAILED  faults: the program works when nothing fails (status %#x, %s)\n%s\n", (unsigned)status,
           half ? half : "nothing half done", err);
    return false;
}

/* --- the program --- */

static toasty_db *open_server(const char *url)
{
    toasty_db *db = is_file(url)
                        ? NULL
                        : toasty_open(url, &models_schema, .max_pool_size = 1, .table_prefix = "quickstart_");
    if (!db && !is_file(url)) {
        printf("open: %s\n", toasty_last_error()->message);
        exit(1);
    }
    return db;
}

int main(int count, char **given)
{
    if (count < 6)
        return 2;
    arguments a = {.program = given[1],
                   .shim = given[2],
                   .folder = given[3],
                   .most = atol(given[4]),
                   .urls = given + 5,
                   .url_count = count - 5};
    static measure m;
    toasty_db *first = open_server(a.urls[0]);
    if (!take_measure(&a, &m, first)) {
        printf("0 passed, 1 failed, 0 skipped\n");
        return 1;
    }
    toasty_free(first);
    tally *t = mmap(NULL, sizeof *t, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (t == MAP_FAILED)
        return 1;
    fflush(stdout);
    for (int worker = 0; worker < a.url_count; worker++)
        if (fork() == 0) {
            toasty_db *server = open_server(a.urls[worker]);
            for (long i = worker; i < m.tried_count; i += a.url_count)
                try(&a, worker, &m, m.tried[i], server, t);
            toasty_free(server);
            fflush(stdout);
            _exit(0);
        }
    int status;
    while (wait(&status) > 0)
        t->failed += status != 0;
    printf("note: %s: %ld allocations at %ld places; tried: %ld, at every %ld. place and every %ld. of all\n",
           is_file(a.urls[0]) ? "a file" : "a server", m.count, m.places, m.tried_count, m.place_step,
           m.step);
    printf(
        "note:   %ld runs worked all the same, %ld told a clean error, %ld were ended by libuv or OpenSSL\n",
        (long)t->in_spite, (long)(t->passed - t->in_spite - t->by_others), (long)t->by_others);
    for (int i = 0; i < IMAGES && m.live[i].blocks; i++)
        printf("  %zu blocks of %s live as long as the process\n", m.live[i].blocks, m.live[i].name);
    printf("%ld passed, %ld failed, 0 skipped\n", (long)t->passed, (long)t->failed);
    return t->failed != 0;
}
