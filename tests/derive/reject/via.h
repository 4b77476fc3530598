/* Relations that go via others that do not lead there. */
#include <toasty/model.h>

toasty_model(User) {
    toasty(key, auto) uint64_t id;
    toasty_has_many(Membership, memberships);
    toasty_has_many(Group, groups, via = memberships.group);
    toasty_has_many(Group, none, via = memberships.grup); // error: `none`: Membership does not have a relation grup; via names relations
    toasty_has_many(Group, itself, via = groups.memberships.group); // error: `itself`: a relation that goes via others cannot be one of them: groups
    toasty_has_many(Group, others, via = memberships.user); // error: `others`: memberships.user leads to `User`, not to `Group`
    toasty_has_many(Membership, once, via = memberships); // error: `once`: memberships leads to `Membership` at once; via is for two relations and more
    toasty_has_many(Group, paired, via = memberships.group, pair = owner); // error: `paired`: what goes via others has no pair
    toasty_has_many(Group, empty, via); // error: `via` needs a value // error: `empty`
    toasty_has_one(Group, first, via = memberships.group); // error: `via` is for toasty_has_many // error: `first`
};

toasty_model(Group) {
    toasty(key, auto) uint64_t id;
    const char *name;
    toasty_has_many(Membership, memberships);
};

toasty_model(Membership) {
    toasty(key, auto) uint64_t id;
    uint64_t user_id;
    toasty_belongs_to(User, user);
    uint64_t group_id;
    toasty_belongs_to(Group, group);
};

toasty_view(UserCard, of = User) {
    uint64_t id;
    toasty(count = groups) int64_t groups; // error: `groups`: groups goes via others, which a view does not show
};
