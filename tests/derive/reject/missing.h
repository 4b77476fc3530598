/* An include that is not there. */
#include <toasty/model.h>
#include "not-there.h" // error: 'not-there.h' file not found

toasty_model(User) {
    toasty(key, auto) uint64_t id;
};
