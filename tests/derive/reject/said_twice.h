/* Words that stand where they mean nothing, or twice. */
#pragma once
#include <toasty/model.h>

toasty_model(Shelf) {
    toasty(key, auto) uint64_t id;
};

toasty_model(Volume) {
    toasty(key, auto) uint64_t id;
    toasty(column = "a", column = "b") const char *title; // error: `column` stands here twice
    toasty(default = 1) toasty(default = 2) int32_t copies; // error: `default` stands here twice
    uint64_t shelf_id;
    toasty(column = "shelf") toasty_belongs_to(Shelf, shelf); // error: `shelf`: toasty(column = "shelf") stands before fields
    uint64_t place_id;
    toasty_belongs_to(Shelf, place, key = place_id, key = shelf_id); // error: `key` stands here twice
};

toasty_model(Page, table = "pages", table = "sheets") { // error: `table` stands here twice
    toasty(key, auto) uint64_t id;
};
