/* People and what they do: the relations that every target can keep. Keys are made by the client. */
#pragma once
#include "common/units.h"
#include <toasty/model.h>

/* Someone who does tasks, and reviews those of others. */
toasty_model(Person, table = "people") {
    toasty(key, auto)            PersonId     id;
                                 const char  *name;
    toasty(unique)               const char  *email;
    toasty(null)                 const char  *bio;
    toasty_opt(int32_t)                       age;
    toasty(default = 0)          int64_t      visits;
                                 Mood         mood;
    toasty_opt(Address)                       address;
    toasty(auto)                 toasty_timestamp created_at;
    toasty(auto)                 toasty_timestamp updated_at;
    toasty_has_many(Task, tasks, pair = person);
    toasty_has_many(Task, reviews, pair = reviewer);
    toasty_has_one(Passport, passport);
    toasty_has_one(Desk, desk);
};

/* Belongs to a person for good, perhaps to a reviewer, perhaps to a topic. */
toasty_model(Task) {
    toasty(key, auto)            toasty_uuid  id;
    toasty(index)                PersonId     person_id;
    toasty_belongs_to(Person, person);
    toasty_opt(PersonId)                      reviewer_id;
    toasty_belongs_to(Person, reviewer);
    toasty(null)                 const char  *topic_label;
    toasty_belongs_to(Topic, topic, key = topic_label, references = label);
                                 const char  *title;
                                 bool         done;
                                 int32_t      position;
};

/* Its key is a text. */
toasty_model(Topic) {
    toasty(key)                  const char  *label;
                                 int32_t      weight;
    toasty_has_many(Task, tasks);
};

/* One a person, gone with the person; not while it has visas. */
toasty_model(Passport) {
    toasty(key, auto)            toasty_uuid  id;
    toasty(unique)               PersonId     person_id;
    toasty_belongs_to(Person, person);
                                 const char  *number;
    toasty_has_many(Visa, visas);
};

toasty_model(Visa) {
    toasty(key, auto)            toasty_uuid  id;
                                 toasty_uuid  passport_id;
    toasty_belongs_to(Passport, passport, on_delete = restrict);
                                 const char  *country;
};

/* One a person, which may also stand empty. */
toasty_model(Desk) {
    toasty(key, auto)            toasty_uuid  id;
    toasty(unique)               toasty_opt(PersonId) person_id;
    toasty_belongs_to(Person, person);
                                 const char  *room;
};
