/* toasty_free and its like: one way to free whatever a call returned. */
#include "base/context.h"
#include "base/error.h"
#include "core/patch.h"
#include "core/roots.h"

#include <toasty/toasty.h>

void toasty_free(const void *result)
{
    toasty__destroy destroy;
    void *object;
    if (!result)
        return;
    if (toasty__root_take(result, &destroy, &object))
        destroy(object);
    else
        toasty__fail(&toasty__context_current()->error, TOASTY_INVALID_ARGUMENT,
                     "toasty_free: not a result of a call, or already freed");
}

void toasty__auto_free(const void *pointer_to_result)
{
    toasty__destroy destroy;
    void *object;
    const void *result = *(const void *const *)pointer_to_result;
    if (result && toasty__root_take(result, &destroy, &object))
        destroy(object);
}

void toasty__forget(const void *record, size_t size)
{
    if (record && toasty__patch_any())
        toasty__patch_release(record, size);
}
