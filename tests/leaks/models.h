/* The model of the programs that are looked at for leaks. */
#pragma once
#include <toasty/model.h>

toasty_model(Note) {
    toasty(key, auto)    int64_t      id;
                         const char  *text;
};
