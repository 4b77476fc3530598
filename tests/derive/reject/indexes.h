/* Indexes that say the same twice, or name no field. */
#include <toasty/model.h>

toasty_model(User, index = (name, emial), unique = (name)) { // error: `User` has no field `emial`; did you mean `email`? // error: `name`: these fields have an index already
    toasty(key, auto) uint64_t id;
    toasty(unique, index) const char *email; // error: `email`: `unique` is an index already; remove `index`
    toasty(index) const char *name;
};

toasty_model(Note) {
    toasty(key, index) uint64_t id; // error: `id`: this is the key, which has an index and is unique already
};
