/* What counts the changes of a row counts by itself, and once. */
#include <toasty/model.h>

typedef enum { MOOD_SAD, MOOD_HAPPY } Mood;

typedef struct {
    const char *street;
    toasty(version) uint64_t version; // error: `version`: `key`, `auto` and `version` belong in the model itself
} Address;

toasty_model(User) {
    toasty(key, version) uint64_t id; // error: `id`: a `version` begins with 1 and counts by itself
    toasty(version) const char *text; // error: `text`: a `version` is an integer of 32 bits or more // error: `text`: a model has one `version`
    Address address;
};

toasty_model(Todo) {
    toasty(key, auto) uint64_t id;
    toasty(version) uint16_t version; // error: `version`: a `version` is an integer of 32 bits or more
};

toasty_model(Line) {
    toasty(key, auto) uint64_t id;
    toasty(version) toasty_opt(uint64_t) version; // error: `version`: a `version` is an integer of 32 bits or more
};

toasty_model(Page) {
    toasty(key, auto) uint64_t id;
    toasty(version, integer) Mood version; // error: `version`: a `version` is an integer of 32 bits or more
};

toasty_model(Word) {
    toasty(key, auto) uint64_t id;
    toasty(version, default = 5) uint64_t version; // error: `version`: a `version` begins with 1 and counts by itself
};

toasty_model(Letter) {
    toasty(key, auto) uint64_t id;
    toasty(version, auto) uint64_t version; // error: `version`: a `version` begins with 1 and counts by itself
};

toasty_model(Book) {
    toasty(key, auto) uint64_t id;
    toasty(version = 3) uint64_t version; // error: `version`
};
