/* More columns than any set of fields has room for in place. A schema of its own, since what is generated for it is large. */
#pragma once
#include <toasty/model.h>

#define TEN(c)                                                                                               \
    int64_t c##0, c##1, c##2, c##3, c##4, c##5, c##6, c##7, c##8, c##9;
#define HUNDRED(c)                                                                                           \
    TEN(c##0) TEN(c##1) TEN(c##2) TEN(c##3) TEN(c##4) TEN(c##5) TEN(c##6) TEN(c##7) TEN(c##8) TEN(c##9)

/* cell_n is column number n, counted from 0; behind the cells stand 600, 601 and 602. */
toasty_model(Sheet) {
    HUNDRED(cell_0)
    HUNDRED(cell_1)
    HUNDRED(cell_2)
    HUNDRED(cell_3)
    HUNDRED(cell_4)
    HUNDRED(cell_5)
    toasty(key)           int64_t number;
    toasty(on_update = 7) int64_t state;
    toasty(auto)          toasty_timestamp updated_at;
};
