/* The model file of the tour: plain C that any compiler accepts. toasty(...) expands to nothing for the
 * compiler; the derive tool reads what stands in it. Plain enums and structs that a model uses as field types
 * need no word of their own. */
#pragma once
#include <toasty/model.h>

/* Unit enum: stored as its label ("low", "high"); a native enum type where the database has one. */
typedef enum { PRIORITY_LOW, PRIORITY_HIGH } Priority;

/* Embedded struct: flattened into the owner's table as address_street, address_city. */
typedef struct {
                                 const char  *street;
    toasty(index)                const char  *city;
} Address;

toasty_model(User) {
    toasty(key, auto)            uint64_t     id;
                                 const char  *name;             /* NOT NULL */
    toasty(unique)               const char  *email;
    toasty(null)                 const char  *bio;              /* nullable text */
    toasty_opt(int32_t)                       age;              /* nullable scalar: age.set, age.value */
    toasty(default = 0)          int64_t      login_count;
    toasty_opt(Address)                       address;          /* optional embed: address.set, address.value.city */
    toasty(auto)                 toasty_timestamp created_at;
    toasty(auto)                 toasty_timestamp updated_at;
    toasty_has_many(Todo, todos);                               /* user->todos.items, .len, .loaded */
    toasty_has_one(Profile, profile);                           /* user->profile, user->profile_loaded */
};

toasty_model(Todo) {
    toasty(key, auto)            toasty_uuid  id;               /* UUID v7 */
    toasty(index)                uint64_t     user_id;
    toasty_belongs_to(User, user);                              /* key = user_id, references = id: inferred */
    toasty(index)                toasty_opt(uint64_t) category_id;
    toasty_belongs_to(Category, category);                      /* optional, because its key is */
                                 const char  *title;
                                 bool         done;
                                 Priority     priority;
};

toasty_model(Category, table = "todo_categories") {
    toasty(key, auto)            uint64_t     id;
    toasty(unique)               const char  *label;
    toasty_has_many(Todo, todos);
};

toasty_model(Profile) {
    toasty(key, auto)            uint64_t     id;
    toasty(unique)               uint64_t     user_id;
    toasty_belongs_to(User, user);
                                 Address      shipping;
};
