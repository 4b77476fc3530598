// Uses the library `shop` from C++, which may include its headers and everything that they include.
#include "shop.h"

#include <cstdio>

int main()
{
    toasty_db *db = shop_open();
    if (!db) {
        std::fprintf(stderr, "open: %s\n", toasty_last_error()->message);
        return 1;
    }
    std::printf("nobody bought %d things\n", static_cast<int>(shop_purchases_of(db, 1)));
    toasty_free(db);
    return 0;
}
