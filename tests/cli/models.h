/* One of each thing that tables are made of. */
#pragma once
#include <toasty/model.h>

typedef enum { STATE_OPEN, STATE_CLOSED toasty(label = "done, \"really\"") } State;
typedef enum { LEVEL_LOW = -1, LEVEL_HIGH = 10 } Level;

toasty_model(Owner) {
    toasty(key, auto)            uint64_t     id;
    toasty(unique)               const char  *email;
    toasty(index)                toasty_opt(int16_t) age;
    toasty_has_many(Note, notes, pair = owner);
};

toasty_model(Note, key = (owner_id, number), index = (state, due), table = "the notes") {
                                 uint64_t     owner_id;
                                 uint8_t      number;
                                 State        state;
    toasty(integer)              Level        level;
    toasty_opt(toasty_date)                   due;
    toasty(null)                 toasty_bytes body;
    toasty(auto)                 toasty_timestamp created_at;
    toasty_belongs_to(Owner, owner, on_delete = cascade);
    toasty_opt(uint64_t)                      reader_id;
    toasty_belongs_to(Owner, reader, on_delete = set_null);
};
