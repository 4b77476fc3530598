/* The models that the misuse programs misuse. */
#pragma once
#include <toasty/model.h>

typedef enum { PRIORITY_LOW, PRIORITY_HIGH } Priority;
typedef enum { COLOR_RED, COLOR_BLUE } Color;
typedef int32_t Hours;

toasty_newtype(ShelfId, uint64_t);
toasty_newtype(VolumeId, uint64_t);

toasty_model(User) {
    toasty(key, auto)    uint64_t     id;
                         const char  *name;
    toasty(unique)       const char  *email;
    toasty(null)         const char  *bio;
    toasty_opt(int32_t)               age;
    toasty(auto)         toasty_timestamp created_at;
    toasty_has_many(Todo, todos);
    toasty_has_one(Badge, badge);
};

toasty_model(Todo) {
    toasty(key, auto)    toasty_uuid  id;
                         uint64_t     user_id;
    toasty_belongs_to(User, user);
                         const char  *title;
                         bool         done;
                         Priority     priority;
                         Hours        effort;
};

toasty_model(Badge) {
    toasty(key, auto)    toasty_uuid  id;
    toasty(unique)       uint64_t     user_id;
    toasty_belongs_to(User, user);
                         const char  *text;
    toasty(version)      uint64_t     version;
};

toasty_model(Volume) {
    toasty(key)          VolumeId     id;
    toasty(index)        ShelfId      shelf_id;
};

toasty_view(UserCard, of = User) {
                                 const char  *name;
    toasty(count = todos)        int64_t      todo_count;
};
