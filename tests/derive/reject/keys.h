/* Keys that are missing or cannot be keys. */
#include <toasty/model.h>

toasty_model(Keyless) { // error: `Keyless`: the model has no key; add `toasty(key, auto) uint64_t id;`
    const char *name;
};

toasty_model(Nullable) {
    toasty(key, null) const char *name; // error: `name`: a key is never absent // error: `name`: a key is an integer, text
};

toasty_model(Floating) {
    toasty(key) double value; // error: `value`: a key is an integer, text, uuid, enum or time
};

toasty_model(Counted) {
    toasty(key, auto) uint64_t id; // error: `id`: an integer that counts up is the whole key
    toasty(key) int32_t part;
};

toasty_model(Unkeyed) {
    toasty(key, auto) uint64_t id;
    toasty(auto) int64_t created_at; // error: `created_at`: an `auto` integer counts up and is the whole key; a time is toasty_timestamp
    toasty(auto) int64_t counter; // error: `counter`: an integer that counts up is the whole key
};

toasty_model(Twice, key = (a, b)) {
    toasty(key) int32_t a; // error: `a`: the model names its key itself
    int32_t b;
};

toasty_model(Misspelt, key = (first, secnod)) { // error: `Misspelt` has no field `secnod`; did you mean `second`?
    int32_t first;
    int32_t second;
};

toasty_model(Parts) { // error: `Parts`: with `partition` or `local`, each field of the key is one of them
    toasty(key, local) int32_t a;
    toasty(key, partition) int32_t b;
};

toasty_model(Halved, index(partition = (b), local = (a), c)) { // error: `index` names its fields, or those of its partition
    toasty(key, auto) toasty_uuid id;
    int32_t a;
    int32_t b;
    int32_t c;
};

toasty_model(Headless, unique(local = (a))) { // error: `unique` names its fields, or those of its partition
    toasty(key, auto) toasty_uuid id;
    int32_t a;
};

toasty_model(Loose) {
    toasty(key, auto) uint64_t id;
    toasty(partition) int32_t a; // error: `a`: `partition` and `local` go on fields of the key; add `key`
};

typedef enum { STATE_ON, STATE_OFF } State;

toasty_model(Labelled) {
    toasty(key) uint64_t part;
    toasty(key) State state; // error: `state`: rows are ordered by this key, and databases do not agree on the order of labels
};

toasty_model(Sorted, index(partition = (part), local = (state))) {
    toasty(key, auto) uint64_t id;
    uint64_t part;
    State state; // error: `state`: rows are ordered by this key
};

toasty_model(Valued, index = (state)) {
    toasty(key, integer) State kept;
    State state;
};

toasty_model(Long) { // error: `Long`: a key has at most four fields
    toasty(key) int32_t a;
    toasty(key) int32_t b;
    toasty(key) int32_t c;
    toasty(key) int32_t d;
    toasty(key) int32_t e;
};
