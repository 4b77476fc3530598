/* Rows whose values have rules. */
#pragma once
#include <toasty/model.h>

typedef enum { TONE_CALM, TONE_WILD, TONE_LOUD } Tone;

toasty_newtype(Euros, int64_t);

typedef struct {
    toasty(min_length = 2, max_length = 40)     const char  *street;
    toasty(pattern = "[0-9]{5}")                const char  *code;
} Venue;

/* Its key is a text of its own. */
toasty_model(Party) {
    toasty(key, min_length = 3, max_length = 12, pattern = "[a-z]+(-[a-z]+)*")
                                                const char  *slug;
    toasty(max_length = 5)                      const char  *title;
    toasty(null, one_of = ("casual", "black \"tie\"", "na\\ked"))
                                                const char  *dress;
    toasty(min = 1, max = 200, default = 10)    uint8_t      seats;
    toasty(min = -5, max = 40)                  toasty_opt(int32_t) degrees;
    toasty(min = 0)                             int64_t      drinks;
    toasty(max = 9223372036854775800)         uint64_t     stars;
    toasty(min = 0.5, max = 0.7)                toasty_opt(float) volume;
    toasty(min = 0)                             toasty_opt(Euros) fee;
    toasty(one_of = (TONE_CALM, TONE_WILD))     Tone         tone;
    toasty(one_of = (0, 3, 7))                  int16_t      doors;
    toasty(null, min_length = 2, max_length = 3) toasty_bytes stamp;
    toasty_opt(Venue)                           venue;
    toasty_has_many(Guest, guests);
};

/* Has something that is wrong in words of its own. */
toasty_model(Guest, validate = guest_check) {
    toasty(key, auto)                           toasty_uuid  id;
                                                const char  *party_slug;
    toasty_belongs_to(Party, party, key = party_slug, references = slug);
    toasty(min_length = 1)                      const char  *name;
    toasty(explicit, min = 0)                   int32_t      age;
    toasty_opt(int32_t)                                      drinks;
    toasty_opt(Venue)                                        home;
};

/* Numbers with limits, more of them than one condition holds. */
toasty_model(Score) {
    toasty(key, auto)                           toasty_uuid  id;
    toasty(max = 60 * 60 * 24 * 1000 * 1000)    int64_t      a;
    toasty(min = 0, max = 9)                    int32_t      b;
    toasty(min = 0, max = 9)                    int32_t      c;
    toasty(min = 0, max = 9)                    int32_t      d;
    toasty(min = 0, max = 9)                    int32_t      e;
    toasty(min = 0, max = 9)                    toasty_opt(int32_t) f;
    toasty(min = 0, max = 9)                    toasty_opt(int32_t) g;
    toasty(min = 0, max = 9)                    toasty_opt(int32_t) h;
    toasty(min = 0, max = 9)                    toasty_opt(int32_t) i;
    toasty(min = 0, max = 9)                    toasty_opt(int32_t) j;
    toasty(min = 0, max = 9)                    toasty_opt(int32_t) k;
    toasty(null, pattern = "[a-z0-9_]{0,1500}") const char  *note;
};

/* Asked about by a function that uses the library itself. */
toasty_model(Badge, validate = badge_check) {
    toasty(key, auto)                           toasty_uuid  id;
    toasty(unique)                              const char  *code;
    toasty(default = 5)                         toasty_opt(int32_t) seat;
                                                uint64_t     points;
};

/* Its changes are counted. */
toasty_model(Coupon) {
    toasty(key)                                 const char  *code;
    toasty(version)                             uint64_t     version;
    toasty(min = 0)                             int32_t      left;
};
