/* The models that the pages of the guide speak of. */
#pragma once
#include <toasty/model.h>

typedef enum { ROLE_GUEST, ROLE_ADMIN } Role;

toasty_model(User) {
    toasty(key, auto)            uint64_t     id;
                                 const char  *name;
    toasty_opt(int32_t)                       age;
                                 Role         role;
};
