/* What is no C is told by the compiler. */
#include <toasty/model.h>

toasty_model(User) {
    toasty(key, auto) uint64_t id;
    unknown_type name; // error: unknown type name 'unknown_type'
};
