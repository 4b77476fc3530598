/* What is not supported yet says so, and what to do instead. */
#include <toasty/model.h>

typedef struct {
    enum { CONTACT_EMAIL, CONTACT_PHONE } kind;
    union {
        const char *email;
        const char *phone;
    };
} Contact;

typedef struct {
    const char *street;
} Address;

toasty_model(User) {
    toasty(key, auto) uint64_t id;
    toasty_vec(const char *) tags; // error: `tags`: toasty_vec(...) is not supported yet
    toasty_opt(Contact) contact; // error: `contact`: tagged unions are not supported yet
    toasty(null) toasty_deferred(const char *) notes; // error: `notes`: toasty_deferred(...) is not supported yet
    toasty(document) Address shipping; // error: `document` is not supported yet
    toasty_has_many(Todo, todos);
};

toasty_model(Todo) {
    toasty(key, auto) uint64_t id;
    uint64_t user_id;
    toasty_belongs_to(User, user);
};
