/* Structs in columns: required, optional, one in the other, with names of their own. */
#pragma once
#include <toasty/model.h>

typedef struct {
    double latitude, longitude;
} Point;

struct address {
    const char *street; /* and number */
    toasty(index, column = "town") const char *city;
    toasty(null) const char *note;
    toasty_opt(Point) point;
};

toasty_model(Shop) {
    toasty(key) int32_t number;
    Point at;
    struct address address;
    toasty(column = "post") toasty_opt(struct address) postal;
};
