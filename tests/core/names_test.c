/* Names of keys, indexes and checks: spelled, cut, and the same for ever. */
#include "core/names.h"
#include "test.h"
#include <string.h>

static const char *name(toasty__name_kind kind, const char *table, const char *first, const char *second)
{
    static char text[TOASTY__NAME_LIMIT + 1];
    const char *columns[] = {first, second};
    return toasty__name_index(text, TOASTY__NAME_LIMIT, kind, table, columns, second ? 2 : 1);
}

TOASTY_TEST(names, a_name_is_the_table_the_columns_and_the_kind)
{
    check_text("users_pkey", name(TOASTY__NAME_PRIMARY, "users", "id", NULL));
    check_text("users_email_key", name(TOASTY__NAME_UNIQUE, "users", "email", NULL));
    check_text("seats_hall_price_idx", name(TOASTY__NAME_INDEX, "seats", "hall", "price"));
    check_text("todos_user_id_fkey", name(TOASTY__NAME_FOREIGN, "todos", "user_id", NULL));
    check_text("users_age_check", name(TOASTY__NAME_CHECK, "users", "age", NULL));
}

#define TEN "abcdefghij"
#define FIFTY TEN TEN TEN TEN TEN

TOASTY_TEST(names, a_name_of_the_limit_is_whole_and_one_more_byte_cuts_it)
{
    check_text(FIFTY "_12345678_idx", name(TOASTY__NAME_INDEX, FIFTY, "12345678", NULL));
    const char *cut = name(TOASTY__NAME_INDEX, FIFTY, "123456789", NULL);
    check_uint(TOASTY__NAME_LIMIT, strlen(cut));
    check_that(strncmp(cut, FIFTY, 50) == 0 && strcmp(cut + 59, "_idx") == 0);
}

/* They stand in databases: a new release must make the same ones. */
TOASTY_TEST(names, a_cut_name_is_the_same_in_every_release)
{
    check_text("abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij_9919abf6_idx",
               name(TOASTY__NAME_INDEX, FIFTY, "123456789", NULL));
    check_text("abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij_c0d83dbe_key",
               name(TOASTY__NAME_UNIQUE, FIFTY, "123456789", NULL));
}

TOASTY_TEST(names, two_long_names_stay_two)
{
    char first[TOASTY__NAME_LIMIT + 1];
    strcpy(first, name(TOASTY__NAME_INDEX, FIFTY, TEN "1", NULL));
    check_that(strcmp(first, name(TOASTY__NAME_INDEX, FIFTY, TEN "2", NULL)) != 0);
}

TOASTY_TEST(names, a_cut_falls_between_characters)
{
    /* Forty-nine bytes and then one of two: the last one does not fit. */
    const char *cut = name(TOASTY__NAME_INDEX, "abcdefghi" TEN TEN TEN TEN "éééé", "123456789", NULL);
    check_uint(TOASTY__NAME_LIMIT - 1, strlen(cut));
    check_that(strncmp(cut + 49, "_", 1) == 0);
}
