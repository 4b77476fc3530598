/* The runner behind test.h: collects the registered tests, hands them to Check and tells what happened.
 *
 * The last line of the output is always `N passed, N failed, N skipped`, and the exit status is 0 only when
 * nothing failed. A test that crashes, exits or runs too long has failed. The file that TOASTY_TEST_RAN names
 * gets a line `area.name` for each test that passed. */
#include "test.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef TOASTY_TEST_DRIVER
#include "core/url.h"
#include <toasty/driver/driver.h>
extern const toasty_driver TOASTY_TEST_DRIVER;
#endif

typedef struct options {
    const char *only;
    bool list, threads, quick, together;
} options;

static toasty_test *registered;

void toasty_test_register(toasty_test *test)
{
    test->next = registered;
    registered = test;
}

/* --- assertions --- */

/* Ends the test with a message unless `holds`. */
#define require(holds, ...)                                                                                  \
    do {                                                                                                     \
        if (holds)                                                                                           \
            _mark_point(file, line);                                                                         \
        else                                                                                                 \
            _ck_assert_failed(file, line, "check", __VA_ARGS__);                                             \
    } while (0)

void test_check_that(const char *file, int line, const char *condition, bool holds)
{
    require(holds, "%s does not hold", condition);
}

void test_check_int(const char *file, int line, const char *actual_text, intmax_t expected, intmax_t actual)
{
    require(actual == expected, "%s is %jd, not %jd", actual_text, actual, expected);
}

void test_check_uint(const char *file, int line, const char *actual_text, uintmax_t expected,
                     uintmax_t actual)
{
    require(actual == expected, "%s is %ju, not %ju", actual_text, actual, expected);
}

void test_check_real(const char *file, int line, const char *actual_text, double expected, double actual)
{
    require(actual == expected, "%s is %.17g, not %.17g", actual_text, actual, expected);
}

void test_check_text(const char *file, int line, const char *actual_text, const char *expected,
                     const char *actual)
{
    bool same = expected && actual ? strcmp(expected, actual) == 0 : expected == actual;
    require(same, "%s is \"%s\", not \"%s\"", actual_text, actual ? actual : "(null)",
            expected ? expected : "(null)");
}

void test_check_contains(const char *file, int line, const char *text, const char *part)
{
    require(text && strstr(text, part), "\"%s\" does not contain \"%s\"", text ? text : "(null)", part);
}

void test_check_worked(const char *file, int line, const char *call, bool worked)
{
    require(worked, "%s failed: %s: %s", call, toasty_code_name(toasty_last_error()->code),
            toasty_last_error()->message);
}

void test_check_code(const char *file, int line, const toasty_error *error, toasty_code code)
{
    require(error->code == code, "expected the error %s, not %s: %s", toasty_code_name(code),
            toasty_code_name(error->code), error->message);
}

/* --- what a test may ask --- */

const char *test_url(void)
{
    const char *url = getenv("TOASTY_TEST_URL");
    ck_assert_msg(url && *url, "TOASTY_TEST_URL is not set");
    return url;
}

#ifdef TOASTY_TEST_DRIVER
/* What the driver says of the database that a URL means. */
static toasty_capability capability_of(const char *text)
{
    toasty_url url;
    toasty_error error;
    toasty_database database = {.data = NULL};
    if (toasty__url_parse(&url, text, &error) < 0 || TOASTY_TEST_DRIVER.open(&url, &database, &error) < 0) {
        fprintf(stderr, "TOASTY_TEST_URL: %s\n", error.message);
        exit(EXIT_FAILURE); /* no test runs yet that could fail */
    }
    const toasty_driver *driver = database.driver ? database.driver : &TOASTY_TEST_DRIVER;
    toasty_capability found = *driver->capability;
    driver->close(&database);
    toasty__url_done(&url);
    return found;
}
#endif

const toasty_capability *test_capability(void)
{
#ifdef TOASTY_TEST_DRIVER
    static toasty_capability present; /* known before any test begins, in its process or thread */
    const char *url = getenv("TOASTY_TEST_URL");
    if (!present.target)
        present = url ? capability_of(url) : *TOASTY_TEST_DRIVER.capability;
    return &present;
#else
    return NULL;
#endif
}

bool test_is_slow(void)
{
    return getenv("TOASTY_TEST_SLOW") != NULL;
}

/* --- choosing --- */

static bool capable(const toasty_test *test)
{
    static const toasty_capability none;
    const toasty_capability *present = test_capability() ? test_capability() : &none;
#define CAPABILITY_FITS(name, who, meaning, left_out)                                                        \
    if (present->name ? test->lacking.name : test->required.name)                                            \
        return false;
    TOASTY_CAPABILITIES(CAPABILITY_FITS)
#undef CAPABILITY_FITS
    return !test->needed || getenv(test->needed);
}

static bool chosen(const toasty_test *test, const options *options)
{
    if (options->threads && !test->threads)
        return false;
    return !options->only || !strcmp(options->only, test->area) || !strcmp(options->only, test->name);
}

static int compare_by_place(const void *left, const void *right)
{
    const toasty_test *a = *(toasty_test *const *)left, *b = *(toasty_test *const *)right;
    int order = strcmp(a->file, b->file);
    return order ? order : a->line - b->line;
}

/* All registered tests in the order of their files and lines; the caller frees the array. */
static toasty_test **sorted_tests(size_t *count)
{
    *count = 0;
    for (toasty_test *test = registered; test; test = test->next)
        ++*count;
    toasty_test **tests = calloc(*count + 1, sizeof *tests);
    if (!tests)
        abort();
    size_t i = 0;
    for (toasty_test *test = registered; test; test = test->next)
        tests[i++] = test;
    qsort(tests, *count, sizeof *tests, compare_by_place);
    return tests;
}

/* --- running --- */

/* What a run has come to so far. */
typedef struct totals {
    int run, failed;
    FILE *passed; /* where the names of what passed are kept; NULL: nowhere */
} totals;

static double limit_of(const toasty_test *test)
{
    double limit = test->seconds ? test->seconds : 60;
    return test_is_slow() ? 6 * limit : limit;
}

/* The next test that shares the runner's process, where it is not Check who limits its time, and the runner.
 */
static toasty_test *const *next_shared;
static SRunner *shared_runner;

static void say(const char *text)
{
    ssize_t ignored = write(STDOUT_FILENO, text, strlen(text));
    (void)ignored;
}

/* The process ends with the test that is too slow, and says which that was: no line of totals comes. */
static void end_late(int number)
{
    (void)number;
    say("FAILED  ");
    say(next_shared[-1]->sentence);
    say("\n        it took longer than its limit, which ended all that shared its process\n");
    _exit(1);
}

static void print_failures(SRunner *runner)
{
    TestResult **failures = srunner_failures(runner);
    for (int i = 0; i < srunner_ntests_failed(runner); i++)
        printf("FAILED  %s\n        %s:%d: %s\n", tr_tcname(failures[i]), tr_lfile(failures[i]),
               tr_lno(failures[i]), tr_msg(failures[i]));
    free(failures);
}

/* A test that failed left behind what it held: those after it would fail, or wait, for no reason of their
 * own.
 */
static void end_after_failure(void)
{
    if (!srunner_ntests_failed(shared_runner))
        return;
    print_failures(shared_runner);
    printf("        what it left behind ended all that shared its process\n");
    fflush(NULL);
    _exit(1);
}

static void limit_time(void)
{
    end_after_failure();
    /* Check's own handlers end children, whose group this process has none of: it would go on, or end all
     * that started it. */
    signal(SIGALRM, end_late);
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    alarm((unsigned)limit_of(*next_shared++));
}

/* A case of its own for each test: Check tells results by case, and time limits belong to cases. */
static void add(Suite *suite, toasty_test *test, bool together)
{
    snprintf(test->sentence, sizeof test->sentence, "%s: %s", test->area, test->name);
    for (char *c = test->sentence + strlen(test->area); *c; c++)
        if (*c == '_')
            *c = ' ';
    test->description = (TTest){.name = test->name, .fn = test->run, .file = test->file, .line = test->line};
    TCase *test_case = tcase_create(test->sentence);
    tcase_set_timeout(test_case, limit_of(test));
    if (together)
        tcase_add_checked_fixture(test_case, limit_time, NULL);
    tcase_add_test(test_case, &test->description);
    suite_add_tcase(suite, test_case);
}

/* Tells by the sentence, which is the name of the test's case. */
static void write_passed(SRunner *runner, toasty_test *const *tests, size_t count, FILE *file)
{
    TestResult **results = srunner_results(runner);
    for (int i = 0; i < srunner_ntests_run(runner); i++)
        for (size_t j = 0; j < count && tr_rtype(results[i]) == CK_PASS; j++)
            if (strcmp(tr_tcname(results[i]), tests[j]->sentence) == 0)
                fprintf(file, "%s.%s\n", tests[j]->area, tests[j]->name);
    free(results);
}

/* Runs some tests, each in a process of its own or all in this one. */
static void run(toasty_test *const *tests, size_t count, bool together, totals *totals)
{
    Suite *suite = suite_create("toasty");
    SRunner *runner = srunner_create(suite);
    for (size_t i = 0; i < count; i++)
        add(suite, tests[i], together);
    next_shared = tests;
    shared_runner = runner;
    srunner_set_fork_status(runner, together ? CK_NOFORK : CK_FORK_GETENV);
    srunner_run_all(runner, CK_SILENT);
    alarm(0);
    totals->run += srunner_ntests_run(runner);
    totals->failed += srunner_ntests_failed(runner);
    print_failures(runner);
    if (totals->passed)
        write_passed(runner, tests, count, totals->passed);
    srunner_free(runner);
}

/* Moves those that need a process of their own before the others, and returns how many they are. */
static size_t part_by_process(toasty_test **tests, size_t count)
{
    size_t alone = 0;
    for (size_t i = 0; i < count; i++) {
        toasty_test *test = tests[i];
        if (!test->alone && !test->in_file_alone)
            continue;
        memmove(tests + alone + 1, tests + alone, (i - alone) * sizeof *tests);
        tests[alone++] = test;
    }
    return alone;
}

static int usage(const char *program)
{
    printf("usage: %s [--only AREA|NAME] [--threads] [--quick] [--together] [--list]\n"
           "  --only     the tests of one area, or one test\n"
           "  --threads  only those meant for ThreadSanitizer\n"
           "  --quick    without those marked SLOW\n"
           "  --together without a process for each test, but for those marked ALONE\n"
           "  --list     prints the tests' areas and names and runs nothing\n"
           "CK_FORK=no runs the tests in this process, for a debugger.\n",
           program);
    return 2;
}

static int parse(int count, char **arguments, options *options)
{
    for (int i = 1; i < count; i++) {
        if (!strcmp(arguments[i], "--only") && i + 1 < count)
            options->only = arguments[++i];
        else if (!strcmp(arguments[i], "--threads"))
            options->threads = true;
        else if (!strcmp(arguments[i], "--quick"))
            options->quick = true;
        else if (!strcmp(arguments[i], "--together"))
            options->together = true;
        else if (!strcmp(arguments[i], "--list"))
            options->list = true;
        else
            return usage(arguments[0]);
    }
    return 0;
}

int main(int count, char **arguments)
{
    options options = {0};
    int status = parse(count, arguments, &options);
    if (status)
        return status;

    setvbuf(stdout, NULL, _IOLBF, 0);
    size_t registered_count, test_count = 0;
    toasty_test **tests = sorted_tests(&registered_count);
    int skipped = 0;
    for (size_t i = 0; i < registered_count; i++) {
        if (!chosen(tests[i], &options))
            continue;
        if (options.list)
            printf("%s %s\n", tests[i]->area, tests[i]->name);
        else if (!capable(tests[i]) || (options.quick && tests[i]->slow))
            skipped++;
        else
            tests[test_count++] = tests[i];
    }
    if (options.list)
        return 0;

    const char *passed = getenv("TOASTY_TEST_RAN");
    totals totals = {.passed = passed ? fopen(passed, "w") : NULL};
    size_t alone = options.together ? part_by_process(tests, test_count) : test_count;
    run(tests, alone, false, &totals); /* first: a child has what its parent has done */
    if (alone < test_count)
        run(tests + alone, test_count - alone, true, &totals);
    free(tests);
    if (totals.passed)
        fclose(totals.passed);
    printf("%d passed, %d failed, %d skipped\n", totals.run - totals.failed, totals.failed, skipped);
    return totals.failed > 0;
}
