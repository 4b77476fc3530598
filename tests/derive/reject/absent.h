/* Fields that may be absent, the wrong way. */
#include <toasty/model.h>

typedef struct {
    toasty(null) const char *street;
    toasty_opt(int32_t) number;
} Loose;

toasty_model(User) {
    toasty_opt(int64_t) toasty(key) id; // error: `id`: a key is never absent // error: `id`: a key is an integer
    toasty(null) int32_t age; // error: `age`: in C, int32_t is never absent; write toasty_opt(int32_t) age;
    toasty_opt(const char *) bio; // error: `bio`: NULL already means absent; write toasty(null) const char *bio;
    toasty_opt(toasty_bytes) photo; // error: `photo`: data = NULL already means absent
    toasty_opt(Loose) address; // error: `address`: all columns of this optional struct may be NULL
    toasty(explicit) const char *name; // error: `name`: `explicit` is for scalars
};
