/* Words that mean nothing where they stand. */
#include <toasty/model.h>

toasty_model(User, key = (id), partition = (tenant)) { // error: `User`: `partition` names `tenant`, which is no field of its key
    uint64_t id;
    uint64_t tenant;
};

toasty_model(Todo) {
    toasty(key, on_update = 3) int32_t number; // error: `number`: a key never changes; remove `on_update`
    toasty(auto, default = now) toasty_timestamp created_at; // error: `created_at`: `auto` says what it holds
    toasty(auto, on_update = now) toasty_timestamp updated_at; // error: `updated_at`: `auto` says what it holds
    toasty(auto, explicit) toasty_uuid token; // error: `token`: `auto` says what it holds
};
