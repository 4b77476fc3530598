/* Names that meet in the databases, in whatever case. */
#include <toasty/model.h>

typedef enum { Interval_a, Interval_b } Interval; // `interval` is a type already, so this one becomes `interval_enum`
typedef enum { MOOD_UP, MOOD_DOWN } mood; // error: the table of `Moods` and the type of `mood` are both named `mood`
typedef enum { MOOD_A, MOOD_B } Mood; // error: `mood` and `Mood` are both type `mood` in the database
typedef enum { // error: the label of `LONG_a_constant_whose_name_is_longer_than_any_name_that_a_database_keeps` has more than 63 bytes
    LONG_a_constant_whose_name_is_longer_than_any_name_that_a_database_keeps,
    LONG_b
} Long;

toasty_model(User, index = (start, date)) { // error: the index of `User` on (start_date) and the index of `User` on (start, date) are both named `users_start_date_idx` // error: the table of `Whole` and the index of `User` on (id) are both named `users_pkey`
    toasty(key, auto) uint64_t id;
    int32_t xmin; // error: `xmin`: in postgresql every table has a column `xmin` already
    toasty(column = "CTID") int32_t place; // error: `place`: in postgresql every table has a column `CTID` already
    int32_t start;
    int32_t date;
    toasty(index) int32_t start_date;
    const char *name;
    const char *Name; // error: `name` and `Name` are both column `Name` of `users`
    Interval interval;
    mood one;
    Mood other;
    Long longest;
};

toasty_model(Person, table = "USERS") { // error: `User` and `Person` are both table `USERS`
    toasty(key, auto) uint64_t id;
};

toasty_model(Part, table = "users_start") {
    toasty(key, auto) uint64_t id;
    toasty(index) int32_t date_idx;
};

toasty_model(Whole, table = "users_pkey") {
    toasty(key, auto) uint64_t id;
};

toasty_model(Moods, table = "mood") {
    toasty(key, auto) uint64_t id;
};

toasty_model(Internal, table = "sqlite_things") { // error: `Internal`: names that begin with sqlite_ are those of sqlite itself
    toasty(key, auto) uint64_t id;
};
