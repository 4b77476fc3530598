/* For a target that cannot count up. */
#include <toasty/model.h>

toasty_model(User) {
    toasty(key, auto) uint64_t id; // error: `id`: keyvalue cannot count up; write toasty(key, auto) toasty_uuid id;
};
