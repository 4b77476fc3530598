/* For a target that cannot count up. */
#include <toasty/model.h>

toasty_model(User) {
    toasty(key, auto) uint64_t id; // error: `id`: keyvalue cannot count up; write toasty(key, auto) toasty_uuid id;
};

toasty_model(Reading) {
    toasty(key, auto) toasty_uuid id;
};

toasty_view(ReadingCard, of = Reading) { // error: `ReadingCard`: views need a database with SQL; read Reading itself where there is none
    toasty_uuid id;
};
