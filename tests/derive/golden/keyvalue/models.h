/* For a store that only knows keys. */
#pragma once
#include <toasty/model.h>

toasty_model(Reading) {
    toasty(key, partition) const char *sensor;
    toasty(key, local) int64_t number;
    toasty(index) const char *place;
    double value;
};

toasty_model(Parcel, index(partition = (country, town), local = (weight))) {
    toasty(key, auto) toasty_uuid id;
    const char *country;
    const char *town;
    int64_t weight;
};
