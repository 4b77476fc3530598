/* Structs that do not lie as C lays them out by itself. */
#include <toasty/model.h>

typedef struct __attribute__((packed)) {
    uint8_t a;
    uint32_t b; // error: `b`: a struct that is packed or aligned by hand is not supported
} Packed;

typedef struct {
    _Alignas(32) int32_t x;
} Aligned; // error: `Aligned`: a struct that is packed or aligned by hand is not supported

typedef int32_t wide __attribute__((aligned(64)));

toasty_model(Thing) {
    toasty(key) int64_t id;
    Packed packed;
    Aligned aligned;
};

toasty_model(Small, table = "small_ones") {
    toasty(key) int64_t id;
    bool yes;
    int32_t number; // error: `number`: a struct that is packed or aligned by hand is not supported
} __attribute__((packed));

toasty_model(Member) {
    toasty(key) int64_t id;
    int32_t before;
    _Alignas(16) int32_t x; // error: `x`: a struct that is packed or aligned by hand is not supported
};

toasty_model(Typedef) {
    toasty(key) int64_t id;
    wide x; // error: `x`: a struct that is packed or aligned by hand is not supported
};

toasty_model(Optional) {
    toasty(key) int64_t id;
    toasty_opt(wide) x; // error: `x`: a struct that is packed or aligned by hand is not supported
};

toasty_model(Whole) { // error: `struct Whole`: a struct that is packed or aligned by hand is not supported
    toasty(key) int64_t id;
} __attribute__((aligned(64)));

#pragma pack(push, 1)
toasty_model(Tight) {
    bool yes;
    toasty(key) int64_t id; // error: `id`: a struct that is packed or aligned by hand is not supported
};
#pragma pack(pop)
