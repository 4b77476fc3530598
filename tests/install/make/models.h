/* The models of an outside program. */
#ifndef MODELS_H
#define MODELS_H
#include <toasty/model.h>

toasty_model(Note) {
    toasty(key, auto)    toasty_uuid  id;
                         const char  *text;
};
#endif
