/* toasty_free and its like: one way to free whatever a call returned, and the word about what was not loaded.
 */
#include "base/context.h"
#include "base/error.h"
#include "core/roots.h"

#include <stdatomic.h>
#include <toasty/toasty.h>

static _Atomic toasty_misuse_hook misuse_hook;

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

void toasty__not_loaded(const char *expression, const char *file, int line)
{
    toasty__fail(&toasty__context_current()->error, TOASTY_NOT_LOADED,
                 "%s was not loaded (%s:%d): include it in the call that read the record", expression, file,
                 line);
    toasty_misuse_hook hook = atomic_load_explicit(&misuse_hook, memory_order_relaxed);
    if (hook)
        hook(expression, file, line);
}

void toasty_set_misuse_hook(toasty_misuse_hook hook)
{
    atomic_store_explicit(&misuse_hook, hook, memory_order_relaxed);
}
