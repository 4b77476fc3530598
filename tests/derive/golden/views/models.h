/* Views: fields, paths through relations to one, and what the rows of a has_many come to. */
#pragma once
#include <toasty/model.h>

typedef enum { ROLE_GUEST, ROLE_ADMIN } Role;

toasty_model(Company) {
    toasty(key, auto) toasty_uuid id;
    const char *name;
    toasty_has_many(User, users);
};

typedef struct {
    const char *city;
} Address;

toasty_model(User) {
    toasty(key, auto) toasty_uuid id;
    toasty_opt(toasty_uuid) company_id;
    toasty_belongs_to(Company, company);
    const char *name;
    Role role;
    toasty_opt(Address) address;
    toasty_has_many(Todo, todos);
};

toasty_model(Todo) {
    toasty(key, auto) toasty_uuid id;
    toasty_uuid user_id;
    toasty_belongs_to(User, user);
    int32_t minutes;
    double weight;
    toasty_timestamp due_at;
};

/* What a list of users shows. */
toasty_view(UserCard, of = User) {
    toasty_uuid id;
    const char *name; /* as it is written */
    Role role;
    toasty(path = address.city, null) const char *city;
    toasty(path = company.name, null) const char *company;
    toasty(count = todos) int64_t todo_count;
    toasty(sum = todos.minutes) toasty_opt(int64_t) minutes;
    toasty(sum = todos.weight) toasty_opt(double) weight;
    toasty(avg = todos.minutes) toasty_opt(double) average;
    toasty(min = todos.due_at) toasty_opt(toasty_timestamp) next;
    toasty(max = todos.minutes) toasty_opt(int32_t) longest;
    toasty(exists = todos) bool busy;
    toasty(count_distinct = todos.minutes) int64_t lengths;
};

/* Two steps. */
toasty_view(TodoCard, of = Todo) {
    int32_t minutes;
    toasty(path = user.name) const char *user;
    toasty(path = user.company.name, null) const char *company;
};

/* What todos come to, by user and day. */
toasty_view(TodosByDay, of = Todo, group_by = (user_id, user.company.name, day(due_at))) {
    toasty(path = user.company.name, null) const char *company;
    toasty(path = day(due_at)) toasty_timestamp day;
    toasty(count) int64_t todos;
    toasty(sum = minutes) toasty_opt(int64_t) minutes;
    toasty(avg = weight) toasty_opt(double) weight;
    toasty(count_distinct = minutes) int64_t lengths;
};

toasty_view(Named, of = User, distinct) {
    const char *name;
};
