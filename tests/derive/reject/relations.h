/* Relations without a pair, with several, or with keys that do not fit. */
#include <toasty/model.h>

toasty_newtype(UserId, uint64_t);

toasty_model(User) {
    toasty(key, auto) uint64_t id;
    const char *name;
    toasty_has_many(Todo, todos); // error: `todos`: `Todo` belongs to `User` in several ways; say which one is meant: pair = author or pair = reader
    toasty_has_many(Note, notes); // error: `notes`: `Note` does not belong to `User`; add toasty_belongs_to(User, user)
    toasty_has_many(Tood, errors); // error: `errors`: there is no model `Tood`; did you mean `Todo`?
    toasty_has_many(Letter, letters, pair = sender); // error: `letters`: `Letter` has no relation `sender` to `User`
    toasty_has_one(Profile, profile);
    toasty_has_one(Profile, other); // error: `profile` and `other` are both the other side of `Profile.user`
};

toasty_model(Todo) {
    toasty(key, auto) uint64_t id;
    uint64_t author_id;
    toasty_belongs_to(User, author);
    uint64_t reader_id;
    toasty_belongs_to(User, reader);
};

toasty_model(Note) {
    toasty(key, auto) uint64_t id;
};

toasty_model(Letter) {
    toasty(key, auto) uint64_t id;
    uint64_t user_id;
    toasty_belongs_to(User, user, pair = mail); // error: `user`: `User` has no relation `mail` to `Letter`
    toasty_belongs_to(User, copy); // error: `Letter` has no field `copy_id` that refers to `User`; add `uint64_t copy_id;`
    int32_t owner_id; // error: `owner_id` refers to `User.id`, which is uint64_t, and is int32_t; give both the same type
    toasty_belongs_to(User, owner);
    UserId guest_id; // error: `guest_id` refers to `User.id`, which is uint64_t, and is UserId; give both the same type
    toasty_belongs_to(User, guest);
    const char *user_name;
    toasty_belongs_to(User, named, key = user_name, references = name); // error: `named`: what is referred to must be a key or unique
    toasty_belongs_to(User, lost, key = user_name, references = nmae); // error: `lost`: `User` has no field `nmae`
    toasty_belongs_to(User, two, key = (user_id, owner_id)); // error: `two`: 2 fields refer to 1 of `User`
    uint64_t keeper_id;
    toasty_belongs_to(User, keeper, on_delete = set_null); // error: `keeper`: on_delete = set_null needs a key that may be absent
    uint64_t friend_id;
    toasty_belongs_to(User, friend_, on_delete = never, key = friend_id); // error: `on_delete` is restrict, cascade or set_null // error: `friend_`: names that end with `_` are reserved
};

toasty_model(Profile) {
    toasty(key, auto) uint64_t id;
    uint64_t user_id; // error: `user_id` must be unique, since a `User` has one `profile`: write toasty(unique)
    toasty_belongs_to(User, user);
};

toasty_model(Student) {
    toasty(key, auto) uint64_t id;
    toasty_has_many(Course, courses); // error: `courses`: where both sides have many, write a model between them that belongs to `Student` and to `Course`
};

toasty_model(Course) {
    toasty(key, auto) uint64_t id;
    toasty_has_many(Student, students); // error: `students`: where both sides have many, write a model between them that belongs to `Course` and to `Student`
};
