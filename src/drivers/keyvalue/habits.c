/* The options that choose what a store can do: see habits.h. */
#include "drivers/keyvalue/habits.h"

#include "base/error.h"
#include <string.h>

extern const toasty_capability toasty__keyvalue_capability;

/* Changes *value when the option is there. */
static int read_switch(const toasty_url *url, const char *name, const char *meaning, bool *value,
                       toasty_error *err)
{
    const char *text = toasty__url_option(url, name);
    if (!text)
        return 0;
    *value = strcmp(text, "on") == 0;
    return *value || strcmp(text, "off") == 0
               ? 0
               : toasty__fail(err, TOASTY_INVALID_URL, "the option `%s` is on or off: %s", name, meaning);
}

int toasty__kv_habits(const toasty_url *url, toasty_capability *can, toasty_error *err)
{
    bool strict = false;
    *can = toasty__keyvalue_capability;
    if (read_switch(url, "strict", "the store does as DynamoDB does", &strict, err) < 0)
        return -1;
#define READ_HABIT(name, of_strict, meaning)                                                                 \
    if (strict)                                                                                              \
        can->name = of_strict;                                                                               \
    if (read_switch(url, #name, meaning, &can->name, err) < 0)                                               \
        return -1;
    TOASTY__KV_HABITS(READ_HABIT)
#undef READ_HABIT
#define READ_LIMIT(name, of_strict, meaning)                                                                 \
    if (strict)                                                                                              \
        can->name = of_strict;                                                                               \
    if (toasty__url_number(url, #name, &can->name, err) < 0)                                                 \
        return -1;
    TOASTY__KV_LIMITS(READ_LIMIT)
#undef READ_LIMIT
    return 0;
}
