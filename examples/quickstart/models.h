/* The models of the quickstart: plain C that any compiler accepts. toasty(...) expands to nothing for the compiler;
 * `toasty derive` reads what stands in it. Plain enums and structs that a model uses as field types need no word of their own. */
#pragma once
#include <toasty/model.h>

/* Stored as its label ("low", "high"). */
typedef enum { PRIORITY_LOW, PRIORITY_HIGH } Priority;

/* Embedded: flattened into the owner's table as address_street, address_city. */
typedef struct {
                                 const char  *street;
    toasty(index)                const char  *city;
} Address;

/* Someone with things to do. */
toasty_model(User) {
    toasty(key, auto)            uint64_t     id;
                                 const char  *name;
    toasty(unique)               const char  *email;
    toasty(null)                 const char  *bio;              /* free text */
    toasty_opt(int32_t)                       age;              /* in years */
    toasty(default = 0)          int64_t      login_count;
    toasty_opt(Address)                       address;
    toasty(auto)                 toasty_timestamp created_at;
    toasty(auto)                 toasty_timestamp updated_at;
    toasty_has_many(Todo, todos);
    toasty_has_one(Profile, profile);
};

toasty_model(Todo) {
    toasty(key, auto)            toasty_uuid  id;               /* a v7, so that new ones come last */
    toasty(index)                uint64_t     user_id;
    toasty_belongs_to(User, user);
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
    toasty(null)                 const char  *motto;
                                 Address      shipping;
};
