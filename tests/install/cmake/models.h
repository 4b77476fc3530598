/* The models of an outside program. NICKNAME_TYPE is a definition of the build, kinds.h lies on its include path: the
 * generator sees both. */
#ifndef MODELS_H
#define MODELS_H
#include <kinds.h>
#include <toasty/model.h>

toasty_model(Pet) {
    toasty(key, auto)    uint64_t            id;
    toasty(unique)       const char         *name;
    toasty(null)         const NICKNAME_TYPE *nickname;
                         Kind                kind;
};
#endif
