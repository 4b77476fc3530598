/* One model of each way in which a value can be held. */
#pragma once
#include <toasty/model.h>

#define START 5
/* The program's own names are no business of the generated code's. */
#define PERSON_FIELD_ID 1

/* How one feels. */
typedef enum { MOOD_SAD, MOOD_SO_SO, MOOD_HAPPY = 7, MOOD_BEST = MOOD_HAPPY } Mood;
enum size { SMALL, LARGE };
enum level { LEVEL_LOW toasty(label = "as low as it gets"), LEVEL_HIGH = 3 };
typedef int64_t Money;

/* Someone
 * who pays. */
toasty_model(Person, validate = person_check) {
    toasty(key, auto)         uint64_t     id;
                              const char  *name;       /* as on the letter box */
    toasty(unique)            const char  *email;      // where bills go
    toasty(null, one_of = ("a)", "b\n" "c?")) const char *bio;
    toasty(min = 0, max = 150) toasty_opt(int32_t) age;
    /* what is left */
    toasty(default = START * 2) Money      credit;
    toasty(default = 0, max = 60 * 60 * 24 * 1000 / 3600000) int16_t visits;
    toasty(default = "/* \" // */")  const char *remark; /* as it was said */
    toasty(default = MOOD_HAPPY) Mood      mood;
                              enum size    size;
                              enum level   level;
    toasty(integer)           enum level   limit;
    toasty(explicit)          bool         member;
    toasty(min = 0.5)         float        ratio;
                              toasty_bytes photo;
    toasty(auto = v4)         toasty_uuid  token;
    toasty(default = now)     toasty_timestamp seen_at;
                              toasty_date  born;
                              toasty_time  alarm;
                              toasty_datetime appointment;
    toasty(auto)              toasty_timestamp created_at;
    toasty(auto)              toasty_timestamp updated_at;
    toasty(column = "class", index, pattern = "[a-z\\.]\"*/", min_length = 1) const char *grade;
    toasty(version)           uint64_t     version;
};
