/* Words where a type is made, which say nothing about any field. */
#include <toasty/model.h>

typedef enum toasty(integer) { STATE_OPEN, STATE_CLOSED } State; // error: toasty(integer) says nothing about a type
typedef struct toasty(index) { // error: toasty(index) says nothing about a type
    const char *city;
    toasty(unique) const char *code;
} Place;
typedef int64_t Number toasty(key); // error: toasty(key) says nothing about a type
toasty(table = "x") typedef uint64_t Other; // error: says nothing about a type

toasty_model(User) {
    toasty(key) Number id;
    State state;
    Place place;
    Other other;
};
