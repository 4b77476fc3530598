/* Eager relations by which a read would include too much. Each step has two of the next: 2, 6, 14, 30, 62. */
#include <toasty/model.h>

#define STEP(Name, Next, name)                                                                                         \
    toasty_model(Name) {                                                                                               \
        toasty(key, auto) uint64_t id;                                                                                 \
        uint64_t a_id;                                                                                                 \
        toasty_belongs_to(Next, a, eager);                                                                             \
        uint64_t b_id;                                                                                                 \
        toasty_belongs_to(Next, b, eager);                                                                             \
    }
STEP(Four, Five, four);
STEP(Three, Four, three);
STEP(Two, Three, two);
STEP(One, Two, one);

toasty_model(Five) {
    toasty(key, auto) uint64_t id;
};

toasty_model(Whole) {
    toasty(key, auto) uint64_t id;
    uint64_t one_id;
    toasty_belongs_to(One, one, eager);
    uint64_t two_id;
    toasty_belongs_to(Two, two, eager); // error: `two`: each read of `Whole` would include more than 32 relations by itself
};
