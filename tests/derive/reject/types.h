/* C types that no column can hold. */
#include <complex.h>
#include <toasty/model.h>

typedef struct Plain Plain;

typedef enum { SIZE_SMALL, SIZE_LARGE } Size;
typedef struct { double latitude, longitude; } Position;
toasty_newtype(OtherId, uint64_t);
toasty_newtype(NewSize, Size);
toasty_newtype(Twice, OtherId);
toasty_newtype(Place, Position);
toasty_newtype(Address, void *);

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
    NewSize size; // error: `size`: a toasty_newtype of a type that has a name of its own already
    Twice twice; // error: `twice`: a toasty_newtype of a type that has a name of its own already
    Place place; // error: `place`: a toasty_newtype holds one value; embed the struct itself
    Address address; // error: `address`: no column can hold a pointer of this type
};
