/* Telling misuse: see misuse.h. */
#include "core/misuse.h"
#include "base/context.h"
#include "base/error.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <toasty/codegen.h>

static _Atomic toasty_misuse_hook misuse_hook;
static atomic_bool development;

void toasty_set_misuse_hook(toasty_misuse_hook hook)
{
    atomic_store_explicit(&misuse_hook, hook, memory_order_relaxed);
}

void toasty__development_begin(void)
{
    atomic_store_explicit(&development, true, memory_order_relaxed);
}

bool toasty__in_development(void)
{
    return atomic_load_explicit(&development, memory_order_relaxed);
}

void toasty__not_loaded(const char *expression, const char *file, int line)
{
    toasty_error *err = &toasty__context_current()->error;
    toasty__fail(err, TOASTY_NOT_LOADED,
                 "%s was not loaded (%s:%d): include it in the call that read the record", expression, file,
                 line);
    toasty_misuse_hook hook = atomic_load_explicit(&misuse_hook, memory_order_relaxed);
    if (hook)
        hook(expression, file, line);
    else if (toasty__in_development())
        fprintf(stderr, "toasty: %s\n", err->message);
}

void *toasty__related(const toasty_relation *relation, const void *record, const char *spelled,
                      const char *file, int line)
{
    void *related = NULL;
    if (record && *((const bool *)record + relation->loaded_offset)) {
        memcpy(&related, (const char *)record + relation->offset, sizeof related);
        if (!related)
            toasty__error_clear(&toasty__context_current()->error);
        return related;
    }
    char expression[128];
    snprintf(expression, sizeof expression, "%.60s->%.60s", spelled, relation->name);
    toasty__not_loaded(expression, file, line);
    return NULL;
}
