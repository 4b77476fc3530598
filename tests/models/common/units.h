/* Plain C of a program's own that its models use as types of fields: an enum, typedefs, a constant, structs.
 * No models. */
#pragma once
#include <toasty/model.h>

enum { STARTING_CREDIT = 100 };

typedef uint32_t Grams;
typedef toasty_uuid PersonId;

/* Labels "calm", "happy", "very_grumpy"; the values have gaps. */
typedef enum { MOOD_CALM, MOOD_HAPPY = 7, MOOD_VERY_GRUMPY } Mood;

/* Labels "silent", "loud", "deafening loud", and one of characters that have to be quoted: most say so
 * themselves. Another name is no label. */
typedef enum {
    VOLUME_OFF toasty(label = "silent"),
    VOLUME_LOUD = 10,
    VOLUME_MOST toasty(label = "deafening loud") = 11,
    VOLUME_CRACK toasty(label = "o'clock \\ `tick` \"tock\" 😀") = 12,
    VOLUME_MAXIMUM = VOLUME_MOST
} Volume;

typedef struct {
    double latitude;
    double longitude;
} Position;

typedef struct {
    const char *street;
    toasty(index) const char *city;
    toasty(null) const char *floor;
    toasty_opt(Position) position;
} Address;
