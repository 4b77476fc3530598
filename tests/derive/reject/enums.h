/* Words of enums that make no sense. */
#include <toasty/model.h>

typedef enum { // error: `SIZE_SMALL` and `SIZE_TINY` have the same label, "small"
    SIZE_SMALL,
    SIZE_LARGE toasty(label), // error: `label` needs a value: label = "low"
    SIZE_TINY toasty(label = "small"),
    SIZE_ODD toasty(label = "a" "b"), // error: `label` takes one name
    SIZE_HUGE toasty(lable = "huge"), // error: unknown annotation `lable`; did you mean `label`?
    SIZE_MOST toasty(label = "most") = SIZE_HUGE // error: this is another name of `SIZE_HUGE`
} Size;

typedef enum { WIDE_ONE, WIDE_MOST = 0x100000000 } Wide;

toasty_model(Shirt) {
    toasty(key, auto) uint64_t id;
    toasty(integer) Size size;
    toasty(integer) int32_t pieces; // error: `integer` is for enums
    toasty(integer, auto) Size next; // error: an enum is not made by `auto`
    toasty(integer, default = 1) Size usual; // error: it can be one of its constants
    toasty(integer) Wide wide; // error: an enum of 64 bits, which is not standard C, is stored as its label only
    toasty(label = "x") Size other; // error: `label` goes on a constant of an enum, not on a field
};
