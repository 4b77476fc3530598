/* What the key-value store in memory can do: as little as any store that only knows keys, so that the
 * engine's planning for such databases can be tested without one. URLs choose otherwise: see habits.h. */
#include <toasty/driver/capability.h>

extern const toasty_capability toasty__keyvalue_capability;
const toasty_capability toasty__keyvalue_capability = {
    .target = "keyvalue",
    .scan_back = true,
    .rows_back = true,
    .returning = true,
    .unsigned_64 = true,
    .group_returns = true,
    .group_repeats = true,
    .max_group = 25,
    .max_batch_keys = 100,
};
