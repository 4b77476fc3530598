/* C types that no column can hold. */
#include <complex.h>
#include <toasty/model.h>

typedef struct Plain Plain;

toasty_model(Other) {
    toasty(key, auto) uint64_t id;
};

toasty_model(User) {
    toasty(key, auto) uint64_t id;
    char *name; // error: `name`: text is `const char *`
    char initial; // error: `initial`: plain char is neither a number nor a text
    char code[8]; // error: `code`: an array of char is not supported; text is `const char *`
    int scores[3]; // error: `scores`: arrays are not supported yet
    void *data; // error: `data`: no column can hold a pointer of this type
    Plain *plain; // error: `plain`: no column can hold a pointer of this type
    Other *other; // error: `other`: a pointer to a model is not a column
    Other inner; // error: `inner`: a model is not stored inside another
    long double precise; // error: `precise`: no column can hold the type `long double`
    double complex wave; // error: `wave`: no column can hold the type
    const int32_t fixed; // error: `fixed`: a const field cannot be filled; remove the const
    unsigned bits : 3; // error: `bits`: unnamed fields and bit-fields are not supported
    enum { A, B } letter; // error: `letter`: the enum needs a name
    struct { int32_t x; } point; // error: `point`: the struct needs a name
    union { int32_t i; float f; } either; // error: `either`: tagged unions are not supported yet
};
