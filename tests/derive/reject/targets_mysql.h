/* For a target whose names have no characters beyond U+FFFF. */
#include <toasty/model.h>

toasty_model(User, table = "users 😀") { // error: `User`: mysql has no names with characters beyond U+FFFF, as in `users 😀`
    toasty(key, auto) uint64_t id;
    toasty(column = "größe ✓") int32_t size;
    toasty(column = "mood 😀") int32_t mood; // error: `mood`: mysql has no names with characters beyond U+FFFF, as in `mood 😀`
};
