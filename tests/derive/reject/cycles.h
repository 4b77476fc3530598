/* Required keys in a circle: no row could be the first. */
#include <toasty/model.h>

toasty_model(Hen) {
    toasty(key, auto) uint64_t id;
    uint64_t egg_id;
    toasty_belongs_to(Egg, egg); // error: `egg`: each `Hen` needs a `Egg` that in turn needs a `Hen`
};

toasty_model(Egg) {
    toasty(key, auto) uint64_t id;
    uint64_t hen_id;
    toasty_belongs_to(Hen, hen); // error: `hen`: each `Egg` needs a `Hen` that in turn needs a `Egg`
};

toasty_model(Node) {
    toasty(key, auto) uint64_t id;
    uint64_t parent_id;
    toasty_belongs_to(Node, parent); // error: make the key optional: toasty_opt(uint64_t) parent_id;
};
