/* With a single target there is all that it can do. */
#pragma once
#include <toasty/model.h>

toasty_model(Word) {
    toasty(key) const char *text;
};
