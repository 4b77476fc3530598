/* Defaults that are no value of their field. */
#include <toasty/model.h>

typedef enum { MOOD_SAD, MOOD_HAPPY } Mood;

typedef struct {
    toasty(default = 7) int32_t floor; // error: `floor`: in an embedded struct a scalar cannot be left out
} Home;

toasty_model(User) {
    toasty(key, auto) uint64_t id;
    toasty(default = "five") int32_t age; // error: is not a value of `age` (int32_t); it can be an integer that the type can hold
    toasty(default = 300) uint8_t small; // error: `default = 300` is not a value of `small`
    toasty(default = -1) uint32_t natural; // error: `default = -1` is not a value of `natural`
    toasty(default = 5) const char *name; // error: it can be a string literal
    toasty(default = "a" b "c") const char *joined; // error: it can be a string literal
    toasty(default = "a\qb") const char *escape; // error: it can be a string literal
    toasty(default = "\x") const char *digits; // error: it can be a string literal
    toasty(default = "\x414") const char *large; // error: it can be a string literal
    toasty(default = "\777") const char *octal; // error: it can be a string literal
    toasty(default = 1f) double suffix; // error: it can be a number such as 0.5
    toasty(default = 08) double digit; // error: it can be a number such as 0.5
    toasty(default = 0x1.8) double hexadecimal; // error: it can be a number such as 0.5
    toasty(default = 1--1) int32_t minus; // error: it can be an integer that the type can hold
    toasty(default = --1) int32_t decrement; // error: it can be an integer that the type can hold
    toasty(default = 5uu) int32_t twice; // error: it can be an integer that the type can hold
    toasty(default = 5lul) int32_t around; // error: it can be an integer that the type can hold
    toasty(default = MOOD_ANGRY) Mood mood; // error: it can be one of its constants
    toasty(default = 2) bool flag; // error: it can be true or false
    toasty(default = later) toasty_timestamp seen_at; // error: it can be now
    toasty(default = now) toasty_date day; // error: it can be nothing yet
    toasty(default = 1) toasty_uuid token; // error: it can be nothing: write toasty(auto) for a new one
    toasty(default = 1, explicit) int32_t both; // error: `both`: a field is `explicit` or has a default, not both
    toasty(auto) toasty_timestamp seen; // error: `seen`: only created_at and updated_at are `auto`
    toasty(auto) const char *text; // error: `text`: `auto` makes integers of 16 bits and more
    toasty(on_update = "x") int32_t state; // error: `on_update = "x"` is not a value of `state`
    Home home;
};
