/* Relations: by inferred and by named keys, of several fields, to itself, optional, restricting. */
#pragma once
#include <toasty/model.h>

toasty_model(Folder) {
    toasty(key, auto) toasty_uuid id;
    toasty_opt(toasty_uuid) parent_id;
    toasty_belongs_to(Folder, parent);
    toasty_has_many(Folder, children); /* those inside */
    toasty_has_many(File, files, pair = home);
    toasty_has_one(File, cover, pair = covered);
};

toasty_model(File, key = (folder, name)) {
    toasty_uuid folder;
    const char *name;
    toasty_belongs_to(Folder, home, key = folder, on_delete = restrict);
    toasty(unique) toasty_opt(toasty_uuid) cover_of;
    toasty_belongs_to(Folder, covered, key = cover_of);
    toasty_has_many(Line, lines);
};

toasty_model(Line, unique = (file_folder, file_name, number)) {
    toasty(key, auto) toasty_uuid id;
    toasty_uuid file_folder;
    const char *file_name;
    int32_t number;
    toasty_belongs_to(File, file);
};

/* Their names and that of the relation are natural. */
toasty_model(Order) {
    toasty(key, auto) toasty_uuid id;
    toasty_has_many(OrderLine, lines);
};

toasty_model(OrderLine) {
    toasty(key, auto) toasty_uuid id;
    toasty_uuid order_id;
    toasty_belongs_to(Order, order);
};
