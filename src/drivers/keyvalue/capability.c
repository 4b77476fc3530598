/* What the key-value store in memory can do: as little as any store that only knows keys, so that the
 * engine's planning for such databases can be tested without one. */
#include <toasty/driver/capability.h>

extern const toasty_capability toasty__keyvalue_capability, toasty__keyvalue_without_rows_capability;
const toasty_capability toasty__keyvalue_capability = {
    .target = "keyvalue",
    .rows_back = true,
    .returning = true,
    .unsigned_64 = true,
    .max_group = 25,
    .max_batch_keys = 100,
};

/* A store whose changes give nothing back. */
const toasty_capability toasty__keyvalue_without_rows_capability = {
    .target = "keyvalue",
    .rows_back = true,
    .unsigned_64 = true,
    .max_group = 25,
    .max_batch_keys = 100,
};
