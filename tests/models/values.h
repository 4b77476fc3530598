/* One model for each manner in which a value can be held: required, absent, by default. */
#pragma once
#include "common/units.h"
#include <toasty/model.h>

toasty_model(Sample) {
    toasty(key, auto)            toasty_uuid  id;
                                 bool         flag;
                                 int8_t       i8;
                                 int16_t      i16;
                                 int32_t      i32;
                                 int64_t      i64;
                                 uint8_t      u8;
                                 uint16_t     u16;
                                 uint32_t     u32;
                                 uint64_t     u64;
                                 float        f32;
                                 double       f64;
                                 const char  *text;
                                 toasty_bytes bytes;
                                 toasty_uuid  uuid;
                                 toasty_timestamp instant;
                                 toasty_date  day;
                                 toasty_time  clock;
                                 toasty_datetime moment;
                                 Mood         mood;
                                 Grams        weight;
};

toasty_model(Blank) {
    toasty(key, auto)            toasty_uuid  id;
    toasty_opt(bool)                          flag;
    toasty_opt(int8_t)                        i8;
    toasty_opt(int16_t)                       i16;
    toasty_opt(int32_t)                       i32;
    toasty_opt(int64_t)                       i64;
    toasty_opt(uint8_t)                       u8;
    toasty_opt(uint16_t)                      u16;
    toasty_opt(uint32_t)                      u32;
    toasty_opt(uint64_t)                      u64;
    toasty_opt(float)                         f32;
    toasty_opt(double)                        f64;
    toasty(null)                 const char  *text;
    toasty(null)                 toasty_bytes bytes;
    toasty_opt(toasty_uuid)                   uuid;
    toasty_opt(toasty_timestamp)              instant;
    toasty_opt(toasty_date)                   day;
    toasty_opt(toasty_time)                   clock;
    toasty_opt(toasty_datetime)               moment;
    toasty_opt(Mood)                          mood;
};

/* What an absent value becomes, and what an update writes by itself. */
toasty_model(Preset) {
    toasty(key)                  const char  *name;
    toasty(default = STARTING_CREDIT) int64_t credit;
    toasty(default = true)       bool         active;
    toasty(default = "none")     const char  *remark;
    toasty(default = MOOD_HAPPY) Mood         mood;
    toasty(default = now)        toasty_timestamp seen_at;
    toasty(on_update = now)      toasty_timestamp touched_at;
    toasty(default = 1, on_update = 2) int32_t state;
    toasty(explicit)             int32_t      rank;
    toasty(auto = v4)            toasty_uuid  ticket;
    toasty(auto)                 toasty_timestamp created_at;
    toasty(auto)                 toasty_timestamp updated_at;
};

/* One enum as its label, and as its value. */
toasty_model(Speaker) {
    toasty(key, auto)            toasty_uuid  id;
                                 Volume       name_of;
    toasty(integer, index)       Volume       volume;
    toasty(integer)              toasty_opt(Volume) night;
    toasty(integer, default = VOLUME_LOUD) Volume limit;
    toasty(integer)              Mood         mood;
};
