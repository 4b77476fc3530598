/* The wording of refused values: see refusal.h. */
#include "core/refusal.h"

#include "base/error.h"

int toasty__refuse_value(const char *table, const char *field, const char *why, toasty_error *err)
{
    bool named = table && *table;
    toasty__fail(err, TOASTY_INVALID_VALUE, "%s%s%s: %s", named ? table : "", named ? "." : "", field, why);
    toasty__error_set(err, table, table);
    toasty__error_set(err, field, field);
    return -1;
}

int toasty__refuse_placeholder(size_t number, const char *why, toasty_error *err)
{
    return toasty__fail(err, TOASTY_INVALID_VALUE, "value %zu of the statement: %s", number, why);
}
