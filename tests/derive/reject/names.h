/* Names that cannot be used: keywords, reserved ones, two that are one. */
#include <toasty/model.h>

toasty_model(User) {
    toasty(key, auto) uint64_t id;
    const char *class; // error: `class` is a keyword of C or C++
    bool done_; // error: `done_`: names that end with `_` are reserved for generated code
    toasty(column = "mail") const char *email;
    const char *mail; // error: `email` and `mail` are both column `mail` of `users`
    uint64_t boss_id;
    toasty_belongs_to(Boss, boss);
    int32_t new_boss; // error: `new_boss` is what a create calls a new record of the relation `boss`
};

toasty_model(Person, table = "users") { // error: `User` and `Person` are both table `users`
    toasty(key, auto) uint64_t id;
};

toasty_model(Boss) {
    toasty(key, auto) uint64_t id;
};

toasty_model(ToastyThing) { // error: `ToastyThing`: names that start with toasty are the library's
    toasty(key, auto) uint64_t id;
};

toasty_model(boss, table = "bosses2") { // error: `Boss` and `boss` both make functions named boss_
    toasty(key, auto) uint64_t id;
};
