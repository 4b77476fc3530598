/* Views of what is not there, and members that cannot hold what they show. */
#include <toasty/model.h>

typedef struct {
    const char *city;
} Address;

toasty_newtype(Years, int32_t);

toasty_model(Company) {
    toasty(key, auto) uint64_t id;
    const char *name;
    toasty_has_many(User, users);
};

toasty_model(User) {
    toasty(key, auto) uint64_t id;
    toasty_opt(uint64_t) company_id;
    toasty_belongs_to(Company, company);
    const char *name;
    int32_t age;
    Address address;
};

toasty_view(Nobody) { // error: `Nobody`: a view is of a model of these headers: toasty_view(Nobody, of = Model)
    uint64_t id;
};

toasty_view(Elsewhere, of = Customer) { // error: `Elsewhere`: a view is of a model of these headers
    uint64_t id;
};

toasty_view(UserCard, of = User) {
    int64_t height; // error: `height`: User does not have a field height
    int64_t age; // error: `age` shows what is int32_t, and is int64_t
    toasty(path = age) Years years; // error: `years` shows what is int32_t, and is Years
    toasty(path = company.name) const char *company; // error: `company` may be absent; write toasty(null) before const char *
    toasty(path = company.id) uint64_t company_number; // error: `company_number` may be absent; write toasty_opt(uint64_t)
    toasty(path = company.size) int32_t size; // error: `size`: Company does not have a field size
    toasty(key) uint64_t id; // error: `key` goes on a field, not on a member of a view
    toasty(count = todos) int64_t todos; // error: `todos`: User does not have a has_many todos
    toasty(path = name, min = name) const char *name; // error: a member shows one thing; remove this word or the one before it // error: `name`: User does not have a has_many name
    Address address; // error: `address`: a member of a view is a value; structs and relations in views are not supported yet
};

toasty_view(CompanyCard, of = Company) {
    toasty(path = users.name) const char *user; // error: `user`: users has many; a path goes through relations to one, and `count`, `sum` and the like are for many
    toasty(count = users) int32_t count; // error: `count` shows what is int64_t, and is int32_t
    toasty(count = users.id) int64_t ids; // error: `ids`: `count` counts records: toasty(count = todos)
    toasty(sum = users.age) int64_t ages; // error: `ages` may be absent; write toasty_opt(int64_t)
    toasty(sum = users) toasty_opt(int64_t) sum; // error: `sum`: name a field of User: users.field
    toasty(sum = users.name) toasty_opt(int64_t) names; // error: `names`: name of User is not a number
    toasty(max = users.name, null) const char *last; // error: `last`: name of User is not a number or a time
};

toasty_view(ByAge, of = User, group_by = (age, company.size, day(age), users)) { // error: `group_by`: Company does not have a field size // error: `ByAge`: age of User is not a time that has this unit // error: `group_by`: User does not have a field users
    int32_t age;
    const char *name; // error: `name`: rows of a group may differ there: name it in group_by, or show its max or the like
    toasty(count) int32_t count; // error: `count` shows what is int64_t, and is int32_t
    toasty(count = company) int64_t companies; // error: `companies`: User does not have a has_many company
    toasty(sum = age) int64_t ages; // error: `ages` may be absent; write toasty_opt(int64_t)
    toasty(max = name, null) const char *last; // error: `last`: name of User is not a number or a time
    toasty(avg = height) toasty_opt(double) height; // error: `height`: User does not have a field height
    toasty(exists = age) bool old; // error: `old`: User does not have a has_many age
    toasty(path = day(age)) int32_t day; // error: `day`: age of User is not a time that has this unit
};

toasty_view(ByName, of = Company, group_by = (name)) {
    const char *name;
    toasty(count = users) int64_t users; // error: `users`: a view of groups shows what the rows of a group come to, not their has_many
};

toasty_view(Ages, of = User, group_by = (age), distinct) { // error: `Ages`: groups are distinct already; remove `distinct`
    int32_t age;
};

toasty_view(Names, of = Company, distinct) {
    const char *name;
    toasty(count = users) int64_t users; // error: `users`: a `distinct` view shows fields; count in one with group_by
};

toasty_view(Counts, of = User) {
    const char *name;
    toasty(count) int64_t users; // error: `users`: name a has_many: toasty(count = todos); rows are counted in a view with group_by
};

toasty_model(Third) {
    toasty(key, auto) uint64_t id;
    toasty(path = a.b) uint64_t a; // error: `path` goes on a member of a view, not on a field
};
