/* The tests' frame, on Check: each test runs in a process of its own, with a time limit, and registers
 * itself.
 *
 *     TOASTY_TEST(condition, a_condition_may_be_used_twice, REQUIRES(filter, order))
 *     {
 *         check_int(3, list->len);
 *     }
 *
 * The name is a sentence with underscores. A test is left out, and counted as skipped, when the target of the
 * run lacks a capability that it requires (toasty/driver/capability.h has the names; a wrong one does not
 * compile). Every *.c file of a test folder is linked, so that a test stands in one place only. */
#ifndef TESTS_SUPPORT_TEST_H
#define TESTS_SUPPORT_TEST_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <toasty/driver/capability.h>
#include <toasty/error.h>

typedef struct toasty_test {
    const char *area, *name;
    void (*run)(int);
    const char *file;
    int line;
    toasty_capability required; /* what the target must have */
    toasty_capability lacking;  /* and what it must not have */
    const char *needed;         /* an environment variable; NULL: none */
    int seconds;                /* time limit; 0: the default of 60 */
    bool threads;               /* also run under ThreadSanitizer */
    bool slow;                 /* left out of quick runs, and of those on a slow machine such as Valgrind's */
    bool alone, in_file_alone; /* in a process of its own, also where others share one */
    /* The runner's own: the name as a sentence, and how Check is told. */
    char sentence[200];
    TTest description;
    struct toasty_test *next;
} toasty_test;

void toasty_test_register(toasty_test *test);

/* Registers the test whose body follows. Attributes, in any order: REQUIRES(…), LACKS(…),
 * NEEDS(…), TIMEOUT(seconds), THREADS, SLOW, ALONE.
 *
 * A test may count on a fresh process, and most get by without: under Valgrind, where each process translates
 * all of its code anew, they share one. A file whose tests all need their own, since they count from the
 * beginning for instance, defines TESTS_ALONE as true before it includes this. */
#ifndef TESTS_ALONE
#define TESTS_ALONE false
#endif
#define TOASTY_TEST(area, ...) TEST__DEFINE(area, __VA_ARGS__, )
#define TEST__DEFINE(area_, name_, ...)                                                                      \
    static void area_##_##name_(int);                                                                        \
    __attribute__((constructor)) static void area_##_##name_##_register(void)                                \
    {                                                                                                        \
        static toasty_test test = {.area = #area_,                                                           \
                                   .name = #name_,                                                           \
                                   .run = area_##_##name_,                                                   \
                                   .file = __FILE__,                                                         \
                                   .line = __LINE__,                                                         \
                                   .in_file_alone = TESTS_ALONE,                                             \
                                   __VA_ARGS__};                                                             \
        toasty_test_register(&test);                                                                         \
    }                                                                                                        \
    static void area_##_##name_(int test__index __attribute__((unused)))

/* Skipped unless the environment has the variable: NEEDS("TOASTY_TEST_POSTGRESQL_URL"). */
#define NEEDS(variable) .needed = (variable)
#define TIMEOUT(limit) .seconds = (limit)
#define THREADS .threads = true
#define SLOW .slow = true
#define ALONE .alone = true
/* Up to six capabilities: those that the target must have, and those that it must not. */
#define REQUIRES(...) .required = {TEST__COUNTED(__VA_ARGS__, 6, 5, 4, 3, 2, 1, )(__VA_ARGS__)}
#define LACKS(...) .lacking = {TEST__COUNTED(__VA_ARGS__, 6, 5, 4, 3, 2, 1, )(__VA_ARGS__)}
#define TEST__COUNTED(a, b, c, d, e, f, count, ...) TEST__TRUE_##count
#define TEST__TRUE_1(a) .a = true
#define TEST__TRUE_2(a, ...) TEST__TRUE_1(a), TEST__TRUE_1(__VA_ARGS__)
#define TEST__TRUE_3(a, ...) TEST__TRUE_1(a), TEST__TRUE_2(__VA_ARGS__)
#define TEST__TRUE_4(a, ...) TEST__TRUE_1(a), TEST__TRUE_3(__VA_ARGS__)
#define TEST__TRUE_5(a, ...) TEST__TRUE_1(a), TEST__TRUE_4(__VA_ARGS__)
#define TEST__TRUE_6(a, ...) TEST__TRUE_1(a), TEST__TRUE_5(__VA_ARGS__)

/* --- assertions: each ends the test when it fails --- */

#define check_that(condition) test_check_that(TEST__HERE, #condition, (condition))
#define check_int(expected, actual) test_check_int(TEST__HERE, #actual, (expected), (actual))
#define check_uint(expected, actual) test_check_uint(TEST__HERE, #actual, (expected), (actual))
#define check_real(expected, actual) test_check_real(TEST__HERE, #actual, (expected), (actual))
#define check_text(expected, actual)                                                                         \
    test_check_text(TEST__HERE, #actual, (expected), (actual)) /* NULL equals NULL */
#define check_bytes(expected, actual, size) ck_assert_mem_eq((actual), (expected), (size))
#define check_null(pointer) test_check_that(TEST__HERE, #pointer " == NULL", (pointer) == NULL)
/* The text contains the part. */
#define check_contains(text, part) test_check_contains(TEST__HERE, (text), (part))

/* A call of the library that works: it returns a pointer, or 0 and above. The failure tells
 * toasty_last_error(). */
#define check_some(call) test_check_worked(TEST__HERE, #call, (call) != NULL)
#define check_done(call) test_check_worked(TEST__HERE, #call, (call) >= 0)
/* The last call of the library failed like this. */
#define check_last_error(code_) test_check_code(TEST__HERE, toasty_last_error(), (code_))
/* An error that a function of the inside has filled. */
#define check_error(error, code_) test_check_code(TEST__HERE, (error), (code_))

#define TEST__HERE __FILE__, __LINE__
void test_check_that(const char *file, int line, const char *condition, bool holds);
void test_check_int(const char *file, int line, const char *actual_text, intmax_t expected, intmax_t actual);
void test_check_uint(const char *file, int line, const char *actual_text, uintmax_t expected,
                     uintmax_t actual);
void test_check_real(const char *file, int line, const char *actual_text, double expected, double actual);
void test_check_text(const char *file, int line, const char *actual_text, const char *expected,
                     const char *actual);
void test_check_contains(const char *file, int line, const char *text, const char *part);
void test_check_worked(const char *file, int line, const char *call, bool worked);
void test_check_code(const char *file, int line, const toasty_error *error, toasty_code code);

/* --- what a test may ask --- */

/* The URL of the database under test, from TOASTY_TEST_URL; the test fails without. */
const char *test_url(void);
/* What the target of this run can do; NULL in a binary without a target. */
const toasty_capability *test_capability(void);
/* True under a sanitizer or Valgrind, where time limits of a test's own should be generous. */
bool test_is_slow(void);

#endif
