/* Rules that a field cannot have, or that no value keeps. */
#include <toasty/model.h>

typedef enum { MOOD_SAD, MOOD_HAPPY, MOOD_ANGRY } Mood;

toasty_model(User) {
    toasty(key, auto, min = 1) uint64_t id; // error: `id`: what Toasty makes has no rules
    toasty(min = 3) const char *name; // error: `name`: `min` and `max` are for numbers
    toasty(max = now) toasty_timestamp at; // error: `at`: `min` and `max` are for numbers
    toasty(max = MOOD_SAD) Mood mood; // error: `mood`: `min` and `max` are for numbers
    toasty(max_length = 3) int32_t age; // error: `age`: `min_length` and `max_length` are for text and bytes
    toasty(pattern = "a") toasty_bytes picture; // error: `picture`: `pattern` is for text
    toasty(one_of = (0.5, 0.7)) double share; // error: `share`: `one_of` is for integers, text and enums
    toasty(min = 300) uint8_t small; // error: `small`: `300` is not what `min` takes for uint8_t
    toasty(min = -1) uint32_t natural; // error: `natural`: `-1` is not what `min` takes
    toasty(min = many) int32_t much; // error: `much`: `many` is not what `min` takes
    toasty(min_length = -1) const char *negative; // error: `negative`: `-1` is not what `min_length` takes
    toasty(max_length = 4294967296) const char *long_one; // error: `long_one`: `4294967296` is not what `max_length` takes
    toasty(pattern = abc) const char *bare; // error: `bare`: `abc` is not what `pattern` takes
    toasty(pattern = "(a") const char *open; // error: `open`: `pattern = "(a"` is no regular expression
    toasty(pattern = "\\d{3}") const char *digits; // error: has no meaning in it; a digit is [0-9]
    toasty(one_of = ("a", b)) const char *letter; // error: `letter`: `b` is not what `one_of` takes
    toasty(one_of = (MOOD_SAD, MOOD_BAD)) Mood other; // error: `other`: `MOOD_BAD` is not what `one_of` takes
    toasty(one_of = 1) bool flag; // error: `flag`: `one_of` is for integers, text and enums
    toasty(min = 5, max = 3) int32_t none; // error: `none`: `min = 5` and `max = 3` leave no value
    toasty(min = 0.5, max = 0.25) double no_share; // error: `no_share`: `min = 0.5` and `max = 0.25` leave no value
    toasty(min_length = 5, max_length = 3) const char *no_text; // error: `no_text`: `min_length = 5` and `max_length = 3` leave no value
    toasty(max = 150, default = 200) int32_t old; // error: `old`: `default = 200` breaks the rule `max = 150`
    toasty(pattern = "[a-z]+", default = "A") const char *upper; // error: `upper`: `default = "A"` breaks the rule
    toasty(one_of = (MOOD_SAD), default = MOOD_HAPPY) Mood wrong; // error: `wrong`: `default = MOOD_HAPPY` breaks the rule
    toasty(one_of = (3, 5), min = 4) int32_t odd; // error: `odd`: `3` of `one_of` breaks the rule `min = 4`
    toasty(one_of = ("\xff")) const char *bytes; // error: `bytes`: 
    toasty(default = "\xff") const char *latin; // error: is not a value of `latin`
    toasty(pattern = ".{0,5000}") const char *many; // error: with its repetitions written out
    toasty(pattern = "((a{1,255}){1,255}){1,20}") const char *nested; // error: with its repetitions written out
    toasty(pattern = "a)|(b") const char *halves; // error: a ) has no (
    toasty(pattern = "[)]|(a)") const char *fine;
    toasty(min) int32_t empty; // error: `min` needs a value
};

toasty_model(Todo, validate = 5) { // error: `validate` names a function of yours
    toasty(key, auto) uint64_t id;
    toasty(min = 1) uint64_t user_id; // error: `user_id`: what refers to another record has no rules
    toasty_belongs_to(User, user);
    toasty(version, max = 3) uint64_t version; // error: `version`: what Toasty makes has no rules
};

toasty_model(First, validate = check_it) {
    toasty(key, auto) uint64_t id;
};

toasty_model(Second, validate = check_it) { // error: `Second`: `check_it` looks at records of `First`
    toasty(key, auto) uint64_t id;
};
