/* Parts are set as a whole, or by field. */
#include "models.toasty.h"

int use(toasty_db *db);

int use(toasty_db *db)
{
    struct address here = {.street = "Main St 1", .city = "Town"};
    toasty_auto(Shop) shop = shop_create(db, .number = 1, .at = {1.5, 2.5}, .address = {.street = "a", .city = "b"},
                                         .postal = toasty_some({.street = "c", .point = toasty_some({1, 2})}));
    toasty_auto(ShopList) list = shop_by_address_city(db, "b", .where = shop_postal_point_latitude_gt(1.0));
    if (!shop || !list)
        return -1;
    return shop_update(db, shop, shop_address_set(&here), shop_postal_set(NULL), shop_postal_city_set("d"),
                       shop_at_set(&(Point){1, 2}), shop_address_point_set(&(Point){3, 4}), shop_at_latitude_add(1));
}
