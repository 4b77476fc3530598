/* Generated names that meet each other, or what the header declares. */
#include <toasty/model.h>

int user_count(void); // error: `user_count` is also the name of what is generated for the model `User`

toasty_model(User) {
    toasty(key, auto) uint64_t id;
    int32_t age;
    bool age_eq; // the conditions of `age` and `age_eq` differ in all their names
    const char *page; // `user_page` is a call, `user_page_eq` a condition
    int32_t update_by; // `user_update_by_add` is no key
    toasty_has_many(Todo, all); // error: the model `User` and the relation `all` both make `user_all`
};

toasty_model(Todo) {
    toasty(key, auto) uint64_t id;
    uint64_t user_id;
    toasty_belongs_to(User, user);
};
