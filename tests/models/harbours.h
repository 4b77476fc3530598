/* What comes with each read. */
#pragma once
#include <toasty/model.h>

toasty_model(Harbour) {
    toasty(key, auto)            toasty_uuid  id;
    toasty(unique)               const char  *name;
    toasty_has_many(Ship, ships);
};

/* Of all three kinds, one of them with more of its own. */
toasty_model(Ship) {
    toasty(key, auto)            toasty_uuid  id;
    toasty(unique)               const char  *name;
    toasty_opt(toasty_uuid)                   harbour_id;
    toasty_belongs_to(Harbour, harbour, eager);
    toasty_has_one(Flag, flag, eager);
    toasty_has_many(Sailor, crew, eager);
};

toasty_model(Flag) {
    toasty(key, auto)            toasty_uuid  id;
                                 const char  *colours;
    toasty(unique)               toasty_uuid  ship_id;
    toasty_belongs_to(Ship, ship);
};

toasty_model(Sailor) {
    toasty(key, auto)            toasty_uuid  id;
                                 const char  *name;
                                 toasty_uuid  ship_id;
    toasty_belongs_to(Ship, ship);
    toasty_has_many(Knot, knots, eager);
};

toasty_model(Knot) {
    toasty(key, auto)            toasty_uuid  id;
                                 const char  *name;
                                 toasty_uuid  sailor_id;
    toasty_belongs_to(Sailor, sailor);
};
