/* Eager relations by which a read would never end. */
#include <toasty/model.h>

toasty_model(Sun) {
    toasty(key, auto) uint64_t id;
    toasty_has_many(Planet, planets, eager); // error: `planets`: eager relations lead in a circle, from `Sun` back to it
};

toasty_model(Planet) {
    toasty(key, auto) uint64_t id;
    uint64_t sun_id;
    toasty_belongs_to(Sun, sun, eager); // error: `sun`: eager relations lead in a circle, from `Planet` back to it
    toasty_has_many(Moon, moons, eager);
};

toasty_model(Moon) {
    toasty(key, auto) uint64_t id;
    uint64_t planet_id;
    toasty_belongs_to(Planet, planet, eager = yes); // error: `eager` takes no value
};

toasty_model(Node) {
    toasty(key, auto) uint64_t id;
    toasty_opt(uint64_t) parent_id;
    toasty_belongs_to(Node, parent, eager); // error: `parent`: eager relations lead in a circle, from `Node` back to it
    toasty_has_many(Node, children);
};
